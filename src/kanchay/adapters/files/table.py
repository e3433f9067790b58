"""A table in columns, whatever container it came from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from kanchay.adapters.files.cells import CellType
from kanchay.adapters.files.numbers import DecimalVotes, clean, parse_numbers, vote
from kanchay.domain.interval import IntArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Column", "Table"]


@dataclass(slots=True, eq=False)
class Column:
    """One column: text as written, or values the container itself types.

    `texts` is a pyarrow string array with nulls for empty cells; `numbers` are values that need no parsing (NaN where
    there is none); `instants` are seconds, UTC where `aware`, else on an unnamed clock.
    """

    name: str
    type: CellType
    texts: Any = None
    numbers: NDArray[np.float64] | None = None
    instants: IntArray | None = None
    known: NDArray[np.bool_] | None = None  # where `instants` holds something
    aware: bool = False
    codes: IntArray | None = None  # keys: index into `words`, -1 where empty
    words: tuple[str, ...] = ()
    _clean: Any = field(default=None, repr=False)

    def cleaned(self) -> Any:
        """Texts without quoting leftovers, null where nothing is meant."""
        if self._clean is None:
            self._clean = clean(self.texts)
        return self._clean

    def votes(self) -> DecimalVotes:
        """What its cells say about the decimal sign."""
        return DecimalVotes() if self.texts is None else vote(self.cleaned())

    def values(self, decimal: str) -> NDArray[np.float64]:
        """The column as numbers; NaN where there is none."""
        if self.texts is None:
            return np.zeros(0) if self.numbers is None else self.numbers
        parsed = parse_numbers(self.cleaned(), decimal)
        return parsed if self.numbers is None else np.where(np.isnan(self.numbers), parsed, self.numbers)

    def filled(self) -> int:
        """Cells with something in them that could have been a value."""
        texts = 0 if self.texts is None else len(self.texts) - self.cleaned().null_count
        return texts if self.numbers is None else max(texts, int((~np.isnan(self.numbers)).sum()))

    def keys(self) -> tuple[IntArray, tuple[str, ...]]:
        """The column as labels: a code per row (-1 where empty) and the label of each code."""
        import pyarrow.compute as pc

        if self.codes is None:
            encoded = pc.dictionary_encode(self.cleaned())
            self.codes = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
            self.words = tuple(str(word) for word in encoded.dictionary.to_pylist())
        return self.codes, self.words


@dataclass(slots=True, eq=False)
class Table:
    """Columns of equal length and what stood around them."""

    columns: list[Column]
    n_rows: int
    preamble: tuple[str, ...] = ()
    sheet: str = ""
    n_bad_rows: int = 0
    facts: tuple[tuple[str, str], ...] = ()
    score: float = 0.0
    has_header: bool = True

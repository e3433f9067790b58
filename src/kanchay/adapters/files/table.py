"""A table in columns, whatever container it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from kanchay.adapters.files.arrays import codes_of, integers, strings
from kanchay.adapters.files.cells import CellType
from kanchay.adapters.files.numbers import (
    DecimalVotes,
    clean,
    parse_numbers,
    unit_tails,
    vote,
    without_stand_ins,
)
from kanchay.domain.interval import IntArray
from kanchay.domain.units import unit

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Column", "Table", "votes_together"]


def _masked(words: NDArray[np.str_], known: NDArray[np.bool_] | None) -> Any:
    if known is None:
        return strings(words.tolist())
    return strings(w if k else None for w, k in zip(words.tolist(), known.tolist(), strict=True))


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
    unit: str = ""  # that stands elsewhere for this column alone
    _clean: Any = field(default=None, repr=False)
    _tails: tuple[IntArray, tuple[str, ...]] | None = field(default=None, repr=False)

    def head(self, n: int) -> Column:
        """The column as if its first rows were all."""
        texts = None if self.texts is None else self.texts.slice(0, n)
        return Column(self.name, self.type, texts, None if self.numbers is None else self.numbers[:n])

    def cleaned(self) -> Any:
        """Texts without quoting leftovers, null where nothing is meant."""
        if self._clean is None:
            self._clean = clean(self.texts)
        return self._clean

    def votes(self) -> DecimalVotes:
        """What its cells say about the decimal sign."""
        if self.texts is None:
            return DecimalVotes()
        codes, words = self.tails()
        return vote(self.cleaned()) if len(words) < 2 else self._votes_by_unit(codes, words)

    def _votes_by_unit(self, codes: IntArray, words: Sequence[str]) -> DecimalVotes:
        """Votes of cells of several units: small numbers of one unit say nothing of the marks in another.

        Where the smallest unit is left from a thousand on, 1.110 of the next one are one and a bit.
        """
        order = sorted(range(len(words)), key=lambda i: unit(words[i]).factor)
        first, *others = (vote(self.cleaned().take(integers(np.flatnonzero(codes == i)))) for i in order)
        rest = sum(others, DecimalVotes())
        stepped = first == DecimalVotes(small=first.small) and not rest.small and not rest.large
        if stepped:
            return DecimalVotes(rest.dot + rest.dot_open, rest.comma + rest.comma_open)
        return sum((replace(v, small=0, large=0) for v in (first, rest)), DecimalVotes())

    def values(self, decimal: str) -> NDArray[np.float64]:
        """The column as numbers; NaN where there is none."""
        if self.texts is None:
            return np.zeros(0) if self.numbers is None else without_stand_ins(self.numbers)
        parsed = parse_numbers(self.cleaned(), decimal) * self._scales()
        return without_stand_ins(
            parsed if self.numbers is None else np.where(np.isnan(self.numbers), parsed, self.numbers)
        )

    def as_dates(self) -> None:
        """Moments that are all midnights become dates; others stay as they are."""
        import pyarrow.compute as pc

        if self.instants is not None:
            known = self.instants if self.known is None else self.instants[self.known]
            if not self.aware and len(known) and not (known % 86400).any():
                self.type = "date"
                days = self.instants.astype("M8[s]").astype("M8[D]").astype(str)
                self.texts = _masked(days, self.known)
                self.instants = None
        elif self.texts is not None:
            midnight = r"^(\d[^ T]*)[ T]0?0:00(:00(\.0+)?)?$"
            # Words below the dates, such as "Total" or whom to call, do not make them moments.
            if pc.all(pc.match_substring_regex(self.cleaned(), f"{midnight}|^\\D")).as_py():
                self.texts = pc.replace_substring_regex(self.cleaned(), pattern=midnight, replacement=r"\1")
                self._clean, self.type = None, "date"

    def tails(self) -> tuple[IntArray, tuple[str, ...]]:
        """Units behind the numbers of the cells, as `unit_tails` gives them."""
        if self._tails is None:
            self._tails = unit_tails(self.cleaned())
        return self._tails

    def _scales(self) -> NDArray[np.float64] | float:
        """Factors that bring cells of several units ("980 Wh" among "1.2 kWh") to the most used one."""
        codes, words = self.tails()
        units = [unit(w) for w in words]
        if len(units) < 2 or any(u.quantity is not units[0].quantity for u in units):
            return 1.0
        factors = np.array([u.factor / units[0].factor for u in units] + [1.0])
        return factors[codes]

    def unit_of(self, rows: IntArray | slice) -> str:
        """The unit that most cells of these rows name behind the number; "" where most name none."""
        if self.unit or self.texts is None or self.type != "number":
            return self.unit
        codes, words = self.tails()
        mine = codes[rows] if words else codes[:0]
        named = mine[mine >= 0]
        return words[int(np.bincount(named).argmax())] if 2 * len(named) > len(mine) else ""

    def is_money(self) -> bool:
        """Whether most of its cells bear the sign of a currency."""
        import pyarrow.compute as pc

        if self.texts is None or self.type != "number":
            return False
        head = self.texts.slice(0, 2000)
        signs = pc.sum(pc.match_substring_regex(head, r"[$€£¥₹]|S/|(?:EUR|USD|PEN|GBP|CHF)\b")).as_py() or 0
        return bool(2 * signs > len(head) - head.null_count > 0)

    def filled(self) -> int:
        """Cells with something in them that could have been a value."""
        texts = 0 if self.texts is None else len(self.texts) - self.cleaned().null_count
        return texts if self.numbers is None else max(texts, int((~np.isnan(self.numbers)).sum()))

    def keys(self) -> tuple[IntArray, tuple[str, ...]]:
        """The column as labels: a code per row (-1 where empty) and the label of each code."""
        import pyarrow.compute as pc

        if self.codes is None:
            encoded = pc.dictionary_encode(self._labels())
            self.codes = codes_of(encoded)
            self.words = tuple(str(word) for word in encoded.dictionary.to_pylist())
        return self.codes, self.words

    def _labels(self) -> Any:
        """Cells as labels; typed numbers as people write them: 7.0 is "7"."""
        if self.numbers is None:
            return self.cleaned()
        texts = [None] * len(self.numbers) if self.texts is None else self.cleaned().to_pylist()
        values = [
            t if isnan(v) else f"{v:.0f}" if v == round(v) else repr(v)
            for v, t in zip(self.numbers.tolist(), texts, strict=True)
        ]
        return strings(values)


def votes_together(columns: Sequence[Column]) -> DecimalVotes:
    """What the cells of columns of one variable, such as those of a row a day, say about its decimal sign."""
    import pyarrow as pa

    cells = [c.cleaned() for c in columns if c.texts is not None]
    return vote(pa.concat_arrays(cells)) if cells else DecimalVotes()


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
    factors: NDArray[np.float64] | None = None  # what values have to be multiplied by, of each row or of all
    factor_source: str = ""

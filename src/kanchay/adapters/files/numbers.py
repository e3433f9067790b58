"""Numbers: text to float64, with the decimal sign decided over all value columns of a file.

A dot or comma is certain to be the decimal sign where something else than three digits follows it, where a lone
zero stands before it, or where the other sign stands before it; ``1,234`` alone says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kanchay.adapters.files.arrays import (
    by_blocks,
    codes_of,
    floats_of,
    integers,
    nothing,
    strings,
    true_where_known,
)
from kanchay.domain.interval import IntArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = [
    "MISSING_WORDS",
    "DecimalVotes",
    "clean",
    "parse_numbers",
    "unit_tails",
    "vote",
    "without_stand_ins",
]

MISSING_WORDS: Final = frozenset(
    ("", "-", "--", "---", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "?", "n/d", "s/d", "nd", "sd",
     "unavailable", "unknown", "missing", "#value!", "#ref!", "#div/0!", "#num!", "no data", "sin dato", "bad",
     "offline", "*", ".")
)  # fmt: skip
_SPACES: Final = r"[\s\x{00a0}\x{2009}\x{202f}'’`]"
_CERTAIN: Final = {
    "dot": r"^[+\-]?(\d*\.(\d{1,2}|\d{4,})|0\.\d+|\.\d+|\d{4,}\.\d+|\d{1,3}(,\d{3})+\.\d+)([eE][+\-]?\d+)?$",
    "comma": r"^[+\-]?(\d*,(\d{1,2}|\d{4,})|0,\d+|,\d+|\d{4,},\d+|\d{1,3}(\.\d{3})+,\d+)([eE][+\-]?\d+)?$",
    "dot_many": r"^[+\-]?\d{1,3}(\.\d{3}){2,}$",  # several dots: they group thousands
    "comma_many": r"^[+\-]?\d{1,3}(,\d{3}){2,}$",
    "dot_open": r"^[+\-]?[1-9]\d{0,2}\.\d{3}$",
    "comma_open": r"^[+\-]?[1-9]\d{0,2},\d{3}$",
    "small": r"^[+\-]?[1-9]\d{0,2}$",
    "large": r"^[+\-]?\d{4,}$",
}
# Leftovers of quoting: a formula that only quotes; quoted, or marked as text for a spreadsheet.
_QUOTING: Final = (("=", r'^="?([^"]*)"?$'), ("'", r"^'(.*?)'?$"))
_SOME: Final = 3
_NINES: Final = (999.0, 9999.0, 99999.0, 999999.0, 9999999.0, 999.9, 999.99, 9999.9, 9999.99)
_FAR: Final = 50  # times the largest other value, from which on nines stand for nothing
_TAIL_UNIT: Final = "(?:[kKMG]?[Ww][Hh]?|[kM]?var[h]?|°[CF]|m3|m³)"
_UNIT_TAIL: Final = r"\s*(?:[kMG]?[Ww][Hh]?|[kM]?var[h]?|[kM]?VAr[h]?|°?[CF]|%|V|A|€|\$|m3|m³|[A-Z]{3})$"


@dataclass(frozen=True, slots=True)
class DecimalVotes:
    """How many cells speak for each sign, and how many leave it open."""

    dot: int = 0
    comma: int = 0
    dot_open: int = 0
    comma_open: int = 0
    small: int = 0  # whole numbers below a thousand, without a mark
    large: int = 0  # whole numbers above, without a mark

    def settled(self) -> DecimalVotes:
        """The votes of one variable: marks that only stand in numbers from a thousand on group thousands.

        A file that writes 1,234 beside 87 and 912 writes no decimals: those would show in the small numbers too.
        """
        grouped = self.small >= _SOME and not self.large and not self.dot and not self.comma
        if not grouped or bool(self.dot_open) == bool(self.comma_open):
            return self
        return DecimalVotes(dot=self.comma_open, comma=self.dot_open)

    def __add__(self, other: DecimalVotes) -> DecimalVotes:
        return DecimalVotes(
            self.dot + other.dot,
            self.comma + other.comma,
            self.dot_open + other.dot_open,
            self.comma_open + other.comma_open,
            self.small + other.small,
            self.large + other.large,
        )

    @property
    def decimal(self) -> str:
        """The decimal sign that the cells speak for; a dot where nothing else is said."""
        if self.dot != self.comma:
            return "." if self.dot > self.comma else ","
        return "," if self.comma_open > self.dot_open else "."

    @property
    def is_open(self) -> bool:
        """Whether some cells could be read both ways, a thousand times apart, and the others do not settle it."""
        torn = self.dot == self.comma or min(self.dot, self.comma) > 0.01 * max(self.dot, self.comma)
        return torn and self.dot_open + self.comma_open > 0


def clean(texts: Any) -> Any:
    """Cells without quoting leftovers, spaces and words that mean missing; null where nothing is left."""
    import pyarrow.compute as pc

    head = pc.utf8_trim_whitespace(texts.slice(0, 2000))
    quoting = [pattern for sign, pattern in _QUOTING if pc.any(pc.starts_with(head, sign)).as_py()]
    return by_blocks(texts, lambda block: _cleaned(block, quoting))


def _cleaned(texts: Any, quoting: Sequence[str]) -> Any:
    import pyarrow.compute as pc

    bare = pc.utf8_trim_whitespace(texts)
    for pattern in quoting:
        bare = pc.replace_substring_regex(bare, pattern=pattern, replacement=r"\1")
    if pc.any(pc.match_substring(bare, "*")).as_py():  # a mark behind the number, such as that of an estimate
        bare = pc.replace_substring_regex(bare, pattern=r"^([+\-]?[\d.,]*\d)\s?\*+$", replacement=r"\1")
    missing = pc.is_in(pc.utf8_lower(bare), value_set=_missing().cast(bare.type))
    if pc.any(missing).as_py():
        return pc.if_else(missing, nothing(bare.type), bare)
    return texts if pc.all(pc.equal(bare, texts)).as_py() else bare  # nothing to clean is kept once


@lru_cache(maxsize=1)
def _missing() -> Any:
    """The words that mean missing, as an array."""
    return strings(sorted(MISSING_WORDS))


def _count(texts: Any, pattern: str) -> int:
    import pyarrow.compute as pc

    return int(pc.sum(pc.match_substring_regex(texts, pattern)).as_py() or 0)


def vote(texts: Any) -> DecimalVotes:
    """Count the cells of a column that speak for a dot or a comma (of a large column, a spread of 20,000)."""

    step = max(1, len(texts) // 20_000)
    sample = texts.take(integers(np.arange(0, len(texts), step))) if step > 1 else texts
    sample = _without_spaces(_without_tail(sample))
    found = {name: _count(sample, pattern) for name, pattern in _CERTAIN.items()}
    return DecimalVotes(
        found["dot"] + found["comma_many"],
        found["comma"] + found["dot_many"],
        found["dot_open"],
        found["comma_open"],
        found["small"],
        found["large"],
    )


def _without_spaces(texts: Any) -> Any:
    import pyarrow.compute as pc

    return pc.replace_substring_regex(texts, pattern=_SPACES, replacement="")


def _without_tail(texts: Any) -> Any:
    """Cells without the unit or currency that stands behind or before the number."""
    import pyarrow.compute as pc

    bare = pc.replace_substring_regex(texts, pattern=_UNIT_TAIL, replacement="")
    return pc.replace_substring_regex(bare, pattern=r"^(?:[A-Z]{0,2}[$€£]|S/\.?)\s*", replacement="")


def unit_tails(texts: Any) -> tuple[IntArray, tuple[str, ...]]:
    """The unit behind each number: a code per cell (-1 where there is none) and the units, most used first."""
    import pyarrow.compute as pc

    if not pc.any(pc.match_substring_regex(texts, f"{_TAIL_UNIT}$")).as_py():
        return np.full(len(texts), -1, dtype=np.int64), ()
    tails = pc.struct_field(pc.extract_regex(texts, pattern=rf"\d\s*(?P<unit>{_TAIL_UNIT})$"), "unit")
    encoded = pc.dictionary_encode(tails)
    codes = codes_of(encoded)
    words = tuple(str(w) for w in encoded.dictionary.to_pylist())
    order = np.argsort(-np.bincount(codes[codes >= 0], minlength=len(words)), kind="stable")
    place = np.r_[np.argsort(order, kind="stable"), -1]
    return place[codes], tuple(words[i] for i in order)


def parse_numbers(texts: Any, decimal: str) -> NDArray[np.float64]:
    """Read cleaned cells as numbers under a decimal sign; NaN where a cell is empty or no number."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if decimal == ".":
        try:
            return _floats(texts)
        except pa.ArrowInvalid:
            pass
    plain = _without_spaces(_without_tail(texts))
    comma = pc.replace_substring(pc.replace_substring(plain, ".", ""), ",", ".")
    dot = pc.replace_substring(plain, ",", "")
    # A cell that can be read in one way only is read so, whatever the rest of the file says (files glued together).
    certain = _CERTAIN["dot" if decimal == "," else "comma"]
    other = true_where_known(pc.match_substring_regex(plain, certain))
    plain = pc.if_else(other, dot, comma) if decimal == "," else pc.if_else(other, comma, dot)
    plain = pc.replace_substring(plain, "−", "-")
    readable = pc.match_substring_regex(plain, r"^[+\-]?(\d+\.?\d*|\.\d+)([eE][+\-]?\d+)?$")
    plain = pc.if_else(readable, pc.utf8_ltrim(plain, "+"), nothing(plain.type))
    return _floats(plain)


def _floats(texts: Any) -> NDArray[np.float64]:
    """Cast, and make what is not finite missing."""
    import pyarrow as pa

    values = floats_of(texts.cast(pa.float64()))
    return np.where(np.isfinite(values), values, np.nan)


def without_stand_ins(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values without the nines that loggers write for what they have not: -9999 far below all others, or 9999 above."""
    known = ~np.isnan(values)
    if not known.any():
        return values
    low, high = float(values[known].min()), float(values[known].max())
    if -low in _NINES:
        rest = values[known & (values != low)]
        if len(rest) and rest.min() > low / 10:
            return without_stand_ins(np.where(values == low, np.nan, values))
    if high in _NINES and (values == high).sum() > 1:
        rest = values[known & (values != high)]
        if len(rest) and rest.max() * _FAR < high:
            return np.where(values == high, np.nan, values)
    return values

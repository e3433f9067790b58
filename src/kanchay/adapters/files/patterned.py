"""Cells grouped by their pattern, and what a group says as arrays of numbers: days, clock times, offsets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kanchay.adapters.files.grammar import OFFSETS, Form, read_pattern
from kanchay.domain.interval import DAY, IntArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Group", "groups_of"]

_BLOCK: Final = 1 << 18  # rows that are parsed at a time: what is worked out on the way fits the cache
_BUDDHIST: Final = (2475, 2643)  # years counted from the death of the Buddha, 543 before Christ
_SINCE_BUDDHA: Final = 543
_THURSDAY: Final = 3  # days from Monday; also the weekday of 1970-01-01


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Rows of one pattern, their bytes (n, width) and the parse of the pattern."""

    rows: IntArray
    cells: NDArray[np.uint8]
    form: Form

    def midnight(self, order: str) -> tuple[IntArray, NDArray[np.bool_]]:
        """Seconds of the day's begin under an order, and whether the day exists."""
        if "w" in self.form.fields:
            return _week(self._number("y"), self._number("w"), self._number("d", 1))
        return _day(*self._civil(order))

    def seconds(self) -> tuple[IntArray, NDArray[np.bool_]]:
        """Seconds of the day and whether they can be; 24:00 is the end of the day."""
        hour, minute, second = (self._number(name) for name in "HMS")
        if self.form.afternoon is not None:
            fits = (hour >= 1) & (hour <= 12)
            hour = hour % 12 + 12 * self.form.afternoon
        else:
            fits = (hour < 24) | ((hour == 24) & (minute == 0) & (second == 0))
        return hour * 3600 + minute * 60 + second, fits & (minute < 60) & (second < 60)

    def offset(self) -> IntArray | None:
        """Seconds east of UTC that the text names."""
        zone = self.form.zone
        if not zone:
            return None
        if zone in OFFSETS:
            return np.full(len(self.rows), round(OFFSETS[zone] * 3600), dtype=np.int64)
        low, high = self.form.fields["zone"]
        raw = self.cells[:, low:high]
        digits = [i for i in range(high - low) if 48 <= raw[0, i] <= 57]
        values = raw[:, digits].astype(np.int64) - 48
        minutes = values[:, 2] * 10 + values[:, 3] if len(digits) == 4 else 0
        sign = -1 if zone[0] == "-" else 1
        return sign * ((values[:, 0] * 10 + values[:, 1]) * 3600 + minutes * 60)

    def _number(self, name: str, default: int = 0) -> IntArray:
        """The digits of a field as numbers."""
        span = self.form.fields.get(name)
        if span is None:
            return np.full(len(self.rows), default, dtype=np.int64)
        numbers = np.zeros(len(self.rows), dtype=np.int64)
        for at in range(*span):
            numbers = numbers * 10 + (self.cells[:, at] - np.uint8(48))
        return numbers

    def _civil(self, order: str) -> tuple[IntArray, IntArray, IntArray]:
        """Year, month, day under an order."""
        form = self.form
        if "a" in form.fields:
            names = dict(zip(order, ("a", "b", "c"), strict=True))
            year, month, day = (self._number(names[part]) for part in "ymd")
            width = form.fields[names["y"]]
        else:
            year, day = self._number("y", 1), self._number("d", 1)  # a month alone begins on its first day
            month = self._number("m", form.month or 1)
            month = self._number("q") * 3 - 2 if "q" in form.fields else month
            width = form.fields.get("y", (0, 0))
        if form.before:
            return year + form.before, month, day
        if width[1] - width[0] == 2:
            return np.where(year < 75, year + 2000, year + 1900), month, day
        buddhist = (year >= _BUDDHIST[0]) & (year < _BUDDHIST[1])
        return np.where(buddhist, year - _SINCE_BUDDHA, year), month, day


def _day(year: IntArray, month: IntArray, day: IntArray) -> tuple[IntArray, NDArray[np.bool_]]:
    fits = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (year >= 1975) & (year < 2100)
    months = (np.where(fits, year, 2000) - 1970) * 12 + np.where(fits, month, 1) - 1
    first = months.astype("M8[M]").astype("M8[D]")
    date = first + (np.where(fits, day, 1) - 1)
    fits &= date.astype("M8[M]") == first.astype("M8[M]")
    return date.astype(np.int64) * DAY, fits


def _week(year: IntArray, week: IntArray, day: IntArray) -> tuple[IntArray, NDArray[np.bool_]]:
    """A day of a week as ISO 8601 counts them: the first week of a year is the one with its first Thursday."""
    fits = (week >= 1) & (week <= 53) & (day >= 1) & (day <= 7) & (year >= 1975) & (year < 2100)
    fourth = (np.where(fits, year, 2000) - 1970).astype("M8[Y]").astype("M8[D]").astype(np.int64) + 3
    monday = fourth - (fourth + _THURSDAY) % 7 + (week - 1) * 7
    thursday = (monday + _THURSDAY).astype("M8[D]").astype("M8[Y]").astype(np.int64) + 1970
    return (monday + day - 1) * DAY, fits & (thursday == year)


def groups_of(texts: Any) -> Iterator[Group]:
    """Rows grouped by pattern; rows whose pattern is no time are left out."""
    for rows, cells in _matrices(texts):
        digit = (cells >= 48) & (cells <= 57)
        shape = np.where(digit, np.uint8(57), cells)
        first, which = _patterns(_keys(shape))
        if len(first) > 4000:
            continue
        for number, row in enumerate(first):
            form = read_pattern(shape[row].tobytes().decode("latin-1"))
            if form is not None:
                mine = slice(None) if which is None else which == number
                yield Group(rows[mine], cells[mine], form)


def _matrices(texts: Any) -> Iterator[tuple[IntArray, NDArray[np.uint8]]]:
    """Rows of equal length as byte matrices."""
    import pyarrow as pa

    array = texts.cast(pa.large_string())
    offsets = np.frombuffer(array.buffers()[1], dtype=np.int64)[array.offset : array.offset + len(array) + 1]
    data = array.buffers()[2]
    flat = np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(0, np.uint8)
    lengths = np.diff(offsets)
    for length in np.flatnonzero(np.bincount(np.minimum(lengths, 61))).tolist():
        if 3 <= length <= 60:
            rows = np.flatnonzero(lengths == length)
            for low in range(0, len(rows), _BLOCK):
                some = rows[low : low + _BLOCK]
                yield some, _rows_of(flat, offsets, some, length)


def _rows_of(flat: NDArray[np.uint8], offsets: IntArray, rows: IntArray, length: int) -> NDArray[np.uint8]:
    """The bytes of cells of one length, below each other; cells without others between them are only looked at anew."""
    begin, end = offsets[rows[0]], offsets[rows[-1] + 1]
    if end - begin == len(rows) * length:
        return flat[begin:end].reshape(-1, length)
    windows = np.lib.stride_tricks.sliding_window_view(flat, length)
    cells: NDArray[np.uint8] = windows[offsets[rows]]
    return cells


def _keys(shape: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """A random projection tells patterns apart without sorting the rows of a large matrix."""
    weights = np.random.default_rng(7).integers(1, 2**62, (shape.shape[1],), dtype=np.uint64)
    keys = np.zeros(len(shape), dtype=np.uint64)
    for at in range(len(weights)):  # column by column: the whole as 64 bits would fill the memory
        keys += shape[:, at] * weights[at]
    return keys


def _patterns(keys: NDArray[np.uint64]) -> tuple[IntArray, IntArray | None]:
    """The first row of each pattern, and which pattern each row has (None where all have the same)."""
    if (keys == keys[0]).all():
        return np.zeros(1, dtype=np.int64), None
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    return first, which

"""Time: a column of text to clock seconds, with the order of day and month decided over the whole column.

`wall` below is clock time written as if it were UTC; where the text says its own offset, `offset` holds it and the
instant is ``wall - offset``. Epoch numbers and native instants are offset 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kanchay.adapters.files.arrays import (
    codes_of,
    floats_of,
    integers,
    known_of,
    nothing,
    strings,
    true_where_known,
)
from kanchay.adapters.files.evidence import Alternative, best, rank
from kanchay.adapters.files.grammar import OFFSETS, Form, read_pattern
from kanchay.domain.interval import DAY, IntArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ParsedTimes", "parse_clock", "parse_epoch", "parse_times"]

EARLIEST: Final = 157_766_400  # 1975-01-01: no meter file is older, and smaller numbers are not epochs
LATEST: Final = 4_102_444_800  # 2100-01-01
_MISSING: Final = np.iinfo(np.int64).min
_BLOCK: Final = 1 << 18  # rows that are parsed at a time: what is worked out on the way fits the cache
_LOOKED_AT: Final = 10_000
_ONCE: Final = 0.9  # share of different cells


@dataclass(frozen=True, slots=True, eq=False)
class ParsedTimes:
    """Clock seconds of a column; `ok` says which rows were read.

    `dates` are the rows without a clock time among others with one; None where all rows are of one kind.
    """

    wall: IntArray
    ok: NDArray[np.bool_]
    offset: IntArray | None  # None: the text has no zone
    date_only: bool = False
    order: str = "ymd"
    open_order: str = ""  # the other order, where the column does not settle it
    style: str = "text"
    dates: NDArray[np.bool_] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Rows of one pattern, their bytes (n, width) and the parse of the pattern."""

    rows: IntArray
    cells: NDArray[np.uint8]
    form: Form


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


def _groups(texts: Any) -> Iterator[_Group]:
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
                yield _Group(rows[mine], cells[mine], form)


def _number(group: _Group, name: str, default: int = 0) -> IntArray:
    """The digits of a field as numbers."""
    span = group.form.fields.get(name)
    if span is None:
        return np.full(len(group.rows), default, dtype=np.int64)
    numbers = np.zeros(len(group.rows), dtype=np.int64)
    for at in range(*span):
        numbers = numbers * 10 + (group.cells[:, at] - np.uint8(48))
    return numbers


def _civil(group: _Group, order: str) -> tuple[IntArray, IntArray, IntArray]:
    """Year, month, day of a group under an order."""
    form = group.form
    if "a" in form.fields:
        names = dict(zip(order, ("a", "b", "c"), strict=True))
        year, month, day = (_number(group, names[part]) for part in "ymd")
        width = form.fields[names["y"]]
    else:
        year, day = _number(group, "y", 1), _number(group, "d", 1)  # a month alone begins on its first day
        month = _number(group, "m", form.month or 1)
        width = form.fields.get("y", (0, 0))
    if form.before:
        return year + form.before, month, day
    if width[1] - width[0] == 2:
        return np.where(year < 75, year + 2000, year + 1900), month, day
    return year, month, day


def _seconds(group: _Group) -> tuple[IntArray, NDArray[np.bool_]]:
    """Seconds of the day and whether they can be; 24:00 is the end of the day."""
    hour, minute, second = (_number(group, name) for name in "HMS")
    if group.form.afternoon is not None:
        fits = (hour >= 1) & (hour <= 12)
        hour = hour % 12 + 12 * group.form.afternoon
    else:
        fits = (hour < 24) | ((hour == 24) & (minute == 0) & (second == 0))
    return hour * 3600 + minute * 60 + second, fits & (minute < 60) & (second < 60)


def _offsets(group: _Group) -> IntArray | None:
    """Seconds east of UTC that the text names."""
    zone = group.form.zone
    if not zone:
        return None
    if zone in OFFSETS:
        return np.full(len(group.rows), OFFSETS[zone] * 3600, dtype=np.int64)
    low, high = group.form.fields["zone"]
    raw = group.cells[:, low:high]
    digits = [i for i in range(high - low) if 48 <= raw[0, i] <= 57]
    values = raw[:, digits].astype(np.int64) - 48
    minutes = values[:, 2] * 10 + values[:, 3] if len(digits) == 4 else 0
    sign = -1 if zone[0] == "-" else 1
    return sign * ((values[:, 0] * 10 + values[:, 1]) * 3600 + minutes * 60)


def _dates(year: IntArray, month: IntArray, day: IntArray) -> tuple[IntArray, NDArray[np.bool_]]:
    """Seconds of midnight and whether the date exists."""
    fits = (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31) & (year >= 1975) & (year < 2100)
    months = (np.where(fits, year, 2000) - 1970) * 12 + np.where(fits, month, 1) - 1
    first = months.astype("M8[M]").astype("M8[D]")
    date = first + (np.where(fits, day, 1) - 1)
    fits &= date.astype("M8[M]") == first.astype("M8[M]")
    return date.astype(np.int64) * DAY, fits


def _under(groups: list[_Group], n: int, order: str) -> ParsedTimes:
    """The column read with one order of day, month and year."""
    wall = np.full(n, _MISSING, dtype=np.int64)
    ok = np.zeros(n, dtype=bool)
    offset = np.zeros(n, dtype=np.int64)
    with_offset = 0
    for group in groups:
        if "a" in group.form.fields and order not in group.form.orders:
            continue
        midnight, real = _dates(*_civil(group, order))
        seconds, fits = _seconds(group)
        wall[group.rows] = midnight + seconds
        ok[group.rows] = real & fits
        named = _offsets(group)
        if named is not None:
            offset[group.rows], with_offset = named, with_offset + len(group.rows)
    dates = np.zeros(n, dtype=bool)
    for group in groups:
        dates[group.rows] = group.form.kind == "date"
    whole = all(g.form.kind == "date" for g in groups)
    mixed = None if whole or not dates.any() else dates
    return ParsedTimes(wall, ok, offset if with_offset * 2 > n else None, whole, order, dates=mixed)


def _gaps(times: ParsedTimes) -> tuple[int, int]:
    """How many steps are longer than the usual one, and the span: fewer and shorter is more plausible."""
    moments = np.unique(times.wall[times.ok])
    if len(moments) < 3:
        return 0, int(moments[-1] - moments[0]) if len(moments) else 0
    steps = np.diff(moments)
    return int((steps != np.bincount(np.minimum(steps, 10 * DAY)).argmax()).sum()), int(
        moments[-1] - moments[0]
    )


def _monthly(times: ParsedTimes) -> bool:
    """Whether there is one moment on the same day of each month.

    Swapped, such dates look like a run of days.
    """
    moments = np.unique(times.wall[times.ok])
    days = np.unique(moments // DAY).astype("M8[D]")
    of_month = (days - days.astype("M8[M]").astype("M8[D]")).astype(np.int64)
    same = len(days) > 1 and bool((of_month == of_month[0]).all())
    return same and len(moments) == len(days)


def _decide(
    candidates: list[ParsedTimes], day_first: bool | None, daily: bool, *, dotted: bool = False
) -> ParsedTimes:
    """The order that the whole column supports; an answer given by the user wins, and dots put the day first."""
    if day_first is not None:
        wanted = "dmy" if day_first else "mdy"
        candidates = [c for c in candidates if c.order == wanted] or candidates
    most = max(c.ok.sum() for c in candidates)
    if dotted:
        candidates = [c for c in candidates if c.order == "dmy" and c.ok.sum() == most] or candidates
    shares = rank([Alternative(c, float(c.ok.sum())) for c in candidates])
    top = [a.value for a in shares if a.score > shares[0].score - max(1.0, 0.0005 * shares[0].score)]
    if len(top) == 1:
        return top[0]
    measured = sorted(top, key=lambda c: (_gaps(c), ["dmy", "mdy", "ymd"].index(c.order)))
    first, second = measured[0], measured[1]
    # Monthly dates look like a run of days when day and month are swapped: never settle that silently.
    closer = _gaps(first) < _gaps(second) if daily else _gaps(first)[0] < _gaps(second)[0]
    settled = closer and (daily or not any(_monthly(c) for c in top))
    if settled or day_first is not None or np.array_equal(first.wall, second.wall):
        return first
    keep = min(top, key=lambda c: ["dmy", "mdy", "ymd"].index(c.order))
    other = next(c for c in top if c is not keep)
    return replace(keep, open_order=other.order)


def parse_times(texts: Any, *, day_first: bool | None = None, daily: bool = False) -> ParsedTimes | None:
    """Read a pyarrow string array as times; None where fewer than half of the filled cells are times.

    `daily` says that each row or run of rows is a day, so that its dates are no months.
    """
    import pyarrow.compute as pc

    trimmed = pc.utf8_trim_whitespace(texts)
    if _mostly_once(trimmed):
        times = _parse_unique(trimmed, day_first, daily)
        known = known_of(trimmed)
        return None if times is None or times.ok.sum() * 2 < known.sum() else times
    encoded = pc.dictionary_encode(trimmed)
    codes = codes_of(encoded)
    times = _parse_unique(encoded.dictionary, day_first, daily)
    if times is None:
        return None
    known = codes >= 0
    if (times.ok[codes[known]]).sum() * 2 < known.sum():
        return None
    safe = np.maximum(codes, 0)
    offset = None if times.offset is None else times.offset[safe]
    dates = None if times.dates is None else times.dates[safe]
    return replace(times, wall=times.wall[safe], ok=known & times.ok[safe], offset=offset, dates=dates)


def _mostly_once(texts: Any) -> bool:
    """Whether few of a spread of cells stand there twice: then looking each up costs more than reading it."""
    import pyarrow.compute as pc

    if len(texts) < 10 * _LOOKED_AT:
        return False
    near = texts.slice(len(texts) // 2, _LOOKED_AT)
    far = texts.take(integers(np.arange(0, len(texts), len(texts) // _LOOKED_AT)))
    return min(int(pc.count_distinct(cells).as_py()) / len(cells) for cells in (near, far)) > _ONCE


def _parse_unique(unique: Any, day_first: bool | None, daily: bool) -> ParsedTimes | None:
    n = len(unique)
    groups = [g for g in _groups(unique) if g.form.kind != "time"] if n else []
    epoch = parse_epoch(unique)
    alternatives = [Alternative(epoch, float(epoch.ok.sum()))] if epoch is not None else []
    if groups:
        orders = {o for g in groups for o in g.form.orders}
        if orders != {"ymd"} and all("a" in g.form.fields for g in groups):
            orders &= {"dmy", "mdy", "ymd"}
        else:
            orders = (orders - {"ymd"}) or {"ymd"}
        candidates = [_under(groups, n, order) for order in sorted(orders)]
        times = _decide(candidates, day_first, daily, dotted=all(g.form.dotted for g in groups))
        alternatives.append(Alternative(times, float(times.ok.sum())))
    winner = best(alternatives)
    return winner.value if winner else None


def parse_epoch(texts: Any) -> ParsedTimes | None:
    """Epoch seconds, milliseconds, micro- or nanoseconds; None where the cells are no such numbers."""
    import pyarrow as pa
    import pyarrow.compute as pc

    digits = true_where_known(pc.match_substring_regex(texts, r"^(\d{9,10}|\d{13}|\d{16}|\d{19})(\.\d+)?$"))
    share = pc.sum(digits).as_py() or 0
    if share == 0 or share * 2 < len(texts) - texts.null_count:
        return None
    numbers = pc.if_else(digits, texts, nothing(texts.type)).cast(pa.float64())
    return epoch_seconds(floats_of(numbers))


def epoch_seconds(numbers: NDArray[np.float64]) -> ParsedTimes | None:
    """Numbers as epochs of whatever unit puts them between 1975 and 2100."""
    known = numbers[~np.isnan(numbers)]
    for unit in (1.0, 1e3, 1e6, 1e9):
        if len(known) and EARLIEST <= np.median(known) / unit <= LATEST:
            seconds = np.floor(np.nan_to_num(numbers) / unit).astype(np.int64)
            ok = ~np.isnan(numbers) & (seconds >= EARLIEST) & (seconds <= LATEST)
            return ParsedTimes(seconds, ok, np.zeros(len(numbers), np.int64), style=f"epoch/{unit:.0f}")
    return None


def parse_clock(text: str) -> int | None:
    """Seconds of the day of one written time such as ``"24:00"``; None where it is none."""
    groups = [g for g in _groups(strings([text.strip()])) if g.form.kind == "time"]
    if not groups:
        return None
    seconds, fits = _seconds(groups[0])
    return int(seconds[0]) if fits[0] else None

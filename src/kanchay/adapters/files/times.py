"""Time: a column of text to clock seconds, with the order of day and month decided over the whole column.

`wall` below is clock time written as if it were UTC; where the text says its own offset, `offset` holds it and the
instant is ``wall - offset``. Epoch numbers and native instants are offset 0.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from kanchay.adapters.files.arrays import (
    by_blocks,
    codes_of,
    floats_of,
    integers,
    known_of,
    nothing,
    strings,
    true_where_known,
)
from kanchay.adapters.files.evidence import Alternative, best, rank
from kanchay.adapters.files.patterned import Group, groups_of
from kanchay.domain.interval import DAY, IntArray

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["ParsedTimes", "parse_clock", "parse_epoch", "parse_times"]

EARLIEST: Final = 157_766_400  # 1975-01-01: no meter file is older, and smaller numbers are not epochs
LATEST: Final = 4_102_444_800  # 2100-01-01
_MISSING: Final = np.iinfo(np.int64).min
_TELLING: Final = 8  # steps
_LOOKED_AT: Final = 10_000
_ONCE: Final = 0.9  # share of different cells


@dataclass(frozen=True, slots=True, eq=False)
class ParsedTimes:
    """Clock seconds of a column; `ok` says which rows were read.

    `dates` are the rows without a clock time among others with one; None where all rows are of one kind. `period` says
    that each names a month or a week, which is the interval itself and marks no end of one.
    """

    wall: IntArray
    ok: NDArray[np.bool_]
    offset: IntArray | None  # None: the text has no zone
    date_only: bool = False
    order: str = "ymd"
    open_order: str = ""  # the other order, where the column does not settle it
    style: str = "text"
    dates: NDArray[np.bool_] | None = None
    period: bool = False

    @property
    def instants(self) -> IntArray:
        """UTC seconds where the text names its offset, else the clock's."""
        return self.wall if self.offset is None else self.wall - self.offset


def _under(groups: list[Group], n: int, order: str) -> ParsedTimes:
    """The column read with one order of day, month and year."""
    wall = np.full(n, _MISSING, dtype=np.int64)
    ok = np.zeros(n, dtype=bool)
    offset = np.zeros(n, dtype=np.int64)
    with_offset = 0
    for group in groups:
        if "a" in group.form.fields and order not in group.form.orders:
            continue
        midnight, real = group.midnight(order)
        seconds, fits = group.seconds()
        wall[group.rows] = midnight + seconds
        ok[group.rows] = real & fits
        named = group.offset()
        if named is not None:
            offset[group.rows], with_offset = named, with_offset + len(group.rows)
    dates = np.zeros(n, dtype=bool)
    for group in groups:
        dates[group.rows] = group.form.kind == "date"
    whole = all(g.form.kind == "date" for g in groups)
    mixed = None if whole or not dates.any() else dates
    by_name = bool(groups) and all(not g.form.fields.keys() & {"a", "d"} for g in groups)
    return ParsedTimes(
        wall, ok, offset if with_offset * 2 > n else None, whole, order, dates=mixed, period=by_name
    )


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


def _in_order(times: ParsedTimes) -> bool:
    """Whether times only rise, or only fall, from cell to cell; a few of them do so by chance."""
    steps = np.diff(times.wall[times.ok])
    return len(steps) >= _TELLING and bool((steps > 0).all() or (steps < 0).all())


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
    ordered = [c for c in top if _in_order(c)]  # as most files are, from the oldest or from the newest row on
    if len(top) == 1 or len(ordered) == 1:
        return (ordered or top)[0]
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

    trimmed = by_blocks(texts, _trimmed)
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


def _trimmed(texts: Any) -> Any:
    import pyarrow.compute as pc

    bare = pc.utf8_trim_whitespace(texts)
    return texts if pc.all(pc.equal(bare, texts)).as_py() else bare


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
    groups = [g for g in groups_of(unique) if g.form.kind != "time"] if n else []
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
    groups = [g for g in groups_of(strings([text.strip()])) if g.form.kind == "time"]
    if not groups:
        return None
    seconds, fits = groups[0].seconds()
    return int(seconds[0]) if fits[0] else None

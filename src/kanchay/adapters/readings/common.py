"""What every store of readings does alike: who may touch which point, and what a write changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.quality.resample import Buckets, bucket
from kanchay.domain.errors import AccessDenied, Conflict, InputError, NotFound
from kanchay.domain.interval import HOUR, IntArray, local_day_bounds
from kanchay.domain.point import Point
from kanchay.domain.reading import Observations, Quality, Readings
from kanchay.domain.scope import Permission, Scope
from kanchay.domain.units import SUMMED
from kanchay.services.ports.readings import Level, Rollups

__all__ = [
    "WITHDRAWN", "Registered", "Rows", "as_rollups", "bounds_of", "checked", "checked_all", "compare", "enter", "latest",
    "needed_span", "only", "register_all", "roll", "seen", "visible",
]  # fmt: skip

Rows = TypeVar("Rows", bound=Readings | Observations)

# The quality under which a store keeps an interval whose reading was withdrawn. It is shown to nobody.
WITHDRAWN: Final = int(Quality.MISSING)


@dataclass(frozen=True, slots=True)
class Registered:
    """A point as a store knows it. `longest` is its longest reading so far [s]."""

    id: str
    site_id: str
    organisation_id: str  # "" for none: seen by the operator and the worker only
    tz: str
    summed: bool
    longest: int = 0
    pk: int = 0


def visible(scope: Scope, point: Registered) -> bool:
    """Whether a point lies within the scope: its organisation and its site."""
    own = scope.organisation_id is None or scope.organisation_id == point.organisation_id
    return own and scope.allows_site(point.site_id)


def enter(scope: Scope, permission: Permission) -> None:
    """The door of every method: no scope, no answer."""
    if not isinstance(scope, Scope):
        raise AccessDenied("No store answers without a scope.", hint="Make one with policy.scope_for.")
    scope.require(permission)


def seen(scope: Scope, point_id: str, point: Registered | None) -> Registered:
    """The point, or `NotFound`: in the same words whether it is absent or somebody else's."""
    if point is None or not visible(scope, point):
        raise NotFound(f"There is no point '{point_id}' here.", hint="List them with: kanchay site points.")
    return point


def register_all(
    scope: Scope, points: Iterable[Point], tz: str, organisation_id: str | None, known: dict[str, Registered]
) -> list[Registered]:
    """The points that are new or newly bound to an organisation; refuses what is outside the scope."""
    own = scope.organisation_id
    if organisation_id is not None and own is not None and organisation_id != own:
        raise AccessDenied(f"Organisation '{organisation_id}' is outside what {scope.actor.name} may see.")
    organisation = organisation_id or own or ""
    changed = []
    for point in points:
        scope.require(Permission.WRITE, point.site_id)
        asked = Registered(point.id, point.site_id, organisation, tz, point.quantity in SUMMED)
        before = known.get(point.id)
        if before is None:
            changed.append(asked)
        elif not visible(scope, before) or before.site_id != point.site_id:
            raise Conflict(f"The name of point '{point.id}' is taken.", hint="Give the point another id.")
        elif before.organisation_id == "" and organisation:
            changed.append(replace(before, organisation_id=organisation))
    return changed


def checked(batch: Readings) -> Readings:
    """Readings sorted by start; `InputError` for NaN, for an empty interval or for a start twice."""
    if np.isnan(batch.value).any():
        raise InputError(f"Readings of '{batch.point_id}' hold NaN.", hint="Leave out what is missing.")
    if (batch.end <= batch.start).any():
        raise InputError(f"Readings of '{batch.point_id}' end before they start.")
    steps = np.diff(batch.start)
    if (steps > 0).all():
        return batch
    order = np.argsort(batch.start, kind="stable")
    if (np.diff(batch.start[order]) == 0).any():
        raise InputError(
            f"Readings of '{batch.point_id}' hold the same start twice.", hint="Keep the last one."
        )
    return only(batch, order)


def checked_all(batches: list[Readings]) -> list[Readings]:
    """Every batch `checked`; where all are in order, that is seen at one look over all of them."""
    if len(batches) < 2:
        return [checked(batch) for batch in batches]
    start = np.concatenate([batch.start for batch in batches])
    end = np.concatenate([batch.end for batch in batches])
    rises = start[1:] > start[:-1]
    rises[np.cumsum([len(batch) for batch in batches])[:-1] - 1] = True  # from one batch to the next
    broken = np.isnan(np.concatenate([batch.value for batch in batches])).any()
    if rises.all() and (end > start).all() and not broken:
        return batches
    return [checked(batch) for batch in batches]


def only(rows: Rows, pick: NDArray[Any]) -> Rows:
    """The rows at these indices, or where the mask is true."""
    return type(rows)(rows.point_id, rows.start[pick], rows.end[pick], rows.value[pick], rows.quality[pick])


def compare(
    old: Readings | Observations, new: Readings | Observations
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which of `new` are not in `old` by start, and which are there with another end, value or quality."""
    if len(old) == 0:
        return np.ones(len(new), dtype=np.bool_), np.zeros(len(new), dtype=np.bool_)
    at = np.minimum(np.searchsorted(old.start, new.start), len(old) - 1)
    there = old.start[at] == new.start
    same = (old.end[at] == new.end) & (old.value[at] == new.value) & (old.quality[at] == new.quality)
    return ~there, there & ~same


def latest(start: IntArray, order: IntArray) -> IntArray:
    """Indices of the row with the highest `order` for each start, by start."""
    by = np.lexsort((order, start))
    last = np.ones(len(by), dtype=np.bool_)
    last[:-1] = start[by][1:] != start[by][:-1]
    return by[last]


def bounds_of(level: Level, start: int, end: int, tz: str) -> IntArray:
    """Bounds of the UTC hours or local days that a stretch of time touches."""
    if level == "day":
        return local_day_bounds(start, max(end, start + 1), tz)
    first, last = start // HOUR, max(-(-end // HOUR), start // HOUR + 1)
    return HOUR * np.arange(first, last + 1, dtype=np.int64)


def needed_span(bounds: IntArray, longest: int) -> tuple[int, int]:
    """Starts of all readings that can bear on these intervals (see `resample.without_overlaps`)."""
    return int(bounds[0]) - 2 * longest, int(bounds[-1])


def roll(readings: Readings, bounds: IntArray, point: Registered) -> Buckets:
    """The roll-ups of these intervals; intervals without any reading are left out."""
    parts = bucket(readings, bounds, summed=point.summed)
    some = parts.covered_s > 0
    return Buckets(
        parts.start[some], parts.end[some], parts.total[some], parts.covered_s[some], parts.quality[some]
    )


def as_rollups(point_id: str, rows: Sequence[tuple[int, int, float, int, int]]) -> Rollups:
    """Rows of (start, end, total, covered_s, quality) as columns."""
    columns = list(zip(*rows, strict=True)) or [()] * 5
    kinds = (np.int64, np.int64, np.float64, np.int64, np.int8)
    return Rollups(point_id, *(np.asarray(c, dtype=k) for c, k in zip(columns, kinds, strict=True)))

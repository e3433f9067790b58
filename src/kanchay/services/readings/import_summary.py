"""Several files of one import put together: every interval once, and what files tell differently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from kanchay.analysis.quality.derive import derive_readings, to_energy
from kanchay.domain.importing import ImportPreview, ImportSeries
from kanchay.domain.point import Direction, Kind
from kanchay.domain.reading import Observations
from kanchay.domain.units import Quantity
from kanchay.services.readings.points import point_id

__all__ = ["SeriesSummary", "as_one", "one_of", "put_together", "summarise"]


@dataclass(frozen=True, slots=True)
class SeriesSummary:
    """One series of several files. `start` and `end` in UTC seconds; `total` in kWh, of what is counted once.

    `n_repeated` readings stand in more than one file with the same value, `n_differing` with another one; of those
    `last` counts, the last file that tells of the series.
    """

    name: str
    quantity: Quantity
    direction: Direction | None
    unit: str
    start: int
    end: int
    n_files: int
    n: int
    n_repeated: int
    n_differing: int
    total: float | None
    last: str


def summarise(previews: Sequence[ImportPreview]) -> tuple[SeriesSummary, ...]:
    """The series of several files, as they would be stored one file after another."""
    last = {point_id("", series): preview.file_name for preview in previews for series in preview.series}
    return tuple(_summary(parts, last[point_id("", parts[0])]) for parts in _groups(previews))


def _groups(previews: Sequence[ImportPreview]) -> list[list[ImportSeries]]:
    """What the files tell of each series, in their order."""
    groups: dict[str, list[ImportSeries]] = {}
    for preview in previews:
        for series in preview.series:
            groups.setdefault(point_id("", series), []).append(series)
    return list(groups.values())


def _summary(parts: Sequence[ImportSeries], last: str) -> SeriesSummary:
    first = parts[0]
    seen, n_repeated, n_differing = put_together(parts)
    return SeriesSummary(
        first.name, first.quantity, first.direction, first.unit,
        int(seen.start[0]), int(seen.end[-1]), len(parts), len(seen), n_repeated, n_differing,
        _total(parts, seen), last,
    )  # fmt: skip


def as_one(previews: Sequence[ImportPreview]) -> ImportPreview:
    """The files of one import as if they were one: every series once, with what all of them tell of it.

    Parameters
    ----------
    previews : sequence of ImportPreview
        At least one.

    Returns
    -------
    ImportPreview
        The first one with the series of all.
    """
    if len(previews) == 1:
        return previews[0]
    return replace(previews[0], series=tuple(one_of(parts) for parts in _groups(previews)))


def one_of(parts: Sequence[ImportSeries]) -> ImportSeries:
    """What several files tell of one series, as that series: its name and meaning are those of the first.

    Parameters
    ----------
    parts : sequence of ImportSeries
        At least one; of the same unit, kind and quantity.

    Returns
    -------
    ImportSeries
        Every time once; `missing` and `duplicates` are those of the parts together, times told twice left out.
    """
    if len(parts) == 1:
        return parts[0]
    seen, same, other = put_together(parts)
    span = int(seen.end[-1] - seen.start[0])
    step = parts[0].resolution_s
    missing = max(0, round(span / step) - len(seen)) if step else sum(p.missing for p in parts)
    return replace(
        parts[0],
        observations=seen,
        n=len(seen),
        start=int(seen.start[0]),
        end=int(seen.end[-1]),
        missing=missing,
        duplicates=sum(p.duplicates for p in parts) + same + other,
        total=_total(parts, seen),
        issues=tuple(i for p in parts for i in p.issues),
    )


def put_together(parts: Sequence[ImportSeries]) -> tuple[Observations, int, int]:
    """What several files tell of one series, each time once; how many stood twice, with the same value and with another.

    Parameters
    ----------
    parts : sequence of ImportSeries
        At least one; of the same unit. A later one counts where two tell of the same time.

    Returns
    -------
    Observations
        Sorted by their start, in the unit of the series.
    int
        Readings that stood more than once with the same value.
    int
        Readings that stood more than once with another value.
    """
    told = [p.observations for p in parts if p.observations is not None]
    start, end, value, quality = (
        np.concatenate([getattr(o, column) for o in told]) for column in ("start", "end", "value", "quality")
    )
    order = np.argsort(start, kind="stable")
    start, value = start[order], value[order]
    last = np.r_[start[1:] != start[:-1], True]
    same = int((~last[:-1] & (value[1:] == value[:-1])).sum())
    seen = Observations(parts[0].name, start[last], end[order][last], value[last], quality[order][last])
    return seen, same, int((~last).sum()) - same


def _total(parts: Sequence[ImportSeries], seen: Observations) -> float | None:
    """Energy of what is counted, or None where the series of the files have none."""
    first = parts[0]
    if all(p.total is None for p in parts):
        return None
    if len(parts) == 1:
        return first.total
    step = first.resolution_s if first.kind is not Kind.CUMULATIVE else None
    readings, _ = derive_readings(seen, first.kind, resolution_s=step)
    return float((to_energy(readings) if first.quantity is Quantity.POWER else readings).value.sum())

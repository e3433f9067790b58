"""Import a file: first what is understood of it, then, when somebody agrees, points, observations and readings."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

import numpy as np

from kanchay.analysis.quality.derive import complete_registers, derive_readings
from kanchay.domain.errors import InputError
from kanchay.domain.importing import ImportPreview, ImportSeries
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.point import Kind, Point, VirtualPoint
from kanchay.domain.reading import Observations, Readings
from kanchay.domain.scope import Permission, Scope
from kanchay.services.context import Context
from kanchay.services.operations.runs import new_run
from kanchay.services.people.audit import note
from kanchay.services.people.sites import add_points, add_virtual_points, get_site
from kanchay.services.ports.files import ImportOptions
from kanchay.services.ports.readings import WriteResult
from kanchay.services.ports.records import ImportRecord
from kanchay.services.readings.points import as_energy, point_of, register_sums

__all__ = ["preview_file", "store_import"]

_LOOK_BACK = 62 * DAY  # a register continues an earlier import over a pause of two months at most


def preview_file(ctx: Context, path: Path, options: ImportOptions) -> ImportPreview:
    """What the file holds, as understood. Nothing is stored; raises `FileRefused` for what is no meter data."""
    return ctx.files.read(Path(path), options)


def store_import(ctx: Context, scope: Scope, site_id: str, preview: ImportPreview) -> ImportRecord:
    """Store everything of a preview in one site; the same file again changes nothing."""
    scope.require(Permission.WRITE, site_id)
    if not preview.series:
        raise InputError(f"{preview.file_name} holds no series.", hint="Look at the preview.")
    now = ctx.clock()
    points, sums = _make_points(ctx, scope, site_id, preview)
    observations = [_observations(s, p) for s, p in zip(preview.series, points, strict=True)]
    kinds = [s.kind for s in preview.series]
    readings = [_readings(ctx, scope, o, p, k) for o, p, k in zip(observations, points, kinds, strict=True)]
    readings = _completed(readings, sums)
    # Our own export tells the steps of a register, not the register: nothing of that kind was received.
    received = [o for o, p, k in zip(observations, points, kinds, strict=True) if p.kind is k]
    result = ctx.readings.append(scope, readings, recorded_at=now, observations=received)
    return _record(ctx, scope, site_id, preview, points=points, sums=sums, result=result, now=now)


def _make_points(
    ctx: Context, scope: Scope, site_id: str, preview: ImportPreview
) -> tuple[list[Point], list[VirtualPoint]]:
    """Points and sums of registers, known to records and store."""
    parents = _parents(preview)
    points = [point_of(site_id, s, None) for s in preview.series]
    for i, parent in parents.items():
        points[i] = point_of(site_id, preview.series[i], points[parent].id)
    sums = [virtual for virtual, _ in register_sums(site_id, preview.series)]
    points = [_below_the_sum(p, sums) for p in points]
    add_points(ctx, scope, site_id, points)
    if sums:
        add_virtual_points(ctx, scope, site_id, sums)
    return points, sums


def _below_the_sum(point: Point, sums: list[VirtualPoint]) -> Point:
    """A sub-meter of a meter with several registers is part of their sum, not of one of them."""
    whole = next((v for v in sums if point.parent_id in {t.point_id for t in v.terms}), None)
    return replace(point, parent_id=whole.point.id) if whole is not None else point


def _parents(preview: ImportPreview) -> dict[int, int]:
    """Index of a sub-meter to index of its meter: of the series beside it, the one they are part of."""
    subs = [i for i, s in enumerate(preview.series) if s.is_submeter]
    mains = [
        i for i, s in enumerate(preview.series) if not s.is_submeter and s.direction is not None and s.total
    ]
    return {i: main for i in subs for main in mains[:1]}


def _observations(series: ImportSeries, point: Point) -> Observations:
    """What was received, under the point's id and in its unit."""
    seen = series.observations
    if seen is None:
        raise InputError(f"Series '{series.name}' has no values to store.", hint="Read the file again.")
    value = seen.value * (seen.end - seen.start) / HOUR if as_energy(series) else seen.value
    return replace(seen, point_id=point.id, value=value)


def _readings(ctx: Context, scope: Scope, seen: Observations, point: Point, kind: Kind) -> Readings:
    """Readings of a point; a register also counts from its last value of an earlier import."""
    if kind is Kind.CUMULATIVE:
        seen = _with_neighbours(ctx, scope, seen)
    readings, _ = derive_readings(seen, kind, resolution_s=point.resolution_s)
    return readings


def _with_neighbours(ctx: Context, scope: Scope, seen: Observations) -> Observations:
    """The stored register readings just before and just after, so that no step between two files is lost."""
    first, last = int(seen.start[0]), int(seen.start[-1])
    before = ctx.readings.observations(scope, seen.point_id, first - _LOOK_BACK, first)
    after = ctx.readings.observations(scope, seen.point_id, last + 1, last + _LOOK_BACK)
    parts = [_take(before, slice(-1, None)), seen, _take(after, slice(0, 1))]
    columns = (np.concatenate([getattr(p, c) for p in parts]) for c in ("start", "end", "value", "quality"))
    return Observations(seen.point_id, *columns)


def _take(o: Observations, rows: slice) -> Observations:
    return Observations(o.point_id, o.start[rows], o.end[rows], o.value[rows], o.quality[rows])


def _completed(readings: list[Readings], sums: list[VirtualPoint]) -> list[Readings]:
    """Registers that take turns get zeros where they are silent, so that their sum is known."""
    by_id = {r.point_id: r for r in readings}
    for virtual in sums:
        group = [by_id[t.point_id] for t in virtual.terms]
        by_id.update({r.point_id: r for r in complete_registers(group)})
    return [by_id[r.point_id] for r in readings]


def _record(
    ctx: Context, scope: Scope, site_id: str, preview: ImportPreview, *, points: list[Point], sums: list[VirtualPoint],
    result: WriteResult, now: int,
) -> ImportRecord:  # fmt: skip
    """The import in the records, with its run and an entry in the audit log."""
    site = get_site(ctx, scope, site_id)
    record = ImportRecord(
        id=f"import-{uuid.uuid4().hex}",
        site_id=site_id,
        file_name=preview.file_name,
        sha256=preview.sha256,
        at=now,
        format=preview.format,
        n_new=result.new,
        n_revised=result.revised,
        n_unchanged=result.unchanged,
        point_ids=tuple(p.id for p in points) + tuple(v.point.id for v in sums),
    )
    with ctx.records.unit(scope) as uow:
        uow.imports.put(record)
        uow.runs.put(new_run(ctx, site, "import", as_of=now, input_fingerprint=preview.sha256))
        note(
            uow, scope, now, "import.store", record.id, organisation_id=site.organisation_id, site_id=site_id
        )
    return record

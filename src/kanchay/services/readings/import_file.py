"""Import a file: first what is understood of it, then, when somebody agrees, points, observations and readings."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from kanchay.analysis.quality.derive import complete_registers, derive_readings
from kanchay.domain.errors import InputError
from kanchay.domain.importing import ImportPreview, ImportSeries
from kanchay.domain.interval import HOUR
from kanchay.domain.point import Point, Site, VirtualPoint
from kanchay.domain.reading import Observations, Readings
from kanchay.domain.scope import Permission, Scope
from kanchay.domain.units import SUMMED
from kanchay.services.context import Context
from kanchay.services.operations.runs import new_run
from kanchay.services.people.audit import note
from kanchay.services.people.sites import add_points, add_virtual_points, get_site
from kanchay.services.ports.files import ImportOptions
from kanchay.services.ports.readings import WriteResult
from kanchay.services.ports.records import ImportRecord
from kanchay.services.readings.answers import layout_of
from kanchay.services.readings.coarser import told_in_finer_steps
from kanchay.services.readings.joins import lay_joins
from kanchay.services.readings.likeness import sizes_of
from kanchay.services.readings.points import as_energy, point_of, register_sums
from kanchay.services.readings.undo import forget_import

__all__ = ["compare_import", "preview_file", "store_import"]

_R = TypeVar("_R", Readings, Observations)


@dataclass(frozen=True, slots=True)
class _Ready:
    """What a preview becomes in a site, before anything of it is stored."""

    points: list[Point]
    sums: list[VirtualPoint]
    observations: list[Observations]
    readings: list[Readings]
    n_told: int = 0  # readings left out because finer ones that are held tell them

    @property
    def point_ids(self) -> tuple[str, ...]:
        return tuple(p.id for p in self.points) + tuple(v.point.id for v in self.sums)


def preview_file(ctx: Context, path: Path, options: ImportOptions) -> ImportPreview:
    """What the file holds, as understood. Nothing is stored; raises `FileRefused` for what is no meter data."""
    return ctx.files.read(Path(path), options)


def compare_import(ctx: Context, scope: Scope, site_id: str, preview: ImportPreview) -> WriteResult:
    """How many readings of a preview are new to a site, how many would change and how many are the same."""
    scope.require(Permission.READ, site_id)
    ready = _without_told(ctx, scope, _make_ready(site_id, preview))
    known = ctx.readings.spans(scope, [p.id for p in ready.points])
    counts = np.array([0, 0, ready.n_told], dtype=np.int64)
    for readings in ready.readings:
        counts += _compared(ctx, scope, readings) if readings.point_id in known else (len(readings), 0, 0)
    return WriteResult(*counts.tolist())


def _compared(ctx: Context, scope: Scope, readings: Readings) -> tuple[int, int, int]:
    """New, changed and same, against what is held of the point."""
    if not len(readings):
        return 0, 0, 0
    old = ctx.readings.read(scope, readings.point_id, int(readings.start[0]), int(readings.start[-1]) + 1)
    _, at, mine = np.intersect1d(old.start, readings.start, assume_unique=True, return_indices=True)
    columns = ("end", "value", "quality")
    same = sum(
        np.all([getattr(old, c)[at] == getattr(readings, c)[mine] for c in columns], axis=0).astype(int)
    )
    return len(readings) - len(mine), len(mine) - int(same), int(same)


def store_import(
    ctx: Context,
    scope: Scope,
    site_id: str,
    preview: ImportPreview,
    *,
    answers: Sequence[tuple[str, str]] = (),
) -> ImportRecord:
    """Store everything of a preview in one site, or nothing; the same file again changes nothing.

    `answers` are kept for the next file of its kind (`kanchay.services.readings.answers`). How far the stage "store" is,
    is told (`kanchay.services.progress`); where it is stopped or fails the site is as it was before.
    """
    scope.require(Permission.WRITE, site_id)
    if not preview.series:
        raise InputError(f"{preview.file_name} holds no series.", hint="Look at the preview.")
    site, now = get_site(ctx, scope, site_id), ctx.clock()
    ready = _without_told(ctx, scope, _make_ready(site_id, preview))
    record = _begun(site, preview, ready, answers, now)
    with ctx.records.unit(scope) as uow:
        before = [p for p in uow.points.find(site_id=site_id) if p.id in ready.point_ids]
        uow.imports.put(record)  # before its readings: what breaks off here can still be undone
    try:
        result = _write(ctx, scope, ready, record)
    except (
        BaseException
    ):  # stopped, a full disk, Ctrl-C: what it had written is rolled back, and it leaves no trace
        forget_import(ctx, scope, record, before)
        raise
    by_id = {point.id: point for point in ready.points}
    for seen in ready.observations:
        lay_joins(ctx, scope, by_id[seen.point_id], (int(seen.start[0]), int(seen.start[-1])), now)
    return _finish(ctx, scope, site, record, result)


def _write(ctx: Context, scope: Scope, ready: _Ready, record: ImportRecord) -> WriteResult:
    """Points, then all readings in one transaction of their store."""
    add_points(ctx, scope, record.site_id, ready.points)
    if ready.sums:
        add_virtual_points(ctx, scope, record.site_id, ready.sums)
    written = ctx.readings.append(
        scope,
        ready.readings,
        recorded_at=record.at,
        observations=ready.observations,
        source=record.id,
    )
    return replace(written, unchanged=written.unchanged + ready.n_told)


def _without_told(ctx: Context, scope: Scope, ready: _Ready) -> _Ready:
    """What a file tells that finer readings of the same points do not tell already."""
    known = ctx.readings.spans(scope, [p.id for p in ready.points])
    readings, left_out = [], {}
    for point, new in zip(ready.points, ready.readings, strict=True):
        summed = point.id in known and point.quantity in SUMMED
        told = told_in_finer_steps(ctx, scope, new) if summed else np.zeros(len(new), dtype=bool)
        readings.append(new if not told.any() else _only(new, ~told))
        if told.any():
            left_out[point.id] = new.start[told]
    seen = [
        _only(o, ~np.isin(o.start, left_out[o.point_id])) if o.point_id in left_out and _lasts(o) else o
        for o in ready.observations
    ]
    n_told = sum(len(starts) for starts in left_out.values())
    return replace(ready, readings=readings, observations=[o for o in seen if len(o)], n_told=n_told)


def _lasts(seen: Observations) -> bool:
    """Whether amounts were received, and no register."""
    return bool(len(seen)) and bool((seen.end > seen.start).all())


def _only(of: _R, keep: NDArray[np.bool_]) -> _R:
    """Some of them."""
    return type(of)(of.point_id, of.start[keep], of.end[keep], of.value[keep], of.quality[keep])


def _make_ready(site_id: str, preview: ImportPreview) -> _Ready:
    points, sums = _make_points(site_id, preview)
    observations = [_observations(s, p) for s, p in zip(preview.series, points, strict=True)]
    kinds = [s.kind for s in preview.series]
    readings = [
        derive_readings(o, kind, resolution_s=p.resolution_s)[0]
        for o, p, kind in zip(observations, points, kinds, strict=True)
    ]
    # Our own export tells the steps of a register, not the register: nothing of that kind was received.
    received = [o for o, p, kind in zip(observations, points, kinds, strict=True) if p.kind is kind]
    return _Ready(points, sums, received, _completed(readings, sums))


def _make_points(site_id: str, preview: ImportPreview) -> tuple[list[Point], list[VirtualPoint]]:
    """Points and sums of registers."""
    parents = _parents(preview)
    points = [point_of(site_id, s, None) for s in preview.series]
    for i, parent in parents.items():
        points[i] = point_of(site_id, preview.series[i], points[parent].id)
    sums = [virtual for virtual, _ in register_sums(site_id, preview.series)]
    return [_below_the_sum(p, sums) for p in points], sums


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


def _completed(readings: list[Readings], sums: list[VirtualPoint]) -> list[Readings]:
    """Registers that take turns get zeros where they are silent, so that their sum is known."""
    by_id = {r.point_id: r for r in readings}
    for virtual in sums:
        group = [by_id[t.point_id] for t in virtual.terms]
        by_id.update({r.point_id: r for r in complete_registers(group)})
    return [by_id[r.point_id] for r in readings]


def _begun(
    site: Site, preview: ImportPreview, ready: _Ready, answers: Sequence[tuple[str, str]], now: int
) -> ImportRecord:
    return ImportRecord(
        id=f"import-{uuid.uuid4().hex}",
        site_id=site.id,
        file_name=preview.file_name,
        sha256=preview.sha256,
        at=now,
        format=preview.format,
        n_new=0,
        n_revised=0,
        n_unchanged=0,
        point_ids=ready.point_ids,
        state="storing",
        undoable=True,
        layout=layout_of(preview),
        answers=tuple(answers),
        sizes=sizes_of(preview) if answers else (),
    )


def _finish(
    ctx: Context, scope: Scope, site: Site, record: ImportRecord, result: WriteResult
) -> ImportRecord:
    """The import in the records, with its run and an entry in the audit log."""
    done = replace(
        record, state="stored", n_new=result.new, n_revised=result.revised, n_unchanged=result.unchanged
    )
    with ctx.records.unit(scope) as uow:
        uow.imports.put(done)
        uow.runs.put(new_run(ctx, site, "import", as_of=done.at, input_fingerprint=done.sha256))
        note(
            uow,
            scope,
            done.at,
            "import.store",
            done.id,
            organisation_id=site.organisation_id,
            site_id=site.id,
        )
    return done

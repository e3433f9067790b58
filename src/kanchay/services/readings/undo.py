"""Undo an import: its readings are withdrawn, what they had replaced stands again, and what was said of them goes."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

from kanchay.domain.errors import Conflict, KanchayError, NotFound
from kanchay.domain.event import Change
from kanchay.domain.interval import DAY
from kanchay.domain.point import Point
from kanchay.domain.scope import Permission, Scope
from kanchay.services.context import Context
from kanchay.services.findings.renew import look_at_site
from kanchay.services.people.audit import note
from kanchay.services.ports.records import ImportRecord, UnitOfWork
from kanchay.services.readings.joins import lay_joins

__all__ = ["find_import", "forget_import", "list_imports", "undo_import"]

_log = logging.getLogger("kanchay.undo")


def list_imports(
    ctx: Context, scope: Scope, site_id: str | None = None, *, limit: int | None = None
) -> list[ImportRecord]:
    """Imports of a site, or of every site within the scope, newest first."""
    with ctx.records.unit(scope) as uow:
        if site_id is not None:
            uow.sites.get(site_id)
        found = uow.imports.find() if site_id is None else uow.imports.find(site_id=site_id)
    found.reverse()  # the later of one second comes first
    found.sort(key=lambda r: -r.at)
    return found[:limit]


def find_import(ctx: Context, scope: Scope, start: str) -> ImportRecord:
    """The import whose id begins like that.

    Raises
    ------
    NotFound
        There is none, or more than one.
    """
    begins = (start, f"import-{start}")
    found = [r for r in list_imports(ctx, scope) if r.id == start] or [
        r for r in list_imports(ctx, scope) if start and r.id.startswith(begins)
    ]
    if len(found) != 1:
        what = f"are {len(found)} imports" if found else "is no import"
        raise NotFound(f"There {what} '{start}'.", hint="List them with: kanchay imports list.")
    return found[0]


def undo_import(ctx: Context, scope: Scope, import_id: str, *, site_id: str = "") -> ImportRecord:
    """Take an import back, as if it had never been stored; other imports keep every reading that they brought.

    Roll-ups and findings are brought up to date at once. Forecasts that were made since, of the meters it touched, are
    removed, for they may rest on it: the next look makes new ones.

    Raises
    ------
    NotFound
        There is no such import within the scope, or of the site where one is named.
    Conflict
        It was undone already, or stored before imports could be undone.
    """
    with ctx.records.unit(scope) as uow:
        record = uow.imports.get(import_id)
    scope.require(Permission.WRITE, record.site_id)
    if site_id and record.site_id != site_id:
        raise NotFound(f"There is no import '{import_id}' of that site.", hint="List its imports.")
    _check(record)
    now = ctx.clock()
    around = _around(ctx, scope, record)
    done = ctx.readings.withdraw(scope, record.id, recorded_at=now)
    _mend_joins(ctx, scope, record, around, now)
    undone = replace(
        record, state="undone", undone_at=now, n_restored=done.restored, n_gone=done.gone, answers=()
    )
    with ctx.records.unit(scope) as uow:
        uow.imports.put(undone)
        _drop_forecasts(uow, record)
        _close_findings(uow, record)
        _drop_points(ctx, scope, uow, record)
        place = {"organisation_id": uow.sites.get(record.site_id).organisation_id, "site_id": record.site_id}
        note(uow, scope, now, "import.undo", record.id, **place)
    _renew(ctx, scope, record, around, now)
    return undone


def forget_import(ctx: Context, scope: Scope, record: ImportRecord, before: Sequence[Point]) -> None:
    """Take an import that broke off out of the records, as if it had never begun.

    `before` are the points of the site that it replaced, as they were.
    """
    ctx.readings.withdraw(scope, record.id, recorded_at=record.at)  # broken off just behind its last word
    held = {point.id for point in before}
    own = replace(record, point_ids=tuple(p for p in record.point_ids if p not in held))
    with ctx.records.unit(scope) as uow:
        uow.imports.remove(record.id)
        _drop_points(ctx, scope, uow, own)
        for point in before:
            uow.points.put(point)


def _renew(
    ctx: Context, scope: Scope, record: ImportRecord, around: dict[str, tuple[int, int]], now: int
) -> None:
    """Sums and findings from what is left; too little of it is no reason to fail."""
    for name, (first, last) in around.items():
        ctx.readings.refresh_rollups(scope, Change(0, name, record.site_id, first, last + DAY, now))
    try:
        look_at_site(ctx, scope, record.site_id)
    except KanchayError as error:
        _log.info("look at %s after an undo: %s", record.site_id, error)


def _check(record: ImportRecord) -> None:
    if record.state == "undone":
        raise Conflict(
            f"The import of {record.file_name} was undone already.",
            hint="Import the file again to have it back.",
            code="import.undone",
        )
    if not record.undoable:
        raise Conflict(
            f"{record.file_name} was stored before imports could be undone.",
            hint="Import a corrected file: other values become revisions.",
            code="import.old",
        )


def _around(ctx: Context, scope: Scope, record: ImportRecord) -> dict[str, tuple[int, int]]:
    """From when to when each meter of an import was told of."""
    known = ctx.readings.spans(scope, record.point_ids)
    reach = {name: ctx.readings.stretches(scope, name) for name in known}
    return {name: (int(s[:, 0].min()), int(s[:, 1].max())) for name, s in reach.items() if len(s)}


def _mend_joins(
    ctx: Context, scope: Scope, record: ImportRecord, around: dict[str, tuple[int, int]], now: int
) -> None:
    with ctx.records.unit(scope) as uow:
        points = [p for p in uow.points.find(site_id=record.site_id) if p.id in around]
    for point in points:
        lay_joins(ctx, scope, point, around[point.id], now)


def _drop_forecasts(uow: UnitOfWork, record: ImportRecord) -> None:
    """Forecasts that could have read what is gone."""
    for point_id in record.point_ids:
        for forecast in uow.forecasts.find(point_id=point_id):
            if uow.runs.get(forecast.run_id).started_at >= record.at:
                uow.forecasts.remove(f"{forecast.run_id}/{forecast.point_id}")


def _close_findings(uow: UnitOfWork, record: ImportRecord) -> None:
    """Open findings since the import: those that are still there are found again."""
    for finding in uow.findings.find(site_id=record.site_id, status="open"):
        if finding.found_at >= record.at and finding.point_id in record.point_ids:
            uow.findings.put(replace(finding, status="closed", ongoing=False))


def _drop_points(ctx: Context, scope: Scope, uow: UnitOfWork, record: ImportRecord) -> None:
    """Meters that only this import knew and that hold nothing any more; sums of them too."""
    others = uow.imports.find(site_id=record.site_id)
    live = {p for r in others if r.state != "undone" and r.id != record.id for p in r.point_ids}
    alone = [p for p in record.point_ids if p not in live]
    empty = {p for p in alone if not ctx.readings.spans(scope, [p])}
    for virtual in uow.virtual_points.find(site_id=record.site_id):
        if any(term.point_id in empty for term in virtual.terms):
            uow.virtual_points.remove(virtual.point.id)
    for point in uow.points.find(site_id=record.site_id):
        if point.id in empty:
            uow.points.remove(point.id)

"""Export: the readings of a site that somebody may see, on their way into a file; who took what is written down."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from kanchay.domain.errors import InputError, NotEnoughData, NotFound
from kanchay.domain.interval import format_resolution, to_datetime
from kanchay.domain.names import slug
from kanchay.domain.point import Point, Site
from kanchay.domain.reading import Readings
from kanchay.domain.scope import Permission, Scope
from kanchay.services.context import Context
from kanchay.services.people.audit import note
from kanchay.services.people.sites import get_site, list_points, list_virtual_points
from kanchay.services.ports.exports import Export, ExportFormat, ExportFormats, ExportSeries
from kanchay.services.ports.records import ImportRecord
from kanchay.services.readings.series import find_point, main_point, span
from kanchay.services.readings.stretches import kept_stretches, regular_stretches

__all__ = ["ExportWish", "export_name", "format_named", "open_export"]

_SOURCES: Final = 3  # files named as the source of a point


@dataclass(frozen=True, slots=True)
class ExportWish:
    """What is asked for. No points: all of the site. No times: all that is held. No resolution: as readings are kept."""

    point_ids: tuple[str, ...] = ()
    start: int | None = None
    end: int | None = None
    resolution_s: int | None = None


def format_named(formats: ExportFormats, name: str) -> ExportFormat:
    """The format of that name."""
    if name not in formats:
        raise InputError(
            f"There is no format '{name[:40]}'.", hint=f"Known: {', '.join(formats)}.", code="export.format"
        )
    return formats[name]


def open_export(ctx: Context, scope: Scope, site_id: str, form: ExportFormat, wish: ExportWish) -> Export:
    """Check what is asked for, write it down in the audit log, and give readings that are read as they are written.

    Raises
    ------
    NotFound
        A point that the site does not have, or that is out of reach.
    InputError
        More readings than the format takes, or a resolution that it does not know.
    NotEnoughData
        Nothing of what was asked for is held.
    """
    scope.require(Permission.READ, site_id)
    site = get_site(ctx, scope, site_id)
    points = _points(ctx, scope, site, form, wish)
    told = [p for p in points if form.takes(p)]
    step = _resolution(form, wish)
    found = [s for p in told if (s := _series(ctx, scope, p, wish, step)) is not None]
    if not found:
        raise _nothing(form, points, told)
    export = Export(
        site=site,
        start=min(s.start for s in found),
        end=max(s.end for s in found),
        made_at=ctx.clock(),
        code_version=ctx.code_version,
        series=tuple(_with_sources(ctx, scope, site, found)),
        read=lambda series: _read(ctx, scope, site, series, step),
        left_out=tuple(p.name for p in points if p not in told),
    )
    _check_size(export, form)
    _note(ctx, scope, export, form)
    return export


def export_name(export: Export, form: ExportFormat) -> str:
    """A file name that says what is inside: ``casa-2026-01-01-2026-08-22.csv``."""
    days = [to_datetime(t, export.site.tz).date().isoformat() for t in (export.start, export.end - 1)]
    told = "-simulated" if export.site.simulated else ""
    return f"{slug(export.site.id)}-{days[0]}-{days[1]}{told}{form.suffix}"


def _points(ctx: Context, scope: Scope, site: Site, form: ExportFormat, wish: ExportWish) -> list[Point]:
    """The points asked for by id or name, in the order of the site; all that are no sum of others by default."""
    held = list_points(ctx, scope, site.id)
    sums = [v.point for v in list_virtual_points(ctx, scope, site.id)]
    if not wish.point_ids:
        return [main_point(ctx, scope, site.id)] if form.single else held
    chosen = [p for p in (*held, *sums) if {p.id, p.name} & set(wish.point_ids)]
    missing = set(wish.point_ids) - {p.id for p in chosen} - {p.name for p in chosen}
    if missing:
        names = ", ".join(p.id for p in (*held, *sums)[:12])
        raise NotFound(f"Site '{site.id}' has no meter '{min(missing)[:80]}'.", hint=f"It has {names}.")
    if form.single and len(chosen) > 1:
        raise InputError(
            f"A file of '{form.name}' holds one meter, not {len(chosen)}.",
            hint="Name one.",
            code="export.single",
        )
    return chosen


def _resolution(form: ExportFormat, wish: ExportWish) -> int | None:
    if form.only_s is not None and wish.resolution_s not in (None, form.only_s):
        only = format_resolution(form.only_s)
        raise InputError(
            f"'{form.name}' knows one resolution, {only}.",
            hint="Leave the resolution out.",
            code="export.resolution",
        )
    if wish.resolution_s is not None and wish.resolution_s > form.longest_s:
        most = format_resolution(form.longest_s)
        raise InputError(
            f"'{form.name}' tells intervals of {most} at most.",
            hint="Ask for 15min, 30min or 1h.",
            code="export.resolution",
        )
    return form.only_s or wish.resolution_s or form.usual_s


def _series(
    ctx: Context, scope: Scope, point: Point, wish: ExportWish, step: int | None
) -> ExportSeries | None:
    """What a point gives within the window; None where it holds nothing there."""
    reach = span(ctx, scope, point.id)
    if reach is None:
        return None
    start = reach.start if wish.start is None else max(wish.start, reach.start)
    end = reach.end if wish.end is None else min(wish.end, reach.end)
    if end <= start:
        return None
    _, terms, _ = find_point(ctx, scope, point.id)
    if step is None and terms:  # a sum has no readings of its own: it is told where all its parts are
        step = max((t.resolution_s or 3600) for _, t in terms)
    kept = step is None
    name = point.id if kept or step == point.resolution_s else f"{point.id}@{format_resolution(step or 0)}"
    most = reach.n if kept else 1 + (end - start) // (step or 1)
    spacing = max(1, (reach.end - reach.start) // reach.n)
    most = min(most, 2 + (end - start) // spacing) if kept and point.resolution_s else most
    return ExportSeries(name, point, step or point.resolution_s, start, end, most)


def _read(
    ctx: Context, scope: Scope, site: Site, series: ExportSeries, step: int | None
) -> Iterator[Readings]:
    point, terms, _ = find_point(ctx, scope, series.point.id)
    grid = step or (series.step_s if terms else None)
    if grid is None:
        return kept_stretches(ctx, scope, point, series.start, series.end)
    return regular_stretches(ctx, scope, point, site, resolution_s=grid, start=series.start, end=series.end)


def _nothing(form: ExportFormat, points: list[Point], told: list[Point]) -> Exception:
    if points and not told:
        return InputError(
            f"'{form.name}' has no way to tell {points[0].quantity}.",
            hint="Choose another format.",
            code="export.quantity",
        )
    return NotEnoughData(
        "There are no readings there to export.",
        hint="Choose other dates or import a file.",
        code="export.nothing",
    )


def _check_size(export: Export, form: ExportFormat) -> None:
    n = sum(s.n_most for s in export.series)
    if n > form.most_rows:
        raise InputError(
            f"That is up to {n:,} readings, and a file of '{form.name}' holds {form.most_rows:,} at most.",
            hint="Choose fewer meters, a shorter time, longer intervals, or CSV or Parquet.",
            code="export.too_many",
        )


def _with_sources(ctx: Context, scope: Scope, site: Site, found: list[ExportSeries]) -> list[ExportSeries]:
    """Each series with where its readings came from: simulated, or the files that were imported."""
    if site.simulated:
        return [replace(s, source="simulated") for s in found]
    with ctx.records.unit(scope) as uow:
        imports = uow.imports.find(site_id=site.id, order="-at")
    return [replace(s, source=_source(s.point.id, imports)) for s in found]


def _source(point_id: str, imports: list[ImportRecord]) -> str:
    files = list(
        dict.fromkeys(i.file_name for i in imports if point_id in i.point_ids and i.state != "undone")
    )
    more = f" +{len(files) - _SOURCES}" if len(files) > _SOURCES else ""
    return "; ".join(files[:_SOURCES]) + more


def _note(ctx: Context, scope: Scope, export: Export, form: ExportFormat) -> None:
    """Who took what: format, meters and time."""
    first, last = (to_datetime(t).strftime("%Y-%m-%dT%H:%MZ") for t in (export.start, export.end))
    names = ",".join(s.id for s in export.series[:8]) + (",…" if len(export.series) > 8 else "")
    site = export.site
    with ctx.records.unit(scope) as uow:
        note(
            uow, scope, export.made_at, "readings.export", f"{form.name} {first}/{last} {names}",
            organisation_id=site.organisation_id, site_id=site.id,
        )  # fmt: skip

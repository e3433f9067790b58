"""`kanchay site`: add, list, show and change sites; list their points."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import click

from kanchay.cli.common import emit_json, json_option, name_values, parameter_option, table
from kanchay.cli.opening import open_context
from kanchay.domain.errors import InputError
from kanchay.domain.interval import format_resolution
from kanchay.domain.names import slug
from kanchay.domain.point import Site, SiteKind

__all__ = ["command"]


@click.group("site")
def command() -> None:
    """Homes and buildings."""


@command.command("add")
@click.argument("name")
@click.option("--id", "site_id", help="Short id (default: made from the name).")
@click.option("--tz", required=True, help="Zone in which its days are cut, for example America/Lima.")
@click.option("--country", help="ISO country, for example PE.")
@click.option("--kind", type=click.Choice([k.value for k in SiteKind]), default=SiteKind.HOME.value)
@click.option("--currency", default="PEN", show_default=True, help="ISO currency of its bills.")
@click.option("--organisation", default="default", show_default=True, help="Who owns it.")
@click.option("--tariff", "tariff_id", metavar="ID", help="Its tariff. See: kanchay bill --list.")
@click.option(
    "--billing-day", type=click.IntRange(1, 31), default=1, show_default=True, help="Day of reading."
)
@parameter_option
@json_option
@click.pass_context
def add(click_ctx: click.Context, /, name: str, site_id: str | None, as_json: bool, **given: Any) -> None:
    """Add a site."""
    from kanchay.services.people.sites import create_site

    ctx, scope, _ = open_context(click_ctx, needs_site=False)
    kind, owner = SiteKind(given.pop("kind")), given.pop("organisation")
    typed = tuple(name_values(given.pop("params")).items())
    site = Site(
        site_id or slug(name), name, organisation_id=owner, kind=kind, tariff_parameters=typed, **given
    )
    _show(create_site(ctx, scope, site), as_json)


@command.command("list")
@json_option
@click.pass_context
def list_(click_ctx: click.Context, as_json: bool) -> None:
    """List all sites."""
    from kanchay.services.people.sites import list_sites

    ctx, scope, _ = open_context(click_ctx, needs_site=False)
    sites = list_sites(ctx, scope)
    if as_json:
        emit_json(sites)
        return
    rows = [(s.id, s.name, s.kind, s.tz, s.country or "", "simulated" if s.simulated else "") for s in sites]
    table(("id", "name", "kind", "zone", "country", ""), rows)


@command.command("show")
@click.argument("site_id", required=False)
@json_option
@click.pass_context
def show(click_ctx: click.Context, site_id: str | None, as_json: bool) -> None:
    """Show one site."""
    _, _, site = open_context(click_ctx, site_id=site_id)
    assert site is not None  # noqa: S101
    _show(site, as_json)


@command.command("set")
@click.argument("site_id")
@click.argument("changes", nargs=-1, metavar="FIELD=VALUE…")
@parameter_option
@json_option
@click.pass_context
def set_(
    click_ctx: click.Context, site_id: str, changes: tuple[str, ...], params: tuple[str, ...], as_json: bool
) -> None:
    """Change a site, for example: kanchay site set casa billing_day=22 --param alumbrado=8.82."""
    from kanchay.services.people.sites import update_site

    ctx, scope, site = open_context(click_ctx, site_id=site_id)
    assert site is not None  # noqa: S101
    if not changes and not params:
        raise click.UsageError("Name what to change: FIELD=VALUE or --param NAME=VALUE.")
    typed = dict(site.tariff_parameters) | name_values(params)
    site = replace(changed(site, changes), tariff_parameters=tuple(typed.items()))
    _show(update_site(ctx, scope, site), as_json)


@command.command("points")
@click.argument("site_id", required=False)
@json_option
@click.pass_context
def points(click_ctx: click.Context, site_id: str | None, as_json: bool) -> None:
    """List the meters and sensors of a site with what is held of them."""
    from kanchay.domain.interval import to_datetime
    from kanchay.services.people.sites import list_points

    ctx, scope, site = open_context(click_ctx, site_id=site_id)
    assert site is not None  # noqa: S101
    found = list_points(ctx, scope, site.id)
    spans = ctx.readings.spans(scope, [p.id for p in found])
    if as_json:
        emit_json([{"point": p, "span": spans.get(p.id)} for p in found])
        return
    rows = []
    for p in found:
        held = spans.get(p.id)
        days = [to_datetime(t, site.tz).date().isoformat() for t in ((held.start, held.end) if held else ())]
        step = format_resolution(p.resolution_s) if p.resolution_s else "irregular"
        rows.append((p.id, p.name, p.quantity, p.direction or "", p.unit, step, held.n if held else 0, *days))
    wide = [(*row, *[""] * (9 - len(row))) for row in rows]
    table(("id", "name", "quantity", "direction", "unit", "resolution", "readings", "from", "to"), wide)


def changed(site: Site, changes: tuple[str, ...]) -> Site:
    """The site with FIELD=VALUE applied, each value read by its field's type."""
    readers: dict[str, Any] = {
        "kind": SiteKind,
        "billing_day": int,
        "latitude": float,
        "longitude": float,
        "floor_area_m2": float,
    }
    open_fields = {f.name for f in fields(Site)} - {"id", "organisation_id", "simulated", "tariff_parameters"}
    for change in changes:
        name, equals, value = change.partition("=")
        if not equals or name not in open_fields:
            raise InputError(
                f"'{change}' changes nothing.", hint=f"FIELD=VALUE with {', '.join(sorted(open_fields))}."
            )
        try:
            new: Any = readers.get(name, str)(value) if value else None
            site = replace(site, **{name: new})
        except ValueError as error:
            raise InputError(f"'{value}' cannot be the {name} of a site.") from error
    return site


def _show(site: Site, as_json: bool) -> None:
    if as_json:
        emit_json(site)
        return
    shown = {f.name: getattr(site, f.name) for f in fields(site)}
    shown["tariff_parameters"] = ", ".join(f"{name}={value}" for name, value in site.tariff_parameters)
    table(("field", "value"), [(name, "" if value is None else value) for name, value in shown.items()])

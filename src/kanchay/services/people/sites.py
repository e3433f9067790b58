"""Sites and their points: create, change, list."""

from __future__ import annotations

from collections.abc import Sequence

from kanchay.domain.errors import Conflict, InputError, NotFound
from kanchay.domain.interval import zone
from kanchay.domain.point import Organisation, Point, Site, VirtualPoint
from kanchay.domain.scope import Permission, Scope
from kanchay.services.context import Context
from kanchay.services.people.audit import note
from kanchay.services.ports.records import UnitOfWork

__all__ = [
    "add_points", "add_virtual_points", "create_site", "get_site", "list_points", "list_sites",
    "list_virtual_points", "only_site", "update_site",
]  # fmt: skip


def _named(site: Site) -> None:
    if not site.name.strip():
        raise InputError("The site has no name.", hint="Give it one, for example 'Mi casa'.")


def create_site(ctx: Context, scope: Scope, site: Site) -> Site:
    """A new site; its organisation is made with it where the scope may do so."""
    scope.require(Permission.WRITE)
    _check(site)
    _named(site)
    with ctx.records.unit(scope) as uow:
        if uow.sites.find(id=site.id):
            raise Conflict(f"There is a site '{site.id}' already.", hint="Choose another id.")
        _ensure_organisation(uow, scope, site.organisation_id)
        uow.sites.put(site)
        _note(ctx, uow, scope, "site.create", site)
    return site


def update_site(ctx: Context, scope: Scope, site: Site) -> Site:
    """Replace what is known of a site; its organisation stays."""
    _check(site)
    with ctx.records.unit(scope) as uow:
        before = uow.sites.get(site.id)
        if before.organisation_id != site.organisation_id:
            raise Conflict(f"Site '{site.id}' stays with its organisation '{before.organisation_id}'.")
        points = uow.points.find(site_id=site.id)
        if before.tz != site.tz and any(ctx.readings.spans(scope, [p.id for p in points])):
            raise Conflict(
                f"Site '{site.id}' has readings whose days were cut in {before.tz}.",
                hint="Make a new site for the other zone and import again.",
            )
        uow.sites.put(site)
        _note(ctx, uow, scope, "site.update", site)
    return site


def list_sites(ctx: Context, scope: Scope) -> list[Site]:
    """All sites within the scope, by name."""
    with ctx.records.unit(scope) as uow:
        return uow.sites.find(order="name")


def get_site(ctx: Context, scope: Scope, site_id: str) -> Site:
    """One site."""
    with ctx.records.unit(scope) as uow:
        return uow.sites.get(site_id)


def only_site(ctx: Context, scope: Scope) -> Site:
    """The site where there is just one; otherwise an error that names them."""
    sites = list_sites(ctx, scope)
    if len(sites) == 1:
        return sites[0]
    if not sites:
        raise NotFound("There is no site yet.", hint="Make one with: kanchay site add NAME, or kanchay demo.")
    raise InputError(f"There are {len(sites)} sites.", hint=f"Name one: {', '.join(s.id for s in sites)}.")


def list_points(ctx: Context, scope: Scope, site_id: str) -> list[Point]:
    """The points of a site in the order in which they were added."""
    with ctx.records.unit(scope) as uow:
        uow.sites.get(site_id)
        return uow.points.find(site_id=site_id)


def list_virtual_points(ctx: Context, scope: Scope, site_id: str) -> list[VirtualPoint]:
    """The signed sums of a site."""
    with ctx.records.unit(scope) as uow:
        return uow.virtual_points.find(site_id=site_id)


def add_points(ctx: Context, scope: Scope, site_id: str, points: Sequence[Point]) -> list[Point]:
    """Make points known to records and store of readings alike; those already there are replaced."""
    with ctx.records.unit(scope) as uow:
        site = uow.sites.get(site_id)
        for point in points:
            if point.site_id != site_id:
                raise InputError(f"Point '{point.id}' names site '{point.site_id}', not '{site_id}'.")
            uow.points.put(point)
        # Registered before the records commit: a point known to one side only would lose its readings.
        ctx.readings.register(scope, points, site.tz, organisation_id=site.organisation_id)
    return list(points)


def add_virtual_points(ctx: Context, scope: Scope, site_id: str, virtual: Sequence[VirtualPoint]) -> None:
    """Store signed sums of points of the same site."""
    with ctx.records.unit(scope) as uow:
        uow.sites.get(site_id)
        for each in virtual:
            for term in each.terms:
                if uow.points.get(term.point_id).site_id != site_id:
                    raise InputError(f"'{each.point.id}' sums '{term.point_id}' of another site.")
            uow.virtual_points.put(each)


def _check(site: Site) -> None:
    zone(site.tz)
    if not site.id or "/" in site.id:
        raise InputError(f"'{site.id}' is no id of a site.", hint="Use letters, digits and dashes.")
    if not 1 <= site.billing_day <= 28:
        raise InputError(f"Billing day {site.billing_day} is not in every month.", hint="Give 1 to 28.")


def _ensure_organisation(uow: UnitOfWork, scope: Scope, organisation_id: str) -> None:
    if not uow.organisations.find(id=organisation_id) and Permission.ADMIN in scope.permissions:
        uow.organisations.put(Organisation(organisation_id, organisation_id))


def _note(ctx: Context, uow: UnitOfWork, scope: Scope, action: str, site: Site) -> None:
    note(uow, scope, ctx.clock(), action, site.id, organisation_id=site.organisation_id, site_id=site.id)

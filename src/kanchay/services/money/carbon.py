"""Carbon of grid energy, by the dated factor of the site's country."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kanchay.analysis.carbon.factors import carbon_kg, factor_on, parse_factors
from kanchay.domain.carbon import EmissionFactor
from kanchay.domain.errors import NotFound
from kanchay.domain.interval import to_datetime
from kanchay.domain.point import Site
from kanchay.services.context import Context

__all__ = ["carbon_of", "grid_factor"]


def grid_factor(ctx: Context, site: Site, on: date | None = None) -> EmissionFactor | None:
    """The factor that holds on a day (default: today); None where we ship none: never another country's."""
    if site.country is None:
        return None
    try:
        document = ctx.library.factor_document(site.country)
    except NotFound:
        return None
    day = on or to_datetime(ctx.clock(), site.tz).date()
    return factor_on(parse_factors(document)[0], day)


def carbon_of(ctx: Context, site: Site, kwh: Decimal | float, on: date | None = None) -> Decimal | None:
    """Carbon of an energy taken from the grid; None where no factor is known. [kgCO2e]"""
    factor = grid_factor(ctx, site, on)
    return None if factor is None else carbon_kg(factor, Decimal(str(kwh)))

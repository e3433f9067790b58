"""What one more kWh costs a site, and the lines that cost something to cross."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from kanchay.analysis.tariff import marginal, steps
from kanchay.domain.errors import BillRefused
from kanchay.domain.point import Site
from kanchay.domain.scope import Scope
from kanchay.domain.tariff import Tariff, Usage
from kanchay.services.context import Context
from kanchay.services.money.period import period_of
from kanchay.services.money.tariffs import leaveable, tariff_of, typed_parameters

__all__ = ["marginal_price", "step_costs"]


def marginal_price(ctx: Context, scope: Scope, site_id: str, at_kwh: Decimal | float) -> Decimal:
    """Price of the next kWh after `at_kwh` in the running period, taxes included. [currency/kWh]

    Where street lighting is not known it is left out: it is the same before and after, except at the limits
    of its own table, which nobody knows.
    """
    site, tariff, (start, end) = _running(ctx, scope, site_id)
    usage = Usage.energy(start, end, Decimal(str(at_kwh)))
    parameters = typed_parameters(site)
    try:
        return marginal.marginal_price(tariff, usage, parameters=parameters)
    except BillRefused as refusal:
        if refusal.code not in ("bill.missing_parameter", "bill.unknown_factor"):
            raise
    return marginal.marginal_price(tariff, usage, parameters=parameters, leave_out=leaveable(tariff))


def step_costs(ctx: Context, scope: Scope, site_id: str) -> list[tuple[Decimal, Decimal]]:
    """``(at_kwh, cost)`` of each line of the tariff that costs something to cross, by today's prices."""
    site, tariff, (start, end) = _running(ctx, scope, site_id)
    return steps.steps(tariff, start, end, parameters=typed_parameters(site))


def _running(ctx: Context, scope: Scope, site_id: str) -> tuple[Site, Tariff, tuple[date, date]]:
    with ctx.records.unit(scope) as uow:
        site = uow.sites.get(site_id)
    return site, tariff_of(ctx, site), period_of(ctx, scope, site)

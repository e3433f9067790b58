"""The price of a month of a site as a function of its kWh: what costing of findings and advice replays."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.analysis.tariff.scaling import scaled
from kanchay.analysis.tariff.steps import steps, without_total_rounding
from kanchay.domain.errors import BillRefused
from kanchay.domain.interval import to_datetime
from kanchay.domain.point import Site
from kanchay.domain.scope import Scope
from kanchay.domain.tariff import Tariff, Usage
from kanchay.services.context import Context
from kanchay.services.money.outlook import typical_month
from kanchay.services.money.tariffs import leaveable, tariff_of, typed_parameters

__all__ = ["MonthPrice", "month_price"]

_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class MonthPrice:
    """A tariff turned into ``price(kwh) -> Decimal``, by one day's list, with its steps.

    `why_not` is a code where nothing can be priced (``no_tariff``, ``bill.…``); `price` is then None.
    `left_out` names lines that nobody publishes; they hardly change with the kWh.
    """

    price: Callable[[float], Decimal] | None
    currency: str
    why_not: str = ""
    steps: tuple[tuple[Decimal, Decimal], ...] = ()
    tariff_version: str = ""
    left_out: tuple[str, ...] = ()


def month_price(ctx: Context, scope: Scope, site: Site) -> MonthPrice:
    """The site's month by the prices in force today (or the last list and dated values we have).

    Where the tariff asks for hours or demand, other totals are used at the hours of the last four weeks.
    """
    try:
        tariff = tariff_of(ctx, site)
    except BillRefused as refusal:
        return MonthPrice(None, site.currency, refusal.code.removeprefix("bill."))
    typed = typed_parameters(site)
    day = _known_day(tariff, _priced_day(tariff, to_datetime(ctx.clock(), site.tz).date()), typed)
    for left_out in ((), leaveable(tariff)):
        try:
            month = typical_month(ctx, scope, site, tariff, day)
            return _priced(tariff, month, typed, left_out)
        except BillRefused as refusal:
            why = refusal.code.removeprefix("bill.")
    return MonthPrice(None, tariff.currency, why)


def _priced_day(tariff: Tariff, today: date) -> date:
    """Today, or the newest day that a list covers."""
    if any(v.holds_on(today) for v in tariff.versions):
        return today
    earlier = [v for v in tariff.versions if v.valid_from <= today]
    version = (earlier or tariff.versions)[-1]
    return version.valid_to - timedelta(days=1) if version.valid_to and earlier else version.valid_from


def _known_day(tariff: Tariff, day: date, typed: Collection[str]) -> date:
    """That day, or the last on which the yearly values hold: no list of today is priced by no UIT at all."""
    for parameter in tariff.parameters:
        newest = max(parameter.values, key=lambda v: v.valid_from, default=None)
        if (
            newest is None
            or newest.valid_to is None
            or parameter.id in typed
            or parameter.default is not None
        ):
            continue
        if newest.valid_to - newest.valid_from >= _YEAR:
            day = min(day, newest.valid_to - timedelta(days=1))
    return day


def _priced(tariff: Tariff, month: Usage, typed: dict[str, Decimal], left_out: tuple[str, ...]) -> MonthPrice:
    plain, day = without_total_rounding(tariff), month.start

    @lru_cache(maxsize=4096)
    def price(kwh: float) -> Decimal:
        usage = scaled(month, Decimal(str(round(kwh, 3))))
        return evaluate(plain, usage, parameters=typed, leave_out=left_out, as_of=day).total

    price(100.0), price(145.0)  # refuses here, once, what it would refuse later
    crossed = steps(
        tariff, month.start, month.end, like=month, parameters=typed, leave_out=left_out, as_of=day
    )
    version = next((v for v in tariff.versions if v.holds_on(day)), tariff.versions[-1])
    label = f"{tariff.id}@{version.valid_from.isoformat()}"
    return MonthPrice(price, tariff.currency, "", tuple(crossed), label, left_out)

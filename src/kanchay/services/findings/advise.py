"""What is worth doing in a site: own numbers, a range, and only what pays this household.

On a flat tariff nothing is gained by moving load, so nothing here ever advises it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from kanchay.analysis.advice.costing import saving_range
from kanchay.analysis.advice.standby import standby_cut
from kanchay.analysis.advice.stay_below import StayBelow, stay_below
from kanchay.analysis.anomaly.standby import standby_power
from kanchay.domain.errors import NotEnoughData
from kanchay.domain.finding import Finding, FindingKind, MoneyRange, Recommendation, RecommendationState
from kanchay.domain.forecast import PeriodForecast
from kanchay.domain.interval import DAY
from kanchay.domain.point import SiteKind
from kanchay.domain.scope import Permission, Scope
from kanchay.services.context import Context
from kanchay.services.findings.detect import detect_site
from kanchay.services.findings.load import SiteLoad, site_load
from kanchay.services.findings.price import MonthPrice, month_price
from kanchay.services.money.carbon import carbon_of
from kanchay.services.operations.runs import fingerprint, new_run

__all__ = ["advise_site", "match_recommendations"]

# What the thing costs in a shop: our own estimates of 2026, low and high in the range that the texts tell.
_TIMER: Final = {"PEN": (35, 45, 60), "EUR": (12, 18, 30), "USD": (12, 18, 30), "GBP": (10, 15, 25)}
_STRIP: Final = {"PEN": (18, 25, 40), "EUR": (8, 12, 20), "USD": (8, 12, 20), "GBP": (7, 10, 18)}
_LONGEST_PAYBACK: Final = 24.0  # months: beyond, a household has better uses for the money
_LEAST_A_MONTH: Final = Decimal("1.00")  # of any of these currencies
_QUIET_DAYS: Final = 180  # a declined advice is not repeated within half a year
_OPEN: Final = (RecommendationState.PROPOSED, RecommendationState.ACCEPTED, RecommendationState.DONE)


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """All that advice for one site is made of; `priced` is the price of a month as a function of its kWh."""

    ctx: Context
    scope: Scope
    load: SiteLoad
    price: MonthPrice
    priced: Callable[[float], Decimal]
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class _Words:
    """What a recommendation says: codes of its texts and the numbers in them."""

    code: str
    effort: str
    numbers: dict[str, float]
    why: tuple[str, ...]
    finding_id: str | None = None


def advise_site(
    ctx: Context, scope: Scope, site_id: str, *, store: bool = True, findings: Sequence[Finding] | None = None
) -> list[Recommendation]:
    """Recommendations for a site, largest saving first; empty where nothing pays or nothing can be priced.

    With `store` they are kept with their run: a proposal seen again keeps its id, one that was accepted or done keeps
    its promise, a declined one is not repeated for half a year, and a proposal that no longer holds is taken back.

    Parameters
    ----------
    findings : sequence of Finding, optional
        As just found; by default `detect_site` is asked.

    Raises
    ------
    NotEnoughData
        Less than a week of readings.
    """
    scope.require(Permission.WRITE if store else Permission.READ, site_id)
    load = site_load(ctx, scope, site_id)
    price = month_price(ctx, scope, load.site)
    found = detect_site(ctx, scope, site_id, store=store) if findings is None else findings
    made = _made(_Case(ctx, scope, load, price, price.price, found)) if price.price is not None else []
    with ctx.records.unit(scope) as uow:
        if store:
            run = new_run(
                ctx, load.site, "advice", as_of=ctx.clock(), input_fingerprint=fingerprint(load.panel),
                tariff_version=price.tariff_version,
            )  # fmt: skip
            uow.runs.put(run)  # written first: nobody answers between the look and the write
        known = uow.recommendations.find(site_id=site_id)
        advice, withdrawn = match_recommendations(made, known, ctx.clock())
        if store:
            advice = [
                replace(a, run_id=run.id) if a.state is RecommendationState.PROPOSED else a for a in advice
            ]
            for row in advice:
                uow.recommendations.put(row)
            for row in withdrawn:
                uow.recommendations.remove(row.id)
    return sorted(advice, key=lambda a: -a.saving.mean)


def match_recommendations(
    made: Sequence[Recommendation], known: Sequence[Recommendation], now: int
) -> tuple[list[Recommendation], list[Recommendation]]:
    """Advice that stands, with the ids and states of its earlier selves, and proposals to take back."""
    by_id = {k.id: k for k in known}
    standing: list[Recommendation] = []
    for new in made:
        old = by_id.pop(new.id, None)
        if old is None or old.state is RecommendationState.PROPOSED:
            standing.append(replace(new, made_at=old.made_at) if old else new)
        elif old.state in _OPEN:
            standing.append(old)  # what was promised when it was accepted stays the promise
        elif old.state is RecommendationState.DECLINED and now - old.made_at > _QUIET_DAYS * DAY:
            standing.append(new)
    standing += [
        k for k in by_id.values() if k.state in (RecommendationState.ACCEPTED, RecommendationState.DONE)
    ]
    return standing, [k for k in by_id.values() if k.state is RecommendationState.PROPOSED]


def _made(case: _Case) -> list[Recommendation]:
    if case.load.site.kind is not SiteKind.HOME:
        return []
    made = (_timer(case), _standby(case), *_below_lines(case))
    return [m for m in made if m is not None and _pays(m)]


def _pays(advice: Recommendation) -> bool:
    """Worth a message, and its price comes back in time."""
    times = {"year": 12, "month": 1, "period": 1}[advice.saving.per]
    soon = advice.payback_months is None or advice.payback_months <= _LONGEST_PAYBACK
    return advice.saving.mean / times >= _LEAST_A_MONTH and soon


def _timer(case: _Case) -> Recommendation | None:
    """A timer on the water heater, where one re-heats at night."""
    finding = next((f for f in case.findings if f.kind is FindingKind.WATER_HEATER_STANDING), None)
    if finding is None or case.price.currency not in _TIMER:
        return None
    months = (finding.kwh_per_year / 12, finding.kwh_per_year_low / 12, finding.kwh_per_year_high / 12)
    hours = "timer_hours_twice" if "window_2_from_clock" in finding.numbers else "timer_hours"
    why = (hours, "tank_reheats", "timer_physics", "replayed_bill")
    numbers = {**finding.numbers, "confidence_share": finding.confidence}
    words = _Words("water_heater_timer", "hour", numbers, why, finding.id)
    return _bought(case, words, months, _TIMER[case.price.currency])


def _standby(case: _Case) -> Recommendation | None:
    """A switched power strip, where the standby is more than a router's."""
    days = case.load.days
    measured = standby_power(days)
    creep = next((f for f in case.findings if f.kind is FindingKind.BASELOAD_CREEP), None)
    if measured is not None and creep is not None:  # that finding says what to do about its own part
        left = max(0.0, 1.0 - creep.numbers["rise_w"] / measured.power_w)
        measured = replace(measured, power_w=left * measured.power_w, share=left * measured.share)
    cut = standby_cut(measured, resolution_s=days.resolution_s)
    if cut is None or measured is None or case.price.currency not in _STRIP:
        return None
    numbers = {
        "standby_w": measured.power_w, "standby_month_kwh": measured.power_w * 0.73, "cut_w": cut.cut_w,
        "share_pct": 100 * measured.share, "n_nights": float(measured.n_nights),
    }  # fmt: skip
    months = (cut.kwh_per_month, cut.kwh_low, cut.kwh_high)
    finding = next((f.id for f in case.findings if f.kind is FindingKind.STANDBY), None)
    why = ("standby_measured", "standby_reachable", "replayed_bill")
    return _bought(
        case, _Words("standby", "minutes", numbers, why, finding), months, _STRIP[case.price.currency]
    )


def _bought(
    case: _Case, words: _Words, months: tuple[float, float, float], shop: tuple[int, int, int]
) -> Recommendation:
    """Advice that needs something from a shop."""
    saving = saving_range(
        case.priced, case.load.monthly_kwh, *months, currency=case.price.currency, per="month"
    )
    low, price, high = (Decimal(p) for p in shop)
    payback = float(price / saving.mean) if saving.mean > 0 else None
    more = {
        "saved_month_kwh": months[0], "saved_month_low_kwh": months[1], "saved_month_high_kwh": months[2],
        "price_low_money": float(low), "price_high_money": float(high),
        "month_kwh": sum(case.load.monthly_kwh) / len(case.load.monthly_kwh),
        "saving_year_money": float(saving.mean * 12),
    }  # fmt: skip
    words = replace(words, numbers=words.numbers | more)
    return _recommendation(case, words, saving, months, price=price, payback=payback)


def _below_lines(case: _Case) -> list[Recommendation | None]:
    """The nearest line of the tariff that this period may still stay below."""
    if not case.price.steps:
        return []
    from kanchay.services.forecasting.period import forecast_period

    try:
        forecast = forecast_period(case.ctx, case.scope, case.load.site.id)
    except NotEnoughData:
        return []
    ahead = [(float(at), float(cost)) for at, cost in case.price.steps if float(at) > forecast.so_far]
    for at, cost in ahead:
        found = stay_below(forecast, at, case.priced)
        if found is not None:
            return [_below(case, forecast, found, cost)]
    return []


def _below(case: _Case, forecast: PeriodForecast, found: StayBelow, cost: float) -> Recommendation:
    cents = Decimal("0.01")
    gain, low, high = (Decimal(str(g)).quantize(cents) for g in (found.gain, found.gain_low, found.gain_high))
    numbers = {
        "line_kwh": found.at_kwh, "so_far_kwh": forecast.so_far, "expected_kwh": forecast.mean,
        "cut_kwh": found.cut_kwh, "cut_day_kwh": found.cut_kwh_per_day, "n_days_left": round(found.days_left),
        "probability_tenths": float(round(10 * found.probability_before)),
        "after_tenths": float(round(10 * found.probability_after)), "probability_share": found.probability_before,
        "step_money": cost,
    }  # fmt: skip
    saving = MoneyRange(gain, min(low, gain), max(high, gain), case.price.currency, "period")
    months = (found.cut_kwh, 0.5 * found.cut_kwh, found.cut_kwh)
    why = ("period_so_far", "line_costs", "line_chance")
    code = "stay_below_140" if found.at_kwh == 140.0 else "stay_below_line"
    words = _Words(code, "minutes", numbers, why)
    return _recommendation(case, words, saving, months, period=str(forecast.start // DAY))


def _recommendation(
    case: _Case, words: _Words, saving: MoneyRange, months: tuple[float, float, float],
    *, price: Decimal = Decimal(0), payback: float | None = None, period: str = "",
) -> Recommendation:  # fmt: skip
    site, point = case.load.site, case.load.point
    a_year = months[0] * (1 if period else 12)
    co2 = carbon_of(case.ctx, site, a_year)
    digest = hashlib.sha256(f"{site.id}|{point.id}|{words.code}|{period}".encode()).hexdigest()[:20]
    return Recommendation(
        id=f"advice-{digest}", code=words.code, site_id=site.id, point_id=point.id, made_at=case.ctx.clock(),
        saving=saving, kwh_per_month=months[0], kwh_per_month_low=months[1], kwh_per_month_high=months[2],
        co2_kg_per_year=None if co2 is None else float(co2), price=price, payback_months=payback,
        effort=words.effort, numbers=words.numbers, why=words.why, finding_id=words.finding_id,
    )  # fmt: skip

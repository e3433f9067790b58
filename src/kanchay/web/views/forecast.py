"""The forecast page: the period as a sum, the next hours with bands, and how well it does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from kanchay.analysis.forecast.skill import SkillCard
from kanchay.domain.bill import BandStep, BillForecast
from kanchay.domain.errors import KanchayError
from kanchay.domain.forecast import Forecast, PeriodForecast
from kanchay.domain.interval import HOUR, local_midnight
from kanchay.web.charts import Chart
from kanchay.web.formats import NBSP, energy_digits
from kanchay.web.gather import Gathered, Refusal
from kanchay.web.shell import Reader
from kanchay.web.views.air import air_named, air_note
from kanchay.web.views.common import model_name
from kanchay.web.views.days import DaysView, days_view
from kanchay.web.views.hours import next_hours_chart, to_hours
from kanchay.web.views.period import PeriodView, headline, nearest_step, period_chart, period_view, quantile
from kanchay.web.views.tiles import HISTORY_DAYS

__all__ = ["ForecastView", "Skill", "forecast_view"]

_WHY: Final = {
    "naive_better": "skill.why_naive",
    "adapted_better": "skill.why_adapted",
    "nothing_clearly_better": "skill.why_held",
    "no_model": "skill.why_no_model",
}
_EQUAL: Final = 0.02  # a difference of the error that no one feels


@dataclass(frozen=True)
class Skill:
    """How well the forecast did on this meter, beside repeating the past."""

    verdict: str  # better, equal, worse, simple, untold
    change: str
    sentence: str
    rows: tuple[tuple[str, str, bool], ...]
    coverage: str
    why: str


@dataclass(frozen=True)
class ForecastView:
    when: str
    headline: str
    chance: str
    line: str
    closes: str
    period: PeriodView | None
    refusal: str
    cumulative: Chart | None
    since: str
    why: str
    facts: tuple[tuple[str, str, str], ...]
    days: DaysView
    hours: Chart | None
    tomorrow: str
    air: str
    notes: tuple[str, ...]
    skill: Skill | None


def _skill(card: SkillCard, r: Reader) -> Skill:
    t, f = r.words, r.formats
    digits = 3
    order = [card.model, *(name for name in card.scores if name != card.model)]
    rows = tuple(
        (
            model_name(name, r),
            f.number(card.scores[name].rmse, digits),
            name == card.answers,
        )
        for name in order
    )
    answers, beside = (model_name(name, r) for name in (card.answers, card.beside))
    return Skill(
        verdict=_verdict(card),
        change=f.signed(-100 * card.skill, 0),
        sentence=t("skill.sentence", beside=beside, days=f.number(card.n_windows, 0)),
        rows=rows,
        coverage=t("skill.coverage", n=f.number(100 * card.scores[card.answers].coverage80, 0)),
        why=t(
            _WHY.get(card.because, "skill.why"),
            n=f.number(card.n_windows, 0),
            answers=answers,
        ),
    )


def _verdict(card: SkillCard) -> str:
    """Better or worse than the simplest way; that the simplest answers itself; or that it is too early to say."""
    if card.answers not in (card.model, "adapted") or card.because == "no_model":
        return "simple"
    if card.because == "too_short_to_tell":
        return "untold"
    return "better" if card.skill > _EQUAL else "worse" if card.skill < -_EQUAL else "equal"


def _card(known: Gathered, r: Reader) -> Skill | None:
    """The card over the last 28 days, made once a day; None while there is too little history."""
    from kanchay.services.forecasting.skill import skill_card

    main, span = known.main, known.span
    if main is None or span is None:
        return None
    day = r.formats.moment(span.end).date()

    def make() -> Any:
        try:
            return skill_card(known.ctx, known.scope, main.id, days=28)
        except KanchayError:
            return None

    card = known.daily_answer("skill", day, make)
    return _skill(card, r) if card is not None and card.n_windows > 0 else None


def _tomorrow(forecast: Forecast, known: Gathered, r: Reader) -> str:
    """``mañana domingo: 4.9 kWh``, where the forecast covers it."""
    day = known.today + timedelta(days=1)
    low, high = local_midnight(day, known.site.tz), local_midnight(day + timedelta(days=1), known.site.tz)
    hours = {h: v for h, v in to_hours(forecast, known.site.tz).items() if low <= h < high}
    if len(hours) < (high - low) // HOUR:
        return ""
    return r.words(
        "forecast.tomorrow", weekday=r.formats.weekday(day), kwh=r.formats.energy(sum(hours.values()))
    )


def _why(period: PeriodForecast, r: Reader) -> str:
    t, f = r.words, r.formats
    ahead = period.mean - period.so_far
    low, high = (quantile(period, level) - period.so_far for level in (0.1, 0.9))
    said = t(
        "forecast.why",
        so_far=f.energy(period.so_far),
        ahead=f.energy(ahead),
        low=f.energy(max(0.0, low)),
        high=f.energy(high),
    )
    if period.missing_hours >= 1:
        said += " " + t("forecast.missing", hours=f.number(period.missing_hours, 0))
    return said


def _facts(
    period: PeriodForecast, bill: BillForecast | Refusal, step: BandStep | None, r: Reader
) -> tuple[tuple[str, str, str], ...]:
    """What the period's total means: its widest range, the bill, and the price of crossing the line."""
    t, f = r.words, r.formats
    digits = energy_digits(period.mean)
    bounds = "–".join(f.number(quantile(period, level), digits) for level in (0.025, 0.975))
    rows = [(t("forecast.nearly"), f"{bounds}{NBSP}kWh", t("forecast.nearly_note"))]
    if isinstance(bill, Refusal):
        key = f"refusal.short.{bill.code}"
        return (*rows, (t("forecast.bill"), "–", t(key) if t.has(key) else t("tile.bill_refused")))
    currency = bill.expected.currency
    low, high = (f.number(x.total, 2) for x in (bill.low, bill.high))
    rows.append((t("forecast.bill"), f.money(bill.expected.total, currency), t("range", low=low, high=high)))
    if step is not None:
        over = f.percent(period.probability_above(float(step.at_kwh)))
        price = f.money(step.cost, currency)
        rows.append(
            (
                t("forecast.passing", line=f.number(step.at_kwh, 0)),
                price,
                t("forecast.passing_note", over=over),
            )
        )
    return tuple(rows)


def forecast_view(known: Gathered, r: Reader) -> ForecastView:
    """Everything on the forecast page."""
    from kanchay.web.pages.common import refusal_sentence

    t, f = r.words, r.formats
    asked, bill, forecast = known.period, known.expected, known.forecast
    period = None if isinstance(asked, Refusal) else asked
    hourly = None if isinstance(forecast, Refusal) else forecast
    step = nearest_step(None if isinstance(bill, Refusal) else bill, period)
    view = period_view(period, step, r) if period else None
    daily = tuple(known.daily(period.start, max(period.issued_at, period.start + 1))) if period else ()
    refused = next((x for x in (asked, forecast) if isinstance(x, Refusal)), None)
    return ForecastView(
        when=t(
            "forecast.made",
            when=f.when(period.issued_at if period else hourly.issued_at if hourly else known.now),
        ),
        headline=_headline(period, view, step, hourly, r),
        chance=view.probability if view and step else "",
        line=f.number(step.at_kwh, 0) if step else "",
        closes=f.day(f.moment(period.end - 1).date()) if period else "",
        period=view,
        refusal=refusal_sentence(refused, r) if refused else "",
        cumulative=period_chart(period, daily, step, r) if period else None,
        since=f.day(f.moment(period.start).date()) if period else "",
        why=_why(period, r) if period else "",
        facts=_facts(period, bill, step, r) if period else (),
        days=days_view(known, r),
        hours=next_hours_chart(known.hourly(HISTORY_DAYS), hourly, r, by_hour=known.forecast_hours)
        if hourly
        else None,
        tomorrow=_tomorrow(hourly, known, r) if hourly else "",
        air=_air(hourly, known, r) if hourly else "",
        notes=_notes(hourly, r) if hourly else (),
        skill=_card(known, r),
    )


def _air(hourly: Forecast, known: Gathered, r: Reader) -> str:
    use = hourly.temperature
    return air_note(air_named(use, known.points, r) if use else None, r)


def _notes(hourly: Forecast, r: Reader) -> tuple[str, ...]:
    """What a reader should know of the hours: little history, or something simple that answers."""
    t, answers = r.words, model_name(hourly.model, r)
    return tuple(t(f"note.{n}", answers=answers) for n in hourly.notes if t.has(f"note.{n}"))


def _headline(
    period: PeriodForecast | None, view: PeriodView | None, step: Any, hourly: Forecast | None, r: Reader
) -> str:
    t, f = r.words, r.formats
    if period is None or view is None:
        return (
            t("forecast.h1_hours", kwh=f.energy(float(hourly.mean.sum())))
            if hourly
            else t("period.h1.unknown")
        )
    if step is not None and view.crossing:
        return t("forecast.h1_cross", line=f.number(step.at_kwh, 0), day=view.crossing)
    return headline(period, step, r)

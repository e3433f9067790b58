"""The forecast card of a meter: better than repeating the past, by how much, how sure, and where it errs."""

from __future__ import annotations

from dataclasses import dataclass
from math import isnan
from typing import Final

from kanchay.analysis.forecast.trackrecord import DayCurve
from kanchay.domain.interval import HOUR, local_midnight
from kanchay.services.forecasting.card import ForecastCard
from kanchay.web.charts import Band, Chart, Key, Line, hour_ticks
from kanchay.web.shell import Reader
from kanchay.web.views.air import air_fact
from kanchay.web.views.common import model_name

__all__ = ["Bar", "CardView", "Coverage", "Day", "card_view"]

_BANDS: Final = (("50", 0.50), ("80", 0.80), ("95", 0.95))
_SLACK: Final = 0.05  # from the promised share to what a reader would call kept
_EQUAL: Final = 0.02  # a difference of the error that no one feels


@dataclass(frozen=True)
class Coverage:
    """A band: what it promised, how often it held. Shares in percent, for the bar."""

    label: str
    said: str
    promised: float
    kept: float
    verdict: str  # kept, narrow, wide


@dataclass(frozen=True)
class Day:
    """One of the worst days: its date, its totals, its chart."""

    title: str
    note: str
    chart: Chart


@dataclass(frozen=True)
class Bar:
    """The interval of the skill on a line from `lo` to `hi`; places in percent of the width."""

    low: float
    high: float
    middle: float
    zero: float
    label: str


@dataclass(frozen=True)
class CardView:
    when: str
    headline: str
    verdict: str  # better, worse, equal, untold
    change: str
    sentence: str
    interval: str
    bar: Bar | None
    why: str
    hero: str
    facts: tuple[tuple[str, str, str], ...]
    coverage: tuple[Coverage, ...]
    by_hour: Chart | None
    by_hour_note: str
    by_lead: tuple[tuple[str, str, str, str], ...]
    beside: str
    model: str
    per: str
    worst: tuple[Day, ...]
    missing: str


def card_view(card: ForecastCard, label: str, r: Reader) -> CardView:
    """Everything on the card."""
    t, f = r.words, r.formats
    record, verdict = card.record, _verdict(card)
    beside = _simple(record.beside, r)
    first, last = (f.day(f.moment(x).date()) for x in (card.start, card.end - 1))
    return CardView(
        when=t("card.when", meter=label, start=first, end=last),
        headline=_headline(card, verdict, r),
        verdict=verdict,
        change="" if isnan(record.skill) else f.signed(-100 * record.skill, 0),
        sentence=t.many("card.sentence", record.n_days, beside=beside),
        interval=_interval(card, r),
        bar=_bar(card, r),
        why=t("card.why", beside=beside, beaten=record.beaten, n=record.n_days),
        hero=t("card.hero_model" if _is_naive(card) else "card.hero"),
        facts=_facts(card, beside, r),
        coverage=_coverage(card, r),
        by_hour=_hour_chart(card, r),
        by_hour_note=_hardest(card, r),
        by_lead=_leads(card, r),
        beside=model_name(record.beside, r),
        model=model_name(record.model, r),
        per=_per(card, r),
        worst=tuple(_day(curve, card, r) for curve in record.worst),
        missing=_missing(card, r),
    )


def _simple(name: str, r: Reader) -> str:
    """A forecaster within a sentence: ``el promedio de 7 días``."""
    key = f"card.who.{name}"
    return r.words(key) if r.words.has(key) else model_name(name, r)


def _is_naive(card: ForecastCard) -> bool:
    """Whether something simple answers in the model's place."""
    return card.skill.answers not in (card.skill.model, "adapted") or card.skill.because == "no_model"


def _verdict(card: ForecastCard) -> str:
    """What the interval allows to be said: nothing below a week, and no winner where it reaches over zero."""
    record = card.record
    if card.skill.because == "too_short_to_tell" or isnan(record.skill_low):
        return "untold"
    if record.skill_low > 0 and record.skill > _EQUAL:
        return "better"
    return "worse" if record.skill_high < 0 and record.skill < -_EQUAL else "equal"


def _headline(card: ForecastCard, verdict: str, r: Reader) -> str:
    if _is_naive(card):
        key = f"card.h1.{card.skill.because}"
        return r.words(key if r.words.has(key) else "card.h1.fell_back", naive=_simple(card.skill.answers, r))
    saved = r.formats.number(100 * card.record.skill, 0)
    return r.words(f"card.h1.{verdict}", n=saved, beside=_simple(card.record.beside, r))


def _interval(card: ForecastCard, r: Reader) -> str:
    record, f = card.record, r.formats
    if isnan(record.skill_low):
        return r.words("card.no_interval")
    low, high = (f.signed(-100 * share, 0) for share in (record.skill_high, record.skill_low))
    return r.words("card.interval", low=low, high=high)


def _bar(card: ForecastCard, r: Reader) -> Bar | None:
    """The interval on a line that holds zero: to the left less error, to the right more."""
    record = card.record
    if isnan(record.skill_low):
        return None
    change = [-100 * share for share in (record.skill_high, record.skill, record.skill_low)]
    reach = max(20.0, *(abs(c) for c in change)) * 1.15
    low, middle, high = (50.0 + 50.0 * c / reach for c in change)
    return Bar(low, high, middle, 50.0, _interval(card, r))


def _facts(card: ForecastCard, beside: str, r: Reader) -> tuple[tuple[str, str, str], ...]:
    t, f, record = r.words, r.formats, card.record
    mine, other = (card.skill.scores[name].mae for name in (record.model, record.beside))
    note = t("card.error_note", unit=_per(card, r), beside=beside, other=f.number(other, _digits(mine)))
    won = t("card.days_won", won=record.beaten, n=record.n_days)
    return (
        (t("card.answers"), model_name(card.skill.answers, r), _because(card, r)),
        (t("card.error"), f.number(mine, _digits(mine)), note),
        (t("card.days"), won, t("card.days_note", beside=beside)),
        (t("card.data"), _missing(card, r), t.many("card.omitted", record.omitted) if record.omitted else ""),
        air_fact(card.temperature, r),
    )


def _because(card: ForecastCard, r: Reader) -> str:
    """Why this forecaster answers, and who speaks within it; a reason we have no words for is left out."""
    gain = r.formats.number(100 * card.skill.gain, 0)
    who = {"answers": _simple(card.skill.answers, r), "beside": _simple(card.skill.beside, r)}
    keys = (f"card.because.{card.skill.because}", f"card.within.{card.within}")
    return " ".join(r.words(key, gain=gain, **who) for key in keys if r.words.has(key))


def _digits(value: float) -> int:
    return 3 if abs(value) < 1 else 2 if abs(value) < 10 else 1


def _per(card: ForecastCard, r: Reader) -> str:
    if card.resolution_s == HOUR:
        return r.words("card.per_hour", unit=card.skill.unit)
    return r.words("card.per_minutes", unit=card.skill.unit, n=card.resolution_s // 60)


def _missing(card: ForecastCard, r: Reader) -> str:
    hours = card.record.missing_h
    if hours <= 0:
        return r.words("card.complete")
    return r.words("card.missing", hours=r.formats.number(hours, 0 if hours >= 10 else 1))


def _coverage(card: ForecastCard, r: Reader) -> tuple[Coverage, ...]:
    scores = card.skill.scores[card.record.model]
    rows = []
    for name, promised in _BANDS:
        kept = float(getattr(scores, f"coverage{name}"))
        if isnan(kept):
            continue
        off = kept - promised
        verdict = "kept" if abs(off) <= _SLACK else "narrow" if off < 0 else "wide"
        said = r.words("card.held", n=r.formats.number(100 * kept, 0))
        rows.append(
            Coverage(r.words("card.band", n=name), said, 100 * promised, min(100.0, 100 * kept), verdict)
        )
    return tuple(rows)


def _hour_chart(card: ForecastCard, r: Reader) -> Chart | None:
    """Mean error by the hour of the day, of whoever answers and of the one beside it."""
    t = r.words
    mine, other = card.record.error_by_hour, card.record.beside_error_by_hour
    if all(isnan(v) for v in mine):
        return None
    day = r.formats.moment(card.end - 1).date()
    start = local_midnight(day, r.formats.tz)
    starts = [start + HOUR * h for h in range(24)]
    model, beside = (model_name(name, r) for name in (card.record.model, card.record.beside))
    return Chart(
        label=t("card.by_hour_label", model=model, beside=beside),
        sentence=t("card.by_hour_sentence", unit=_per(card, r)),
        starts=starts,
        step_s=HOUR,
        unit=card.skill.unit,
        digits=3 if max(v for v in mine if not isnan(v)) < 1 else 2,
        clock=True,
        height=200,
        lines=(
            Line(model, "--grid", _known(mine), "bars"),
            Line(beside, "--load", _known(other), "step", width=1.5),
        ),
        keys=(Key("--grid", model), Key("--load", beside, line=True)),
        ticks=hour_ticks(starts[0], starts[-1] + HOUR, r.formats.tz),
    )


def _known(values: tuple[float, ...]) -> list[float | None]:
    return [None if isnan(v) else v for v in values]


def _hardest(card: ForecastCard, r: Reader) -> str:
    known = [(v, h) for h, v in enumerate(card.record.error_by_hour) if not isnan(v)]
    if not known:
        return ""
    start = local_midnight(r.formats.moment(card.end - 1).date(), r.formats.tz)
    hour = max(known)[1]
    return r.words("card.hardest", hour=r.formats.clock(start + HOUR * hour))


def _leads(card: ForecastCard, r: Reader) -> tuple[tuple[str, str, str, str], ...]:
    """Error by day ahead of the two, and whose is smaller as far as the digits tell."""
    pairs = zip(card.record.error_by_lead, card.record.beside_error_by_lead, strict=True)
    rows: list[tuple[str, str, str, str]] = []
    for ahead, (mine, other) in enumerate(pairs, start=1):
        if isnan(mine) or isnan(other):
            continue
        own, others = (r.formats.number(v, _digits(mine)) for v in (mine, other))
        smaller = "" if own == others else "model" if mine < other else "beside"
        rows.append((r.words.many("card.ahead", ahead), own, others, smaller))
    return tuple(rows) if len(rows) > 1 else ()


def _day(curve: DayCurve, card: ForecastCard, r: Reader) -> Day:
    t, f, unit = r.words, r.formats, card.skill.unit
    starts = [curve.start + curve.resolution_s * k for k in range(len(curve.mean))]
    known = [(a, m) for a, m in zip(curve.actual, curve.mean, strict=True) if not isnan(a)]
    real, mean = (f.unit(sum(column), unit, 1) for column in zip(*known, strict=True))
    title = f.weekday_day(f.moment(curve.start).date())
    return Day(
        title=title,
        note=t("card.day_note", real=real, forecast=mean),
        chart=Chart(
            label=t("card.day_label", day=title),
            sentence=t("forecast.hours_sentence"),
            starts=starts,
            step_s=curve.resolution_s,
            unit=unit,
            centred=True,
            height=190,
            lines=(
                Line(t("forecast.real"), "--load", _known(curve.actual)),
                Line(t("forecast.expected"), "--grid", list(curve.mean), dashed=True),
            ),
            bands=(Band(list(curve.low), list(curve.high), "--band80", t("forecast.band80")),),
            keys=(
                Key("--load", t("forecast.real"), line=True),
                Key("--grid", t("forecast.expected"), line=True),
                Key("--band80", t("forecast.eight_of_ten")),
            ),
            ticks=hour_ticks(starts[0], starts[-1] + curve.resolution_s, f.tz),
        ),
    )

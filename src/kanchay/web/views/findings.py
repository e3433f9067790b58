"""Findings and recommendations in words: what, since when, what it costs, what to do and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kanchay.domain.finding import Evidence, Finding, MoneyRange, Recommendation, RecommendationState
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.point import Point
from kanchay.services.findings import words
from kanchay.web.charts import Chart, Key, Line, day_ticks, hour_ticks
from kanchay.web.gather import Gathered
from kanchay.web.shell import Reader
from kanchay.web.views.common import point_name

__all__ = [
    "Advice",
    "FindingView",
    "advice_view",
    "because",
    "evidence_chart",
    "finding_view",
    "money_line",
    "stake",
    "texts_for",
]

Texts = Mapping[str, str]
_OPEN_STATES: Final = (RecommendationState.PROPOSED, RecommendationState.ACCEPTED, RecommendationState.DONE)
_ENOUGH_TO_CLIP: Final = 30
_USUAL_SHARE: Final = 0.97  # of the values set the axis where the highest is more than
_OUTLIER: Final = 2.5  # times that
_TONES: Final = {"verified": "good", "refuted": "bad", "done": "warn", "accepted": "warn"}


@dataclass(frozen=True)
class Advice:
    """A recommendation as it is shown."""

    id: str
    title: str
    body: str
    saving: str
    saving_range: str
    price: str
    payback: str
    effort: str
    why: tuple[str, ...]
    state: str
    state_label: str
    state_tone: str
    reason: str
    open: bool


@dataclass(frozen=True)
class FindingView:
    """A finding as it is shown; `money` says "sin costo" where it could not be priced."""

    id: str
    title: str
    since: str
    where: str
    money: str
    money_note: str
    body: str
    cause: str
    facts: tuple[tuple[str, str, str], ...]
    actions: tuple[str, ...]
    chart: Chart | None
    status: str
    advice: Advice | None


def money_line(money: MoneyRange | None, r: Reader) -> tuple[str, str]:
    """``S/ 110 al año`` and ``entre 83 y 138``; or that it could not be priced."""
    t, f = r.words, r.formats
    if money is None:
        return t("finding.uncosted"), ""
    digits = 0 if abs(money.mean) >= 20 else 2
    per = t(f"per.{money.per}")
    return (
        f"{f.money(money.mean, money.currency, digits)} {per}",
        t("range", low=f.number(money.low, digits), high=f.number(money.high, digits)),
    )


def stake(findings: Sequence[Finding], r: Reader) -> tuple[str, str] | None:
    """What all open findings cost a year, with the sum of their ranges; None where none is costed."""
    yearly = [_yearly(m) for m in (x.money for x in findings) if m is not None]
    if not yearly:
        return None
    mean, low, high = (sum(column) for column in zip(*yearly, strict=True))
    currency = next(x.money.currency for x in findings if x.money)
    f = r.formats
    return (
        f"{f.money(mean, currency, 0)} {r.words('per.year')}",
        r.words("range", low=f.number(low, 0), high=f.number(high, 0)),
    )


def _yearly(money: MoneyRange) -> tuple[float, float, float]:
    times = 1 if money.per == "year" else 12
    return times * float(money.mean), times * float(money.low), times * float(money.high)


def _since(finding: Finding, r: Reader) -> str:
    t, f = r.words, r.formats
    start = f.moment(finding.start).date()
    if finding.ongoing:
        return t(
            "finding.since",
            day=f.weekday_day(start) if r.now - finding.start < 60 * DAY else f.day_year(start),
        )
    if finding.end - finding.start <= DAY:
        return t("finding.on", when=f.when(finding.start))
    return t("finding.between", first=f.day(start), last=f.day(f.moment(finding.end - 1).date()))


def _clip(values: Sequence[float | None]) -> float | None:
    """Where to cut the axis so that one or two outliers do not flatten the rest; None where nothing stands out."""
    known = sorted(v for v in values if v is not None)
    if len(known) < _ENOUGH_TO_CLIP:
        return None
    usual = known[int(_USUAL_SHARE * (len(known) - 1))]
    return 1.3 * usual if usual > 0 and known[-1] > _OUTLIER * usual else None


def _daily_bars(evidence: Evidence, odd: Sequence[bool], r: Reader) -> tuple[Line, ...]:
    """Bars of which only the part above the expected is coloured; the whole is read out and stands in the table."""
    t = r.words
    pairs = list(zip(evidence.measured, evidence.expected, odd, strict=True))
    # Drawn back to front: the whole odd bar, then the part of it that is usual before it.
    over = [m if o else None for m, _, o in pairs]
    usual = [m if not o or m is None or e is None else min(m, e) for m, e, o in pairs]
    usual = [None if o and e is None else v for v, (_, e, o) in zip(usual, pairs, strict=True)]
    return (
        Line(t("finding.odd"), "--anomaly", over, "bars", say=False, flat=True),
        Line(t("finding.measured"), "--load", usual, "bars", say=False, flat=True),
        Line(t("finding.measured"), "--load", list(evidence.measured), width=0),
        Line(t("finding.expected"), "--grid", list(evidence.expected), "step", width=1.5),
    )


def _lines(evidence: Evidence, odd: Sequence[bool], r: Reader) -> tuple[Line, ...]:
    """A long window by the hour: lines, the odd stretch in colour."""
    t = r.words
    usual = [v if not o else None for v, o in zip(evidence.measured, odd, strict=True)]
    strange = [v if o else None for v, o in zip(evidence.measured, odd, strict=True)]
    return (
        Line(t("finding.measured"), "--load", usual),
        Line(t("finding.odd"), "--anomaly", strange),
        Line(t("finding.expected"), "--grid", list(evidence.expected), width=1.5, dashed=True),
    )


def _ticks(evidence: Evidence, tz: str) -> list[int]:
    every = max(1, (evidence.end - evidence.start) // DAY // 6)
    if evidence.end - evidence.start > 3 * DAY:
        return day_ticks(evidence.start, evidence.end, tz, every)
    return hour_ticks(evidence.start, evidence.end, tz, 12)


def _chart_sentence(evidence: Evidence, clip: float | None, r: Reader) -> str:
    """Unit and step, and what was cut at the edge."""
    t, step = r.words, evidence.resolution_s
    name = "day" if step >= DAY - HOUR else "hour" if step == HOUR else "step"
    said = t(f"finding.chart_{name}", unit=evidence.unit)
    above = [v for v in evidence.measured if v is not None and clip is not None and v > clip]
    if not above:
        return said
    value = r.formats.unit(max(above), evidence.unit, 0 if max(above) >= 10 else 1)
    return f"{said} {t.many('finding.clipped', len(above), value=value)}"


def evidence_chart(evidence: Evidence, label: str, r: Reader) -> Chart:
    """Measured against expected in the evidence's window; the odd part alone is coloured."""
    t, step = r.words, evidence.resolution_s
    starts = [evidence.start + i * step for i in range(len(evidence.measured))]
    odd = [evidence.odd_start <= s < evidence.odd_end for s in starts]
    bars = step >= DAY - HOUR or len(starts) <= 100
    clip = _clip(evidence.measured) if bars else None
    ticks = _ticks(evidence, r.formats.tz)
    return Chart(
        label=label,
        sentence=_chart_sentence(evidence, clip, r),
        starts=starts,
        step_s=step,
        unit=evidence.unit,
        lines=_daily_bars(evidence, odd, r) if bars else _lines(evidence, odd, r),
        keys=(
            Key("--load", t("finding.measured")),
            Key("--anomaly", t("finding.odd")),
            Key("--grid", t("finding.expected"), line=True),
        ),
        height=200,
        days=step >= DAY - HOUR or evidence.end - evidence.start > 3 * DAY,
        ticks=ticks,
        ticks_narrow=ticks[::2],
        clip=clip,
    )


def _facts(finding: Finding, money: tuple[str, str], r: Reader) -> tuple[tuple[str, str, str], ...]:
    t, f = r.words, r.formats
    month = [
        f.energy(v / 12) for v in (finding.kwh_per_year, finding.kwh_per_year_low, finding.kwh_per_year_high)
    ]
    rows = [
        (
            t("finding.energy"),
            f"{month[0]} {t('per.month')}",
            t("range", low=month[1].removesuffix("\u00a0kWh"), high=month[2].removesuffix("\u00a0kWh")),
        ),
        (t("finding.money"), money[0], money[1] or because(finding, r)),
    ]
    if finding.co2_kg_per_year is not None:
        rows.append(("CO₂", f"{f.unit(finding.co2_kg_per_year, 'kg', 0)} {t('per.year')}", ""))
    rows.append((t("finding.confidence"), f.percent(finding.confidence), t("finding.confidence_note")))
    return tuple(rows)


def because(finding: Finding, r: Reader) -> str:
    """Why a finding has no price, in the reader's words."""
    code = finding.uncosted_because
    known = (key for key in (f"uncosted.{code}", f"refusal.short.{code}") if r.words.has(key))
    return next((r.words(key) for key in known), code)


def finding_view(
    finding: Finding,
    texts: Texts,
    point: Point | None,
    advice: Recommendation | None,
    r: Reader,
    *,
    chart: bool,
) -> FindingView:
    """The finding in the reader's words; `chart` False leaves the evidence to the finding's own page."""
    f, money = r.formats, money_line(finding.money, r)
    title = words.headline(finding, texts, f)
    view = evidence_chart(finding.evidence, title, r) if chart and finding.evidence else None
    return FindingView(
        finding.id,
        title,
        _since(finding, r),
        point_name(point, r) if point else "",
        *money,
        body=words.summary(finding, texts, f),
        cause=words.cause(finding, texts, f),
        facts=_facts(finding, money, r),
        actions=tuple(words.what_to_do(finding, texts, f)),
        chart=view,
        status=finding.status,
        advice=advice_view(advice, texts, r) if advice else None,
    )


def _payback(advice: Recommendation, r: Reader) -> str:
    if not advice.price or advice.payback_months is None:
        return ""
    months = advice.payback_months
    return (
        r.words("advice.payback_now") if months < 1 else r.words.many("advice.payback", max(1, round(months)))
    )


def advice_view(advice: Recommendation, texts: Texts, r: Reader) -> Advice:
    """A recommendation in the reader's words: promise with range, price, effort, why."""
    t, f = r.words, r.formats
    saving, saving_range = money_line(advice.saving, r)
    price = (
        t("advice.price", money=f.money(advice.price, advice.saving.currency))
        if advice.price
        else t("advice.free")
    )
    effort = t(f"effort.{advice.effort}") if t.has(f"effort.{advice.effort}") else advice.effort
    return Advice(
        advice.id,
        words.recommendation_title(advice, texts, f),
        words.recommendation_body(advice, texts, f),
        saving,
        saving_range,
        price,
        _payback(advice, r),
        effort,
        why=tuple(words.why_lines(advice, texts, f)),
        state=advice.state.value,
        state_label=t(f"state.{advice.state.value}"),
        state_tone=_TONES.get(advice.state.value, ""),
        reason=advice.state_reason,
        open=advice.state in _OPEN_STATES,
    )


def texts_for(known: Gathered, r: Reader) -> Texts:
    """The library's texts in the reader's language, for a home or a building."""
    return words.texts_of_site(known.texts(r.language), known.site.kind)

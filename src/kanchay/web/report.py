"""A reading period as one HTML file: no script, no link to anything, pictures drawn by the server, ready to print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from kanchay.domain.bill import Bill, Source
from kanchay.domain.finding import Evidence
from kanchay.domain.interval import DAY
from kanchay.domain.issue import Issue
from kanchay.domain.point import SiteKind
from kanchay.services.money.tariffs import line_words
from kanchay.services.operations.report import MonthReport, Refused
from kanchay.web.assets import STATIC
from kanchay.web.formats import Formats
from kanchay.web.i18n import Words
from kanchay.web.report_ahead import ahead_view
from kanchay.web.report_charts import Bar, bars_svg, evidence_svg
from kanchay.web.report_words import ReportWords
from kanchay.web.shell import Reader
from kanchay.web.views.bill import BillRow, bill_rows, said_warnings
from kanchay.web.views.common import Tile, point_name
from kanchay.web.views.findings import advice_view, finding_view

__all__ = ["render_report"]

_MOST_ISSUES: Final = 20
_SAME: Final = 0.01  # a change below one in a hundred is no change to a reader


def render_report(report: MonthReport, texts: Mapping[str, str], locale: str, *, again: str = "") -> str:
    """The whole file.

    Parameters
    ----------
    report : MonthReport
    texts : mapping of str to str
        Words of findings and advice in that language, as the library gives them.
    locale : str
        ``"es"`` or ``"en"``.
    again : str
        The command that makes this file again.

    Returns
    -------
    str
        HTML with everything in it.
    """
    t, f = ReportWords(locale), Formats(locale, report.site.tz)
    words = Words(locale, impersonal=report.site.kind is SiteKind.BUILDING)
    reader = Reader(words, f, report.made_at)
    view = _view(report, texts, t, reader)
    page = _environment().get_template("report.html")
    return page.render(t=t, f=f, words=reader.words, report=report, css=_tokens(), again=again, **view)


def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("kanchay.web", "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _tokens() -> Markup:
    """The custom properties of the pages, the same in one place; dark only on a screen, paper is light."""
    css = (STATIC / "kanchay.css").read_text("utf-8")
    tokens = css[: css.index("*{box-sizing")]
    dark, on_screen = "@media(prefers-color-scheme:dark)", "@media screen and (prefers-color-scheme:dark)"
    return Markup(tokens.replace(dark, on_screen))  # noqa: S704 - our own file


def _view(report: MonthReport, texts: Mapping[str, str], t: ReportWords, r: Reader) -> dict[str, Any]:
    f = r.formats
    last = report.energy.end - timedelta(days=1)
    month = f.month(last)
    tariff = report.tariff
    return {
        "title": t("title", month=f"{month} {last.year}"),
        "head": t(
            "head",
            first=f.day_year(report.energy.start),
            last=f.day_year(last),
            tariff=_tariff_name(report, t),
        ),
        "headline": _headline(report, month.capitalize(), t, f),
        "compared": _compared(report, t, f),
        "open_": report.known_until < _end_of(report),
        "tiles": _tiles(report, t, f),
        "days_svg": _days_svg(report, t, f),
        "days": _day_rows(report, f),
        "bill_rows": _bill_rows(report, t, r),
        "bill_note": _bill_note(report.bill, t, f),
        "warnings": () if isinstance(report.bill, Refused) else said_warnings([report.bill], r),
        "sources": _sources(report, t),
        "findings": None
        if isinstance(report.findings, Refused)
        else [
            (finding_view(x, texts, report.point, None, r, chart=False), _evidence(x.evidence, r))
            for x in report.findings
        ],
        "advice": None
        if isinstance(report.advice, Refused)
        else [advice_view(a, texts, r) for a in report.advice],
        "ahead": ahead_view(report, t, f),
        "issues": _issue_rows(report, t, r),
        "made": _made(report, t, r),
        "tariff_id": tariff.id if tariff else "",
    }


def _end_of(report: MonthReport) -> int:
    from kanchay.domain.interval import local_midnight

    return local_midnight(report.energy.end, report.site.tz)


def _tariff_name(report: MonthReport, t: ReportWords) -> str:
    tariff = report.tariff
    if tariff is None:
        return t("no_tariff")
    return f"{tariff.provider_name}, {tariff.system}, {tariff.option} {tariff.names.get(t.locale, '').lower()}".strip()


def _headline(report: MonthReport, month: str, t: ReportWords, f: Formats) -> str:
    kwh = f.energy(report.energy.kwh)
    if isinstance(report.bill, Refused):
        return t("h1", month=month, kwh=kwh)
    return t("h1_bill", month=month, kwh=kwh, money=f.money(report.bill.total, report.bill.currency))


def _compared(report: MonthReport, t: ReportWords, f: Formats) -> str:
    """Per day, so that periods of 30 and 31 days and periods with gaps compare."""
    now, before = report.energy.per_day, report.before.per_day
    enough = report.before.whole_days * 2 >= len(report.before.days) > 0
    if now is None or before is None or not enough or before <= 0:
        return t("nothing_before")
    change = now / before - 1
    key = "same" if abs(change) < _SAME else "more" if change > 0 else "less"
    return t(key, share=f.percent(abs(change)), kwh=f.energy(before))


def _tiles(report: MonthReport, t: ReportWords, f: Formats) -> list[Tile]:
    energy, bill, before = report.energy, report.bill, report.bill_before
    rate = t("per_day", kwh=f.energy(energy.per_day)) if energy.per_day is not None else ""
    tiles = [Tile(t("energy"), f.number(energy.kwh, 1 if energy.kwh < 1000 else 0), "kWh", rate)]
    if not isinstance(bill, Refused):
        note = (
            ""
            if isinstance(before, Refused)
            else t("bill_before", money=f.money(before.total, before.currency))
        )
        tiles.append(Tile(t("bill"), f.money(bill.total, bill.currency), "", note))
    tiles.append(_carbon(report, t, f))
    value = t("data_value", n=energy.whole_days, all=len(energy.days))
    return [*tiles, Tile(t("data"), value, "", t("data_note"))]


def _carbon(report: MonthReport, t: ReportWords, f: Formats) -> Tile:
    factor = report.factor
    if factor is None:
        return Tile(t("carbon"), "–", "", t("carbon_none"))
    note = t("carbon_note", factor=str(factor.kg_per_kwh), year=factor.year)
    return Tile(t("carbon"), f.number(report.energy.kwh * float(factor.kg_per_kwh), 1), "kg", note)


def _before_of(report: MonthReport) -> list[float | None]:
    """The same weekday four weeks earlier, where all of it was read: weekends compare with weekends."""
    known = {d.day: d.kwh for d in (*report.before.days, *report.energy.days) if d.whole}
    return [known.get(d.day - timedelta(weeks=4)) for d in report.energy.days]


def _days_svg(report: MonthReport, t: ReportWords, f: Formats) -> Markup:
    days, before = report.energy.days, _before_of(report)
    bars = [
        Bar(
            d.kwh,
            past,
            d.whole,
            f.day_short(d.day) if i % 5 == 0 else "",
            f"{f.weekday_day(d.day)}: {f.energy(d.kwh)}",
        )
        for i, (d, past) in enumerate(zip(days, before, strict=True))
    ]
    gaps = sum(d.kwh is None for d in days)
    label = t("by_day_label", kwh=f.energy(report.energy.kwh), gaps=gaps)
    return bars_svg(bars, label=label, no_data=t("no_data"), number=f.number)


def _day_rows(report: MonthReport, f: Formats) -> list[tuple[str, str, str, str]]:
    return [
        (f.weekday_day(d.day), f.number(d.kwh, 2), f.number(past, 2), f.percent(d.covered))
        for d, past in zip(report.energy.days, _before_of(report), strict=True)
    ]


def _bill_rows(report: MonthReport, t: ReportWords, r: Reader) -> list[BillRow]:
    if isinstance(report.bill, Refused) or report.tariff is None:
        return []
    names = line_words(report.tariff, r.language)
    typed = {names.get(x.id) for x in report.bill.lines if x.source is not None and x.source.basis == "typed"}
    return [
        replace(row, rule=t("typed")) if row.name in typed and not row.rule else row
        for row in bill_rows(report.bill, names, r)
    ]


def _bill_note(bill: Bill | Refused, t: ReportWords, f: Formats) -> str:
    if isinstance(bill, Refused):
        return t("refused", why=t.why(bill))
    last = bill.end - timedelta(days=1)
    kwh = f.energy(bill.energy_kwh)
    return t("of_days", first=f.day(bill.start), last=f.day(last), kwh=kwh, version=bill.tariff_version)


def _sources(report: MonthReport, t: ReportWords) -> list[tuple[str, str, str]]:
    """Each source once: title with its date, address, and how sure of it we are."""
    told: list[Source | None] = [report.factor.source] if report.factor else []
    told += [] if isinstance(report.bill, Refused) else [line.source for line in report.bill.lines]
    found = dict.fromkeys(s for s in reversed(told) if s is not None)
    return [
        (f"{s.title}, {s.date}", s.url or "", f"{t(f'basis.{s.basis}')}, {t(f'confidence.{s.confidence}')}")
        for s in found
        if s.basis != "typed"
    ]


def _evidence(evidence: Evidence | None, r: Reader) -> tuple[str, Markup] | None:
    """What the evidence shows, and the chart."""
    if evidence is None:
        return None
    f, n, step = r.formats, len(evidence.measured), evidence.resolution_s
    starts = [evidence.start + i * step for i in range(n)]
    odd = [evidence.odd_start <= s < evidence.odd_end for s in starts]
    span = max(1, evidence.end - evidence.start)
    every = max(1, span // DAY // 6) * DAY
    # Half a step in, so that the label names the day on which the bar begins.
    ticks = [
        (0.04 + (at - evidence.start) / span, f.day_short(f.moment(at).date()))
        for at in range(evidence.start, evidence.end - every // 3, every)
    ]
    label = r.words("finding.chart_day" if step >= DAY else "finding.chart", unit=evidence.unit)
    drawn = evidence_svg(evidence.measured, evidence.expected, odd, label=label, number=f.number, ticks=ticks)
    return label, drawn


def _issue_rows(report: MonthReport, t: ReportWords, r: Reader) -> list[tuple[str, ...]] | None:
    if isinstance(report.issues, Refused):
        return None
    return [_issue_row(i, report, t, r) for i in report.issues[:_MOST_ISSUES]]


def _issue_row(issue: Issue, report: MonthReport, t: ReportWords, r: Reader) -> tuple[str, ...]:
    f = r.formats
    name = r.words(f"issue.{issue.kind}")
    numbers = [
        t(f"number.{key}", v=f.number(value, 0 if value == int(value) else 1))
        for key, value in issue.numbers.items()
        if t.has(f"number.{key}")
    ]
    point = report.points.get(issue.point_id)
    where = point_name(point, r) if point else issue.point_id
    return name, where, _at(issue.start, f), _at(issue.end, f), ", ".join(numbers)


def _at(epoch: int, f: Formats) -> str:
    """With its year: a report is read years later."""
    return f"{f.day_year(f.moment(epoch).date())}, {f.clock(epoch)}"


def _made(report: MonthReport, t: ReportWords, r: Reader) -> list[tuple[str, str]]:
    f = r.formats
    rows = [
        (t("made_at"), _at(report.made_at, f)),
        (t("code"), report.code_version),
        (t("until"), _at(report.known_until, f)),
        (t("meter"), f"{point_name(report.point, r)} ({report.point.id})"),
    ]
    if report.tariff:
        rows.append((t("tariff"), report.tariff.id))
    if not isinstance(report.bill, Refused):
        rows.append((t("prices"), report.bill.tariff_version))
    if report.factor:
        rows.append((t("factor"), f"{report.factor.kg_per_kwh} kg/kWh, {report.factor.year}"))
    if not isinstance(report.running, Refused):
        rows.append((t("method"), report.running.method))
    for run in report.runs:
        kind = t(f"kind.{run.kind}") if t.has(f"kind.{run.kind}") else run.kind
        print_ = f", sha256 {run.input_fingerprint[:16]}" if run.input_fingerprint else ""
        rows.append((f"{t('run')}: {kind}", f"{run.id}, {run.code_version}{print_}"))
    return rows

"""What we understood of a file: facts, series, gaps drawn, questions with our guess, totals by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import numpy as np

from kanchay.domain.importing import ImportPreview, ImportSeries
from kanchay.domain.interval import DAY, HOUR, wall_clock
from kanchay.domain.issue import Issue
from kanchay.services.ports.readings import WriteResult
from kanchay.services.readings.answers import Recalled
from kanchay.services.readings.examples import as_cell
from kanchay.services.readings.import_energy import energy_of, from_grid
from kanchay.web.charts import Chart, Line, day_ticks
from kanchay.web.shell import Reader
from kanchay.web.views.common import series_name, span_of
from kanchay.web.views.import_evidence import evidence_line, fact_why
from kanchay.web.views.import_gaps import gaps_of
from kanchay.web.views.import_questions import Question, question_view, remembered_line, said
from kanchay.web.whole import Whole

__all__ = ["PreviewView", "SeriesRow", "preview_chart", "preview_view"]

_HOURLY_UP_TO: Final = 16 * DAY
_DAILY_UP_TO: Final = 400 * DAY
_MOST_SERIES: Final = 12  # shown; the rest is counted
_NONE: Final = "1"  # the unit of what has none
_MOST_VALUES: Final = 3  # of a fact that differs from series to series
_FACT_OF: Final = {"zone": "tz", "source_unit": "unit"}  # the fact and its question
_ASKED_AS: Final = {"day_first": "date_order"}  # the question and the fact it is about


@dataclass(frozen=True)
class SeriesRow:
    name: str
    column: str
    meaning: str
    evidence: str
    sample: str  # its first values
    span: str
    n: str
    total: str


@dataclass(frozen=True)
class PreviewView:
    title: str
    size: str
    facts: tuple[tuple[str, str, bool, str], ...]  # label, value, still asked, why
    series: tuple[SeriesRow, ...]
    more: int
    questions: tuple[Question, ...]
    remembered: tuple[tuple[str, str], ...]  # what was taken from an earlier file, and the kind of file
    notes: tuple[tuple[str, str, str], ...]  # kind, mark, text
    chart: Chart | None
    drawn: str  # which series the chart shows; "" where there is one only
    months: tuple[tuple[str, str], ...]
    n: int
    save: str
    why_n: str

    def guessed(self, answers: Mapping[str, str]) -> str:
        """The address part that takes our guess for every question that is left."""
        left = {q.field: q.guess for q in self.questions}
        return urlencode({k: a for k, a in answers.items() if a} | left)


def _resolution(seconds: int | None, r: Reader) -> str:
    t = r.words
    if seconds is None:
        return t("import.irregular")
    for size, name in ((DAY, "day"), (HOUR, "hour"), (60, "minute")):
        if seconds % size == 0:
            return t.many(f"import.{name}", seconds // size)
    return t.many("import.second", seconds)


def _fact(code: str, value: str, r: Reader) -> str:
    """The value of a fact in words; what follows a colon says how it was found and is left out."""
    value = value.partition(": ")[0]
    return said(r.words, f"fact_value.{code}", value)


def _facts(preview: ImportPreview, r: Reader) -> tuple[tuple[str, str, bool, str], ...]:
    """What was understood, as label, value, whether it is still asked, and why."""
    t = r.words
    asked = {_ASKED_AS.get(q.code, q.code).partition(":")[0] for q in preview.questions}
    rows = [
        (t(f"fact.{code}"), _fact(code, value, r), code in asked, fact_why(code, value, r))
        for code, value in preview.facts
        if t.has(f"fact.{code}") and value
    ]
    of_all = {
        "step": [_resolution(s.resolution_s, r) for s in preview.series],
        "kind": [said(t, "kind", s.kind.value) for s in preview.series],
        "zone": [s.timezone for s in preview.series],
        "source_unit": [_units(s, r) for s in preview.series if s.unit != _NONE],
    }
    for code, values in ((code, values) for code, values in of_all.items() if values):
        different = list(dict.fromkeys(values))
        shown = ", ".join(different[:_MOST_VALUES]) + (" …" if len(different) > _MOST_VALUES else "")
        rows.append((t(f"fact.{code}"), shown, _FACT_OF.get(code, code) in asked, ""))
    return tuple(dict.fromkeys(rows))


def _units(series: ImportSeries, r: Reader) -> str:
    """The unit of the file, and ours where it is another one."""
    a, b = (said(r.words, "answer.unit", u) for u in (series.source_unit or series.unit, series.unit))
    return r.words("import.converted", a=a, b=b) if a != b else b


def _series(series: ImportSeries, r: Reader) -> SeriesRow:
    t, f = r.words, r.at(series.zone(r.formats.tz)).formats
    meaning = said(t, "quantity", series.quantity.value)
    if series.direction:
        meaning += f", {said(t, 'direction', series.direction.value)}"
    total = f.energy(series.total) if series.total is not None else "–"
    return SeriesRow(
        series_name(series, r),
        series.column,
        meaning if series.unit == _NONE else f"{meaning}, {said(t, 'answer.unit', series.unit)}",
        evidence_line(series, r),
        _sample(series, r),
        span_of((series,), r),
        f.number(series.n, 0),
        total,
    )


def _sample(series: ImportSeries, r: Reader) -> str:
    """The first values as we read them, to be held beside the file."""
    seen = series.observations
    if seen is None or not len(seen):
        return ""
    f = r.at(series.zone(r.formats.tz)).formats
    values = ", ".join(map(as_cell, seen.value[:_MOST_VALUES].tolist()))
    day = f.moment(int(seen.start[0])).date()
    when = f"{f.day_short(day)} {f.clock(int(seen.start[0]))}"
    return r.words("import.sample", when=when, values=values)


def issue_sentence(issue: Issue, texts: Mapping[str, str], r: Reader) -> str:
    """The issue in words of the library, with the day on which it begins."""
    from kanchay.services.findings.words import issue_line

    f = r.formats
    return f"{f.day(f.moment(issue.start).date())}: {issue_line(issue, texts, f)}"


def _notes(
    preview: ImportPreview, texts: Mapping[str, str], r: Reader, *, twice: int
) -> tuple[tuple[str, str, str], ...]:
    """What has to be known before saving; what stands in two files of a folder is told beside their list.

    Times are those of the file, as it would be held beside.
    """
    r = r.at(preview.series[0].zone(r.formats.tz)) if preview.series else r
    t, f = r.words, r.formats
    missing, double = (sum(getattr(s, field) for s in preview.series) for field in ("missing", "duplicates"))
    double = max(0, double - twice)
    notes = []
    able, bought = (
        [s.total for s in some if s.total is not None] for some in (preview.series, from_grid(preview.series))
    )
    if len(able) == 1:
        notes.append(("", "check", t("import.total", kwh=f.energy(able[0]))))
    elif bought:
        notes.append(("", "check", t("import.total_grid", kwh=f.energy(sum(bought)))))
    if missing:
        said = t.many("import.missing", missing, count=f.number(missing, 0))
        notes.append(("warn", "warn", f"{said} {_where_missing(preview, r)}".strip()))
    if double:
        notes.append(("", "info", t.many("import.duplicates", double, count=f.number(double, 0))))
    issues = [i for s in preview.series for i in s.issues if i.kind not in ("gap", "duplicate")]
    lines = dict.fromkeys(issue_sentence(i, texts, r) for i in issues)
    notes += [("warn", "warn", line) for line in list(lines)[:4]]
    return tuple(notes)


def _where_missing(preview: ImportPreview, r: Reader) -> str:
    """The longest gap in words; nothing where several series have different ones."""
    found = [g for g in (gaps_of(e).longest for e in map(energy_of, preview.series) if e is not None) if g]
    if len(set(found)) != 1:
        return ""
    f, (start, end) = r.formats, found[0]
    same_day = f.moment(start).date() == f.moment(end).date()
    return r.words("import.gap_from", start=f.when(start), end=f.clock(end) if same_day else f.when(end))


def _step(span_s: int, resolution_s: int) -> int:
    """By hour up to sixteen days, by day up to thirteen months, then by week: a page holds so much."""
    if span_s <= _HOURLY_UP_TO and resolution_s <= HOUR:
        return HOUR
    return DAY if span_s <= _DAILY_UP_TO else 7 * DAY


def preview_chart(series: ImportSeries, tz: str, r: Reader) -> Chart | None:
    """The series by hour, day or week; a gap is seen as a gap."""
    energy = energy_of(series)
    if energy is None:
        return None
    gaps = gaps_of(energy)
    starts, values = energy.start[gaps.plain], energy.kwh[gaps.plain]
    span = int(starts[-1] - starts[0])
    step = _step(span, series.resolution_s or HOUR)
    local = wall_clock(starts, tz)
    bins = local // step
    first, n = int(bins[0]), int(bins[-1] - bins[0]) + 1
    if n < 2 or n > 4000:
        return None
    sums = np.bincount(bins - first, weights=values, minlength=n)
    counts = np.bincount(bins - first, minlength=n)
    shown: list[float | None] = [float(v) if c else None for v, c in zip(sums, counts, strict=True)]
    offset = int(starts[0] - local[0])
    times = [int((first + i) * step + offset) for i in range(n)]
    t = r.words
    ticks = day_ticks(times[0], times[-1] + step, tz, max(1, n * step // DAY // 5))
    return Chart(
        label=t("import.chart_label"),
        sentence=t({HOUR: "import.chart_hour", DAY: "import.chart_day"}.get(step, "import.chart_week")),
        starts=times,
        step_s=step,
        unit="kWh",
        lines=(Line(t("import.consumption"), "--grid", shown, width=1.5),),
        height=170,
        days=step >= DAY,
        centred=True,
        ticks=ticks,
        ticks_narrow=ticks[::2],
        spans=gaps.wells(times, step),
        labels=gaps.label(shown, r),
        tz="" if tz == r.formats.tz else tz,
    )


def _months(series: Sequence[ImportSeries], tz: str, r: Reader) -> tuple[tuple[str, str], ...]:
    """What a bill would count, by month: all registers of what comes from the grid together."""
    found = [e for e in map(energy_of, series) if e is not None]
    if not found:
        return ()
    clock = wall_clock(np.concatenate([e.start for e in found]), tz).astype("M8[s]").astype("M8[M]")
    months, place = np.unique(clock, return_inverse=True)
    sums = np.bincount(place, weights=np.concatenate([e.kwh for e in found]))
    f, days = r.formats, months.astype("M8[D]").tolist()
    return tuple((f"{f.month(d)} {d.year}", f.energy(v)) for d, v in list(zip(days, sums, strict=True))[-14:])


def preview_view(
    found: Recalled,
    change: WriteResult,
    whole: Whole,
    r: Reader,
    *,
    n_bytes: int,
    tz: str,
    texts: Mapping[str, str],
) -> PreviewView:
    """The whole preview in words, with what storing it would change; nothing is stored."""
    t, f, preview = r.words, r.formats, found.preview
    energy = _main(preview)
    zone = energy.zone(tz) if energy else tz
    return PreviewView(
        title=t.many("import.folder", len(whole.read), folder=whole.name) if whole.is_folder else whole.name,
        size=t("import.size", rows=f.number(preview.n_rows, 0), kb=f.number(max(1, n_bytes / 1000), 0)),
        facts=_facts(preview, r),
        series=tuple(_series(s, r) for s in preview.series[:_MOST_SERIES]),
        more=max(0, len(preview.series) - _MOST_SERIES),
        questions=tuple(question_view(a, r, tz, is_folder=whole.is_folder) for a in whole.asked),
        remembered=tuple((remembered_line(each, r), layout) for layout, each in whole.recalled),
        notes=(
            *_notes(preview, texts, r, twice=sum(s.n_repeated + s.n_differing for s in whole.series)),
            *_change(change, r),
        ),
        chart=preview_chart(energy, zone, r) if energy else None,
        drawn=series_name(energy, r) if energy and len(preview.series) > 1 else "",
        months=_months(from_grid(preview.series) or ((energy,) if energy else ()), zone, r),
        n=preview.n,
        save=_save(change, r),
        why_n=_why(preview, r),
    )


def _main(preview: ImportPreview) -> ImportSeries | None:
    """The series that is drawn: of what comes from the grid, or of all, the one with the most energy."""
    able = [s for s in preview.series if energy_of(s) is not None]
    return max(from_grid(preview.series) or able, key=lambda s: abs(s.total or 0.0), default=None)


def _change(change: WriteResult, r: Reader) -> tuple[tuple[str, str, str], ...]:
    """New, changed and same against what is held; a file that only brings news needs no words."""
    t, f = r.words, r.formats
    if not change.revised and not change.unchanged:
        return ()
    new, revised, same = (f.number(n, 0) for n in (change.new, change.revised, change.unchanged))
    counts = t("import.change", new=new, revised=revised, same=same)
    if not change.new and not change.revised:
        return (("", "info", t("import.nothing_new")),)
    return (("warn" if change.revised else "", "warn" if change.revised else "info", counts),)


def _save(change: WriteResult, r: Reader) -> str:
    """The one button: what it will write."""
    count = change.new + change.revised
    if not count:
        return r.words("import.save_same")
    return r.words.many("import.save", count, count=r.formats.number(count, 0))


def _why(preview: ImportPreview, r: Reader) -> str:
    f = r.formats
    missing, double = (sum(getattr(s, field) for s in preview.series) for field in ("missing", "duplicates"))
    return r.words(
        "import.why_n",
        n=f.number(preview.n, 0),
        rows=f.number(preview.n_rows, 0),
        missing=f.number(missing, 0),
        duplicates=f.number(double, 0),
        series=f.number(len(preview.series), 0),
    )

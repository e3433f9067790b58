"""What an answer would make of a file, and what is missing in it, told on the clock of the file."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from kanchay.cli.import_asking import _example
from kanchay.domain.importing import ImportPreview, ImportQuestion, ImportSeries
from kanchay.domain.interval import DAY, HOUR, parse_instant
from kanchay.domain.issue import Issue, IssueKind, Severity
from kanchay.domain.point import Direction, Kind
from kanchay.domain.reading import Observations
from kanchay.domain.units import Quantity
from kanchay.services.readings.examples import as_cell
from kanchay.web.formats import Formats
from kanchay.web.i18n import Words
from kanchay.web.shell import Reader
from kanchay.web.views.import_questions import question_view
from kanchay.web.views.importing import _notes
from kanchay.web.whole import Asked

R = Reader(Words("es"), Formats("es", "America/Lima"), 0)
START = parse_instant("2026-03-02T00:00:00+01:00")
QUESTION = ImportQuestion("label", "--label", "start", "", ("start", "end"))


def preview(step: int, *, gap: int = 0) -> ImportPreview:
    start = np.array([START + step * i for i in range(24) if not 6 <= i < 6 + gap], dtype=np.int64)
    n = len(start)
    seen = Observations("m", start, start + step, np.ones(n), np.zeros(n, dtype=np.uint8))
    series = ImportSeries(
        "m", Quantity.ELECTRIC_ENERGY, Direction.IMPORT, "kWh", Kind.INTERVAL, step, "Europe/Madrid",
        START, START + 24 * step, n, gap, 0, float(n), observations=seen,
    )  # fmt: skip
    return ImportPreview("a.csv", "csv.long", None, n, (series,))


def plain(text: str) -> str:
    """With blanks that may break, as they are typed here."""
    return re.sub("[\u00a0\u202f]", " ", text)


def examples(step: int) -> list[str]:
    asked = Asked(QUESTION, preview(step), "label")
    return [plain(c.example) for c in question_view(asked, R, "America/Lima").choices]


def test_an_interval_of_an_hour_is_told_by_its_clock() -> None:
    assert examples(HOUR) == [
        "la primera lectura va de 12:00 a. m. a 1:00 a. m.",
        "la primera lectura va de 11:00 p. m. a 12:00 a. m.",
    ]
    assert _example(preview(HOUR), QUESTION, "end") == "the first value is 23:00 to 00:00"


def test_an_interval_of_a_day_is_told_by_its_days() -> None:
    assert examples(DAY)[1] == (
        "la primera lectura va de domingo 1 de marzo, 12:00 a. m. a lunes 2 de marzo, 12:00 a. m."
    )
    told = _example(preview(DAY), QUESTION, "end")
    assert told == "the first value is 2026-03-01 00:00 to 2026-03-02 00:00"


def test_what_three_columns_have_in_common_is_told_once() -> None:
    found = preview(HOUR)
    bad = Issue(IssueKind.UNREADABLE, "m", START, START + HOUR, Severity.WARNING)
    three = replace(found, series=tuple(replace(found.series[0], name=n, issues=(bad,)) for n in "abc"))
    notes = _notes(three, {}, R, twice=0)
    assert [kind for kind, _, _ in notes].count("warn") == 1


def test_cells_are_shown_digit_by_digit() -> None:
    assert [as_cell(v) for v in (0.0273071234, 0.1 + 0.2, 11538412.0, 1234567.25)] == [
        "0.0273071", "0.3", "11538412", "1234567.25",
    ]  # fmt: skip


def test_a_gap_is_told_on_the_clock_of_the_file() -> None:
    ((_, _, total), (_, _, missing)) = _notes(preview(HOUR, gap=3), {}, R, twice=0)
    assert "21" in total
    assert "lunes 2 de marzo, 6:00 a. m. – 9:00 a. m." in plain(missing)

"""What a file leaves open, one question each: our guess, why, and what every answer would make of the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np

from kanchay.domain.errors import InputError
from kanchay.domain.importing import ImportPreview
from kanchay.domain.interval import DAY, wall_clock
from kanchay.services.readings.answers import Recalled
from kanchay.services.readings.examples import Example, about_of, example_of
from kanchay.web.i18n import Words, catalogue
from kanchay.web.shell import Reader
from kanchay.web.whole import Asked

__all__ = ["Choice", "Question", "answers_in_words", "question_view", "remembered_line", "said"]

_COLUMN: Final = "column:"
_LIKE: Final = {
    "column": "quantity",
    "direction": "answer.direction",
    "unit": "answer.unit",
}  # of a single column


@dataclass(frozen=True)
class Choice:
    """One answer and, where the file tells, what it would make of it."""

    value: str
    label: str
    guessed: bool
    example: str = ""


@dataclass(frozen=True)
class Question:
    """One thing the file leaves open. Without choices the answer is typed."""

    code: str
    field: str  # under which the answer rides
    title: str
    because: str
    choices: tuple[Choice, ...]
    guess: str
    column: str = ""  # what it is about, where the file names it
    cells: tuple[str, ...] = ()  # a few of them, as they stand in the file
    files: str = ""  # of a folder: which files ask


def said(t: Words, prefix: str, value: str) -> str:
    """A value in words where we have them."""
    key = f"{prefix}.{value}"
    return t(key) if t.has(key) else value


def question_view(asked: Asked, r: Reader, tz: str, *, is_folder: bool = False) -> Question:
    """A question in words; the guess comes first."""
    preview, question = asked.preview, asked.question
    t, titled = r.words, f"question.{question.code}"
    part, of_one, column = question.code.partition(":")
    values = sorted(question.choices, key=lambda c: c != question.guess)
    guess = question.guess.removeprefix("key=")
    if question.code == "tz":
        values = list(dict.fromkeys((guess, tz, "UTC")))
    choices = tuple(
        Choice(
            c, said(t, _LIKE[part] if of_one else f"answer.{question.code}", c), c == question.guess,
            _example(asked, c, tz, r),
        )
        for c in values
    )  # fmt: skip
    title = t(titled) if t.has(titled) else question.code
    title = t(f"question.{part}_of", column=column) if of_one else title
    name, cells = about_of(preview, question)
    return Question(
        question.code,
        asked.field,
        title,
        _because(question.because, r),
        choices,
        guess,
        "" if of_one else name,
        cells,
        _files(asked, r) if is_folder else "",
    )


def _files(asked: Asked, r: Reader) -> str:
    """Which files of a folder ask: they get one answer."""
    name, others = asked.preview.file_name, asked.others
    return r.words.many("import.asked_by", others, file=name) if others else name


def _example(asked: Asked, choice: str, tz: str, r: Reader) -> str:
    """What an answer would make of the file, in words."""
    if asked.question.code == "tz":
        return _zoned(asked.preview, choice, tz, r)
    return _in_words(example_of(asked.preview, asked.question, choice), asked.preview, r)


def _zoned(preview: ImportPreview, choice: str, tz: str, r: Reader) -> str:
    """What a zone makes of the first time of the file, on the site's own clock."""
    first = preview.series[0]
    here = first.zone()
    wall = int(wall_clock(np.array([first.start]), here)[0])
    try:
        there = wall - int(wall_clock(np.array([wall]), choice)[0] - wall)
    except InputError:
        return ""
    clock = r.at("UTC").formats.clock(wall)
    if choice == tz:
        return r.words("import.eg_zone_here")
    return r.words("import.eg_zone", there=clock, here=r.at(tz).formats.when(there))


def _in_words(example: Example | None, preview: ImportPreview, r: Reader) -> str:
    t, f = r.words, r.formats
    if example is None:
        return ""
    if example.total is not None:
        able = [s for s in preview.series if s.total is not None]
        told = t("import.eg_total", kwh=f.energy(example.total))
        return told if len(able) < 2 else t("import.eg_total_of", kwh=f.energy(example.total))
    if example.day:
        return t("import.eg_day", day=f.day_year(date.fromisoformat(example.day)))
    there, start, end = r.at(preview.series[0].zone()).formats, example.start or 0, example.end or 0
    say = there.when if end - start >= DAY else there.clock
    return t("import.eg_slot", a=say(start), b=say(end))


def _because(sentence: str, r: Reader) -> str:
    """The reader's own reason; the sentences are fixed and stand in both catalogues."""
    english = {text: key for key, text in catalogue("en").items() if key.startswith("because.")}
    return r.words(english[sentence]) if sentence in english else sentence


def remembered_line(found: Recalled, r: Reader) -> str:
    """What was said of an earlier file of this kind and counts here too."""
    if found.source is None:
        return ""
    told = answers_in_words(found.answers, r)
    return r.words("import.remembered", file=found.source.file_name, told=told)


def answers_in_words(answers: Sequence[tuple[str, str]], r: Reader) -> str:
    """Answers as they were given, in one line."""
    return ", ".join(_told(code, value, r.words) for code, value in answers)


def _told(code: str, value: str, t: Words) -> str:
    """One answer with what it is about: ``unidad Wh``, ``la hora marca el inicio del intervalo``."""
    if not code.startswith(_COLUMN):
        answer = said(t, f"answer.{code}", value)
        words = answer[:1].lower() + answer[1:] if answer != value else value
        return f"{said(t, 'remembered', code)} {words}"
    groups = ("quantity", "direction", "answer.unit")
    told = [said(t, group, part) for group, part in zip(groups, value.split(":"), strict=False) if part]
    return f"{code.removeprefix(_COLUMN)}: {', '.join(told)}"

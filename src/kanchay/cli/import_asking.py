"""Questions of a file at the terminal: one at a time, our guess first, why, and what each answer would make of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import click

from kanchay.domain.errors import InputError, KanchayError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kanchay.domain.importing import ImportPreview, ImportQuestion
    from kanchay.services.ports.files import ImportOptions
    from kanchay.services.readings.answers import Recalled

__all__ = ["ask_all", "can_ask", "column_told", "require_answers"]

_TITLES: Final = {
    "tz": "In which time zone are the times?",
    "unit": "In which unit are the values?",
    "day_first": "What comes first in the date?",
    "label": "What does the time of a row mark?",
    "direction": "Which way does the energy flow?",
    "kind": "What is each value?",
    "decimal": "What separates the decimals?",
    "factor": "Are the values multiplied by the meter's factor already?",
    "clock": "Does the file's clock change in summer?",
    "rows": "Go on without the rows that cannot be read?",
    "key": "Which column tells rows of the same time apart?",
}
_OF_COLUMN: Final = {
    "column": "What is the column '{}'?",
    "unit": "In which unit is the column '{}'?",
    "direction": "Which way does the energy of the column '{}' flow?",
}
_MOST: Final = 40  # answers to one file, those taken back too
_BACK: Final = "b"


def can_ask() -> bool:
    """Whether somebody sits there to answer."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def require_answers(preview: ImportPreview) -> None:
    """Raise with every open question and the option that answers it."""
    if not preview.questions:
        return
    titles = " ".join(map(_title, preview.questions))
    open_ones = "; ".join(f"{q.with_guess} (our guess: {q.because})" for q in preview.questions)
    raise InputError(
        f"{preview.file_name} leaves open {titles}.",
        hint=f"Answer with {open_ones} Or take every guess: --take-guesses.",
        code="import.open",
    )


def _title(question: ImportQuestion) -> str:
    part, of_one, column = question.code.partition(":")
    return _OF_COLUMN[part].format(column) if of_one else _TITLES.get(question.code, question.code)


def ask_all(found: Recalled, read: Callable[[ImportOptions], ImportPreview], site_tz: str = "") -> Recalled:
    """Ask until nothing is open; every answer may settle or raise other questions, and can be taken back."""
    from dataclasses import replace

    from kanchay.services.readings.answers import with_answers

    before: list[Recalled] = []
    for _ in range(_MOST):
        if not found.preview.questions:
            return found
        question = found.preview.questions[0]
        answer = _ask(found.preview, question, site_tz, can_go_back=bool(before))
        if answer is None:
            found = before.pop()
            continue
        options = with_answers(found.options, {question.code: answer})
        try:
            found, last = replace(found, preview=read(options), options=options), found
            before.append(last)
        except KanchayError as error:
            click.echo(f"  {error}", err=True)
    require_answers(found.preview)
    return found


def _ask(preview: ImportPreview, question: ImportQuestion, site_tz: str, *, can_go_back: bool) -> str | None:
    """One question: a number or an answer as typed; nothing typed takes the guess, None goes back."""
    click.echo(f"\n{_title(question)}  ({preview.file_name})", err=True)
    about = column_told(preview, question)
    for line in (about[:1].upper() + about[1:], question.because):
        if line:
            click.echo(f"  {line}", err=True)
    guess = question.guess.removeprefix("key=")
    guess = site_tz if question.code == "tz" and guess == "UTC" and site_tz else guess
    rest = [c for c in question.choices if c != guess]
    choices = [guess, *rest, *([site_tz] if question.code == "tz" and site_tz not in ("", guess) else [])]
    for number, choice in enumerate(choices, 1):
        told = _example(preview, question, choice)
        mark = "  (our guess)" if number == 1 else ""
        click.echo(f"  {number}) {choice}{f'  {told}' if told else ''}{mark}", err=True)
    if can_go_back:
        click.echo(f"  {_BACK}) one question back", err=True)
    while True:
        typed = str(click.prompt("  Answer", default="1", err=True)).strip()
        if can_go_back and typed == _BACK:
            return None
        if typed.isdigit() and 0 < int(typed) <= len(choices):
            return choices[int(typed) - 1]
        if typed in choices or not question.choices:
            return typed
        click.echo(f"  One of 1 to {len(choices)}{f', or {_BACK}' if can_go_back else ''}.", err=True)


def column_told(preview: ImportPreview, question: ImportQuestion) -> str:
    """The column that a question is about and a few of its cells; "" where the file names none."""
    from kanchay.services.readings.examples import about_of

    name, cells = about_of(preview, question)
    shown = f"for example {', '.join(cells)}" if cells else ""
    named = f"column {name}" if name and not question.code.endswith(f":{name}") else ""
    return ": ".join(part for part in (named, shown) if part)


def _example(preview: ImportPreview, question: ImportQuestion, choice: str) -> str:
    from kanchay.domain.interval import DAY, to_datetime
    from kanchay.services.readings.examples import example_of

    shown = example_of(preview, question, choice)
    if shown is None:
        return ""
    if shown.total is not None:
        return f"the file holds {shown.total:,.3f} kWh"
    if shown.day:
        return f"the first day is {shown.day}"
    zone = preview.series[0].zone()
    start, end = shown.start or 0, shown.end or 0
    pattern = "%Y-%m-%d %H:%M" if end - start >= DAY else "%H:%M"
    first, last = (to_datetime(at, zone).strftime(pattern) for at in (start, end))
    return f"the first value is {first} to {last}"

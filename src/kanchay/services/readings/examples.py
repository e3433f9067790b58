"""What an answer to a question about a file would mean, on the file's own values: the best help to choose."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kanchay.domain.importing import ImportPreview, ImportQuestion, ImportSeries
from kanchay.domain.interval import HOUR, to_datetime
from kanchay.domain.point import Kind
from kanchay.domain.units import Quantity, unit

__all__ = ["Example", "about_of", "as_cell", "example_of", "is_unsaid"]

_CELLS: Final = 3
_NAMED: Final = 6  # columns of one question
_OF_TIMES: Final = ("tz", "label", "day_first", "clock", "key")
_ENERGY: Final = (Quantity.ELECTRIC_ENERGY, Quantity.POWER)


@dataclass(frozen=True, slots=True)
class Example:
    """An answer applied: the energy of the whole file, the first day, or the first interval. What is not told is None.

    `total` in kWh; `start` and `end` in UTC seconds; `day` as ISO date.
    """

    total: float | None = None
    start: int | None = None
    end: int | None = None
    day: str = ""


def example_of(preview: ImportPreview, question: ImportQuestion, choice: str) -> Example | None:
    """What a choice makes of the file; None where there is nothing to show."""
    shown = _asked_about(preview, question)
    if shown is None:
        return None
    if question.code == "unit":
        return _in_unit(shown, choice)
    if question.code == "factor":
        return _multiplied(preview, shown, question.guess, choice)
    if question.code == "label":
        return _labelled(shown, question.guess, choice)
    if question.code == "day_first":
        return _dated(shown, question.guess, choice)
    if question.code == "kind":
        return _counted(shown, choice)
    return None


def about_of(preview: ImportPreview, question: ImportQuestion) -> tuple[str, tuple[str, ...]]:
    """The column that a question is about, and a few of its cells: as the reader tells them, else as they were read.

    Where one answer counts for several columns they are all named, without cells.

    Parameters
    ----------
    preview : ImportPreview
        The file.
    question : ImportQuestion
        One of its questions.

    Returns
    -------
    str
        Name of the column; "" where the file gives it none.
    tuple of str
        Cells.
    """
    if question.about:
        named = _names_asked(preview, question)
        return ", ".join(named) or question.about[0], () if len(named) > 1 else question.about[1:]
    shown = _asked_about(preview, question)
    if shown is None or shown.observations is None or not len(shown.observations):
        return "", ()
    if question.code in _OF_TIMES:
        zone = shown.zone()
        first = shown.observations.start[:_CELLS].tolist()
        return dict(preview.facts).get("time", ""), tuple(
            f"{to_datetime(t, zone):%Y-%m-%d %H:%M}" for t in first
        )
    if shown.quantity not in _ENERGY or not shown.source_unit:
        return shown.column or shown.name, ()
    values = shown.observations.value[:_CELLS] / unit(shown.source_unit).factor
    return shown.column or shown.name, tuple(map(as_cell, values.tolist()))


def as_cell(value: float) -> str:
    """A value as a file would write it, without the noise of binary fractions.

    Parameters
    ----------
    value : float

    Returns
    -------
    str
        Six digits, and every digit of a larger whole number.

    Examples
    --------
    >>> as_cell(0.1 + 0.2), as_cell(11538412.0)
    ('0.3', '11538412')
    """
    return f"{value:.6g}" if abs(value) < 1e6 else f"{value:.12g}"


def _names_asked(preview: ImportPreview, question: ImportQuestion) -> list[str]:
    """The columns that one answer about the whole file counts for, where they are several."""
    word = {"unit": "unit:", "direction": "direction:"}.get(question.code, "")
    first = next((s for s in preview.series if s.column and s.column == question.about[0]), None)
    if not word or first is None:
        return []
    alike = [
        s
        for s in preview.series
        if (s.quantity in _ENERGY) == (first.quantity in _ENERGY) and not s.is_submeter
    ]
    told = [s.column for s in alike if not any(e.startswith(word) for e in s.evidence)]
    names = [n for n in dict.fromkeys(told) if n]
    return [question.about[0], *(n for n in names if n != question.about[0])][:_NAMED]


def _asked_about(preview: ImportPreview, question: ImportQuestion) -> ImportSeries | None:
    """A series that the question is about: of those with energy, one whose unit is open where that is asked."""
    able = [s for s in preview.series if s.quantity in _ENERGY] or list(preview.series)
    unsaid = [s for s in able if is_unsaid(s)] if question.code == "unit" else []
    return next(iter(unsaid or able), None)


def is_unsaid(series: ImportSeries) -> bool:
    """Whether nothing in the file says the unit of a series."""
    return not any(e.startswith("unit:") for e in series.evidence)


def _in_unit(series: ImportSeries, choice: str) -> Example | None:
    """The total in another unit; power is taken over the length of the intervals."""
    if series.total is None or not series.source_unit or series.quantity not in _ENERGY:
        return None
    now, then = unit(series.source_unit), unit(choice)
    if then.quantity not in _ENERGY:
        return None
    hours = (series.resolution_s or HOUR) / HOUR
    each = {Quantity.ELECTRIC_ENERGY: 1.0, Quantity.POWER: hours}
    if series.kind is Kind.CUMULATIVE and then.quantity is Quantity.POWER:
        return None  # a register counts energy
    return Example(total=series.total / (now.factor * each[now.quantity]) * then.factor * each[then.quantity])


def _counted(series: ImportSeries, choice: str) -> Example | None:
    """The total of values that are amounts, or of the steps of a register; a fall counts nothing."""
    if series.observations is None or series.quantity is not Quantity.ELECTRIC_ENERGY:
        return None
    values = series.observations.value
    steps = values[1:] - values[:-1]
    return Example(total=float(steps[steps > 0].sum() if choice == Kind.CUMULATIVE.value else values.sum()))


def _multiplied(preview: ImportPreview, series: ImportSeries, guess: str, choice: str) -> Example | None:
    """The total with the factor of the file in it or not; nothing where the file has several."""
    told = dict(preview.facts).get("factor", "").partition(":")[0]
    factor = float(told) if told.replace(".", "", 1).isdigit() else None
    if series.total is None or factor is None:
        return None
    exponent = {("applied", "apply"): 1, ("apply", "applied"): -1}.get((guess, choice), 0)
    return Example(total=float(series.total * factor**exponent))


def _labelled(series: ImportSeries, guess: str, choice: str) -> Example | None:
    step = series.resolution_s
    if step is None:
        return None
    shift = {("start", "end"): -step, ("end", "start"): step}.get((guess, choice), 0)
    return Example(start=series.start + shift, end=series.start + shift + step)


def _dated(series: ImportSeries, guess: str, choice: str) -> Example | None:
    """The first day, and with day and month exchanged."""
    zone = series.zone()
    day = to_datetime(series.start, zone).date()
    if choice == guess:
        return Example(day=day.isoformat())
    if "year_first" in (guess, choice) or day.day > 12:
        return None
    return Example(day=day.replace(day=day.month, month=day.day).isoformat())

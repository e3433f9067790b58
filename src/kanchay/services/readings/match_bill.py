"""Compare a file with paper bills: does the energy of the billed days agree, and what could explain where it does not?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from kanchay.domain.errors import InputError
from kanchay.domain.importing import ImportPreview, ImportQuestion, ImportSeries
from kanchay.domain.interval import DAY, HOUR, local_midnight
from kanchay.services.readings.examples import example_of, is_unsaid
from kanchay.services.readings.import_energy import energy_of, from_grid

__all__ = ["BILL_SAYS", "BillMatch", "PaperBill", "Reason", "answers_of_bills", "match_bill", "with_bills"]

BILL_SAYS: Final = "With this answer the file agrees with the bill."
_AGREES: Final = 0.02  # a bill counts whole kWh, and nobody knows at which hour the meter was read
_EXPLAINS: Final = 0.02
_LEAST_KWH: Final = 1.0
_FACTORS: Final = (
    2, 3, 5, 10, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 160, 200, 240, 250, 300, 400, 500, 600, 800, 1200,
)  # fmt: skip
_ASKED: Final = ("unit", "factor", "decimal")
_MOST_DAYS: Final = 400


@dataclass(frozen=True, slots=True)
class PaperBill:
    """What one bill says: energy from one reading of the meter to the next. [kWh]"""

    start: date
    end: date
    kwh: Decimal

    def __post_init__(self) -> None:
        days = (self.end - self.start).days
        if not 0 < days <= _MOST_DAYS:
            raise InputError(
                f"A bill from {self.start} to {self.end} has {days} days.",
                hint=f"1 to {_MOST_DAYS} days.",
                code="form.bill",
            )
        if not self.kwh.is_finite() or not 0 < self.kwh < 10**9:
            raise InputError(
                f"{self.kwh} kWh is no amount of a bill.", hint="A number above 0.", code="form.bill"
            )

    @property
    def amount(self) -> float:
        """The energy as a number to compare readings with. [kWh]"""
        return float(self.kwh)


@dataclass(frozen=True, slots=True)
class Reason:
    """What could explain a difference: `code`, what it is about, and what the file would then hold. [kWh]

    Codes: ``unit`` (the values are in another unit, a thousand times apart), ``power`` (they are mean kW, or no longer
    are), ``factor`` (a transformer's), ``missing`` (days without readings), ``series`` (another series of the file),
    ``dates`` (other days).
    """

    code: str
    about: str
    kwh: float


@dataclass(frozen=True, slots=True)
class BillMatch:
    """One bill beside the file. `difference` is file over bill less one; `verdict` ``match``, ``differs`` or ``none``."""

    bill: PaperBill
    kwh: float
    covered: float
    difference: float
    verdict: str
    reasons: tuple[Reason, ...] = ()


def match_bill(preview: ImportPreview, bill: PaperBill, tz: str) -> BillMatch:
    """Compare the energy of a preview with one bill.

    Parameters
    ----------
    preview : ImportPreview
        A file as understood.
    bill : PaperBill
        What the bill says.
    tz : str
        Zone in which the bill's days begin.

    Returns
    -------
    BillMatch
        ``none`` where the file tells nothing of these days; reasons where it differs, the likeliest first.
    """
    span = _span(bill, tz)
    bought = from_grid(preview.series)
    kwh, covered = _within(bought, span)
    if not covered:
        return BillMatch(bill, 0.0, 0.0, -1.0, "none")
    difference = kwh / bill.amount - 1
    if _close(kwh, bill.amount, _AGREES):
        return BillMatch(bill, kwh, covered, difference, "match")
    reasons = tuple(_reasons(preview, bill, tz, kwh, covered))
    return BillMatch(bill, kwh, covered, difference, "differs", reasons)


def _span(bill: PaperBill, tz: str) -> tuple[int, int]:
    return local_midnight(bill.start, tz), local_midnight(bill.end, tz)


def _within(series: Sequence[ImportSeries], span: tuple[int, int]) -> tuple[float, float]:
    """Energy of several series together, and the least that one of them covers."""
    found = [e.within(*span) for s in series if (e := energy_of(s)) is not None]
    return sum(kwh for kwh, _ in found), min((covered for _, covered in found), default=0.0)


def _close(kwh: float, billed: float, share: float) -> bool:
    return abs(kwh - billed) <= max(share * billed, _LEAST_KWH)


def _explains(kwh: float, billed: float) -> bool:
    return abs(kwh - billed) <= _EXPLAINS * billed


def _reasons(
    preview: ImportPreview, bill: PaperBill, tz: str, kwh: float, covered: float
) -> Iterator[Reason]:
    """What brings the file to the bill, the likeliest first."""
    bought = from_grid(preview.series)
    for factor, about in ((1000.0, "Wh → kWh"), (0.001, "kWh → Wh")):
        if _explains(kwh / factor, bill.amount):
            yield Reason("unit", about, kwh / factor)
    yield from _as_power(bought, bill, kwh)
    told = dict(preview.facts).get("factor", "").partition(":")[0]
    factors = {float(told)} if told.replace(".", "", 1).isdigit() else set(map(float, _FACTORS))
    for factor in sorted(factors):
        for scaled, about in ((kwh * factor, f"× {factor:g}"), (kwh / factor, f"÷ {factor:g}")):
            if factor != 1 and _explains(scaled, bill.amount):
                yield Reason("factor", about, scaled)
    if covered < 1 - _AGREES and kwh < bill.amount:
        whole = kwh / covered
        if abs(whole - bill.amount) <= 0.15 * bill.amount:
            yield Reason("missing", f"{(1 - covered) * (bill.end - bill.start).days:.0f}", whole)
    yield from _other_series(preview, bill, tz)
    yield from _other_days(bought, bill, tz)


def _as_power(bought: Sequence[ImportSeries], bill: PaperBill, kwh: float) -> Iterator[Reason]:
    """Values that are mean kW, read as kWh, or the other way round: apart by the length of an interval."""
    step = next((s.resolution_s for s in bought if s.resolution_s), None)
    if step is None or step == HOUR or step >= DAY:
        return
    hours = step / HOUR
    for scaled, about in ((kwh * hours, "kWh → kW"), (kwh / hours, "kW → kWh")):
        if _explains(scaled, bill.amount):
            yield Reason("power", about, scaled)


def _other_series(preview: ImportPreview, bill: PaperBill, tz: str) -> Iterator[Reason]:
    """A single series that agrees, or all of them together."""
    bought, span = from_grid(preview.series), _span(bill, tz)
    able = [s for s in preview.series if energy_of(s) is not None]
    for series in able:
        kwh, _ = _within([series], span)
        if (series,) != bought and _explains(kwh, bill.amount):
            yield Reason("series", series.name, kwh)


def _other_days(bought: Sequence[ImportSeries], bill: PaperBill, tz: str) -> Iterator[Reason]:
    """The bill's days counted otherwise: its last day too, or a day earlier or later."""
    for first, last in ((0, 1), (1, 1), (-1, -1), (1, 0), (-1, 0), (0, -1)):
        start, end = bill.start + timedelta(first), bill.end + timedelta(last)
        if start < end:
            kwh, covered = _within(bought, (local_midnight(start, tz), local_midnight(end, tz)))
            if covered > 1 - _AGREES and _close(kwh, bill.amount, _AGREES / 2):
                yield Reason("dates", f"{start} {end}", kwh)
                return


def answers_of_bills(preview: ImportPreview, bills: Sequence[PaperBill], tz: str) -> Mapping[str, str]:
    """Answers to open questions that alone make the file agree with every bill.

    Parameters
    ----------
    preview : ImportPreview
        A file as understood, with our guesses.
    bills : sequence of PaperBill
        At least one that the file covers; others are passed over.
    tz : str
        Zone in which the bills' days begin.

    Returns
    -------
    mapping of str to str
        Code of the question and its answer; empty where no answer or more than one agrees.
    """
    bought = from_grid(preview.series)
    covered = [b for b in bills if _within(bought, _span(b, tz))[1] > 1 - _AGREES]
    now = next(
        (s.total for s in bought if s.total and is_unsaid(s)),
        next((s.total for s in bought if s.total), None),
    )
    out: dict[str, str] = {}
    for question in preview.questions if covered and now else ():
        if question.code not in _ASKED:
            continue
        examples = {choice: example_of(preview, question, choice) for choice in question.choices}
        shares = {c: e.total / now for c, e in examples.items() if e and e.total is not None and now}
        agreeing = [
            c
            for c, share in shares.items()
            if all(_close(_scaled(bought, question, share, _span(b, tz)), b.amount, _AGREES) for b in covered)
        ]
        if (
            agreeing and len({round(shares[c], 9) for c in agreeing}) == 1
        ):  # Wh, and W over an hour, are the same
            out[question.code] = question.guess if question.guess in agreeing else agreeing[0]
    return out


def _scaled(
    bought: Sequence[ImportSeries], question: ImportQuestion, share: float, span: tuple[int, int]
) -> float:
    """Energy of all series under an answer: a unit that is written stays."""
    kwh = 0.0
    for series in bought:
        open_one = question.code != "unit" or is_unsaid(series)
        kwh += _within([series], span)[0] * (share if open_one else 1.0)
    return kwh


def with_bills(preview: ImportPreview, bills: Sequence[PaperBill], tz: str) -> ImportPreview:
    """A preview whose guesses are those that the bills support.

    Parameters
    ----------
    preview : ImportPreview
        A file as understood.
    bills : sequence of PaperBill
        What bills say.
    tz : str
        Zone in which the bills' days begin.

    Returns
    -------
    ImportPreview
        The same file; a question that the bills answer names that answer as our guess, and why.
    """
    told = answers_of_bills(preview, bills, tz)
    if not told:
        return preview
    questions = tuple(
        replace(q, guess=told[q.code], because=BILL_SAYS) if q.code in told else q for q in preview.questions
    )
    return replace(preview, questions=questions)

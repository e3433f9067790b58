"""`kanchay import --bill START END KWH`: does the file agree with a paper bill, and what does that settle?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

if TYPE_CHECKING:
    from kanchay.domain.importing import ImportPreview
    from kanchay.services.ports.files import ImportOptions
    from kanchay.services.readings.match_bill import BillMatch, PaperBill

__all__ = ["bill_option", "bills_of", "matches_of", "print_matches", "settled_by_bills"]

F = TypeVar("F", bound=Callable[..., Any])

_WORDS: Final = {
    "unit": "another unit ({about})",
    "power": "mean power or energy ({about})",
    "factor": "the meter's factor ({about})",
    "missing": "about {about} days without readings",
    "series": "another series: '{about}'",
    "dates": "other days ({about})",
}


def bill_option(function: F) -> F:
    """``--bill START END KWH``, as often as there are bills."""
    return click.option(
        "--bill",
        "bills",
        nargs=3,
        multiple=True,
        metavar="START END KWH",
        help="A paper bill to compare with: the days of both meter readings and the kWh between. May be repeated.",
    )(function)


def bills_of(typed: Sequence[tuple[str, str, str]]) -> tuple[PaperBill, ...]:
    """The bills as typed; raises a usage error for what is no date or number."""
    from datetime import date
    from decimal import Decimal, InvalidOperation

    from kanchay.services.readings.match_bill import PaperBill

    found = []
    for start, end, kwh in typed:
        try:
            found.append(PaperBill(date.fromisoformat(start), date.fromisoformat(end), Decimal(kwh)))
        except (ValueError, InvalidOperation) as error:
            raise click.UsageError(
                f"--bill takes two dates and kWh, as in --bill 2026-06-05 2026-07-06 184, not '{start} {end} {kwh}'."
            ) from error
    return tuple(found)


def _zone(preview: ImportPreview, tz: str | None) -> str:
    named = preview.series[0].timezone
    return tz or (named if "/" in named else "UTC")


def settled_by_bills(
    preview: ImportPreview,
    options: ImportOptions,
    bills: Sequence[PaperBill],
    read: Callable[[ImportOptions], ImportPreview],
) -> tuple[ImportPreview, ImportOptions]:
    """The file with every question answered that the bills answer, which is told."""
    from kanchay.services.readings.answers import with_answers
    from kanchay.services.readings.match_bill import answers_of_bills

    told = answers_of_bills(preview, bills, _zone(preview, options.tz)) if bills else {}
    if not told:
        return preview, options
    said = ", ".join(f"{code} {answer}" for code, answer in told.items())
    click.echo(f"{preview.file_name}: {said}, since the file then agrees with the bill.", err=True)
    answered = with_answers(options, told)
    return read(answered), answered


def matches_of(
    previews: Sequence[ImportPreview], bills: Sequence[PaperBill], tz: str | None
) -> list[BillMatch]:
    """Every bill beside all files together."""
    from kanchay.services.readings.import_summary import as_one
    from kanchay.services.readings.match_bill import match_bill

    if not previews or not bills:
        return []
    whole = as_one(previews)
    return [match_bill(whole, bill, _zone(whole, tz)) for bill in bills]


def print_matches(matches: Sequence[BillMatch]) -> None:
    """One line a bill, and one for each thing that could explain a difference."""
    for match in matches:
        said = f"Bill {match.bill.start} to {match.bill.end}, {match.bill.kwh} kWh:"
        if match.verdict == "none":
            click.echo(f"{said} the files tell nothing of these days.")
            continue
        word = "agrees" if match.verdict == "match" else "differs"
        click.echo(f"{said} the files hold {match.kwh:.1f} kWh, {100 * match.difference:+.1f} %: {word}.")
        for reason in match.reasons:
            click.echo(
                f"  perhaps {_WORDS[reason.code].format(about=reason.about)}: then {reason.kwh:.1f} kWh"
            )

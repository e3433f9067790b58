"""Writing a tariff: try it while it is written, keep it among the user's own, take the last change back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Final

from kanchay.analysis.tariff.blocktimes import calendar_times
from kanchay.analysis.tariff.metering import needed_quantities
from kanchay.domain.bill import Bill
from kanchay.domain.errors import BillRefused, InputError
from kanchay.domain.scope import Permission, Scope
from kanchay.domain.tariff import Tariff, Usage
from kanchay.services.context import Context
from kanchay.services.money.tariff_check import TariffCheck, check_tariff
from kanchay.services.money.tariffs import leaveable
from kanchay.services.money.typed import price_typed
from kanchay.services.people.audit import note
from kanchay.services.ports.tariffs import TariffStore

__all__ = ["MOST_TEXT", "Trial", "save_tariff", "try_tariff", "undo_tariff"]

MOST_TEXT: Final = 200_000  # characters of a tariff written in a page
_MONTH: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Trial:
    """What a tariff as text is worth: its problems, and a month of so many kWh by its newest prices.

    `spread`: the kWh were shared evenly over the hours, since only their sum was told. `refusal` says why there is
    no bill although the tariff has no mistake.
    """

    check: TariffCheck
    bill: Bill | None = None
    refusal: str = ""
    spread: bool = False


def try_tariff(ctx: Context, text: str, kwh: Decimal, *, locale: str = "en") -> Trial:
    """Check a text, and price a month by it where it is a tariff; never fails."""
    check = check_tariff(ctx, text[: MOST_TEXT + 1], locale=locale)
    if check.tariff is None:
        return Trial(check)
    tariff = check.tariff
    start = tariff.versions[-1].valid_from
    usage = _even_month(tariff, start, kwh)
    typed = {p.id: Decimal(1) for p in tariff.parameters if p.default is None and not p.values}
    try:
        bill = price_typed(tariff, usage, parameters=typed, leave_out=leaveable(tariff), as_of=start)
    except BillRefused as refusal:
        return Trial(check, None, str(refusal))
    return Trial(check, bill, "", bool(tariff.schedules))


def _even_month(tariff: Tariff, start: date, kwh: Decimal) -> Usage:
    """A month of an even load: each block has the energy of its hours, the demand is the mean power."""
    end = start + _MONTH
    hours = Decimal(_MONTH.days * 24)
    quantities = {"energy_kwh": kwh, "demand_kw": kwh / hours, **calendar_times(tariff, start, end)}
    for block in (b.id for s in tariff.schedules for b in s.blocks):
        quantities[f"energy_kwh.{block}"] = kwh * quantities[f"hours.{block}"] / hours
        quantities[f"demand_kw.{block}"] = kwh / hours
    quantities |= {n: Decimal(0) for n in needed_quantities(tariff) if n not in quantities}
    return Usage(
        start, end, quantities, ({k: v for k, v in quantities.items() if k.startswith("demand_kw")},) * 12
    )


def save_tariff(ctx: Context, store: TariffStore, scope: Scope, text: str) -> tuple[str, Path]:
    """Keep a tariff among the user's own, in the place of one of the same id; the earlier one can be brought back.

    Raises
    ------
    AccessDenied
        The scope does not administer.
    InputError
        The text is too long, or has a mistake.
    """
    scope.require(Permission.ADMIN)
    if len(text) > MOST_TEXT:
        raise InputError(f"A tariff has at most {MOST_TEXT:,} characters.", code="tariff.too_long")
    check = check_tariff(ctx, text)
    if check.tariff is None:
        raise InputError("The tariff has mistakes.", hint="Mend each and save again.", code="tariff.invalid")
    path = store.write(text)
    _noted(ctx, scope, "tariff.saved", check.tariff.id)
    return check.tariff.id, path


def undo_tariff(ctx: Context, store: TariffStore, scope: Scope, tariff_id: str) -> bool:
    """Bring the file before the last change back; False where the package's own holds again.

    Raises
    ------
    AccessDenied
        The scope does not administer.
    NotFound
        Nothing was ever saved under that id.
    """
    scope.require(Permission.ADMIN)
    restored = store.undo(tariff_id)
    _noted(ctx, scope, "tariff.undone", tariff_id)
    return restored


def _noted(ctx: Context, scope: Scope, action: str, tariff_id: str) -> None:
    with ctx.records.unit(scope) as uow:
        note(uow, scope, ctx.clock(), action, tariff_id)

"""What charges on power make of a period: demand, contracted power, reactive energy."""

from __future__ import annotations

from decimal import Decimal

from kanchay.analysis.tariff import refuse
from kanchay.analysis.tariff.frame import Frame
from kanchay.analysis.tariff.proration import times
from kanchay.analysis.tariff.rounding import round_to
from kanchay.analysis.tariff.tiers import price_tiers
from kanchay.domain.bill import BillLine
from kanchay.domain.charges import ContractedCharge, DemandCharge, Per, Presence, ReactiveCharge, Tier

__all__ = ["price_contracted", "price_demand", "price_reactive"]


def price_demand(charge: DemandCharge, frame: Frame) -> list[BillLine]:
    """The line of a demand charge.

    Parameters
    ----------
    charge : DemandCharge
    frame : Frame
        Its usage holds the demand of this period and of those before. [kW]

    Returns
    -------
    list of BillLine

    Raises
    ------
    BillRefused
        ``bill.missing_demand``: too few periods are known for the statistic.
    """
    kw = _billed(charge, frame)
    frame.billed_kw[charge.id] = kw
    tiers = _tiers(charge.tiers, charge.presence, charge.id, frame)
    exact, formula, price = price_tiers(frame, charge.id, charge.quantity, kw, tiers)
    n = times(charge.per, frame.usage.start, frame.usage.end)
    if charge.per is not Per.PERIOD:
        formula = f"{formula} × {round(n, 4).normalize():f} {charge.per}"
    return [
        frame.line(
            charge.id, exact * n, "demand", formula, charge,
            quantity=kw, unit_price=price, source=frame.source_of(charge),
        )
    ]  # fmt: skip


def _billed(charge: DemandCharge, frame: Frame) -> Decimal:
    """Demand that is billed: statistic, ratchet, what another charge has billed, least value. [kW]"""
    kw = max(_statistic(charge, frame), _ratcheted(charge, frame))
    if charge.minus:
        kw -= frame.billed_kw[charge.minus]
    if charge.minus_parameter:
        kw -= frame.need(charge.minus_parameter)[0]
    return round_to(max(kw, charge.floor), frame.tariff.rounding.quantity)


def _statistic(charge: DemandCharge, frame: Frame) -> Decimal:
    """Mean of the highest monthly maxima, this period included. [kW]"""
    top, months = charge.statistic.top, charge.statistic.months
    peaks = [frame.quantity(charge.quantity, charge.id), *_history(charge, frame, months - 1)]
    known = [max(kw, charge.statistic.at_least) for kw in peaks]
    if len(known) < top < months:  # where all months count, the mean is of those there are
        raise refuse.missing_demand(charge.id, charge.quantity, top, len(known))
    if len(known) < months:
        frame.warnings.append("demand.short_history")
    highest = sorted(known, reverse=True)[:top]
    return sum(highest, Decimal(0)) / len(highest)


def _ratcheted(charge: DemandCharge, frame: Frame) -> Decimal:
    if charge.ratchet is None:
        return Decimal(0)
    known = _history(charge, frame, charge.ratchet.months)
    if len(known) < charge.ratchet.months:
        frame.warnings.append("demand.short_history")
    return charge.ratchet.share * max(known, default=Decimal(0))


def _history(charge: DemandCharge, frame: Frame, months: int) -> list[Decimal]:
    """The demand of the periods before, newest first, where it is known. [kW]"""
    return [b[charge.quantity] for b in frame.usage.before[:months] if charge.quantity in b]


def _tiers(tiers: tuple[Tier, ...], presence: Presence | None, line: str, frame: Frame) -> tuple[Tier, ...]:
    """The prices of the customer's class."""
    if presence is None:
        return tiers
    energy = frame.quantity(f"energy_kwh.{presence.block}", line)
    most = frame.quantity("demand_kw", line) * frame.exact(f"hours.{presence.block}", line)
    present = most > 0 and energy / most >= presence.at_least
    return presence.tiers if present else tiers


def price_contracted(charge: ContractedCharge, frame: Frame) -> list[BillLine]:
    """The line of a price on a number of the contract.

    Parameters
    ----------
    charge : ContractedCharge
    frame : Frame

    Returns
    -------
    list of BillLine

    Raises
    ------
    BillRefused
        ``bill.missing_parameter``.
    """
    value, _ = frame.need(charge.parameter)
    rate = charge.rate or Decimal(0)
    n = times(charge.per, frame.usage.start, frame.usage.end)
    unit = "" if charge.per is Per.PERIOD else f" × {round(n, 4).normalize():f} {charge.per}"
    return [
        frame.line(
            charge.id, value * rate * n, "demand", f"{value.normalize():f} × {rate}{unit}", charge,
            quantity=value, unit_price=rate, source=frame.source_of(charge),
        )
    ]  # fmt: skip


def price_reactive(charge: ReactiveCharge, frame: Frame) -> list[BillLine]:
    """The line of reactive energy above a share of the active one.

    Parameters
    ----------
    charge : ReactiveCharge
    frame : Frame

    Returns
    -------
    list of BillLine

    Raises
    ------
    BillRefused
        ``bill.missing_quantity``.

    Examples
    --------
    >>> from types import SimpleNamespace as Some
    >>> frame = Some(
    ...     quantity=lambda name, *line: Decimal({"reactive_kvarh": 400, "energy_kwh": 1000}[name]),
    ...     line=lambda key, exact, *words, **more: (key, str(exact)), source_of=lambda charge: None,
    ... )
    >>> price_reactive(ReactiveCharge("reactive", Decimal("0.0481"), Decimal("0.30"), (), False), frame)
    [('reactive', '4.810000')]
    """
    if charge.amount_parameter and (typed := frame.lookup(charge.amount_parameter)) is not None:
        return [frame.line(charge.id, typed[0], "reactive", "", charge, source=typed[1])]
    reactive = frame.quantity(charge.quantity, charge.id, charge.amount_parameter)
    active = frame.quantity(charge.active, charge.id)
    free = charge.above_share * active
    above = max(reactive - free, Decimal(0))
    rate = charge.rate or Decimal(0)
    percent = f"{(charge.above_share * 100).normalize():f} %"
    formula = f"({reactive.normalize():f} − {percent} × {active.normalize():f}) kvarh × {rate}"
    return [
        frame.line(
            charge.id, above * rate, "reactive", formula if above else "", charge,
            quantity=above, unit_price=rate, source=frame.source_of(charge),
        )
    ]  # fmt: skip

"""What a charge refers to by name: parameters, blocks of hours, quantities of the period."""

from __future__ import annotations

from kanchay.domain.charges import (
    BandedCharge,
    Charge,
    ContractedCharge,
    DemandCharge,
    FixedCharge,
    LimitBasis,
    LookupCharge,
    PerUnitCharge,
    ReactiveCharge,
    SeriesCharge,
    TouCharge,
)

__all__ = ["blocks_of", "parameters_of", "quantities_of"]


def parameters_of(charge: Charge) -> set[str]:
    """Names of the parameters that a charge needs or may take.

    Parameters
    ----------
    charge : Charge

    Returns
    -------
    set of str

    Examples
    --------
    >>> parameters_of(FixedCharge("credit", None, "reposicion", ("igv",), False))
    {'reposicion'}
    """
    match charge:
        case FixedCharge(parameter=name):
            return {name} if name else set()
        case ContractedCharge(parameter=name):
            return {name}
        case DemandCharge(minus_parameter=name) | ReactiveCharge(amount_parameter=name):
            return {name} if name else set()
        case LookupCharge(parameter=name, amount_parameter=amount):
            return {name, amount} if amount else {name}
        case PerUnitCharge(factors=factors):
            return {f.parameter for f in factors if f.parameter}
        case _:
            return set()


def quantities_of(charge: Charge) -> set[str]:
    """Names of the quantities that a charge needs of a period.

    Parameters
    ----------
    charge : Charge

    Returns
    -------
    set of str
        As `kanchay.domain.tariff.Usage` names them.

    Examples
    --------
    >>> from decimal import Decimal
    >>> sorted(quantities_of(ReactiveCharge("reactive", Decimal("0.05"), Decimal("0.3"), (), False)))
    ['energy_kwh', 'reactive_kvarh']
    """
    match charge:
        case BandedCharge(quantity=name, limits=limits):
            base = name.partition(".")[0]
            return {name, *_limit_names(name, limits), *(f"{base}.{b}" for b in blocks_of(charge))}
        case TouCharge(quantity=name, limits=limits, blocks=blocks):
            per_block = {f"{name}.{b.block}" for b in blocks}
            return per_block | {n for p in per_block for n in _limit_names(p, limits)}
        case DemandCharge(quantity=name, presence=presence, tiers=tiers):
            hours = {f"hours.{b}" for tier in tiers for b in tier.rates}
            hours |= (
                {f"energy_kwh.{presence.block}", f"hours.{presence.block}", "demand_kw"}
                if presence
                else set()
            )
            return {name, *hours}
        case ReactiveCharge(quantity=name, active=active):
            return {name, active}
        case SeriesCharge(id=key, quantity=name):
            return {f"value.{key}", name}
        case LookupCharge(quantity=name) | PerUnitCharge(quantity=name):
            return {name}
        case _:
            return set()


def _limit_names(quantity: str, limits: LimitBasis) -> set[str]:
    block = quantity.partition(".")[2]
    if limits is LimitBasis.KW:
        return {"demand_kw"}
    return {f"days.{block}"} if limits is LimitBasis.DAY and block else set()


def blocks_of(charge: Charge) -> set[str]:
    """Blocks of hours that a charge names.

    Parameters
    ----------
    charge : Charge

    Returns
    -------
    set of str
    """
    match charge:
        case BandedCharge(bands=bands):
            return {name for band in bands for tier in band.tiers for name in tier.rates}
        case TouCharge(blocks=blocks):
            return {b.block for b in blocks}
        case DemandCharge(presence=presence, tiers=tiers):
            return {b for tier in tiers for b in tier.rates} | ({presence.block} if presence else set())
        case _:
            return set()

"""The prices of a list as a table: what each is for, without and with tax, and what it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from kanchay.analysis.tariff.blend import gross_factor, taxes_on
from kanchay.analysis.tariff.frame import unit_of
from kanchay.analysis.tariff.rounding import round_to
from kanchay.domain.bill import Source
from kanchay.domain.charges import (
    Band,
    BandedCharge,
    Charge,
    ContractedCharge,
    DemandCharge,
    FixedCharge,
    LimitBasis,
    LookupCharge,
    MinimumCharge,
    PerUnitCharge,
    ReactiveCharge,
    Select,
    SeriesCharge,
    Tier,
    TouCharge,
)
from kanchay.domain.tariff import Tariff, Version
from kanchay.services.money.tariff_words import TariffWords, is_unsure, percent

__all__ = ["PriceRow", "price_table", "value_on"]


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One price of a list: of which charge, for what, per what; None where no number stands for it.

    `unverified`: it rests on one unchecked source, or its confidence is below high.
    """

    charge: str
    name: str
    applies: str
    per: str
    without_tax: Decimal | None
    with_tax: Decimal | None
    source: Source | None
    basis: str
    unverified: bool


@dataclass(frozen=True, slots=True)
class _Part:
    """What a row says of itself; `basis` and `unsure` where they are not those of the list."""

    applies: str = ""
    per: str = ""
    price: Decimal | None = None
    name: str = ""
    source: Source | None = None
    basis: str = ""
    unsure: bool | None = None


def price_table(words: TariffWords, version: Version, on: date) -> tuple[PriceRow, ...]:
    """Every price of a list with the taxes of a day; a list that prints one of the two gives the other, rounded."""
    return tuple(
        _row(words, version, charge, part, on)
        for charge in version.charges
        for part in _parts(words, charge, on)
    )


def _parts(words: TariffWords, charge: Charge, on: date) -> Iterator[_Part]:
    """Rows of a charge; those of typed values need the day too."""
    if isinstance(charge, FixedCharge) and charge.parameter is not None:
        return iter([_valued(words, charge.parameter, on, f"per.{charge.per}")])
    if isinstance(charge, PerUnitCharge):
        return iter([_per_unit(words, charge, on)])
    found: Iterator[_Part] = _PARTS[type(charge)](words, charge)
    return found


def value_on(tariff: Tariff, name: str, on: date) -> tuple[Decimal, Source | None] | None:
    """The value of a parameter on a day where nobody types it, with its source; None where only the user can tell."""
    parameter = tariff.parameter(name)
    if parameter is None:
        return None
    for price in parameter.values:
        if price.valid_from <= on and (price.valid_to is None or on < price.valid_to):
            return price.value, price.source
    return None if parameter.default is None else (parameter.default, parameter.source)


def _valued(words: TariffWords, name: str, on: date, per: str) -> _Part:
    """A price that a parameter holds."""
    found = value_on(words.tariff, name, on)
    applies, told = words.parameter(name), words.say(per)
    if found is None:
        return _Part(applies, told, basis=words.say("condition.typed"), unsure=False)
    value, source = found
    basis = words.sure(source) or words.say("condition.assumed")
    unsure = is_unsure(source) or (source is None and value != 0)
    return _Part(applies, told, value, source=source, basis=basis, unsure=unsure)


def _row(words: TariffWords, version: Version, charge: Charge, part: _Part, on: date) -> PriceRow:
    own = part.source is not None or part.basis
    source = part.source if own else charge.source or version.source
    without, with_tax = _both(words.tariff, charge, part.price, on)
    name = part.name or words.pick(charge.names, charge.id)
    unsure = is_unsure(source) if part.unsure is None else part.unsure
    basis = part.basis or words.sure(source)
    credit = words.say("condition.credit") if getattr(charge, "credit", False) else ""
    applies = ", ".join(told for told in (part.applies, credit) if told)
    return PriceRow(charge.id, name, applies, part.per, without, with_tax, source, basis, unsure)


def _both(
    tariff: Tariff, charge: Charge, price: Decimal | None, on: date
) -> tuple[Decimal | None, Decimal | None]:
    """A price without and with tax; the printed one stays as it is."""
    if price is None:
        return None, None
    factor = gross_factor(taxes_on(tariff, on), charge.taxes)
    places = tariff.rounding.unit_price
    if charge.tax_included:
        return round_to(price / factor, places), price
    return price, price if factor == 1 else round_to(price * factor, places)


def _range(low: Decimal | None, high: Decimal | None, unit: str) -> str:
    """``30–140 kWh``, ``> 140 kWh``; empty for all of it."""
    if high is None:
        return f"> {low} {unit}".rstrip() if low else ""
    return (f"{low}–{high} {unit}" if low else f"≤ {high} {unit}").rstrip()


def _limit_unit(words: TariffWords, unit: str, limits: LimitBasis) -> str:
    """Unit of a tier's limit: "kWh", "kWh a day", "kWh for each kW"."""
    return unit if limits is LimitBasis.PERIOD else words.say(f"condition.limit_{limits}", unit=unit)


def _tiers(
    words: TariffWords,
    tiers: Sequence[Tier],
    quantity: str,
    around: str = "",
    limits: LimitBasis = LimitBasis.PERIOD,
) -> Iterator[_Part]:
    unit, low = unit_of(quantity), None
    for tier in tiers:
        span = _range(low, tier.up_to, _limit_unit(words, unit, limits))
        applies = ", ".join(part for part in (around, span) if part)
        low = tier.up_to
        if tier.amount is not None:
            yield _Part(
                f"{applies} ({words.say('condition.whole_tier')})", words.say("per.period"), tier.amount
            )
        elif tier.rate is not None:
            yield _Part(applies, unit, tier.rate)
        for block, rate in tier.rates.items():
            yield _Part(", ".join(p for p in (applies, words.block(block)) if p), unit, rate)


def _banded(words: TariffWords, charge: BandedCharge) -> Iterator[_Part]:
    low: Decimal | None = None
    for band in charge.bands:
        yield from _band(words, charge, band, low)
        low = band.up_to


def _band(words: TariffWords, charge: BandedCharge, band: Band, low: Decimal | None) -> Iterator[_Part]:
    total = _range(low, band.up_to, unit_of(charge.quantity)) if charge.select is Select.BY_TOTAL else ""
    around = words.say("condition.of_total", range=total) if total else ""
    yield from _tiers(words, band.tiers, charge.quantity, around, charge.limits)
    if band.fixed is not None:
        name = words.pick(charge.fixed_names, charge.fixed_id)
        yield _Part(around, words.say("per.period"), band.fixed, name)


def _tou(words: TariffWords, charge: TouCharge) -> Iterator[_Part]:
    for part in charge.blocks:
        yield from _tiers(words, part.tiers, charge.quantity, words.block(part.block), charge.limits)


def _demand(words: TariffWords, charge: DemandCharge) -> Iterator[_Part]:
    block = charge.quantity.partition(".")[2]
    around = words.block(block) if block else ""
    yield from _tiers(words, charge.tiers, charge.quantity, around)
    if charge.presence is not None:
        rule = charge.presence
        told = words.say("rule.presence", share=percent(rule.at_least), block=words.block(rule.block))
        yield from _tiers(words, rule.tiers, charge.quantity, told)


def _contracted(words: TariffWords, charge: ContractedCharge) -> Iterator[_Part]:
    yield _Part(words.parameter(charge.parameter), words.say(f"per.{charge.per}"), charge.rate)


def _reactive(words: TariffWords, charge: ReactiveCharge) -> Iterator[_Part]:
    told = words.say("condition.above_share", share=percent(charge.above_share))
    yield _Part(told, unit_of(charge.quantity), charge.rate)


def _series(words: TariffWords, charge: SeriesCharge) -> Iterator[_Part]:
    told = words.say("condition.series", series=charge.series, multiply=charge.multiply, add=charge.add)
    if charge.floor is not None or charge.cap is not None:
        floor, cap = ("…" if v is None else v for v in (charge.floor, charge.cap))
        told += f", {words.say('condition.between', floor=floor, cap=cap)}"
    yield _Part(told, unit_of(charge.quantity))


def _minimum(words: TariffWords, charge: MinimumCharge) -> Iterator[_Part]:
    yield _Part(words.say("condition.least"), words.say(f"per.{charge.per}"), charge.amount)


def _fixed(words: TariffWords, charge: FixedCharge) -> Iterator[_Part]:
    yield _Part("", words.say(f"per.{charge.per}"), charge.amount)


def _lookup(words: TariffWords, charge: LookupCharge) -> Iterator[_Part]:
    unit, low = unit_of(charge.quantity), None
    for row in charge.rows:
        told = _range(low, row.up_to, unit)
        low = row.up_to
        key = "condition.unknown" if row.factor is None else "condition.factor"
        sure = words.texts.get(f"tariff.confidence.{row.confidence}", "")
        yield _Part(
            words.say(key, factor=row.factor, range=told), words.parameter(charge.parameter),
            basis=sure, unsure=row.factor is None or row.confidence not in ("", "high"),
        )  # fmt: skip


def _per_unit(words: TariffWords, charge: PerUnitCharge, on: date) -> _Part:
    told = " × ".join(str(f.constant) if f.parameter is None else f.parameter for f in charge.factors)
    applies, unit = words.say("condition.product", factors=told), unit_of(charge.quantity)
    rate, source = Decimal(1), charge.source
    for factor in charge.factors:
        found = (
            (factor.constant, source)
            if factor.parameter is None
            else value_on(words.tariff, factor.parameter, on)
        )
        if found is None or found[0] is None:
            return _Part(applies, unit, basis=words.say("condition.typed"), unsure=False)
        rate, source = rate * found[0], found[1]
    return _Part(applies, unit, rate.normalize(), source=source)


_PARTS: Final[dict[type, Callable[[TariffWords, Any], Iterator[_Part]]]] = {
    BandedCharge: _banded,
    ContractedCharge: _contracted,
    DemandCharge: _demand,
    FixedCharge: _fixed,
    LookupCharge: _lookup,
    MinimumCharge: _minimum,
    ReactiveCharge: _reactive,
    SeriesCharge: _series,
    TouCharge: _tou,
}

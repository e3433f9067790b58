"""A bill told line by line: what each line is, its sum, what went into it, and where its price comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from kanchay.analysis.tariff.frame import unit_of
from kanchay.domain.bill import Bill, BillLine, Source
from kanchay.domain.charges import (
    BandedCharge,
    Charge,
    ContractedCharge,
    DemandCharge,
    FixedCharge,
    LookupCharge,
    MinimumCharge,
    Per,
    PerUnitCharge,
    ReactiveCharge,
    Select,
    SeriesCharge,
    TouCharge,
)
from kanchay.domain.tariff import Tariff
from kanchay.services.money.tariff_words import TariffWords, is_unsure, number_text, percent
from kanchay.services.money.tariffs import line_names

__all__ = ["LineStory", "explain_bill"]

_Sentence = tuple[str, dict[str, Any]]  # key of a text, and what fills it


@dataclass(frozen=True, slots=True)
class LineStory:
    """One line of a bill in words; `inputs` are what its formula holds, `unverified`: its price may be wrong."""

    id: str
    name: str
    amount: Decimal
    what: str
    formula: str
    inputs: tuple[tuple[str, str], ...]
    source: Source | None
    basis: str
    unverified: bool


def explain_bill(tariff: Tariff, bill: Bill, texts: Mapping[str, str], locale: str) -> tuple[LineStory, ...]:
    """Tell each line of a bill in the words of `texts`, as the library has them in that language."""
    words, names = TariffWords(tariff, texts, locale), line_names(tariff)
    return tuple(_story(words, line, _charge_of(tariff, bill, line.id), names) for line in bill.lines)


def _story(
    words: TariffWords, line: BillLine, charge: Charge | None, names: Mapping[str, Mapping[str, str]]
) -> LineStory:
    name = words.line(line.id, names)
    return LineStory(
        line.id, name, line.amount,
        _told_charge(words, line, charge) if charge else _told_other(words, line, name),
        line.formula, _inputs(words, line, charge),
        line.source, words.sure(line.source), is_unsure(line.source),
    )  # fmt: skip


def _charge_of(tariff: Tariff, bill: Bill, line_id: str) -> Charge | None:
    """The charge that makes a line, of the list in force at the period's end, else of any list."""
    last = bill.end - timedelta(days=1)
    for version in sorted(tariff.versions, key=lambda v: not v.holds_on(last)):
        for charge in version.charges:
            if line_id in _lines_of(charge):
                return charge
    return None


def _lines_of(charge: Charge) -> set[str]:
    blocks = {f"{charge.id}.{b.block}" for b in charge.blocks} if isinstance(charge, TouCharge) else set()
    return {charge.id, getattr(charge, "fixed_id", charge.id), *blocks}


def _told_other(words: TariffWords, line: BillLine, name: str) -> str:
    """What is no charge: a tax, the rounding, credit."""
    if line.kind == "tax":
        return words.say("line.tax", name=name, percent=percent(line.unit_price or Decimal(0)))
    if line.id == "rounding":
        key = "line.rounding_carried" if line.formula else "line.rounding"
        return words.say(key, step=words.tariff.rounding.total_step or "")
    return words.texts.get(f"tariff.line.{line.id}", "")


def _told_charge(words: TariffWords, line: BillLine, charge: Charge) -> str:
    key, places = _SENTENCES[type(charge)](words, line, charge)
    told = words.say(f"line.{key}", **places)
    return f"{told} {words.say('line.credit')}" if getattr(charge, "credit", False) else told


def _banded(words: TariffWords, line: BillLine, charge: BandedCharge) -> _Sentence:
    if line.id == charge.fixed_id != charge.id:
        return "band_fixed", {}
    if len(charge.bands) == 1 and len(charge.bands[0].tiers) == 1:
        return "flat", {"unit": unit_of(charge.quantity)}
    key = "by_total" if charge.select is Select.BY_TOTAL and len(charge.bands) > 1 else "marginal"
    amount = f"{number_text(line.quantity or Decimal(0))} {unit_of(charge.quantity)}"
    return key, {"quantity": amount}


def _tou(words: TariffWords, line: BillLine, charge: TouCharge) -> _Sentence:
    return "tou", {"block": words.block(line.id.removeprefix(f"{charge.id}."))}


def _demand(words: TariffWords, line: BillLine, charge: DemandCharge) -> _Sentence:
    return "demand", {"window": words.tariff.demand_window_min, "rules": words.demand_rules(charge)}


def _contracted(words: TariffWords, line: BillLine, charge: ContractedCharge) -> _Sentence:
    return "contracted", {"parameter": words.parameter(charge.parameter)}


def _reactive(words: TariffWords, line: BillLine, charge: ReactiveCharge) -> _Sentence:
    return "reactive", {"share": percent(charge.above_share)}


def _series(words: TariffWords, line: BillLine, charge: SeriesCharge) -> _Sentence:
    return "series", {"series": charge.series, "multiply": charge.multiply, "add": charge.add}


def _minimum(words: TariffWords, line: BillLine, charge: MinimumCharge) -> _Sentence:
    return "minimum", {}


def _lookup(words: TariffWords, line: BillLine, charge: LookupCharge) -> _Sentence:
    if not line.formula and charge.amount_parameter:
        return "typed", {"parameter": words.parameter(charge.amount_parameter)}
    return "lookup", {
        "quantity": words.quantity(charge.quantity),
        "parameter": words.parameter(charge.parameter),
    }


def _per_unit(words: TariffWords, line: BillLine, charge: PerUnitCharge) -> _Sentence:
    return "per_unit", {"unit": unit_of(charge.quantity)}


def _fixed(words: TariffWords, line: BillLine, charge: FixedCharge) -> _Sentence:
    if charge.parameter:
        return "typed", {"parameter": words.parameter(charge.parameter)}
    if charge.per is Per.PERIOD:
        return "fixed", {}
    return "fixed_per", {"per": words.say(f"word_per.{charge.per}")}


_SENTENCES: Final[dict[type, Callable[[TariffWords, BillLine, Any], _Sentence]]] = {
    BandedCharge: _banded,
    ContractedCharge: _contracted,
    DemandCharge: _demand,
    FixedCharge: _fixed,
    LookupCharge: _lookup,
    MinimumCharge: _minimum,
    PerUnitCharge: _per_unit,
    ReactiveCharge: _reactive,
    SeriesCharge: _series,
    TouCharge: _tou,
}


def _inputs(words: TariffWords, line: BillLine, charge: Charge | None) -> tuple[tuple[str, str], ...]:
    """What the formula holds, each with its name and unit."""
    if line.quantity is None:
        return ()
    name, unit = _counted(words, line, charge)
    found = [(name, f"{number_text(line.quantity)} {unit}".strip())]
    if line.unit_price is None:
        return tuple(found)
    if line.kind == "tax":
        return (*found, (words.say("quantity.rate"), f"{percent(line.unit_price)} %"))
    per = f"{words.tariff.currency}/{unit}" if unit else words.tariff.currency
    return (*found, (words.say("quantity.price"), f"{number_text(line.unit_price)} {per}"))


def _counted(words: TariffWords, line: BillLine, charge: Charge | None) -> tuple[str, str]:
    """Name and unit of what a line counts."""
    if charge is None:
        return words.say("quantity.base"), words.tariff.currency
    if isinstance(charge, LookupCharge):
        return words.say("quantity.factor"), ""
    if isinstance(charge, ContractedCharge):
        return words.parameter(charge.parameter), ""
    quantity: str = getattr(charge, "quantity", "")
    if isinstance(charge, TouCharge):
        quantity = f"{quantity}.{line.id.removeprefix(f'{charge.id}.')}"
    return words.quantity(quantity), unit_of(quantity)

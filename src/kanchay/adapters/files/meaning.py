"""Quantity: what a column measures, in which unit and direction, from words and units."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass

from kanchay.adapters.files.profiles import Profile
from kanchay.adapters.files.words import (
    ELECTRIC,
    EXTREMES,
    ROLE_WORDS,
    direction_words,
    find_unit,
    has_brackets,
    is_composite,
    matches,
    normal,
    quantity_words,
    without_making,
)
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity, Unit, unit

__all__ = ["ENERGY", "FLOWING", "FLOWS", "Meaning", "read_meaning"]

ENERGY = (Quantity.ELECTRIC_ENERGY, Quantity.REACTIVE_ENERGY, Quantity.GAS, Quantity.HEAT, Quantity.WATER)
FLOWS = (Quantity.ELECTRIC_ENERGY, Quantity.POWER, Quantity.REACTIVE_ENERGY, Quantity.HEAT, Quantity.GAS)
FLOWING = (*FLOWS, Quantity.REACTIVE_POWER, Quantity.WATER)
_ACROSS = (Direction.IMPORT, Direction.EXPORT, Direction.PRODUCTION)
_SAME_UNITS = {  # units whose table quantity stands for several
    Quantity.TEMPERATURE_SETPOINT: Quantity.TEMPERATURE,
    Quantity.HUMIDITY: Quantity.SIGNAL,
    Quantity.POWER_FACTOR: Quantity.SIGNAL,
    Quantity.STATE_OF_CHARGE: Quantity.SIGNAL,
    Quantity.WATER: Quantity.GAS,
    Quantity.HEAT: Quantity.ELECTRIC_ENERGY,
}
_PLAIN_WORD = 1.5
_OBIS = re.compile(
    r"(?<!\S)1 \d{1,3} ([12]) (?:8|9|29) \d"
)  # active energy of a grid meter: 1 is taken, 2 is fed in
_CODE = 4.0  # more than any word of a column that only says that it was used
_LETTER_UNITS = ("V", "A", "L", "K", "degC", "degF")  # may be a phase or an index in a header
_ACTIVE = (Quantity.ELECTRIC_ENERGY, Quantity.POWER)
_MONEY = (
    r"price|precio|preco|preis|prix|prezzo|prijs|costs?|coste?|importe|custo|kosten|kost|cout|cena|hinta|pris|eur|euros?"
    r"|revenue|betrag|montant|unit price|amount due"
)
_UNITLESS = (Quantity.SIGNAL, Quantity.ON_OFF, Quantity.OCCUPANCY, Quantity.POWER_FACTOR, Quantity.PRICE)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a column means; `unit_from` and `direction_from` say how we know ("" where it is a guess)."""

    quantity: Quantity
    unit: Unit | None
    unit_from: str
    direction: Direction | None
    direction_from: str
    kind: Kind | None = None
    submeter: bool = False
    evidence: tuple[str, ...] = ()
    assumed: bool = False  # the quantity: nothing told it, and nothing else in the file is energy


def _fits(quantity: Quantity, found: Unit) -> bool:
    """Whether a unit can measure a quantity."""
    return found.quantity in (quantity, _SAME_UNITS.get(quantity)) or (
        quantity is Quantity.GAS and found.quantity is Quantity.ELECTRIC_ENERGY
    )


def _quantity(
    words: str, context: str, found: Unit | None, composite: bool, letter: bool
) -> tuple[Quantity | None, str]:
    """The quantity with most weight, and the word or unit that carried it."""
    weights: dict[Quantity, float] = defaultdict(float)
    why: dict[Quantity, str] = {}
    medium = _medium(context)
    for text, share in (
        (words, 1.0),
        (context.replace("lastgang", ""), 0.4),
    ):  # a load profile may be of amounts
        for quantity, weight, word in quantity_words(text):
            if share < 1 and quantity not in FLOWING:
                continue  # a price or a temperature above the table says nothing of the column
            weights[quantity] += weight * (share if share == 1 or quantity is not medium else 1.0)
            why.setdefault(quantity, word)
    if composite:
        for quantity in FLOWS:
            weights.pop(quantity, None)
        weights[Quantity.SIGNAL] += 0.1
    elif found is not None and found.symbol not in ("%", "1"):
        same = [q for q in weights if _fits(q, found)] or [found.quantity]
        money = matches(_MONEY, words)  # "precio kWh" is no energy
        for quantity in same if not money else ():
            weights[quantity] += (
                1.0 if letter else 4.2 if found.quantity in _ACTIVE else 3.0
            )  # "voltage_a" is phase A
            why.setdefault(quantity, found.symbol)
        if money:
            weights[Quantity.PRICE] += 1.5
    if "set point" in words or "setpoint" in words:
        weights[Quantity.TEMPERATURE_SETPOINT] += weights.pop(Quantity.TEMPERATURE, 0.0)
    if not weights:
        return None, ""
    quantity = max(weights, key=lambda q: (weights[q], q is Quantity.ELECTRIC_ENERGY))
    if quantity is Quantity.REACTIVE_ENERGY and (
        found.symbol in ("var", "kvar")
        if found is not None
        else bool(matches("power|potencia|leistung", words))
    ):
        return Quantity.REACTIVE_POWER, why[quantity]
    return quantity, why.get(quantity, "")


def _medium(context: str) -> Quantity | None:
    """What the surroundings say flows, where they name one thing alone that is no electricity."""
    named = {q for q, _, _ in quantity_words(context) if q in (Quantity.GAS, Quantity.HEAT, Quantity.WATER)}
    return next(iter(named)) if len(named) == 1 and not matches(ELECTRIC, context) else None


def _direction(words: str, context: str, quantity: Quantity) -> tuple[Direction | None, str, bool]:
    if quantity not in (*FLOWS, Quantity.REACTIVE_POWER):
        return None, "", False
    weights: dict[Direction, float] = defaultdict(float)
    why: dict[Direction, str] = {}
    for text, share in ((words, 1.0), (without_making(context), 0.3)):
        for direction, weight, word in direction_words(text, context):
            if share < 1 and weight < _PLAIN_WORD:
                continue  # a home in the title says nothing of the column
            weights[direction] += weight * share
            why.setdefault(direction, word)
    sub = bool(matches(r"sub ?meter\w*|sub metering|appliance|sub\d", words))
    codes = set(_OBIS.findall(context))
    if len(codes) == 1 and {d for d, _, _ in direction_words(words)} <= {Direction.CONSUMPTION}:
        way = Direction.IMPORT if codes == {"1"} else Direction.EXPORT
        weights[way] += _CODE
        why[way] = "OBIS code above"
    if not weights:
        return None, "", sub
    direction = Direction.CONSUMPTION if sub else max(weights, key=lambda d: weights[d])
    return direction, why.get(direction, "sub-meter"), sub


def _contradicted(header: str, found: Unit | None) -> bool:
    """Whether a header names plainly what the unit beside it cannot measure: a cost is no kWh."""
    said = [q for q, weight, _ in quantity_words(normal(header)) if weight >= 2]
    return found is not None and bool(said) and not any(_fits(q, found) for q in said)


def _may_stand_for(header: str, above: Unit) -> bool:
    """Whether a unit above the table is that of a column: its header names no quantity that has another one."""
    said = [q for q, _, _ in quantity_words(normal(header))]
    return not is_composite(header) and (not said or any(q in FLOWS or _fits(q, above) for q in said))


def read_meaning(
    header: str,
    *,
    key: str = "",
    unit_cell: str = "",
    context: str = "",
    unit_above: str = "",
    profile: Profile | None = None,
    given: str | None = None,
) -> Meaning:
    """What header, key, unit column and surroundings say together; nothing is guessed from values here.

    `unit_above` is a unit that the lines above the table name for all of it. `given` is the unit the user named: it
    goes to columns of its quantity and to those without any unit.
    """
    words = " ".join(w for w in (normal(header), normal(key)) if w)
    composite = is_composite(header)
    found, source = find_unit(header), "header"
    if unit_cell and not _contradicted(header, find_unit(f"({unit_cell})")):
        found, source = find_unit(f"({unit_cell})"), "unit column"
    if found is None and key:
        found, source = find_unit(key), "name"
    if found is None and profile is not None:
        symbol = next((u for p, u in profile.units.items() if re.fullmatch(p, normal(header))), None)
        found, source = (unit(symbol), profile.name) if symbol else (None, "")
    letter = source == "header" and found is not None and found.symbol in _LETTER_UNITS
    if found is None and unit_above and _may_stand_for(header, unit(unit_above)):
        found, source = unit(unit_above), "title"
    quantity, why = _quantity(words, context, found, composite, letter and not has_brackets(header))
    if given is not None and (
        quantity is None or _fits(quantity, unit(given)) or (found is None and quantity in FLOWS)
    ):
        found, source = unit(given), "given"
        if quantity is None or not _fits(quantity, found):
            quantity, why = found.quantity, "given"
    if found is not None and quantity is not None and not _fits(quantity, found):
        found, source = None, ""  # "voltage_a" is phase A, not amperes
    direction, by, sub = _direction(words, context, quantity or Quantity.ELECTRIC_ENERGY)
    if quantity is None and by and matches(by, words) and direction in _ACROSS:
        quantity = Quantity.ELECTRIC_ENERGY  # "Delivered from grid"
    told = by if quantity is not None else ""  # of a nameless column it tells once others say that it flows
    kind = Kind.CUMULATIVE if matches(ROLE_WORDS["cumulative"], words) and quantity in ENERGY else None
    if quantity is Quantity.POWER and matches(EXTREMES, words):
        kind = Kind.INSTANTANEOUS
    evidence = tuple(
        f"{n}: {e}" for n, e in (("quantity", why), ("unit", found and source), ("direction", told)) if e
    )
    return Meaning(
        quantity or Quantity.SIGNAL, found, source if found else "", direction, by, kind, sub, evidence
    )

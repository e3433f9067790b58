"""Quantities, units and the signs of energy.

Signs, told once for the whole program: grid ``+`` import, battery ``+`` discharge, PV ``+`` production,
load ``+`` consumption, so that every interval reads ``grid + pv + battery = load``.
Inside, energy is kWh, power kW, temperature °C, state of charge and humidity 0..1; adapters convert at their edge.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.domain.errors import UnitError

__all__ = ["CANONICAL", "SUMMED", "UNITS", "Quantity", "Unit", "scaled", "unit"]


class Quantity(StrEnum):
    """What a point measures."""

    ELECTRIC_ENERGY = "electric_energy"
    POWER = "power"
    REACTIVE_ENERGY = "reactive_energy"
    REACTIVE_POWER = "reactive_power"
    GAS = "gas"
    HEAT = "heat"
    WATER = "water"
    TEMPERATURE = "temperature"
    TEMPERATURE_SETPOINT = "temperature_setpoint"
    HUMIDITY = "humidity"
    OCCUPANCY = "occupancy"
    PRICE = "price"
    CARBON_INTENSITY = "carbon_intensity"
    STATE_OF_CHARGE = "state_of_charge"
    ON_OFF = "on_off"
    VOLTAGE = "voltage"
    CURRENT = "current"
    POWER_FACTOR = "power_factor"
    SIGNAL = "signal"  # a number whose meaning is not known yet


CANONICAL: Final[dict[Quantity, str]] = {
    Quantity.ELECTRIC_ENERGY: "kWh",
    Quantity.POWER: "kW",
    Quantity.REACTIVE_ENERGY: "kvarh",
    Quantity.REACTIVE_POWER: "kvar",
    Quantity.GAS: "m3",
    Quantity.HEAT: "kWh",
    Quantity.WATER: "m3",
    Quantity.TEMPERATURE: "degC",
    Quantity.TEMPERATURE_SETPOINT: "degC",
    Quantity.HUMIDITY: "1",
    Quantity.OCCUPANCY: "1",
    Quantity.PRICE: "1/kWh",
    Quantity.CARBON_INTENSITY: "kgCO2e/kWh",
    Quantity.STATE_OF_CHARGE: "1",
    Quantity.ON_OFF: "1",
    Quantity.VOLTAGE: "V",
    Quantity.CURRENT: "A",
    Quantity.POWER_FACTOR: "1",
    Quantity.SIGNAL: "1",
}

_WHOLE: Final = 1e-12  # relative; a factor as near to one over a whole number is meant to be it

# Amounts of these add up over time; every other quantity is a mean over its interval.
SUMMED: Final = frozenset(
    {Quantity.ELECTRIC_ENERGY, Quantity.REACTIVE_ENERGY, Quantity.GAS, Quantity.HEAT, Quantity.WATER}
)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit and the way to the canonical unit of its quantity.

    ``canonical value = value * factor + offset``.
    """

    symbol: str
    quantity: Quantity
    factor: float
    offset: float = 0.0


def scaled(values: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    """Values in another unit, as near to the decimal number as floats come: 63 Wh are the 0.063 kWh of another file.

    Parameters
    ----------
    values : ndarray of float64
        Amounts in a unit.
    factor : float
        What they are multiplied by; where that is one over a whole number they are divided by the number.

    Returns
    -------
    ndarray of float64
        The same amounts.

    Examples
    --------
    >>> scaled(np.array([9.0]), 1e-3).tolist(), 9.0 * 1e-3
    ([0.009], 0.009000000000000001)
    """
    whole = round(1 / factor) if 0 < factor < 1 else 1
    if whole > 1 and abs(whole * factor - 1) < _WHOLE:
        return np.asarray(values / whole, dtype=np.float64)
    return np.asarray(values * factor, dtype=np.float64)


def _table() -> dict[str, Unit]:
    rows: list[tuple[str, Quantity, float, float]] = [
        ("Wh", Quantity.ELECTRIC_ENERGY, 1e-3, 0.0),
        ("kWh", Quantity.ELECTRIC_ENERGY, 1.0, 0.0),
        ("MWh", Quantity.ELECTRIC_ENERGY, 1e3, 0.0),
        ("GWh", Quantity.ELECTRIC_ENERGY, 1e6, 0.0),
        ("Btu", Quantity.ELECTRIC_ENERGY, 0.29307107e-3, 0.0),
        ("kBtu", Quantity.ELECTRIC_ENERGY, 0.29307107, 0.0),
        ("MMBtu", Quantity.ELECTRIC_ENERGY, 293.07107, 0.0),
        ("therm", Quantity.ELECTRIC_ENERGY, 29.307107, 0.0),
        ("J", Quantity.ELECTRIC_ENERGY, 1 / 3.6e6, 0.0),
        ("kJ", Quantity.ELECTRIC_ENERGY, 1 / 3.6e3, 0.0),
        ("MJ", Quantity.ELECTRIC_ENERGY, 1 / 3.6, 0.0),
        ("GJ", Quantity.ELECTRIC_ENERGY, 1e3 / 3.6, 0.0),
        ("W", Quantity.POWER, 1e-3, 0.0),
        ("kW", Quantity.POWER, 1.0, 0.0),
        ("MW", Quantity.POWER, 1e3, 0.0),
        ("GW", Quantity.POWER, 1e6, 0.0),
        ("varh", Quantity.REACTIVE_ENERGY, 1e-3, 0.0),
        ("kvarh", Quantity.REACTIVE_ENERGY, 1.0, 0.0),
        ("var", Quantity.REACTIVE_POWER, 1e-3, 0.0),
        ("kvar", Quantity.REACTIVE_POWER, 1.0, 0.0),
        ("Mvarh", Quantity.REACTIVE_ENERGY, 1e3, 0.0),
        ("Mvar", Quantity.REACTIVE_POWER, 1e3, 0.0),
        ("m3", Quantity.GAS, 1.0, 0.0),
        ("ft3", Quantity.GAS, 0.3048**3, 0.0),
        ("ccf", Quantity.GAS, 100 * 0.3048**3, 0.0),
        ("L", Quantity.WATER, 1e-3, 0.0),
        ("degC", Quantity.TEMPERATURE, 1.0, 0.0),
        ("degF", Quantity.TEMPERATURE, 5.0 / 9.0, -32.0 * 5.0 / 9.0),
        ("K", Quantity.TEMPERATURE, 1.0, -273.15),
        ("V", Quantity.VOLTAGE, 1.0, 0.0),
        ("kV", Quantity.VOLTAGE, 1e3, 0.0),
        ("A", Quantity.CURRENT, 1.0, 0.0),
        ("%", Quantity.SIGNAL, 1e-2, 0.0),
        ("1", Quantity.SIGNAL, 1.0, 0.0),
    ]
    return {symbol: Unit(symbol, quantity, factor, offset) for symbol, quantity, factor, offset in rows}


UNITS: Final[dict[str, Unit]] = _table()
_BY_LOWER: Final[dict[str, Unit]] = {}
for _u in UNITS.values():
    _BY_LOWER.setdefault(_u.symbol.lower(), _u)
_ALIASES: Final[dict[str, str]] = {
    "°c": "degC", "c": "degC", "celsius": "degC", "°f": "degF", "f": "degF", "fahrenheit": "degF",
    "m³": "m3", "kilowatt": "kW", "watt": "W", "watts": "W", "kilowatthour": "kWh", "kw/h": "kWh", "kwh/h": "kWh",
}  # fmt: skip


# Tenths or hundreds of a unit, as in "0,01 kWh" or "10 x Wh".
_COUNTED: Final = re.compile(r"(0[.,]0*1|10+)\s?[x×*]?\s?([A-Za-z]\w*)")


def unit(symbol: str) -> Unit:
    """Look a unit up by its symbol, forgiving of case and of common spellings.

    Parameters
    ----------
    symbol : str
        For example ``"kWh"``, ``"°C"`` or ``"kwh"``.

    Returns
    -------
    Unit

    Raises
    ------
    UnitError
        The symbol is not known.

    Examples
    --------
    >>> unit("kwh").symbol, unit("°F").symbol
    ('kWh', 'degF')
    >>> unit("0,01 kWh").factor
    0.01
    """
    name = symbol.strip()
    found = UNITS.get(name) or _BY_LOWER.get(_ALIASES.get(name.lower(), name).lower())
    counted = _COUNTED.fullmatch(name) if found is None else None
    if counted is not None:
        scale, of = float(counted[1].replace(",", ".")), unit(counted[2])
        return Unit(f"{scale:g} {of.symbol}", of.quantity, scale * of.factor)
    if found is None:
        raise UnitError(f"The unit '{symbol}' is not known.", hint=f"Known units: {', '.join(UNITS)}.")
    return found

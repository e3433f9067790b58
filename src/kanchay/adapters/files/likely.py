"""Likely units: where a file names none, what size, digits, smoothness, words and habits make of its numbers.

The odds of a unit are what exports use where they name none, times how usual such a size and smoothness are of a site,
times how usual so many digits are. Numbers alone hardly tell kWh from kW, so a unit that nobody wrote is still asked, and
the question states the chance of our guess.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import exp, log, log10, pi, sqrt
from typing import Final

import numpy as np

from kanchay.adapters.files.evidence import Alternative, chances
from kanchay.adapters.files.meaning import Meaning
from kanchay.adapters.files.prepared import Prepared
from kanchay.adapters.files.words import matches, normal, quantity_words
from kanchay.domain.point import Kind
from kanchay.domain.reading import FloatArray
from kanchay.domain.units import CANONICAL, UNITS, Quantity, Unit, unit

__all__ = ["LikelyUnit", "as_powers", "fits_size", "how_usual", "likely_unit", "likely_units", "steps_of"]

_E, _P = Quantity.ELECTRIC_ENERGY, Quantity.POWER
# What stands under a header that names no unit and no power: kWh in exports of Octopus and Jemena, load curves of Enel
# and Electro Dunas, registers of Home Assistant; kW in panels of Grafana; W in feeds of Emoncms; MW in tables of COES.
_AMOUNTS: Final = {"kWh": 0.80, "Wh": 0.07, "MWh": 0.02, "kW": 0.08, "W": 0.03}
_REGISTERS: Final = {"kWh": 0.92, "Wh": 0.06, "MWh": 0.02}
_POWERS: Final = {"kW": 0.60, "W": 0.37, "MW": 0.03}
_SAID_POWER: Final = (
    20.0  # times likelier where the name of the file or its sheet says power; judged, not counted
)
_NAMELESS: Final = 6.0  # of W, where a single column stands without a header: feeds of databases are powers
_OFTEN: Final = 20.0  # of W, where values come each minute or oftener: so do clamps and sensors, not meters
_MINUTES: Final = 120  # [s]
_BESIDE: Final = 20.0  # where other columns of the same quantity name it
_CALLED: Final = 0.1  # of powers under a name of energy: of those counted that name no unit none has one
# Where a table has a row a day or writes both ends of its intervals: of 93 exports that name no unit 21 do, and all of
# them hold energy; 20 of the other 72 hold powers.
_BOTH_ENDS: Final = 0.25
# A meter counts energy, so its mean power over a quarter of an hour is four times a count: all 34,998 of E-Redes, two
# times in half hours of ESB Networks and Enedis, but of no device of the collected files. Amounts are so behind a
# transformer.
_COUNTED: Final = 40.0
_UNCOUNTED: Final = 0.7
_COUNTS: Final = 12  # different values from which on that can be seen
# Digits behind the decimal sign, 0 to 6: the 98 columns of simulate/exports/portals and, beside them, 285 series of 335
# exports collected from those who know them; more digits are the dust of floats and tell nothing. MWh and MW are
# written to the same Wh and W as kWh and kW, or three digits.
_DIGITS: Final = {
    "kWh": (8, 25, 48, 136, 14, 2, 5),
    "kW": (1, 12, 13, 27, 5, 1, 1),
    "Wh": (31, 6, 5, 1.5, 2, 0.3, 0.3),
    "W": (20, 15, 2.3, 1.3, 0.3, 0.3, 0.3),
    "MWh": (0.3, 0.5, 1, 4, 2, 4, 6),
    "MW": (1, 1, 2, 4, 1.5, 2.5, 2),
}
_SHOWN: Final = range(7)
_DUST: Final = 0.03
# Kinds of sites: share, then middle and spread of the logarithms (base 10) of mean kW and of roughness, the mean step
# from value to value over their mean. Appliances; homes (45 meters of ../shared/data: -0.25 ± 0.35 and -0.38 ± 0.15);
# buildings (85: 1.4 ± 0.8 and -1.1 ± 0.3), where the uses of many average out; whole grids.
_SITES: Final = (
    (0.06, -1.4, 0.5, -0.1, 0.3),
    (0.56, -0.25, 0.45, -0.38, 0.2),
    (0.35, 1.4, 0.8, -1.05, 0.35),
    (0.03, 5.0, 1.5, -1.7, 0.4),
)
_JUMP: Final = 50  # times the usual step of a register
_SPEAKING: Final = 24  # values from which on roughness says something
_AROUND: Final = 0.9  # of them above zero: else the sun or a timer makes the steps
_ABSURD: Final = 0.002  # below, a documented unit makes sizes that nothing has
_SAMPLE: Final = 2000
_POWER_WORDS: Final = r"power|potencia|\w*leistung|puissance|vermogen|potenza|watts?"
_ENERGY_WORDS: Final = (  # a consumption may be a power; what is called energy, work or a count of kWh is none
    r"energ\w*|enerji\w*|enerxia|\w*arbeit|\w*energie|energija|(?:kilo)?watt hours?|[12] 8 \d|энерг\w*|енерг\w*"
    r"|ενεργεια|電力量|[电電]量|전력량"
)
_ENERGY_WORD: Final = 1.0  # from this weight on a word speaks of energy and not only of a flow


@dataclass(frozen=True, slots=True)
class LikelyUnit:
    """The likeliest unit and how likely it is; None where nothing was weighed."""

    unit: Unit
    chance: float | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the columns of one quantity show: mean size in an hour or as power, and digits."""

    middle: float
    hours: float
    digits: int
    rough: float | None  # the mean step over the mean [log10], where it says something

    def level(self, of: Unit) -> float:
        """Mean power under a unit. [log10 kW]"""
        hours = self.hours if of.quantity is _E else 1.0
        return log10(max(self.middle * of.factor / hours, 1e-12))


def likely_units(
    prepared: Sequence[Prepared], meanings: Sequence[Meaning], kinds: Sequence[Kind], words: str
) -> list[LikelyUnit]:
    """The unit of every series: the one it names, or the likeliest of all that its quantity leaves open together."""
    likely: dict[tuple[Quantity, bool], LikelyUnit] = {}
    out = []
    for m, k in zip(meanings, kinds, strict=True):
        group = m.quantity, k is Kind.CUMULATIVE
        if m.unit is not None:
            out.append(LikelyUnit(m.unit))
            continue
        if group not in likely:
            of = [
                (p, n) for p, n, o in zip(prepared, meanings, kinds, strict=True)
                if n.unit is None and (n.quantity, o is Kind.CUMULATIVE) == group
            ]  # fmt: skip
            beside = {n.unit.symbol for n in meanings if n.unit is not None and n.quantity is m.quantity}
            likely[group] = _of_group([p for p, _ in of], *group, words, beside)
        out.append(likely[group])
    return out


def _of_group(
    series: Sequence[Prepared], quantity: Quantity, counted: bool, words: str, beside: set[str]
) -> LikelyUnit:
    amounts = [steps_of(s.values) if counted else s.values for s in series]
    hours = (series[0].step or 3600) / 3600
    if quantity not in (_E, _P):
        return LikelyUnit(_plain(quantity, amounts))
    shares = _REGISTERS if counted else dict(_AMOUNTS) if quantity is _E else dict(_POWERS)
    columns = [normal(f"{s.raw.key} {s.raw.column}") for s in series]
    nameless = not any(columns) and not any(s.raw.slot_s for s in series) and len(series) == 1
    often = 0 < hours * 3600 <= _MINUTES and not counted
    energy = any(map(_says_energy, (words, *columns)))
    power = bool(matches(_POWER_WORDS, words)) and not energy
    favoured = _favoured(power, nameless, often, beside)
    if quantity is _E and not counted:
        doubt = _of_counts([s.values for s in series], hours)
        doubt *= _CALLED if any(matches(_ENERGY_WORDS, c) for c in columns) else 1.0
        doubt *= _BOTH_ENDS if any(s.raw.slot_s or s.end is not None for s in series) else 1.0
        favoured |= {symbol: favoured.get(symbol, 1.0) * doubt for symbol in _POWERS}
    return likely_unit(shares, amounts, hours, favoured, [s.values for s in series])


def _of_counts(columns: Sequence[FloatArray], hours: float) -> float:
    """How much likelier powers are by whether the last digits are those of counts over a part of an hour."""
    parts = round(1 / hours) if 0 < hours < 1 else 1
    written = np.unique(np.concatenate(_known(columns)))
    digits = _digits(written)
    if parts < 2 or len(written) < _COUNTS or digits > max(_SHOWN):
        return 1.0
    steps = np.round(written * 10.0**digits).astype(np.int64)
    return _COUNTED if not (steps % parts).any() else _UNCOUNTED


def steps_of(register: FloatArray) -> FloatArray:
    """What a register rose by each time, without its restarts and the jump of a swapped meter."""
    steps = np.diff(register)
    steps = steps[steps >= 0]
    usual = float(np.median(steps[steps > 0])) if (steps > 0).any() else 0.0
    return np.asarray(steps[steps <= _JUMP * usual])


def _says_energy(words: str) -> bool:
    return any(q is _E and weight > _ENERGY_WORD for q, weight, _ in quantity_words(words))


def _favoured(power: bool, nameless: bool, often: bool, beside: set[str]) -> dict[str, float]:
    """How many times likelier units are by what stands around the numbers."""
    said = _SAID_POWER if power else 1.0
    watts = (_NAMELESS if nameless else 1.0) * (_OFTEN if often else 1.0)
    times = {"kW": said * (_OFTEN / 4 if often else 1.0), "W": said * watts, "MW": said}
    return times | {symbol: times.get(symbol, 1.0) * _BESIDE for symbol in beside}


def likely_unit(
    shares: Mapping[str, float],
    amounts: Sequence[FloatArray],
    hours: float,
    favoured: Mapping[str, float] | None = None,
    written: Sequence[FloatArray] | None = None,
) -> LikelyUnit:
    """The likeliest of some units for numbers as written.

    Parameters
    ----------
    shares : mapping of str to float
        How usual each unit is where none is named.
    amounts : sequence of array
        Numbers of each column.
    hours : float
        Length of an interval. [h]
    favoured : mapping of str to float, optional
        How many times likelier some units are by what stands around.
    written : sequence of array, optional
        Numbers as they stand in the file, where the amounts are steps of registers.
    """
    seen = _seen(amounts, hours, written)
    weighed = [
        Alternative(
            symbol, log(share) + log((favoured or {}).get(symbol, 1.0)) + _evidence(seen, unit(symbol))
        )
        for symbol, share in shares.items()
    ]
    best, chance = chances(weighed)[0]
    return LikelyUnit(unit(best.value), chance)


def _seen(amounts: Sequence[FloatArray], hours: float, written: Sequence[FloatArray] | None = None) -> _Seen:
    known = _known(amounts)
    middle = exp(float(np.mean([log(k.mean()) for k in known])))
    digits = max(_digits(k) for k in _known(written or amounts))
    return _Seen(middle, max(hours, 1e-9), digits, _roughness(amounts))


def _roughness(amounts: Sequence[FloatArray]) -> float | None:
    """How much neighbouring values differ, of the column that is never long at zero; None where there is none."""
    for a in amounts:
        if len(a) >= _SPEAKING and (a > 0).mean() > _AROUND:
            return log10(max(float(np.abs(np.diff(a)).mean() / np.abs(a).mean()), 1e-4))
    return None


def _known(columns: Sequence[FloatArray]) -> list[FloatArray]:
    """The sizes of what is there and not zero, column by column."""
    known = [np.abs(c[np.isfinite(c) & (c != 0)]) for c in columns]
    return [k for k in known if len(k)] or [np.ones(1)]


def _evidence(seen: _Seen, of: Unit) -> float:
    """The logarithm of how usual size and digits are under a unit."""
    return log(_written(of, seen.digits)) + log(_density(seen.level(of), seen.rough))


def _written(of: Unit, digits: int) -> float:
    """How often numbers of a unit have so many digits."""
    known = _DIGITS[of.symbol]
    return known[digits] / sum(known) if digits < len(known) else _DUST


def how_usual(of: Unit, digits: int, amounts: FloatArray, hours: float) -> tuple[float, float]:
    """The logarithm of how usual amounts of so many digits are in a unit: by size and smoothness, and by size alone."""
    seen = _seen([amounts], hours)
    written, level = log(_written(of, digits)), seen.level(of)
    return written + log(_density(level, seen.rough)), written + log(_density(level, None))


def _density(level: float, rough: float | None) -> float:
    """How usual a mean power is beside this roughness. [per decade]"""
    return 1e-9 + sum(
        share * _bell(level, *size) * (1.0 if rough is None else _bell(rough, middle, spread))
        for share, *size, middle, spread in _SITES
    )


def _bell(x: float, middle: float, spread: float) -> float:
    return exp(-(((x - middle) / spread) ** 2) / 2) / (spread * sqrt(2 * pi))


def fits_size(of: Unit, amounts: Sequence[FloatArray], hours: float) -> bool:
    """Whether numbers in a documented unit have a size that sites have: a thousand times more or less fits no better."""
    if of.quantity not in (_E, _P):
        return True
    seen = _seen(amounts, hours)
    here = _density(seen.level(of), None)
    return here > _ABSURD * max(_density(seen.level(of) + shift, None) for shift in (-3, 0, 3))


def _plain(quantity: Quantity, amounts: Iterable[FloatArray]) -> Unit:
    """The unit of what is neither energy nor power: temperatures above 45 are Fahrenheit."""
    known = np.abs(np.concatenate([a[np.isfinite(a) & (a != 0)] for a in amounts]))
    if quantity in (Quantity.TEMPERATURE, Quantity.TEMPERATURE_SETPOINT):
        return unit("degF" if len(known) and float(np.median(known)) > 45 else "degC")
    symbol = CANONICAL[quantity]
    return UNITS.get(symbol, Unit(symbol, quantity, 1.0))


def _digits(values: FloatArray) -> int:
    """Digits behind the decimal sign that values are written with; 9 where there are more than six."""
    sample = values[: 5 * _SAMPLE : 5] if len(values) > _SAMPLE else values
    scaled = (sample * 10.0**k for k in range(7))
    whole = (np.abs(x - np.round(x)) < 1e-6 + 2e-15 * x for x in scaled)
    return next((k for k, w in enumerate(whole) if w.all()), 9)


def as_powers(meanings: Sequence[Meaning], units: Sequence[LikelyUnit]) -> list[Meaning] | None:
    """Meanings once what was taken for amounts is likelier a power; None where nothing is."""
    moved = [
        replace(m, quantity=_P) if m.quantity is _E and u.unit.quantity is _P else m
        for m, u in zip(meanings, units, strict=True)
    ]
    return None if moved == list(meanings) else moved

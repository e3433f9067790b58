"""What flowed: the channels of a simulated export, as amounts in the unit of the file, and the truth about each."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import numpy as np

from kanchay.domain.interval import DAY, HOUR, IntArray, local_midnight, wall_clock
from kanchay.domain.reading import FloatArray
from kanchay.domain.units import Quantity
from kanchay.domain.units import unit as unit_of
from kanchay.simulate.exports.case import Case
from kanchay.simulate.exports.dice import dice
from kanchay.simulate.exports.sun import sunshine
from kanchay.simulate.exports.words import WORDS, Words

__all__ = ["Channel", "TrueSeries", "channels", "drawn", "starts_of", "truth_of"]

_OF_ENERGY: Final = re.compile(r"nerg|arbeit|\d\.8\.\d", re.I)
_USED: Final = ("import", "consumption")  # the papers of a grid meter call import consumption


@dataclass(frozen=True, slots=True)
class TrueSeries:
    """What a right import says of one series; None where it is not scored.

    `directions` are all that are right. `total` is kWh, `checksum` the sum of all values in the canonical unit.
    """

    name: str
    quantity: str
    directions: tuple[str, ...] | None
    unit: str
    kind: str | None
    resolution_s: int
    n: int
    start: int
    end: int | None
    total: float | None
    checksum: float


@dataclass(frozen=True, slots=True, eq=False)
class Channel:
    """One column of an export: a phrase for its header, and a value per instant (NaN where it is missing)."""

    phrase: str
    tag: str  # meter, tariff register or phase
    directions: tuple[str, ...] | None
    worded: bool  # whether the phrase tells the direction
    unit: str
    values: FloatArray
    lost: float = 0.0  # kWh that a swap of the meter hides
    scored: bool = True


def starts_of(case: Case) -> IntArray:
    """Starts of all intervals, UTC seconds."""
    first, last = (local_midnight(case.day + timedelta(days=n), case.tz) for n in (0, case.n_days))
    starts = np.arange(first, last, case.resolution_s, dtype=np.int64)
    rng = dice(case.seed, "edges")
    n = DAY // case.resolution_s
    before = rng.randrange(n) if case.edges in ("ends", "neither") else 0
    after = rng.randrange(n) if case.edges in ("begins", "neither") else 0
    return starts[before : len(starts) - after]


def drawn(
    seed: tuple[int, int], starts: IntArray, tz: str, step: int, scale: float, *, solar: bool
) -> FloatArray:
    """Energy of each interval: an evening, a morning and noise, or a day's sun. [kWh]"""
    rng = np.random.default_rng(seed)
    hour = wall_clock(starts, tz) % DAY / HOUR
    # Uses of many average out: homes step by 0.3 to 0.9 of their mean from hour to hour, buildings by 0.03 to 0.2
    # (131 meters of ../shared/data); clouds do not.
    smooth = 5.0 if solar else float(np.clip(5 * scale, 5, 400))
    noise = rng.gamma(smooth, 1 / smooth, len(starts))
    home = 0.35 + np.exp(-((hour - 20) ** 2) / 8) + 0.5 * np.exp(-((hour - 7) ** 2) / 3)
    shape = 3 * sunshine(seed[0], starts, tz, step) if solar else home + 0.02
    amounts: FloatArray = scale * shape * noise * step / HOUR
    return amounts


def _amounts(case: Case, starts: IntArray, number: int, solar: bool) -> FloatArray:
    """Energy of each interval of a channel. [kWh]"""
    made = drawn((case.seed, number), starts, case.tz, case.resolution_s, case.scale, solar=solar)
    return made * (1 + 0.37 * number)


def _register(case: Case, number: int, amounts: FloatArray, factor: float) -> tuple[FloatArray, float]:
    """The counter at every start and at the end, in the unit of the file, and what a swap hides. [kWh]"""
    rng = dice(case.seed, f"register {number}")
    first = rng.uniform(800, 60_000) * max(case.scale, 1.0)
    line = np.r_[first, first + np.cumsum(amounts)] / factor
    at = rng.randrange(len(line) // 3, 2 * len(line) // 3) if len(line) > 20 else 0
    if not at or not case.event:
        return line, 0.0
    if case.event == "reset":
        line[at:] -= line[at - 1]
    elif case.event == "roll_over":
        top = 10.0 ** int(np.ceil(np.log10(max(line[-1], 1e5))))
        line = (line - line[at] + top + (line[at] - line[at - 1]) / 2) % top
    elif case.event == "swap":
        line[at:] += (0.3 + 0.2 * rng.random()) * line[at - 1] - line[at]
        return line, float(amounts[at - 1])
    return line, 0.0


def _missing(case: Case, n: int, number: int) -> np.ndarray:
    """Which values are not there: a run of them and some alone, never the first or last."""
    gone = np.zeros(n, dtype=bool)
    if case.missing and n > 30:
        rng = np.random.default_rng([case.seed, 99, number if case.missing != "rows" else 0])
        gone[rng.integers(2, n - 2, max(1, n // 60))] = True
        at = int(rng.integers(2, n - 8))
        gone[at : at + 4] = True
    return gone


def _channel(case: Case, starts: IntArray, number: int, said: tuple[str, str, str]) -> Channel:
    """A channel of a role: (role, phrase, tag)."""
    role, phrase, tag = said
    unit, scored = case.unit, True
    if role == "reactive":
        unit = {"Wh": "varh", "W": "varh"}.get(case.unit, "kvarh")
    if role in ("temperature", "price"):
        unit, scored = ("°C", True) if role == "temperature" else ("EUR", False)
    amounts = _amounts(case, starts, number, role in ("export", "production"))
    gone = _missing(case, len(starts) + (case.kind == "cumulative"), number)
    if not scored or role == "temperature":
        rng = np.random.default_rng([case.seed, 7])
        values = 12 + 8 * np.sin(starts / DAY * 6.283) + rng.normal(0, 0.5, len(starts))
        values = np.round(values if role == "temperature" else 0.25 * amounts, 2)
        return Channel(phrase, tag, None, True, unit, np.where(gone, np.nan, values), scored=scored)
    symbol = unit_of(unit)
    factor = symbol.factor * (case.resolution_s / HOUR if symbol.quantity is Quantity.POWER else 1.0)
    lost = 0.0
    if case.kind == "cumulative":
        values, lost = _register(case, number, amounts, factor)
        gone = _spared(case, values, gone)
    else:
        values = amounts / factor
    values = np.where(gone, np.nan, np.round(values, case.digits))
    directions = {"plain": _USED, "reactive": None, "gas": None, "water": None}.get(
        role, (role,) if role not in _USED else _USED
    )
    worded = role not in ("plain",)
    return Channel(phrase, tag, directions, worded, unit, values, lost, scored)


def _spared(case: Case, values: FloatArray, gone: np.ndarray) -> np.ndarray:
    """No reading is missing around the moment at which a register breaks."""
    for at in np.flatnonzero(np.diff(values) < 0):
        gone[max(0, at - 3) : at + 5] = False
    return gone


def _phrases(case: Case, rng: random.Random, words: Words) -> list[tuple[str, str, str]]:
    """(role, phrase, tag) of each channel."""
    power = case.unit in ("kW", "W")

    def say(role: str) -> str:
        options = {
            "import": words.import_, "export": words.export, "production": words.production,
            "consumption": words.consumption, "plain": words.power if power else words.energy, "gas": words.gas,
            "water": words.water, "reactive": words.reactive, "temperature": words.temperature, "price": words.price,
        }[role]  # fmt: skip
        if power:  # nobody calls a power an energy, or by the number of a register
            options = tuple(o for o in options if not _OF_ENERGY.search(o)) or options
        phrase = rng.choice(options)
        if case.kind == "cumulative" and role == "plain":
            phrase = rng.choice(words.register)
        return f"{words.power[0]} {phrase}" if power and role in ("import", "export") else phrase

    content = case.content
    if content == "both":
        return [(r, say(r), "") for r in ("import", "export")]
    names: tuple[str, ...]
    if content == "registers":
        phrase, names = say("import"), rng.choice(words.tariff_sets)
        return [("import", phrase, tag) for tag in names]
    if content == "phases":
        phrase = say("import")
        names = rng.choice([("L1", "L2", "L3"), ("Phase A", "Phase B", "Phase C")])
        return [("import", phrase, tag) for tag in names]
    if content == "meters":
        role = rng.choice(("import", "consumption", "plain"))
        phrase = say(role)
        pairs: list[tuple[str, ...]] = [
            ("M-1001", "M-1002"),
            ("100200300", "100200301", "100200302"),
            ("Ala norte", "Ala sur"),
        ]
        names = rng.choice(pairs)
        return [(role, phrase, tag) for tag in names]
    if content == "reactive":
        return [("import", say("import"), ""), ("reactive", say("reactive"), "")]
    if content == "sensors":
        return [
            ("import", say("import"), ""),
            ("temperature", say("temperature"), ""),
            ("price", say("price"), ""),
        ]
    return [(content, say(content), "")]


def channels(case: Case, starts: IntArray) -> list[Channel]:
    """All channels of an export, with their values as they will be written."""
    rng = dice(case.seed, "phrases")
    phrases = _phrases(case, rng, WORDS[case.language])
    return [_channel(case, starts, i, said) for i, said in enumerate(phrases)]


def truth_of(case: Case, starts: IntArray, channel: Channel) -> TrueSeries:
    """What a right import says of a channel."""
    symbol = unit_of({"°C": "degC"}.get(channel.unit, channel.unit))
    there = ~np.isnan(channel.values)
    canonical = channel.values[there] * symbol.factor + symbol.offset
    quantity = Quantity.WATER if case.content == "water" else symbol.quantity
    at = np.r_[starts, starts[-1] + case.resolution_s][: len(channel.values)][there]
    energy = quantity in (Quantity.ELECTRIC_ENERGY, Quantity.POWER)
    hours = case.resolution_s / HOUR if quantity is Quantity.POWER else 1.0
    total = float(canonical.sum() * hours)
    counted = case.kind == "cumulative"
    if counted:
        total = _counted(canonical, case, channel)
    from kanchay.domain.units import CANONICAL

    sensor = quantity is Quantity.TEMPERATURE
    return TrueSeries(
        f"{channel.phrase} {channel.tag}".strip(), quantity.value, channel.directions, CANONICAL[quantity],
        None if sensor else case.kind, case.resolution_s, int(there.sum()), int(at[0]),
        None if sensor else int(at[-1]) + (0 if counted else case.resolution_s), total if energy else None,
        float(canonical.sum()),
    )  # fmt: skip


def _counted(canonical: FloatArray, case: Case, channel: Channel) -> float:
    """The energy of a register: its rises, with what the break says. [kWh]"""
    steps = np.diff(canonical)
    falls = steps < 0
    rises = float(steps[~falls].sum())
    if case.event == "reset":
        return rises + float(canonical[1:][falls].sum())
    if case.event == "roll_over" and falls.any():
        before, after = canonical[:-1][falls], canonical[1:][falls]
        factor = unit_of(channel.unit).factor
        top = 10.0 ** np.ceil(np.log10(before / factor)) * factor
        return rises + float((top - before + after).sum())
    return rises  # what was used while the meter was swapped is not known

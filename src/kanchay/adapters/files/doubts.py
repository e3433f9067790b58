"""Doubts: what was assumed of a single column, or told by a word that its numbers speak against; a question each.

A word that we know, a publisher's convention or a declared unit *tells*; a default, a magnitude or a place only lets us
*assume*. What is assumed is asked, with our guess and why, and so is what is told and cannot be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from kanchay.adapters.files.directions import by_daylight, by_night
from kanchay.adapters.files.kinds import rising
from kanchay.adapters.files.naming import is_place
from kanchay.adapters.files.series import Decided
from kanchay.adapters.files.words import (
    REGISTERS,
    direction_words,
    is_composite,
    matches,
    normal,
)
from kanchay.domain.importing import ImportQuestion
from kanchay.domain.interval import DAY
from kanchay.domain.point import Direction
from kanchay.domain.units import Quantity
from kanchay.services.ports.files import ImportOptions

__all__ = ["BECAUSE", "TOLD_UNIT", "doubts", "names_of"]

BECAUSE: Final = {
    "column": "No word in the name of this column is one that we know, and its numbers could be amounts or powers.",
    "column.alone": "No word in the name of this column is one that we know, and no other column holds energy.",
    "column.none": "No column of the file is one that we know to hold energy or power; this one could.",
    "column.heat": "The name speaks of heat, but the unit and the columns beside it are those of electricity.",
    "column.nameless": "This column has no name; its numbers could be this.",
    "column.volume": "The unit is one of volume, and no word tells whether gas or water was measured.",
    "unit_of": "No unit is written for this column, although others of the file have one.",
    "direction_of.sun": "The words tell one direction, but the numbers rise in daylight only, as a solar plant does.",
    "direction_of.night": "The words tell one direction, but the numbers flow at night too, as a solar plant never does.",
    "direction_of.words": "The words of this column tell two directions.",
}
TOLD_UNIT: Final = ("header", "unit column", "name", "title", "given")
_WHAT: Final = (
    "signal",
    "electric_energy",
    "power",
    "reactive_energy",
    "gas",
    "water",
    "heat",
    "temperature",
)
_UNITS: Final = {
    Quantity.ELECTRIC_ENERGY: ("kWh", "Wh", "MWh"),
    Quantity.POWER: ("kW", "W", "MW"),
    Quantity.REACTIVE_ENERGY: ("kvarh", "varh"),
    Quantity.GAS: ("m3", "kWh"),
    Quantity.HEAT: ("kWh", "MWh", "Wh"),
    Quantity.WATER: ("m3", "L"),
}
_NAMELESS: Final = (Quantity.SIGNAL, Quantity.PRICE)  # a file of nothing else has lost its energy
_ACTIVE: Final = (Quantity.ELECTRIC_ENERGY, Quantity.POWER)
_SENT: Final = (Direction.EXPORT, Direction.PRODUCTION)
_FROM_TO: Final = r"\w+ to \w+"  # a flow named by both of its ends
_OWN_SAY: Final = ("", "given", "daylight", "night", "received", "beside a total", "sub-meters beside it")
_FEW: Final = 4  # different numbers: a code or a flag rather than amounts
_NIGHTS: Final = 1.9  # days after which a night without sun was seen for sure
_SEEN: Final = 5000
_MOST: Final = 3  # questions of one sort about single columns; an answer raises the next
_Named = tuple[Decided, str]


def doubts(decided: Sequence[Decided], options: ImportOptions, tz: str) -> list[ImportQuestion]:
    """The questions about single columns, most consequential first."""
    named = list(zip(decided, names_of(decided), strict=True))
    return [*_unknown(named), *_units(named), *([] if options.direction else _directions(named, tz))]


def names_of(decided: Sequence[Decided]) -> list[str]:
    """By what each series is named in a question: its column, its key, or both, as far as that takes."""
    raws = [d.prepared.raw for d in decided]
    columns, keys = Counter(r.column for r in raws), Counter(r.key for r in raws)
    return [
        r.column if r.column and columns[r.column] == 1
        else r.key if r.key and keys[r.key] == 1
        else f"{r.key} {r.column}".strip()
        for r in raws
    ]  # fmt: skip


def _question(code: str, name: str, because: str, guess: str, choices: Sequence[str]) -> ImportQuestion:
    return ImportQuestion(
        f"{code}:{name}", "--map", guess, BECAUSE[because], tuple(dict.fromkeys((guess, *choices)))
    )


def _unknown(named: Sequence[_Named]) -> list[ImportQuestion]:
    """Columns of which no word is known: left aside where others hold energy, taken for energy where none does."""
    found = []
    nothing = all(d.meaning.quantity in _NAMELESS for d, _ in named)
    for d, name in named:
        m = d.meaning
        if not name or "told" in m.evidence:
            continue
        open_ = nothing or not (m.evidence or is_composite(d.prepared.raw.column))
        if m.quantity is Quantity.SIGNAL and open_ and _like_amounts(d):
            rises = nothing and rising(d.prepared.values) > 0
            guess = Quantity.ELECTRIC_ENERGY if rises else Quantity.SIGNAL
            found.append(
                _question("column", name, "column.none" if nothing else "column", guess.value, _WHAT)
            )
        elif m.assumed:
            volume = m.quantity in (Quantity.GAS, Quantity.WATER, Quantity.SIGNAL)
            why = "column.volume" if volume else "column.heat" if m.evidence else "column.alone"
            why = "column.nameless" if is_place(d.prepared.raw.column) else why
            found.append(_question("column", name, why, m.quantity.value, _WHAT))
    return found[:_MOST]


def _like_amounts(d: Decided) -> bool:
    """Whether numbers could be amounts or powers: they vary, are more than a few codes, and do not just count rows."""
    values = d.prepared.raw.values[:_SEEN]
    counting = len(values) > 1 and bool((np.diff(values) == 1).all())
    return not counting and len(np.unique(values)) > min(_FEW, len(values) // 2)


def _units(named: Sequence[_Named]) -> list[ImportQuestion]:
    """Flows without a unit that the question about the whole file does not reach."""
    told = {d.meaning.quantity for d, _ in named if d.meaning.unit_from in TOLD_UNIT}
    alone = not any(d.meaning.quantity in _ACTIVE and not d.meaning.unit_from for d, _ in named)
    return [
        _question("unit", name, "unit_of", d.unit.symbol, _UNITS[d.meaning.quantity])
        for d, name in named
        if d.meaning.quantity in _UNITS
        and not d.meaning.unit_from
        and (d.meaning.quantity in told or (d.meaning.quantity not in _ACTIVE and alone))
        and name
    ][:_MOST]


def _directions(named: Sequence[_Named], tz: str) -> list[ImportQuestion]:
    """Directions that words tell and numbers, or other words of the same name, contradict."""
    found = []
    for d, name in named:
        m = d.meaning
        told = m.quantity in _ACTIVE and m.direction is not None and m.direction_from not in _OWN_SAY
        why = _against(d, tz) if told and name and not m.submeter else ""
        if why and m.direction is not None:
            choices = [x.value for x in Direction]
            found.append(_question("direction", name, f"direction_of.{why}", m.direction.value, choices))
    return found[:_MOST]


def _against(d: Decided, tz: str) -> str:
    """What speaks against the direction that words tell; "" where nothing does.

    A register of the day counts in daylight alone, and a flow that is named by both its ends is told.
    """
    key = normal(d.prepared.raw.key)
    words = key if direction_words(key) else normal(f"{d.prepared.raw.column} {d.prepared.raw.key}")
    said = {direction for direction, _, _ in direction_words(words)}
    if matches(_FROM_TO, words) or matches(REGISTERS, words):
        return ""
    if {Direction.PRODUCTION, Direction.CONSUMPTION} <= said:
        return "words"
    if d.meaning.direction in _SENT:
        long = d.prepared.start[-1] - d.prepared.start[0] >= _NIGHTS * DAY
        return "night" if long and by_night(d.prepared, d.kind, tz) else ""
    return "sun" if by_daylight(d.prepared, d.kind, tz) else ""

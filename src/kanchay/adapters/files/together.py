"""What the columns of a table mean, seen together: what none says alone, one beside another tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from kanchay.adapters.files.explained import without_explained
from kanchay.adapters.files.kinds import rising
from kanchay.adapters.files.layout import RawSeries
from kanchay.adapters.files.letters import by_letter
from kanchay.adapters.files.meaning import FLOWING, FLOWS, Meaning
from kanchay.adapters.files.nameless import guess_nameless
from kanchay.adapters.files.neighbours import volumes, without_money, without_others
from kanchay.adapters.files.words import ELECTRIC, direction_words, find_unit, matches, normal, quantity_words
from kanchay.domain.units import Quantity, unit

__all__ = ["see_together"]

_A_DAY: Final = 24  # values
_ACTIVE: Final = (Quantity.ELECTRIC_ENERGY, Quantity.POWER)
_SUPPLY: Final = (  # the water that comes
    r"fremlob\w*|framlednin\w*|vorlauf\w*|aanvoer\w*|supply|flow temp\w*|forward|depart|mandata|impulsion|ida"
    r"|zasilani\w*|meno\w*"
)
_RETURN: Final = r"retur\w*|rucklauf\w*|ritorno|retorno|powrot\w*|paluu\w*|vratn\w*"
_BORROWED: Final = (
    "unit column",
    "title",
    "given",
    "",
)  # units that stand beside or above a column, not in its name


def see_together(raws: Sequence[RawSeries], meanings: Sequence[Meaning]) -> list[Meaning]:
    """Meanings of all columns once each is seen beside the others."""
    meanings = by_letter(raws, _registers(raws, meanings))
    found = guess_nameless(raws, _default_quantity(raws, meanings))
    found = _heat_of_circuits(raws, _attributes(raws, found))
    found = volumes(raws, _gas_apart(_energy_of_gas(raws, _heat_of_water(raws, found))))
    return without_others(raws, without_explained(raws, without_money(raws, found)))


def _heat_of_water(raws: Sequence[RawSeries], meanings: Sequence[Meaning]) -> list[Meaning]:
    """Energy beside the volume of water that brought it and the temperatures before and after is heat; so is power."""
    told = {w for r in raws for w in (_SUPPLY, _RETURN) if matches(w, normal(r.column))}
    flows = any(m.unit is not None and m.unit.symbol == "m3" for m in meanings)
    if len(told) < 2 or not flows:
        return list(meanings)
    return [
        m if m.quantity not in _ACTIVE or "told" in m.evidence or matches(ELECTRIC, normal(f"{r.key} {r.column}"))
        else replace(m, quantity=Quantity.HEAT, evidence=(*m.evidence, "told: heat meter"))
        if m.quantity is Quantity.ELECTRIC_ENERGY
        else replace(_signal(m), evidence=("quantity: heat meter",))
        for r, m in zip(raws, meanings, strict=True)
    ]  # fmt: skip


def _registers(raws: Sequence[RawSeries], meanings: Sequence[Meaning]) -> list[Meaning]:
    """What only the surroundings call a power, but only rises, is the register beside one."""
    return [
        replace(m, quantity=Quantity.ELECTRIC_ENERGY, evidence=())
        if m.quantity is Quantity.POWER and m.unit is None and not _says_power(r) and _only_rises(r)
        else m
        for r, m in zip(raws, meanings, strict=True)
    ]


def _says_power(raw: RawSeries) -> bool:
    words = normal(f"{raw.key} {raw.column}")
    return any(q is Quantity.POWER for q, _, _ in quantity_words(words)) or find_unit(raw.column) is not None


def _only_rises(raw: RawSeries) -> bool:
    """Whether values rise from first to last, more of them than powers of a day would, and by little at a time."""
    values = raw.values[np.argsort(raw.wall, kind="stable")]
    return (
        len(values) >= _A_DAY
        and rising(values) > 0
        and float(np.diff(values).max()) < 0.5 * float(values[-1])
    )


def _default_quantity(raws: Sequence[RawSeries], meanings: Sequence[Meaning]) -> list[Meaning]:
    """Where no column names what it holds, all are electric energy; beside temperatures and the like one column is."""
    open_ones = [i for i, m in enumerate(meanings) if m.quantity is Quantity.SIGNAL and not m.evidence]
    if len(open_ones) == len(meanings):
        moving = {
            r.column for r in raws if np.ptp(r.values) > 0
        }  # a number that never changes is no amount beside others
        return [
            replace(m, quantity=Quantity.ELECTRIC_ENERGY)
            if (r.column in moving if r.column else np.ptp(r.values) > 0) or not moving
            else m
            for r, m in zip(raws, meanings, strict=True)
        ]
    alone = len({raws[i].column for i in open_ones}) == 1 and not any(m.quantity in FLOWING for m in meanings)
    return [
        replace(m, quantity=Quantity.ELECTRIC_ENERGY, assumed=True) if alone and i in open_ones else m
        for i, m in enumerate(meanings)
    ]


def _heat_of_circuits(raws: Sequence[RawSeries], meanings: Sequence[Meaning]) -> list[Meaning]:
    """A circuit called "heating" beside others in the same unit is fed with electricity, as far as we can tell."""
    units = {m.unit.symbol for m in meanings if m.quantity in _ACTIVE and m.unit is not None}
    return [
        replace(m, quantity=m.quantity if raw.key else m.unit.quantity, assumed=True)
        if m.quantity is Quantity.HEAT
        and m.unit is not None
        and m.unit.symbol in units
        and not any(e.startswith(("told", "format")) for e in m.evidence)
        else m
        for raw, m in zip(raws, meanings, strict=True)
    ]


def _attributes(raws: Sequence[RawSeries], meanings: Sequence[Meaning]) -> list[Meaning]:
    """A number that never changes and names no flow describes the readings beside it; their unit is not its own."""
    changing = {
        r.column for r, m in zip(raws, meanings, strict=True) if m.quantity in FLOWS and np.ptp(r.values) > 0
    }
    out = []
    for raw, m in zip(raws, meanings, strict=True):
        words = normal(raw.column)
        named = any(q in FLOWS for q, _, _ in quantity_words(words)) or bool(direction_words(words))
        alone = (raw.column not in changing or not raw.column) and bool(changing) and m.quantity in FLOWS
        beside = alone and not named and m.unit_from in _BORROWED and np.ptp(raw.values) == 0
        out.append(_signal(m) if beside else m)
    return out


def _signal(m: Meaning) -> Meaning:
    return replace(
        m, quantity=Quantity.SIGNAL, unit=None, unit_from="", direction=None, direction_from="", kind=None, evidence=()
    )  # fmt: skip


def _energy_of_gas(raws: Sequence[RawSeries], meanings: Sequence[Meaning]) -> list[Meaning]:
    """Energy that follows a volume of gas beside it at 7 to 14 kWh a cubic metre is that of the gas."""
    volumes = [
        r for r, m in zip(raws, meanings, strict=True) if m.quantity is Quantity.GAS and m.unit is not None
        and m.unit.symbol == "m3"
    ]  # fmt: skip
    return [
        replace(m, quantity=Quantity.GAS)
        if m.quantity is Quantity.ELECTRIC_ENERGY
        and not matches(ELECTRIC, normal(f"{r.key} {r.column}"))
        and _burnt(r, volumes)
        else m
        for r, m in zip(raws, meanings, strict=True)
    ]


def _burnt(energy: RawSeries, volumes: Sequence[RawSeries]) -> bool:
    for volume in volumes:
        if len(volume.values) == len(energy.values) and volume.values.sum() > 0:
            flows = volume.values > 0.1 * volume.values.mean()
            heat = energy.values[flows] / volume.values[flows]
            if 7 < np.median(heat) < 14 and np.ptp(np.quantile(heat, (0.05, 0.95))) < 0.1 * np.median(heat):
                return True
    return False


def _gas_apart(meanings: Sequence[Meaning]) -> list[Meaning]:
    """A unit that somebody named for electricity is not that of the gas beside it."""
    if not any(m.quantity in _ACTIVE for m in meanings):
        return list(meanings)
    told = [m.quantity is Quantity.GAS and m.unit_from == "given" for m in meanings]
    return [
        replace(m, unit=unit("m3"), unit_from="")
        if t and m.unit and m.unit.quantity is not Quantity.GAS
        else m
        for m, t in zip(meanings, told, strict=True)
    ]

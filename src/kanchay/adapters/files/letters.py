"""Letters: columns called by the signs of electrical engineering, U, I and P beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from kanchay.adapters.files.layout import RawSeries
from kanchay.adapters.files.meaning import Meaning
from kanchay.domain.units import Quantity

__all__ = ["by_letter"]

_SIGNS: Final = {
    "u": Quantity.VOLTAGE,
    "v": Quantity.VOLTAGE,
    "i": Quantity.CURRENT,
    "p": Quantity.POWER,
    "q": Quantity.REACTIVE_POWER,
    "s": Quantity.SIGNAL,
    "f": Quantity.SIGNAL,
    "pf": Quantity.POWER_FACTOR,
}


def by_letter(raws: Sequence[RawSeries], meanings: Sequence[Meaning]) -> list[Meaning]:
    """Meanings of columns that are signs, where a voltage, a current and a power stand beside each other so."""
    signs = {r.column.strip().lower() for r in raws}
    if not {"i", "p"} <= signs or not signs & {"u", "v"}:
        return list(meanings)
    return [
        replace(m, quantity=_SIGNS[sign], unit=None, unit_from="", direction=None, direction_from="",
                evidence=(f"quantity: {sign}",))
        if (sign := r.column.strip().lower()) in _SIGNS and (m.unit is None or m.unit.quantity is not _SIGNS[sign])
        and "told" not in m.evidence
        else m
        for r, m in zip(raws, meanings, strict=True)
    ]  # fmt: skip

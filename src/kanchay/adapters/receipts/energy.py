"""Which price and how many kWh each amount of energy is for: told by arithmetic, not by place alone."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from kanchay.adapters.receipts.fields import Found, Part
from kanchay.adapters.receipts.rows import Row

__all__ = ["energy_rows", "kwh_of_parts", "parts_of"]

_CENT: Final = Decimal("0.01")


def energy_rows(rows: Sequence[Row], parts: Sequence[Part]) -> list[Row]:
    """Amounts of energy; one that a summary repeats counts once."""
    energy = [row for row in rows if row.id == "energy"]
    if len(energy) <= max(len(parts), 1):
        return energy
    once = {row.amount: row for row in reversed(energy)}
    return list(reversed(once.values()))


def parts_of(energy: Sequence[Row], found: Found) -> list[Part | None]:
    """For each amount the part whose kWh times price makes it; else the only part there is."""
    whole = found.values.get("kwh")
    left = [Part(p.kwh if p.kwh is not None else whole, p.price, p.line) for p in found.parts]
    chosen: list[Part | None] = []
    for row in energy:
        fits = next((p for p in left if _makes(p, row.amount)), None)
        if fits is not None:
            left.remove(fits)
        chosen.append(fits)
    if (
        chosen == [None] and len(left) == 1
    ):  # it does not add up: say what is printed, and the sum says the rest
        return [left[0]]
    return chosen


def _makes(part: Part, amount: Decimal) -> bool:
    if part.kwh is None or part.price is None:
        return False
    return abs((part.kwh * part.price).quantize(_CENT, ROUND_HALF_UP) - amount) <= _CENT


def kwh_of_parts(chosen: Sequence[Part | None], found: Found) -> Decimal | None:
    """kWh of the period from its parts, where the paper does not print the sum or only a part was read for it."""
    told = [p.kwh for p in chosen if p is not None and p.kwh is not None]
    if not told or len(told) < len(chosen):
        return None
    total = sum(told, Decimal(0))
    read = found.values.get("kwh")
    return total if read is None or (len(told) > 1 and read in told) else None

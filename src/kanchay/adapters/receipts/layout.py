"""What a layout is: who prints it and the patterns by which its fields and lines are told. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Distributor", "Layout"]


@dataclass(frozen=True, slots=True)
class Distributor:
    """A company: its id in our tariffs, its name, words that name it (folded), its tax number where we know it."""

    id: str
    name: str
    words: str
    ruc: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """Patterns over folded lines (`kanchay.adapters.receipts.text.fold`).

    A pattern of `fields` names the groups that it fills after the fields of a receipt; ``q`` and ``p`` are kWh and
    price of a part of the energy. `labels` are the words of each line, without the amount.
    """

    id: str
    distributors: tuple[Distributor, ...] = ()
    fields: tuple[str, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    systems: tuple[tuple[str, str], ...] = ()  # folded words, name as in our tariffs

"""A distributor's published list of prices: as printed, as understood, and what it would change in a tariff."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

__all__ = ["ListRow", "ListSlot", "ListWish", "PriceChange", "PriceFlag", "PriceList", "PrintedLine", "PrintedList",
           "Proposal"]  # fmt: skip


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A line of a published list: its words, the prices at its right end as printed, and where it stands."""

    where: str  # "page 1, line 23", "row 34"
    words: str
    numbers: tuple[str, ...] = ()  # one for each electric system that the list has a column for
    gaps: tuple[str, ...] = ()  # the words again, cut where the page leaves a gap


@dataclass(frozen=True, slots=True)
class PrintedList:
    """A file that holds a price list, read but not understood.

    `system` and `day` are what a form of the page says, where it has one; `fingerprint` is the file's SHA-256.
    """

    name: str
    lines: tuple[PrintedLine, ...]
    fingerprint: str = ""
    publisher: str = ""  # "osinergmin" where the regulator published it; empty: a distributor
    system: str = ""
    day: date | None = None


@dataclass(frozen=True, slots=True)
class ListWish:
    """What the user says about a list where the list itself leaves it open."""

    provider: str = ""
    system: str = ""
    column: int | None = None  # of the prices, counted from 1
    valid_from: date | None = None
    with_igv: bool | None = None


@dataclass(frozen=True, slots=True)
class ListRow:
    """One price of a list. `value` is in S/ per unit, whatever the list prints (céntimos become soles).

    `group` narrows the row within its option: ``30``, ``140`` and ``over`` for the bands of the month's total,
    ``20/20`` and ``20/50`` for the demand classes of BT5A, empty elsewhere. `concept` is for example ``fixed``,
    ``energy``, ``energy.hp``, ``energy.first30``, ``power.generation.present_hp`` or ``reactive``. `per` is what
    the price is for: ``month``, ``kWh``, ``kvarh``, ``kW``, ``W``, or empty where the list does not say.
    """

    option: str
    segment: str
    group: str
    concept: str
    value: Decimal
    per: str
    label: str
    printed: str
    where: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What tells this row from all others of a list."""
        return self.option, self.segment, self.group, self.concept


@dataclass(frozen=True, slots=True)
class PriceList:
    """A list of one electric system as understood; prices with IGV inside, or without.

    `contested` are rows of one key with different prices: none of them is taken.
    """

    name: str
    fingerprint: str
    publisher: str
    provider: str
    system: str
    valid_from: date
    with_igv: bool
    rows: tuple[ListRow, ...]
    contested: tuple[ListRow, ...] = ()

    def row(self, option: str, segment: str, group: str, concept: str) -> ListRow | None:
        """The row of that key, None where the list has none."""
        wanted = (option, segment, group, concept)
        return next((r for r in self.rows if r.key == wanted), None)


@dataclass(frozen=True, slots=True)
class ListSlot:
    """Where a row of a list goes in a tariff document.

    `path` names a charge and a place inside it, by key, or in a list by the member's id, block or upper limit
    (``rest``: the open one): ``energy/bands/30/tiers/rest/rate``. `instead` is the row taken where a list has
    none of this key, as ``(segment, group)``.
    """

    group: str
    concept: str
    path: str
    instead: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class PriceChange:
    """One price of a tariff before and after, both on the list's own basis (with or without IGV)."""

    path: str
    label: str
    old: Decimal
    new: Decimal
    where: str

    @property
    def percent(self) -> Decimal | None:
        """Change in percent; None where the old price was nothing."""
        return (self.new / self.old - 1) * 100 if self.old else None


@dataclass(frozen=True, slots=True)
class PriceFlag:
    """A reason to look twice: `code` is jump, unit, igv, fose or date."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A new version of a tariff as a list would make it; nothing is stored yet.

    `refused` not empty: why the list cannot make one; then `document` is empty, and `why` is the reason as a word: none,
    lacks, contested, unknown, held or invalid.
    """

    tariff_id: str
    valid_from: date
    replaces: date | None = None
    changes: tuple[PriceChange, ...] = ()
    flags: tuple[PriceFlag, ...] = ()
    notes: tuple[str, ...] = ()
    document: Mapping[str, Any] = field(default_factory=dict, repr=False)
    refused: str = ""
    why: str = ""

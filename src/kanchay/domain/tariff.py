"""A tariff: dated prices, the charges they go into, and the rules that make a bill of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kanchay.domain.bill import Source
from kanchay.domain.charges import (
    Band,
    BandedCharge,
    BlockPrice,
    Charge,
    ContractedCharge,
    DemandCharge,
    Factor,
    FixedCharge,
    LimitBasis,
    LookupCharge,
    LookupRow,
    MinimumCharge,
    Names,
    Per,
    PerUnitCharge,
    Presence,
    Ratchet,
    ReactiveCharge,
    Select,
    SeriesCharge,
    Statistic,
    Tier,
    TouCharge,
)
from kanchay.domain.schedule import Block, Calendar, Schedule, Season, Window

__all__ = [
    "Band",
    "BandedCharge",
    "Block",
    "BlockPrice",
    "Calendar",
    "Charge",
    "ContractedCharge",
    "DemandCharge",
    "Eligibility",
    "ExportMode",
    "Factor",
    "FixedCharge",
    "LimitBasis",
    "LookupCharge",
    "LookupRow",
    "MinimumCharge",
    "Names",
    "Parameter",
    "Per",
    "PerUnitCharge",
    "Presence",
    "Price",
    "Proration",
    "Ratchet",
    "ReactiveCharge",
    "Rounding",
    "Schedule",
    "Season",
    "Select",
    "SeriesCharge",
    "Statistic",
    "Surplus",
    "Tariff",
    "Tax",
    "Tier",
    "TouCharge",
    "Usage",
    "Version",
    "Window",
]


class Proration(StrEnum):
    """What happens when prices change within a reading period."""

    DAILY_BLEND = "daily_blend"  # prices are the mean of the versions in force, weighted by days
    BY_READING_DATE = "by_reading_date"  # the version in force on the last day holds for the whole period


class ExportMode(StrEnum):
    """What the law pays for energy sent to the grid."""

    NONE = "none"
    NET_METERING = "net_metering"
    NET_BILLING = "net_billing"
    PRICE_SERIES = "price_series"


class Surplus(StrEnum):
    """What becomes of energy or credit that exceeds what the customer used or owes."""

    LOSE = "lose"  # it ends with the period
    CARRY = "carry"  # kept for the next bill: kWh under net metering, money under net billing
    PAY = "pay"  # paid out: the total may be below zero


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax on the lines that name it. `rate` 0.18 means 18 %. Holds from `valid_from`, before `valid_to`.

    `on` names earlier taxes of the tariff that are part of its base, as VAT on an electricity duty.
    """

    id: str
    rate: Decimal
    valid_from: date
    valid_to: date | None
    names: Names = field(default_factory=dict)
    source: Source | None = None
    on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Price:
    """One dated value of a parameter."""

    value: Decimal
    valid_from: date
    valid_to: date | None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number a tariff refers to by name: dated (such as Peru's UIT), typed by the user, or both.

    A typed value always wins. `default` is used where nothing is typed and no dated value holds.
    """

    id: str
    unit: str = ""
    values: tuple[Price, ...] = ()
    default: Decimal | None = None
    names: Names = field(default_factory=dict)
    help: Names = field(default_factory=dict)
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """Prices in force from `valid_from`, before `valid_to` (None: until replaced).

    `prices_include` names the taxes inside the printed prices. `review_from`: a new list is known to be due
    then.
    """

    valid_from: date
    valid_to: date | None
    prices_include: tuple[str, ...]
    source: Source
    charges: tuple[Charge, ...]
    review_from: date | None = None
    note: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether these prices are in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Rounding:
    """Decimals of quantities, unit prices and lines.

    The total is a multiple of `total_step`; with `carry` what that adds or drops goes into the next bill.
    """

    quantity: int = 1
    unit_price: int = 4
    line: int = 2
    total_step: Decimal | None = None
    carry: bool = False


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Who may have this tariff."""

    segment: str  # "residential", "non_residential", "any"
    max_kw: Decimal | None = None
    # "smart", "two_rates", "demand", "prepaid": what one asks for; "collective", "centralised", "street_lighting",
    # "none" (unmetered): kinds of supply that a customer does not choose; empty: any
    meter: str = ""


@dataclass(frozen=True, slots=True)
class Tariff:
    """An option of a provider in a system, with all its dated versions, oldest first."""

    id: str
    country: str
    currency: str
    timezone: str
    provider: str
    provider_name: str
    system: str
    option: str
    names: Names
    eligibility: Eligibility
    proration: Proration
    rounding: Rounding
    taxes: tuple[Tax, ...]
    parameters: tuple[Parameter, ...]
    versions: tuple[Version, ...]
    export: ExportMode = ExportMode.NONE
    stale_after_days: int | None = None
    surplus: Surplus = Surplus.LOSE
    calendar: Calendar = field(default_factory=Calendar)
    seasons: tuple[Season, ...] = ()
    schedules: tuple[Schedule, ...] = ()
    demand_window_min: int = 15

    def parameter(self, key: str) -> Parameter | None:
        """The parameter of that name, None where the tariff has none."""
        return next((p for p in self.parameters if p.id == key), None)

    def schedule_of(self, block: str) -> Schedule | None:
        """The schedule that holds the block of that name, None where there is none."""
        return next((s for s in self.schedules if any(b.id == block for b in s.blocks)), None)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a period used: half-open days ``[start, end)`` and quantities by name.

    Names: ``energy_kwh``, ``export_kwh``, ``reactive_kvarh`` and ``demand_kw`` of the whole period; with a
    block, such as ``energy_kwh.hp`` or ``demand_kw.hp``, of its hours; ``hours.hp`` and ``days.summer`` how
    many hours and days those were; ``value.spot`` the money of a price series. A charge says what it needs,
    and a missing one is refused. `before` holds the quantities of the periods before, newest first: demand
    may look back.
    """

    start: date
    end: date
    quantities: Mapping[str, Decimal]
    before: tuple[Mapping[str, Decimal], ...] = ()
    notes: tuple[str, ...] = ()  # codes of what was estimated on the way, for the bill's warnings

    @classmethod
    def energy(cls, start: date, end: date, kwh: Decimal) -> Usage:
        """A period that is priced by its energy alone. [kWh]"""
        return cls(start, end, {"energy_kwh": kwh})

    @property
    def days(self) -> int:
        return (self.end - self.start).days

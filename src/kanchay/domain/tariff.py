"""A tariff: dated prices, the charges they go into, and the rules that make a bill of them.

The set of charge kinds is small and closed, so that a tariff file holds data and never code. A new kind
(time of use, demand, reactive, series) is one more dataclass in `Charge`, one reader in
`kanchay.analysis.tariff.parse` and one pricer in `kanchay.analysis.tariff.charges`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kanchay.domain.bill import Source

__all__ = [
    "Band",
    "BandedCharge",
    "Charge",
    "Eligibility",
    "ExportMode",
    "Factor",
    "FixedCharge",
    "LookupCharge",
    "LookupRow",
    "Names",
    "Parameter",
    "PerUnitCharge",
    "Price",
    "Proration",
    "Rounding",
    "Select",
    "Tariff",
    "Tax",
    "Tier",
    "Usage",
    "Version",
]

Names = Mapping[str, str]  # language -> words, for example {"es": "Energía", "en": "Energy"}


class Select(StrEnum):
    """How a banded charge treats the quantity."""

    BY_TOTAL = "by_total"  # the whole period's quantity chooses one band, whose prices hold for all of it
    MARGINAL = "marginal"  # each part of the quantity pays the price of the tier it lies in


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


@dataclass(frozen=True, slots=True)
class Tax:
    """A tax on the taxed lines. `rate` 0.18 means 18 %. Holds from `valid_from`, before `valid_to`."""

    id: str
    rate: Decimal
    valid_from: date
    valid_to: date | None
    names: Names = field(default_factory=dict)
    source: Source | None = None


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
class Tier:
    """A part of a band up to `up_to` (None: the rest): a `rate` per unit, or one `amount` for all of it."""

    up_to: Decimal | None
    rate: Decimal | None = None
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """A band of the period's total, up to and including `up_to`, with its own fixed charge and tiers."""

    up_to: Decimal | None
    tiers: tuple[Tier, ...]
    fixed: Decimal | None = None


@dataclass(frozen=True, slots=True)
class BandedCharge:
    """Prices by band of the total, with tiers inside a band.

    Makes a line `id`, and `fixed_id` where bands have one.
    """

    id: str
    quantity: str
    select: Select
    bands: tuple[Band, ...]
    taxes: tuple[str, ...]
    tax_included: bool
    fixed_id: str = "fixed"
    names: Names = field(default_factory=dict)
    fixed_names: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FixedCharge:
    """An amount a period: written here, or a parameter. With `hide_zero` a zero makes no line."""

    id: str
    amount: Decimal | None
    parameter: str | None
    taxes: tuple[str, ...]
    tax_included: bool
    hide_zero: bool = False
    names: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LookupRow:
    """`factor` for a quantity up to and including `up_to`; None where nobody has told us."""

    up_to: Decimal | None
    factor: Decimal | None
    confidence: str = ""


@dataclass(frozen=True, slots=True)
class LookupCharge:
    """`factor(quantity) × parameter`, unless the whole amount is typed as parameter `amount_parameter`.

    `leave_out_code` not empty: the line may be left out when asked, and the bill then carries that warning.
    """

    id: str
    quantity: str
    rows: tuple[LookupRow, ...]
    parameter: str
    amount_parameter: str | None
    taxes: tuple[str, ...]
    tax_included: bool
    leave_out_code: str = ""
    names: Names = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Factor:
    """One factor of a product: a constant, or a parameter by name."""

    constant: Decimal | None = None
    parameter: str | None = None


@dataclass(frozen=True, slots=True)
class PerUnitCharge:
    """`quantity × product of factors`, never free code."""

    id: str
    quantity: str
    factors: tuple[Factor, ...]
    taxes: tuple[str, ...]
    tax_included: bool
    names: Names = field(default_factory=dict)


Charge = BandedCharge | FixedCharge | LookupCharge | PerUnitCharge


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
    meter: str = ""  # "smart", "prepaid"; empty: any


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

    def parameter(self, key: str) -> Parameter | None:
        """The parameter of that name, None where the tariff has none."""
        return next((p for p in self.parameters if p.id == key), None)


@dataclass(frozen=True, slots=True)
class Usage:
    """What a period used: half-open days ``[start, end)`` and quantities by name.

    `quantities` holds ``energy_kwh`` today; blocks (``energy_kwh.peak``) and demand (``demand_kw.peak``) are
    further names, so that a charge says which it needs and a missing one is refused.
    """

    start: date
    end: date
    quantities: Mapping[str, Decimal]

    @classmethod
    def energy(cls, start: date, end: date, kwh: Decimal) -> Usage:
        """A period that is priced by its energy alone. [kWh]"""
        return cls(start, end, {"energy_kwh": kwh})

    @property
    def days(self) -> int:
        return (self.end - self.start).days

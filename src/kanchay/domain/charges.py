"""The kinds of charge that a tariff may hold: a small closed set, so that a tariff file is data, never code.

A new kind is one more dataclass in `Charge`, one reader in `kanchay.analysis.tariff.parse_charges` and one
pricer in `kanchay.analysis.tariff.charges`. A field that holds a price says so (`rate`, `amount`): taking a
tax out and the mean of two lists are then the same walk for every kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final

from kanchay.domain.bill import Source

__all__ = [
    "Band",
    "BandedCharge",
    "BlockPrice",
    "Charge",
    "ContractedCharge",
    "DemandCharge",
    "Factor",
    "FixedCharge",
    "LimitBasis",
    "LookupCharge",
    "LookupRow",
    "MinimumCharge",
    "Names",
    "Per",
    "PerUnitCharge",
    "Presence",
    "Ratchet",
    "ReactiveCharge",
    "Select",
    "SeriesCharge",
    "Statistic",
    "Tier",
    "TouCharge",
]

Names = Mapping[str, str]  # language -> words, for example {"es": "Energía", "en": "Energy"}

_RATE: Final = {"role": "rate"}  # a price of a unit: takes the tariff's decimals of unit prices
_AMOUNT: Final = {"role": "amount"}  # money for the whole
_METERED: Final = {"role": "metered"}  # counted interval by interval, each by its own day's version
_LABEL: Final = {"role": "label"}  # words and sources: two lists may differ in them and still have a mean


class Select(StrEnum):
    """How a banded charge treats the quantity."""

    BY_TOTAL = "by_total"  # the whole period's quantity chooses one band, whose prices hold for all of it
    MARGINAL = "marginal"  # each part of the quantity pays the price of the tier it lies in


class Per(StrEnum):
    """The time that a fixed price is for."""

    PERIOD = "period"  # once a bill
    DAY = "day"
    MONTH = "month"  # of the calendar: a day of a 30-day month costs a thirtieth
    YEAR = "year"  # a day of a common year costs a 365th


class LimitBasis(StrEnum):
    """What the limits of tiers are counted in."""

    PERIOD = "period"  # units a bill
    DAY = "day"  # units a day of the period, such as a baseline allowance
    KW = "kw"  # units for each kW of the period's demand, such as the first 200 hours of use


@dataclass(frozen=True, slots=True)
class Tier:
    """A part of a band up to `up_to` (None: the rest).

    It has a `rate` per unit, one `amount` for all of it, or `rates` by block: then the tier's units are
    shared over the blocks as the period's energy is, those of a demand as its hours are.
    """

    up_to: Decimal | None
    rate: Decimal | None = field(default=None, metadata=_RATE)
    amount: Decimal | None = field(default=None, metadata=_AMOUNT)
    rates: Mapping[str, Decimal] = field(default_factory=dict, metadata=_RATE)


@dataclass(frozen=True, slots=True)
class Band:
    """A band of the period's total, up to and including `up_to`, with its own fixed charge and tiers."""

    up_to: Decimal | None
    tiers: tuple[Tier, ...]
    fixed: Decimal | None = field(default=None, metadata=_AMOUNT)


@dataclass(frozen=True, slots=True)
class BandedCharge:
    """Prices by band of the total, with tiers inside a band.

    Makes a line `id`, and `fixed_id` where bands have one. With `credit` the line is paid to the customer.
    """

    id: str
    quantity: str
    select: Select
    bands: tuple[Band, ...]
    taxes: tuple[str, ...]
    tax_included: bool
    fixed_id: str = "fixed"
    names: Names = field(default_factory=dict, metadata=_LABEL)
    fixed_names: Names = field(default_factory=dict, metadata=_LABEL)
    limits: LimitBasis = LimitBasis.PERIOD
    credit: bool = False
    source: Source | None = field(default=None, metadata=_LABEL)


@dataclass(frozen=True, slots=True)
class BlockPrice:
    """Prices of the units of one block: tiers of the block's own total."""

    block: str
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class TouCharge:
    """Time of use: each block of a schedule has its own prices, and makes a line ``id.block``."""

    id: str
    quantity: str
    schedule: str
    blocks: tuple[BlockPrice, ...]
    taxes: tuple[str, ...]
    tax_included: bool
    limits: LimitBasis = LimitBasis.PERIOD
    credit: bool = False
    names: Names = field(default_factory=dict, metadata=_LABEL)
    source: Source | None = field(default=None, metadata=_LABEL)


@dataclass(frozen=True, slots=True)
class Statistic:
    """Mean of the `top` highest of the last `months` monthly maxima, this period included.

    A month's maximum below `at_least` counts as that. [kW]
    """

    top: int = 1
    months: int = 1
    at_least: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Ratchet:
    """The billed demand is at least `share` of the highest of the `months` periods before."""

    share: Decimal
    months: int


@dataclass(frozen=True, slots=True)
class Presence:
    """Other prices for who uses much of the demand in a block ("present in peak" in Peru).

    They hold where ``energy in the block / (maximum demand × hours of the block)`` reaches `at_least`.
    """

    block: str
    at_least: Decimal
    tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class DemandCharge:
    """A price on the demand, the mean power over the tariff's window. [kW]

    The billed demand is the statistic of `quantity`, not below the ratchet, less what the demand charge
    `minus` billed or less the parameter `minus_parameter` (contracted power), not below `floor`.
    """

    id: str
    quantity: str
    tiers: tuple[Tier, ...]
    taxes: tuple[str, ...]
    tax_included: bool
    statistic: Statistic = field(default_factory=Statistic)
    ratchet: Ratchet | None = None
    minus: str = ""
    minus_parameter: str = ""
    floor: Decimal = Decimal(0)
    presence: Presence | None = None
    per: Per = Per.PERIOD
    names: Names = field(default_factory=dict, metadata=_LABEL)
    source: Source | None = field(default=None, metadata=_LABEL)


@dataclass(frozen=True, slots=True)
class ContractedCharge:
    """A price on a number of the contract, such as contracted kW or the watts of a booth."""

    id: str
    parameter: str
    rate: Decimal | None = field(metadata=_RATE)
    taxes: tuple[str, ...]
    tax_included: bool
    per: Per = Per.PERIOD
    names: Names = field(default_factory=dict, metadata=_LABEL)
    source: Source | None = field(default=None, metadata=_LABEL)


@dataclass(frozen=True, slots=True)
class ReactiveCharge:
    """A price on reactive energy above a share of the active one. [kvarh]

    Where reactive energy is not metered the whole amount may be typed as parameter `amount_parameter`.
    """

    id: str
    rate: Decimal | None = field(metadata=_RATE)
    above_share: Decimal
    taxes: tuple[str, ...]
    tax_included: bool
    quantity: str = "reactive_kvarh"
    active: str = "energy_kwh"
    amount_parameter: str = ""
    names: Names = field(default_factory=dict, metadata=_LABEL)
    source: Source | None = field(default=None, metadata=_LABEL)


@dataclass(frozen=True, slots=True)
class SeriesCharge:
    """A published price of each interval: ``multiply × price + add``, between `floor` and `cap`.

    `series` names the published prices, without tax. The period's sum of energy times price is a quantity of
    its own, ``value.<id>``, made where the readings and the prices meet.
    """

    id: str
    series: str
    taxes: tuple[str, ...]
    quantity: str = "energy_kwh"
    multiply: Decimal = field(default=Decimal(1), metadata=_METERED)
    add: Decimal = field(default=Decimal(0), metadata=_METERED)
    floor: Decimal | None = field(default=None, metadata=_METERED)
    cap: Decimal | None = field(default=None, metadata=_METERED)
    credit: bool = False
    tax_included: bool = False
    names: Names = field(default_factory=dict, metadata=_LABEL)
    source: Source | None = field(default=None, metadata=_LABEL)


@dataclass(frozen=True, slots=True)
class MinimumCharge:
    """What is missing to a least amount of the lines `of` (none named: of all before it), before tax."""

    id: str
    amount: Decimal | None = field(metadata=_AMOUNT)
    taxes: tuple[str, ...]
    tax_included: bool
    per: Per = Per.PERIOD
    of: tuple[str, ...] = ()
    names: Names = field(default_factory=dict, metadata=_LABEL)
    source: Source | None = field(default=None, metadata=_LABEL)


@dataclass(frozen=True, slots=True)
class FixedCharge:
    """An amount a period, day, month or year: written here, or a parameter. With `hide_zero` a zero makes no
    line."""

    id: str
    amount: Decimal | None = field(metadata=_AMOUNT)
    parameter: str | None
    taxes: tuple[str, ...]
    tax_included: bool
    hide_zero: bool = False
    names: Names = field(default_factory=dict, metadata=_LABEL)
    per: Per = Per.PERIOD
    source: Source | None = field(default=None, metadata=_LABEL)


@dataclass(frozen=True, slots=True)
class LookupRow:
    """`factor` for a quantity up to and including `up_to`; None where nobody has told us."""

    up_to: Decimal | None
    factor: Decimal | None
    confidence: str = field(default="", metadata=_LABEL)


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
    names: Names = field(default_factory=dict, metadata=_LABEL)
    source: Source | None = field(default=None, metadata=_LABEL)


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
    names: Names = field(default_factory=dict, metadata=_LABEL)
    credit: bool = False
    source: Source | None = field(default=None, metadata=_LABEL)


Charge = (
    BandedCharge
    | ContractedCharge
    | DemandCharge
    | FixedCharge
    | LookupCharge
    | MinimumCharge
    | PerUnitCharge
    | ReactiveCharge
    | SeriesCharge
    | TouCharge
)

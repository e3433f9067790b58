"""A paper bill as it was read: what each field says, how sure we are, where it stood, and which sums it keeps.

The ids of lines are those of our tariffs, so that paper and calculation can be laid side by side.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

__all__ = [
    "FIELDS",
    "LINES",
    "TAXED",
    "Check",
    "Confidence",
    "FieldRead",
    "MonthUse",
    "Receipt",
    "ReceiptLine",
    "mask",
]

# What a receipt may tell beside its lines, in the order in which it is shown.
FIELDS: Final = (
    "distributor", "system", "option", "segment", "supply", "contracted_kw", "start", "end", "register_before",
    "register_now", "factor", "kwh", "alicuota", "subtotal", "total_month", "total_due", "issued_on", "history",
)  # fmt: skip
# Concepts of a receipt in the order of the paper; the taxed ones make the subtotal.
TAXED: Final = ("energy", "fixed", "maintenance", "public_lighting", "interest", "other_taxed")
LINES: Final = (
    *TAXED, "igv", "aporte_28749", "late_interest", "mcter", "adjustment", "balance", "rounding_before", "rounding",
)  # fmt: skip


class Confidence(StrEnum):
    """How sure a field is."""

    HIGH = (
        "high"  # a sum of the paper confirms it (two sums on a layout that we do not know), or a tax number
    )
    MEDIUM = "medium"  # read under its own name on a layout that we know, or sums speak for and against it
    LOW = "low"  # by general words on a layout that we do not know, or only sums that speak against it


@dataclass(frozen=True, slots=True)
class FieldRead:
    """Where a field was read: page and line count from 1 (0: an element of an XML), `text` are the words themselves."""

    field: str  # one of `FIELDS`, or "line.energy" and so on
    confidence: Confidence
    page: int = 0
    line: int = 0
    text: str = ""
    because: tuple[str, ...] = ()  # codes: "layout", "words", "columns", "sunat", "sum.energy" …


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One concept as printed. `quantity` and `unit_price` where the paper prints them. [kWh], [currency/kWh]"""

    id: str
    label: str
    amount: Decimal
    quantity: Decimal | None = None
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A sum that the paper must keep: `computed` from other fields against what is `printed`."""

    id: str  # "registers", "energy", "subtotal", "igv", "aporte_28749", "total_month", "total_due"
    printed: Decimal
    computed: Decimal
    fields: tuple[str, ...]
    tolerance: Decimal = Decimal("0.01")

    @property
    def difference(self) -> Decimal:
        return self.printed - self.computed

    @property
    def holds(self) -> bool:
        return abs(self.difference) <= self.tolerance


@dataclass(frozen=True, slots=True)
class MonthUse:
    """A bar of the history: the first day of its month and what it used."""

    month: date
    kwh: Decimal


@dataclass(frozen=True, slots=True)
class Receipt:
    """A paper bill; None or empty is what the paper does not say or we could not read.

    The period is half-open: `start` is the day of the earlier reading, `end` that of the later one. `supply` is
    masked. `made_up` is true where the file itself says that it was invented for tests.
    """

    file_name: str
    format: str  # "pdf", "ubl"
    layout: str  # which family of layouts was recognised; "words" where none was
    currency: str = "PEN"
    distributor: str | None = None
    distributor_name: str = ""
    system: str | None = None
    option: str | None = None
    option_code: str | None = None  # of SUNAT's catalogue 24
    segment: str | None = None  # "residential", "non_residential"
    supply: str | None = None
    contracted_kw: Decimal | None = None
    start: date | None = None
    end: date | None = None
    register_before: Decimal | None = None
    register_now: Decimal | None = None
    factor: Decimal | None = None
    kwh: Decimal | None = None
    alicuota: Decimal | None = None
    lines: tuple[ReceiptLine, ...] = ()
    subtotal: Decimal | None = None
    total_month: Decimal | None = None
    total_due: Decimal | None = None
    issued_on: date | None = None
    history: tuple[MonthUse, ...] = ()
    evidence: tuple[FieldRead, ...] = ()
    checks: tuple[Check, ...] = ()
    made_up: bool = False
    warnings: tuple[str, ...] = field(default_factory=tuple)

    @property
    def missing(self) -> tuple[str, ...]:
        """Fields that were not found."""
        return tuple(name for name in FIELDS if getattr(self, name) in (None, ()))

    def all_of(self, line_id: str) -> tuple[ReceiptLine, ...]:
        """Every line of a concept: energy may have one a price."""
        return tuple(line for line in self.lines if line.id == line_id)

    def amount(self, line_id: str) -> Decimal | None:
        """What a concept comes to; None where the paper has no such line."""
        found = self.all_of(line_id)
        return sum((line.amount for line in found), Decimal(0)) if found else None

    def read_of(self, name: str) -> FieldRead | None:
        """Where a field was read; None where it was not."""
        return next((e for e in self.evidence if e.field == name), None)


def mask(number: str) -> str:
    """A supply number of which only the end shows.

    Parameters
    ----------
    number : str
        Digits, perhaps with dashes or spaces.

    Returns
    -------
    str

    Examples
    --------
    >>> mask("123456-78"), mask("12")
    ('•••••678', '••')
    """
    bare = "".join(c for c in number if c.isalnum())
    shown = bare[-3:] if len(bare) > 5 else ""
    return "•" * (len(bare) - len(shown)) + shown

"""What a receipt means for a site: which of our tariffs it is, what it teaches, where paper and calculation part."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from kanchay.domain.receipt import Confidence, Receipt

__all__ = ["ComparedLine", "Comparison", "Learned", "ReceiptStudy", "TariffMatch"]

_CENT: Final = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class TariffMatch:
    """A tariff of ours that the receipt may be of. `because` are codes: distributor, option, segment, system, price."""

    tariff_id: str
    confidence: Confidence
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Learned:
    """A value of the tariff that the receipt tells. `lasting` ones are kept with the site, the others were of that month.

    `value` is in the parameter's own unit; `line` is the concept of the receipt that told it.
    """

    parameter: str
    value: Decimal
    line: str
    lasting: bool


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A concept on paper and as computed; None where one side has none. [currency]

    `taken` is true where our side only repeats the paper, so that it proves nothing.
    """

    id: str
    printed: Decimal | None
    computed: Decimal | None
    taken: bool = False
    formula: str = ""
    tolerance: Decimal = _CENT  # a rounding also takes up the cents by which the lines before it differ
    verdict: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "verdict", self._verdict())

    @property
    def difference(self) -> Decimal:
        """Paper less computed; a missing side counts as nothing."""
        return (self.printed or Decimal(0)) - (self.computed or Decimal(0))

    def _verdict(self) -> str:
        if self.printed is None:
            return "only_computed"
        if self.computed is None:
            return "only_paper"
        if self.taken:
            return "taken"
        return "agrees" if abs(self.difference) <= self.tolerance else "differs"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Paper against computed. `basis` is "list" (our price list) or "printed" (the prices of the receipt itself).

    `refusal` says why there are no lines. What an older receipt left unpaid is taken over into `total`.
    """

    basis: str
    tariff_id: str
    tariff_version: str = ""
    lines: tuple[ComparedLine, ...] = ()
    subtotal: ComparedLine | None = None
    total: ComparedLine | None = None
    warnings: tuple[str, ...] = ()
    refusal: str = ""
    refusal_code: str = ""

    @property
    def agrees(self) -> bool:
        """Whether nothing differs by more than a cent."""
        every = (*self.lines, *(x for x in (self.subtotal, self.total) if x is not None))
        return bool(self.lines) and all(x.verdict in ("agrees", "taken") for x in every)


@dataclass(frozen=True, slots=True)
class ReceiptStudy:
    """A receipt with the tariffs it may be of, the one chosen, what it teaches and both comparisons.

    `is_open` is true where nobody named the tariff and others fit as well: it is shown, but not applied.
    """

    receipt: Receipt
    matches: tuple[TariffMatch, ...] = ()
    tariff_id: str | None = None
    learned: tuple[Learned, ...] = ()
    by_list: Comparison | None = None
    by_printed: Comparison | None = None
    is_open: bool = False

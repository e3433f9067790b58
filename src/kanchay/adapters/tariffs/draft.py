"""What an importer makes of a stranger's tariff file: our document, and what it could not carry over."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from kanchay.domain.priceseries import PriceSeries

__all__ = ["Answers", "ForeignTariff", "LeftOut", "Notes", "one_price", "slug"]

_MOST_SLUG: Final = 60
_MOST_FIELDS: Final = 20


# What is only worth knowing; anything else that is left out is money that a bill by our document misses or mistakes.
_HARMLESS: Final = frozenset(
    {"comment", "eligibility.least", "export.year_end", "field.unknown", "payment.other", "tier.open"}
)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Something of the file that our document does not hold.

    Attributes
    ----------
    code : str
        A stable word, such as ``"demand.unit"``; its sentence is the text ``tariff_import.CODE`` of the library.
    where : str
        The field of the file.
    value : str
        What the sentence names, such as a unit.
    """

    code: str
    where: str
    value: str = ""

    @property
    def money(self) -> bool:
        """Whether a bill by our document misses or mistakes money by it."""
        return self.code not in _HARMLESS

    def told(self, texts: Mapping[str, str]) -> str:
        """Its sentence, by the library's texts of a language."""
        return texts[f"tariff_import.{self.code}"].format(value=self.value)


class Notes:
    """The list of what was left out, while a file is read; the same thing is told once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], LeftOut] = {}

    def add(self, code: str, where: str, value: str = "") -> None:
        """Note something."""
        self._found.setdefault((code, where), LeftOut(code, where, value))

    def unknown(self, node: Mapping[str, Any], known: Collection[str], where: str = "") -> None:
        """Note fields that nobody reads and that hold something: none is passed over in silence."""
        for name in [f for f in node if f not in known and node[f] not in (None, "", [], {})][:_MOST_FIELDS]:
            self.add("field.unknown", f"{where}{name[:_MOST_SLUG]}")

    def all(self) -> tuple[LeftOut, ...]:
        """All of it, what costs money first."""
        return tuple(sorted(self._found.values(), key=lambda n: not n.money))

    @property
    def confidence(self) -> str:
        """Of prices that came through a copy: low where money was left out."""
        return "low" if any(n.money for n in self._found.values()) else "medium"


@dataclass(frozen=True, slots=True)
class Answers:
    """What a file does not say and the user may: see the options of ``kanchay tariff import``."""

    tariff_id: str = ""
    timezone: str = ""
    picks: tuple[str, ...] = ()  # names of products, customer groups or places in the file
    standing: Any = None  # a second document of the same provider


@dataclass(frozen=True, slots=True)
class ForeignTariff:
    """A tariff document of ours made of somebody else's, not yet checked."""

    document: dict[str, Any]
    left_out: tuple[LeftOut, ...] = ()
    series: Mapping[str, PriceSeries] = field(default_factory=dict)


def one_price(
    key: str, price: str, name: Mapping[str, str], *, quantity: str = "energy_kwh", taxes: Sequence[str] = ()
) -> dict[str, Any]:
    """A charge with one price for every unit."""
    return {
        "id": key,
        "kind": "banded",
        "quantity": quantity,
        "select": "marginal",
        "tiers": [{"up_to": None, "rate": price}],
        "taxes": list(taxes),
        "name": dict(name),
    }


def slug(text: str) -> str:
    """Letters, digits and underscores, for an id."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_MOST_SLUG].strip("_") or "x"

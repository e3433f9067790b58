"""Which price of a list goes where in a tariff document: a table for each option, data and no code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kanchay.domain.pricelist import ListSlot
from kanchay.domain.tariff import Tariff

__all__ = ["list_option", "slots_of"]

# Bands of the month's total; inside the middle one the first 30 kWh cost one sum.
_BANDED: Final = (
    ListSlot("30", "fixed", "energy/bands/30/fixed"),
    ListSlot("30", "energy", "energy/bands/30/tiers/rest/rate"),
    ListSlot("140", "fixed", "energy/bands/140/fixed"),
    ListSlot("140", "energy.first30", "energy/bands/140/tiers/30/amount"),
    ListSlot("140", "energy.excess", "energy/bands/140/tiers/rest/rate"),
    ListSlot("over", "fixed", "energy/bands/rest/fixed"),
    ListSlot("over", "energy", "energy/bands/rest/tiers/rest/rate"),
)
# Shops pay what homes pay above the limit; a list that prints no price of theirs says so by that.
_FLAT: Final = (
    ListSlot("", "fixed", "energy/bands/rest/fixed", ("residential", "over")),
    ListSlot("", "energy", "energy/bands/rest/tiers/rest/rate", ("residential", "over")),
)
_FIXED: Final = ListSlot("", "fixed", "fixed/amount")
_PEAK: Final = (
    ListSlot("", "energy.hp", "energy/rates/hp"),
    ListSlot("", "energy.hfp", "energy/rates/hfp"),
)
_REACTIVE: Final = ListSlot("", "reactive", "reactive/rate")
_CLASSES: Final = (
    ListSlot("", "power.generation.present_hp", "power_generation/presence/rate"),
    ListSlot("", "power.generation.present_hfp", "power_generation/rate"),
    ListSlot("", "power.distribution.present_hp", "power_distribution/presence/rate"),
    ListSlot("", "power.distribution.present_hfp", "power_distribution/rate"),
)
_TWO_POWERS: Final = (
    _FIXED,
    *_PEAK,
    ListSlot("", "power.generation", "power_generation/rate"),
    ListSlot("", "power.distribution", "power_distribution/rate"),
    ListSlot("", "power.excess.hfp", "power_excess/rate"),
    _REACTIVE,
)
_ONE_POWER: Final = (_FIXED, *_PEAK, *_CLASSES, _REACTIVE)
_ONE_ENERGY: Final = (
    _FIXED,
    ListSlot("", "energy", "energy/bands/rest/tiers/rest/rate"),
    *_CLASSES,
    _REACTIVE,
)


def _hours(blocks: Mapping[str, str]) -> tuple[ListSlot, ...]:
    """Bands whose tiers have a price a block; the lowest band pays what the first 30 kWh of the middle one do."""
    tiers = (
        ("140", ".first30", "140/tiers/30"), ("140", ".excess", "140/tiers/rest"), ("over", "", "rest/tiers/rest"),
    )  # fmt: skip
    prices = (
        ListSlot(group, f"energy.{listed}{step}", f"energy/bands/{place}/rates/{block}")
        for group, step, place in tiers
        for listed, block in blocks.items()
    )
    return (
        ListSlot("140", "fixed", "energy/bands/140/fixed"),
        ListSlot("over", "fixed", "energy/bands/rest/fixed"),
        *prices,
    )


def _small_peak(demands: str) -> tuple[ListSlot, ...]:
    """BT5A of one demand class; what a list prints once holds for both."""
    either = ("", "")
    return (
        ListSlot(demands, "fixed", "fixed/amount", either),
        ListSlot(demands, "energy.hp", "energy/rates/hp", either),
        ListSlot(demands, "energy.hfp", "energy/rates/hfp", either),
        ListSlot(demands, "power.excess.hfp", "power_excess/rate", either),
    )


# By option, then by what tells its tariffs apart: the segment, or the largest demand off peak. [kW]
_SLOTS: Final[Mapping[tuple[str, str], tuple[ListSlot, ...]]] = {
    ("BT5B", "residential"): _BANDED,
    ("BT5D", "residential"): _BANDED,
    ("BT5E", "residential"): _BANDED,
    ("BT5B", "non_residential"): _FLAT,
    ("BT5I", "residential"): _hours({"hp": "punta", "media": "media", "base": "base"}),
    ("BT5F", "residential"): _hours({"hp": "hp", "hfp": "hfp"}),
    ("BT5A", "20"): _small_peak("20/20"),
    ("BT5A", "50"): _small_peak("20/50"),
    ("BT5C-AP", ""): (_FIXED, ListSlot("", "energy", "energy/bands/rest/tiers/rest/rate")),
    ("BT6", ""): (_FIXED, ListSlot("", "power", "power/rate")),
    ("BT2", ""): _TWO_POWERS,
    ("MT2", ""): _TWO_POWERS,
    ("BT3", ""): _ONE_POWER,
    ("MT3", ""): _ONE_POWER,
    ("BT4", ""): _ONE_ENERGY,
    ("MT4", ""): _ONE_ENERGY,
}


def list_option(code: str) -> str:
    """An option as lists are read: ``BT5-I`` of a tariff is ``BT5I`` here.

    Parameters
    ----------
    code : str

    Returns
    -------
    str

    Examples
    --------
    >>> list_option("BT5-I"), list_option("BT5C-AP")
    ('BT5I', 'BT5C-AP')
    """
    return code if code == "BT5C-AP" else code.upper().replace("-", "")


def slots_of(tariff: Tariff) -> tuple[ListSlot, ...]:
    """Where the prices of a tariff stand in a list; empty where we have no table for its option.

    Parameters
    ----------
    tariff : Tariff

    Returns
    -------
    tuple of ListSlot
    """
    option, who = list_option(tariff.option), tariff.eligibility
    for apart in (who.segment, str(who.max_kw or ""), ""):
        if (option, apart) in _SLOTS:
            return _SLOTS[option, apart]
    return ()

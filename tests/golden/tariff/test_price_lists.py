"""The published price lists, kWh by kWh, against a table built from the facts: not through our parser."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest

from kanchay.analysis.tariff.evaluate import list_price
from kanchay.domain.tariff import Tariff

LISTS = [
    ("luz_del_sur", "2015-05-04"),
    ("luz_del_sur", "2026-05-04"),
    ("luz_del_sur", "2026-08-04"),
    ("pluz", "2026-05-04"),
    ("pluz", "2026-09-04"),
]
IDS = {"luz_del_sur": "pe.luz_del_sur.lima_sur.bt5b", "pluz": "pe.pluz.lima_norte.bt5b"}
WORKED = {
    "PLUZ-2026-09": ("pluz", "2026-09-04"),
    "LDS-2026-08": ("luz_del_sur", "2026-08-04"),
    "LDS-2026-05": ("luz_del_sur", "2026-05-04"),
    "PLUZ-2026-05": ("pluz", "2026-05-04"),
}
CLIFFS = {
    "pluz_2026_09": ("pluz", "2026-09-04"),
    "lds_2026_08": ("luz_del_sur", "2026-08-04"),
    "pluz_2026_05": ("pluz", "2026-05-04"),
    "lds_2026_05": ("luz_del_sur", "2026-05-04"),
}


def independent_price(fact: dict[str, Any], kwh: int) -> Decimal:
    """Energy and fixed charge of a list, IGV inside, by the words of the facts file."""
    for band in fact["bands"]:
        if band["max_kwh"] is None or kwh <= band["max_kwh"]:
            break
    if "energy" in band:
        energy = kwh * Decimal(band["energy"])
    else:
        energy = Decimal(band["first30"]) + (kwh - 30) * Decimal(band["excess"])
    return (energy + Decimal(band["fixed"])).quantize(Decimal("0.01"), ROUND_HALF_UP)


def facts_of(peru_facts: dict[str, Any], distributor: str, day: str) -> dict[str, Any]:
    rows = peru_facts["tariffs_bt5b_residential"]
    return next(r for r in rows if r["distributor"] == distributor and r["valid_from"] == day)


@pytest.mark.parametrize(("distributor", "day"), LISTS)
def test_every_kwh_to_a_thousand_is_the_published_price(
    tariffs: dict[str, Tariff], peru_facts: dict[str, Any], distributor: str, day: str
) -> None:
    fact, on = facts_of(peru_facts, distributor, day), date.fromisoformat(day)
    ours = [list_price(tariffs[IDS[distributor]], Decimal(kwh), on) for kwh in range(1001)]
    assert ours == [independent_price(fact, kwh) for kwh in range(1001)]


@pytest.mark.parametrize("worked", WORKED)
def test_the_worked_examples(tariffs: dict[str, Tariff], peru_facts: dict[str, Any], worked: str) -> None:
    distributor, day = WORKED[worked]
    expected = next(w for w in peru_facts["worked_bills_from_pliego"] if w["id"] == worked)["expected"]
    for kwh, price in expected.items():
        assert list_price(tariffs[IDS[distributor]], Decimal(kwh), date.fromisoformat(day)) == Decimal(
            price
        ), kwh


@pytest.mark.parametrize("cliff", CLIFFS)
def test_kwh_number_141(tariffs: dict[str, Tariff], peru_facts: dict[str, Any], cliff: str) -> None:
    distributor, day = CLIFFS[cliff]
    expected = next(w for w in peru_facts["worked_bills_from_pliego"] if w["id"] == "CLIFF-140")["expected"][
        cliff
    ]
    tariff, on = tariffs[IDS[distributor]], date.fromisoformat(day)
    assert list_price(tariff, Decimal(141), on) - list_price(tariff, Decimal(140), on) == Decimal(expected)


def test_every_list_of_the_facts_ships(tariffs: dict[str, Tariff], peru_facts: dict[str, Any]) -> None:
    told = {(r["distributor"], r["valid_from"]) for r in peru_facts["tariffs_bt5b_residential"]}
    shipped = {(d, str(v.valid_from)) for d, key in IDS.items() for v in tariffs[key].versions}
    assert shipped == told


@pytest.mark.parametrize(
    ("option", "key"), [("BT5D", "pe.pluz.lima_norte.bt5d"), ("BT5E", "pe.pluz.lima_norte.bt5e")]
)
def test_the_other_slab_options(
    tariffs: dict[str, Tariff], peru_facts: dict[str, Any], option: str, key: str
) -> None:
    fact = next(t for t in peru_facts["tariffs_other"] if t["option"] == option)
    on = date.fromisoformat(fact["valid_from"])
    assert [list_price(tariffs[key], Decimal(k), on) for k in range(1001)] == [
        independent_price(fact, k) for k in range(1001)
    ]


@pytest.mark.parametrize("distributor", ["luz_del_sur", "pluz"])
def test_confidence_and_basis_are_those_of_the_facts(
    tariffs: dict[str, Tariff], peru_facts: dict[str, Any], distributor: str
) -> None:
    for version in tariffs[IDS[distributor]].versions:
        fact = facts_of(peru_facts, distributor, str(version.valid_from))
        assert (version.source.confidence, version.source.basis) == (fact["confidence"], fact["basis"])
        assert version.prices_include == (("igv",) if fact["igv"] == "included" else ())

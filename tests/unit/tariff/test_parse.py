"""Documents become types, and every mistake is named by its path."""

from __future__ import annotations

import copy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kanchay.analysis.tariff.document import TariffInvalid
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.tariff import BandedCharge, LookupCharge, PerUnitCharge, Select

SOURCE = {"title": "A list", "date": "2026-01-01", "confidence": "high", "basis": "official"}


@pytest.fixture
def document() -> dict[str, Any]:
    return {
        "schema": "tariff/1",
        "id": "xx.test",
        "country": "XX",
        "currency": "EUR",
        "timezone": "UTC",
        "provider": {"id": "test", "name": "Test"},
        "option": {"code": "A"},
        "proration": "daily_blend",
        "taxes": [{"id": "vat", "rate": "0.20", "valid_from": "2020-01-01"}],
        "parameters": [{"id": "unit_value", "values": [{"value": "5500", "valid_from": "2026-01-01"}]}],
        "versions": [
            {
                "valid_from": "2026-01-01",
                "valid_to": "2026-07-01",
                "prices_include": ["vat"],
                "source": SOURCE,
                "charges": [
                    {
                        "id": "energy",
                        "kind": "banded",
                        "quantity": "energy_kwh",
                        "select": "by_total",
                        "taxes": ["vat"],
                        "bands": [
                            {"up_to": "30", "fixed": "2.60", "tiers": [{"rate": "0.5170"}]},
                            {"up_to": None, "fixed": "2.66", "tiers": [{"rate": "0.7556"}]},
                        ],
                    },
                    {
                        "id": "rural",
                        "kind": "per_unit",
                        "quantity": "energy_kwh",
                        "product": ["0.000002", {"parameter": "unit_value"}],
                        "taxes": [],
                    },
                ],
            }
        ],
    }


def problems(document: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(TariffInvalid) as caught:
        parse_tariff(document)
    assert str(len(caught.value.problems)) in str(caught.value)
    return dict(caught.value.problems)


def test_a_whole_document(document: dict[str, Any]) -> None:
    tariff = parse_tariff(document)
    energy, rural = tariff.versions[0].charges
    assert isinstance(energy, BandedCharge)
    assert energy.tax_included
    assert energy.select is Select.BY_TOTAL
    assert energy.bands[0].tiers[0].rate == Decimal("0.5170")
    assert isinstance(rural, PerUnitCharge)
    assert not rural.tax_included
    assert tariff.versions[0].valid_to == date(2026, 7, 1)


def test_missing_fields_are_all_named() -> None:
    found = problems({"schema": "tariff/1"})
    assert {"id", "country", "currency", "timezone", "provider.id", "option.code", "versions"} <= set(found)
    assert found["id"] == "is missing"


def test_money_as_a_float_is_refused(document: dict[str, Any]) -> None:
    document["versions"][0]["charges"][0]["bands"][0]["tiers"][0]["rate"] = 0.517
    path = "versions[0].charges[0].bands[0].tiers[0].rate"
    assert "number in quotes" in problems(document)[path]


@pytest.mark.parametrize(
    ("change", "path", "word"),
    [
        (lambda c: c.update(kind="code"), "versions[0].charges[0].kind", "not one of"),
        (lambda c: c.update(colour="red"), "versions[0].charges[0].colour", "not known"),
        (lambda c: c.pop("taxes"), "versions[0].charges[0].taxes", "missing"),
        (lambda c: c["bands"][1].update(up_to="20"), "versions[0].charges[0].bands", "must end"),
        (lambda c: c["bands"].reverse(), "versions[0].charges[0].bands", "must end"),
        (lambda c: c.update(taxes=["iva"]), "versions[0].charges[0]", "iva"),
        (
            lambda c: c["bands"][0]["tiers"][0].update(amount="1"),
            "versions[0].charges[0].bands[0].tiers[0]",
            "either",
        ),
        (lambda c: c.update(select="some"), "versions[0].charges[0].select", "by_total"),
    ],
)
def test_mistakes_in_a_charge(document: dict[str, Any], change: Any, path: str, word: str) -> None:
    change(document["versions"][0]["charges"][0])
    assert word in problems(document)[path]


def test_an_unknown_parameter_is_named(document: dict[str, Any]) -> None:
    document["versions"][0]["charges"][1]["product"][1]["parameter"] = "UIT"
    assert "UIT" in problems(document)["versions[0].charges[1]"]


def test_prices_must_say_what_they_include(document: dict[str, Any]) -> None:
    del document["versions"][0]["prices_include"]
    assert "missing" in problems(document)["versions[0].prices_include"]


def test_overlapping_versions(document: dict[str, Any]) -> None:
    document["versions"].append({**copy.deepcopy(document["versions"][0]), "valid_from": "2026-06-01"})
    assert "overlap" in problems(document)["versions"]


def test_a_source_is_needed_for_every_list(document: dict[str, Any]) -> None:
    document["versions"][0]["source"] = {"title": "A list"}
    assert {"versions[0].source.date", "versions[0].source.confidence", "versions[0].source.basis"} <= set(
        problems(document)
    )


def test_a_typed_amount_never_includes_tax(document: dict[str, Any]) -> None:
    document["versions"][0]["charges"].append(
        {"id": "upkeep", "kind": "fixed", "parameter": "unit_value", "taxes": ["vat"]}
    )
    assert "false" in problems(document)["versions[0].charges[2].tax_included"]


def test_a_table_with_unknown_rows(document: dict[str, Any]) -> None:
    document["versions"][0]["charges"].append(
        {
            "id": "light", "kind": "lookup", "quantity": "energy_kwh", "parameter": "unit_value", "taxes": [],
            "table": [{"up_to": "30", "factor": None}, {"factor": "2"}],
        }
    )  # fmt: skip
    light = parse_tariff(document).versions[0].charges[2]
    assert isinstance(light, LookupCharge)
    assert [row.factor for row in light.rows] == [None, Decimal(2)]

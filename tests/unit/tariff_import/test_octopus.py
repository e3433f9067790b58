"""Dated prices with and without VAT as a series, as time of use, or as versions."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from kanchay.adapters.tariffs import Answers, ForeignTariff, read_tariffs
from kanchay.adapters.tariffs.values import load
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.errors import FileRefused
from tests.unit.tariff_import.made import long_rate, unit_rates

STANDING = {"results": [long_rate("2024-10-01T00:00:00Z", None, 45.5)]}
NEW_YEAR, APRIL = "2025-01-01T00:00:00Z", "2025-04-01T00:00:00+01:00"


def read(
    document: dict[str, Any], standing: Any = STANDING, key: str = "gb.octopus.agile_c"
) -> ForeignTariff:
    second = None if standing is None else load(json.dumps(standing).encode(), "standing.json")
    answers = Answers(key, standing=second)
    (tariff,) = read_tariffs(json.dumps(document).encode(), "rates.json", answers=answers)
    return tariff


def charge(tariff: ForeignTariff, version: int = 0) -> dict[str, Any]:
    return next(c for c in tariff.document["versions"][version]["charges"] if c["id"] == "energy")


def test_half_hours_that_differ_are_a_series() -> None:
    tariff = read(unit_rates("2025-01-06", [float(n % 97) for n in range(48 * 5)]))
    (series,) = tariff.series.values()
    assert charge(tariff)["series"] == series.name == "gb_octopus_agile_c_price"
    assert len(series.values) == 240
    assert series.values[:3] == pytest.approx([0.0, 0.01, 0.02])
    assert series.start == 1736121600
    assert not tariff.left_out
    version = tariff.document["versions"][0]
    assert (version["valid_from"], version["valid_to"]) == ("2025-01-06", "2025-01-11")


def test_vat_and_standing_charge() -> None:
    tariff = parse_tariff(read(unit_rates("2025-01-06", [20.0, 30.0] * 120)).document)
    assert [(t.id, str(t.rate)) for t in tariff.taxes] == [("vat", "0.05")]
    assert str(tariff.versions[0].charges[0].amount) == "0.455"  # type: ignore[union-attr]


def test_days_that_are_alike_are_time_of_use() -> None:
    day = [25.0] * 4 + [8.5] * 10 + [25.0] * 34  # cheap from 02:00 to 07:00
    tariff = read(unit_rates("2025-01-06", day * 6))
    assert charge(tariff)["rates"] == {"rate_2": "0.085", "rate_1": "0.25"} or charge(tariff)["rates"] == {
        "rate_1": "0.25",
        "rate_2": "0.085",
    }
    blocks = tariff.document["schedules"][0]["blocks"]
    assert blocks[0] == {"id": "rate_2", "windows": [{"from": "02:00", "to": "07:00"}]}
    assert not tariff.series


def test_prices_that_hold_long_are_versions() -> None:
    rows = [long_rate(APRIL, None, 24.0), long_rate(NEW_YEAR, APRIL, 22.5)]
    tariff = read({"results": rows})
    assert [v["valid_from"] for v in tariff.document["versions"]] == ["2025-01-01", "2025-04-01"]
    assert [charge(tariff, n)["tiers"][0]["rate"] for n in (0, 1)] == ["0.225", "0.24"]
    assert len(parse_tariff(tariff.document).versions) == 2


def test_a_standing_charge_that_changes_makes_versions() -> None:
    change = "2025-01-08T00:00:00Z"
    standing = {"results": [long_rate("2024-10-01T00:00:00Z", change, 45), long_rate(change, None, 50)]}
    versions = read(unit_rates("2025-01-06", [float(n % 97) for n in range(48 * 5)]), standing).document[
        "versions"
    ]
    assert [(v["valid_from"], v["charges"][0]["amount"]) for v in versions] == [
        ("2025-01-06", "0.45"),
        ("2025-01-08", "0.5"),
    ]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"next": "https://example.org/?page=2"}, "pages.missing"),
        ({"results": [{"value_exc_vat": 1, "valid_from": "yesterday"}]}, "price.damaged"),
        ({"results": [long_rate("2025-01-01T00:00:00Z", None, 1, "NON_DIRECT_DEBIT")]}, "payment.other"),
    ],
)
def test_what_is_missing_is_told(change: dict[str, Any], code: str) -> None:
    rates = unit_rates("2025-01-06", [float(n % 97) for n in range(96)])
    merged = {**rates, **change, "results": [*rates["results"], *change.get("results", [])]}
    assert code in {n.code for n in read(merged).left_out}


def test_a_missing_standing_charge_is_told_as_money() -> None:
    tariff = read(unit_rates("2025-01-06", [float(n % 97) for n in range(96)]), None)
    (note,) = tariff.left_out
    assert (note.code, note.money) == ("standing.missing", True)


def test_a_hole_in_the_prices_stays_a_hole() -> None:
    rates = unit_rates("2025-01-06", [float(n % 97) for n in range(96)])
    del rates["results"][40]
    tariff = read(rates)
    (series,) = tariff.series.values()
    assert np.isnan(series.values).sum() == 1
    assert "price.gap" in {n.code for n in tariff.left_out}


def test_no_price_at_all() -> None:
    with pytest.raises(FileRefused):
        read_tariffs(b'{"results": []}', "empty.json", form="octopus")


def test_a_few_hours_are_no_tariff() -> None:
    with pytest.raises(FileRefused, match="no whole day"):
        read(unit_rates("2025-01-06T10:00", [float(n) for n in range(12)]))


def test_days_before_the_first_standing_charge_are_told() -> None:
    standing = {"results": [long_rate("2025-01-08T00:00:00Z", None, 50)]}
    tariff = read(unit_rates("2025-01-06", [float(n % 97) for n in range(48 * 5)]), standing)
    assert "standing.gap" in {n.code for n in tariff.left_out}

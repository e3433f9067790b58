"""Dynamic prices of Swiss operators, in both versions of the standard."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from kanchay.adapters.tariffs import Answers, ForeignTariff, read_tariffs
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.errors import FileRefused
from kanchay.domain.tariff import ExportMode

FIRST = datetime(2026, 1, 31, 23, tzinfo=UTC)  # midnight of 1 February in Zurich


def answer(days: int, *, named: bool = True, **kinds: tuple[float, ...]) -> dict[str, Any]:
    """Quarters of an hour: the first number of a kind is its energy at midnight, rising a little; then its base."""
    prices = []
    for n in range(96 * days):
        item: dict[str, Any] = {
            "start_timestamp": (FIRST + timedelta(minutes=15 * n)).isoformat(),
            "end_timestamp": (FIRST + timedelta(minutes=15 * n + 15)).isoformat(),
        }
        for kind, (energy, *base) in kinds.items():
            value = round(energy + n / 10000, 6)
            if named:
                item[kind] = {"energy": {"unit": "CHF/kWh", "value": value}}
                if base:
                    item[kind]["base"] = {"unit": "CHF/m", "value": base[0]}
            else:
                item[kind] = [
                    {"unit": "CHF_kWh", "value": value},
                    *({"unit": "CHF_m", "value": b} for b in base),
                ]
        prices.append(item)
    return {"publication_timestamp": FIRST.isoformat(), "prices": prices}


def read(document: dict[str, Any]) -> ForeignTariff:
    (tariff,) = read_tariffs(json.dumps(document).encode(), "prices.json", answers=Answers("ch.dorf.dynamic"))
    return tariff


@pytest.mark.parametrize("named", [True, False])
def test_each_kind_is_a_series(named: bool) -> None:
    tariff = read(answer(2, named=named, electricity=(0.12,), grid=(0.08, 5.0), integrated=(0.20, 5.0)))
    charges = {c["id"]: c for c in tariff.document["versions"][0]["charges"]}
    assert list(charges) == ["electricity", "grid", "grid_base"]  # the sum of both is left
    assert (charges["grid_base"]["amount"], charges["grid_base"]["per"]) == ("5", "month")
    series = tariff.series["ch_dorf_dynamic_grid_price"]
    assert series.resolution_s == 900
    assert series.values[:2] == pytest.approx([0.08, 0.0801])
    assert len(series.values) == 192
    version = tariff.document["versions"][0]
    assert (version["valid_from"], version["valid_to"]) == ("2026-02-01", "2026-02-03")
    assert {n.code for n in tariff.left_out} == {"vat.unsaid"}


def test_the_sum_where_its_parts_are_missing() -> None:
    tariff = read(answer(1, integrated=(0.2,), regional_fees=(0.01,)))
    assert {c["id"] for c in tariff.document["versions"][0]["charges"]} == {"integrated", "regional_fees"}


def test_energy_sent_is_a_credit() -> None:
    tariff = read(answer(1, integrated=(0.2,), feed_in=(0.06,)))
    charge = next(c for c in tariff.document["versions"][0]["charges"] if c["id"] == "feed_in")
    assert (charge["quantity"], charge["credit"]) == ("export_kwh", True)
    assert parse_tariff(tariff.document).export is ExportMode.PRICE_SERIES


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"grid": {"power": {"unit": "CHF/kW/m", "value": 4}}}, "fixed.unit"),
        ({"grid": {"energy": {"unit": "CHF/kWh", "value": "dear"}}}, "price.damaged"),
        ({"end_timestamp": "soon"}, "price.damaged"),
        ({"refund": {"energy": {"unit": "CHF/kWh", "value": 0.01}}}, "refund.storage"),
        ({"weather": 3}, "field.unknown"),
        ({"electricity": {"base": {"unit": "CHF/m", "value": 7}}}, "fixed.changing"),
        (
            {"start_timestamp": "2026-03-09T00:00:00+01:00", "end_timestamp": "2026-03-09T00:15:00+01:00"},
            "price.gap",
        ),
    ],
)
def test_what_cannot_be_carried_over_is_told(change: dict[str, Any], code: str) -> None:
    document = answer(1, electricity=(0.1, 5.0))
    document["prices"].append({**document["prices"][-1], **change})
    if code == "price.gap":
        document["prices"][-1]["electricity"] = document["prices"][0]["electricity"]
    assert code in {n.code for n in read(document).left_out}


def test_an_hour_is_no_tariff() -> None:
    document = answer(1, integrated=(0.2,))
    document["prices"] = document["prices"][:4]
    with pytest.raises(FileRefused, match="no whole day"):
        read(document)

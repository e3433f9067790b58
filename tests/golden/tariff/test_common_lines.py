"""What every bill of Peru has besides its prices: lighting, the charge of Law 28749, upkeep, interest, by the facts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.domain.charges import LookupCharge
from kanchay.domain.errors import BillRefused
from kanchay.domain.tariff import Tariff, Usage

LDS, PLUZ = "pe.luz_del_sur.lima_sur.bt5b", "pe.pluz.lima_norte.bt5b"
JULY = date(2026, 7, 1), date(2026, 8, 1)


def peruvian(tariffs: dict[str, Tariff]) -> list[Tariff]:
    return [t for t in tariffs.values() if t.country == "PE"]


def lighting_of(tariff: Tariff) -> LookupCharge:
    (found,) = [
        c for c in tariff.versions[-1].charges if isinstance(c, LookupCharge) and c.id == "public_lighting"
    ]
    return found


def test_only_factors_that_somebody_verified_are_used(
    tariffs: dict[str, Tariff], peru_facts: dict[str, Any]
) -> None:
    """Rows of low confidence, and those of no fact at all, stay empty: the bill asks for the amount."""
    sure = {
        str(f["to_kwh"]): (Decimal(f["factor"]), f["confidence"])
        for f in peru_facts["public_lighting"]["factors"]
        if f["confidence"] != "low"
    }
    for tariff in peruvian(tariffs):
        rows = lighting_of(tariff).rows
        assert {str(r.up_to): (r.factor, r.confidence) for r in rows if r.factor is not None} == sure
        edges = [Decimal(0), *(r.up_to for r in rows[:-1] if r.up_to is not None)]
        begins = {str(r.up_to): edge for r, edge in zip(rows, edges, strict=True)}
        for fact in peru_facts["public_lighting"]["factors"]:
            assert begins[str(fact["to_kwh"])] == fact["from_kwh"]


@pytest.mark.parametrize("key", [LDS, PLUZ])
def test_alicuotas_are_those_of_the_facts(
    tariffs: dict[str, Tariff], peru_facts: dict[str, Any], key: str
) -> None:
    rows = peru_facts["public_lighting"]["alicuotas"]
    told = {
        r["month"]: (Decimal(r["value"]), r["confidence"])
        for r in rows
        if r["distributor"] == tariffs[key].provider
    }
    parameter = tariffs[key].parameter("alicuota")
    assert parameter is not None
    ours = {
        f"{p.valid_from:%Y-%m}": (p.value, p.source.confidence if p.source else "") for p in parameter.values
    }
    assert ours == told


def test_the_alicuota_of_one_receipt_prices_the_months_like_it(tariffs: dict[str, Tariff]) -> None:
    """A receipt of 455.5 kWh prints 17.64 of lighting: 17.64 / 14 is 1.26, and 600 kWh of that month pay 28 × 1.26."""
    learned = Decimal("17.64") / 14
    august = date(2026, 8, 4), date(2026, 9, 4)  # a month of which no receipt was seen
    with pytest.raises(BillRefused, match="alicuota"):
        evaluate(tariffs[LDS], Usage.energy(*august, Decimal(600)))
    bill = evaluate(tariffs[LDS], Usage.energy(*august, Decimal(600)), parameters={"alicuota": learned})
    assert {line.id: line.amount for line in bill.lines}["public_lighting"] == Decimal("35.28")


@pytest.mark.parametrize("kwh", [31, 100, 149, 751, 3000, 5001])
def test_an_unknown_factor_is_asked_for(tariffs: dict[str, Tariff], kwh: int) -> None:
    with pytest.raises(BillRefused, match="factor") as told:
        evaluate(tariffs[LDS], Usage.energy(*JULY, Decimal(kwh)))
    assert told.value.code == "bill.unknown_factor"


def test_the_charge_of_law_28749(tariffs: dict[str, Tariff], peru_facts: dict[str, Any]) -> None:
    """0.002 UIT per MWh, untaxed, by the UIT of each year that the facts hold; the others are asked for."""
    facts = {p["id"]: p for p in peru_facts["parameters"]}
    for tariff in peruvian(tariffs):
        parameter = tariff.parameter("UIT")
        assert parameter is not None
        uit = {p.valid_from.year: p.value for p in parameter.values}
        assert uit == {year: Decimal(facts[f"uit_{year}"]["value"]) for year in (2022, 2024, 2025, 2026)}
        for year in (2022, 2025, 2026):
            told = Decimal(facts[f"aporte_ley_28749_{year}"]["value"])
            assert abs(Decimal("0.000002") * uit[year] - told) < Decimal("0.0001")
        assert [t.rate for t in tariff.taxes] == [Decimal(facts["igv"]["value"])]
        assert tariff.rounding.total_step == Decimal(facts["bill_total_rounding"]["value"])
        assert tariff.rounding.unit_price == facts["unit_price_decimals"]["value"]


def test_interest_is_taxed_and_late_interest_is_not(tariffs: dict[str, Tariff]) -> None:
    usage = Usage.energy(*JULY, Decimal(400))
    plain, late = (
        evaluate(tariffs[LDS], usage, parameters={k: Decimal(v) for k, v in typed.items()})
        for typed in ({}, {"interes": "1.00", "mora": "0.50", "ajuste": "-0.20"})
    )
    assert late.subtotal - plain.subtotal == Decimal("1.00")
    assert late.tax - plain.tax == Decimal("0.18")
    untaxed = {line.id: line.amount for line in late.lines if line.kind == "untaxed"}
    assert untaxed["late_interest"] == Decimal("0.50")
    assert untaxed["adjustment"] == Decimal("-0.20")


def test_upkeep_has_a_usual_value_only_where_receipts_showed_one(
    tariffs: dict[str, Tariff], peru_facts: dict[str, Any]
) -> None:
    ranges = {c["id"]: c["value"].split("..") for c in peru_facts["other_charges"] if ".." in c["value"]}
    seen = {"luz_del_sur": "reposicion_mantenimiento_lds_mono", "pluz": "reposicion_mantenimiento_other"}
    for tariff in peruvian(tariffs):
        parameter = tariff.parameter("reposicion")
        assert parameter is not None
        if parameter.default is not None:
            low, high = (Decimal(v) for v in ranges[seen[tariff.provider]])
            assert low <= parameter.default <= high
            assert parameter.source is not None
    homes = {t.id for t in peruvian(tariffs) if (p := t.parameter("reposicion")) and p.default is not None}
    assert homes == {
        *(f"{k}{end}" for k in (LDS, PLUZ) for end in ("", "_nores")),
        *(f"pe.pluz.lima_norte.{o}" for o in ("bt5d", "bt5e", "bt5f", "bt5i")),
    }

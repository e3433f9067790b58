"""Each kind of charge by hand: what it bills, and what it refuses."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from kanchay.analysis.tariff.document import TariffInvalid
from kanchay.analysis.tariff.evaluate import evaluate, list_price
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.analysis.tariff.review import review_tariff
from kanchay.domain.bill import Bill
from kanchay.domain.errors import BillRefused
from kanchay.domain.tariff import Usage

APRIL = (date(2026, 4, 1), date(2026, 5, 1))
SOURCE = {"title": "A list", "date": "2026-01-01", "confidence": "high", "basis": "official"}
DAY = {"id": "day", "blocks": [{"id": "peak", "windows": [{"from": "18:00", "to": "23:00"}]}, {"id": "off"}]}


def document(*charges: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "schema": "tariff/1", "id": "xx", "country": "XX", "currency": "EUR", "timezone": "UTC",
        "provider": {"id": "x", "name": "x"}, "option": {"code": "x"}, "schedules": [DAY],
        "parameters": [{"id": "contracted_kw"}],
        "versions": [{
            "valid_from": "2026-01-01", "prices_include": [], "source": SOURCE,
            "charges": [{"taxes": [], **c} for c in charges],
        }],
        **more,
    }  # fmt: skip


def bill(
    *charges: dict[str, Any],
    before: tuple[dict[str, D], ...] = (),
    days: tuple[date, date] = APRIL,
    parameters: dict[str, D] | None = None,
    top: dict[str, Any] | None = None,
    **quantities: Any,
) -> Bill:
    found = {
        name.replace("__", "."): D(str(value)) for name, value in {"energy_kwh": 100, **quantities}.items()
    }
    return evaluate(
        parse_tariff(document(*charges, **(top or {}))), Usage(*days, found, before), parameters=parameters
    )


def amounts(found: Bill) -> dict[str, D]:
    return {line.id: line.amount for line in found.lines}


TOU = {"id": "energy", "kind": "tou", "schedule": "day", "rates": {"peak": "0.30", "off": "0.10"}}


def test_each_block_has_its_line() -> None:
    found = bill(TOU, energy_kwh__peak=20, energy_kwh__off=80)
    assert amounts(found) == {"energy.peak": D("6.00"), "energy.off": D("8.00")}
    assert found.lines[0].formula == "20 kWh × 0.30"


def test_tiers_inside_a_block() -> None:
    tiered = {**TOU, "rates": {"peak": [{"up_to": "10", "rate": "0.20"}, {"rate": "0.40"}], "off": "0.10"}}
    assert amounts(bill(tiered, energy_kwh__peak=25, energy_kwh__off=75))["energy.peak"] == D("8.00")


def test_a_block_that_nobody_measured_is_refused() -> None:
    with pytest.raises(BillRefused, match=r"energy_kwh\.peak") as caught:
        bill(TOU)
    assert caught.value.code == "bill.missing_quantity"


def test_a_tier_shared_over_blocks_takes_the_period_s_shares() -> None:
    charge = {
        "id": "energy", "kind": "banded", "quantity": "energy_kwh",
        "bands": [{"tiers": [
            {"up_to": "30", "rates": {"peak": "0.20", "off": "0.10"}}, {"rates": {"peak": "0.40", "off": "0.20"}},
        ]}],
    }  # fmt: skip
    # A quarter at peak: 7.5 × 0.20 + 22.5 × 0.10 + 17.5 × 0.40 + 52.5 × 0.20 = 1.5 + 2.25 + 7 + 10.5
    assert amounts(bill(charge, energy_kwh__peak=25, energy_kwh__off=75)) == {"energy": D("21.25")}


def test_blocks_that_do_not_add_up_are_refused() -> None:
    charge = {"id": "energy", "kind": "banded", "quantity": "energy_kwh",
              "bands": [{"tiers": [{"rates": {"peak": "0.20", "off": "0.10"}}]}]}  # fmt: skip
    with pytest.raises(BillRefused, match="add up to 60") as caught:
        bill(charge, energy_kwh__peak=25, energy_kwh__off=35)
    assert caught.value.code == "bill.blocks_do_not_cover"


def test_limits_by_day_and_by_kw() -> None:
    tiers = [{"up_to": "2", "rate": "0.10"}, {"rate": "0.20"}]
    daily = {
        "id": "energy",
        "kind": "banded",
        "quantity": "energy_kwh",
        "select": "marginal",
        "limits": "day",
        "tiers": tiers,
    }
    assert amounts(bill(daily)) == {"energy": D("14.00")}  # 30 days × 2 kWh at 0.10, 40 at 0.20
    hours_of_use = {**daily, "limits": "kw"}
    assert amounts(bill(hours_of_use, demand_kw=10)) == {"energy": D("18.00")}  # 10 kW × 2 kWh at 0.10


DEMAND = {"id": "power", "kind": "demand", "quantity": "demand_kw", "rate": "10"}


def test_the_mean_of_the_two_highest_of_six_months() -> None:
    charge = {**DEMAND, "statistic": {"top": 2, "months": 6}}
    before = tuple({"demand_kw": D(k)} for k in (8, 3, 4, 5, 6, 99))  # the seventh month back does not count
    assert amounts(bill(charge, demand_kw=7, before=before)) == {"power": D("75.00")}


def test_too_few_months_are_refused_and_a_short_history_is_said() -> None:
    charge = {**DEMAND, "statistic": {"top": 2, "months": 6}}
    with pytest.raises(BillRefused) as caught:
        bill(charge, demand_kw=7)
    assert caught.value.code == "bill.missing_demand"
    assert "demand.short_history" in bill(charge, demand_kw=7, before=({"demand_kw": D(5)},)).warnings


def test_no_demand_is_refused() -> None:
    with pytest.raises(BillRefused) as caught:
        bill(DEMAND)
    assert caught.value.code == "bill.missing_demand"


def test_a_ratchet_remembers_the_highest_month() -> None:
    charge = {**DEMAND, "ratchet": {"share": "0.80", "months": 11}}
    before = ({"demand_kw": D(20)}, *({"demand_kw": D(1)},) * 10)
    assert amounts(bill(charge, demand_kw=7, before=before)) == {"power": D("160.00")}
    assert amounts(bill(charge, demand_kw=18, before=before)) == {"power": D("180.00")}


def test_excess_over_another_demand_and_over_the_contract() -> None:
    peak = {**DEMAND, "id": "peak", "quantity": "demand_kw.peak"}
    excess = {**DEMAND, "id": "excess", "quantity": "demand_kw.off", "minus": "peak"}
    found = amounts(bill(peak, excess, demand_kw__peak=4, demand_kw__off=9))
    assert found == {"peak": D("40.00"), "excess": D("50.00")}
    assert amounts(bill(peak, excess, demand_kw__peak=9, demand_kw__off=4))["excess"] == D("0.00")
    over = {**DEMAND, "minus_parameter": "contracted_kw"}
    assert amounts(bill(over, demand_kw=9, parameters={"contracted_kw": D(6)})) == {"power": D("30.00")}


def test_present_in_peak_pays_its_own_price() -> None:
    charge = {**DEMAND, "presence": {"block": "peak", "at_least": "0.5", "rate": "20"}}
    hours = {"hours__peak": 150, "demand_kw": 2, "energy_kwh": 400}
    # 150 kWh in the peak of 2 kW × 150 h is exactly half of what could be used
    assert amounts(bill(charge, energy_kwh__peak=150, **hours)) == {"power": D("40.00")}
    assert amounts(bill(charge, energy_kwh__peak=149, **hours)) == {"power": D("20.00")}


def test_a_least_month_counts_before_the_mean() -> None:
    charge = {**DEMAND, "statistic": {"top": 2, "months": 2, "at_least": "2.5"}, "per": "year"}
    found = bill(
        charge, demand_kw=1, before=({"demand_kw": D(5)},), days=(date(2026, 1, 1), date(2027, 1, 1))
    )
    assert amounts(found) == {"power": D("38.00")}  # (2.5 + 5) / 2 = 3.75, read as 3.8 kW


def test_contracted_power_by_the_day_month_and_year() -> None:
    charge = {
        "id": "power",
        "kind": "contracted",
        "parameter": "contracted_kw",
        "rate": "36.5",
        "per": "year",
    }
    assert amounts(bill(charge, parameters={"contracted_kw": D(2)})) == {"power": D("6.00")}  # 30 of 365 days
    leap = bill(charge, parameters={"contracted_kw": D(2)}, days=(date(2028, 1, 1), date(2029, 1, 1)))
    assert amounts(leap) == {"power": D("73.00")}
    monthly = {**charge, "per": "month", "rate": "3"}
    half = bill(monthly, parameters={"contracted_kw": D(2)}, days=(date(2026, 4, 1), date(2026, 4, 16)))
    assert amounts(half) == {"power": D("3.00")}


def test_reactive_energy_above_a_share() -> None:
    charge = {"id": "reactive", "kind": "reactive", "rate": "0.05", "above_share": "0.30"}
    assert amounts(bill(charge, reactive_kvarh=50)) == {"reactive": D("1.00")}
    assert amounts(bill(charge, reactive_kvarh=30)) == {"reactive": D("0.00")}
    with pytest.raises(BillRefused, match="reactive_kvarh"):
        bill(charge)


def test_a_minimum_bills_what_is_missing_to_it() -> None:
    energy = {
        "id": "energy",
        "kind": "banded",
        "quantity": "energy_kwh",
        "select": "marginal",
        "tiers": [{"rate": "0.10"}],
    }
    least = {"id": "least", "kind": "minimum", "amount": "0.50", "per": "day"}
    assert amounts(bill(energy, least)) == {"energy": D("10.00"), "least": D("5.00")}
    assert amounts(bill(energy, least, energy_kwh=150)) == {"energy": D("15.00")}


def test_a_tax_on_a_tax() -> None:
    taxes = [
        {"id": "duty", "rate": "0.05", "valid_from": "2020-01-01"},
        {"id": "vat", "rate": "0.21", "valid_from": "2020-01-01", "on": ["duty"]},
    ]
    fixed = {"id": "fixed", "kind": "fixed", "amount": "100", "taxes": ["duty", "vat"]}
    rent = {"id": "rent", "kind": "fixed", "amount": "10", "taxes": ["vat"]}
    found = amounts(bill(fixed, rent, top={"taxes": taxes}))
    assert (found["duty"], found["vat"]) == (D("5.00"), D("24.15"))  # 21 % of 100 + 10 + 5


def test_net_metering_carries_energy_by_its_hours() -> None:
    top = {"export": {"mode": "net_metering", "surplus": "carry"}}
    sun = {"energy_kwh__peak": 40, "energy_kwh__off": 60, "export_kwh__peak": 10, "export_kwh__off": 75}
    first = bill(TOU, top=top, **sun)
    assert amounts(first) == {"energy.peak": D("9.00"), "energy.off": D("0.00")}
    assert dict(first.carried)["energy_kwh.off"] == D(15)
    second = bill(
        TOU, top=top, parameters={"carry_in.energy_kwh.off": D(15)}, energy_kwh__peak=0, energy_kwh__off=60
    )
    assert amounts(second)["energy.off"] == D("4.50")
    lost = bill(TOU, top={"export": {"mode": "net_metering"}}, **sun)
    assert not lost.carried


@pytest.mark.parametrize(
    ("surplus", "total", "line"),
    [("lose", "0.00", "credit_lost"), ("carry", "0.00", "credit_carried"), ("pay", "-6.00", None)],
)
def test_what_becomes_of_credit(surplus: str, total: str, line: str | None) -> None:
    credit = {
        "id": "sent",
        "kind": "banded",
        "quantity": "export_kwh",
        "select": "marginal",
        "tiers": [{"rate": "0.08"}],
        "credit": True,
    }
    fixed = {"id": "fixed", "kind": "fixed", "amount": "2"}
    found = bill(fixed, credit, top={"export": {"mode": "net_billing", "surplus": surplus}}, export_kwh=100)
    assert found.total == D(total)
    assert amounts(found)["sent"] == D("-8.00")
    assert line is None or amounts(found)[line] == D("6.00")
    assert dict(found.carried) == ({"credit": D("6.00")} if surplus == "carry" else {})


def test_who_has_no_export_meter_sends_nothing() -> None:
    credit = {
        "id": "sent",
        "kind": "banded",
        "quantity": "export_kwh",
        "select": "marginal",
        "tiers": [{"rate": "0.08"}],
        "credit": True,
    }
    found = bill(credit, top={"export": {"mode": "net_billing"}})
    assert amounts(found) == {"sent": D("0.00")}
    assert "export.none" in found.warnings


def test_a_rule_that_nobody_checked_is_told() -> None:
    unsure = {**SOURCE, "basis": "general", "confidence": "medium"}
    assert (
        "rule.unverified" in bill({"id": "fixed", "kind": "fixed", "amount": "1", "source": unsure}).warnings
    )


def test_the_list_of_another_day_prices_the_whole_period() -> None:
    fixed = {"id": "fixed", "kind": "fixed", "amount": "0.10", "per": "day"}
    usage = Usage.energy(date(2020, 4, 1), date(2020, 5, 1), D(100))
    found = evaluate(parse_tariff(document(fixed)), usage, as_of=date(2026, 1, 15))
    assert found.total == D("3.00")  # thirty days, by a list that did not hold then
    assert found.warnings == ("price.other_date",)


@pytest.mark.parametrize(
    "charge", [TOU, DEMAND, {"id": "fixed", "kind": "fixed", "amount": "1", "per": "day"}]
)
def test_no_list_price_where_more_than_the_kwh_decides(charge: dict[str, Any]) -> None:
    with pytest.raises(BillRefused) as caught:
        list_price(parse_tariff(document(charge)), D(100), date(2026, 4, 1))
    assert caught.value.code == "bill.no_list_price"


def test_prices_cannot_include_a_tax_that_there_is_not() -> None:
    wrong = document({"id": "fixed", "kind": "fixed", "amount": "1"})
    wrong["versions"][0]["prices_include"] = ["igv"]
    with pytest.raises(TariffInvalid, match="igv"):
        parse_tariff(wrong)


def test_a_percentage_written_for_a_share_is_told() -> None:
    wrong = document(
        {"id": "fixed", "kind": "fixed", "amount": "1"},
        taxes=[{"id": "vat", "rate": "18", "valid_from": "2020-01-01"}],
    )
    assert ("taxes[0].rate", "is a tax of 1800 %") in [
        (m.path, m.what) for m in review_tariff(parse_tariff(wrong), wrong)
    ]


def test_a_tax_that_changed_is_charged_once_and_taken_out_of_prices_on_top_of_each_other() -> None:
    changed = [
        {"id": "vat", "rate": "0.10", "valid_from": "2000-01-01", "valid_to": "2026-01-01"},
        {"id": "vat", "rate": "0.21", "valid_from": "2026-01-01"},
    ]
    fixed = {"id": "fixed", "kind": "fixed", "amount": "100", "taxes": ["vat"]}
    assert bill(fixed, top={"taxes": changed}).total == D("121.00")
    stacked = document(
        {"id": "fixed", "kind": "fixed", "amount": "126", "taxes": ["duty", "vat"]},
        taxes=[
            {"id": "duty", "rate": "0.05", "valid_from": "2000-01-01"},
            {"id": "vat", "rate": "0.20", "valid_from": "2000-01-01", "on": ["duty"]},
        ],
    )
    stacked["versions"][0]["prices_include"] = ["duty", "vat"]
    found = evaluate(parse_tariff(stacked), Usage.energy(*APRIL, D(0)))
    assert (found.subtotal, found.total) == (D("100.00"), D("126.00"))


def test_a_charge_that_one_list_lacks_cannot_be_blended() -> None:
    two = document({"id": "fixed", "kind": "fixed", "amount": "1"}, proration="daily_blend")
    first = two["versions"][0]
    gone = {"id": "rent", "kind": "fixed", "amount": "5", "taxes": []}
    two["versions"] = [
        {**first, "valid_to": "2026-04-10", "charges": [*first["charges"], gone]},
        {**first, "valid_from": "2026-04-10"},
    ]
    with pytest.raises(BillRefused, match="rent") as caught:
        evaluate(parse_tariff(two), Usage.energy(*APRIL, D(100)))
    assert caught.value.code == "bill.cannot_blend"


@pytest.mark.parametrize(
    ("charge", "word"),
    [
        ({**DEMAND, "minus": "nobody"}, "nobody"),
        ({"id": "least", "kind": "minimum", "amount": "9", "of": ["energie"]}, "energie"),
    ],
)
def test_names_within_a_version_must_exist(charge: dict[str, Any], word: str) -> None:
    with pytest.raises(TariffInvalid, match=word):
        parse_tariff(document(charge))


def test_two_parameters_of_one_name_are_a_mistake() -> None:
    with pytest.raises(TariffInvalid, match="twice"):
        parse_tariff(document(TOU, parameters=[{"id": "x"}, {"id": "x"}]))


@pytest.mark.parametrize("name", ["carry_in.xyz", "carry_in.export_kwh"])
def test_only_what_bills_carry_may_be_carried_in(name: str) -> None:
    with pytest.raises(BillRefused) as caught:
        bill({"id": "fixed", "kind": "fixed", "amount": "1"}, parameters={name: D(1)})
    assert caught.value.code == "bill.unknown_parameter"

"""Rates of the OpenEI database as tariffs of ours; what they hold beyond our language is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kanchay.adapters.tariffs import Answers, ForeignTariff, read_tariffs
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.errors import FileRefused, InputError
from kanchay.domain.tariff import ExportMode
from tests.unit.tariff_import.made import FLAT, PEAK, rate

HERE = Answers(timezone="America/Chicago")


def read(document: dict[str, Any], answers: Answers = HERE) -> ForeignTariff:
    (tariff,) = read_tariffs(json.dumps(document).encode(), "rate.json", answers=answers)
    return tariff


def codes(tariff: ForeignTariff) -> set[str]:
    return {note.code for note in tariff.left_out}


def charges(tariff: ForeignTariff) -> dict[str, dict[str, Any]]:
    return {c["id"]: c for c in tariff.document["versions"][0]["charges"]}


def test_time_of_use_fixed_charge_and_dates() -> None:
    tariff = read(rate(enddate=1767168000))  # 2025-12-31: the last day
    document = tariff.document
    assert document["id"] == "us.made_up_power_light.r_tou"
    assert charges(tariff)["energy"]["rates"] == {"p0": "0.12", "p1": "0.3"}
    assert charges(tariff)["fixed"] == {
        "id": "fixed", "kind": "fixed", "amount": "12.5", "per": "month", "taxes": [],
        "name": {"en": "Fixed charge", "es": "Cargo fijo"},
    }  # fmt: skip
    assert document["schedules"][0]["blocks"] == [
        {"id": "p1", "windows": [{"days": "weekdays", "from": "16:00", "to": "21:00"}]}, {"id": "p0"}
    ]  # fmt: skip
    version = document["versions"][0]
    assert (version["valid_from"], version["valid_to"]) == ("2025-01-01", "2026-01-01")
    assert version["source"]["basis"] == "secondary"
    assert not tariff.left_out


def test_the_time_zone_is_asked_not_guessed() -> None:
    with pytest.raises(InputError, match="--timezone"):
        read(rate(), Answers())


def test_tiers_of_the_month_are_shared_over_its_periods() -> None:
    structure = [[{"rate": r, "max": 300}, {"rate": r + 0.1}] for r in (0.1, 0.3)]
    energy = charges(read(rate(energyratestructure=structure)))["energy"]
    assert "tiers.net_metering" in codes(read(rate(energyratestructure=structure, dgrules="Net Metering")))
    assert energy["tiers"] == [
        {"up_to": "300", "rates": {"p0": "0.1", "p1": "0.3"}},
        {"up_to": None, "rates": {"p0": "0.2", "p1": "0.4"}},
    ]


def test_other_tiers_in_other_seasons() -> None:
    structure = [
        [{"rate": r, "max": m, "unit": "kWh daily"}, {"rate": 0.5}]
        for r, m in ((0.1, 10), (0.3, 10), (0.2, 7), (0.4, 7))
    ]
    winter = [[2 + v for v in row] for row in PEAK]
    week = [*winter[:5], *PEAK[5:9], *winter[9:]]
    end = [*([[2] * 24] * 5), *([[0] * 24] * 4), *([[2] * 24] * 3)]
    tariff = read(rate(energyratestructure=structure, energyweekdayschedule=week, energyweekendschedule=end))
    own = charges(tariff)
    assert own["energy_0"]["quantity"] == "energy_kwh.tiers_0"
    assert own["energy_0"]["limits"] == own["energy_1"]["limits"] == "day"
    assert own["energy_0"]["tiers"][0] == {"up_to": "10", "rates": {"p0": "0.1", "p1": "0.3"}}
    assert {s["id"]: s["spans"] for s in tariff.document["seasons"]}["oct_may"] == [["10-01", "05-31"]]


def test_unlike_tiers_within_a_month_are_told() -> None:
    structure = [[{"rate": 0.1, "max": 300}, {"rate": 0.2}], [{"rate": 0.3}]]
    tariff = read(rate(energyratestructure=structure))
    assert "tiers.unlike" in codes(tariff)
    assert tariff.document["versions"][0]["source"]["confidence"] == "low"


def test_demand_with_ratchet_by_season() -> None:
    more = {
        "flatdemandstructure": [[{"rate": 11.5}], [{"rate": 10, "adj": 0.5}]],
        "flatdemandmonths": [1] * 4 + [0] * 6 + [1] * 2, "flatdemandunit": "kW",
        "demandratchetpercentage": [0.35] * 12, "demandwindow": 30,
    }  # fmt: skip
    tariff = read(rate(**more))
    demand = charges(tariff)["demand"]
    assert demand["ratchet"] == {"share": "0.35", "months": 11}
    assert demand["rate"] == [{"up_to": None, "rates": {"flat_1": "10.5", "flat_0": "11.5"}}]
    assert parse_tariff(tariff.document).demand_window_min == 30


def test_demand_by_hour_leaves_out_free_hours() -> None:
    more = {
        "demandratestructure": [[{"rate": 0}], [{"rate": 7.5}]], "demandrateunit": "kW",
        "demandweekdayschedule": PEAK, "demandweekendschedule": FLAT,
    }  # fmt: skip
    own = charges(read(rate(**more)))
    assert own["demand_d1"]["quantity"] == "demand_kw.d1"
    assert own["demand_d1"]["rate"] == "7.5"
    assert "demand_d0" not in own


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (
            {"flatdemandstructure": [[{"rate": 3}]], "flatdemandmonths": [0] * 12, "flatdemandunit": "kVA"},
            "demand.unit",
        ),
        ({"flatdemandstructure": [[{"rate": 3}]], "flatdemandmonths": [0, 5] * 6}, "demand.months"),
        (
            {"flatdemandstructure": [[{"rate": 3, "max": 9}, {"rate": 4, "max": 5}, {"rate": 1}]]},
            "demand.tiers",
        ),
        ({"demandratestructure": [[{"rate": 3}]]}, "demand.hours"),
        (
            {"flatdemandstructure": [[{"rate": 3}]], "demandratchetpercentage": [0.3, 0.5] * 6},
            "demand.ratchet_months",
        ),
        ({"fixedchargeunits": "$/kW"}, "fixed.unit"),
        ({"mincharge": 100, "minchargeunits": "$/year"}, "minimum.unit"),
        ({"demandreactivepowercharge": 2.7}, "charge.demandreactivepowercharge"),
        ({"coincidentratestructure": [[{"rate": 9}]]}, "charge.coincidentratestructure"),
        ({"servicetype": "Delivery"}, "service.part"),
        ({"dgrules": "Buy All Sell All"}, "export.rule"),
        ({"dgrules": "Net Billing Hourly"}, "export.price"),
        ({"startdate": None}, "dates.unknown"),
        ({"fueladjustmentsmonthly": [0.01] * 11}, "adjustment.months"),
        ({"energyratestructure": [[{"unit": "kWh"}], [{"rate": 0.3}]]}, "rate.missing"),
    ],
)
def test_what_we_have_no_word_for_is_told(more: dict[str, Any], code: str) -> None:
    tariff = read(rate(**more))
    assert code in codes(tariff)
    assert next(n for n in tariff.left_out if n.code == code).money
    assert tariff.document["versions"][0]["source"]["confidence"] == "low"


def test_fields_nobody_reads_are_told() -> None:
    more = {
        "voltagediscount": 0.02,
        "energycomments": "A fuel rider\r\n is added.",
        "peakkwcapacitymin": 400,
        "approved": True,
    }
    notes = {n.where: n for n in read(rate(**more)).left_out}
    assert notes["voltagediscount"].code == "field.unknown"
    assert notes["energycomments"].value == "A fuel rider is added."
    assert notes["peakkwcapacitymin"].value == "400"
    assert "approved" not in notes


def test_net_metering_net_billing_and_fuel() -> None:
    assert parse_tariff(read(rate(dgrules="Net Metering")).document).export is ExportMode.NET_METERING
    sold = [[{"rate": 0.1, "sell": 0.03}], [{"rate": 0.3, "sell": 0.08}]]
    tariff = read(rate(dgrules="Net Billing Instantaneous", energyratestructure=sold))
    assert charges(tariff)["export"]["rates"] == {"p0": "0.03", "p1": "0.08"}
    assert charges(tariff)["export"]["credit"] is True
    fuel = charges(read(rate(fueladjustmentsmonthly=[0.01] * 6 + [0.02] * 6)))["fuel"]
    assert fuel["rates"] == {"fuel_0": "0.01", "fuel_1": "0.02"}


@pytest.mark.parametrize(
    "more",
    [
        {"energyweekdayschedule": [[0] * 24] * 11},
        {"energyratestructure": [[{"rate": 0.1}]]},  # the tables name a period that is not there
        {"energyratestructure": [[{"rate": 0.1, "max": 9}, {"rate": 0.1, "max": 5}, {"rate": 0.1}], [{"rate": 0.3}]]},
        {"energyratestructure": [[{"rate": 0.1, "max": 9, "unit": "kWh/kW daily"}, {"rate": 0.1}], [{"rate": 0.3}]]},
    ],
)  # fmt: skip
def test_a_rate_without_its_energy_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(FileRefused):
        read(rate(**more))


def test_several_rates_and_picking_one() -> None:
    flat = rate(name="R-FLAT", energyratestructure=[[{"rate": 0.2}]], energyweekdayschedule=FLAT)
    both = {"items": [*rate()["items"], *flat["items"]]}
    data = json.dumps(both).encode()
    assert len(read_tariffs(data, "two.json", answers=HERE)) == 2
    (one,) = read_tariffs(data, "two.json", answers=Answers(timezone="America/Chicago", picks=("R-FLAT",)))
    assert one.document["option"]["code"] == "R-FLAT"


def test_a_rate_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(FileRefused, match="R-TOU"):
        read(rate(), Answers(timezone="America/Chicago", picks=("R-MADE",)))


def test_the_same_rate_of_several_years_keeps_apart() -> None:
    years = [rate(startdate=s)["items"][0] for s in (1704096000, 1735718400, 1735718400)]
    made = read_tariffs(json.dumps({"items": years}).encode(), "years.json", answers=HERE)
    name = "us.made_up_power_light.r_tou"
    assert [t.document["id"] for t in made] == [
        f"{name}.from_2024_01_01", f"{name}.from_2025_01_01", f"{name}.from_2025_01_01.3"
    ]  # fmt: skip

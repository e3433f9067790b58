"""A Swiss operator's machine-readable tariffs: the standard ones of each kind together, or those that are picked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kanchay.adapters.tariffs import Answers, ForeignTariff, read_tariffs
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.errors import FileRefused, InputError
from tests.unit.tariff_import.made import DORF, operator, price, swiss

TWO_PRICES = ((0.03, "06:00", "22:00"), (0.01, "22:00", "06:00"))


def read(document: dict[str, Any], *picks: str) -> ForeignTariff:
    (tariff,) = read_tariffs(json.dumps(document).encode(), "dorf.json", answers=Answers(picks=picks))
    return tariff


def charges(tariff: ForeignTariff) -> dict[str, dict[str, Any]]:
    return {c["id"]: c for c in tariff.document["versions"][0]["charges"]}


def test_the_standard_kinds_make_one_tariff() -> None:
    tariff = read(DORF)
    own = charges(tariff)
    assert list(own) == [
        "grid_base", "grid_energy", "grid_power", "grid_reactive", "electricity_energy", "metering_base",
        "regional_fees_energy",
    ]  # fmt: skip
    assert own["grid_energy"]["rates"] == {"grid_energy_0": "0.1", "grid_energy_1": "0.06"}
    assert (own["grid_power"]["rate"], own["grid_power"]["per"]) == ("4.5", "month")
    assert own["regional_fees_energy"]["tiers"] == [{"up_to": None, "rate": "0.0065"}]
    version = tariff.document["versions"][0]
    assert (version["valid_from"], version["valid_to"]) == ("2027-01-01", "2028-01-01")
    assert {n.code for n in tariff.left_out} == {"vat.unsaid", "reactive.free"}


def test_hours_and_months_become_schedules() -> None:
    schedules = {s["id"]: s["blocks"] for s in read(DORF).document["schedules"]}
    assert schedules["grid_energy"][0] == {
        "id": "grid_energy_0", "windows": [{"days": "weekdays", "from": "07:00", "to": "20:00"}]
    }  # fmt: skip
    assert schedules["electricity_energy"][0]["windows"] in ([{"season": "oct_mar"}], [{"season": "apr_sep"}])


def test_another_group_is_picked() -> None:
    assert next(iter(charges(read(DORF, "Gewerbe")))) == "grid_base"
    assert charges(read(DORF, "Gewerbe"))["grid_base"]["amount"] == "9"


def test_several_without_a_standard_are_asked() -> None:
    two = operator(*(swiss("grid", n, {"base": {"price": 1}}, standardBasegroup=False) for n in ("A", "B")))
    with pytest.raises(InputError, match="--pick"):
        read(two)


@pytest.mark.parametrize(
    ("prices", "code"),
    [
        ({"energy": [price(0.1, "CHF/kWh", "06:00", "22:00")]}, "hours.unpriced"),
        ({"energy": [price(0.1, "CHF/kWh"), price(0.2, "CHF/kWh", "06:00", "22:00")]}, "hours.twice"),
        ({"energy": [price(0.1, "EUR/kWh")], "base": {"price": 3}}, "price.damaged"),
        ({"energy": [price(0.1, "CHF/kWh", "26:00", "x")], "base": {"price": 3}}, "price.damaged"),
        ({"base": {"price": 3, "priceUnit": "CHF/ha"}}, "fixed.unit"),
        ({"base": {"price": 3}, "refundStorage": {"price": 0.05}}, "refund.storage"),
        ({"reactivePower": [price(p, "CHF/kVarh", a, b) for p, a, b in TWO_PRICES]}, "reactive.hours"),
    ],
)  # fmt: skip
def test_what_cannot_be_carried_over_is_told(prices: dict[str, Any], code: str) -> None:
    tariff = read(operator(swiss("grid", "G", prices)))
    assert code in {n.code for n in tariff.left_out}
    assert tariff.document["versions"][0]["source"]["confidence"] == "low"


def test_of_two_prices_at_once_the_one_for_fewer_hours_counts() -> None:
    whole, part = price(0.1, "CHF/kWh"), price(0.2, "CHF/kWh", "06:00", "22:00")
    for entries in ([whole, part], [part, whole]):
        tariff = parse_tariff(read(operator(swiss("grid", "G", {"energy": entries}))).document)
        (schedule,) = tariff.schedules
        rates = {b.block: str(b.tiers[0].rate) for b in tariff.versions[0].charges[0].blocks}  # type: ignore[union-attr]
        assert [rates[b.id] for b in schedule.blocks] == ["0.2", "0.1"]


def test_dynamic_prices_are_told_with_their_address() -> None:
    dynamic = swiss("electricity", "D", {"dynamic": {"url": "https://example.org/api"}}, tariffForm="dynamic")
    tariff = read(operator(swiss("grid", "G", {"base": {"price": 3}}), dynamic))
    note = next(n for n in tariff.left_out if n.code == "price.dynamic")
    assert note.value == "https://example.org/api"


def test_fields_nobody_reads_are_told() -> None:
    tariff = read(operator(swiss("grid", "G", {"base": {"price": 3}, "bonus": {"price": 1}}, discount=5)))
    told = {n.where for n in tariff.left_out if n.code == "field.unknown"}
    assert told == {"grid.discount", "grid.prices.bonus"}


def test_fees_of_a_place_are_picked() -> None:
    places = [
        {"municipalityNumber": n, "municipalityName": name, "municipalityBase": {"price": n}}
        for n, name in ((1, "A"), (2, "B"))
    ]
    document = operator(
        swiss("grid", "G", {"base": {"price": 3}}), swiss("regional_fees", "F", {"municipalityTaxes": places})
    )
    assert "fees.place" in {n.code for n in read(document).left_out}
    assert charges(read(document, "B"))["regional_fees_base"]["amount"] == "2"


def test_dotted_dates_and_the_end_of_the_day() -> None:
    dates = {"startDate": "01.01.2026", "endDate": "31.12.2026"}
    grid = swiss("grid", "G", {"energy": [price(0.1, "CHF/kWh", "00:00", "23:59")]}, **dates)
    tariff = read(operator(grid))
    assert tariff.document["versions"][0]["valid_from"] == "2026-01-01"
    assert charges(tariff)["grid_energy"]["kind"] == "banded"


def test_a_list_without_tariffs() -> None:
    with pytest.raises(FileRefused):
        read_tariffs(b'{"tariffs": []}', "empty.json", form="swiss")

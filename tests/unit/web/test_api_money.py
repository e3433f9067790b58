"""The API of money: past bills, options, prices for planners, tariffs; bounded, within reach, as the use cases answer."""

from __future__ import annotations

import pytest

from kanchay.plain import plain
from kanchay.services.money.bill import bill_period
from kanchay.services.money.compare import compare_options
from kanchay.services.money.told import told_comparison
from kanchay.services.people.policy import operator_scope

SITE = "/api/v1/sites/casa"
LDS, PLUZ = "pe.luz_del_sur.lima_sur.bt5b", "pe.pluz.lima_norte.bt5b"


def test_a_past_bill_is_that_of_the_use_case(client, world) -> None:
    told = client.get(f"{SITE}/bill?back=1").json
    own = bill_period(world.ctx, operator_scope(), "casa", back=1)
    assert told == plain(own)
    assert (told["start"], told["end"]) == ("2026-07-05", "2026-08-05")


def test_options_are_those_of_the_use_case(client, world) -> None:
    own = compare_options(world.ctx, operator_scope(), "casa", tariff_ids=[PLUZ], periods=1)
    told = client.get(f"{SITE}/bill/options?tariff={PLUZ}&periods=1").json
    assert told == plain(told_comparison(own))
    assert [o["tariff_id"] for o in told["options"]] == [PLUZ]
    assert told["current"]["tariff_id"] == LDS


def test_prices_for_a_planner_are_those_of_the_tariff(client) -> None:
    plainly = client.get(f"{SITE}/bill/prices?start=2026-08-23&end=2026-08-24&resolution=30min").json
    assert (len(plainly["take"]), plainly["resolution_s"], plainly["unit"]) == (48, 1800, "PEN/kWh")
    assert plainly["start"] == "2026-08-23T00:00:00-05:00"
    assert len(set(plainly["take"])) == 1
    assert plainly["take"][0] > 0.6  # a kWh of Lima with its tax
    evcc = client.get(f"{SITE}/bill/prices?start=2026-08-23&end=2026-08-24&resolution=30min&format=evcc").json
    assert [x["value"] for x in evcc] == plainly["take"]
    sent = client.get(f"{SITE}/bill/prices?start=2026-08-23&end=2026-08-24&format=evcc&feed_in=true").json
    assert {x["value"] for x in sent} == {0.0}
    table = client.get(f"{SITE}/bill/prices?format=csv")
    assert table.mimetype == "text/csv"
    assert table.text.startswith("start,end,take_pen_per_kwh,send_pen_per_kwh")


@pytest.mark.parametrize(
    "query",
    [
        "start=2026-08-23&end=2026-08-23",
        "start=2026-08-23&end=2036-08-23",
        "start=2026-08-23&end=2026-09-23&resolution=1min",
        "resolution=1s",
        "resolution=nie",
        "format=word",
        "start=gestern",
    ],
)
def test_prices_are_bounded(client, query: str) -> None:
    answer = client.get(f"{SITE}/bill/prices?{query}")
    assert answer.status_code == 422
    assert answer.json["error"]["message"]


@pytest.mark.parametrize(
    "query", ["periods=0", "periods=37", "periods=x", "tariff=" + "x" * 81, "prices_of=x"]
)
def test_options_are_bounded(client, query: str) -> None:
    assert client.get(f"{SITE}/bill/options?{query}").status_code == 422


@pytest.mark.parametrize("room", ["bill?back=1", "bill/options", "bill/prices"])
def test_money_of_others_is_not_there(client, world, room: str) -> None:
    assert client.get(f"/api/v1/sites/ajena/{room}").status_code == 404
    assert client.get(f"/api/v1/sites/vacia/{room}").status_code in (409, 422)
    assert world.client(None).get(f"{SITE}/{room}").status_code == 401
    assert world.client("vic@example.org").get(f"{SITE}/{room}").status_code == 200
    agency = world.client("gob@example.org").get(f"{SITE}/{room}")
    assert agency.status_code in (403, 404)


def test_a_tariff_is_told_with_what_its_prices_rest_on(client) -> None:
    told = client.get("/api/v1/tariffs/pe.pluz.lima_norte.bt5i?language=es").json
    assert any(row["name"].startswith("Energía") for row in told["prices"])
    assert told["hours"]
    assert told["n_unverified"] == sum(row["unverified"] for row in told["prices"])
    assert client.get(f"/api/v1/tariffs/{LDS}?on=2026-06-01").json["valid_from"] == "2026-05-04"
    assert client.get(f"/api/v1/tariffs/{LDS}?on=1990-01-01").status_code in (409, 422)
    assert client.get("/api/v1/tariffs/no.such").status_code == 404


def test_a_tariff_that_somebody_wrote_is_checked_by_line(client) -> None:
    told = client.api(
        "/api/v1/tariffs/check", {"text": "schema: tariff/1\nwishes: 3\n", "language": "es"}
    ).json
    assert not told["ok"]
    assert told["tariff_id"] is None
    assert {p["severity"] for p in told["problems"]} == {"mistake"}
    assert any(p["line"] == 2 for p in told["problems"])


def test_a_tariff_to_check_is_bounded_and_asked_for_by_somebody(client, world) -> None:
    assert client.api("/api/v1/tariffs/check", {"text": "x" * 200_001}).status_code == 422
    assert client.api("/api/v1/tariffs/check", {}).status_code == 422
    nobody = world.client(None).http.post(
        "/api/v1/tariffs/check", base_url="http://localhost", json={"text": "a: 1"}
    )
    assert nobody.status_code in (400, 401, 403)

"""Daily totals of the next weeks: the same by the API and on the forecast page, bounded, within reach."""

from __future__ import annotations

import numpy as np
import pytest

from kanchay.domain.forecast import QUANTILE_NAMES
from kanchay.domain.interval import DAY
from kanchay.domain.point import Point
from kanchay.domain.units import Quantity
from kanchay.services.forecasting.days import forecast_point_days
from kanchay.services.people.policy import operator_scope

API = "/api/v1/points/casa:grid/forecast-daily"


def test_the_api_gives_the_days_and_their_total(client, world) -> None:
    own = forecast_point_days(world.ctx, operator_scope(), "casa:grid")
    given = client.get(API).json
    assert (len(given["rows"]), given["unit"], given["method"]) == (35, "kWh", own.method)
    assert [row["mean"] for row in given["rows"]] == own.mean.tolist()
    assert [row["timestamp"] for row in given["rows"]] == own.starts.tolist()
    assert [row["end"] for row in given["rows"]] == [*own.starts[1:].tolist(), own.end]
    assert [given["total"][name] for name in QUANTILE_NAMES] == own.total_quantiles.tolist()
    assert given["total"]["mean"] == pytest.approx(sum(row["mean"] for row in given["rows"]))


def test_the_band_of_the_total_is_wider_than_if_days_were_independent(client) -> None:
    given = client.get(API).json

    def width(numbers: dict[str, float]) -> float:
        return numbers["q90"] - numbers["q10"]

    one = [width(row) for row in given["rows"]]
    assert 1.5 * np.sqrt(np.square(one).sum()) < width(given["total"])


@pytest.mark.parametrize("days", [1, 7, 35])
def test_as_many_days_as_asked(client, days: int) -> None:
    rows = client.get(f"{API}?days={days}").json["rows"]
    assert len(rows) == days
    assert all(row["end"] - row["timestamp"] == DAY for row in rows[1:])


@pytest.mark.parametrize(
    ("query", "status"),
    [("days=0", 422), ("days=36", 422), ("days=many", 422), ("days=-1", 422), ("model=nope", 404)],
)
def test_the_api_refuses_in_its_one_form(client, query: str, status: int) -> None:
    answer = client.get(f"{API}?{query}")
    assert answer.status_code == status
    assert set(answer.json["error"]) >= {"code", "message", "hint"}


def test_a_named_model_says_the_first_week(client) -> None:
    asked = client.get(f"{API}?model=ensemble").json
    assert asked["method"] == "daily_level+ensemble"
    assert asked["rows"][1]["mean"] != client.get(API).json["rows"][1]["mean"]


def test_meters_out_of_reach_are_not_there(client, world) -> None:
    assert client.get("/api/v1/points/ajena:grid/forecast-daily").status_code == 404
    assert world.client(None).get(API).status_code == 401


def test_a_temperature_has_no_total(client, world) -> None:
    with world.ctx.records.unit(operator_scope()) as unit:
        unit.points.put(Point("casa:out", "casa", "Patio", Quantity.TEMPERATURE, resolution_s=3600))
    answer = client.get("/api/v1/points/casa:out/forecast-daily")
    assert (answer.status_code, answer.json["error"]["code"]) == (422, "unit")

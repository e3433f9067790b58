"""Daily totals of the next weeks: the same by the API and on the forecast page, bounded, within reach."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

from kanchay.domain.forecast import QUANTILE_NAMES
from kanchay.domain.interval import DAY, HOUR, local_midnight, parse_instant, to_datetime
from kanchay.domain.point import Direction, Point
from kanchay.domain.reading import Readings
from kanchay.domain.units import Quantity
from kanchay.services.forecasting.days import forecast_point_days
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import add_points, get_site
from kanchay.web.formats import Formats
from kanchay.web.gather import Gathered
from kanchay.web.i18n import LOCALES, Words
from kanchay.web.shell import Reader
from kanchay.web.views.days import days_view

LIMA = "America/Lima"
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


def seen(world, site_id: str = "casa", language: str = "es"):
    site = get_site(world.ctx, operator_scope(), site_id)
    known = Gathered(world.ctx, operator_scope(), site)
    return known, days_view(known, Reader(Words(language), Formats(language, site.tz), known.now))


def section(page: str) -> str:
    found = re.search(r'<section class="card" aria-labelledby="days">.*?</section>', page, re.S)
    assert found
    return found[0]


def test_the_page_shows_a_week_measured_and_five_to_come(client) -> None:
    part = section(client.get("/sites/casa/forecast").text)
    assert part.count('<tr><th scope="row">') == 7 + 35
    total = client.get(API).json["total"]
    said = f"35 días: {total['mean']:.1f}\u00a0kWh, 8 de cada 10 veces entre {total['q10']:.1f} y {total['q90']:.1f}"
    assert said in part
    spec = json.loads(re.search(r'<script type="application/json">(.*?)</script>', part, re.S)[1])
    assert [band["w"] for band in spec["bands"]] == [1]
    assert {line["as"] for line in spec["s"]} == {"bars"}


def test_today_holds_what_is_measured_and_what_is_to_come(world) -> None:
    known, view = seen(world)
    own = known.days
    today = local_midnight(to_datetime(own.issued_at, LIMA).date(), LIMA)
    expected, real = (line.values for line in view.chart.lines)
    used = world.ctx.readings.read(operator_scope(), "casa:grid", today, own.issued_at)
    assert view.chart.starts[7] == today
    assert real[7] == pytest.approx(used.value.sum())
    assert expected[7] == pytest.approx(used.value.sum() + own.mean[0])
    assert view.chart.bands[0].low[7] == pytest.approx(used.value.sum() + own.quantiles[0, 2])
    assert expected[:7] == [None] * 7
    assert real[8:] == [None] * 34
    assert list(expected[8:]) == own.mean[1:].tolist()


def test_the_days_of_the_next_bill_are_shaded(world) -> None:
    known, view = seen(world)
    assert view.chart.spans == ((known.period.end, known.days.end, "", "--sunk"),)
    assert view.chart.keys[-1].label == "siguiente periodo"


def test_the_total_of_the_period_stands_beside_its_bill_and_its_line(client) -> None:
    page = client.get("/sites/casa/forecast").text
    for said in ("Recibo esperado", "19 de cada 20 veces", "Pasar los 140 kWh", "línea de 140"):
        assert said in page
    bill = re.search(r"<dt>Recibo esperado</dt><dd>S/\u00a0([\d.]+)<small>entre ([\d.]+) y ([\d.]+)", page)
    low, mean, high = (float(bill[k]) for k in (2, 1, 3))
    assert low <= mean <= high
    untariffed = client.get("/sites/oficina/forecast").text
    assert "falta la tarifa" in untariffed
    assert "140" not in re.search(r"<dl.*?</dl>", untariffed, re.S)[0]


def with_hours(world, n: int):
    """The empty home with its first `n` hours, which end at ten on a Saturday."""
    end = parse_instant("2026-08-22T10:00", LIMA)
    point = Point("vacia:grid", "vacia", "Grid", resolution_s=HOUR, direction=Direction.IMPORT)
    add_points(world.ctx, operator_scope(), "vacia", [point])
    readings = Readings.regular(point.id, end - n * HOUR, HOUR, np.full(n, 0.2))
    world.ctx.readings.append(operator_scope(), [readings], recorded_at=end)
    return world


@pytest.mark.parametrize(("language", "said"), [("es", "Ahora hay 9 horas"), ("en", "There are 9 hours now")])
def test_less_than_a_day_says_what_will_be_here(fresh, language: str, said: str) -> None:
    client = with_hours(fresh, 9).client()
    client.get(f"/language/{language}")
    page = client.get("/sites/vacia/forecast")
    assert page.status_code == 200
    assert said in section(page.text)
    assert "<figure" not in section(page.text)
    assert client.get("/api/v1/points/vacia:grid/forecast-daily").status_code == 409


def test_a_short_history_is_told(fresh) -> None:
    _, view = seen(with_hours(fresh, 82), "vacia")
    assert view.note == "Solo se conocen 3 días: los rangos son más anchos."
    assert [v for v in view.chart.lines[1].values if v is not None][-2:] == [
        pytest.approx(4.8), pytest.approx(2.0),
    ]  # fmt: skip


@pytest.mark.parametrize("language", LOCALES)
def test_words_are_found_in_both_languages(world, language: str) -> None:
    _, view = seen(world, language=language)
    said = [view.total, view.why, view.chart.label, view.chart.sentence, *(k.label for k in view.chart.keys)]
    assert not [text for text in said if "days." in text or "{" in text]

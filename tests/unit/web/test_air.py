"""Whether a forecast read the outdoor temperature: on its page, on its card, by the API, in both languages."""

from __future__ import annotations

import numpy as np
import pytest

from kanchay.domain.forecast import TemperatureUse
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.point import Point, Role
from kanchay.domain.reading import Readings
from kanchay.domain.units import Quantity
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import add_points
from kanchay.web.formats import Formats
from kanchay.web.i18n import Words
from kanchay.web.shell import Reader
from kanchay.web.views.air import air_fact, air_note

from .conftest import NOW

USES = [
    TemperatureUse(True, "known", "t", "Patio", ahead, 168.0) for ahead in ("archived", "climatology", "both")
] + [
    TemperatureUse(False, because, "t", "Patio", "", 71.0)
    for because in ("no_sensor", "too_little_known", "not_read", "left_out")
]


def reader(language):
    return Reader(Words(language), Formats(language, "America/Lima"), NOW)


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_case_has_words_of_its_own(language):
    facts = [air_fact(use, reader(language)) for use in USES]
    assert len({sentence for _, _, sentence in facts}) == len(USES)
    assert not any("air." in part or "{" in part for fact in facts for part in fact)
    assert [used for _, used, _ in facts] == [facts[0][1]] * 3 + [facts[3][1]] * 4
    assert facts[0][1] != facts[3][1]
    assert all("«Patio»" in fact[2] for use, fact in zip(USES, facts, strict=True) if use.used)
    assert "71" in facts[4][2]


def test_a_home_without_a_sensor_hears_nothing_beside_its_forecast():
    assert air_note(None, reader("es")) == ""
    assert air_note(USES[3], reader("es")) == ""
    assert air_note(USES[1], reader("es")) == (
        "Temperatura exterior: usada. De «Patio» hasta la hora del pronóstico; para los días que vienen, el promedio "
        "de la última semana a la misma hora."
    )


@pytest.fixture
def warm(world):
    """The home of the world with a sensor on its patio."""
    scope, days = operator_scope(), 60
    point = Point(
        "casa:patio",
        "casa",
        "Aire exterior",
        quantity=Quantity.TEMPERATURE,
        role=Role.SENSOR,
        resolution_s=HOUR,
    )
    add_points(world.ctx, scope, "casa", [point])
    start = NOW // HOUR * HOUR - days * DAY
    air = 18.0 + 4.0 * np.sin(np.arange(days * 24) / 24 * 2 * np.pi)
    world.ctx.readings.append(scope, [Readings.regular(point.id, start, HOUR, air)], recorded_at=NOW)
    return world


def test_the_api_tells_it_and_leaves_it_out(warm):
    client = warm.client()
    ask = "/api/v1/points/casa:grid/forecast?model=pretrained"
    told = client.get(ask).json
    assert told["temperature"]["used"]
    assert told["temperature"]["point_id"] == "casa:patio"
    left_out = client.get(f"{ask}&temperature=false").json
    assert left_out["temperature"]["because"] == "left_out"
    assert [r["mean"] for r in left_out["rows"]] != [r["mean"] for r in told["rows"]]
    assert client.get(f"{ask}&temperature=perhaps").status_code == 422
    card = client.get("/api/v1/points/casa:grid/forecast-card").json
    assert card["temperature"]["point_id"] == "casa:patio"


def test_the_pages_say_it(warm):
    client = warm.client()
    assert "Temperatura exterior" in client.get("/sites/casa/forecast/card").text
    page = client.get("/sites/casa/forecast").text
    assert "Temperatura exterior: " in page
    assert "«Aire exterior»" in page

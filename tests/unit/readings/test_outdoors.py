"""Which sensor tells the outdoor temperature, and what it told by when."""

from __future__ import annotations

import numpy as np
import pytest

from kanchay.bootstrap import in_memory
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.panel import Panel
from kanchay.domain.point import Kind, Point, Role, Site
from kanchay.domain.reading import Quality, Readings
from kanchay.domain.units import Quantity
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import add_points, create_site
from kanchay.services.readings.outdoors import air_beside, outdoor_point

SCOPE = operator_scope()
AT = 30 * DAY
PANEL = Panel.of(("m",), np.ones((1, 7 * 96)), start=AT - 7 * DAY, resolution_s=900, tz="UTC")


def sensor(name, *, quantity=Quantity.TEMPERATURE, tags=(), **more):
    return Point(
        f"s.{name}", "s", name, quantity=quantity, role=Role.SENSOR, resolution_s=HOUR, tags=tags, **more
    )


@pytest.mark.parametrize(
    "name",
    [
        "outdoor", "Outdoor temperature (C)", "Temperatura exterior", "Außentemperatur", "Aussentemperatur",
        "buitentemperatuur",
        "Température extérieure", "weather station", "OAT", "temperature_c", "Temp", "T (°C)", "Air temperature",
    ],
)  # fmt: skip
def test_a_name_that_says_outdoors_or_nothing_else_is_the_weather(name):
    point = sensor(name)
    assert outdoor_point([Point("m", "s", "outdoor meter"), point]) == point


@pytest.mark.parametrize(
    "name", ["zone", "Temperatura de la sala", "kitchen temp", "supply air temperature", "fridge", "Temp 1"]
)
def test_a_room_or_a_duct_is_not_the_weather(name):
    assert outdoor_point([sensor(name)]) is None


def test_a_tag_goes_before_names_and_two_plain_ones_are_not_guessed():
    tagged = sensor("B7.T3", tags=("Outside_Air_Temperature_Sensor",))
    assert outdoor_point([sensor("a outdoor"), tagged, sensor("zone")]) == tagged
    assert outdoor_point([sensor("temp"), sensor("temperature")]) is None
    assert outdoor_point([sensor("outdoor humidity", quantity=Quantity.HUMIDITY)]) is None
    assert outdoor_point([]) is None


def product(point, *batches):
    """A site with one sensor; each batch is (readings, when they were recorded)."""
    ctx = in_memory(clock=lambda: AT)
    create_site(ctx, SCOPE, Site("s", "S", tz="UTC"))
    add_points(ctx, SCOPE, "s", [point])
    for readings, recorded_at in batches:
        ctx.readings.append(SCOPE, [readings], recorded_at=recorded_at)
    return ctx


def hourly(start, values, quality=Quality.MEASURED):
    values = np.asarray(values, dtype=np.float64)
    starts = start + HOUR * np.arange(len(values), dtype=np.int64)
    kinds = np.full(len(values), quality, dtype=np.int8)
    return Readings("s.outdoor", starts, starts + HOUR, values, kinds)


MEASURED = hourly(AT - 20 * DAY, 15.0 + np.arange(20 * 24) % 24)


def test_an_hourly_mean_lies_on_the_quarters_and_is_known_with_its_hour():
    ctx = product(sensor("outdoor"), (MEASURED, AT))
    found = air_beside(ctx, SCOPE, "s", PANEL)
    assert (found.point_id, found.name, found.start, found.resolution_s) == (
        "s.outdoor",
        "outdoor",
        AT - 14 * DAY,
        900,
    )
    np.testing.assert_array_equal(found.values[:8], [15.0] * 4 + [16.0] * 4)
    np.testing.assert_array_equal(found.known_at[:5] - found.start, [HOUR] * 4 + [2 * HOUR])
    assert found.known_hours(AT) == 168
    assert found.known_hours(AT - 900) == 167.25  # the hour that runs is not known


def test_a_value_at_an_instant_is_known_at_once():
    ctx = product(sensor("outdoor", kind=Kind.INSTANTANEOUS), (MEASURED, AT))
    assert air_beside(ctx, SCOPE, "s", PANEL).known_hours(AT - 900) == 168


def test_nothing_wanted_no_sensor_or_no_reading_gives_no_air():
    ctx = product(sensor("outdoor"), (MEASURED, AT))
    assert air_beside(ctx, SCOPE, "s", PANEL, wanted=False) is None
    assert air_beside(product(sensor("zone")), SCOPE, "s", PANEL) is None
    assert air_beside(product(sensor("outdoor")), SCOPE, "s", PANEL) is None
    old = (hourly(0, np.ones(24)), AT)
    assert air_beside(product(sensor("outdoor"), old), SCOPE, "s", PANEL) is None


def test_a_forecast_that_was_held_by_the_issue_is_the_archive():
    expected = hourly(AT, np.full(30, 3.0), Quality.ESTIMATED)
    late = hourly(AT, np.full(30, 8.0), Quality.ESTIMATED)
    ctx = product(sensor("outdoor"), (MEASURED, AT - HOUR), (expected, AT - HOUR), (late, AT + 1))
    told = air_beside(ctx, SCOPE, "s", PANEL).archive(AT, 48 * 4)
    assert (told[: 30 * 4] == 3.0).all()  # not what was forecast a second after
    assert np.isnan(told[30 * 4 :]).all()
    assert np.isnan(air_beside(ctx, SCOPE, "s", PANEL).archive(AT - DAY, 24 * 4)).all()  # not yet held then


def test_what_is_marked_as_measured_is_no_forecast_whenever_it_was_recorded():
    """A file of times to come, as a simulation writes it, is recorded before its time."""
    ahead = hourly(AT, np.full(30, 3.0))
    ctx = product(sensor("outdoor"), (MEASURED, 0), (ahead, 0))
    assert np.isnan(air_beside(ctx, SCOPE, "s", PANEL).archive(AT, 96)).all()


def test_what_came_true_takes_the_place_of_its_forecast():
    expected = hourly(AT, np.full(24, 3.0), Quality.ESTIMATED)
    measured = hourly(AT, np.full(24, 21.0))
    ctx = product(sensor("outdoor"), (MEASURED, AT), (expected, AT), (measured, AT + DAY))
    later = Panel.of(("m",), np.ones((1, 7 * 96)), start=AT - 6 * DAY, resolution_s=900, tz="UTC")
    found = air_beside(ctx, SCOPE, "s", later)
    assert (found.values[-96:] == 21.0).all()
    assert (found.archive(AT, 96) == 3.0).all()

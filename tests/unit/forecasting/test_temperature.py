"""The site's outdoor sensor in every forecasting use case: used, told, left out, and never from the future."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from kanchay.adapters.records.codec import decode, encode
from kanchay.analysis.forecast.protocol import Prediction
from kanchay.bootstrap import in_memory
from kanchay.domain.errors import NotFound
from kanchay.domain.forecast import Forecast
from kanchay.domain.interval import DAY, HOUR, local_midnight
from kanchay.domain.point import Point, Role, Site
from kanchay.domain.reading import Quality, Readings
from kanchay.domain.units import Quantity
from kanchay.services.context import Context
from kanchay.services.forecasting.backtest import backtest_point
from kanchay.services.forecasting.card import forecast_card
from kanchay.services.forecasting.days import forecast_point_days
from kanchay.services.forecasting.document import daily_document, forecast_document
from kanchay.services.forecasting.fleet import FleetOptions, forecast_fleet
from kanchay.services.forecasting.forecast import forecast_point
from kanchay.services.forecasting.period import forecast_period
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import add_points, create_site

LIMA = "America/Lima"
NOW = local_midnight(date(2026, 8, 22), LIMA)
SCOPE = operator_scope()
DAYS = 40
HOURS = np.arange(24 * DAYS)
AIR = 16.0 + 5.0 * np.sin(HOURS / 24 * 2 * np.pi) + np.random.default_rng(8).normal(0.0, 6.0, DAYS).repeat(24)
# The load is a tenth of the week before's air at the same hour: whoever is told the temperature knows it.
LOAD = 0.1 * np.mean([np.roll(AIR, 24 * k) for k in range(1, 8)], axis=0)


class Warm:
    """A tenth of the temperature it is told for the hours ahead; 2 kWh where it is told none."""

    name = "pretrained"
    lookback_s = 7 * DAY
    sha256 = "feed"
    reads_temperature = True

    def predict(self, windows):
        told = windows.temperature
        ahead = np.full((len(windows), windows.horizon), np.nan)
        if told is not None:
            ahead = told[:, windows.load.shape[1] :]
        mean = np.where(np.isfinite(ahead), 0.1 * ahead, 2.0)
        return Prediction(mean, np.repeat(mean[..., None], 9, axis=-1))


class Shelf:
    def load(self, name):
        from kanchay.analysis.forecast.registry import FORECASTERS, forecaster

        if name == "pretrained":
            return Warm()
        if name not in FORECASTERS:
            raise NotFound(name)
        return forecaster(name)

    def names(self):
        return ["pretrained"]


def product(air=AIR, *, sensor="Temperatura exterior"):
    made = in_memory(clock=lambda: NOW)
    ctx = Context(made.readings, made.records, Shelf(), made.library, made.files, made.clock, "1.0")
    create_site(ctx, SCOPE, Site("casa", "Casa", tz=LIMA, country="PE"))
    air_point = Point(
        "air", "casa", sensor, quantity=Quantity.TEMPERATURE, role=Role.SENSOR, resolution_s=HOUR
    )
    add_points(ctx, SCOPE, "casa", [Point("grid", "casa", "Grid", resolution_s=HOUR), air_point])
    start = NOW - DAYS * DAY
    ctx.readings.append(SCOPE, [Readings.regular("grid", start, HOUR, LOAD)], recorded_at=NOW)
    if air is not None:
        ctx.readings.append(SCOPE, [Readings.regular("air", start, HOUR, air)], recorded_at=NOW)
    return ctx


def expect(ctx, values, *, at=NOW, recorded_at=NOW):
    starts = at + HOUR * np.arange(len(values), dtype=np.int64)
    kinds = np.full(len(values), Quality.ESTIMATED, dtype=np.int8)
    told = Readings("air", starts, starts + HOUR, np.asarray(values, dtype=np.float64), kinds)
    ctx.readings.append(SCOPE, [told], recorded_at=recorded_at)


def ask(ctx, **given):
    return forecast_point(ctx, SCOPE, "grid", model="pretrained", **given)


def climatology(at_hour=24 * DAYS):
    return 0.1 * AIR[at_hour - 168 : at_hour].reshape(7, 24).mean(axis=0)


def test_a_forecast_is_told_the_sensor_and_says_so():
    ctx = product()
    forecast = ask(ctx)
    np.testing.assert_allclose(forecast.mean, climatology())
    assert forecast_document(forecast)["temperature"] == {
        "used": True,
        "because": "known",
        "point_id": "air",
        "name": "Temperatura exterior",
        "ahead": "climatology",
        "known_hours": 168.0,
    }
    with ctx.records.unit(SCOPE) as uow:
        (stored,) = uow.forecasts.find(point_id="grid")
    assert stored.temperature == forecast.temperature


def test_a_forecast_of_an_earlier_kind_tells_nothing_of_temperature():
    old = encode(ask(product()))
    del old["temperature"]
    forecast = decode(Forecast, old)
    assert forecast.temperature is None
    assert "temperature" not in forecast_document(forecast)


def test_it_is_left_out_on_request():
    forecast = ask(product(), temperature=False)
    assert (forecast.mean == 2.0).all()
    assert (forecast.temperature.used, forecast.temperature.because) == (False, "left_out")


@pytest.mark.parametrize(
    ("air", "sensor", "because"),
    [
        (AIR, "Sala", "no_sensor"),
        (None, "Temperatura exterior", "no_sensor"),
        (np.where(len(HOURS) - 83 > HOURS, np.nan, AIR), "Temperatura exterior", "too_little_known"),
    ],
)
def test_it_is_not_used_without_a_sensor_or_with_too_little(air, sensor, because):
    forecast = ask(product(air, sensor=sensor))
    assert (forecast.mean == 2.0).all()
    assert forecast.temperature.because == because


def test_what_had_been_forecast_goes_before_the_week_before():
    ctx = product()
    expect(ctx, np.full(12, 30.0))
    forecast = ask(ctx)
    np.testing.assert_allclose(forecast.mean, [*[3.0] * 12, *climatology()[12:]])
    assert forecast.temperature.ahead == "both"
    expect(ctx, np.full(24, 10.0), recorded_at=NOW + 1)  # recorded after the issue: not known
    assert ask(ctx).mean.tobytes() == forecast.mean.tobytes()


@pytest.mark.parametrize("scrambled", [-60.0, 1e6])
def test_the_temperature_after_the_issue_changes_no_bit(scrambled):
    at = NOW - 5 * DAY
    other = np.where(len(HOURS) - 5 * 24 <= HOURS, scrambled, AIR)
    a, b = (forecast_point(product(air), SCOPE, "grid", issued_at=at) for air in (AIR, other))
    assert (a.model, a.notes) == (b.model, b.notes)
    assert a.mean.tobytes() == b.mean.tobytes()
    assert a.quantiles.tobytes() == b.quantiles.tobytes()
    assert a.temperature == b.temperature
    assert a.temperature.used


def test_the_run_remembers_the_temperature_that_was_read():
    def print_of(ctx, **given):
        ask(ctx, **given)
        with ctx.records.unit(SCOPE) as uow:
            (run,) = uow.runs.find(kind="forecast")
        return run.input_fingerprint

    told = product()
    expect(told, np.full(24, 30.0))
    prints = [print_of(product()), print_of(product(AIR + 1.0)), print_of(told)]
    prints.append(print_of(product(), temperature=False))
    assert len(set(prints)) == 4
    assert print_of(product()) == prints[0]
    assert print_of(product(None)) == prints[3]  # as before there were sensors


def test_the_best_is_chosen_as_it_would_answer():
    """With the temperature the model beats the naives on this meter, without it it does not."""
    warm, cold = (forecast_point(product(), SCOPE, "grid", temperature=t, store=False) for t in (True, False))
    assert "fell_back_to_naive" in cold.notes
    assert cold.temperature.because == "left_out"
    assert "fell_back_to_naive" not in warm.notes
    assert warm.temperature.used


def test_a_back_test_sees_each_issue_as_it_was():
    ctx = product()
    result = backtest_point(ctx, SCOPE, "grid", model="pretrained", days=5)
    np.testing.assert_allclose(result.prediction.mean[-1], climatology(24 * (DAYS - 1)))
    cold = backtest_point(ctx, SCOPE, "grid", model="pretrained", days=5, temperature=False)
    assert (cold.prediction.mean == 2.0).all()


def test_an_archive_counts_in_a_back_test_from_when_it_was_recorded():
    ctx = product(None)
    expect(ctx, np.full(10 * 24, 30.0), at=NOW - 10 * DAY, recorded_at=NOW - 3 * DAY)
    mean = backtest_point(ctx, SCOPE, "grid", model="pretrained", days=5).prediction.mean
    assert (mean[-3:] == 3.0).all()


def test_the_card_tells_what_the_forecast_of_today_reads():
    card = forecast_card(product(), SCOPE, "grid")
    assert card.temperature.used
    assert card.temperature.name == "Temperatura exterior"
    assert forecast_card(product(None), SCOPE, "grid").temperature.because == "no_sensor"


def test_days_and_period_lean_on_a_first_week_in_its_air():
    warm, cold = product(), product(None)
    totals = [forecast_point_days(ctx, SCOPE, "grid", model="pretrained") for ctx in (warm, cold)]
    assert totals[0].mean[1] != totals[1].mean[1]
    assert daily_document(totals[0])["temperature"]["used"]
    assert not daily_document(totals[1])["temperature"]["used"]
    left_out = forecast_point_days(warm, SCOPE, "grid", model="pretrained", temperature=False)
    np.testing.assert_array_equal(left_out.mean, totals[1].mean)
    periods = [forecast_period(ctx, SCOPE, "casa") for ctx in (warm, cold)]
    assert periods[0].mean != periods[1].mean


@pytest.mark.parametrize("issued_at", [None, NOW - 3 * DAY])
def test_a_fleet_answers_as_each_point_does(issued_at):
    ctx = product()
    (part,) = forecast_fleet(ctx, SCOPE, FleetOptions(issued_at), model="pretrained")
    single = ask(ctx, issued_at=issued_at, store=False)
    assert part.notes == [("temperature",)]
    np.testing.assert_array_equal(part.mean[0], single.mean)
    (cold,) = forecast_fleet(ctx, SCOPE, FleetOptions(issued_at), model="pretrained", temperature=False)
    assert cold.notes == [()]
    assert (cold.mean == 2.0).all()


def test_a_fleet_asks_each_sensor_once_for_meters_that_end_together(monkeypatch):
    ctx = product()
    add_points(ctx, SCOPE, "casa", [Point(f"m{k}", "casa", f"M{k}", resolution_s=HOUR) for k in range(3)])
    for k in range(3):
        readings = Readings.regular(f"m{k}", NOW - DAYS * DAY, HOUR, LOAD + k)
        ctx.readings.append(SCOPE, [readings], recorded_at=NOW)
    asked = []
    from kanchay.services.forecasting import fleet

    real = fleet.sensed_air
    monkeypatch.setattr(fleet, "sensed_air", lambda *a: asked.append(a) or real(*a))
    (part,) = forecast_fleet(ctx, SCOPE, model="pretrained")
    assert (len(part.points), len(asked)) == (4, 1)
    assert part.notes == [("temperature",)] * 4

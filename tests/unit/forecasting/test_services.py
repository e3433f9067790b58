"""The forecasting use cases over an in-memory product."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from kanchay.analysis.forecast.naive import EnsembleNaive
from kanchay.analysis.forecast.outlook import hours_share
from kanchay.analysis.forecast.protocol import Prediction
from kanchay.bootstrap import in_memory
from kanchay.domain.errors import AccessDenied, KanchayError, NotEnoughData, NotFound
from kanchay.domain.interval import DAY, HOUR, local_midnight
from kanchay.domain.point import Point, Site
from kanchay.domain.reading import Readings
from kanchay.domain.scope import Actor, Purpose, Role
from kanchay.services.context import Context
from kanchay.services.forecasting.backtest import backtest_point
from kanchay.services.forecasting.days import forecast_point_days
from kanchay.services.forecasting.forecast import forecast_point
from kanchay.services.forecasting.hours import forecast_hours
from kanchay.services.forecasting.period import forecast_period
from kanchay.services.forecasting.skill import skill_card
from kanchay.services.people.policy import operator_scope, scope_for
from kanchay.services.people.sites import add_points, create_site

LIMA = "America/Lima"
NOW = local_midnight(date(2026, 8, 22), LIMA) + 18 * HOUR
SCOPE = operator_scope()


class Always:
    """A model that always answers the same."""

    lookback_s = 7 * DAY
    sha256 = "cafe"

    def __init__(self, name, value):
        self.name, self.value = name, value

    def predict(self, windows):
        mean = np.full((len(windows), windows.horizon), self.value)
        return Prediction(mean, np.repeat(mean[..., None], 9, axis=-1))


class Shelf:
    def __init__(self, pretrained=None):
        self.pretrained = pretrained

    def load(self, name):
        from kanchay.analysis.forecast.registry import forecaster

        if name == "pretrained":
            if self.pretrained is None:
                raise NotFound("none")
            return self.pretrained
        return forecaster(name)

    def names(self):
        return []


def product(model=None, *, days=60, value=None):
    ctx = in_memory(clock=lambda: NOW)
    ctx = Context(ctx.readings, ctx.records, Shelf(model), ctx.library, ctx.files, ctx.clock, "1.0")
    create_site(ctx, SCOPE, Site("casa", "Casa", tz=LIMA, country="PE", billing_day=5))
    add_points(
        ctx,
        SCOPE,
        "casa",
        [
            Point("grid", "casa", "Grid", resolution_s=HOUR),
            Point("empty", "casa", "Empty", resolution_s=HOUR),
        ],
    )
    rng = np.random.default_rng(0)
    hours = np.arange(24 * days)
    load = (
        0.2 + 0.1 * ((hours % 24) >= 18) + 0.02 * rng.random(len(hours))
        if value is None
        else np.full(24 * days, value)
    )
    start = NOW - 24 * days * HOUR
    ctx.readings.append(SCOPE, [Readings.regular("grid", start, HOUR, load)], recorded_at=NOW)
    return ctx


def test_a_forecast_is_stored_with_the_run_that_made_it():
    ctx = product(Always("pretrained", 0.25))
    forecast = forecast_point(ctx, SCOPE, "grid", model="pretrained")
    assert (forecast.issued_at, forecast.end, forecast.model, forecast.notes) == (
        NOW,
        NOW + DAY,
        "pretrained",
        (),
    )
    with ctx.records.unit(SCOPE) as uow:
        (run,) = uow.runs.find(kind="forecast")
        (stored,) = uow.forecasts.find(point_id="grid")
    assert stored.run_id == forecast.run_id == run.id
    assert (run.site_id, run.model_hash, run.code_version, run.as_of) == ("casa", "cafe", "1.0", NOW)
    assert len(run.input_fingerprint) == 64
    np.testing.assert_array_equal(stored.mean, forecast.mean)


def test_nothing_is_stored_when_nothing_shall_be():
    ctx = product()
    forecast_point(ctx, SCOPE, "grid", model="ensemble", store=False)
    with ctx.records.unit(SCOPE) as uow:
        assert uow.forecasts.find() == []
        assert uow.runs.find(kind="forecast") == []


def test_it_falls_back_to_the_naive_that_is_better():
    ctx = product(Always("pretrained", 9.0))
    forecast = forecast_point(ctx, SCOPE, "grid")
    assert forecast.model == "ensemble"
    assert "fell_back_to_naive" in forecast.notes
    good = product(Always("pretrained", 0.3), value=0.3)
    assert forecast_point(good, SCOPE, "grid").model == "pretrained"


def test_without_a_model_the_ensemble_answers_and_says_so():
    forecast = forecast_point(product(), SCOPE, "grid")
    assert (forecast.model, forecast.notes) == ("ensemble", ("no_model",))


def test_an_earlier_time_of_issue_sees_no_later_reading():
    ctx = product()
    at = NOW - 9 * DAY
    before = forecast_point(ctx, SCOPE, "grid", issued_at=at, model="ensemble")
    ctx.readings.append(SCOPE, [Readings.regular("grid", at, HOUR, np.full(24, 50.0))], recorded_at=NOW + 1)
    after = forecast_point(ctx, SCOPE, "grid", issued_at=at, model="ensemble")
    np.testing.assert_array_equal(before.mean, after.mean)
    assert before.issued_at == at


def test_the_card_names_who_answers_and_why():
    card = skill_card(product(Always("pretrained", 9.0)), SCOPE, "grid")
    assert (card.model, card.answers, card.because, card.n_windows) == (
        "pretrained",
        "ensemble",
        "naive_better",
        28,
    )
    assert set(card.scores) == {"pretrained", "adapted", "ensemble", "week", "day"}
    assert card.beside == min(("pretrained", "adapted"), key=lambda name: card.scores[name].rmse)
    assert card.skill == pytest.approx(1 - card.scores["ensemble"].rmse / card.scores[card.beside].rmse)


def test_the_period_runs_from_reading_day_to_reading_day():
    ctx = product()
    p = forecast_period(ctx, SCOPE, "casa", now=NOW)
    assert (p.start, p.end) == (
        local_midnight(date(2026, 8, 5), LIMA),
        local_midnight(date(2026, 9, 5), LIMA),
    )
    assert p.issued_at == NOW
    assert p.missing_hours == 0
    assert p.so_far == pytest.approx(17.75 * 24 * 0.235, rel=0.05)
    assert p.so_far + sum(p.daily_mean) == pytest.approx(p.mean)
    assert p.mean == pytest.approx(31 * 24 * 0.235, rel=0.05)
    earlier = forecast_period(ctx, SCOPE, "casa", now=NOW - 10 * DAY)
    assert earlier.so_far < p.so_far
    assert earlier.quantiles[6] - earlier.quantiles[2] > p.quantiles[6] - p.quantiles[2]


def test_readings_younger_than_the_period_leave_hours_missing():
    p = forecast_period(product(days=10), SCOPE, "casa", now=NOW)
    assert p.missing_hours == pytest.approx(17.75 * 24 - 240)


def test_a_stored_point_can_be_back_tested():
    result = backtest_point(product(), SCOPE, "grid", model="ensemble", days=10)
    assert len(result.issued_at) == 10
    assert result.scores().cvrmse < 0.1
    assert isinstance(EnsembleNaive().name, str)


@pytest.mark.parametrize("use_case", [forecast_point, skill_card, backtest_point])
def test_a_point_without_readings_is_refused_in_words(use_case):
    with pytest.raises(NotEnoughData, match="no readings yet"):
        use_case(product(), SCOPE, "empty")


@pytest.mark.parametrize("use_case", [forecast_point, skill_card, backtest_point])
def test_nobody_sees_a_point_of_another_organisation(use_case):
    stranger = Actor("u2", "Stranger", Role.OWNER, organisation_id="other")
    with pytest.raises((AccessDenied, NotFound)):
        use_case(product(), scope_for(stranger, Purpose.VIEW), "grid")
    with pytest.raises(KanchayError):
        forecast_period(product(), scope_for(stranger, Purpose.VIEW), "casa")


def test_daily_totals_to_five_weeks_and_their_total():
    ahead = forecast_point_days(product(Always("pretrained", 0.25)), SCOPE, "grid")
    assert ahead.issued_at == NOW
    assert len(ahead.mean) == 35
    assert (ahead.method, ahead.unit, ahead.known_hours) == ("daily_level+pretrained", "kWh", 60 * 24)
    assert ahead.mean.sum() == pytest.approx(ahead.total_mean)
    assert ahead.end == local_midnight(date(2026, 9, 26), LIMA)
    # The first whole days lie between the hours' sum (6 kWh) and the daily level.
    level = float(ahead.mean[10:].mean())
    share = hours_share(7)[1:]
    assert ahead.mean[1:7] == pytest.approx(6.0 * share + level * (1 - share), rel=0.03)


def test_daily_totals_without_a_model_and_with_a_day_known():
    ahead = forecast_point_days(product(days=2), SCOPE, "grid", n_days=3)
    assert ahead.method == "daily_level+ensemble"
    assert ahead.notes == ("short_history",)
    assert ahead.known_hours == 48
    assert (np.diff(ahead.quantiles, axis=1) >= 0).all()


def test_the_period_leans_on_the_hourly_forecast_for_its_first_week():
    plain, high = (
        forecast_period(product(m), SCOPE, "casa", now=NOW)
        for m in (Always("pretrained", 0.25), Always("pretrained", 0.75))
    )
    more = np.subtract(high.daily_mean, plain.daily_mean)
    assert more[1:7] == pytest.approx(0.5 * 24 * hours_share(7)[1:])
    assert more[8:] == pytest.approx(np.zeros(len(more) - 8))


@pytest.mark.parametrize("tz", ["Asia/Kolkata", "Asia/Kathmandu", "Australia/Adelaide"])
def test_where_the_clock_strikes_between_hours_the_period_counts_its_own_readings_only(tz):
    end = local_midnight(date(2026, 8, 22), tz)
    ctx = in_memory(clock=lambda: end)
    create_site(ctx, SCOPE, Site("ghar", "Ghar", tz=tz))
    add_points(ctx, SCOPE, "ghar", [Point("grid", "ghar", "Grid", resolution_s=HOUR)])
    load = np.random.default_rng(3).gamma(2.0, 0.2, 24 * 40)
    ctx.readings.append(SCOPE, [Readings.regular("grid", end - 40 * DAY, HOUR, load)], recorded_at=end)
    period = forecast_period(ctx, SCOPE, "ghar")
    assert (period.start, period.issued_at) == (local_midnight(date(2026, 8, 1), tz), end)
    assert period.so_far == pytest.approx(load[-24 * 21 :].sum())


def test_by_the_hour_the_means_are_the_sums_and_the_bands_are_narrower():
    ctx = in_memory(clock=lambda: NOW)
    create_site(ctx, SCOPE, Site("casa", "Casa", tz=LIMA, country="PE"))
    add_points(ctx, SCOPE, "casa", [Point("grid", "casa", "Grid", resolution_s=900)])
    load = np.random.default_rng(4).gamma(1.0, 0.1, 96 * 20)
    ctx.readings.append(SCOPE, [Readings.regular("grid", NOW - 20 * DAY, 900, load)], recorded_at=NOW)
    fine = forecast_point(ctx, SCOPE, "grid", horizon_s=30 * HOUR, model="pretrained")
    hours = forecast_hours(ctx, SCOPE, fine)
    assert (hours.issued_at, hours.resolution_s, len(hours.mean)) == (NOW, HOUR, 30)
    np.testing.assert_allclose(hours.mean, fine.mean.reshape(-1, 4).sum(axis=1), rtol=1e-4)
    added = fine.quantiles.reshape(30, 4, 9).sum(axis=1)
    assert (hours.quantiles[:, 6] - hours.quantiles[:, 2] < added[:, 6] - added[:, 2]).mean() > 0.9
    assert forecast_hours(ctx, SCOPE, hours) is hours
    stranger = Actor("u2", "Stranger", Role.OWNER, organisation_id="other")
    with pytest.raises((AccessDenied, NotFound)):
        forecast_hours(ctx, scope_for(stranger, Purpose.VIEW), fine)

"""The forecast card as a use case: who may see it, from what on there is one, and that it sees no future."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from kanchay.analysis.forecast.adapt import CANDIDATES, AdaptedForecaster
from kanchay.analysis.forecast.protocol import Prediction
from kanchay.analysis.forecast.registry import forecaster
from kanchay.bootstrap import in_memory
from kanchay.domain.errors import AccessDenied, NotEnoughData, NotFound
from kanchay.domain.interval import DAY, HOUR, local_midnight
from kanchay.domain.panel import Panel
from kanchay.domain.point import Point, Site
from kanchay.domain.reading import Readings
from kanchay.domain.scope import Actor, Purpose, Role
from kanchay.services.forecasting.card import LEADS, forecast_card
from kanchay.services.forecasting.forecast import forecast_point
from kanchay.services.forecasting.skill import skill_card
from kanchay.services.people.policy import operator_scope, scope_for
from kanchay.services.people.sites import add_points, create_site

LIMA = "America/Lima"
END = local_midnight(date(2026, 8, 22), LIMA)
SCOPE = operator_scope()
RNG = np.random.default_rng(3)
LOAD = (0.3 + 0.2 * (np.arange(24 * 60) % 24 >= 18)) * RNG.gamma(8, 1 / 8, 24 * 60)


def product(load, *, resolution_s=HOUR):
    ctx = in_memory(clock=lambda: END)
    create_site(ctx, SCOPE, Site("casa", "Casa", tz=LIMA, country="PE"))
    add_points(ctx, SCOPE, "casa", [Point("m", "casa", "Medidor", resolution_s=resolution_s)])
    known = ~np.isnan(load)
    starts = END - resolution_s * len(load) + resolution_s * np.arange(len(load))
    series = Readings(
        "m", starts[known], starts[known] + resolution_s, load[known], np.zeros(known.sum(), np.int8)
    )
    ctx.readings.append(SCOPE, [series], recorded_at=END)
    return ctx


def test_the_card_tells_four_weeks():
    ctx = product(LOAD)
    card = forecast_card(ctx, SCOPE, "m")
    assert card.record.n_days == 28
    assert (card.end - card.start, card.resolution_s) == (28 * DAY, HOUR)
    assert len(card.record.error_by_lead) == LEADS
    assert card.record.missing_h == 0
    assert card.skill == skill_card(ctx, SCOPE, "m")
    mine, other = (card.skill.scores[name].rmse for name in (card.record.model, card.record.beside))
    assert card.record.skill == pytest.approx(1 - mine / other)
    assert card.record.skill_low <= card.record.skill <= card.record.skill_high
    assert (card.record.model, card.record.beside) == (card.skill.answers, card.skill.beside)
    assert card.skill.beside == card.skill.best_naive


def test_gaps_are_counted():
    load = LOAD.copy()
    load[-100:-88] = np.nan
    assert forecast_card(product(load), SCOPE, "m").record.missing_h == 12


def test_a_short_history_counts_only_what_there_is():
    card = forecast_card(product(LOAD[-24 * 5 :]), SCOPE, "m")
    assert card.end - card.start == 5 * DAY
    assert card.record.n_days == 4
    assert card.record.omitted == 1  # the first day has nothing before it
    assert card.record.missing_h == 0
    assert np.isnan(card.record.skill_low)


def test_less_than_a_day_to_learn_from_is_refused():
    with pytest.raises(NotEnoughData, match="too little history"):
        forecast_card(product(LOAD[-20:]), SCOPE, "m")


def test_no_card_for_strangers():
    nobody = scope_for(Actor("p", "p", Role.PROVIDER, organisation_id="default"), Purpose.VIEW)
    with pytest.raises((AccessDenied, NotFound)):
        forecast_card(product(LOAD), nobody, "m")


@pytest.fixture
def unadapted(monkeypatch):
    """The model alone, so that another last day cannot change who is judged."""
    monkeypatch.setattr("kanchay.services.forecasting.skill.adapted_to_meter", lambda model: None)


@pytest.mark.parametrize(
    ("answers", "because", "beside"),
    [
        ("adapted", "adapted_better", "week"),
        ("pretrained", "model_better", "week"),
        ("ensemble", "naive_better", "adapted"),
        ("week", "nothing_clearly_better", "pretrained"),
    ],
)
def test_the_record_is_of_whoever_answers(monkeypatch, answers, because, beside):
    from kanchay.services.forecasting import card as module

    real = module.default_card

    def told(*args, **more):
        model, card = real(*args, **more)
        return model, replace(card, answers=answers, because=because, beside=beside)

    monkeypatch.setattr(module, "default_card", told)
    made = forecast_card(product(LOAD), SCOPE, "m")
    assert (made.record.model, made.record.beside) == (answers, beside)
    mine, other = (made.skill.scores[name].rmse for name in (answers, beside))
    assert made.record.skill == pytest.approx(1 - mine / other)
    assert (made.within != "") == (answers == "adapted")


def test_where_no_model_is_installed_the_card_says_so_and_judges_who_answers():
    ctx = product(LOAD)
    ctx = replace(ctx, models=Empty())
    made = forecast_card(ctx, SCOPE, "m")
    assert (made.skill.answers, made.skill.because) == ("ensemble", "no_model")
    assert (made.record.model, made.within) == ("ensemble", "")
    assert made.record.beside in ("week", "day")
    forecast = forecast_point(ctx, SCOPE, "m")
    assert (forecast.model, forecast.notes) == ("ensemble", ("no_model",))


class Empty:
    """A shelf without a saved model."""

    def load(self, name):
        if name == "pretrained":
            raise NotFound("There is no model 'pretrained'.")
        return forecaster(name)


class Far:
    """A model that is hopelessly off, so that whoever adapts it gives up on it."""

    name, lookback_s = "far", 7 * DAY

    def predict(self, windows):
        mean = np.random.default_rng(0).normal(50, 50, (len(windows), windows.horizon))
        return Prediction(mean, np.repeat(mean[..., None], 9, axis=-1))


def test_who_speaks_within_the_adapted_model_is_told():
    """Where adapting has not helped lately a naive speaks, and the card names it."""
    from kanchay.services.forecasting import card as module

    site = Site("casa", "Casa", tz=LIMA, country="PE")
    panel = Panel.of(("m",), LOAD[None], start=END - len(LOAD) * HOUR, resolution_s=HOUR, tz=LIMA)
    point = Point("m", "casa", "Medidor", resolution_s=HOUR)
    assert module._within(panel, point, site, AdaptedForecaster(Far()), END) in CANDIDATES[2:]
    assert module._within(panel, point, site, AdaptedForecaster(forecaster("ensemble")), END) in CANDIDATES
    assert module._within(panel, point, site, forecaster("ensemble"), END) == ""


def test_a_day_is_not_known_before_it(unadapted):
    """Other readings on the last day change no forecast, only what they are compared with."""
    changed = LOAD.copy()
    changed[-24:] = changed[-24:] * 50 + 7
    before, after = (forecast_card(product(load), SCOPE, "m").record for load in (LOAD, changed))
    (last,) = [c for c in after.worst if c.start == END - DAY]  # fifty times the usual: the worst of all
    honest = forecast_card(product(LOAD), SCOPE, "m", days=1).record.worst[0]
    assert last.mean == pytest.approx(honest.mean)
    assert last.low == pytest.approx(honest.low)
    assert last.actual == pytest.approx(changed[-24:].tolist())
    others = {c.start: c.mean for c in before.worst}
    shared = [c for c in after.worst if c.start in others and c.start != END - DAY]
    assert shared
    assert all(c.mean == others[c.start] for c in shared)


def test_quarter_hours_are_told_by_the_hour():
    quarters = np.repeat(LOAD[-24 * 30 :], 4) / 4
    card = forecast_card(product(quarters, resolution_s=900), SCOPE, "m")
    worst = card.record.worst[0]
    assert card.resolution_s == 900
    assert (worst.resolution_s, len(worst.actual)) == (HOUR, 24)
    first = (worst.start - (END - len(quarters) * 900)) // 900
    assert worst.actual[0] == pytest.approx(quarters[first : first + 4].sum())

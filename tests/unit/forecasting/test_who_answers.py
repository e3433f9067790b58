"""Which model answers for a meter, why, and that it does not change its mind every day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest

from kanchay.analysis.forecast.adapt import AdaptedForecaster
from kanchay.analysis.forecast.naive import DayNaive, WeekNaive
from kanchay.analysis.forecast.protocol import Prediction
from kanchay.analysis.forecast.skill import _Names, _who_answers, skill_of_panel
from kanchay.analysis.forecast.spread import NORMAL_LEVELS
from kanchay.analysis.metrics import score
from kanchay.bootstrap import in_memory
from kanchay.domain.interval import DAY, HOUR, local_midnight, wall_clock
from kanchay.domain.panel import Panel
from kanchay.domain.point import Point, Site
from kanchay.domain.reading import Readings
from kanchay.services.context import Context
from kanchay.services.forecasting.forecast import forecast_point
from kanchay.services.forecasting.skill import CHOSEN_BY_SKILL, note_of, skill_card
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import add_points, create_site

LIMA = "America/Lima"
NOW = local_midnight(date(2026, 8, 22), LIMA)
SCOPE = operator_scope()


def shape(clock):
    """What this home uses on average at an hour of the day."""
    return 0.375 + 0.4 * (clock // HOUR % 24 >= 18)


class Biased:
    """Knows the home's day exactly, but is too high by the same amount every day (adaptation mends that), or noisy."""

    name, lookback_s, sha256 = "pretrained", 7 * DAY, "beef"

    def __init__(self, by, noise=0.0):
        self.by, self.noise = by, noise

    def predict(self, windows):
        draws = [
            np.random.default_rng(int(at) % 2**32).normal(size=windows.horizon) for at in windows.issued_at
        ]
        mean = shape(wall_clock(windows.target_starts, windows.tz)) + self.by + self.noise * np.asarray(draws)
        return Prediction(mean, mean[..., None] + 0.05 * NORMAL_LEVELS)


class Shelf:
    def __init__(self, model):
        self.model = model

    def load(self, name):
        from kanchay.analysis.forecast.registry import forecaster

        return self.model if name == "pretrained" else forecaster(name)

    def names(self):
        return []


def values(days=100, seed=0):
    rng = np.random.default_rng(seed)
    hour = np.arange(24 * days) % 24
    return shape(hour * HOUR) + 0.15 * (rng.random(24 * days) - 0.5)


def product(model):
    ctx = in_memory(clock=lambda: NOW)
    ctx = Context(ctx.readings, ctx.records, Shelf(model), ctx.library, ctx.files, ctx.clock, "1.0")
    create_site(ctx, SCOPE, Site("casa", "Casa", tz=LIMA, country="PE"))
    add_points(ctx, SCOPE, "casa", [Point("grid", "casa", "Grid", resolution_s=HOUR)])
    load = values()
    ctx.readings.append(
        SCOPE, [Readings.regular("grid", NOW - len(load) * HOUR, HOUR, load)], recorded_at=NOW
    )
    return ctx


@pytest.mark.parametrize(
    ("model", "answers", "note"),
    [
        (Biased(0.0), "pretrained", "model_better"),
        (Biased(0.05), "adapted", "adapted_better"),
        (Biased(0.0, noise=1.0), "ensemble", "fell_back_to_naive"),
    ],
)
def test_the_best_on_this_meter_answers_and_the_store_knows_why(model, answers, note):
    ctx = product(model)
    forecast = forecast_point(ctx, SCOPE, "grid")
    assert forecast.model == answers
    assert note in forecast.notes
    with ctx.records.unit(SCOPE) as uow:
        (stored,) = uow.forecasts.find(point_id="grid")
        (run,) = uow.runs.find(kind="forecast")
    assert (stored.model, stored.notes) == (forecast.model, forecast.notes)
    assert run.model_hash == ("" if answers == "ensemble" else "beef")
    card = skill_card(ctx, SCOPE, "grid")
    assert (card.answers, note_of(card)) == (answers, note)
    assert (card.gain > 0) == (answers != "pretrained")


def test_what_is_adapted_can_be_made_again_from_the_store():
    first, again = (forecast_point(product(Biased(0.05)), SCOPE, "grid") for _ in range(2))
    assert first.model == "adapted"
    np.testing.assert_array_equal(first.mean, again.mean)
    np.testing.assert_array_equal(first.quantiles, again.quantiles)
    np.testing.assert_allclose(first.mean[:18].sum(), values()[:18].sum(), rtol=0.05)


def test_a_named_model_is_asked_as_it_is():
    forecast = forecast_point(product(Biased(0.05)), SCOPE, "grid", model="pretrained")
    assert (forecast.model, CHOSEN_BY_SKILL & set(forecast.notes)) == ("pretrained", frozenset())


def errors(**rmse):
    """Scores whose RMSE is as given."""
    truth = np.zeros(4)
    return {
        name: score(truth, np.full(4, value), np.repeat(np.full((4, 1), value), 9, axis=1))
        for name, value in rmse.items()
    }


@pytest.mark.parametrize(
    ("incumbent", "model", "adapted", "naive", "answers", "because"),
    [
        ("", 1.00, 1.10, 1.20, "model", "model_better"),
        ("", 1.00, 0.95, 1.20, "adapted", "adapted_better"),
        ("", 1.00, 0.999, 1.20, "model", "model_better"),  # too little gained for anything more complicated
        ("", 1.00, 1.00, 0.99, "model", "model_better"),  # within two per cent
        ("", 1.00, 1.00, 0.90, "naive", "naive_better"),
        ("naive", 1.00, 1.00, 1.01, "naive", "nothing_clearly_better"),
        ("naive", 1.00, 1.00, 1.05, "model", "model_better"),
        ("naive", 1.00, 0.99, 1.10, "adapted", "adapted_better"),
        ("adapted", 1.00, 1.01, 1.20, "adapted", "nothing_clearly_better"),
        ("adapted", 1.00, 1.03, 1.20, "model", "model_better"),
        ("model", 1.00, 0.985, 1.20, "model", "nothing_clearly_better"),
        ("model", 1.00, 0.97, 1.20, "adapted", "adapted_better"),
        ("gone", 1.00, 0.90, 1.20, "adapted", "adapted_better"),
    ],
)
def test_whoever_answered_goes_on_until_another_is_clearly_better(
    incumbent, model, adapted, naive, answers, because
):
    names = _Names("model", "adapted", "naive", incumbent)
    found = _who_answers(names, errors(model=model, adapted=adapted, naive=naive), 28)
    assert found == (answers, because)
    # Asked again with the answer as the incumbent, nothing changes: a forecast made anew stays what it was.
    assert (
        _who_answers(
            replace(names, incumbent=found[0]), errors(model=model, adapted=adapted, naive=naive), 28
        )[0]
        == answers
    )


def test_two_that_do_alike_do_not_take_turns():
    """Forecasts with errors of the same size: day by day the answer stays, though the better of both changes."""
    rng = np.random.default_rng(8)
    n = 90
    truth = rng.normal(size=(n, 24)) + 3.0

    def like(name, seed):
        class Alike:
            lookback_s = 7 * DAY

            def predict(self, windows):
                draws = [np.random.default_rng([seed, int(at)]).normal(size=24) for at in windows.issued_at]
                mean = 3.0 + 0.4 * np.asarray(draws)
                return Prediction(mean, np.repeat(mean[..., None], 9, axis=-1))

        model = Alike()
        model.name = name
        return model

    panel = Panel.of(("m",), truth.reshape(1, -1), start=0, resolution_s=HOUR, tz="UTC")
    names, free, incumbent = [], [], ""
    for end in range(40, n):
        span = {"start": (end - 28) * DAY, "end": end * DAY}
        two = (panel, "m", like("pretrained", 1), (like("other", 2),))
        card = skill_of_panel(*two, **span, incumbent=incumbent)
        free.append(min(card.scores, key=lambda name: card.scores[name].rmse))
        incumbent = card.answers
        names.append(incumbent)
    changes = lambda seen: sum(a != b for a, b in pairwise(seen))  # noqa: E731
    assert changes(free) >= 2
    assert changes(names) <= 1


def test_the_card_tries_the_adapted_beside_the_model():
    panel = Panel.of(("m",), values()[None], start=0, resolution_s=HOUR, tz="UTC")
    base = Biased(0.05)
    card = skill_of_panel(
        panel, "m", base, (WeekNaive(), DayNaive()), start=panel.end - 28 * DAY, end=panel.end,
        adapted=AdaptedForecaster(base),
    )  # fmt: skip
    assert (card.model, card.answers, card.because) == ("pretrained", "adapted", "adapted_better")
    assert card.gain == pytest.approx(1 - card.scores["adapted"].rmse / card.scores["pretrained"].rmse)
    short = skill_of_panel(
        panel,
        "m",
        base,
        (WeekNaive(),),
        start=panel.end - 9 * DAY,
        end=panel.end,
        adapted=AdaptedForecaster(base),
    )
    assert (short.answers, short.because, short.gain) == ("pretrained", "too_short_to_tell", 0.0)

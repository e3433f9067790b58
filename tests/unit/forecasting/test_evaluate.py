"""Many meters side by side: groups, what was seen in training, and the model against each rival."""

from __future__ import annotations

from dataclasses import dataclass, field
from zlib import crc32

import numpy as np
import pytest

from kanchay.analysis.forecast.naive import DayNaive, WeekNaive
from kanchay.analysis.kanchay24 import entrant
from kanchay.domain.errors import InputError
from kanchay.domain.interval import DAY
from kanchay.services.forecasting.evaluate import PERTURBED, evaluate_models, score_meters, summarise


@dataclass
class Made:
    """A meter of noise around a daily shape."""

    dataset: str
    id: str
    kind: str = "commercial"
    role: str = "test"
    thin: bool = False
    tz: str = "UTC"
    country: str | None = None
    subdivision: str | None = None
    start: int = 0
    split_at: int = 14 * DAY
    noise: float = 0.1
    values: np.ndarray = field(init=False)

    def __post_init__(self):
        rng = np.random.default_rng(crc32(f"{self.dataset}/{self.id}".encode()))
        self.values = np.tile(5 + np.arange(24.0), 24) + self.noise * rng.random(24 * 24)


METERS = [
    Made("estate", "a"), Made("estate", "b"), Made("school", "c"), Made(PERTURBED, "d"),
    Made("homes", "e", kind="residential"), Made("homes", "f", kind="residential", thin=True),
]  # fmt: skip


def result(**options):
    return evaluate_models([entrant(WeekNaive()), entrant(DayNaive())], METERS, **options)


def test_groups_leave_out_thin_meters_and_the_perturbed_set():
    found = result()
    sizes = {(s.group, s.model): s.cvrmse.n for s in found.summaries}
    assert sizes[("commercial", "week")] == 3
    assert sizes[(f"commercial with {PERTURBED}", "week")] == 4
    assert sizes[("residential", "day")] == 1
    assert len(found.meters) == 6
    assert [s.model for s in found.summaries[:3]] == ["week", "ensemble", "day"]


def test_the_model_stands_against_each_rival_on_the_same_hours():
    found = result()
    against = {(a.group, a.rival): a.cvrmse.median for a in found.against}
    assert set(against) == {
        (g, r)
        for g in ("commercial", f"commercial with {PERTURBED}", "residential")
        for r in ("ensemble", "day")
    }
    home = next(r for r in found.meters if r.meter == "e")
    assert against[("residential", "day")] == home.ratio("week", "day")
    assert home.ratio("week", "day") == home.models["week"].whole.rmse / home.models["day"].whole.rmse
    assert found.summary("residential").cvrmse.median == home.ratio("week", "ensemble")
    with pytest.raises(InputError):
        found.summary("offices")


def test_seen_in_training_tells_meter_sibling_or_no():
    found = result(trained_on={"week": {"estate/a", "homes/zz"}})
    seen = {r.meter: r.seen["week"] for r in found.meters}
    assert seen == {"a": "meter", "b": "sibling", "c": "no", "d": "no", "e": "sibling", "f": "sibling"}
    assert {r.seen["day"] for r in found.meters} == {"no"}
    assert found.summary("commercial").siblings_seen == 2
    assert found.summary("commercial, nothing of its data set seen").cvrmse.n == 1
    assert found.summary("commercial, siblings seen in training").cvrmse.n == 2


def test_rows_of_several_runs_are_summed_up_together():
    apart = [score_meters([entrant(WeekNaive())], [m]) for m in METERS]
    together = summarise("week", [row for rows in apart for row in rows])
    assert together.summaries == summarise("week", score_meters([entrant(WeekNaive())], METERS)).summaries


def test_a_flat_meter_has_no_ratio_and_spoils_no_median():
    flat = Made("flat", "g", noise=0.0)
    found = evaluate_models([entrant(DayNaive())], [flat, METERS[0]])
    assert np.isnan(found.meters[0].ratio("day", "ensemble"))
    assert found.summary("commercial").cvrmse.n == 1

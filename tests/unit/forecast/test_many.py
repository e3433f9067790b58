"""A fleet in batches answers what each meter alone would."""

from __future__ import annotations

import numpy as np
import pytest

from kanchay.analysis.forecast.many import FleetOptions, forecast_panels
from kanchay.analysis.forecast.naive import EnsembleNaive
from kanchay.analysis.forecast.single import forecast_panel
from kanchay.domain.errors import NotEnoughData, TimeError
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.panel import Panel

START = 1_767_243_600


def meter(name, days, *, resolution_s=HOUR, tz="America/Lima", seed=0, start=START, tail=0):
    rng = np.random.default_rng(seed)
    values = rng.gamma(2.0, 0.3, days * DAY // resolution_s)
    values[rng.random(len(values)) < 0.05] = np.nan
    values = np.concatenate([values, np.full(tail, np.nan)])
    return Panel.of((name,), values[None], start=start, resolution_s=resolution_s, tz=tz)


FLEET = [
    meter("long", 40, seed=1),
    meter("week", 7, seed=2, start=START + 3 * HOUR),
    meter("quarters", 9, seed=3, resolution_s=900),
    meter("hour", 0, seed=4, tail=5),
    meter("silent end", 12, seed=5, tail=30),
    meter("madrid", 12, seed=6, tz="Europe/Madrid"),
    meter("two days", 2, seed=7),
]


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_each_meter_as_if_it_were_alone(batch):
    model, missed, seen = EnsembleNaive(), [], []
    for part in forecast_panels(
        FLEET,
        model,
        FleetOptions(country="PE", batch=batch, passed_over=lambda point, _: missed.append(point)),
    ):
        assert len(part.points) <= batch
        for row, point in enumerate(part.points):
            seen.append(point)
            panel = next(p for p in FLEET if p.points == (point,))
            end = panel.start + panel.resolution_s * (np.flatnonzero(~np.isnan(panel.values[0]))[-1] + 1)
            alone = forecast_panel(panel, point, model, int(end), country="PE")
            assert part.issued_at[row] == alone.issued_at
            assert part.resolution_s == alone.resolution_s
            assert part.notes[row] == alone.notes
            np.testing.assert_array_equal(part.mean[row], alone.mean)
            np.testing.assert_array_equal(part.quantiles[row], alone.quantiles)
    assert missed == ["hour"]
    assert sorted(seen + missed) == sorted(p.points[0] for p in FLEET)


def test_one_time_of_issue_for_all_reads_nothing_later():
    at = START + 6 * DAY
    poisoned = [
        Panel.of(p.points, np.where(p.starts >= at, 1e9, p.values), start=p.start, resolution_s=p.resolution_s, tz=p.tz)
        for p in FLEET
    ]  # fmt: skip
    model = EnsembleNaive()
    for clean, dirty in zip(
        forecast_panels(FLEET, model, FleetOptions(at)),
        forecast_panels(poisoned, model, FleetOptions(at)),
        strict=True,
    ):  # fmt: skip
        assert clean.points == dirty.points
        assert (clean.issued_at == at).all()
        np.testing.assert_array_equal(clean.mean, dirty.mean)


def test_a_point_alone_refuses_what_the_fleet_passes_over():
    hour = next(p for p in FLEET if p.points == ("hour",))
    with pytest.raises(NotEnoughData):
        forecast_panel(hour, "hour", EnsembleNaive(), hour.end)
    assert list(forecast_panels([hour], EnsembleNaive())) == []


def test_panels_are_asked_for_one_at_a_time():
    """Memory holds one batch: nothing is read ahead of it."""
    asked = []

    def endless():
        for k in range(10_000):
            asked.append(k)
            yield meter(f"m{k}", 3, seed=k)

    first = next(forecast_panels(endless(), EnsembleNaive(), FleetOptions(batch=4)))
    assert first.points == ("m0", "m1", "m2", "m3")
    assert len(asked) == 4


def test_a_resolution_that_cannot_be_forecast_is_told_or_raised():
    two_hours = Panel.of(("slow",), np.ones((1, 60)), start=START, resolution_s=7200, tz="UTC")
    told = {}
    fleet = [two_hours, *FLEET]
    parts = list(
        forecast_panels(
            fleet, EnsembleNaive(), FleetOptions(horizon_s=3 * 3600, passed_over=told.__setitem__)
        )
    )
    assert sorted(told) == ["hour", "slow"]
    assert "24 hours" in told["hour"]
    assert "whole number" in told["slow"] or "interval" in told["slow"]
    assert sum(len(p.points) for p in parts) == len(FLEET) - 1
    with pytest.raises(TimeError):
        list(forecast_panels(fleet, EnsembleNaive(), FleetOptions(horizon_s=3 * 3600)))


def test_meters_that_measured_nothing_possible_are_passed_over_and_the_others_told():
    told = {}
    good = np.ones((1, 200))
    torn = good.copy()
    torn[0, -50] = 1e300
    rows = {"good": good, "torn": torn, "bad": 1e300 * good}
    fleet = [Panel.of((name,), v, start=0, resolution_s=3600, tz="UTC") for name, v in rows.items()]
    (part,) = forecast_panels(fleet, EnsembleNaive(), FleetOptions(passed_over=told.__setitem__))
    assert part.points == ("good", "torn")
    assert part.mean.tolist() == [[1.0] * 24] * 2
    assert part.notes == [(), ("impossible",)]
    assert list(told) == ["bad"]

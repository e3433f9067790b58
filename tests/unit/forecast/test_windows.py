from __future__ import annotations

import numpy as np
import pytest

from kanchay.analysis.forecast.naive import EnsembleNaive
from kanchay.analysis.forecast.protocol import Windows
from kanchay.analysis.forecast.single import forecast_panel
from kanchay.analysis.forecast.windows import actuals, known_seconds, make_windows, notes, steps
from kanchay.domain.errors import NotEnoughData, TimeError
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.panel import Panel


@pytest.fixture
def panel():
    return Panel.of(
        ("a", "b"), np.vstack([np.arange(96.0), -np.arange(96.0)]), start=0, resolution_s=HOUR, tz="UTC"
    )


def test_history_ends_where_the_forecast_begins(panel):
    w = make_windows(panel, "a", [2 * DAY, 3 * DAY], lookback_s=DAY, horizon_s=DAY)
    np.testing.assert_array_equal(w.load, [np.arange(24, 48), np.arange(48, 72)])
    np.testing.assert_array_equal(actuals(panel, "a", w)[:, 0], [48, 72])
    np.testing.assert_array_equal(actuals(panel, "b", w)[:, 0], [-48, -72])


def test_outside_the_panel_is_missing(panel):
    w = make_windows(
        panel, "a", [6 * HOUR, panel.end, panel.end + 3 * HOUR], lookback_s=12 * HOUR, horizon_s=DAY
    )
    assert np.isnan(w.load[0, :6]).all()
    assert w.load[0, -1] == 5
    assert w.load[1, -1] == 95
    assert np.isnan(w.load[2, -3:]).all()
    assert np.isnan(actuals(panel, "a", w)[1:]).all()
    far = make_windows(panel, "a", [1000 * DAY], lookback_s=DAY, horizon_s=DAY)
    assert known_seconds(far)[0] == 0


def test_an_interval_that_has_not_ended_is_not_known(panel):
    w = make_windows(panel, "a", [DAY + 1800], lookback_s=DAY, horizon_s=DAY)
    assert w.issued_at[0] == DAY
    assert w.load[0, -1] == 23


def test_horizons_are_whole_intervals():
    assert steps(7 * DAY, 300) == 2016
    for wrong in (0, -HOUR, 1000):
        with pytest.raises(TimeError):
            steps(wrong, HOUR)


def test_notes_say_what_is_short():
    load = np.full((4, 168), 1.0)
    load[1, :-48] = np.nan
    load[2, :-10] = np.nan
    load[3, 20:60] = np.nan
    found = make_windows(
        Panel.of(tuple("abcd"), load, start=0, resolution_s=HOUR, tz="UTC"),
        "a",
        [7 * DAY],
        lookback_s=7 * DAY,
        horizon_s=DAY,
    )
    from dataclasses import replace

    all_four = replace(found, load=load, issued_at=np.full(4, 7 * DAY))
    assert notes(all_four) == [(), ("short_history",), ("no_history",), ("gaps",)]


@pytest.mark.parametrize(("hole", "said"), [(12, ()), (60, ("gaps",))])
def test_a_hole_of_days_in_the_last_week_is_told_however_long_the_history(hole, said):
    load = np.ones((1, 60 * 24))
    load[0, -3 - hole : -3] = np.nan
    assert notes(Windows(load, np.zeros(1, np.int64), HOUR, 24, "UTC")) == [said]


def test_only_windows_that_held_what_no_meter_can_measure_say_so():
    load = np.ones((3, 168))
    load[1, 5] = 1e16
    windows = Windows(load, np.zeros(3, np.int64), HOUR, 24, "UTC")
    assert np.isnan(windows.load[1, 5])
    assert load[1, 5] == 1e16  # the caller's own stays
    assert notes(windows) == [(), ("impossible",), ()]
    assert notes(windows.rows(np.array([2, 1]))) == [(), ("impossible",)]


def test_no_history_at_all_is_told():
    assert notes(Windows(np.empty((2, 0)), np.zeros(2, np.int64), HOUR, 24, "UTC")) == [("no_history",)] * 2


def test_one_forecast_refuses_what_is_no_measurement_and_says_why():
    huge = Panel.of(("a",), np.full((1, 200), 1e300), start=0, resolution_s=HOUR, tz="UTC")
    with pytest.raises(NotEnoughData, match="'a' has 0 known hours") as told:
        forecast_panel(huge, "a", EnsembleNaive(), huge.end)
    assert "beyond 1e+15" in told.value.hint


def test_one_forecast_refuses_less_than_a_day(panel):
    with pytest.raises(NotEnoughData, match="'a' has 23 known hours"):
        forecast_panel(panel, "a", EnsembleNaive(), 23 * HOUR)
    f = forecast_panel(panel, "a", EnsembleNaive(), 24 * HOUR, unit="kW", run_id="run-1")
    assert (f.issued_at, f.start, f.unit, f.model, f.run_id, f.notes) == (
        DAY,
        DAY,
        "kW",
        "ensemble",
        "run-1",
        ("short_history",),
    )

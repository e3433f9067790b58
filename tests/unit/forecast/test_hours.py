"""Hours and their intervals: on a clock that moves by part of an hour they still say the same."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pytest

from kanchay.analysis.forecast.hours import adds_up, hourly_windows, moved_hours
from kanchay.analysis.forecast.naive import DayNaive
from kanchay.analysis.forecast.protocol import Prediction, Windows
from kanchay.analysis.forecast.samehour import look_up
from kanchay.domain.interval import DAY, HOUR

LORD_HOWE_AUTUMN = 1775307600  # 2026-04-05 00:00 on Lord Howe: at 02:00 clocks go back by half an hour
MADRID_AUTUMN = 1792879200  # 2026-10-25 00:00 in Madrid: at 03:00 clocks go back by an hour


@dataclass
class Asked:
    """Answers 1 by the hour and 3 by anything finer; keeps the resolutions it was asked for."""

    silent: bool = False
    asked: list[int] = field(default_factory=list)

    @adds_up
    def predict(self, windows):
        self.asked.append(windows.resolution_s)
        hourly = windows.resolution_s == HOUR
        mean = np.full((len(windows), windows.horizon), 1.0 if hourly else 3.0)
        if hourly and self.silent:
            mean[:] = np.nan
        return Prediction(mean, mean[..., None] * np.linspace(0.5, 1.5, 9))


def windows(issued, *, resolution_s=1800, horizon=48, tz="Australia/Lord_Howe", load=1.0):
    n = 7 * DAY // resolution_s
    return Windows(np.full((len(issued), n), load), np.asarray(issued), resolution_s, horizon, tz)


def test_only_windows_that_the_clock_cuts_are_held_to_their_hours():
    before, within, after = (LORD_HOWE_AUTUMN + days * DAY for days in (-2, 3, 9))
    answer = Asked().predict(windows([before, within, after]))
    assert answer.mean[:, 0].tolist() == [3.0, 1.0, 3.0]
    assert answer.quantiles[1, 0].tolist() == pytest.approx(np.linspace(0.5, 1.5, 9))


@pytest.mark.parametrize(
    ("tz", "issued", "resolution_s", "cut"),
    [
        ("Europe/Madrid", MADRID_AUTUMN, 300, False),
        ("Australia/Lord_Howe", LORD_HOWE_AUTUMN, 300, True),
        ("Asia/Kolkata", MADRID_AUTUMN, 300, False),
        ("Australia/Lord_Howe", LORD_HOWE_AUTUMN, HOUR, False),  # nothing to hold
        ("Australia/Lord_Howe", LORD_HOWE_AUTUMN, 2700, False),  # no part of an hour
    ],
)
def test_the_hours_are_asked_where_the_clock_cuts_one(tz, issued, resolution_s, cut):
    model = Asked()
    model.predict(windows([issued], resolution_s=resolution_s, tz=tz, horizon=72))
    assert model.asked == ([resolution_s, resolution_s, HOUR] if cut else [resolution_s])


def test_an_hour_that_is_asked_in_part_is_the_beginning_of_the_whole_one():
    short, long = (Asked().predict(windows([LORD_HOWE_AUTUMN + DAY], horizon=h)) for h in (3, 48))
    assert short.mean.tolist() == long.mean[:, :3].tolist()


def test_what_the_hours_do_not_know_stays_as_it_is():
    answer = Asked(silent=True).predict(windows([LORD_HOWE_AUTUMN]))
    assert set(answer.mean.ravel()) == {3.0}


@pytest.mark.parametrize(("lowest", "moved"), [(1.0, [2.0, 6.0]), (-1.0, [3.0, 5.0])])
def test_intervals_share_in_proportion_or_all_by_as_much(lowest, moved):
    found = moved_hours(
        np.array([[1.0, 3.0]]), np.array([[2.0]]), np.array([[4.0]]), np.full((1, 2), lowest), 2
    )
    assert found.tolist() == [moved]


def test_an_hour_between_two_is_read_from_both():
    load = np.arange(168.0)[None]
    w = Windows(load, np.array([LORD_HOWE_AUTUMN]), HOUR, 24, "Australia/Lord_Howe")
    at = LORD_HOWE_AUTUMN - HOUR * np.array([[3.0, 2.5, 0.5]]).astype(np.float64)
    assert look_up(w, at.astype(np.int64)).tolist() == [[165.0, 165.5, 167.0]]
    torn = replace(w, load=np.where(load == 165, np.nan, load))
    assert look_up(torn, at.astype(np.int64))[0, 1] == 166.0


def test_half_an_hour_back_lays_an_hour_between_two_of_the_day_before():
    """From 02:00 on the wall shows half an hour less than the elapsed hours say."""
    load = np.tile(np.arange(24.0), 7)[None]
    w = Windows(load, np.array([LORD_HOWE_AUTUMN]), HOUR, 6, "Australia/Lord_Howe")
    assert DayNaive().predict(w).mean[0].tolist() == [0.0, 1.0, 1.5, 2.5, 3.5, 4.5]


def test_the_rest_of_an_hour_ahead_has_no_air_yet():
    quarters = windows([0], resolution_s=900, horizon=6, tz="UTC")
    air = np.full((1, quarters.load.shape[1] + 6), 20.0)
    hours = hourly_windows(replace(quarters, temperature=air))
    assert hours.temperature.shape == (1, 168 + 2)
    assert hours.temperature[0, -1] == 20.0


@pytest.mark.parametrize("model", [DayNaive(), Asked()])
def test_no_window_asks_for_nothing_and_is_no_error(model):
    """As in the first days of a site, when a backtest finds no day with a week before it."""
    none = windows(np.zeros(0, dtype=np.int64), resolution_s=900, horizon=96)
    assert hourly_windows(none).load.shape == (0, 7 * 24)
    assert model.predict(none).mean.shape == (0, 96)

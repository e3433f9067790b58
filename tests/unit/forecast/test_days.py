"""Daily totals to five weeks: coherent with the period's total, cut in local time, honest where little is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from kanchay.analysis.forecast.daily import YEAR_END, DayHistory, day_kinds, is_free
from kanchay.analysis.forecast.daypath import day_paths
from kanchay.analysis.forecast.days import days_of_hours, forecast_days
from kanchay.analysis.forecast.daystates import FOLLOW, day_states
from kanchay.analysis.forecast.firstweek import first_week
from kanchay.analysis.forecast.naive import EnsembleNaive
from kanchay.analysis.forecast.period import forecast_total
from kanchay.domain.errors import NotEnoughData, TimeError
from kanchay.domain.interval import DAY, HOUR, local_midnight, wall_clock
from kanchay.domain.panel import Panel

LIMA, MADRID = "America/Lima", "Europe/Madrid"


def meter(day: date, *, tz=LIMA, days=60, weekend=1.0, noise=0.1, seed=0, resolution_s=HOUR, hours_into=0):
    """A meter of about 10 kWh a day with an evening, known up to `day` (and some hours)."""
    rng = np.random.default_rng(seed)
    end = local_midnight(day, tz) + hours_into * HOUR
    starts = np.arange(end - days * DAY, end, resolution_s, dtype=np.int64)
    clock = wall_clock(starts, tz)
    local = clock // DAY
    level = 1 + noise * rng.standard_normal(int(local[-1] - local[0]) + 1)
    shape = 0.5 + 1.5 * (clock % DAY // HOUR >= 18)
    free = np.where(is_free(local, None), weekend, 1.0)
    values = 10.0 / 21.0 * shape * free * np.maximum(level[local - local[0]], 0.05) * resolution_s / HOUR
    return Panel.of(("m",), values[None], start=int(starts[0]), resolution_s=resolution_s, tz=tz)


def sound(ahead, n):
    assert len(ahead.mean) == len(ahead.starts) == n
    assert np.isfinite(ahead.mean).all()
    assert np.isfinite(ahead.quantiles).all()
    assert (np.diff(ahead.quantiles, axis=1) >= 0).all()
    assert (np.diff(ahead.total_quantiles) >= 0).all()
    assert ahead.mean.sum() == pytest.approx(ahead.total_mean)
    assert (np.diff([*ahead.starts, ahead.end]) > 0).all()


def test_means_add_up_and_bands_of_days_do_not():
    panel = meter(date(2026, 8, 22))
    ahead = forecast_days(panel, "m", issued_at=panel.end, n_days=35)
    sound(ahead, 35)
    width = ahead.quantiles[:, 6] - ahead.quantiles[:, 2]
    total = ahead.total_quantiles[6] - ahead.total_quantiles[2]
    assert (
        np.sqrt((width**2).sum()) < total < width.sum()
    )  # between independent days and one and the same mood
    period = forecast_total(panel, "m", start=panel.end, end=ahead.end, issued_at=panel.end)
    assert period.mean == pytest.approx(ahead.total_mean)
    np.testing.assert_allclose(period.daily_mean, ahead.mean)
    np.testing.assert_allclose(period.quantiles, ahead.total_quantiles)


def test_inside_a_day_the_first_total_is_the_rest_of_it():
    panel = meter(date(2026, 8, 22), hours_into=18)
    ahead = forecast_days(panel, "m", issued_at=panel.end, n_days=3)
    assert ahead.starts.tolist() == [panel.end, *(local_midnight(date(2026, 8, d), LIMA) for d in (23, 24))]
    assert ahead.mean[0] == pytest.approx(
        ahead.mean[1] * 12 / 21, rel=0.1
    )  # the evening is two thirds of a day


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 28), 23), (date(2026, 10, 24), 25)])
def test_days_of_23_and_25_hours_are_days(day, hours):
    panel = meter(day, tz=MADRID, noise=0.0)
    ahead = forecast_days(panel, "m", issued_at=panel.end, n_days=3)
    sound(ahead, 3)
    assert np.diff([*ahead.starts, ahead.end]).tolist() == [DAY, hours * HOUR, DAY]
    night = 0.5 / 21 * (hours - 24)  # an hour of the night is skipped, or comes twice
    assert ahead.mean == pytest.approx([10.0, 10.0 * (1 + night), 10.0], rel=1e-3)


@pytest.mark.parametrize("day", [date(2026, 4, 3), date(2026, 4, 5), date(2026, 4, 8), date(2026, 10, 4)])
def test_half_an_hour_of_summer_time_is_half_an_hour_of_a_day(day):
    """Midnight cuts an hour there: by the hour or by the half, a steady load has the same days."""
    fine = meter(day, tz="Australia/Lord_Howe", resolution_s=1800)
    steady = replace(fine, values=np.full_like(fine.values, 0.2))
    hours = np.full((1, fine.n_intervals // 2), 0.4)
    whole = Panel.of(("m",), hours, start=fine.start, resolution_s=HOUR, tz=fine.tz)
    weeks = [first_week(p, "m", EnsembleNaive(), fine.end)[:5] for p in (steady, whole)]
    np.testing.assert_allclose(*weeks)
    a, b = (forecast_days(p, "m", issued_at=fine.end, n_days=14) for p in (steady, whole))
    np.testing.assert_allclose(a.mean, b.mean)
    np.testing.assert_allclose(a.mean, 0.4 * np.diff([*a.starts, a.end]) / HOUR, rtol=0.01)


def test_public_holidays_and_new_year_count_as_sundays():
    panel = meter(date(2025, 12, 30), weekend=0.4, noise=0.02)
    with_calendar = forecast_days(panel, "m", issued_at=panel.end, n_days=5, country="PE")
    without = forecast_days(panel, "m", issued_at=panel.end, n_days=5)
    assert with_calendar.mean[2] < 0.65 * without.mean[2]  # Thursday 1 January
    assert with_calendar.mean[1] == pytest.approx(without.mean[1], rel=0.1)


def year_ends(at_rest, *, first="2024-10-01", last="2027-02-01", country="GB"):
    """An office of 10 kWh on working days, 4 on free ones, and `at_rest` on working days around New Year."""
    days = np.arange(np.datetime64(first), np.datetime64(last)).astype(np.int64)
    history = DayHistory(days, np.zeros(len(days)), is_free(days, country), 1.0)
    kwh = np.where(history.kind == YEAR_END, at_rest, np.where(history.free, 4.0, 10.0))
    return replace(history, total=kwh)


def expected(history, issued, n_days=35):
    """The path from a day on, from what was known before it, and what came true."""
    at = int(np.searchsorted(history.days, np.datetime64(issued).astype(np.int64)))
    seen = history.cut(slice(max(0, at - 400), at))
    path = day_paths(
        seen, day_states(seen), history.kind[max(0, at - 400) :], np.array([len(seen.days)]), n_days
    )
    return path[0], history.total[at : at + n_days], history.kind[at : at + n_days]


def test_working_days_around_new_year_are_of_their_own_kind():
    days = np.arange(np.datetime64("2026-12-21"), np.datetime64("2027-01-06")).astype(np.int64)
    kinds = day_kinds(days, is_free(days, "GB"))  # a Monday to a Tuesday; the 28th is a holiday, Boxing Day's
    assert kinds.tolist() == [0, 1, 7, 7, 6, 5, 6, 6, 7, 7, 7, 6, 5, 6, 0, 1]


def test_an_office_that_never_showed_a_year_end_is_taken_to_close_where_offices_do():
    path, truth, kinds = expected(year_ends(4.0, first="2026-10-01"), "2026-12-21")
    np.testing.assert_allclose(path[kinds == YEAR_END], 4.0, atol=0.8)
    np.testing.assert_allclose(path[kinds < 5], truth[kinds < 5], atol=0.8)


@pytest.mark.parametrize("at_rest", [2.0, 4.0, 10.0])
def test_january_is_as_before_whatever_the_office_did_at_new_year(at_rest):
    path, truth, kinds = expected(year_ends(at_rest), "2027-01-02", 28)
    np.testing.assert_allclose(path[kinds < 5], truth[kinds < 5], atol=1.2)


@pytest.mark.parametrize("at_rest", [2.0, 10.0])
def test_an_office_that_showed_two_year_ends_is_believed(at_rest):
    path, _, kinds = expected(year_ends(at_rest), "2026-12-20", 14)
    off = np.abs(path[kinds == YEAR_END] - at_rest).mean()
    first, _, kinds = expected(year_ends(at_rest, first="2026-10-01"), "2026-12-20", 14)
    assert off < 0.6 * np.abs(first[kinds == YEAR_END] - at_rest).mean()


def test_where_nothing_is_known_of_the_country_year_ends_are_working_days_until_shown():
    history = replace(year_ends(10.0, first="2026-10-01", country=None), rest=0.0)
    path, truth, _ = expected(history, "2026-12-20", 14)
    np.testing.assert_allclose(path, truth, atol=0.8)


def test_a_meter_that_began_at_christmas_has_a_forecast():
    panel = meter(date(2026, 12, 31)).slice(
        local_midnight(date(2026, 12, 29), LIMA), local_midnight(date(2026, 12, 31), LIMA)
    )
    ahead = forecast_days(panel, "m", issued_at=panel.end, n_days=35, country="PE")
    sound(ahead, 35)
    assert ahead.mean[:7].mean() == pytest.approx(10.0, rel=0.3)


@pytest.mark.parametrize("resolution_s", [300, 600, 900, 1800, 3600])
def test_the_resolution_of_the_meter_does_not_matter(resolution_s):
    fine = meter(date(2026, 8, 22), resolution_s=resolution_s, noise=0.2, seed=4)
    hourly = meter(date(2026, 8, 22), noise=0.2, seed=4)
    a, b = (forecast_days(p, "m", issued_at=p.end, n_days=14) for p in (fine, hourly))
    np.testing.assert_allclose(a.mean, b.mean, rtol=1e-9)
    np.testing.assert_allclose(a.quantiles, b.quantiles, rtol=1e-9)


def test_what_no_meter_can_have_measured_is_left_out_and_told():
    panel = meter(date(2026, 8, 22))
    values = panel.values.copy()
    values[0, -100] = 1e300
    spoilt, whole = (
        forecast_days(replace(panel, values=v), "m", issued_at=panel.end, n_days=35) for v in (values, panel.values)
    )  # fmt: skip
    sound(spoilt, 35)
    assert spoilt.notes == ("impossible",)
    assert spoilt.total_mean == pytest.approx(whole.total_mean, rel=0.01)


def test_one_day_of_history_answers_with_a_wider_band_and_says_so():
    panel = meter(date(2026, 8, 22))
    short = panel.slice(panel.end - DAY, panel.end)
    day, two_months = (forecast_days(p, "m", issued_at=panel.end, n_days=35) for p in (short, panel))
    sound(day, 35)
    assert day.notes == ("short_history",)
    assert two_months.notes == ()
    assert (day.known_hours, two_months.known_hours) == (24, 1440)
    width = lambda f: (f.total_quantiles[6] - f.total_quantiles[2]) / f.total_mean  # noqa: E731
    assert width(day) > 2 * width(two_months)
    with pytest.raises(NotEnoughData):
        forecast_days(panel.slice(panel.end - 6 * HOUR, panel.end), "m", issued_at=panel.end, n_days=3)


def test_gaps_are_taken_as_they_are():
    panel = meter(date(2026, 8, 22), noise=0.05)
    rng = np.random.default_rng(1)
    gone = rng.random(panel.values.shape) < 0.3
    gone[:, -9 * 24 : -6 * 24] = True
    holed = Panel.of(
        ("m",), np.where(gone, np.nan, panel.values), start=panel.start, resolution_s=HOUR, tz=LIMA
    )
    a, b = (forecast_days(p, "m", issued_at=panel.end, n_days=14) for p in (holed, panel))
    sound(a, 14)
    np.testing.assert_allclose(a.mean, b.mean, rtol=0.1)


def test_a_long_silence_falls_back_on_the_last_days_there_were():
    panel = meter(date(2026, 8, 22), noise=0.0)
    values = panel.values.copy()
    values[:, -20 * 24 :] = np.nan
    silent = Panel.of(("m",), values, start=panel.start, resolution_s=HOUR, tz=LIMA)
    ahead = forecast_days(silent, "m", issued_at=panel.end, n_days=7)
    sound(ahead, 7)
    assert ahead.mean == pytest.approx(np.full(7, 10.0), rel=0.02)


def test_net_load_with_pv_may_be_negative():
    panel = meter(date(2026, 8, 22))
    net = Panel.of(("m",), panel.values - 0.55, start=panel.start, resolution_s=HOUR, tz=LIMA)
    ahead = forecast_days(net, "m", issued_at=net.end, n_days=35)
    sound(ahead, 35)
    assert ahead.total_mean < 0
    assert ahead.mean.max() < 0


def test_a_constant_meter_stays_and_a_dead_one_is_zero():
    for value in (0.05, 0.0):
        panel = Panel.of(("m",), np.full((1, 24 * 40), value), start=0, resolution_s=HOUR, tz="UTC")
        ahead = forecast_days(panel, "m", issued_at=panel.end, n_days=35)
        sound(ahead, 35)
        assert ahead.mean == pytest.approx(np.full(35, 24 * value))
        assert ahead.quantiles.min() >= 0.0
        # After forty days without a change the band is narrow, if not nothing.
        assert ahead.total_quantiles[6] - ahead.total_quantiles[2] <= 0.15 * ahead.total_mean + 1e-9


def test_a_new_level_is_followed_within_days():
    panel = meter(date(2026, 8, 22), noise=0.02)
    since = panel.starts >= panel.end - 4 * DAY
    more = Panel.of(
        ("m",),
        np.where(since, 1.6 * panel.values, panel.values),
        start=panel.start,
        resolution_s=HOUR,
        tz=LIMA,
    )
    ahead = forecast_days(more, "m", issued_at=panel.end, n_days=14)
    run_rate = float(more.values[0, -7 * 24 :].sum()) / 7
    truth = 16.0
    assert abs(ahead.mean.mean() - truth) < abs(run_rate - truth)
    assert ahead.quantiles[0, 0] < truth < ahead.quantiles[0, 8]


def test_a_home_left_a_week_ago_is_seen_as_vacant():
    panel = meter(date(2026, 8, 22), noise=0.05)
    away = panel.starts >= panel.end - 7 * DAY
    empty = Panel.of(
        ("m",), np.where(away, 0.08, panel.values), start=panel.start, resolution_s=HOUR, tz=LIMA
    )
    ahead = forecast_days(empty, "m", issued_at=panel.end, n_days=7)
    sound(ahead, 7)
    assert ahead.mean.mean() < 0.5 * 10.0
    assert ahead.quantiles[:, 8].min() > 1.92  # they may come back


def test_last_year_moves_the_weeks_to_come():
    """A school: August is empty. With a year known the fall is seen coming, with two months it is not."""
    panel = meter(date(2026, 8, 1), days=420, noise=0.03)
    day = panel.starts
    holiday = (day >= local_midnight(date(2025, 8, 1), LIMA)) & (day < local_midnight(date(2025, 9, 1), LIMA))
    school = Panel.of(
        ("m",),
        np.where(holiday, 0.2 * panel.values, panel.values),
        start=panel.start,
        resolution_s=HOUR,
        tz=LIMA,
    )
    known, unknown = (
        forecast_days(school.slice(panel.end - n * DAY, panel.end), "m", issued_at=panel.end, n_days=28)
        for n in (420, 60)
    )
    assert known.mean[20:].mean() < 0.8 * unknown.mean[20:].mean()
    assert known.mean[0] == pytest.approx(unknown.mean[0], rel=0.1)


def test_the_first_week_leans_on_the_hours_tomorrow_most():
    panel = meter(date(2026, 8, 22))
    hours = first_week(panel, "m", EnsembleNaive(), panel.end)
    assert hours is not None
    assert len(hours) == 7
    alone = forecast_days(panel, "m", issued_at=panel.end, n_days=10)
    both = forecast_days(panel, "m", issued_at=panel.end, n_days=10, first_days=hours)
    share = (both.mean[:7] - alone.mean[:7]) / (hours - alone.mean[:7])
    np.testing.assert_allclose(share, np.linspace(0.5, 0.1, 7))
    np.testing.assert_array_equal(both.mean[7:], alone.mean[7:])
    assert first_week(panel.slice(panel.end - 5 * HOUR, panel.end), "m", EnsembleNaive(), panel.end) is None


def test_nothing_after_the_time_of_issue_is_read():
    panel = meter(date(2026, 8, 22), days=430)
    at = panel.end - 30 * DAY
    values = np.where(panel.starts >= at, 1e6, panel.values)
    dirty = Panel.of(("m",), values, start=panel.start, resolution_s=HOUR, tz=LIMA)
    a, b = (
        forecast_days(p, "m", issued_at=at, n_days=35, first_days=first_week(p, "m", EnsembleNaive(), at))
        for p in (panel, dirty)
    )
    np.testing.assert_array_equal(a.mean, b.mean)
    np.testing.assert_array_equal(a.quantiles, b.quantiles)
    np.testing.assert_array_equal(a.total_quantiles, b.total_quantiles)


@pytest.mark.parametrize("n_days", [0, 36])
def test_more_than_five_weeks_is_refused(n_days):
    panel = meter(date(2026, 8, 22))
    with pytest.raises(TimeError, match="days"):
        forecast_days(panel, "m", issued_at=panel.end, n_days=n_days)


def test_hours_of_a_day_that_is_not_whole_do_not_count():
    starts = 3600 * np.arange(20, 20 + 30)
    assert days_of_hours(starts, np.ones(30), "UTC").tolist() == [4.0, 24.0]
    assert days_of_hours(starts[:28], np.ones(28), "UTC").tolist() == [4.0, 24.0]
    assert days_of_hours(starts[:3], np.ones(3), "UTC").tolist() == []


def test_days_that_follow_one_another_teach_the_meter_to_follow():
    """Moods of a week: the fast level is followed. Every day anew: it is not."""
    rng = np.random.default_rng(0)
    days = np.arange(20000, 20300)
    mood = np.zeros(300)
    for d in range(1, 300):
        mood[d] = 0.9 * mood[d - 1] + rng.standard_normal()
    follow = [
        day_states(DayHistory(days, 20 + x, is_free(days, None))).follow[-1]
        for x in (mood, rng.standard_normal(300))
    ]
    assert follow[0] > FOLLOW > follow[1]


def test_paths_from_every_origin_at_once_are_those_one_by_one():
    rng = np.random.default_rng(2)
    days = np.arange(20000, 20440)
    total = 10 + rng.standard_normal(440)
    total[[3, 50, 51, 300]] = np.nan
    history = DayHistory(days, total, is_free(days, "PE"))
    states = day_states(history)
    whole = day_paths(history, states, history.kind, np.array([20, 380, 400]), 35)
    for row, at in zip(whole, (20, 380, 400), strict=True):
        cut = DayHistory(days[:at], total[:at], history.free[:at])
        one = day_paths(cut, day_states(cut), history.kind, np.array([at]), 35)[0]
        np.testing.assert_allclose(row, one, rtol=1e-9)

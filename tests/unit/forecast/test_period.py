from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from kanchay.analysis.forecast.daily import DayHistory, day_history, fill_by_profile, is_free
from kanchay.analysis.forecast.dayerrors import error_quantiles, own_stretch, past_errors, typical_errors
from kanchay.analysis.forecast.dayerrortables import AHEAD as DAYS_AHEAD
from kanchay.analysis.forecast.daystates import day_states
from kanchay.analysis.forecast.period import forecast_total
from kanchay.domain.errors import NotEnoughData
from kanchay.domain.forecast import LEVELS
from kanchay.domain.interval import DAY, HOUR, local_midnight
from kanchay.domain.panel import Panel

LIMA = "America/Lima"
AUGUST, SEPTEMBER = local_midnight(date(2026, 8, 5), LIMA), local_midnight(date(2026, 9, 5), LIMA)


def home(days=60, *, seed=0, noise=0.3, kwh=5.0, tz=LIMA, end=None):
    """A home of about `kwh` a day whose last reading ends on the 22nd of August, 18:00."""
    rng = np.random.default_rng(seed)
    end = local_midnight(date(2026, 8, 22), tz) + 18 * HOUR if end is None else end
    n = days * 24
    day = np.repeat(np.maximum(1 + noise * rng.standard_normal(days + 2), 0.1), 24)[:n]
    return Panel.of(("m",), (kwh / 24 * day)[None], start=end - n * HOUR, resolution_s=HOUR, tz=tz)


def test_the_parts_add_up_and_the_band_opens():
    panel = home()
    p = forecast_total(panel, "m", start=AUGUST, end=SEPTEMBER, issued_at=panel.end, country="PE")
    inside = (panel.starts >= AUGUST) & (panel.starts < panel.end)
    assert p.so_far == pytest.approx(panel.values[0, inside].sum())
    assert p.so_far + sum(p.daily_mean) == pytest.approx(p.mean)
    assert len(p.daily_mean) == 14  # the rest of the 22nd, and the 23rd to the 4th
    assert p.daily_mean[0] == pytest.approx(p.daily_mean[1] / 4, rel=0.35)  # six hours are left
    assert (np.diff(p.quantiles) > 0).all()
    assert p.quantiles[0] > p.so_far
    width = np.subtract(p.cumulative_q90, p.cumulative_q10)
    assert (np.diff(width) > 0).all()
    assert p.cumulative_q90[-1] == pytest.approx(p.quantiles[LEVELS.index(0.90)])
    assert p.missing_hours == 0


def test_shorter_history_gives_a_wider_band():
    """Of a home whose days differ as those of most do; how wild a meter is, one day cannot tell."""
    widths = []
    for days in (1, 3, 7, 28):
        panel = home(60, seed=3, noise=0.15)
        panel = panel.slice(panel.end - days * DAY - 18 * HOUR, panel.end)
        p = forecast_total(panel, "m", start=AUGUST, end=SEPTEMBER, issued_at=panel.end)
        left = p.quantiles[6] - p.quantiles[2]
        widths.append(left / sum(p.daily_mean))
    assert widths[0] > widths[1] > widths[2] > widths[3]


def test_missing_hours_are_estimated_counted_and_widen():
    panel = home(60, noise=0.1)
    whole = forecast_total(panel, "m", start=AUGUST, end=SEPTEMBER, issued_at=panel.end)
    values = panel.values.copy()
    gone = (panel.starts >= AUGUST + 3 * DAY) & (panel.starts < AUGUST + 6 * DAY)
    values[:, gone] = np.nan
    holed = Panel.of(("m",), values, start=panel.start, resolution_s=HOUR, tz=LIMA)
    p = forecast_total(holed, "m", start=AUGUST, end=SEPTEMBER, issued_at=panel.end)
    assert p.missing_hours == 72
    assert p.so_far == pytest.approx(whole.so_far, rel=0.05)
    closed = home(60, noise=0.1, end=SEPTEMBER)
    values = np.where((closed.starts >= AUGUST) & (closed.starts < AUGUST + 3 * DAY), np.nan, closed.values)
    holed = Panel.of(("m",), values, start=closed.start, resolution_s=HOUR, tz=LIMA)
    over = forecast_total(holed, "m", start=AUGUST, end=SEPTEMBER, issued_at=SEPTEMBER)
    assert over.quantiles[8] - over.quantiles[0] > 1.0  # nothing is to come, but three days are guessed


def test_readings_that_begin_inside_the_period_count_as_missing_before():
    panel = home(10)
    p = forecast_total(panel, "m", start=AUGUST, end=SEPTEMBER, issued_at=panel.end)
    assert p.missing_hours == (panel.start - AUGUST) / HOUR
    assert p.so_far > panel.values.sum()


def test_a_period_that_is_over_is_its_sum():
    panel = home(60, end=SEPTEMBER)
    p = forecast_total(panel, "m", start=AUGUST, end=SEPTEMBER, issued_at=SEPTEMBER)
    assert p.daily_mean == ()
    np.testing.assert_allclose(p.quantiles, p.so_far)
    assert p.mean == pytest.approx(panel.values[0, panel.starts >= AUGUST].sum())


def test_the_future_is_not_read():
    panel = home()
    at = panel.end - 9 * DAY
    clean = forecast_total(panel, "m", start=AUGUST, end=SEPTEMBER, issued_at=at)
    values = panel.values.copy()
    values[:, panel.starts >= at] = 1e6
    dirty = forecast_total(
        Panel.of(("m",), values, start=panel.start, resolution_s=HOUR, tz=LIMA),
        "m",
        start=AUGUST,
        end=SEPTEMBER,
        issued_at=at,
    )
    assert clean == dirty


def test_a_net_exporter_may_close_below_what_it_used():
    panel = home(40)
    net = Panel.of(("m",), panel.values - 0.3, start=panel.start, resolution_s=HOUR, tz=LIMA)
    p = forecast_total(net, "m", start=AUGUST, end=SEPTEMBER, issued_at=net.end)
    assert p.mean < p.so_far < 0
    assert (np.diff(p.quantiles) > 0).all()


def test_what_no_meter_can_have_measured_is_estimated_as_if_it_were_missing():
    panel = home(40)
    values, torn = panel.values.copy(), panel.values.copy()
    values[0, -30:-28], torn[0, -30:-28] = 1e300, np.nan
    mine, missing = (
        forecast_total(Panel.of(("m",), v, start=panel.start, resolution_s=HOUR, tz=LIMA), "m", start=AUGUST,
                       end=SEPTEMBER, issued_at=panel.end)
        for v in (values, torn)
    )  # fmt: skip
    assert mine == missing
    assert mine.missing_hours == 2.0


def test_no_reading_at_all_is_refused():
    panel = Panel.of(("m",), np.full((1, 240), np.nan), start=AUGUST, resolution_s=HOUR, tz=LIMA)
    with pytest.raises(NotEnoughData, match="'m'"):
        forecast_total(panel, "m", start=AUGUST, end=SEPTEMBER, issued_at=AUGUST + 5 * DAY)


def test_the_80_percent_band_holds_on_homes_with_lasting_moods():
    """Homes whose days follow one another (AR(1), 0.7): the band of a month's rest covers about what it says."""
    hits = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        mood = np.zeros(100)
        for d in range(1, 100):
            mood[d] = 0.7 * mood[d - 1] + 0.2 * rng.standard_normal()
        values = np.repeat(5 * np.maximum(1 + mood, 0.2) / 24, 24)
        start = AUGUST - 60 * DAY
        panel = Panel.of(("m",), values[None], start=start, resolution_s=HOUR, tz=LIMA)
        p = forecast_total(panel, "m", start=AUGUST, end=SEPTEMBER, issued_at=AUGUST + 10 * DAY)
        truth = values[60 * 24 : 91 * 24].sum()
        hits.append(p.quantiles[2] <= truth <= p.quantiles[6])
    assert 0.68 <= np.mean(hits) <= 0.98


def test_error_quantiles_never_cross_and_stand_still_beyond_their_tables():
    ahead = np.array([0.3, *DAYS_AHEAD, 60.0])
    for known in (1, 2, 3, 7, 12, 28, 200, 400):
        for single in (True, False):
            q = error_quantiles(ahead, known, single=single)
            assert (np.diff(q, axis=1) > 0).all()
            np.testing.assert_array_equal(q[0], q[1])
            np.testing.assert_array_equal(q[-1], q[-2])
    np.testing.assert_array_equal(error_quantiles(ahead, 365), error_quantiles(ahead, 3000))
    width = [np.ptp(error_quantiles(np.array([14.0]), n)) for n in (1, 7, 28)]
    assert (np.diff(width) < 0).all()
    days = error_quantiles(ahead, 28, single=True)
    assert (
        np.ptp(days[4:8], axis=1) > np.ptp(error_quantiles(ahead, 28)[4:8], axis=1)
    ).all()  # a mean strays less


def test_days_are_cut_in_local_time_and_over_the_change():
    start = local_midnight(date(2026, 3, 28), "Europe/Madrid")
    panel = Panel.of(
        ("m",), np.ones((1, 24 + 23 + 24 + 5)), start=start, resolution_s=HOUR, tz="Europe/Madrid"
    )
    history = day_history(panel, "m", panel.end)
    assert history.total.tolist() == [24.0, 23.0, 24.0]
    assert history.free.tolist() == [True, True, False]


def test_a_day_that_is_half_unknown_does_not_count():
    values = np.ones(72)
    values[24:37] = np.nan  # 13 hours
    values[48:50] = np.nan
    panel = Panel.of(("m",), values[None], start=0, resolution_s=HOUR, tz="UTC")
    total = day_history(panel, "m", panel.end).total
    assert np.isnan(total[1])
    assert total[[0, 2]].tolist() == [24.0, 24.0]  # two hours filled by the profile


def test_the_profile_knows_hour_and_kind_of_day():
    hours = np.arange(24 * 14)
    days = hours // 24  # 1970-01-01 is a Thursday: days 2, 3, 9 and 10 are a weekend
    values = hours % 24 + 100.0 * np.isin(days, [2, 3, 9, 10])
    holed = np.where(np.isin(hours, [24 * 9 + 5, 24 * 8 + 5]), np.nan, values)
    panel = Panel.of(("m",), holed[None], start=0, resolution_s=HOUR, tz="UTC")
    filled, _ = fill_by_profile(panel, "m", panel.end)
    np.testing.assert_allclose(filled, values)


def test_past_errors_by_hand():
    days = np.arange(20455, 20455 + 12)
    total = np.array([10.0] * 8 + [12.0] * 4)
    history = DayHistory(days, total, is_free(days, None) & False)
    states = day_states(history)
    errors = past_errors(history, states, 2)
    assert errors.shape == (5, 2)  # from days 7 to 11: a week known before each
    assert errors[0, 0] == pytest.approx(0.0)
    assert errors[0, 1] * states.spread[7] == pytest.approx(2.0)
    assert errors[1] * states.spread[8] == pytest.approx([2.0, 2.0])
    assert 0 < errors[4, 0] * states.spread[11] < 2.0  # the level has followed a part of the way
    assert np.isnan(errors[4, 1])  # still to come


def test_a_meter_that_was_steadier_than_others_gets_a_narrower_band_and_a_wild_one_a_wider():
    ahead = np.array([1.0, 7.0])
    usual = typical_errors(ahead, 100.0)
    calm, wild = (
        np.full((100, 7), 0.0) + factor * usual[0] * np.tile([[1.0], [-1.0]], (50, 7))
        for factor in (0.5, 2.0)
    )
    assert (own_stretch(calm, ahead, 100.0) < 0.9).all()
    assert own_stretch(wild, ahead, 100.0)[0] > 1.5
    assert own_stretch(np.zeros((0, 7)), ahead, 100.0).tolist() == [1.0, 1.0]
    assert own_stretch(calm[:1], np.array([7.0]), 8.0)[0] > own_stretch(calm, np.array([7.0]), 100.0)[0]


def test_states_are_causal():
    rng = np.random.default_rng(0)
    days = np.arange(20455, 20455 + 30)
    total = rng.random(30)
    whole = day_states(DayHistory(days, total, is_free(days, "PE")))
    cut = day_states(DayHistory(days[:12], total[:12], is_free(days[:12], "PE")))
    np.testing.assert_array_equal(whole.level[:13], cut.level)
    np.testing.assert_array_equal(whole.spread[:13], cut.spread)

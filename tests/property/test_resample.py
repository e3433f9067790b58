"""Energy survives resampling, both ways, over every change of the clock."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kanchay.analysis.quality.resample import bucket, by_local_day, resample, resample_panel, without_overlaps
from kanchay.domain.errors import ShapeError, TimeError
from kanchay.domain.interval import DAY, HOUR, local_day_bounds, local_midnight
from kanchay.domain.panel import Panel
from kanchay.domain.reading import Quality, Readings

ZONES = (
    "Europe/Madrid",
    "America/Lima",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "America/St_Johns",
    "Africa/Casablanca",
)
STEPS = (60, 300, 900, 1800, 3600, 7200, DAY)

zones = st.sampled_from(ZONES)
steps = st.sampled_from(STEPS)
energies = st.lists(st.one_of(st.none(), st.floats(0, 1e4, allow_nan=False)), min_size=1, max_size=80)
starts = st.integers(0, 2_000_000).map(lambda k: k * 900)


def panel_of(values, start, step):
    return Panel.of(("m",), np.array([values], dtype=float), start=start, resolution_s=step, tz="UTC")


def brute_force(readings: Readings, bounds, *, summed: bool):
    """Second by second, in plain Python. For tiny inputs."""
    totals = [0.0] * (len(bounds) - 1)
    covered = [0] * (len(bounds) - 1)
    taken: set[int] = set()
    for s, e, v in zip(readings.start.tolist(), readings.end.tolist(), readings.value.tolist(), strict=True):
        for second in range(s, e):
            if second in taken:
                continue
            taken.add(second)
            for i in range(len(totals)):
                if bounds[i] <= second < bounds[i + 1]:
                    totals[i] += v / (e - s) if summed else v / HOUR
                    covered[i] += 1
    return totals, covered


@given(energies, starts, steps, steps)
def test_energy_of_whole_known_intervals_is_neither_lost_nor_made(values, start, fine, coarse):
    panel = panel_of([np.nan if v is None else v for v in values], start, fine)
    up = resample_panel(panel, coarse)
    known = ~np.isnan(up.values[0])
    inside = bucket(panel.readings("m"), np.append(up.starts, up.end), summed=True)
    assert up.values[0][known] == pytest.approx(inside.total[known])
    assert inside.total.sum() == pytest.approx(np.nansum(panel.values), rel=1e-9, abs=1e-9)
    assert np.array_equal(known, inside.covered_s == coarse)


@given(energies, starts, st.sampled_from([(900, 300), (3600, 900), (1800, 60), (DAY, 1800)]))
def test_down_and_up_again_is_where_it_began(values, start, pair):
    coarse, fine = pair
    panel = panel_of([np.nan if v is None else v for v in values], start, coarse)
    again = resample_panel(resample_panel(panel, fine), coarse)
    assert again.values[0] == pytest.approx(panel.values[0], rel=1e-9, abs=1e-9, nan_ok=True)


@given(energies, starts, st.sampled_from([(300, 900), (900, 3600), (60, 1800)]))
def test_means_weigh_by_time_and_keep_the_energy(values, start, pair):
    fine, coarse = pair
    known = np.array([0.0 if v is None else v for v in values])
    n = len(known) // (coarse // fine) * (coarse // fine)
    panel = panel_of(known[:n], start, fine)
    up = resample_panel(panel, coarse, summed=False)
    assert up.values.sum() * coarse == pytest.approx(panel.values.sum() * fine, rel=1e-9, abs=1e-6)


@settings(max_examples=60)
@given(
    zones,
    st.dates(date(1995, 1, 1), date(2035, 12, 30)),
    st.sampled_from([900, 1800, 3600]),
    st.integers(1, 4),
)
@example("Europe/Madrid", date(2026, 3, 29), 900, 1)
@example("Europe/Madrid", date(2026, 10, 25), 3600, 1)
@example("Australia/Lord_Howe", date(2026, 4, 5), 3600, 1)  # half an hour of summer time
@example("America/Lima", date(2026, 3, 29), 3600, 1)
def test_every_local_day_gets_its_own_energy(tz, day, step, n_days):
    start = local_midnight(day, tz)
    bounds = local_day_bounds(start, start + n_days * DAY, tz)
    first, last = bounds[0] // step * step - step, bounds[-1] + step
    per_second = 1 / HOUR
    readings = Readings.regular("m", int(first), step, np.full((last - first) // step + 1, step * per_second))
    days = by_local_day(readings, int(bounds[0]), int(bounds[-1]), tz, summed=True)
    assert days.total == pytest.approx((days.end - days.start) * per_second)
    assert np.array_equal(days.covered_s, days.end - days.start)


def test_days_of_23_23_and_a_half_24_24_and_a_half_and_25_hours():
    lengths = {
        ("Europe/Madrid", date(2026, 3, 29)): 23.0,
        ("Europe/Madrid", date(2026, 10, 25)): 25.0,
        ("Australia/Lord_Howe", date(2026, 10, 4)): 23.5,
        ("Australia/Lord_Howe", date(2026, 4, 5)): 24.5,
        ("America/Lima", date(2026, 3, 29)): 24.0,
    }
    for (tz, day), hours in lengths.items():
        start = local_midnight(day, tz)
        readings = Readings.regular("m", start, 1800, np.full(60, 0.5))
        days = by_local_day(readings, start, start + 1, tz, summed=True)
        assert days.total.tolist() == [hours], (tz, day)


intervals = st.lists(
    st.tuples(st.integers(0, 60), st.integers(1, 40), st.floats(0, 100, allow_nan=False), st.integers(0, 3)),
    min_size=1,
    max_size=8,
    unique_by=lambda row: row[0],
)


def readings_of(rows):
    start, length, value, quality = (np.array(column) for column in zip(*sorted(rows), strict=True))
    return Readings("m", start, start + length, value.astype(float), quality.astype(np.int8))


@given(intervals, st.lists(st.integers(-5, 110), min_size=2, max_size=8, unique=True), st.booleans())
def test_buckets_equal_a_count_second_by_second_even_where_readings_overlap(rows, bounds, summed):
    readings, edges = readings_of(rows), np.array(sorted(bounds))
    found = bucket(readings, edges, summed=summed)
    totals, covered = brute_force(readings, edges.tolist(), summed=summed)
    assert found.total == pytest.approx(totals, abs=1e-9)
    assert found.covered_s.tolist() == covered


@given(intervals)
def test_what_is_left_of_overlaps_covers_every_second_once(rows):
    readings = readings_of(rows)
    clean = without_overlaps(readings, summed=True)
    assert (clean.start[1:] >= clean.end[:-1]).all()
    union = {
        s for a, b in zip(readings.start.tolist(), readings.end.tolist(), strict=True) for s in range(a, b)
    }
    assert (clean.end - clean.start).sum() == len(union)


@given(intervals, st.integers(0, 100))
def test_quality_is_the_worst_of_the_parts(rows, cut):
    readings = readings_of(rows)
    found = bucket(readings, np.array([-5, cut, 200]), summed=True)
    clean = without_overlaps(readings, summed=True)
    for i, (low, high) in enumerate(((-5, cut), (cut, 200))):
        touching = (clean.end > low) & (clean.start < high)
        assert found.quality[i] == (clean.quality[touching].max() if touching.any() else Quality.MISSING)


def test_an_hour_that_lacks_a_quarter_has_no_energy_but_a_mean():
    three = Readings.regular("m", 0, 900, np.array([1.0, 2.0, 3.0]))
    energy, grade = resample(three, start=0, end=3600, resolution_s=3600, summed=True)
    assert np.isnan(energy).all()
    assert grade.tolist() == [Quality.MISSING]
    mean, grade = resample(three, start=0, end=3600, resolution_s=3600, summed=False)
    assert mean.tolist() == [2.0]
    assert grade.tolist() == [Quality.ESTIMATED]
    one = Readings.regular("m", 0, 900, np.array([1.0]))
    assert np.isnan(resample(one, start=0, end=3600, resolution_s=3600, summed=False)[0]).all()


def test_grids_that_cannot_be_are_refused():
    with pytest.raises(TimeError):
        resample(Readings.empty("m"), start=0, end=1, resolution_s=0, summed=True)
    with pytest.raises(ShapeError):
        bucket(Readings.empty("m"), np.array([3, 3]), summed=True)


def test_nothing_gives_nothing():
    values, quality = resample(Readings.empty("m"), start=0, end=7200, resolution_s=3600, summed=True)
    assert np.isnan(values).all()
    assert quality.tolist() == [Quality.MISSING] * 2
    assert len(resample(Readings.empty("m"), start=5, end=5, resolution_s=60, summed=True)[0]) == 0

"""Faults put into a plain home are found, with the right numbers; a clean home has none."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from kanchay.analysis.quality import clockslips, derive, issues, profile, registers, repair
from kanchay.domain.interval import DAY, HOUR, wall_clock
from kanchay.domain.issue import IssueKind, Severity
from kanchay.domain.panel import Panel
from kanchay.domain.reading import Quality

TZ = "Europe/Madrid"
START = 1_704_063_600  # 2024-01-01 00:00 in Madrid


def home(days: int = 120, *, resolution_s: int = HOUR, seed: int = 3) -> np.ndarray:
    """A load with mornings, evenings, weekends, a season and noise, on the local clock."""
    rng = np.random.default_rng(seed)
    starts = START + resolution_s * np.arange(days * DAY // resolution_s)
    wall = wall_clock(starts, TZ)
    hour, weekday = wall % DAY / HOUR, wall // DAY % 7
    shape = 0.25 + 0.8 * np.exp(-((hour - 8) ** 2) / 2) + 1.3 * np.exp(-((hour - 20.5) ** 2) / 5)
    season = 1 + 0.2 * np.cos(2 * np.pi * (wall // DAY % 365) / 365)
    return (shape * season + 0.3 * (weekday > 4)) * rng.gamma(8, 1 / 8, len(starts)) * resolution_s / HOUR


def panel(values: np.ndarray, resolution_s: int = HOUR) -> Panel:
    return Panel.of(("m",), np.atleast_2d(values), start=START, resolution_s=resolution_s, tz=TZ)


def kinds(found) -> list[str]:
    return [i.kind.value for i in found]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("resolution_s", [900, HOUR])
def test_a_clean_home_has_no_issue(seed, resolution_s):
    assert issues.check_panel(panel(home(seed=seed, resolution_s=resolution_s), resolution_s)) == []


def test_gap_has_its_bounds_and_hours():
    values = home()
    values[200:230] = np.nan
    (found,) = issues.check_panel(panel(values))
    assert (found.kind, found.start, found.end) == (IssueKind.GAP, START + 200 * HOUR, START + 230 * HOUR)
    assert found.numbers == {"n_intervals": 30.0, "hours": 30.0}


def test_edges_are_no_gaps():
    values = home()
    values[:50] = values[-50:] = np.nan
    assert issues.check_panel(panel(values)) == []


def test_spike_names_value_and_usual():
    values = home()
    values[1000] = 80.0
    (found,) = issues.check_panel(panel(values))
    assert found.kind is IssueKind.SPIKE
    assert found.numbers["value"] == 80.0
    assert found.numbers["usual"] < 3
    assert found.numbers["sigmas"] > 10


@pytest.mark.parametrize("beyond", [1e300, -1e16])
def test_what_no_meter_can_have_measured_is_told_and_bends_nothing_else(beyond):
    values = home()
    values[700:702] = beyond
    (found,) = issues.check_panel(panel(values))
    assert (found.kind, found.severity) == (IssueKind.IMPOSSIBLE, Severity.ERROR)
    assert found.numbers == {"n_intervals": 2.0, "hours": 2.0, "value": beyond, "largest": 1e15}
    mended = repair.repair(panel(values), [found]).panel.values[0, 700:702]
    assert (np.abs(mended) < 5).all()


def test_nothing_but_impossible_values_is_told_too():
    found = issues.check_panel(panel(np.full(24 * 30, 1e200)))
    assert kinds(found) == ["impossible"]


def test_a_rare_appliance_has_no_spikes_by_running():
    """A washing machine rests most of the week: its runs are no errors, a run a hundred times higher is."""
    rng = np.random.default_rng(5)
    values = np.where(rng.random(120 * 24) < 0.05, rng.uniform(0.4, 2.4, 120 * 24), 0.0)
    assert kinds(issues.check_panel(panel(values), unclocked=("m",))) == []
    values[1000] = 80.0
    (found,) = issues.check_panel(panel(values), unclocked=("m",))
    assert found.kind is IssueKind.SPIKE
    assert found.numbers["sigmas"] < 10_000


def test_flat_line_of_a_day_and_a_half():
    values = home()
    values[500:536] = 0.77
    (found,) = issues.check_panel(panel(values))
    assert (found.kind, found.numbers["hours"], found.numbers["value"]) == (IssueKind.FLAT_LINE, 36.0, 0.77)


def test_two_flat_lines_side_by_side_are_two():
    values = home()
    values[500:530], values[530:560] = 0.5, 0.7
    assert kinds(issues.check_panel(panel(values))) == ["flat_line", "flat_line"]


@pytest.mark.parametrize("factor", [1000.0, 0.001])
def test_unit_slip(factor):
    values = home()
    values[24 * 40 : 24 * 50] *= factor
    found = issues.check_panel(panel(values))
    assert kinds(found) == ["unit_slip"]
    assert found[0].numbers["slip"] == factor
    assert found[0].numbers["factor"] == pytest.approx(factor, rel=0.5)
    assert abs(found[0].numbers["hours"] - 240) <= 4


@pytest.mark.parametrize("shift", [1, -1, 2])
def test_clock_slip(shift):
    values = home(days=120)
    at = 24 * 60
    values[at:] = np.roll(values, shift)[at:]
    found = [i for i in issues.check_panel(panel(values)) if i.kind is IssueKind.CLOCK_SLIP]
    assert [i.numbers["shift_hours"] for i in found] == [float(shift)]
    assert abs(found[0].start - (START + at * HOUR)) <= 3 * DAY


def test_negative_load_is_told_unless_it_may_be():
    values = home()
    values[300:310] = -0.4
    (found,) = issues.check_panel(panel(values))
    assert (found.kind, found.numbers["n_negative"]) == (IssueKind.NEGATIVE, 10.0)
    assert issues.check_panel(panel(values), signed=frozenset({"m"})) == []


def test_linear_for_three_hours_seasonal_for_longer():
    truth = home()
    values = truth.copy()
    values[100:103] = values[1000:1048] = np.nan
    done = repair.repair(panel(values), issues.check_panel(panel(values)))
    fixed = done.panel
    assert not np.isnan(fixed.values).any()
    np.testing.assert_allclose(
        fixed.values[0, 100:103], np.interp([100, 101, 102], [99, 103], truth[[99, 103]])
    )
    assert fixed.values[0, 1000:1048].sum() == pytest.approx(truth[1000:1048].sum(), rel=0.15)
    assert (fixed.quality[0] == Quality.IMPUTED).sum() == 51
    back = repair.unrepair(done)
    np.testing.assert_array_equal(back.values[0], values)
    np.testing.assert_array_equal(back.quality, panel(values).quality)
    assert np.isnan(repair.strip_imputed(fixed).values).sum() == 51


def test_repair_brings_unit_slips_back():
    truth = home()
    values = truth.copy()
    values[24 * 40 : 24 * 50] *= 1000
    fixed = repair.repair_panel(panel(values), issues.check_panel(panel(values)))
    np.testing.assert_allclose(fixed.values[0, 24 * 41 : 24 * 49], truth[24 * 41 : 24 * 49])


def test_long_gaps_stay_missing():
    values = home()
    values[24 * 40 : 24 * 60] = np.nan
    assert np.isnan(repair.repair_panel(panel(values), []).values).sum() == 480


def test_sub_meters_above_their_parent():
    whole = home()
    parts = np.stack([whole * 0.7, whole * 0.2])
    sub = Panel.of(("a", "b"), parts, start=START, resolution_s=HOUR, tz=TZ)
    assert issues.check_sum(panel(whole), sub) == []
    more = Panel.of(("a", "b"), parts * 1.5, start=START, resolution_s=HOUR, tz=TZ)
    (found,) = issues.check_sum(panel(whole), more)
    assert found.numbers["excess"] == pytest.approx(0.35 * whole.sum(), rel=0.01)


@pytest.mark.parametrize("module", [issues, profile, repair, clockslips, derive, registers])
def test_examples_run(module):
    assert doctest.testmod(module).failed == 0

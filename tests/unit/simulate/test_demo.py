"""The demo: simulated and marked so, live, seamless, loaded once."""

import numpy as np
import pytest

from kanchay.bootstrap import in_memory
from kanchay.domain.interval import parse_instant
from kanchay.services.people.policy import operator_scope
from kanchay.simulate.demo import DEMO_SITES, HISTORY_DAYS, advance_demo, demo_simulation, load_demo

NOW = parse_instant("2026-11-21T23:07", "America/Lima")
GRIDS = [f"{s}:grid" for s in DEMO_SITES]
FOREVER = 2**40


@pytest.fixture(scope="module")
def product():
    ctx, scope = in_memory(), operator_scope()
    load_demo(ctx, scope, now=NOW)
    return ctx, scope


def test_both_sites_are_simulated_and_say_so(product):
    ctx, scope = product
    with ctx.records.unit(scope) as uow:
        sites = [uow.sites.get(s) for s in DEMO_SITES]
        points = uow.points.find(site_id="casa-surquillo")
    assert all(s.simulated and s.tz == "America/Lima" and s.tariff_id and s.tariff_parameters for s in sites)
    assert [s.kind.value for s in sites] == ["home", "building"]
    assert {p.name for p in points} == {"Medidor", "Terma", "Refrigeradora"}
    assert all("simulated" in p.tags for p in points)


def test_history_reaches_back_400_days_without_a_gap(product):
    ctx, scope = product
    spans = ctx.readings.spans(scope, GRIDS)
    assert set(spans) == set(GRIDS)
    for span in spans.values():
        assert span.end - span.start >= HISTORY_DAYS * 86400
        assert span.n == (span.end - span.start) // 900


def test_loading_again_changes_nothing(product):
    ctx, scope = product
    before = ctx.readings.spans(scope, GRIDS)
    assert load_demo(ctx, scope, now=NOW)[0].id == "casa-surquillo"
    assert ctx.readings.spans(scope, GRIDS) == before


def test_time_goes_on_as_if_it_had_been_one_run(product):
    ctx, scope = product
    for step in (15 * 60, 16 * 60, 3 * 3600, 30 * 3600):
        advance_demo(ctx, scope, now=NOW + step)
    assert advance_demo(ctx, scope, now=NOW + 30 * 3600) == 0
    for site, grid in zip(DEMO_SITES, GRIDS, strict=True):
        stored = ctx.readings.read(scope, grid, 0, FOREVER)
        end = int(stored.end[-1])
        assert NOW + 30 * 3600 - 900 < end <= NOW + 30 * 3600
        whole = demo_simulation(site, since=NOW // 900 * 900, start=int(stored.start[0]), end=end)
        np.testing.assert_allclose(stored.value, whole.grid.value, atol=1e-4)


def test_the_faults_lie_near_the_end():
    since = NOW // 900 * 900
    run = demo_simulation("casa-surquillo", since=since, start=since - 60 * 86400, end=since)
    assert [x.kind for x in run.labels] == ["baseload_creep", "left_on"]
    assert all(since - 45 * 86400 < x.start < since - 7 * 86400 for x in run.labels)
    assert run.parameters["timer"] is None


def test_the_last_month_passes_the_140_line_because_of_the_fault():
    since = NOW // 900 * 900
    run = demo_simulation("casa-surquillo", since=since, start=since - 90 * 86400, end=since)
    days = run.values[: 90 * 96].reshape(-1, 96).sum(axis=1)
    assert days[:45].mean() * 30.4 < 135
    assert days[-28:].mean() * 30.4 > 140

"""A small version of benchmarks/accuracy/cases.py: on every hard case the shipped model keeps up with the naive."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "accuracy" / "cases.py"
N_SITES = 3


@pytest.fixture(scope="module")
def cases():
    spec = importlib.util.spec_from_file_location("cases", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["cases"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def models(cases, tmp_path_factory):
    from kanchay.settings import read_settings

    shelf = cases.ModelShelf(read_settings(home=tmp_path_factory.mktemp("home")))
    return shelf.load("pretrained"), shelf.load("ensemble")


def test_the_cases_are_those_of_the_issue(cases):
    assert set(cases.CASES) == {
        "an ordinary week",
        "gaps",
        "spring clock change",
        "autumn clock change",
        "New Year",
        "holidays",
        "the day after a holiday",
        "net load with PV",
        "constant",
        "level change last week",
        "vacant",
        "one day of history",
        "five-minute data",
    }


def test_what_is_done_to_the_readings_is_what_the_case_says(cases):
    day = cases.WEEK[0]
    panel = cases.panel_of("home", 0, day, cases.LIMA)
    issued = cases.local_midnight(day, cases.LIMA[0])
    before = panel.starts < issued
    make = {name: cases.CASES[name].make("home", 0, issued, panel) for name in cases.CASES}
    gone = (make["gaps"].seen.values != make["gaps"].seen.values)[0, before]
    assert 0.3 < gone.mean() < 0.5
    one = make["one day of history"].seen.values[0, before]
    assert (one == one).sum() == 24
    net = make["net load with PV"].whole.values
    assert net.min() < 0
    assert abs(net.sum() + 0.3 * panel.values.sum()) < 1e-6 * panel.values.sum()
    more = make["level change last week"].whole.values / panel.values
    assert set(more.round(9)[0, panel.values[0] > 0]) == {1.0, 1.6}
    assert make["vacant"].whole.values[0, ~before].max() < panel.values.max()
    assert make["constant"].whole.values.std() < 0.02 * make["constant"].whole.values.mean()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["home", "office"])
def test_the_shipped_model_keeps_up_with_the_naive_on_every_case(cases, models, kind):
    lost = {}
    for name in cases.CASES:
        row = cases.run(name, kind, N_SITES, models)
        if row.mae_ratio > 1.05 and row.ours_nmae > row.naive_nmae + 0.005:  # half a per cent of the load
            lost[name] = row
    assert not lost

"""A small version of benchmarks/accuracy/findings.py, on seeds that nothing was tuned on."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "accuracy" / "findings.py"


@pytest.fixture(scope="module")
def bench():
    import sys

    spec = importlib.util.spec_from_file_location("findings_benchmark", BENCHMARK)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(BENCHMARK.parent)
        spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_recall_and_false_alarms_with_a_margin(bench):
    seeds, days = range(31, 35), 90
    scores = {case: bench.run_case(case, seeds, "2026-05-01", days) for case in ("clean", *bench.FAULTS)}
    recall = np.mean([s.found / s.homes for case, s in scores.items() if case != "clean"])
    months = sum(s.homes for s in scores.values()) * days / 30.4
    false = sum(sum(s.false.values()) for s in scores.values()) / months
    assert recall >= 0.8
    assert false <= 0.3  # the goal is 1
    assert all(s.found >= 1 for case, s in scores.items() if case != "clean")


@pytest.mark.slow
def test_the_timer_keeps_what_is_promised(bench):
    errors = np.array(bench.timer_errors(range(31, 37), "2026-05-01", 60))
    assert len(errors) >= 4
    assert abs(float(np.median(errors))) <= 0.2

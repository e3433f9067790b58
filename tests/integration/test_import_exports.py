"""The importer on simulated exports of known truth, and on damaged files: the floors that hold today.

The table by dimension comes from `python benchmarks/accuracy/importer.py`.
"""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from kanchay.simulate.exports import PORTALS, Export, simulate_export, simulate_portal

RUNNER = Path(__file__).resolve().parents[2] / "benchmarks" / "accuracy" / "importer.py"
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def bench() -> Iterator[ModuleType]:
    spec = importlib.util.spec_from_file_location("importer_benchmark", RUNNER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["importer_benchmark"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["importer_benchmark"]


def shares(
    bench: ModuleType, first: int, n: int, make: Callable[[int], Export] = simulate_export
) -> tuple[dict[str, float], list[int]]:
    """Share of each outcome, and the seeds that went wrong silently."""
    results = [result for _, result in bench.run(range(first, first + n), make)]
    counts = Counter(r.outcome for r in results)
    wrong = [r.seed for r in results if r.outcome in (*bench.SILENT, "crash")]
    found = {o: counts[o] / n for o in bench.OUTCOMES}
    found["right"] = sum(found[o] for o in bench.RIGHT)
    return found | {"needless": sum(bool(r.needless) for r in results) / n}, wrong


def test_right_or_asked(bench: ModuleType) -> None:
    found, wrong = shares(bench, 50_000, 150)
    assert not wrong, f"silently wrong: {wrong}"
    assert found["right"] >= 0.95
    assert found["right unasked"] >= 0.68  # about a quarter leave a unit, an end or a decimal sign open
    assert found["refused"] <= 0.02
    assert found["needless"] <= 0.02


def test_stated_chances_are_kept(bench: ModuleType) -> None:
    """Of guesses that are asked about, as many are right as their chances say, and a few more."""
    results = [result for _, result in bench.run(range(55_000, 55_150))]
    stated = [(chance, right) for r in results for _, chance, right in r.stated]
    assert len(stated) >= 15
    assert sum(right for _, right in stated) >= sum(chance for chance, _ in stated) - 3


def test_layouts_of_portals(bench: ModuleType) -> None:
    """One file in the layout of each portal: none wrong silently, answers make every one right."""
    found, wrong = shares(bench, 0, len(PORTALS), simulate_portal)
    assert not wrong, f"silently wrong: {wrong}"
    assert found["right"] >= 0.9
    assert not found["refused"]


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_layouts_of_portals_by_the_hundred(bench: ModuleType) -> None:
    found, wrong = shares(bench, 10_000, 10 * len(PORTALS), simulate_portal)
    assert len(wrong) <= 3, f"silently wrong: {wrong}"
    assert found["right"] >= 0.9


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_right_or_asked_in_thousands(bench: ModuleType) -> None:
    found, wrong = shares(bench, 100_000, 4000)
    assert len(wrong) <= 4, f"silently wrong: {wrong}"
    assert found["crash"] == 0
    assert found["right"] + found["mended"] >= 0.999


def test_a_damaged_file_is_read_or_refused(bench: ModuleType) -> None:
    found = bench.fuzz(bench.sources(40, 60_000), 120, 60_000)
    assert not found.crashes, "\n".join(found.crashes)
    assert not found.slow, "\n".join(found.slow)
    assert found.read
    assert found.refused


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_thousands_of_damaged_files(bench: ModuleType) -> None:
    import resource

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    found = bench.fuzz(bench.sources(300, 70_000), 5000, 70_000)
    assert not found.crashes, "\n".join(found.crashes)
    assert not found.slow, "\n".join(found.slow)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before < 600 * MIB


@pytest.mark.slow
@pytest.mark.data
def test_damaged_samples_of_vendors(bench: ModuleType, raw_samples: Path) -> None:
    files = [p for p in sorted(raw_samples.iterdir()) if p.suffix != ".json" and p.stat().st_size < 2 * MIB]
    found = bench.fuzz([(p.name, p.read_bytes()) for p in files], 600, 80_000)
    assert not found.crashes, "\n".join(found.crashes)
    assert not found.slow, "\n".join(found.slow)


def test_the_scorer_tells_a_wrong_total(bench: ModuleType, tmp_path: Path) -> None:
    """A scorer that finds nothing wrong proves nothing: doubled readings of a right file have to show."""
    export = next(
        e for e in map(simulate_export, range(100)) if bench.judge(e, tmp_path).outcome == "right unasked"
    )
    false = tuple(replace(t, total=2 * (t.total or 1), checksum=2 * t.checksum) for t in export.truth)
    judged = bench.judge(replace(export, truth=false), tmp_path)
    assert judged.outcome == "wrong total"
    assert "checksum" in judged.wrong

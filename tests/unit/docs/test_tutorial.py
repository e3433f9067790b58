"""The tutorial does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.followed import follow

PAGE = Path(__file__).resolve().parents[3] / "docs" / "tutorial" / "first-evening.md"


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each step printed; every step must succeed."""
    return follow(PAGE, tmp_path_factory.mktemp("tutorial"))


def test_the_dry_run_tells_unit_and_total(answers: list[str]) -> None:
    assert "kWh" in answers[1]


def test_one_kwh_over_140_costs_about_ten_soles(answers: list[str]) -> None:
    totals = [float(t.replace(",", "")) for t in re.findall(r"(?m)^TOTAL\D*([\d.,]+)\s*$", answers[5], re.I)]
    assert len(totals) == 2
    assert 9 < totals[1] - totals[0] < 11


def test_the_second_import_changes_nothing(answers: list[str]) -> None:
    assert re.search(r"\b0 new\b", answers[6])


def test_advice_never_shifts_load_on_a_flat_price(answers: list[str]) -> None:
    assert answers[7].strip()
    assert not re.search(r"\b(lava|plancha|wash|iron)\b.*\b(noche|night)\b", answers[7], re.I)


def test_python_prints_a_forecast(answers: list[str]) -> None:
    assert "q10" in answers[-1]

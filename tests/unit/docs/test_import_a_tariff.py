"""The how-to for tariffs of other formats, its commands run one after the other."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kanchay.cli import cli
from tests.unit.tariff_import.made import DORF, long_rate, rate, unit_rates

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "import-a-tariff.md"


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """What each command of the page answered; every one must succeed."""
    folder = tmp_path_factory.mktemp("tariff-import")
    files = {
        "rate.json": rate(demandreactivepowercharge=2.7),
        "rates.json": unit_rates("2025-01-06", [float(n % 97) for n in range(48 * 5)]),
        "standing.json": {"results": [long_rate("2024-10-01T00:00:00Z", None, 45.5)]},
        "operator.json": DORF,
    }
    for name, document in files.items():
        (folder / name).write_text(json.dumps(document), "utf-8")
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("KANCHAY_HOME", str(folder / "home"))
        for line in commands():
            result = CliRunner().invoke(cli, shlex.split(line)[1:], catch_exceptions=False)
            assert result.exit_code == 0, f"{line}\n{result.output}"
            found[line] = result
    return found


def commands() -> list[str]:
    blocks = re.findall(r"```sh\n(.*?)```", PAGE.read_text("utf-8"), flags=re.S)
    return [line for block in blocks for line in block.splitlines() if line.startswith("kanchay ")]


def answer(answers: dict[str, Result], part: str) -> str:
    return next(result.output for line, result in answers.items() if part in line)


def test_the_dry_run_prints_what_the_page_shows(answers: dict[str, Result]) -> None:
    shown = re.search(r"```\n(us\.made_up.*?)```", PAGE.read_text("utf-8"), flags=re.S)
    assert shown is not None
    assert answer(answers, "--dry-run") == shown[1]


def test_the_imported_rate_prices_a_bill(answers: dict[str, Result]) -> None:
    told = answer(answers, "tariff bill us.mine.r_tou")
    assert re.search(r"TOTAL\D*86\.90", told), told  # 12.50 + 420 × 0.12 + 80 × 0.30


def test_the_prices_become_a_point_of_the_site(answers: dict[str, Result]) -> None:
    told = answer(answers, "gb_octopus_agile_c_price.csv")
    assert "gb_octopus_agile_c_price" in told
    assert "price" in told
    assert "240" in told


def test_the_business_group_is_another_tariff(answers: dict[str, Result]) -> None:
    assert "ch.mine.business: Elektra Musterdorf, Gewerbe" in answer(answers, "--pick Gewerbe")

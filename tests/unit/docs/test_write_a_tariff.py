"""The how-to of tariff files: each file on it is without mistake, each command prints what the page shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from kanchay.bootstrap import in_memory
from kanchay.cli import cli
from kanchay.services.money.tariff_check import check_tariff

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "how-to" / "write-a-tariff.md").read_text("utf-8")
FILES = {
    text.splitlines()[0].removeprefix("# "): text
    for text in re.findall(r"```yaml\n(.*?)```", PAGE, flags=re.S)
}
FILES["slip.yaml"] = FILES["flat.yaml"].replace('amount: "3.10"', "amuont: 3.10")


def commands() -> list[tuple[str, list[str]]]:
    """Each command of the page with the lines that it is shown to print."""
    found: list[tuple[str, list[str]]] = []
    for block in re.findall(r"```console\n(.*?)```", PAGE, flags=re.S):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


@pytest.mark.parametrize("name", ["flat.yaml", "tiers.yaml", "hours.yaml"])
def test_each_file_is_without_mistake_or_remark(name: str) -> None:
    assert check_tariff(in_memory(), FILES[name]).problems == ()


@pytest.mark.parametrize(
    ("command", "shown"), commands(), ids=lambda value: value if isinstance(value, str) else ""
)
def test_each_command_prints_what_the_page_shows(
    command: str, shown: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KANCHAY_HOME", str(tmp_path / "home"))
    for name, text in FILES.items():
        Path(name).write_text(text, "utf-8")
    result = CliRunner().invoke(cli, shlex.split(command)[1:])
    assert result.exit_code == ("slip.yaml" in command), result.output
    assert shown, f"{command} shows nothing"
    printed = [line.rstrip() for line in result.stdout.splitlines()]
    place = 0
    for part in "\n".join(shown).split("…"):  # an ellipsis stands for lines left out
        lines = [line.rstrip() for line in part.strip("\n").splitlines()]
        at = next(
            i for i in range(place, len(printed) - len(lines) + 1) if printed[i : i + len(lines)] == lines
        )
        place = at + len(lines)


def test_a_file_in_the_home_is_in_the_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "home" / "tariffs"
    folder.mkdir(parents=True)
    (folder / "flat.yaml").write_text(FILES["flat.yaml"], "utf-8")
    monkeypatch.setenv("KANCHAY_HOME", str(tmp_path / "home"))
    listed = CliRunner().invoke(cli, ["tariff", "list", "--provider", "coop_valle"]).stdout
    assert "pe.coop_valle.centro.flat" in listed


def test_the_table_of_kinds_is_whole() -> None:
    from kanchay.analysis.tariff.parse_charges import KINDS

    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.M)) == set(KINDS)

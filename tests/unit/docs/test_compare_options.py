"""The how-to about comparing options does what it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.followed import follow

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "compare-options.md"


def words(line: str) -> str:
    """A line without its numbers and days, which change with the day on which the demo is filled."""
    return re.sub(r"\s+", " ", re.sub(r"[+-]?\d[\d.,-]*\b", "#", line)).strip()


@pytest.mark.slow  # fills the demo
def test_its_commands_run_and_print_what_it_shows(tmp_path: Path) -> None:
    text = PAGE.read_text("utf-8")
    printed = [
        words(line) for out in follow(PAGE, tmp_path, languages=("bash",)) for line in out.splitlines()
    ]
    (shown,) = re.findall(r"```console\n(.*?)```", text, flags=re.S)
    for line in shown.strip().splitlines():
        assert words(line) in printed, line


def test_it_names_only_addresses_that_exist(tmp_path: Path) -> None:
    """Each address of its table is a route of the API, with the parameters that the page names."""
    from kanchay.bootstrap import in_memory
    from kanchay.settings import read_settings
    from kanchay.web import create_app

    described = create_app(in_memory(), read_settings(home=str(tmp_path))).spec["paths"]
    for address, query in re.findall(
        r"^\| `(/api/[^`?]+)(?:\?([^`]*))?`", PAGE.read_text("utf-8"), flags=re.M
    ):
        (operation,) = described[address].values()
        known = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "query"}
        asked = {part.partition("=")[0] for part in query.split("&") if part}
        assert asked <= known, address

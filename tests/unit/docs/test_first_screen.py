"""Who reads only the README's first screen gets a file, a forecast and a bill."""

from __future__ import annotations

import re
from pathlib import Path

from tests.followed import follow

PAGE = Path(__file__).resolve().parents[3] / "README.md"
ACTIVATE = ". .venv/bin/activate\n"


def test_its_commands_run_in_their_order(tmp_path: Path) -> None:
    bin_folder = tmp_path / ".venv" / "bin"  # the tests' own environment is already on the path
    bin_folder.mkdir(parents=True)
    (bin_folder / "activate").touch()
    drawn, python, shell = follow(PAGE, tmp_path, languages=("sh", "python"), after="At the terminal")
    assert ACTIVATE in PAGE.read_text("utf-8")
    assert "home:water_heater" in drawn
    assert "96 rows" in python
    assert "kWh" in shell
    assert re.search(r"(?m)^TOTAL", shell)

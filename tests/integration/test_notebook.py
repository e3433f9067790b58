"""The analyst's notebook runs from its first cell to its last, says what it should, and is stored without outputs."""

from __future__ import annotations

import base64
import re
import struct
from pathlib import Path
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat", reason="pip install 'kanchay[notebook]'")

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "forecast.ipynb"
PLOTS = {"plot-tomorrow", "plot-naive", "plot-errors", "plot-worst", "plot-week", "plot-period"}


def tags(cell: Any) -> list[str]:
    return cell.metadata.get("tags", [])


def test_it_is_stored_without_outputs_and_names_no_machine() -> None:
    text = NOTEBOOK.read_text("utf-8")
    notebook = nbformat.reads(text, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert len(code) > 12
    for cell in code:
        assert cell.outputs == []
        assert cell.execution_count is None
    assert not re.search(r"/(home|root|work|tmp|Users)/", text)
    assert notebook.metadata.kernelspec.name == "python3"
    assert set().union(*(tags(cell) for cell in code)) >= PLOTS


def test_it_says_at_once_that_the_home_is_simulated() -> None:
    first = nbformat.read(NOTEBOOK, as_version=4).cells[0]
    assert "simulated" in first.source


@pytest.fixture(scope="module")
def executed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Every tagged cell after a run, by tag; a cell that fails ends the run with its error."""
    nbclient = pytest.importorskip("nbclient", reason="pip install 'kanchay[notebook]'")
    pytest.importorskip("matplotlib", reason="pip install 'kanchay[notebook]'")
    home = tmp_path_factory.mktemp("home")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KANCHAY_HOME", str(home))
        patch.setenv("MPLCONFIGDIR", str(home / "matplotlib"))
        nbclient.NotebookClient(
            notebook, timeout=240, kernel_name="python3", resources={"metadata": {"path": str(home)}}
        ).execute()
    return {tag: cell for cell in notebook.cells for tag in tags(cell)}


def said(cell: Any) -> str:
    """What a cell printed and showed, as text."""
    parts = [o.text for o in cell.outputs if o.output_type == "stream" and o.name == "stdout"]
    parts += [o.data.get("text/plain", "") for o in cell.outputs if "data" in o]
    return "\n".join(parts)


@pytest.mark.slow
def test_no_cell_warns(executed: dict[str, Any]) -> None:
    warned = {tag: o.text for tag, c in executed.items() for o in c.outputs if o.get("name") == "stderr"}
    assert warned == {}


@pytest.mark.slow
def test_the_data_are_checked_and_the_gap_is_found(executed: dict[str, Any]) -> None:
    assert re.search(r"gap .*2026-08-03 19:00:00-05:00 +2026-08-04 02:00:00-05:00", said(executed["issues"]))


@pytest.mark.slow
def test_tomorrow_is_forecast_with_its_model_named(executed: dict[str, Any]) -> None:
    found = re.search(r"answered by: ([\w-]+) .*expected: ([\d.]+) kWh", said(executed["tomorrow"]))
    assert found
    assert 2 < float(found[2]) < 12  # a home of about 140 kWh a month
    assert "q975" in said(executed["tomorrow"])


@pytest.mark.slow
def test_the_card_says_who_answers_why_and_how_sure(executed: dict[str, Any]) -> None:
    card = said(executed["card"])
    for words in ("answers for this meter", "because", "skill against it", "8 times in 10", "days won"):
        assert words in card
    skill, low, high = (float(x) for x in re.findall(r"([+-][\d.]+)%", card)[:3])
    assert low <= skill <= high
    held = float(re.search(r"80 % band held +(\d+)%", card)[1])
    assert 60 <= held <= 99


@pytest.mark.slow
def test_resolutions_add_up(executed: dict[str, Any]) -> None:
    rows = re.findall(r"^(\d+\w+) +([\d.]+) +([\d.]+) +([\d.]+)$", said(executed["resolutions"]), flags=re.M)
    assert [row[0] for row in rows] == ["5min", "15min", "30min", "1h"]
    assert [float(row[1]) for row in rows] == [288, 96, 48, 24]
    assert len({row[2] for row in rows}) == len({row[3] for row in rows}) == 1


@pytest.mark.slow
def test_the_periods_total_has_a_range_and_a_chance(executed: dict[str, Any]) -> None:
    found = re.search(
        r"so far: (\d+) kWh.*in the end: (\d+) kWh.*between (\d+) and (\d+) kWh.*Above 140 kWh: (\d+)%",
        said(executed["period"]).replace("\n", " "),
    )
    assert found
    so_far, mean, low, high, chance = (int(x) for x in found.groups())
    assert so_far < low < mean < high
    assert 0 <= chance <= 100


@pytest.mark.slow
def test_the_forecast_leaves_as_a_file(executed: dict[str, Any]) -> None:
    assert "120 rows" in said(executed["export"])  # 96 quarters of an hour and 24 days


@pytest.mark.slow
@pytest.mark.parametrize("tag", sorted(PLOTS))
def test_each_picture_is_drawn(executed: dict[str, Any], tag: str) -> None:
    pictures = [o.data["image/png"] for o in executed[tag].outputs if "image/png" in o.get("data", {})]
    assert len(pictures) == 1
    data = base64.b64decode(pictures[0])
    width, height = struct.unpack(">II", data[16:24])
    assert width > 900
    assert height > 280
    assert len(data) > 12_000  # an empty frame is far smaller

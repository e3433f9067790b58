"""A folder at the command line: every file inside, one preview each, and every interval once."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kanchay.adapters.files.folder import files_inside
from kanchay.cli import cli
from kanchay.domain.errors import FileRefused, InputError

FIRST = datetime(2026, 3, 2)


def month(path: Path, hours: range, *, scale: float = 1.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = (f"{FIRST + timedelta(hours=i):%Y-%m-%d %H:%M},{scale * (1 + i % 7)}" for i in hours)
    path.write_text("\n".join(["Start,Import kWh", *rows, ""]))
    return path


def kwh(n: int) -> float:
    return float(sum(1 + i % 7 for i in range(n)))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three files of one meter, two of them telling the same day, beside a readme and a picture."""
    inside = tmp_path / "exports"
    month(inside / "march.csv", range(72))
    month(inside / "2026" / "april" / "april.csv", range(48, 120))
    month(inside / "copy.csv", range(24))
    (inside / "readme.txt").write_text("Nothing here.")
    (inside / "photo.png").write_bytes(b"\x89PNG" + bytes(50))
    month(inside / ".hidden" / "x.csv", range(500))
    return inside


def kanchay(home: Path, *words: object) -> Result:
    return CliRunner().invoke(cli, ["--home", str(home), *map(str, words)])


def test_every_file_inside_is_told_and_counted_once(folder: Path, tmp_path: Path) -> None:
    ended = kanchay(tmp_path / "home", "import", folder, "--tz", "America/Lima", "--json")
    assert ended.exit_code == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert sorted(f["file"] for f in told["files"]) == ["april.csv", "copy.csv", "march.csv"]
    assert sorted(told["passed_over"]) == ["photo.png", "readme.txt"]
    (series,) = told["together"]
    assert (series["n"], series["n_files"], series["n_repeated"], series["n_differing"]) == (120, 3, 48, 0)
    assert series["total"] == kwh(120)


def test_what_is_stored_is_what_was_told(folder: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    stored = kanchay(home, "import", folder, "--new-site", "Casa", "--tz", "America/Lima", "--json")
    assert stored.exit_code == 0, stored.stderr
    counts = [f["stored"] for f in json.loads(stored.stdout)["files"]]
    assert sum(c["n_new"] for c in counts) == 120
    assert sum(c["n_unchanged"] for c in counts) == 48
    assert sum(c["n_revised"] for c in counts) == 0


def test_two_meters_under_one_name_are_not_mixed(tmp_path: Path) -> None:
    month(tmp_path / "two" / "house.csv", range(72))
    month(tmp_path / "two" / "shop.csv", range(72), scale=2)
    words = ["import", tmp_path / "two", "--new-site", "Casa", "--tz", "America/Lima"]
    refused = kanchay(tmp_path / "home", *words)
    assert refused.exit_code == 1
    assert isinstance(refused.exception, InputError)
    assert refused.exception.code == "import.differing"
    assert "72 of 72 times, shop.csv would count" in str(refused.exception)
    assert json.loads(kanchay(tmp_path / "home", "imports", "list", "--json").stdout)["imports"] == []
    assert kanchay(tmp_path / "home", *words, "--yes").exit_code == 0


def test_a_damaged_file_inside_stops_all_of_it(folder: Path, tmp_path: Path) -> None:
    (folder / "cut.csv.gz").write_bytes(b"\x1f\x8b\x08\x00\x00")
    ended = kanchay(tmp_path / "home", "import", folder, "--new-site", "Casa", "--tz", "America/Lima")
    assert ended.exit_code == 1
    assert "Nothing was stored." in ended.stderr


def test_a_folder_is_bounded(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="more than 3 files"):
        files_inside(folder, most=3)
    with pytest.raises(FileRefused, match="more than 1 deep"):
        files_inside(folder, deepest=1)
    (tmp_path / "none").mkdir()
    with pytest.raises(FileRefused, match="holds no file"):
        files_inside(tmp_path / "none")
    (folder / "link").symlink_to(folder)
    assert len(files_inside(folder)) == 5


def test_a_folder_without_readings_says_so(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "a.txt").write_text("hello")
    ended = kanchay(tmp_path / "home", "import", tmp_path / "x")
    assert ended.exit_code == 1
    assert isinstance(ended.exception, FileRefused)

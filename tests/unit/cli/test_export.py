"""`kanchay export` on a file and on a site: results on stdout or whole in a file, words on stderr."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kanchay.cli import cli
from kanchay.domain.errors import InputError, NotFound


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["export", *words])


@pytest.fixture
def meter_file(tmp_path: Path) -> str:
    """Two days of hours of two meters, on the clock of Lima."""
    path = tmp_path / "casa.csv"
    rows = [f"2026-08-0{d}T{h:02d}:00-05:00,0.5,0.{h % 10}\n" for d in (1, 2) for h in range(24)]
    path.write_text("time,import_kwh,temperature_c\n" + "".join(rows))
    return str(path)


def test_stdout_and_file_are_the_same(meter_file: str, tmp_path: Path) -> None:
    out = tmp_path / "new" / "out.csv"
    written = run("--input", meter_file, "--tz", "America/Lima", "--out", str(out))
    assert written.exit_code == 0, written.output
    assert written.stdout == ""
    assert "2 meters, csv" in written.stderr
    printed = run("--input", meter_file, "--tz", "America/Lima")
    assert printed.stdout_bytes == out.read_bytes()
    assert len(printed.stdout.splitlines()) == 1 + 2 * 48
    assert [p.name for p in out.parent.iterdir()] == ["out.csv"]


def test_days_are_those_of_the_sites_clock(meter_file: str) -> None:
    asked = ("--input", meter_file, "--tz", "America/Lima", "--meter", "import_kwh", "--from", "2026-08-02")
    assert len(run(*asked).stdout.splitlines()) == 25
    assert run(*asked).stdout.splitlines()[1].split(",")[1] == "2026-08-02T05:00:00Z"
    days = run(*asked, "--resolution", "1d", "--to", "2026-08-03").stdout.splitlines()
    assert days[1].split(",")[1:4] == ["2026-08-02T05:00:00Z", "2026-08-03T05:00:00Z", "12"]


def test_what_a_format_cannot_tell_is_named(meter_file: str) -> None:
    said = run("--input", meter_file, "--format", "home-assistant")
    assert said.exit_code == 0
    assert "Left out, 'home-assistant' cannot tell them: temperature_c." in said.stderr
    assert "temperature" not in said.stdout


def test_formats_are_listed_without_a_site() -> None:
    listed = run("--list")
    assert listed.exit_code == 0
    assert "green-button" in listed.stdout


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--format", "pdf"), InputError),
        (("--meter", "nope"), NotFound),
        (("--resolution", "soon"), InputError),
        (("--format", "emhass", "--resolution", "1d"), InputError),
    ],
)
def test_what_cannot_be_is_refused_before_a_byte(meter_file: str, tmp_path: Path, words, error) -> None:
    out = tmp_path / "out"
    refused = run("--input", meter_file, "--out", str(out), *words)
    assert isinstance(refused.exception, error)
    assert not out.exists()
    assert list(tmp_path.iterdir()) == [Path(meter_file)]


def test_a_site_of_the_store(tmp_path: Path, meter_file: str) -> None:
    home = ["--home", str(tmp_path / "home")]
    runner = CliRunner()
    words = ["--new-site", "Mi casa", "--tz", "America/Lima", "--kind", "interval"]
    stored = runner.invoke(cli, [*home, "import", meter_file, *words])
    assert stored.exit_code == 0, stored.output
    first = runner.invoke(cli, [*home, "export", "--site", "mi-casa"])
    assert first.exit_code == 0, first.output
    again = tmp_path / "again.csv"
    again.write_bytes(first.stdout_bytes)
    back = runner.invoke(cli, [*home, "import", str(again), "--site", "mi-casa"])
    assert "0 new, 0 revised, 96 unchanged" in back.output
    assert "casa.csv" in first.stdout  # where they came from

"""`kanchay import` is killed at any moment: the store stays whole, and the next import brings everything."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from kanchay.cli import cli
from kanchay.domain.errors import KanchayError

ROWS = 60 * 24 * 60


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("KANCHAY_HOME", str(tmp_path / "home"))
    rows = ["time,import_kwh"]
    rows += [
        f"2025-{3 + d // 28:02d}-{1 + d % 28:02d} {m // 60:02d}:{m % 60:02d},0.01"
        for d in range(60)
        for m in range(1440)
    ]
    (tmp_path / "meter.csv").write_text("\n".join(rows) + "\n", "utf-8")
    run("site", "add", "s", "--tz", "America/Lima")
    return tmp_path


def run(*words: object) -> str:
    result = CliRunner().invoke(cli, [str(w) for w in words])
    assert result.exit_code == 0, result.exception
    return result.stdout


def tables(path) -> dict[str, int]:
    with sqlite3.connect(path) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]
            for name in ("reading", "observation", "change")
        }


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is of POSIX systems")
@pytest.mark.parametrize("share", [0.3, 0.6, 0.8, 0.95])
def test_a_killed_import_is_there_as_a_whole_or_not_at_all(home, share):
    command = [
        sys.executable,
        "-m",
        "kanchay.cli",
        "import",
        str(home / "meter.csv"),
        "--site",
        "s",
        "--kind",
        "interval",
    ]
    begin = time.monotonic()
    subprocess.run([*command, "--dry-run"], check=True, capture_output=True)
    usual = 1.8 * (time.monotonic() - begin)  # storing takes about as long again as reading
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        time.sleep(share * usual)
    finally:
        process.kill()
        told = process.communicate(timeout=30)[0]
    after = tables(home / "home" / "readings.sqlite")
    assert after["reading"] in (0, ROWS)
    assert (after["reading"] > 0) == (after["observation"] > 0) == (after["change"] > 0)
    if "Stored" in told:
        assert after["reading"] == ROWS, "what was acknowledged is there"
    stored = json.loads(run("import", home / "meter.csv", "--site", "s", "--kind", "interval", "--json"))[
        "files"
    ][0]["stored"]
    assert stored["n_new"] + stored["n_unchanged"] == ROWS
    assert stored["n_revised"] == 0
    run("worker", "--once")
    assert tables(home / "home" / "readings.sqlite")["reading"] == ROWS
    with sqlite3.connect(home / "home" / "readings.sqlite") as connection:
        rolled = {
            r[0]: r[1] for r in connection.execute("SELECT level, sum(total) FROM rollup GROUP BY level")
        }
    assert rolled, "the worker rolled up"
    assert all(total == pytest.approx(0.01 * ROWS) for total in rolled.values())


@pytest.mark.parametrize("name", ["readings.sqlite", "records.sqlite"])
def test_a_store_of_a_newer_kanchay_is_refused_in_one_sentence(home, name):
    with sqlite3.connect(home / "home" / name) as connection:
        connection.execute("PRAGMA user_version = 999")
        if name == "records.sqlite":
            connection.execute("UPDATE alembic_version SET version_num = '9999'")
    result = CliRunner().invoke(cli, ["site", "list"])
    assert result.exit_code == 1
    assert isinstance(result.exception, KanchayError)
    assert result.exception.hint
    assert "\n" not in str(result.exception)

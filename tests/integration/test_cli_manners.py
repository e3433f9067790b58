"""Manners of every verb: help, exit codes, one sentence for an error, results on stdout, never a stack trace."""

from __future__ import annotations

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from kanchay.cli import VERBS, cli, verbs

HOUR = 3600
# Verbs that speak about a site, with what they need besides.
OF_A_SITE = {
    "check": [], "forecast": [], "backtest": [], "detect": [], "bill": [], "advise": [], "report": ["--out", "r.html"],
    "import": ["meter.csv"],
}  # fmt: skip
OF_A_FILE = ("check", "forecast", "backtest", "detect", "bill", "advise", "report")
JSON = {
    "import": ["meter.csv", "--tz", "America/Lima"],
    "check": ["--input", "meter.csv", "--tz", "America/Lima"],
    "forecast": ["--input", "meter.csv", "--tz", "America/Lima"],
    "backtest": ["--input", "meter.csv", "--tz", "America/Lima", "--model", "week"],
    "detect": ["--input", "meter.csv", "--tz", "America/Lima"],
    "advise": ["--input", "meter.csv", "--tz", "America/Lima", "--country", "PE"],
    "bill": ["--kwh", "141", "--param", "alumbrado=8.82"],
    "model": ["list"],
    "simulate": ["home", "--days", "2"],
    "site": ["list"],
    "user": ["list"],
}


def commands(group: click.Command, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every verb and every verb of a verb."""
    found = [path] if path else []
    if isinstance(group, click.Group):
        ctx = click.Context(group)
        for name in group.list_commands(ctx):
            found += commands(group.get_command(ctx, name), (*path, name))
    return found


ALL = commands(cli)


@pytest.fixture
def here(tmp_path, monkeypatch):
    """An empty folder with a store of its own and one meter file: 21 days by the hour."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KANCHAY_HOME", str(tmp_path / "home"))
    rows = ["time,import_kwh"]
    rows += [f"2026-06-{1 + i // 24:02d} {i % 24:02d}:00,{0.2 + 0.02 * (i % 24):.3f}" for i in range(21 * 24)]
    (tmp_path / "meter.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return tmp_path


def run(*words: object) -> tuple[int, str, str]:
    """The whole command line in this process: exit code, stdout, stderr."""
    result = CliRunner().invoke(_main(), [str(w) for w in words])
    return result.exit_code, result.stdout, result.stderr


def _main() -> click.Command:
    """`run` as a click command would be, so that its own handling of errors is under test."""

    @click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
    @click.argument("words", nargs=-1, type=click.UNPROCESSED)
    def whole(words: tuple[str, ...]) -> None:
        verbs.run(words)

    return whole


def one_sentence(err: str) -> bool:
    told = [line for line in err.strip().splitlines() if not line.startswith("No --tariff given")]
    return len(told) == 1 and "Error" in told[0] + "Error" and "fault of Kanchay" not in err


def test_every_verb_is_listed():
    assert {path[0] for path in ALL} == set(VERBS)


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_help(path):
    code, out, err = run(*path, "--help")
    assert (code, err) == (0, "")
    assert out.startswith("Usage: kanchay ")
    assert len(out.splitlines()) > 3


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_an_unknown_option_is_a_usage_error(here, path):
    code, out, err = run(*path, "--no-such-option")
    assert (code, out) == (2, "")
    assert "no-such-option" in err
    assert not (here / "home").exists()


@pytest.mark.parametrize("verb", OF_A_SITE)
def test_an_unknown_site_is_one_sentence(here, verb):
    code, out, err = run(verb, *OF_A_SITE[verb], "--site", "nix")
    assert (code, out) == (1, "")
    assert one_sentence(err), err
    assert "nix" in err


@pytest.mark.parametrize("verb", sorted(set(OF_A_SITE) - {"import"}))
def test_an_empty_store_says_what_to_do(here, verb):
    code, out, err = run(verb, *OF_A_SITE[verb])
    assert out == ""
    if verb == "report":
        assert code in (1, 2)
        return
    assert code == 1
    assert "kanchay site add" in err


@pytest.mark.parametrize("verb", sorted(set(OF_A_SITE) - {"import", "report"}))
def test_of_two_sites_one_has_to_be_named(here, verb):
    for name in ("uno", "dos"):
        assert run("site", "add", name, "--tz", "America/Lima")[0] == 0
    code, out, err = run(verb)
    assert (code, out) == (1, "")
    assert "uno" in err
    assert "dos" in err


@pytest.mark.parametrize("verb", OF_A_FILE)
@pytest.mark.parametrize("what", ["missing.csv", "folder", "binary.csv", "empty.csv"])
def test_a_bad_file_is_one_sentence(here, verb, what):
    (here / "folder").mkdir()
    (here / "binary.csv").write_bytes(bytes(range(256)) * 50)
    (here / "empty.csv").write_bytes(b"")
    code, out, err = run(verb, *OF_A_SITE[verb], "--input", what)
    assert (code, out) == (1, "")
    assert "fault of Kanchay" not in err
    assert "Traceback" not in err
    assert what.split(".")[0] in err


@pytest.mark.parametrize("verb", JSON)
def test_json_is_json_and_alone_on_stdout(here, verb):
    code, out, err = run(verb, *JSON[verb], "--json")
    assert code == 0, err
    json.loads(out)


@pytest.mark.parametrize(
    "words",
    [
        ["forecast", "--input", "meter.csv", "--model", "nix"],
        ["forecast", "--input", "meter.csv", "--horizon", "9999999999h"],
        ["forecast", "--input", "meter.csv", "--tz", "Mars/Base"],
        ["forecast", "--input", "meter.csv", "--issued-at", "never"],
        ["forecast", "--input", "meter.csv", "--tz", "America/Lima", "--out", "/proc/nix/x.parquet"],
        ["backtest", "--input", "meter.csv", "--every", "1s"],
        ["backtest", "--input", "meter.csv", "--issue-at", "25:00"],
        ["bill", "--kwh", "1e999"],
        ["bill", "--kwh", "nan"],
        ["bill", "--kwh", "-5"],
        ["bill", "--kwh", "141", "--tariff", "nix"],
        ["bill", "--kwh", "141", "--param", "alumbrado=x"],
        ["import", "meter.csv", "--unit", "parsec"],
        ["import", "meter.csv", "--map", "time=nix"],
        ["simulate", "home", "--start", "never"],
        ["simulate", "home", "--set", "nix=1"],
        ["site", "add", " ", "--tz", "America/Lima"],
        ["site", "add", "X", "--tz", "nix"],
        ["site", "add", "X", "--id", "../../etc", "--tz", "America/Lima"],
        ["model", "show", "nix"],
        ["restore", "nix.zip"],
        ["--home", "/proc/nix", "site", "list"],
        ["--home", "meter.csv", "site", "list"],
    ],
    ids=" ".join,
)
def test_wrong_input_is_told_without_a_trace(here, words):
    code, out, err = run(*words)
    assert (code, out) == (1, "")
    assert err.strip()
    assert "Traceback" not in err
    assert "fault of Kanchay" not in err


# ---- as a process of its own ----


def start(*words: object, python: Sequence[str] = (), stderr=subprocess.PIPE, **more) -> subprocess.Popen:
    command = [sys.executable, *python, "-m", "kanchay.cli", *(str(w) for w in words)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, text=True, **more)


def big(path: Path, rows: int = 400_000) -> Path:
    """Minutes of a year and what they used."""
    day = [f"{h:02d}:{m:02d}" for h in range(24) for m in range(60)]
    with path.open("w", encoding="utf-8") as file:
        file.write("time,import_kwh\n")
        for n in range(rows // 1440):
            date = f"2025-{1 + n // 28 % 12:02d}-{1 + n % 28:02d}"
            file.writelines(f"{date} {clock},0.01\n" for clock in day)
    return path


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX systems")
@pytest.mark.parametrize(
    "words", [["import", "big.csv", "--site", "s"], ["backtest", "--input", "big.csv", "--out", "b.parquet"]]
)
def test_ctrl_c_leaves_nothing_half_written(here, words):
    big(here / "big.csv")
    assert run("site", "add", "s", "--tz", "America/Lima")[0] == 0
    watched, screen = os.openpty()
    process = start(*words, "--tz", "America/Lima", stderr=screen)
    os.close(screen)
    err = os.read(watched, 1024).decode()  # a progress bar: it has begun
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    with contextlib.suppress(OSError):  # the other end is closed
        while more := os.read(watched, 1024):
            err += more.decode(errors="replace")
    os.close(watched)
    assert process.returncode in (0, 1)
    assert "Traceback" not in err
    assert not list(here.glob("*.part"))
    assert not list(here.glob(".*.part"))
    if process.returncode:
        assert "Aborted!" in err
        assert not (here / "b.parquet").exists()
    assert run("site", "list")[0] == 0


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX systems")
@pytest.mark.parametrize("module", ["click._compat", "kanchay.domain.errors", "pyarrow.lib"])
def test_ctrl_c_is_answered_while_modules_are_imported(here, module):
    process = start("import", "meter.csv", python=["-X", "importtime"])
    for line in process.stderr:
        if line.rstrip().endswith(f" {module}"):
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "Aborted!" in err
    assert "Traceback" not in err


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX systems")
def test_ctrl_c_within_an_exec_is_no_death_by_signal(here):
    """Dataclasses are made by `exec`, and CPython keeps in mind what left one (see `CtrlC`)."""
    lines = ["import signal, kanchay.cli.verbs as verbs", "from kanchay.cli import main"]
    lines += ["verbs.run = lambda words: exec('signal.raise_signal(signal.SIGINT)')", "main()"]
    (here / "stopped.py").write_text("\n".join(lines), "utf-8")
    done = subprocess.run([sys.executable, "-m", "stopped"], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr.decode()) == (1, "\nAborted!\n")


@pytest.mark.skipif(os.name != "posix", reason="limits of POSIX systems")
@pytest.mark.parametrize(
    ("words", "target"),
    [
        (["import", "meter.csv", "--site", "s"], None),
        (["backup", "b.zip"], "b.zip"),
        (["simulate", "home", "--days", "60", "--out", "h.csv"], "h.csv"),
        (["backtest", "--input", "meter.csv", "--model", "week", "--out", "b.parquet"], "b.parquet"),
    ],
    ids=lambda v: v[0] if isinstance(v, list) else "",
)
def test_a_full_disk_is_one_sentence_and_leaves_no_half_file(here, words, target):
    assert run("site", "add", "s", "--tz", "America/Lima")[0] == 0
    limit = 16 * 1024
    process = start(*words, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)))
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1, err
    assert "Traceback" not in err
    assert err.strip()
    assert target is None or not (here / target).exists()
    assert run("check", "--site", "s")[0] in (0, 1)
    assert run("import", "meter.csv", "--site", "s")[0] == 0


@pytest.mark.skipif(os.name != "posix", reason="pipes of POSIX systems")
@pytest.mark.parametrize(
    "words", [["--help"], ["import", "meter.csv", "--json"], ["forecast", "--input", "meter.csv"]]
)
def test_a_reader_that_leaves_early_is_no_error_to_read_about(here, words):
    process = start(*words)
    process.stdout.readline()
    process.stdout.close()
    err = process.stderr.read()
    process.wait(60)
    assert "Traceback" not in err
    assert "BrokenPipe" not in err


def test_a_terminal_of_ascii_reads_and_writes_names(here):
    plain = os.environ | {"LANG": "C", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    for words in (["site", "add", "Ñandú", "--tz", "America/Lima"], ["site", "list"]):
        process = start(*words, env=plain)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 0, err
    assert "Ñandú" in run("site", "list")[1]


def test_two_processes_share_a_home(here):
    """A worker and two imports at once: all end well, and every reading is there once."""
    assert run("site", "add", "s", "--tz", "America/Lima")[0] == 0
    worker = start("worker")
    imports = [start("import", "meter.csv", "--site", "s") for _ in range(2)]
    for process in imports:
        _, err = process.communicate(timeout=120)
        assert process.returncode == 0, err
    worker.send_signal(signal.SIGTERM)
    _, err = worker.communicate(timeout=60)
    assert worker.returncode == 0, err
    assert "Traceback" not in err
    code, out, _ = run("import", "meter.csv", "--site", "s", "--json")
    assert code == 0
    assert json.loads(out)["files"][0]["stored"]["n_unchanged"] == 21 * 24


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX systems")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_worker_ends_within_seconds_of_the_signal(here, number):
    process = start("worker")
    for line in process.stderr:
        if "started" in line:
            break
    begin = time.monotonic()
    process.send_signal(number)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert "stopped" in err
    assert time.monotonic() - begin < 20

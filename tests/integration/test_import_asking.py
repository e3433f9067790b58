"""What a file leaves open is asked once for its kind, named where nobody can answer, and an import can be taken back."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from kanchay.cli import cli, import_, import_asking, import_reading

TZ = "America/Lima"


@pytest.fixture
def kanchay(tmp_path):
    """``kanchay("import", …, typed="1\\n")`` in a folder of its own."""

    def run(*words, typed=None):
        return CliRunner().invoke(cli, ["--home", str(tmp_path / "home"), *map(str, words)], input=typed)

    return run


@pytest.fixture
def somebody(monkeypatch):
    """A terminal at which somebody sits."""
    for module in (import_, import_asking, import_reading):
        monkeypatch.setattr(module, "can_ask", lambda: True)


def month(tmp_path, name, *, month=1, days=range(1, 13), scale=1.0, column="Lectura"):
    """Dates that could be read both ways, without unit, zone or direction."""
    path = tmp_path / name
    rows = "".join(
        f"{d:02d}/{month:02d}/2026 {h:02d}:00;{scale * (100 + (d * h) % 7):.1f}\n"
        for d in days
        for h in range(24)
    )
    path.write_text(f"Fecha;{column}\n{rows}")
    return path


def test_where_nobody_can_answer_every_question_is_named_and_nothing_stored(kanchay, tmp_path):
    ended = kanchay("import", month(tmp_path, "a.csv"), "--new-site", "Casa", "--tz", TZ)
    assert ended.exit_code == 1
    for told in ("--unit", "--take-guesses", "In which unit are the values?"):
        assert told in str(ended.exception)
    assert json.loads(kanchay("imports", "list", "--json").stdout)["imports"] == []
    guessed = kanchay("import", month(tmp_path, "a.csv"), "--new-site", "Casa", "--tz", TZ, "--take-guesses")
    assert guessed.exit_code == 0, guessed.stderr


def test_a_kind_of_file_is_asked_once(kanchay, tmp_path, somebody):
    first = kanchay(
        "import", month(tmp_path, "a.csv"), "--new-site", "Casa", "--tz", TZ, typed="Wh\n" + "1\n" * 8
    )
    assert first.exit_code == 0, first.stderr
    assert "In which unit are the values?" in first.stderr
    assert "the file holds 29.5" in first.stderr  # 29.5 kWh, were it Wh
    later = kanchay("import", month(tmp_path, "b.csv", month=2), "--site", "casa", typed="")
    assert later.exit_code == 0, later.stderr
    assert "as for a.csv" in later.stderr
    assert "unit Wh" in later.stderr
    other = kanchay(
        "import", month(tmp_path, "c.csv", month=3, column="Otra"), "--site", "casa", typed="Wh\n" + "1\n" * 8
    )
    assert "In which unit" in other.stderr  # another kind of file
    assert "Forgotten" in kanchay("imports", "forget", "casa").stdout
    again = kanchay("import", month(tmp_path, "d.csv", month=4), "--site", "casa", typed="Wh\n" + "1\n" * 8)
    assert "In which unit" in again.stderr


def test_a_question_names_its_column_and_one_step_back_is_asked_again(kanchay, tmp_path, somebody):
    path = month(tmp_path, "a.csv")
    done = kanchay("import", path, "--new-site", "Casa", typed=f"kWh\nb\nWh\n{TZ}\n" + "1\n" * 8)
    assert done.exit_code == 0, done.stderr
    assert done.stderr.count("In which unit are the values?") == 2
    assert "Column Lectura" in done.stderr
    told = kanchay("imports", "remembered", "casa")
    assert "a.csv" in told.stdout
    assert "unit Wh" in told.stdout
    kanchay("imports", "forget", "casa")
    assert "unit" not in kanchay("imports", "remembered", "casa").stdout


def test_files_of_one_command_are_asked_once(kanchay, tmp_path, somebody):
    files = [month(tmp_path, f"{m}.csv", month=m) for m in (1, 2, 3)]
    done = kanchay("import", *files, "--new-site", "Casa", "--tz", TZ, typed="1\n" * 8)
    assert done.exit_code == 0, done.stderr
    assert done.stderr.count("In which unit") == 1


def test_undo_from_the_command_line(kanchay, tmp_path):
    options = ("--tz", TZ, "--unit", "Wh", "--day-first", "--label", "start", "--direction", "import")
    good, bad = month(tmp_path, "a.csv"), month(tmp_path, "bad.csv", days=range(10, 13), scale=1000)
    kanchay("import", good, "--new-site", "Casa", *options)
    wrong = kanchay("import", bad, "--site", "casa", *options)
    assert "0 new, 72 changed, 0 the same" in wrong.stderr
    newest, _ = json.loads(kanchay("imports", "list", "--json").stdout)["imports"]
    assert (newest["file_name"], newest["n_revised"]) == ("bad.csv", 72)
    undone = kanchay("imports", "undo", newest["id"][:12])
    assert "0 readings withdrawn, 72 stand again" in undone.stdout
    assert kanchay("imports", "undo", newest["id"]).exit_code == 1
    again = kanchay("import", good, "--site", "casa", *options)
    assert "288 unchanged" in again.stdout


def test_a_column_told_by_name(kanchay, tmp_path):
    path = tmp_path / "two.csv"
    rows = "".join(
        f"2026-01-{d:02d} {h:02d}:00,{h % 5 + 1},{h % 3}\n" for d in range(1, 9) for h in range(24)
    )
    path.write_text("time,A14,B\n" + rows)
    shown = kanchay(
        "import", path, "--tz", TZ, "--json", "--map", "A14=energy:export:Wh", "--map", "B=power::W"
    )
    a, b = json.loads(shown.stdout)["series"]
    assert (a["quantity"], a["direction"], a["total"]) == (
        "electric_energy",
        "export",
        pytest.approx(0.546, abs=0.2),
    )
    assert b["quantity"] == "power"
    assert kanchay("import", path, "--map", "C=energy").exit_code == 1
    assert kanchay("import", path, "--map", "A14=energy:up").exit_code == 2
    assert kanchay("import", path, "--map", "A14=energy:export:degC").exit_code == 2

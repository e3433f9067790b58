"""`tariff check` names line, place and cure of each problem."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from kanchay.adapters import yaml_marks
from kanchay.analysis.tariff.blocks import Clock, block_index
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.analysis.tariff.review import review_tariff
from kanchay.analysis.tariff.timetable import day_plans, hours_of_day
from kanchay.bootstrap import in_memory
from kanchay.cli import cli
from kanchay.services.money.mistake_words import SPANISH
from kanchay.services.money.tariff_check import check_tariff

EVERY_KIND = Path(__file__).resolve().parents[2] / "data" / "tariff" / "every_kind.yaml"
TEXT = EVERY_KIND.read_text("utf-8")
LIBRARY = Path(__file__).resolve().parents[3] / "src" / "kanchay" / "library" / "tariffs"


def problems(text: str) -> list[Any]:
    return list(check_tariff(in_memory(), text).problems)


def line_of(part: str) -> int:
    return TEXT[: TEXT.index(part)].count("\n") + 1


def test_a_tariff_of_every_kind_has_no_mistake() -> None:
    check = check_tariff(in_memory(), TEXT)
    assert check.ok
    assert check.problems == ()
    assert check.tariff is not None


@pytest.mark.parametrize(
    ("old", "new", "path", "what", "cure"),
    [
        ('rate: "2.10"', "rate: 2.10", "versions[0].charges[5].rate", "without quotes", 'Write "2.10".'),
        ('rate: "2.10"', 'rate: "2,10"', "versions[0].charges[5].rate", "is not a number", "one point"),
        ('rate: "2.10"', 'rates: "2.10"', "versions[0].charges[5].rates", "not known here", "Did you mean 'rate'"),
        ('rate: "2.10"', 'price: "2.10"', "versions[0].charges[5].rate", "is missing", "Add 'rate: …'"),
        ('from: "18:00"', "from: 18:00", "schedules[0].blocks[0].windows[0].from", "number 1080", 'Write "18:00".'),
        ("country: PE", "country: NO", "country", "true or false", 'Write "NO".'),
        ("  - id: UIT\n", "  - id: UIT\n    id: UTI\n", "parameters[0].id", "written twice", "Keep one"),
        ("kind: reactive", "kind: reactiv", "versions[0].charges[6].kind", "not one of", "Did you mean 'reactive'"),
        ("{parameter: UIT}", "{parameter: UTI}", "common_charges[2]", "'UTI'", "mend the name"),
        ("taxes: [duty, igv]", "taxes: [iva]", "versions[0].charges[0]", "'iva'", "mend the name"),
        ("schedule: peak", "schedule: peek", "versions[0].charges[0]", "'peek'", ""),
        ("demand_kw.hp", "demand_kw.pp", "versions[0].charges[3]", "'pp'", ""),
        ("carry: true", 'carry: "yes"', "rounding.carry", "true or false", "Without quotes"),
        ("days: [mon,", "days: [{a: 1},", "schedules[0].blocks[0].windows[0].days[0]", "not one of", ""),
        ("valid_from: 2026-05-04", "valid_from: 2026-02-30", "versions[0].valid_from", "is not a day", ""),
        ("select: by_total", "select: marginal", "versions[0].charges[1].bands", "is not read", "Write tiers"),
        ("provider: {id: maderas, ", "provider: {", "provider.id", "is missing", "Add 'id: …'"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line_and_cure(
    old: str, new: str, path: str, what: str, cure: str
) -> None:
    assert old in TEXT
    found = next(p for p in problems(TEXT.replace(old, new, 1)) if p.path == path and what in p.what)
    line = line_of(old) + (1 if old.endswith("\n") else 0)
    inside = {f"common_charges[{i}]" for i in range(3)} | {f"versions[0].charges[{i}]" for i in range(20)}
    assert found.line == line or (path in inside and found.line <= line) or path.endswith("bands")
    assert cure in found.cure
    assert found.severity == "mistake"


def test_what_follows_from_a_missing_part_is_not_told() -> None:
    start = TEXT.index('    source: {title: "A made-up list')
    found = problems(TEXT[:start] + TEXT[TEXT.index("\n", start) + 1 :])
    assert [(p.path, p.what) for p in found] == [("versions[0].source", "is missing")]


@pytest.mark.parametrize("text", ["", "a list\n", "- 1\n", "null\n", "5"])
def test_what_is_no_tariff_is_told(text: str) -> None:
    (found,) = problems(text)
    assert (found.line, found.cure) == (1, "Begin with: schema: tariff/1")


def test_a_problem_in_a_base_is_told_at_the_base() -> None:
    path = LIBRARY / "pe.pluz.lima_norte.bt5e.yaml"
    assert check_tariff(in_memory(), path.read_bytes()).ok
    text = path.read_text("utf-8").replace("base: [pe, ", "base: [pi, ")
    (found,) = [p for p in problems(text) if p.path == "base"]
    assert "'pi'" in found.what
    assert found.line == path.read_text("utf-8")[: path.read_text("utf-8").index("base:")].count("\n") + 1


@pytest.mark.parametrize("path", sorted(LIBRARY.glob("*.yaml")), ids=lambda p: p.stem)
def test_every_shipped_tariff_is_without_mistake(path: Path) -> None:
    check = check_tariff(in_memory(), path.read_bytes())
    assert [p for p in check.problems if p.severity == "mistake"] == []
    assert check.tariff is not None
    assert check.tariff.id == path.stem


# What is allowed and yet looks like a slip.


@pytest.fixture
def document() -> dict[str, Any]:
    """Two lists of one price, the newer one first, as one may write them."""
    source = {"title": "A list", "date": "2026-01-01", "confidence": "high", "basis": "official"}
    charge = {
        "id": "energy",
        "kind": "banded",
        "quantity": "energy_kwh",
        "select": "marginal",
        "taxes": ["vat"],
    }
    version = {"prices_include": ["vat"], "source": source}
    return {
        "schema": "tariff/1", "id": "xx", "country": "XX", "currency": "EUR", "timezone": "UTC",
        "provider": {"id": "x", "name": "X"}, "option": {"code": "X"},
        "taxes": [{"id": "vat", "rate": "0.21", "valid_from": "2020-01-01"}],
        "versions": [
            version | {"valid_from": "2026-07-01", "charges": [charge | {"tiers": "0.31"}]},
            version | {"valid_from": "2026-01-01", "valid_to": "2026-07-01", "charges": [charge | {"tiers": "0.30"}]},
        ],
    }  # fmt: skip


def remarks(document: dict[str, Any]) -> dict[str, str]:
    return {m.path: m.what for m in review_tariff(parse_tariff(document), document)}


def test_a_plain_change_of_price_is_no_slip(document: dict[str, Any]) -> None:
    assert remarks(document) == {}


def test_a_gap_between_lists_is_told(document: dict[str, Any]) -> None:
    document["versions"][1]["valid_to"] = "2026-06-01"
    assert remarks(document) == {"versions[1].valid_to": "leaves no prices from 2026-06-01 until 2026-07-01"}


@pytest.mark.parametrize(("price", "told"), [("31", "times that"), ("0.0031", "times below that")])
def test_a_price_a_hundred_times_off_is_told(document: dict[str, Any], price: str, told: str) -> None:
    document["currency"] = "CLP"  # 31 pesos may well be a price
    document["versions"][0]["charges"][0]["tiers"] = price
    assert told in remarks(document)["versions[0].charges[0]"]


def test_a_price_in_cents_is_told(document: dict[str, Any]) -> None:
    for version in document["versions"]:
        version["charges"][0]["tiers"] = "30.5"
    assert remarks(document)["versions[1].charges[0]"] == "charges 30.5 EUR for one kWh"


@pytest.mark.parametrize(("price", "include"), [("0.363", ["vat"]), ("0.30", []), ("0.2479", ["vat"])])
def test_a_list_that_differs_by_just_the_tax_is_told(
    document: dict[str, Any], price: str, include: list[str]
) -> None:
    document["versions"][0]["charges"][0]["tiers"] = price
    document["versions"][0]["prices_include"] = include
    assert remarks(document)["versions[0].charges[0]"] == "differs from 2026-01-01 by just the tax 'vat'"


def test_the_same_price_written_without_the_tax_is_no_slip(document: dict[str, Any]) -> None:
    document["versions"][0]["charges"][0]["tiers"] = "0.2479"
    document["versions"][0]["prices_include"] = []
    assert remarks(document) == {}


def test_words_that_nobody_knows_are_told(document: dict[str, Any]) -> None:
    source = document["versions"][0]["source"]
    document["versions"][0]["source"] = {**source, "basis": "offical", "confidence": "sure"}
    document["eligibility"] = {"segment": "houses"}
    document["calendar"] = {"holidays": "XX"}
    assert set(remarks(document)) == {
        "versions[0].source.basis", "versions[0].source.confidence", "eligibility.segment", "calendar.holidays",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "path"),
    [
        ("timezone: America/Lima", "timezone: Lima", "timezone"),
        ("valid_to: 2027-01-01", "valid_to: 2026-01-01", "parameters[0].values[0].valid_to"),
        ("valid_to: null\n    review", "valid_to: 2026-05-04\n    review", "versions[0].valid_to"),
    ],
)
def test_a_zone_and_days_that_cannot_be_are_mistakes(old: str, new: str, path: str) -> None:
    assert old in TEXT
    assert path in [p.path for p in problems(TEXT.replace(old, new, 1)) if p.severity == "mistake"]


def test_names_that_nobody_uses_are_told(document: dict[str, Any]) -> None:
    document["parameters"] = [{"id": "UIT", "default": "1"}]
    document["taxes"].append({"id": "duty", "rate": "0.05", "valid_from": "2020-01-01"})
    document["seasons"] = [{"id": "summer", "spans": [["06-01", "09-30"]]}]
    document["schedules"] = [
        {"id": "peak", "blocks": [{"id": "hp", "windows": [{"from": "18:00"}]}, {"id": "hfp"}]}
    ]
    assert set(remarks(document)) == {"parameters[0]", "taxes[1]", "seasons[0]", "schedules[0]"}


def test_a_block_that_never_gets_an_hour_is_told(document: dict[str, Any]) -> None:
    windows = [{"from": "18:00", "to": "23:00"}]
    blocks = [{"id": "hp", "windows": windows}, {"id": "late", "windows": [{"from": "20:00", "to": "22:00"}]}]
    document["schedules"] = [{"id": "peak", "blocks": [*blocks, {"id": "hfp"}]}]
    charge = {"id": "energy", "kind": "tou", "schedule": "peak", "taxes": ["vat"]}
    for version in document["versions"]:
        version["charges"] = [charge | {"rates": {"hp": "0.4", "late": "0.3", "hfp": "0.2"}}]
    assert remarks(document) == {"schedules[0].blocks[1]": "the block 'late' never gets an hour"}


def test_hours_by_the_clock_are_those_the_engine_uses() -> None:
    """Two ways to say which block an hour is in: for people, and for readings."""
    import numpy as np

    tariff = parse_tariff(in_memory().library.read_text(TEXT).document)
    (schedule,) = tariff.schedules
    starts = np.arange(0, 366 * 24) * 3600 + 1767243600  # 2026 in Lima
    clock = Clock.of(starts, tariff.timezone)
    index = block_index(schedule, tariff.seasons, tariff.calendar, clock)
    from datetime import date, timedelta

    from kanchay.analysis.tariff.blocks import _day_classes

    classes = _day_classes(tariff.calendar, clock)
    for i in range(0, len(starts), 7):
        day = date(1970, 1, 1) + timedelta(days=int(clock.days[clock.day[i]]))
        season = next((s.id for s in tariff.seasons if s.holds_on(day)), "")
        hours = hours_of_day(schedule, int(classes[clock.day[i]]), season)
        told = next(h.block for h in hours if h.start_s <= clock.second[i] < h.end_s)
        assert told == schedule.blocks[index[i]].id


def test_days_with_the_same_hours_are_told_together() -> None:
    (schedule,) = parse_tariff(in_memory().library.read_text(TEXT).document).schedules
    week, rest = day_plans(schedule)
    assert week.days == (0, 1, 2, 3, 4, 5)
    assert rest.days == (6, 7)
    assert [(h.start_s // 3600, h.end_s // 3600, h.block) for h in week.hours] == [
        (0, 18, "hfp"), (18, 23, "hp"), (23, 24, "hfp"),
    ]  # fmt: skip


# The verb.


def run(*args: str) -> Result:
    return CliRunner().invoke(cli, ["tariff", *args])


def test_the_verb_says_where_and_leaves_with_one(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.yaml", tmp_path / "bad.yaml"
    good.write_text(TEXT, "utf-8")
    bad.write_text(TEXT.replace('rate: "2.10"', "rate: 2.10"), "utf-8")
    assert run("check", str(good)).exit_code == 0
    result = run("check", str(good), str(bad))
    assert result.exit_code == 1
    line = line_of('rate: "2.10"')
    assert f"{bad}:{line}:" in result.stdout
    assert 'Escribe "2.10".' in result.stdout
    told = json.loads(run("check", str(good), str(bad), "--json").stdout)
    assert [t["ok"] for t in told] == [True, False]
    assert told[1]["problems"][0]["line"] == line


def test_remarks_do_not_fail(tmp_path: Path, document: dict[str, Any]) -> None:
    document["versions"][1]["valid_to"] = "2026-06-01"
    file = tmp_path / "gap.yaml"
    file.write_text(yaml.safe_dump(copy.deepcopy(document)), "utf-8")
    result = run("check", str(file))
    assert result.exit_code == 0, result.output
    assert "aviso" in result.stdout
    assert "remark" in run("check", str(file), "--locale", "en").stdout


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = run("check", str(tmp_path / "none.yaml"))
    assert result.exit_code == 1
    assert isinstance(result.exception, FileNotFoundError)


# Every sentence has its Spanish.


def sentences() -> set[str]:
    """Texts that a mistake, a remark or a slip may be told with, as they stand in the code."""
    import ast

    source = Path(__file__).resolve().parents[3] / "src" / "kanchay"
    files = [*sorted((source / "analysis" / "tariff").glob("*.py")), source / "adapters" / "yaml_marks.py"]
    found: set[str] = set()
    for path in files:
        tree = ast.parse(path.read_text("utf-8"))
        for call in (n for n in ast.walk(tree) if isinstance(n, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in ("wrong", "_wrong", "_slip", "Mistake", "_remark", "_never"):
                texts = [n.value for a in call.args for n in ast.walk(a) if isinstance(n, ast.Constant)]
                found |= {t for t in texts if isinstance(t, str) and " " in t}
    return found


def test_every_sentence_has_its_spanish_with_the_same_places() -> None:
    from string import Formatter

    told = sentences() | {cure for _, cure in yaml_marks._CURES}
    assert len(told) > 60
    assert told - SPANISH.keys() == set()
    for english, spanish in SPANISH.items():
        places = [{name for _, name, _, _ in Formatter().parse(text) if name} for text in (english, spanish)]
        assert places[0] == places[1], english


def test_a_check_speaks_spanish() -> None:
    text = TEXT.replace('rate: "2.10"', "rates: 2.10")
    found = {p.path: p for p in check_tariff(in_memory(), text, "es").problems}
    assert found["versions[0].charges[5].rate"].what == "falta"
    assert found["versions[0].charges[5].rate"].cure == "Agrega 'rate: …'."
    told = [p.what for p in check_tariff(in_memory(), text, "es").problems]
    assert "no se conoce aquí" in told
    assert "2.10 sin comillas es un número binario redondeado para YAML" in told

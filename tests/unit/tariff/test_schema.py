"""The published schema and the reader agree on what a tariff file may hold."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from kanchay.analysis.tariff.document import TariffInvalid
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.analysis.tariff.parse_charges import KINDS
from kanchay.bootstrap import in_memory
from kanchay.cli import cli
from kanchay.services.money.tariff_check import check_tariff

LIBRARY = in_memory().library
SCHEMA = LIBRARY.schema("tariff-1")
VALIDATOR = Draft202012Validator(SCHEMA, format_checker=FormatChecker())
DATA = Path(__file__).resolve().parents[2] / "data" / "tariff"
FIXTURES = {p.stem: LIBRARY.read_text(p.read_bytes()).document for p in sorted(DATA.glob("*.yaml"))}
DOCUMENTS = {**FIXTURES, **LIBRARY.tariff_documents()}


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(CliRunner().invoke(cli, ["tariff", "schema"]).stdout) == SCHEMA


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_tariff_and_fixture_is_valid(name: str) -> None:
    assert [f"{e.json_path}: {e.message}" for e in VALIDATOR.iter_errors(DOCUMENTS[name])] == []


def test_a_file_with_a_base_may_leave_things_out() -> None:
    assert VALIDATOR.is_valid({"id": "x", "base": ["pe"]})
    assert not VALIDATOR.is_valid({"id": "x"})


def test_the_fixture_holds_every_kind() -> None:
    document = FIXTURES["every_kind"]
    kinds = {c["kind"] for c in (*document["common_charges"], *document["versions"][0]["charges"])}
    assert kinds == set(KINDS)
    assert {ref["$ref"].rpartition("/")[2] for ref in SCHEMA["$defs"]["charge"]["oneOf"]} == set(KINDS)


def test_every_key_is_described() -> None:
    silent = []

    def look(part: Any, path: str) -> None:
        if isinstance(part, dict):
            for key, value in part.get("properties", {}).items():
                if "additionalProperties" in part and not (value.get("description") or "$ref" in value):
                    silent.append(f"{path}.{key}")
            for key, value in part.items():
                look(value, f"{path}.{key}")
        elif isinstance(part, list):
            for value in part:
                look(value, path)

    look(SCHEMA, "")
    assert silent == []


# Both refuse the same structures.

STRUCTURAL = re.compile(
    r"is not known here|is missing$|is missing \(|must be (a |'|true)|is not a (number|day|time)|is not one of"
    r"|is not read|^is empty|needs either"
)
WRONG: list[Any] = [None, 3.5, True, "word", "", [], {}, -1, "0.5", ["x"], {"x": 1}, "2026-13-01", 10**20]


def places(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(part, dict):
        for key, value in part.items():
            yield from places(value, (*path, key))
    elif isinstance(part, list):
        for i, value in enumerate(part):
            yield from places(value, (*path, i))


PLACES = list(places(FIXTURES["every_kind"]))


def mutated(path: tuple[Any, ...], change: str, value: Any) -> dict[str, Any]:
    document = copy.deepcopy(FIXTURES["every_kind"])
    holder = document
    for step in path[:-1]:
        holder = holder[step]
    if change == "set" or (change == "unknown" and not isinstance(holder[path[-1]], dict)):
        holder[path[-1]] = value
    elif change == "drop":
        del holder[path[-1]]
    else:
        holder[path[-1]]["surprise"] = "x"
    return document


def reader_says(document: dict[str, Any]) -> list[str]:
    try:
        parse_tariff(document)
    except TariffInvalid as error:
        return [m.what for m in error.mistakes]
    return []


CHANGES = {
    "path": st.sampled_from(PLACES),
    "change": st.sampled_from(["set", "drop", "unknown"]),
    "value": st.sampled_from(WRONG),
}


@settings(max_examples=150, deadline=None)
@given(**CHANGES)
def test_reader_and_schema_refuse_the_same(path: tuple[Any, ...], change: str, value: Any) -> None:
    agree(path, change, value)


@pytest.mark.slow
@settings(max_examples=3000, deadline=None)
@given(**CHANGES)
def test_reader_and_schema_refuse_the_same_at_length(path: tuple[Any, ...], change: str, value: Any) -> None:
    agree(path, change, value)


def agree(path: tuple[Any, ...], change: str, value: Any) -> None:
    document = mutated(path, change, value)
    told = reader_says(document)
    errors = [f"{e.json_path}: {e.message[:200]}" for e in VALIDATOR.iter_errors(document)]
    if errors:
        assert told, errors
    if any(STRUCTURAL.search(what) for what in told):
        assert errors, told


def known_to_the_schema(document: dict[str, Any], part: dict[str, Any]) -> set[str]:
    """Keys that the schema takes beside the surprise, in the definition that fits the part's kind."""
    found: set[str] = set()

    def look(errors: Iterator[Any]) -> None:
        for error in errors:
            properties = error.schema.get("properties", {}) if isinstance(error.schema, dict) else {}
            fits = properties.get("kind", {}).get("const") == part.get("kind")
            if error.validator == "additionalProperties" and "'surprise'" in error.message and fits:
                found.update(properties)
            look(iter(error.context or ()))

    look(VALIDATOR.iter_errors(document))
    return found


def part_at(path: tuple[Any, ...]) -> Any:
    part: Any = FIXTURES["every_kind"]
    for step in path:
        part = part[step]
    return part


# Only mappings have keys; words by language and rates by block may have any.
MAPPINGS = [
    p for p in PLACES
    if isinstance(part_at(p), dict) and p[-1] not in ("name", "fixed_name", "help", "rates")
]  # fmt: skip


@pytest.mark.parametrize("path", MAPPINGS, ids=str)
def test_an_unknown_key_is_refused_by_both_and_they_know_the_same(path: tuple[Any, ...]) -> None:
    document = mutated(path, "unknown", None)
    with pytest.raises(TariffInvalid) as caught:
        parse_tariff(document)
    (told,) = {m.cure for m in caught.value.mistakes if "is not known here" in m.what}
    assert set(told.rpartition("known: ")[2].split(", ")) == known_to_the_schema(document, part_at(path))


def test_the_document_itself_knows_the_same_keys() -> None:
    with pytest.raises(TariffInvalid) as caught:
        parse_tariff({**FIXTURES["every_kind"], "surprise": "x"})
    (mistake,) = caught.value.mistakes
    assert {*mistake.cure.rpartition("known: ")[2].split(", "), "base"} == set(SCHEMA["properties"])


@settings(max_examples=80, deadline=None)
@given(
    first=st.fixed_dictionaries(CHANGES),
    base=st.sampled_from([None, "pe", ["pe", "pe.pluz"], [{}], 5, "none"]),
)
def test_a_check_answers_whatever_the_document_holds(first: dict[str, Any], base: Any) -> None:
    document = mutated(**first)
    if base is not None:
        document["base"] = base
    check = check_tariff(in_memory(), yaml.safe_dump(document, allow_unicode=True))
    assert all(p.line >= 1 and p.what for p in check.problems)
    assert (check.tariff is not None) == check.ok

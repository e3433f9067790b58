"""What is told or asked of a column goes to its own table, also where another one has a column of that name."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from kanchay.domain.errors import InputError
from kanchay.services.ports.files import ColumnTold

TIMES = [(datetime(2024, 1, 1) + timedelta(hours=i)).isoformat() for i in range(240)]


def lists(**factors: float) -> str:
    """A list of readings for each name, all under one name of a column."""
    told = {
        name: [{"time": t, "value": round(f * (0.3 + i % 7 / 10), 4)} for i, t in enumerate(TIMES)]
        for name, f in factors.items()
    }
    return json.dumps(told)


def sections(*names: str) -> str:
    """A table below each other for every name, whose column is called so."""
    rows = "".join(f"{t},{0.3 + i % 7 / 10:.1f}\n" for i, t in enumerate(TIMES))
    return "\n".join(f"{name}\n\ntime,{name}\n{rows}" for name in names)


def by_name(preview):
    return {s.name.split()[0]: (s.quantity.value, s.source_unit) for s in preview.series}


def test_a_question_about_a_column_that_two_tables_have_names_its_table(read):
    asked = {q.code: q.guess for q in read(lists(Electricity=1, Gas=3), name="a.json", tz="UTC").questions}
    assert asked == {"unit:Gas value": "m3", "unit": "kWh"}


def test_an_answer_about_one_table_leaves_the_other_alone(read):
    text, told = lists(Electricity=1, Gas=3), {"Gas value": ColumnTold(unit="kWh")}
    found = read(text, name="a.json", tz="UTC", told=told)
    assert by_name(found) == {"Electricity": ("electric_energy", "kWh"), "Gas": ("gas", "kWh")}
    assert [q.code for q in found.questions] == ["unit"]  # of electricity: nobody said anything of it
    found = read(text, name="a.json", tz="UTC", told=told, unit="Wh")
    assert by_name(found) == {"Electricity": ("electric_energy", "Wh"), "Gas": ("gas", "kWh")}
    assert not found.questions


def test_a_name_that_all_tables_have_tells_of_all(read):
    found = read(lists(A=1, B=2), name="a.json", tz="UTC", told={"value": ColumnTold("power", unit="W")})
    assert set(by_name(found).values()) == {("power", "W")}


def test_a_column_of_one_section_is_told_by_its_name(read):
    text, told = sections("Electricity", "Gas"), {"Gas": ColumnTold(unit="kWh")}
    assert by_name(read(text, tz="UTC", told=told))["Gas"] == ("gas", "kWh")


def test_a_column_that_no_table_has_is_refused(read):
    with pytest.raises(InputError, match="no column of values 'Water'") as refused:
        read(sections("Electricity", "Gas"), tz="UTC", told={"Water": ColumnTold(unit="m3")})
    assert refused.value.code == "answer.column"  # by which a page says it in its own language

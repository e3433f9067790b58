"""YAML is read as data with the line of every value, and whatever is in it the reader answers."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kanchay.adapters.yaml_marks import read_written


def slip(text: str | bytes):
    (found,) = read_written(text).slips
    return found


def test_every_value_has_its_line_and_column() -> None:
    written = read_written("a:\n  - {x: one, y: 2}\n  - x: |\n      long\nb: null\n")
    assert written.document == {"a": [{"x": "one", "y": 2}, {"x": "long\n"}], "b": None}
    at = {path: (p.line, p.column) for path, p in written.places.items()}
    assert at["a[0].y"] == (2, 14)
    assert at["a[1]"] == (3, 5)
    assert at["b"] == (5, 1)


def test_money_stays_text_and_the_key_on_a_word() -> None:
    text = 'rate: "0.10"\non: [vat]\nday: 2026-08-04\nyes: "no"\nflag: true\n'
    written = read_written(text)
    assert written.slips == ()
    assert written.document == {"rate": "0.10", "on": ["vat"], "day": "2026-08-04", "yes": "no", "flag": True}


@pytest.mark.parametrize(
    ("value", "what"),
    [
        ("18:00", "the number 1080"),
        ("0.52", "rounded binary"),
        (".5", "rounded binary"),
        ("1e3", "rounded binary"),
        ("010", "another number"),
        ("1_000", "another number"),
        ("NO", "true or false"),
        ("off", "true or false"),
    ],
)
def test_what_other_readers_would_change_belongs_in_quotes(value: str, what: str) -> None:
    found = slip(f"a: 1\nkey: {value}\n")
    assert (found.place.line, found.place.column, found.path) == (2, 6, "key")
    assert what in found.what
    assert found.cure == f'Write "{value}".'
    assert read_written(f'key: "{value}"').document == {"key": value}


@pytest.mark.parametrize(
    ("text", "line", "what", "cure"),
    [
        ("a:\n\tb: 1\n", 2, "tab", "spaces"),
        ("a: b: c\n", 1, "mapping values", "quotes"),
        ("a: 1\nb: [1, 2\n", 3, "flow sequence", "bracket"),
        ("a: 1\na: 2\n", 2, "written twice (first in line 1)", "Keep one"),
        ("a: 'open\n", 2, "quoted", "Close"),
        ("a:\n  - b\n c: d\n", 3, "expected key", "indentation"),
        ("a: *b\n", 1, "alias", "value itself"),
        ("a: 1\n---\nb: 1\n", 2, "another document", "one tariff a file"),
        ("a: !!python/object:os.system {}\n", 1, "tag", "plain data"),
        ("a: !made 1\n", 1, "tag", "plain data"),
        ("? [x]\n: 1\n", 1, "no word", "KEY"),
        ("a: \x07\n", 1, "control", "cannot be seen"),
        (b"a: 1\nb: \xff\n", 2, "UTF-8", "UTF-8"),
    ],
)
def test_a_slip_says_where_what_and_how_to_mend_it(
    text: str | bytes, line: int, what: str, cure: str
) -> None:
    found = slip(text)
    assert found.place.line == line
    assert what in found.what
    assert cure in found.cure


BOMB = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{c}: &{c} [{','.join([f'*{p}'] * 9)}]\n" for p, c in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [BOMB, "a: &a [*a]\n", "[" * 50_000, "{a: " * 50_000, "a: " + "x" * 1_000_001, b"\x00" * 1_000_001],
)
def test_what_would_fill_the_memory_is_refused_at_once(text: str | bytes) -> None:
    begin = time.perf_counter()
    found = slip(text)
    assert time.perf_counter() - begin < 4
    assert found.cure


@pytest.mark.parametrize("text", ["", "# nothing\n", "\ufeff"])
def test_an_empty_text_is_no_document(text: str) -> None:
    assert read_written(text).document is None


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(alphabet="ab:-[]{}&*!|>'\"\n\t #%@0.1", max_size=60), st.binary(max_size=60)))
@example("\x85: a")
@example("- - - -\n  ?")
def test_the_reader_answers_whatever_it_is_given(raw: str | bytes) -> None:
    written = read_written(raw)
    assert all(s.what and s.cure and s.place.line >= 1 for s in written.slips)

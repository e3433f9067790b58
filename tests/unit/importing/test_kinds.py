"""Amounts or a register: what many values settle, and what is asked because no number of them does."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kanchay.domain.importing import ImportPreview

Read = Callable[..., ImportPreview]


def table(header: str, values: list[float], minutes: int) -> str:
    rows = []
    for i, value in enumerate(values):
        day, minute = divmod(i * minutes, 1440)
        rows.append(
            f"2026-{1 + day // 28:02d}-{1 + day % 28:02d}T{minute // 60:02d}:{minute % 60:02d}:00Z,{value:g}"
        )
    return "\n".join([f"time,{header}", *rows]) + "\n"


RISING = [round(0.005 * (i + 1), 3) for i in range(72)]
ASKED = {
    "part of a day that only rises": (table("Production (kWh)", RISING, 5), "cumulative"),
    "named by its step of minutes": (table("Energy per 5 min (kWh)", RISING, 5), "interval"),
    "named by its step": (
        table("Daily consumption (kWh)", [5 + i / 20 for i in range(60)], 1440),
        "interval",
    ),
    "a register that stands still": (table("Energy (kWh)", [1000.0] * 96, 15), "cumulative"),
    "the same amount each time": (table("Energy (kWh)", [0.25] * 96, 15), "interval"),
}


@pytest.mark.parametrize("name", ASKED)
def test_what_values_leave_open_is_asked(name: str, read: Read) -> None:
    text, guess = ASKED[name]
    preview = read(text)
    assert [(q.guess, set(q.choices)) for q in preview.questions if q.code == "kind"] == [
        (guess, {"cumulative", "interval"})
    ]
    assert preview.series[0].kind.value == guess


def test_many_readings_of_a_register_are_not_asked(read: Read) -> None:
    for header, minutes in (("Energy (kWh)", 60), ("Daily reading (kWh)", 1440)):
        preview = read(table(header, [45_000 + 0.3 * i for i in range(72)], minutes))
        assert preview.series[0].kind.value == "cumulative"
        assert not [q for q in preview.questions if q.code == "kind"]


def test_a_register_that_stands_still_beside_one_that_rises(read: Read) -> None:
    pairs = "\n".join(f"2026-01-{1 + i // 24:02d}T{i % 24:02d}:00:00Z,{5000 + i},123.4" for i in range(72))
    preview = read(f"time,import_kwh,export_kwh\n{pairs}\n")
    assert [(s.kind.value, s.total) for s in preview.series] == [("cumulative", 71.0), ("cumulative", 0.0)]
    assert not preview.questions

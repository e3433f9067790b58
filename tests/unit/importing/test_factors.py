"""The factor of a meter: in a column or a line of prose, still to be multiplied by or in the values already."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from kanchay.adapters.files.factors import is_factor
from kanchay.domain.errors import FileRefused, InputError
from kanchay.domain.importing import ImportPreview

Read = Callable[..., ImportPreview]
N = 96
STEPS = [0.01 * (1 + i * 7 % 24) for i in range(N)]
REGISTER = [1000 + sum(STEPS[:i]) for i in range(N)]
ALL = 40 * sum(STEPS[:-1])  # what the register counts between its first and last reading


def times(n: int = N) -> list[str]:
    return [f"{datetime(2026, 3, 2) + timedelta(hours=i):%Y-%m-%d %H:%M}" for i in range(n)]


def csv(head: str, *columns: list[object] | object, above: str = "", sep: str = ",") -> str:
    cells = [c if isinstance(c, list) else [c] * N for c in columns]
    rows = (sep.join([t, *(f"{c:.6g}" if isinstance(c, float) else str(c) for c in row)])
            for t, row in zip(times(), zip(*cells, strict=True), strict=True))  # fmt: skip
    return "\n".join([*([above, ""] if above else []), head, *rows, ""])


def total(preview: ImportPreview) -> float:
    (series,) = [s for s in preview.series if s.total is not None]
    return series.total or 0.0


def asked(preview: ImportPreview) -> list[tuple[str, str]]:
    return [(q.code, q.guess) for q in preview.questions if q.code == "factor"]


NAMES = (
    "CT ratio",
    "Factor",
    "Multiplier",
    "Constante",
    "Multiplicador",
    "Wandlerfaktor",
    "Meter Multiplier",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_register_beside_its_factor_is_asked_and_guessed_raw(name: str, read: Read) -> None:
    found = read(csv(f"Time,Import register kWh,{name}", REGISTER, 40), tz="UTC")
    assert asked(found) == [("factor", "apply")]
    assert total(found) == pytest.approx(ALL, rel=1e-3)
    assert [s.column for s in found.series] == ["Import register kWh"]


def test_a_register_with_the_newest_row_first_is_guessed_raw_too(read: Read) -> None:
    head, *rows = csv("Time,Import register kWh,Factor", REGISTER, 40).splitlines()
    found = read("\n".join([head, *rows[::-1], ""]), tz="UTC")
    assert asked(found) == [("factor", "apply")]
    assert total(found) == pytest.approx(ALL, rel=1e-3)


def test_amounts_beside_a_factor_are_asked_and_guessed_done(read: Read) -> None:
    text = csv("Time,Import kWh,Multiplier", STEPS, 40)
    assert asked(read(text, tz="UTC")) == [("factor", "applied")]
    assert total(read(text, tz="UTC", factor="applied")) == pytest.approx(sum(STEPS))
    assert total(read(text, tz="UTC", factor="apply")) == pytest.approx(40 * sum(STEPS))
    assert asked(read(text, tz="UTC", factor="apply")) == []


def test_a_factor_of_one_is_no_question(read: Read) -> None:
    found = read(csv("Time,Import kWh,Factor", STEPS, "1.000"), tz="UTC")
    assert asked(found) == []
    assert total(found) == pytest.approx(sum(STEPS))


@pytest.mark.parametrize("done", ["amounts", "steps"])
def test_a_product_beside_the_raw_values_settles_it(done: str, read: Read) -> None:
    raw = STEPS if done == "amounts" else REGISTER
    steps = STEPS if done == "amounts" else [0.0, *(b - a for a, b in pairwise(REGISTER))]
    found = read(csv("Time,Import raw kWh,Multiplier,Import kWh", raw, 40, [40 * s for s in steps]), tz="UTC")
    assert asked(found) == []
    assert [s.column for s in found.series] == ["Import kWh"]
    assert total(found) == pytest.approx(40 * sum(steps), rel=1e-3)
    assert ("left_out", "Import raw kWh") in found.facts


def test_words_settle_it(read: Read) -> None:
    raw = read(csv("Time,Import kWh (raw),Factor", STEPS, 40), tz="UTC")
    assert asked(raw) == []
    assert total(raw) == pytest.approx(40 * sum(STEPS))
    done = read(csv("Time,Import kWh (con factor),Factor", STEPS, 40), tz="UTC")
    assert asked(done) == []
    assert total(done) == pytest.approx(sum(STEPS))


@pytest.mark.parametrize(
    "line",
    ["Multiplicador: 40", "CT ratio 200/5", "Factor de medición = 40,000", "Constante;40", "RTC: 200:5 A",
     "CT 20/5; PT ratio: 10:1"],
)  # fmt: skip
def test_a_line_above_tells_the_factor(line: str, read: Read) -> None:
    lines = "\n".join(line.split("; "))
    found = read(csv("Time,Import register kWh", REGISTER, above=f"Cliente: X\n{lines}"), tz="UTC")
    assert asked(found) == [("factor", "apply")]
    assert total(found) == pytest.approx(ALL, rel=1e-3)
    assert dict(found.facts)["factor"].startswith("40:")


@pytest.mark.parametrize(
    "line",
    [
        "Factor de potencia: 0.92",
        "Load factor 45",
        "Emission factor: 40",
        "Tarifa MT2",
        "TC: 3.75",
        "Factor: 1",
        "Contador 40",
    ],
)
def test_other_factors_are_none(line: str, read: Read) -> None:
    found = read(csv("Time,Import kWh", STEPS, above=line), tz="UTC")
    assert asked(found) == []
    assert total(found) == pytest.approx(sum(STEPS))


def test_only_what_stands_behind_the_transformer_is_multiplied(read: Read) -> None:
    found = read(csv("Time,Import register kWh,Temperature C,CT ratio", REGISTER, 21.5, "200/5"), tz="UTC")
    assert {s.quantity.value: s.observations.value.max() for s in found.series if s.observations}[
        "temperature"
    ] == pytest.approx(21.5)


def test_each_meter_has_its_own_factor(read: Read) -> None:
    rows = [
        f"{m},{t},{v:.6g},{f}" for m, f in (("A", 40), ("B", 2)) for t, v in zip(times(), STEPS, strict=True)
    ]
    found = read("\n".join(["meter,time,import raw kWh,factor", *rows, ""]), tz="UTC")
    assert {s.name: s.total for s in found.series} == {
        "A": pytest.approx(40 * sum(STEPS)),
        "B": pytest.approx(2 * sum(STEPS)),
    }


def test_a_day_a_row_with_its_factor(read: Read) -> None:
    hours = ",".join(f"{h:02d}:00" for h in range(24))
    days = (
        f"2026-03-{2 + d:02d},40,{','.join(f'{s:.6g}' for s in STEPS[24 * d : 24 * d + 24])}"
        for d in range(4)
    )
    found = read("\n".join([f"date,multiplier,{hours}", *days, ""]), tz="UTC", unit="kWh", factor="apply")
    assert total(found) == pytest.approx(40 * sum(STEPS))


def steps_of(preview: ImportPreview) -> dict[str, float]:
    """Energy by the local hour in which a step begins."""
    (series,) = preview.series
    seen = series.observations
    assert seen is not None
    return {
        f"{datetime.fromtimestamp(s, UTC):%d %H:%M}": round(v, 6)
        for s, v in zip(seen.start.tolist(), seen.value.tolist(), strict=True)
    }


HAND = """time,import register kWh,factor
2026-03-02 00:00,1000.0,40
2026-03-02 01:00,1000.5,40
2026-03-02 02:00,1001.5,40
2026-03-02 03:00,1001.7,60
2026-03-02 04:00,1002.0,60
2026-03-02 05:00,1003.0,60
2026-03-02 07:00,1005.0,60
"""
# 0.5 and 1.0 at 40; the hour from 02:00 is open; 0.3 and 1.0 at 60; two hours of 2.0 at 60.
BY_HAND = {"02 00:00": 20.0, "02 01:00": 40.0, "02 03:00": 18.0, "02 04:00": 60.0, "02 05:00": 120.0}


@pytest.mark.parametrize("order", ["as read", "newest first"])
def test_a_register_whose_factor_changes_takes_each_step_with_its_own(order: str, read: Read) -> None:
    head, *rows = HAND.splitlines()
    text = "\n".join([head, *(rows if order == "as read" else rows[::-1]), ""])
    found = read(text, tz="UTC", factor="apply")
    assert steps_of(found) == BY_HAND
    (series,) = found.series
    assert (series.kind.value, series.unit, series.total) == ("interval", "kWh", pytest.approx(258.0))
    assert ("factor_changes", "1") in found.facts
    assert dict(found.facts)["factor"] == "40, 60: factor"
    assert not found.questions
    assert series.observations is not None
    assert series.observations.end[-1] - series.observations.start[-1] == 7200
    assert series.observations.quality.tolist() == [
        0,
        0,
        0,
        0,
        1,
    ]  # two hours in one step: no hour can claim it


def test_the_meter_is_changed_with_its_factor(read: Read) -> None:
    """The new meter begins at zero with another factor, and later starts again: only what is known is counted."""
    before, after = [5000 + 2.0 * i for i in range(30)], [0.25 * i for i in range(30)]
    again = [0.25 * i for i in range(1, 31)]
    registers, factors = before + after + again, [10] * 30 + [80] * 60
    rows = (f"{t},{v},{f}" for t, v, f in zip(times(90), registers, factors, strict=True))
    found = read("\n".join(["time,import register kWh,CT ratio", *rows, ""]), tz="UTC", factor="apply")
    known = 10 * 2.0 * 29 + 80 * 0.25 * 29 + 80 * 0.25 * 30
    assert total(found) == pytest.approx(known)
    assert len(steps_of(found)) == 29 + 29 + 30


def test_amounts_whose_factor_changes_take_the_one_of_their_row(read: Read) -> None:
    found = read(csv("Time,Import kWh,Factor", STEPS, [40] * 48 + [60] * 48), tz="UTC", factor="apply")
    assert total(found) == pytest.approx(40 * sum(STEPS[:48]) + 60 * sum(STEPS[48:]))
    assert "factor_changes" not in dict(found.facts)


@pytest.mark.parametrize("kind", ["", "cumulative"])
def test_clocks_that_change_with_the_factor_lose_no_hour(kind: str, read: Read) -> None:
    """In the night when clocks fall back labels stand twice; the register goes on, and the factor changes next day."""
    hours = [datetime(2026, 10, 24, 22, tzinfo=UTC) + timedelta(hours=i) for i in range(48)]
    lines = (
        f"{h.astimezone(ZoneInfo('Europe/Madrid')):%Y-%m-%d %H:%M},{100 + 0.5 * i},{40 if i < 30 else 60}"
        for i, h in enumerate(hours)
    )
    text = "\n".join(["time,import register kWh,factor", *lines, ""])
    given = {"kind": kind} if kind else {}
    found = read(text, tz="Europe/Madrid", factor="apply", **given)
    assert len(steps_of(found)) == 46
    assert total(found) == pytest.approx(0.5 * (29 * 40 + 17 * 60))


def test_a_factor_that_changes_all_the_time_is_refused(read: Read) -> None:
    with pytest.raises(FileRefused, match="changes all the time"):
        read(csv("Time,Import register kWh,Factor", REGISTER, [40, 60] * 48), tz="UTC", factor="apply")


def test_a_register_whose_factor_changes_is_asked_first(read: Read) -> None:
    found = read(csv("Time,Import register kWh,Factor", REGISTER, [40] * 48 + [60] * 48), tz="UTC")
    assert asked(found) == [("factor", "apply")]
    done = read(
        csv("Time,Import register kWh,Factor", REGISTER, [40] * 48 + [60] * 48), tz="UTC", factor="applied"
    )
    assert total(done) == pytest.approx(REGISTER[-1] - REGISTER[0], rel=1e-4)


def test_a_factor_in_a_tree(read: Read) -> None:
    rows = [{"time": f"{t}:00Z", "import_register_kwh": v} for t, v in zip(times(), REGISTER, strict=True)]
    found = read(json.dumps({"meter": "7", "multiplier": 40, "version": 3, "rows": rows}), tz="UTC")
    assert asked(found) == [("factor", "apply")]
    assert total(found) == pytest.approx(ALL, rel=1e-3)


def test_somebody_names_the_factor(read: Read) -> None:
    assert total(read(csv("Time,Import kWh", STEPS), tz="UTC", factor="40")) == pytest.approx(40 * sum(STEPS))
    nem = "100,NEM12,202603010000,M,R\n200,N,E1,1,E1,N1,M1,kWh,30,\n"
    nem += f"300,20260302,{','.join(['0.5'] * 48)},A,,,20260303000000,\n900\n"
    assert total(read(nem, factor="200/5")) == pytest.approx(960)
    with pytest.raises(InputError, match="no factor"):
        read(csv("Time,Import kWh", STEPS), tz="UTC", factor="many")


def test_names_of_factors() -> None:
    assert all(is_factor(name) for name in (*NAMES, "ct_ratio", "data.multiplier"))
    others = (
        "Power factor",
        "Factor de potencia",
        "load factor",
        "kWh",
        "Faktor Gas",
        "Emission factor",
        "CT clamp power",
    )
    assert not any(is_factor(name) for name in others)

"""The factor of a meter: in a column or a line of prose, still to be multiplied by or in the values already."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

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


def test_a_register_whose_factor_changes_is_refused(read: Read) -> None:
    with pytest.raises(FileRefused, match="factor of the register"):
        read(
            csv("Time,Import register kWh,Factor", REGISTER, [40] * 48 + [60] * 48), tz="UTC", factor="apply"
        )


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

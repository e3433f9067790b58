"""A unit column may change from row to row: the values follow it, and another quantity is another series."""

from __future__ import annotations

import pytest

HOURS = [f"2026-05-01T{h:02d}:00:00Z" for h in range(24)]
USED = [round(0.1 + 0.05 * (h * 7 % 5), 2) for h in range(24)]


def told(preview):
    return {
        (s.quantity.value, s.unit): round(s.total if s.total is not None else -1, 6) for s in preview.series
    }


def test_rows_of_one_quantity_are_brought_to_one_unit(read):
    rows = [
        f"{t},{x},kWh" if h < 9 else f"{t},{x * 1000:.0f},Wh"
        for h, (t, x) in enumerate(zip(HOURS, USED, strict=True))
    ]
    assert told(read("\n".join(["time,Import,unit", *rows]))) == {
        ("electric_energy", "kWh"): pytest.approx(sum(USED))
    }


def test_rows_of_another_quantity_are_another_series(read):
    rows = [
        row
        for h, (t, x) in enumerate(zip(HOURS, USED, strict=True))
        for row in (f"{t},{x},kWh", f"{t},{15 + h % 4},°C")
    ]
    preview = read("\n".join(["time,value,unit", *rows]))
    assert {s.quantity.value: s.n for s in preview.series} == {"electric_energy": 24, "temperature": 24}
    assert ("electric_energy", "kWh") in told(preview)
    assert told(preview)["electric_energy", "kWh"] == pytest.approx(sum(USED))
    assert not [q for q in preview.questions if q.code == "key"]


def test_units_that_go_with_the_meters_split_nothing(read):
    rows = [
        row
        for t, x in zip(HOURS, USED, strict=True)
        for row in (f"{t},A,{x},kWh", f"{t},B,{x * 1000:.0f},Wh")
    ]
    preview = read("\n".join(["time,meter,Import,unit", *rows]))
    assert [(s.name, round(s.total, 6)) for s in preview.series] == [
        (name, pytest.approx(sum(USED))) for name in ("A", "B")
    ]


def test_one_row_a_day_with_units(read):
    head = ";".join(["Fecha", "Unidad", *(f"{h:02d}:00" for h in range(24))])
    days = [
        ";".join([f"{d:02d}/05/2026", unit, *(f"{x * factor:g}".replace(".", ",") for x in USED)])
        for d in range(13, 19)
        for unit, factor in (("kWh" if d < 15 else "Wh", 1 if d < 15 else 1000), ("kVArh", 0.5))
    ]
    assert told(read("\n".join([head, *days]), tz="America/Lima")) == {
        ("electric_energy", "kWh"): pytest.approx(6 * sum(USED)),
        ("reactive_energy", "kvarh"): -1,
    }


@pytest.mark.parametrize("cell", ['="{0}"', '"=""{0}"""'])
def test_times_that_a_formula_quotes(read, cell):
    rows = [f"{cell.format(t)},{cell.format(x)}" for t, x in zip(HOURS, USED, strict=True)]
    (series,) = read("\n".join(["time,Import (kWh)", *rows])).series
    assert (series.n, series.total) == (24, pytest.approx(sum(USED)))


@pytest.mark.parametrize("tail", ["GW", "GWh", "MW", "W", "Mvarh", "kvar", "°F", "m³"])
def test_every_unit_behind_a_number_is_a_unit(read, tail):
    cells = "".join(f"2026-05-01 {h:02d}:00,{h + 5} {tail}\n" for h in range(24))
    one_other = cells.replace("5 " + tail, "5 kW", 1)
    for text in (cells, one_other):
        assert read("time,value\n" + text, tz="America/Lima").series


def test_a_unit_of_the_whole_just_above_the_names_is_none_of_the_first_column(read):
    """ "Unit: kW" above a column of meters made them numbers in kW, and three meters one."""
    rows = [
        f"{m},{t},{x * k:g}"
        for k, m in enumerate((100200300, 100200301), 1)
        for t, x in zip(HOURS, USED, strict=True)
    ]
    found = read("\n".join(["Load profile", "Unit: kW", "Meter,Time,Power Import", *rows]))
    assert [(s.source_unit, s.total) for s in found.series] == [
        ("kW", pytest.approx(sum(USED))),
        ("kW", pytest.approx(2 * sum(USED))),
    ]
    assert found.questions == ()

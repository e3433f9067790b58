"""What stands beside a column may share its row's unit without being an amount: money, heated water, other media."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

DAYS = [date(2025, 2, 1) + timedelta(d) for d in range(20)]
USED = [round(7 + (d * 7 % 11) / 2, 1) for d in range(20)]


def told(preview):
    return {s.column or s.name: s.quantity.value for s in preview.series}


@pytest.mark.parametrize("key", ["unit", "units", "daily_units"])
def test_a_table_of_units_beside_the_list(read, key):
    rows = [
        {"date": f"{d}", "electricityNormal": v, "electricityReturn": v / 10, "gas": v / 3, "note": "x"}
        for d, v in zip(DAYS, USED, strict=True)
    ]
    text = json.dumps({"consumption": rows, key: {"date": "iso8601", "electricity": "Wh", "gas": "m3"}})
    preview = read(text, name="usage.json", tz="Europe/Amsterdam")
    assert told(preview) == {
        "electricityNormal": "electric_energy", "electricityReturn": "electric_energy", "gas": "gas",
    }  # fmt: skip
    assert {s.column: s.source_unit for s in preview.series} == {
        "electricityNormal": "Wh", "electricityReturn": "Wh", "gas": "m3",
    }  # fmt: skip


def test_a_unit_with_names_of_its_own_is_no_table(read):
    rows = [{"date": f"{d}", "value": v} for d, v in zip(DAYS, USED, strict=True)]
    (series,) = read(
        json.dumps({"unit": {"symbol": "Wh"}, "data": rows}), name="u.json", tz="Europe/Berlin"
    ).series
    assert series.source_unit == "Wh"


@pytest.mark.parametrize(
    "name", ["Amount", "Total amount", "Amount due", "Charge", "Rate", "Importo", "Belopp"]
)
def test_money_takes_no_unit_of_its_row(read, name):
    rows = [f"{d},Electric,{v},kWh,{v / 5:.2f}" for d, v in zip(DAYS, USED, strict=True)]
    preview = read("\n".join([f"Date,Service,Usage,Unit,{name}", *rows]), tz="America/New_York")
    assert [s.column for s in preview.series if s.total is not None] == ["Usage"]


@pytest.mark.parametrize("names", ["Amount", "Reading,Amount", "Amount (kWh)"])
def test_an_amount_alone_is_what_was_used(read, names):
    rows = [
        f"{d},kWh,{'' if ',' not in names else f'{1000 + sum(USED[: i + 1]):.1f},'}{v}"
        for i, (d, v) in enumerate(zip(DAYS, USED, strict=True))
    ]
    preview = read("\n".join([f"Date,Unit,{names}", *rows]), tz="America/New_York")
    amount = next(s for s in preview.series if s.column.startswith("Amount"))
    assert (amount.quantity.value, amount.total) == ("electric_energy", pytest.approx(sum(USED)))


def test_cubic_metres_beside_litres_are_water(read):
    readings = [f"{120 + sum(USED[: i + 1]) / 1000:.3f}" for i in range(20)]
    rows = [f"{d:%d/%m/%Y};{r};{v * 10:.0f}" for d, r, v in zip(DAYS, readings, USED, strict=True)]
    preview = read("\n".join(["Fecha;Lectura (m3);Consumo (l)", *rows]), tz="Europe/Madrid")
    assert told(preview) == {"Lectura (m3)": "water", "Consumo (l)": "water"}


def test_cubic_metres_without_a_word_are_asked(read):
    rows = [f"{d:%d/%m/%Y};{v}" for d, v in zip(DAYS, USED, strict=True)]
    preview = read("\n".join(["Fecha;Lectura (m3)", *rows]), tz="Europe/Madrid")
    (question,) = [q for q in preview.questions if q.code.startswith("column:")]
    assert (question.guess, "water" in question.choices) == ("gas", True)
    said = read("\n".join(["Fecha;Lectura gas (m3)", *rows]), tz="Europe/Madrid")
    assert not [q for q in said.questions if q.code.startswith("column:")]


def test_cubic_metres_beside_the_energy_that_they_burn_to_are_gas(read):
    rows = [f"{d:%d/%m/%Y};{v};{v * 11.2:.2f}" for d, v in zip(DAYS, USED, strict=True)]
    preview = read("\n".join(["Date;Volume (m3);Énergie (kWh)", *rows]), tz="Europe/Paris")
    assert {s.quantity.value for s in preview.series} == {"gas"}
    assert not [q for q in preview.questions if q.code.startswith("column:")]


def test_what_flows_through_a_heat_meter_is_no_gas(read):
    rows = [
        row
        for i, (d, v) in enumerate(zip(DAYS, USED, strict=True))
        for row in (f"{d:%d.%m.%Y};30001234;Heat;{18000 + 7 * i + v};kWh;Energy",
                    f"{d:%d.%m.%Y};30001234;Heat;{410 + i * 0.2:.2f};m3;Volume")
    ]  # fmt: skip
    preview = read("\n".join(["Date;Serial;Medium;Value;Unit;Description", *rows]), tz="Europe/Berlin")
    assert sorted(s.quantity.value for s in preview.series) == ["heat", "signal"]


def test_cells_with_the_sign_of_a_currency_are_money(read):
    rows = [f"{d},{v},kWh,${v / 5:.2f}" for d, v in zip(DAYS, USED, strict=True)]
    preview = read("\n".join(["Date,usage,unit,value", *rows]), tz="America/New_York")
    assert [(s.column, s.total) for s in preview.series if s.total is not None] == [
        ("usage", pytest.approx(sum(USED)))
    ]


HOURLY = [(d, h, round(0.2 + (h * 7 % 11) / 20 + d.day / 100, 3)) for d in DAYS[:4] for h in range(24)]
SUMS = {d: sum(v for e, _, v in HOURLY if e == d) for d in DAYS[:4]}


@pytest.mark.parametrize("late", [0, 1])
def test_the_sum_of_the_day_in_each_of_its_rows_is_told_once(read, late):
    rows = [
        f"{d + timedelta((h + late) // 24)} {(h + late) % 24:02d}:00,{v},{SUMS[d]:.3f}" for d, h, v in HOURLY
    ]
    preview = read("\n".join(["time,kWh,Day total (kWh)", *rows]), tz="America/Lima")
    assert told(preview) == {"kWh": "electric_energy", "Day total (kWh)": "signal"}


@pytest.mark.parametrize(
    "name",
    ["Forecast kWh", "Budget (kWh)", "Last year kWh", "Similar homes (kWh)", "Prognose (kWh)", "Vorjahr kWh"],
)
def test_what_was_expected_or_used_by_others_flows_nowhere(read, name):
    rows = [f"{d} {h:02d}:00,{v},{v * 1.1:.3f}" for d, h, v in HOURLY]
    preview = read("\n".join([f"time,kWh,{name}", *rows]), tz="America/Lima")
    assert told(preview) == {"kWh": "electric_energy", name: "signal"}
    (alone,) = read(
        "\n".join([f"time,{name}", *(r.rsplit(",", 1)[0] for r in rows)]), tz="America/Lima"
    ).series
    assert alone.quantity.value == "electric_energy"

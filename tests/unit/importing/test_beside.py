"""Columns beside the energy: rates, means, readings that explain it, columns without names, sums of a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from math import pi, sin

import pytest

from kanchay.domain.importing import ImportPreview
from kanchay.domain.point import Kind
from kanchay.domain.units import Quantity

Read = Callable[..., ImportPreview]

DAYS = [datetime(2024, 1, 1) + timedelta(days=i) for i in range(40)]
USED = [5 + i * 37 % 11 + i * 7 % 10 / 10 for i in range(40)]


def table(head: str, *columns: list[float] | list[str]) -> str:
    return "\n".join(
        [head, *(",".join([f"{d:%Y-%m-%d}", *map(str, row)]) for d, *row in zip(DAYS, *columns, strict=True))]
    )


def energies(preview: ImportPreview) -> list[str]:
    return [s.name for s in preview.series if s.quantity is Quantity.ELECTRIC_ENERGY]


@pytest.mark.parametrize(
    "name",
    [
        "self_consumption_rate",
        "Eigenverbrauchsquote",
        "Average kWh per day",
        "promedio diario kWh",
        "load factor",
    ],
)
def test_rates_and_means_are_no_energy(read: Read, name: str) -> None:
    preview = read(table(f"date,consumption_kwh,{name}", USED, [u / 2 + 9 for u in USED]), tz="America/Lima")
    assert energies(preview) == ["consumption_kwh"]
    assert not preview.questions


def test_what_was_used_a_day_is_no_energy_of_a_month(read: Read) -> None:
    used = [300, 280, 310, 250, 270, 240, 230, 260, 280, 290, 320, 310]
    rows = [f"2024-{m:02d}-05,{u},{u / 30:.2f}" for m, u in enumerate(used, 1)]
    assert energies(read("\n".join(["Read date,kWh,kWh/day", *rows]), tz="Europe/London")) == ["kWh"]
    hourly = read(table("date,kWh day,kWh night", USED, [u / 2 for u in USED]), tz="Europe/London")
    assert energies(hourly) == ["kWh day", "kWh night"]


def test_readings_that_explain_the_use_are_not_asked(read: Read) -> None:
    shown = [1000 + sum(USED[: i + 1]) for i in range(40)]
    before = [round(s - u, 3) for s, u in zip(shown, USED, strict=True)]
    for head, columns in (
        ("Date,Previous reading,Current reading,Usage kWh", (before, shown, USED)),
        ("Date,Index,Usage kWh", (shown, USED)),
    ):
        preview = read(table(head, *columns), tz="Europe/Paris")
        assert energies(preview) == ["Usage kWh"]
        assert not preview.questions
    assert read(table("Date,Index,Usage kWh", [9 * u for u in USED], USED), tz="Europe/Paris").questions


def hours(n: int) -> list[datetime]:
    return [datetime(2024, 5, 1) + timedelta(hours=i) for i in range(n)]


@pytest.mark.parametrize(("n", "days"), [(24 * 5, 5), (24 * 9, 9)])
def test_a_register_that_begins_anew_each_day(read: Read, n: int, days: int) -> None:
    shown, rows = 0.0, []
    for t in hours(n):
        shown = 0.0 if t.hour == 0 else shown
        shown += max(0.0, sin((t.hour - 6) / 12 * pi)) if 6 < t.hour < 18 else 0.0
        rows.append(f"{t:%Y-%m-%d %H:%M},{shown:.3f}")
    series = read("\n".join(["time,EToday kWh", *rows]), tz="America/Lima").series[0]
    a_day = sum(sin((h - 6) / 12 * pi) for h in range(7, 18))
    assert (series.kind, series.total) == (Kind.CUMULATIVE, pytest.approx(days * a_day, rel=0.001))


def test_amounts_that_climb_several_times_a_day_are_amounts(read: Read) -> None:
    rows = [f"{t:%Y-%m-%d %H:%M},{t.hour % 7 + 0.5}" for t in hours(24)]
    assert read("\n".join(["time,Import kWh", *rows]), tz="America/Lima").series[0].kind is Kind.INTERVAL


def test_amounts_that_rise_five_days_long_are_amounts(read: Read) -> None:
    series = read(table("date,Feed-in kWh", [i % 5 * 0.4 for i in range(40)]), tz="Europe/Amsterdam").series[
        0
    ]
    assert (series.kind, series.total) == (Kind.INTERVAL, pytest.approx(32.0))


@pytest.mark.parametrize(
    ("beside", "quantity"),
    [([round(u * 0.31, 4) for u in USED], "signal"), ([229 + u / 4 for u in USED], "voltage"),
     ([u * u % 13 + 1 for u in USED], "electric_energy")],
)  # fmt: skip
def test_a_second_column_without_a_name_is_asked_by_its_place(
    read: Read, beside: list[float], quantity: str
) -> None:
    text = "\n".join(f"{t:%Y-%m-%d %H:%M};{u};{b}" for t, u, b in zip(hours(40), USED, beside, strict=True))
    preview = read(text, tz="America/Lima")
    assert [(q.code, q.guess) for q in preview.questions if q.code.startswith("column")] == [
        ("column:#3", quantity)
    ]
    assert [s.name for s in preview.series] == ["electricity", "#3"]


def test_sums_and_peaks_behind_the_hours_of_a_day_are_no_hours(read: Read) -> None:
    days = [[(d.day * 7 + h * 5) % 23 / 10 for h in range(24)] for d in DAYS]
    text = "\n".join(
        ",".join([f"{d:%Y-%m-%d}", *map(str, v), f"{sum(v):.1f}", str(max(v))])
        for d, v in zip(DAYS, days, strict=True)
    )
    series = read(text, tz="America/Lima").series
    assert [(s.n, s.total) for s in series] == [(960, pytest.approx(sum(map(sum, days))))]


def test_a_running_sum_and_a_register_are_counted_once(read: Read) -> None:
    shown = [round(sum(USED[: i + 1]), 3) for i in range(40)]
    assert energies(read(table("date,kWh,cumulative_kWh", USED, shown), tz="Europe/London")) == ["kWh"]
    meter = [round(1000 + s, 3) for s in shown]
    both = read(table("date,Bezug kWh,Zählerstand Bezug kWh", USED, meter), tz="Europe/Berlin").series
    assert [(s.kind, s.is_submeter) for s in both] == [(Kind.INTERVAL, False), (Kind.CUMULATIVE, True)]


def test_signs_of_engineering_beside_each_other(read: Read) -> None:
    rows = [
        f"{t:%Y-%m-%d %H:%M},{230 + i % 3},{1 + i % 4 / 10},{400 + i % 50},{100 + i % 9}"
        for i, t in enumerate(hours(48))
    ]
    preview = read("\n".join(["time,U,I,P,Q", *rows]), tz="Europe/Berlin")
    assert [s.quantity.value for s in preview.series] == ["voltage", "current", "power", "reactive_power"]
    assert (
        read("\n".join(["time,U,I,P,Q", *rows]), tz="Europe/Berlin", unit="W").series[0].quantity
        is Quantity.VOLTAGE
    )
    phases = read("\n".join(["time,V_L1,I_L1,P_kW,Q_kvar", *rows]), tz="Europe/Berlin")
    assert [s.quantity.value for s in phases.series][:2] == ["voltage", "current"]


def test_a_time_in_seconds_beside_a_date_is_no_register(read: Read) -> None:
    rows = [f"{t:%Y-%m-%d %H:%M},{1714521600 + 3600 * i},{1 + i % 3}" for i, t in enumerate(hours(48))]
    for name in ("Epoch", "moment", "unix_time"):
        assert energies(read("\n".join([f"date,{name},Import kWh", *rows]), tz="UTC")) == ["Import kWh"]
    register = read("\n".join(["date,Energy register Wh,Import kWh", *rows]), tz="UTC")
    assert "Energy register Wh" in energies(register)

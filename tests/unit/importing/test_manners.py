"""Manners of single files: spans of bare hours, the time of a peak, bills newest first, heat meters, currencies."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

FIRST = date(2024, 6, 1)


def flows(preview):
    return {s.name: (s.quantity.value, s.n, s.total) for s in preview.series if s.quantity.value != "signal"}


def test_hours_as_spans_of_bare_numbers(read):
    rows = [f"{FIRST + timedelta(d):%d.%m.%Y};{h}-{h + 1};{1 + h % 5},5" for d in range(2) for h in range(24)]
    found = read("\n".join(["Datum;Stunde;Verbrauch (kWh)", *rows]), tz="Europe/Sofia")
    (series,) = found.series
    assert (series.n, series.resolution_s) == (48, 3600)
    assert series.total == pytest.approx(2 * sum(1.5 + h % 5 for h in range(24)))
    assert series.start == 1717189200  # midnight in Sofia


def test_the_time_of_a_peak_is_not_that_of_the_row(read):
    rows = [
        f"{FIRST + timedelta(d):%Y-%m-%d},{300 + d}.5,{20 + d}.1,{9 + d % 3}:{d % 4 * 15:02d} AM"
        for d in range(14)
    ]
    text = "\n".join(["Date,Consumption (kWh),Peak Demand (kW),Peak Time", *rows])
    energy = next(s for s in read(text, tz="UTC").series if s.quantity.value == "electric_energy")
    assert (energy.resolution_s, energy.start % 86400, energy.n) == (86400, 0, 14)


def test_bills_from_the_newest_on_tell_the_order_of_their_dates(read):
    days = ("12/8", "11/7", "10/8", "9/8", "8/7", "7/8", "6/6", "5/7", "4/7", "3/4", "2/6", "1/7")
    text = "\n".join(["Read Date,KWH", *(f"{d}/2014,{400 + i}" for i, d in enumerate(days))])
    found = read(text, tz="America/New_York")
    assert "day_first" not in {q.code for q in found.questions}
    assert dict(found.facts)["date_order"] == "mdy"


def test_a_run_that_rises_both_ways_is_still_asked(read):
    text = "\n".join(["Date,kWh", *(f"1/{d}/2014,{10 + d}" for d in range(1, 13))])
    assert "day_first" in {q.code for q in read(text, tz="UTC").questions}


def test_energy_of_water_that_comes_warm_and_leaves_cold_is_heat(read):
    rows = [
        f"{FIRST + timedelta(d):%d-%m-%Y};{412 + d * 0.06:.3f};{8123 + 2 * d};71,2;38,1;6,{d % 9}"
        for d in range(30)
    ]
    text = "\n".join(["Dato;Energi (MWh);Volumen (m3);Fremløb (°C);Retur (°C);Effekt (kW)", *rows]).replace(
        ".", ","
    )
    kinds = {s.column: s.quantity.value for s in read(text, tz="Europe/Copenhagen").series}
    assert kinds["Energi (MWh)"] == "heat"
    assert "electric_energy" not in kinds.values()
    assert kinds["Effekt (kW)"] == "signal"


def test_a_rule_below_the_names_is_no_head(read):
    rows = [f"| {FIRST + timedelta(d):%d.%m.%Y} | {10450 + 7 * d},5 |" for d in range(30)]
    text = "\n".join(["| Datum        | Zählerstand (kWh) |", "|--------------|-------------------|", *rows])
    (series,) = read(text, tz="Europe/Berlin").series
    assert (series.column, series.kind.value) == ("Zählerstand (kWh)", "cumulative")


def test_an_amount_in_a_currency_is_money(read):
    rows = [f"{FIRST + timedelta(d):%Y-%m-%d},{8 + d % 5},{96.5 + d}" for d in range(20)]
    assert list(flows(read("\n".join(["Date,Units (kWh),Amount (Rs)", *rows]), tz="Asia/Kathmandu"))) == [
        "Units (kWh)"
    ]


@pytest.mark.parametrize(("hour", "mark"), [("{}", "B"), ("HE{:02d}", "*"), ("H{}", " (2)")])
def test_a_column_for_the_second_pass_of_an_hour_counts(read, hour, mark):
    names = [hour.format(h) for h in range(1, 25)]
    rows = [
        f"2024-11-0{d},"
        + ",".join(
            [f"{h * 7 % 5}.5" for h in (1, 2)]
            + ["7.25" if d == 3 else ""]
            + [f"{h * 7 % 5}.5" for h in range(3, 25)]
        )
        for d in range(1, 6)
    ]
    head = ",".join(["Date", *names[:2], names[1] + mark, *names[2:]])
    (series,) = read("\n".join([head, *rows]), tz="America/New_York", unit="kWh").series
    assert (series.n, series.duplicates, series.missing) == (121, 0, 0)
    assert series.total == pytest.approx(5 * sum(h * 7 % 5 + 0.5 for h in range(1, 25)) + 7.25)

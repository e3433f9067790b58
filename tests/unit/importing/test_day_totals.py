"""Totals of a day among its hours are no hours; a midnight written without its 00:00 is one."""

from __future__ import annotations

import pytest

DAYS = range(13, 17)
HOURS = [(d, h, round(0.1 + (d * h) % 7 / 10, 1)) for d in DAYS for h in range(24)]
ALL = pytest.approx(sum(v for *_, v in HOURS))


def totals(pattern: str) -> dict[int, str]:
    return {d: pattern.format(d, sum(v for e, _, v in HOURS if e == d)) for d in DAYS}


@pytest.mark.parametrize("pattern", ["{0}/05/2026;{1:.1f}\n", "Total {0}/05/2026;{1:.1f}\n"])
def test_a_total_below_each_day(read, pattern):
    below = totals(pattern)
    rows = [f"{d}/05/2026 {h:02d}:00;{v}\n" + (below[d] if h == 23 else "") for d, h, v in HOURS]
    (series,) = (preview := read("Fecha;Consumo (kWh)\n" + "".join(rows), tz="America/Lima")).series
    assert (series.n, series.total) == (96, ALL)
    assert not [q for q in preview.questions if q.code == "key"]


@pytest.mark.parametrize("first", ["days", "hours"])
def test_a_table_of_days_beside_one_of_hours(read, first):
    days = "Date,kWh\n" + "".join(f"2026-05-{d},{sum(v for e, _, v in HOURS if e == d):.1f}\n" for d in DAYS)
    hours = "Date,kWh\n" + "".join(f"2026-05-{d} {h:02d}:00,{v}\n" for d, h, v in HOURS)
    parts = [f"Daily use (kWh)\n{days}", f"Hourly use (kWh)\n{hours}"]
    text = "\n".join(parts if first == "days" else parts[::-1])
    (series,) = read(text, tz="America/Lima").series
    assert (series.n, series.total) == (96, ALL)


def test_a_midnight_without_its_clock_time(read):
    rows = [f"{d}.05.2026{f' {h:02d}:00' if h else ''};{v}\n" for d, h, v in HOURS[1:]]
    (series,) = read("Zeit;Verbrauch (kWh)\n" + "".join(rows), tz="Europe/Berlin").series
    assert (series.n, series.total) == (95, pytest.approx(sum(v for *_, v in HOURS[1:])))

"""Lines that say less than a row: a date alone above its hours, marks behind numbers, files put one behind the other."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest

from kanchay.domain.importing import ImportPreview

Read = Callable[..., ImportPreview]
WATTS = [400 + i * 137 % 900 for i in range(96)]


def instant(text: str) -> int:
    return int(np.datetime64(text).astype("M8[s]").astype(int))


@pytest.mark.parametrize("newest_first", [True, False])
@pytest.mark.parametrize("blank", ["", "\n"], ids=["close", "a line between"])
def test_a_date_above_its_half_hours(read: Read, newest_first: bool, blank: str) -> None:
    days = []
    for d in range(2):
        rows = [f"{h // 2:02d}:{h % 2 * 30:02d}:00;{WATTS[d * 48 + h]};Réelle\n" for h in range(48)]
        days.append(f"{10 + d}/11/2022\n{blank}" + "".join(reversed(rows) if newest_first else rows))
    text = "Mes puissances en W\n\nDate et heure;Puissance atteinte (W);Nature\n" + "".join(
        reversed(days) if newest_first else days
    )
    (series,) = read(text, tz="Europe/Paris", label="start").series
    assert (series.n, series.resolution_s) == (96, 1800)
    assert series.total == pytest.approx(sum(WATTS) / 2000)
    assert series.start == instant("2022-11-09T23:00")


def test_clock_times_with_their_own_dates_stay(read: Read) -> None:
    rows = "".join(f"{h:02d}:00;{1 + h // 24:02d}/05/2026;0,{100 + h * 7 % 90}\n" for h in range(24))
    (series,) = read("Hora;Fecha;Consumo kWh\n" + rows, tz="America/Lima").series
    assert series.n == 24


def test_a_mark_behind_a_number_is_no_part_of_it(read: Read) -> None:
    rows = "".join(
        f"{d:02d}.02.2026;{9 + d * 7 % 11},{d % 10}{'*' if d % 7 == 1 else ''}\n" for d in range(1, 29)
    )
    preview = read("Tag;Verbrauch kWh\n" + rows + "* Ersatzwert\n", tz="Europe/Berlin")
    (series,) = preview.series
    assert series.n == 28
    assert series.total == pytest.approx(sum(9 + d * 7 % 11 + d % 10 / 10 for d in range(1, 29)))


def test_files_put_one_behind_the_other_are_one_meter(read: Read) -> None:
    parts = [
        "\ufeffDate,Import kWh\n" + "".join(f"2026-0{m}-{d:02d},{8 + d * 7 % 11}.5\n" for d in range(1, 11))
        for m in (1, 2)
    ]
    (series,) = read("".join(parts), tz="UTC").series
    assert series.n == 20


def test_days_as_keys_with_a_record_each(read: Read) -> None:
    days = {f"2026-05-{d:02d}": {"import": 7.5 + d * 7 % 11, "export": 3.5 + d * 3 % 7} for d in range(1, 21)}
    preview = read(json.dumps({"unit": "kWh", "days": days}), name="days.json", tz="Europe/Berlin")
    assert {s.name: s.total for s in preview.series} == {
        flow: pytest.approx(sum(day[flow] for day in days.values())) for flow in ("import", "export")
    }


@pytest.mark.parametrize(
    "first", ["2026_05_01,0{h}00", "DT#2026-05-01-0{h}:00:00,1"], ids=["underscores", "controller"]
)
def test_times_of_devices(read: Read, first: str) -> None:
    head = "date,time,Import kWh\n" if "_" in first else "Zeit,Nr,Import kWh\n"
    rows = "".join(f"{first.format(h=h)},0.{40 + h * 7 % 11}\n" for h in range(9))
    series = read(head + rows, tz="UTC").series[-1]
    assert (series.start, series.n, series.resolution_s) == (instant("2026-05-01"), 9, 3600)


def test_ends_after_beginnings_settle_the_order_of_both(read: Read) -> None:
    text = "START DATE,END DATE,USAGE kWh\n1/10/2022,2/8/2022,300\n2/8/2022,3/10/2022,280\n3/10/2022,4/7/2022,305\n"
    preview = read(text, tz="America/New_York")
    assert preview.series[0].start == instant("2022-01-10T05:00")
    assert "day_first" not in {q.code for q in preview.questions}

"""Text whose columns are parted by blanks: printed reports, logs, copies of a page."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kanchay.domain.errors import FileRefused
from kanchay.domain.importing import ImportPreview

Read = Callable[..., ImportPreview]
VALUES = [f"{0.1 + i * 7 % 11 / 100:.3f}" for i in range(48)]
MOMENTS = [(f"{1 + i // 24:02d}/05/2026", f"{i % 24:02d}:00") for i in range(48)]
TOTAL = sum(map(float, VALUES))


def test_columns_under_each_other(read: Read) -> None:
    rows = "".join(f"{d} {t}{v:>12s}\n" for (d, t), v in zip(MOMENTS, VALUES, strict=True))
    (series,) = read(
        "Fecha y hora      Consumo kWh\n" + rows, name="informe.txt", tz="America/Lima", day_first=True
    ).series
    assert (series.n, series.resolution_s) == (48, 3600)
    assert series.total == pytest.approx(TOTAL)


@pytest.mark.parametrize("names", ["Date Time kWh", "Timestamp kWh", ""], ids=["each", "one", "none"])
def test_one_blank_between_columns(read: Read, names: str) -> None:
    rows = "".join(f"{d} {t} {v}\n" for (d, t), v in zip(MOMENTS, VALUES, strict=True))
    (series,) = read(f"{names}\n{rows}", name="log.txt", tz="America/Lima", day_first=True).series
    assert (series.n, series.resolution_s) == (48, 3600)
    assert series.total == pytest.approx(TOTAL)


def test_a_log_of_readings_by_name(read: Read) -> None:
    rows = "".join(
        f"2026-05-01_{i // 60:02d}:{i % 60:02d}:03 METER power: {670 + i * 37 % 90}\n"
        f"2026-05-01_{i // 60:02d}:{i % 60:02d}:03 METER total_kwh: {44210.55 + i * 0.011:.4f}\n"
        for i in range(90)
    )
    power, total = read(rows, name="meter.log", tz="Europe/Berlin").series
    assert power.quantity == "power"
    assert (total.quantity, total.kind, total.unit) == ("electric_energy", "cumulative", "kWh")
    assert total.total == pytest.approx(89 * 0.011)


def test_a_copy_of_a_page_with_units_behind_the_numbers(read: Read) -> None:
    rows = "".join(f"{14 + i} Jul 2026  {7 + i * 7 % 11}.4 kWh  £2.00\n" for i in range(10))
    series = read("Your usage\nDay  Usage  Cost\n" + rows, name="copy.txt", tz="Europe/London").series[0]
    assert (series.unit, series.n) == ("kWh", 10)
    assert series.total == pytest.approx(sum(7.4 + i * 7 % 11 for i in range(10)))


def test_afternoons_keep_their_half_of_the_day(read: Read) -> None:
    rows = "".join(
        f"2026-05-{1 + i // 24:02d} {(i % 12) or 12}:00 {'AM' if i % 24 < 12 else 'PM'} {v}\n"
        for i, v in enumerate(VALUES)
    )
    (series,) = read("Timestamp kWh\n" + rows, name="log.txt", tz="America/Lima").series
    assert (series.n, series.resolution_s) == (48, 3600)


@pytest.mark.parametrize(
    "text",
    ["We met on 2026-05-01 at 12:00 in room 7.\nThen we left at 13:30 for lunch with 4 people.\nNobody came back.\n",
     "2026-05-01 one\n2026-05-02 two\n2026-05-03 three\n"],
    ids=["prose", "no numbers"],
)  # fmt: skip
def test_prose_is_no_table(read: Read, text: str) -> None:
    with pytest.raises(FileRefused):
        read(text, name="note.txt", tz="America/Lima")

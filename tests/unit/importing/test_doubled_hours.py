"""The second pass of the doubled hour may be told by a letter; a row that is left out is told with its series."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kanchay.domain.issue import IssueKind

FALL = date(2025, 10, 26)
ROWS = [
    (day, hour, again)
    for day in (FALL + timedelta(d) for d in range(-1, 3))
    for hour in range(24)
    for again in ((False, True) if day == FALL and hour == 2 else (False,))
]
USED = [round(0.1 + (i * 7 % 13) / 10, 1) for i in range(len(ROWS))]


def _number(day, hour, again):
    return f"{day:%d.%m.%Y};{hour + 1}{'a' if again else ''}"


def _both(day, hour, again):
    doubled = day == FALL and hour == 2
    return f"{day:%d.%m.%Y};{hour + 1}{('A', 'B')[again] if doubled else ''}"


def _clock(day, hour, again):
    return f"{day:%d.%m.%Y};{hour:02d}:00{'A' if again else ''}"


def _star(day, hour, again):
    return f"{day:%d.%m.%Y};{hour:02d}:00{'*' if again else ''}"


def _moment(day, hour, again):
    return f"{day:%d.%m.%Y} {hour:02d}:00{'B' if again else ''};x"


def _range(day, hour, again):
    fall = day == FALL
    begin = ("A", "B")[again] if fall and hour == 2 else ""
    end = "A" if fall and hour == 1 else "B" if fall and hour == 2 and not again else ""
    return f"{day:%d.%m.%Y};{hour:02d}{begin}-{hour + 1:02d}{end}"


@pytest.mark.parametrize("written", [_number, _both, _clock, _star, _moment, _range])
@pytest.mark.parametrize("backwards", [False, True])
def test_the_second_pass(read, written, backwards):
    rows = [f"{written(*row)};{v}" for row, v in zip(ROWS, USED, strict=True)]
    text = "\n".join(["Data;Godzina;Energia pobrana [kWh]", *(rows[::-1] if backwards else rows)])
    preview = read(text, tz="Europe/Warsaw")
    (series,) = preview.series
    assert (series.n, series.missing, series.total) == (97, 0, pytest.approx(sum(USED)))
    assert series.observations.value.tolist() == USED
    assert not series.issues


def test_the_morning_is_no_pass(read):
    rows = [
        f"{day:%m/%d/%Y};{hour % 12 or 12}:00{'a' if hour < 12 else 'p'};{v}"
        for (day, hour, again), v in zip(ROWS, USED, strict=True)
        if not again
    ]
    (series,) = read("\n".join(["Date;Time;kWh", *rows]), tz="America/Lima").series
    assert (series.n, series.missing) == (len(rows), 0)


def test_a_row_whose_time_cannot_be_read_is_told(read):
    rows = [f"{_clock(*row)};{v}" for row, v in zip(ROWS[:24], USED, strict=False)]
    rows.insert(5, "25.10.2025;04:0x;9.9")
    rows.append("Total;;99.9")
    (series,) = read("\n".join(["Data;Godzina;Energia [kWh]", *rows]), tz="Europe/Warsaw").series
    assert [i.numbers["n_cells"] for i in series.issues if i.kind is IssueKind.UNREADABLE] == [1.0]
    assert series.n == 24

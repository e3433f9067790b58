"""Charts as data: axes, specification, table."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanchay.domain.interval import DAY, HOUR, parse_instant
from kanchay.web.charts import Band, Chart, Line, day_ticks, hour_ticks, nice_axis
from kanchay.web.formats import Formats

LIMA = "America/Lima"
ES = Formats("es", LIMA)
START = parse_instant("2026-08-22T00:00", LIMA)


def chart(**changes) -> Chart:
    given = {
        "label": "l",
        "sentence": "s",
        "starts": [START + i * HOUR for i in range(3)],
        "step_s": HOUR,
        "unit": "kWh",
        "lines": (Line("real", "--grid", [0.123456, None, 2.0]),),
    }
    return Chart(**(given | changes))


@given(low=st.floats(-1e6, 0), high=st.floats(0, 1e6))
def test_an_axis_holds_zero_and_all_values_in_few_steps(low: float, high: float) -> None:
    bottom, top, splits, decimals = nice_axis(low, high)
    slack = 1e-6 * max(1.0, abs(low), high)
    assert bottom <= low + slack
    assert top >= high - slack
    assert any(abs(s) < slack for s in splits)
    assert 2 <= len(splits) <= 9
    assert decimals >= 0


@pytest.mark.parametrize(
    ("high", "splits"),
    [(0.57, [0, 0.2, 0.4, 0.6]), (148, [0, 40, 80, 120, 160]), (0, [0, 0.25, 0.5, 0.75, 1])],
)
def test_an_axis_speaks_in_round_numbers(high: float, splits: list[float]) -> None:
    assert nice_axis(0.0, high)[2] == splits


def test_a_gap_stays_a_gap_and_numbers_are_short() -> None:
    spec = json.loads(chart().spec)
    assert spec["s"][0]["y"] == [0.1235, None, 2]
    assert spec["t"] == {"a": START, "d": HOUR, "n": 3}
    assert json.loads(chart(starts=[0, 1, 5]).spec)["t"] == [0, 1, 5]


def test_no_text_can_end_the_script_element() -> None:
    spec = chart(lines=(Line("</script><b>", "--grid", [1, 2, 3]),)).spec
    assert "<" not in spec
    assert json.loads(spec)["s"][0]["n"] == "</script><b>"


def test_the_table_says_what_the_chart_shows() -> None:
    band = Band([0.1, None, 1.0], [0.2, None, 3.0], "--band80", "80 %:")
    head, rows = chart(bands=(band,)).table(ES)
    assert head == ["real (kWh)", "80 %:"]
    assert rows == [
        ["sáb 22, 00:00", "0.12", "0.10–0.20"],
        ["sáb 22, 01:00", "–", "–"],
        ["sáb 22, 02:00", "2.00", "1.00–3.00"],
    ]


def test_ticks_stand_at_local_hours_and_midnights() -> None:
    assert [ES.hhmm(t) for t in hour_ticks(START, START + DAY, LIMA)] == ["00:00", "06:00", "12:00", "18:00"]
    madrid = parse_instant("2026-10-24T00:00", "Europe/Madrid")  # a day of 25 hours follows
    ticks = day_ticks(madrid, madrid + 4 * DAY, "Europe/Madrid", 1)
    assert [t - madrid for t in ticks] == [0, DAY, 2 * DAY + HOUR, 3 * DAY + HOUR]

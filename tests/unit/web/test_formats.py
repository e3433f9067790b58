"""Numbers, money, dates as in Peru and in English."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from kanchay.domain.interval import parse_instant
from kanchay.web.formats import Formats, energy_digits

LIMA = "America/Lima"
ES, EN = Formats("es", LIMA), Formats("en", LIMA)
NBSP = "\u00a0"
EVENING = parse_instant("2026-08-22T18:40", LIMA)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (ES.money(Decimal("1234.5"), "PEN"), f"S/{NBSP}1,234.50"),
        (EN.money(Decimal("1234.5"), "PEN"), f"S/{NBSP}1,234.50"),
        (ES.money(Decimal("-9.86"), "PEN"), f"−S/{NBSP}9.86"),
        (ES.money(110, "PEN", 0), f"S/{NBSP}110"),
        (EN.money(Decimal("12.3"), "EUR"), "€12.30"),
        (ES.money(Decimal("12.3"), "EUR"), "€\u00a012.30"),
        (ES.money(Decimal("-12.3"), "USD"), "−US$\u00a012.30"),
        (ES.number(1234.56), "1,234.6"),
        (ES.number(-0.04, 1), "0.0"),  # no negative zero
        (ES.number(-1234.5, 1), "−1,234.5"),
        (ES.number(None), "–"),
        (ES.number(float("nan")), "–"),
        (ES.signed(0.1), "+0.1"),
        (ES.signed(-0.1), "−0.1"),
        (ES.signed(0.0), "0.0"),
        (ES.energy(143.42), f"143.4{NBSP}kWh"),
        (ES.energy(4.9), f"4.90{NBSP}kWh"),
        (ES.energy(12345.6), f"12,346{NBSP}kWh"),
        (ES.power(1.48), f"1.48{NBSP}kW"),
        (ES.power(0.096), f"96{NBSP}W"),
        (ES.percent(0.82), f"82{NBSP}%"),
        (EN.percent(0.82), "82%"),
        (ES.day_year(date(2026, 9, 4)), "4 de setiembre de 2026"),
        (EN.day_year(date(2026, 9, 4)), "4 September 2026"),
        (ES.day(date(2026, 9, 4)), "4 de setiembre"),
        (ES.weekday_day(date(2026, 8, 22)), "sábado 22 de agosto"),
        (EN.weekday_day(date(2026, 8, 22)), "Saturday 22 August"),
        (ES.day_short(date(2026, 9, 2)), "2 set"),
        (ES.month(date(2026, 9, 2)), "setiembre"),
        (ES.month_short(date(2026, 9, 2)), "set"),
        (ES.hhmm(EVENING), "18:40"),
        (ES.row_time(EVENING), "sáb 22, 18:40"),
        (ES.row_time(EVENING, days=True), "sáb 22 ago"),
        (ES.zone(EVENING), "Lima (UTC−5)"),
        (Formats("en", "Asia/Kolkata").zone(EVENING), "Kolkata (UTC+5.5)"),
        (Formats("en", "UTC").zone(EVENING), "UTC"),
    ],
)
def test_written_as_people_write_it(said: str, expected: str) -> None:
    assert said == expected


def test_the_clock_has_a_no_break_space() -> None:
    assert ES.clock(EVENING).startswith(f"6:40{NBSP}p.")
    assert " " not in ES.clock(EVENING)
    assert EN.clock(EVENING) == f"6:40{NBSP}pm"


def test_digits_a_reader_can_use() -> None:
    assert [energy_digits(v) for v in (0.5, 9.99, 10.0, 999.0, 1000.0, None)] == [2, 2, 1, 1, 0, 1]

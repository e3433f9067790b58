"""From the product's types to what is shown."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from kanchay.domain.bill import BandStep
from kanchay.domain.forecast import Forecast, PeriodForecast
from kanchay.domain.interval import DAY, HOUR, local_midnight, parse_instant
from kanchay.domain.panel import Panel
from kanchay.domain.point import Site
from kanchay.web.formats import Formats
from kanchay.web.gather import periods_back
from kanchay.web.i18n import Words
from kanchay.web.shell import Reader
from kanchay.web.views.bill import months_view
from kanchay.web.views.findings import money_line, stake
from kanchay.web.views.flow import Part, flow_view
from kanchay.web.views.hours import hour_band, next_hours_chart, to_hours, today_chart
from kanchay.web.views.now import icon_of
from kanchay.web.views.period import crossing_day, headline, period_chart, period_view

LIMA = "America/Lima"
NOW = parse_instant("2026-08-22T18:00", LIMA)
R = Reader(Words("es"), Formats("es", LIMA), NOW)


def period(so_far: float, mean: float, spread: float = 4.0) -> PeriodForecast:
    """A period from the 5th of August to the 4th of September, twelve days and a bit to go."""
    steps = (-2.0, -1.6, -1.3, -0.7, 0.0, 0.7, 1.3, 1.6, 2.0)
    quantiles = tuple(max(so_far, mean + spread * s) for s in steps)
    daily = tuple([(mean - so_far) / 14] * 14)
    start, end = local_midnight(date(2026, 8, 5), LIMA), local_midnight(date(2026, 9, 5), LIMA)
    return PeriodForecast("m", start, end, NOW, so_far, 0.0, mean, quantiles, "test", daily)


STEP = BandStep(Decimal(140), Decimal("9.86"), 0.8)


@pytest.mark.parametrize(
    ("so_far", "mean", "said"),
    [
        (85.2, 143.4, "Vas a pasar la línea de 140 por poco"),
        (85.2, 165.0, "Vas a pasar la línea de 140"),
        (85.2, 138.0, "Puedes quedarte bajo la línea de 140"),
        (60.0, 110.0, "Vas bien: cierras bajo la línea de 140"),
        (141.0, 190.0, "Ya pasaste la línea de 140"),
    ],
)
def test_the_heading_is_the_finding(so_far: float, mean: float, said: str) -> None:
    assert headline(period(so_far, mean), STEP, R) == said


def test_without_a_line_the_heading_is_the_total() -> None:
    assert headline(period(85.2, 143.4), None, R) == "Este periodo usarás unos 143\u00a0kWh"


def test_the_card_tells_number_range_and_days() -> None:
    view = period_view(period(85.2, 143.4), STEP, R)
    assert view.value == "143.4"
    assert view.title == "Al 4 de setiembre"
    assert view.left == "quedan 13 días"
    assert "entre 138.2 y 148.6" in view.sentence
    k = view.track
    assert 0 < k.used < k.low80 < k.low50 < k.mean < k.high50 < k.high80 <= 100
    assert k.line is not None


def test_the_day_of_crossing_follows_the_expected_days() -> None:
    assert crossing_day(period(85.2, 143.4), 140.0, R) == date(2026, 9, 4)
    assert crossing_day(period(85.2, 130.0), 140.0, R) is None
    assert crossing_day(period(150.0, 180.0), 140.0, R) is None


def test_a_day_without_readings_breaks_the_line_but_not_the_sum() -> None:
    asked = period(85.2, 143.4)
    daily = tuple((asked.start + i * DAY, None if i == 3 else 5.0) for i in range(18))
    used = period_chart(asked, daily, STEP, R).lines[0].values
    assert used[4] is None
    # 17 days of 5 kWh were read; what else the sum so far holds is the estimate of the fourth day, and stands there.
    assert used[5] == pytest.approx(15.0 + (asked.so_far - 85.0) + 5.0)
    assert [(a, b) for a, b, *_ in period_chart(asked, daily, STEP, R).spans] == [
        (asked.start + 3 * DAY, asked.start + 4 * DAY)
    ]
    assert [v for v in used if v is not None][-1] == asked.so_far


def test_both_sides_of_the_flow_add_up() -> None:
    sources = [Part("Sol", 3.9, "solar", "solar"), Part("Red", 0.24, "grid", "grid")]
    uses = [
        Part("Cómputo", 1.46, "load", "screen"),
        Part("Aire", 0.98, "load", "fan"),
        Part("?", 0.7, "rest", "rest"),
        Part("Batería", 1.0, "charge", "battery"),
    ]
    view = flow_view(sources, uses, Words("es"), Formats("es"))
    assert view is not None
    assert view.sum_line == "3.90 + 0.24 = 3.14 + 1.00"
    assert [row.power for row in view.uses] == ["1.46\u00a0kW", "980\u00a0W", "700\u00a0W", "1.00\u00a0kW"]
    at_bar = [float(re.search(r"48 ([\d.]+)V", x.path)[1]) for x in view.ribbons if x.path.startswith("M0")]
    assert at_bar == sorted(at_bar)
    assert at_bar[0] == view.bar_top


def test_small_uses_join_what_has_no_name() -> None:
    uses = [Part(f"u{i}", 1.0 / (i + 1), "load", "plug") for i in range(8)]
    total = sum(u.kw for u in uses)
    view = flow_view([Part("Red", total, "grid", "grid")], uses, Words("es"), Formats("es"))
    assert view is not None
    assert [row.name for row in view.uses] == ["u0", "u1", "u2", "u3", "Sin nombre"]


def test_no_flow_without_watts() -> None:
    assert flow_view([Part("Red", 0.0, "grid", "grid")], [], Words("es"), Formats("es")) is None


@pytest.mark.parametrize(
    ("name", "icon"),
    [
        ("Terma", "water"),
        ("Refrigeradora", "fridge"),
        ("Luces sala", "light"),
        ("Equipo 7", "screen"),
        ("Bomba", "plug"),
    ],
)
def test_an_icon_for_what_people_call_it(name: str, icon: str) -> None:
    assert icon_of(name) == icon


def test_money_has_its_period_and_its_range(make_finding) -> None:
    found = make_finding("casa")
    assert money_line(found.money, R) == ("S/\u00a0246 al año", "entre 223 y 270")
    assert money_line(None, R) == ("sin costo", "")
    both = [found, replace(found, id="f2", money=None), make_finding("casa", "f3")]
    assert stake(both, R) == ("S/\u00a0492 al año", "entre 445 y 540")
    assert stake([replace(found, money=None)], R) is None


def test_months_are_drawn_to_one_scale() -> None:
    months = [(date(2026, m, 4), 100.0 + m) for m in range(1, 9)]
    view = months_view(months, (date(2026, 9, 4), 150.0), 140.0, R)
    assert view is not None
    assert [label for label, *_ in view.bars][-2:] == ["ago", "set"]
    assert view.bars[-1][2] == 100.0
    assert view.line == pytest.approx(93.3, abs=0.1)
    assert months_view([], (date(2026, 9, 4), 150.0), 140.0, R) is None


def test_periods_before_this_one() -> None:
    site = Site("s", "S", billing_day=28)
    assert periods_back(site, date(2026, 3, 28), 3) == [
        (date(2025, 12, 28), date(2026, 1, 28)),
        (date(2026, 1, 28), date(2026, 2, 28)),
        (date(2026, 2, 28), date(2026, 3, 28)),
    ]


def _evidence(measured: list[float], expected: float, odd_from: int):
    from kanchay.domain.finding import Evidence

    n = len(measured)
    return Evidence(
        NOW - n * DAY, NOW, DAY, "W", tuple(measured), (expected,) * n, NOW - (n - odd_from) * DAY, NOW
    )


def test_only_what_is_too_much_is_coloured() -> None:
    from kanchay.web.views.findings import evidence_chart

    chart = evidence_chart(_evidence([11.0] * 20 + [47.0] * 20, 11.0, 20), "x", R)
    odd, usual, whole, _ = chart.lines
    assert odd.values[:20] == [None] * 20
    assert set(usual.values) == {11.0}  # the dark part of an odd bar ends where the usual does
    assert [line.say for line in chart.lines] == [False, False, True, True]
    assert whole.values[-1] == 47.0


def test_two_outliers_do_not_flatten_a_chart() -> None:
    from kanchay.web.views.findings import evidence_chart

    measured = [11.0] * 60 + [47.0] * 60
    measured[100] = measured[101] = 227.0
    chart = evidence_chart(_evidence(measured, 11.0, 60), "x", R)
    assert chart.clip is not None
    assert 47.0 < chart.clip < 80.0
    assert "2 pasan del borde, hasta 227\u00a0W" in chart.sentence
    assert evidence_chart(_evidence([11.0] * 120, 11.0, 60), "x", R).clip is None


def test_what_uses_nothing_is_named_and_not_drawn() -> None:
    uses = [
        Part("Terma", 0.0, "load", "water"),
        Part("Foco", 0.04, "load", "light"),
        Part("", 0.01, "rest", "rest"),
    ]
    view = flow_view([Part("Red", 0.05, "grid", "grid")], uses, Words("es"), Formats("es"))
    assert view is not None
    assert view.idle == "Sin uso ahora: Terma."
    assert [row.name for row in view.uses] == ["Foco", "Sin nombre"]


@pytest.mark.parametrize(
    ("formula", "said"),
    [
        ("1265.9 kWh × 0.6403", "1,265.9\u00a0kWh × 0.6403"),
        ("> 140 kWh", "por pasar de 140\u00a0kWh"),
        ("≤ 140 kWh", "hasta 140\u00a0kWh"),
        ("1265.9 kWh × 0.002 × 5500 × 0.001", "1,265.9\u00a0kWh × 0.002 × 5,500 × 0.001"),
        ("13.14 (30 kWh) + 96.4 kWh × 0.6259", "13.14 por los primeros 30\u00a0kWh + 96.4\u00a0kWh × 0.6259"),
        ("42.4893 kWh × 0.7031", "42.49\u00a0kWh × 0.7031"),
        ("30 day × 0.048", "30 días × 0.048"),
        ("1 month × 14.27", "1 mes × 14.27"),
        ("2.5 kW × 56.93 × 0.0822 year", "2.5\u00a0kW × 56.93 × 0.0822 años"),
        ("900 kWh × day_ahead.BE", "900\u00a0kWh × el precio de cada hora"),
        ("18 % × 112.61", "18\u00a0% × 112.61"),
    ],
)
def test_sums_under_a_line_are_written_as_people_write_them(formula: str, said: str) -> None:
    from kanchay.web.views.formula import written

    assert written(formula, R) == said


@pytest.mark.parametrize(
    ("country", "first", "label"), [("PE", "pe.", "Luz del Sur, Lima Sur"), ("ES", "es.", "")]
)
def test_tariffs_of_the_own_country_are_offered_first(country: str, first: str, label: str) -> None:
    from kanchay.bootstrap import in_memory
    from kanchay.web.views.tariff_choice import tariff_groups

    documents = in_memory().library.tariff_documents()
    groups = tariff_groups(documents, country, "es")
    ids = [key for group in groups for key, _ in group.tariffs]
    assert sorted(ids) == sorted(documents)
    n_own = sum(key.startswith(first) for key in ids)
    assert n_own > 0
    assert all(key.startswith(first) for key in ids[:n_own])
    labels = [group.label for group in groups]
    assert len(labels) == len(set(labels))
    assert all(":" in said for said in labels[-3:])  # another country is named
    assert not label or label in labels
    other = "Estados Unidos: Salt River Project, Arizona"
    assert other in labels


def test_energy_of_which_there_was_none_has_no_row() -> None:
    """The summer's line is left out in winter, one at a price of zero is not; the sum stays."""
    from kanchay.domain.bill import Bill, BillLine
    from kanchay.web.views.bill import bill_rows, said_warnings

    def line(name: str, amount: str, formula: str, kind: str = "energy") -> BillLine:
        return BillLine(name, Decimal(amount), taxed=False, kind=kind, formula=formula)

    lines = (
        line("summer", "0.00", "0 kWh × 0.441 + 0 kWh × 0.318"),
        line("winter", "9.00", "30 kWh × 0.30"),
        line("free", "0.00", "12 kWh × 0"),
        line("upkeep", "0.00", "", "fixed"),
    )
    zero, nine = Decimal("0.00"), Decimal("9.00")
    start, end = date(2026, 1, 1), date(2026, 2, 1)
    codes = ("demand.expected", "energy.unverified", "price.unverified", "lighting.unknown", "for.programs")
    bill = Bill("x", "1", "USD", start, end, Decimal(42), lines, zero, zero, nine, warnings=codes)
    rows = bill_rows(bill, {}, R)
    assert [row.name for row in rows] == ["winter", "free", "upkeep", "Total a pagar"]
    assert rows[-1].amount == "US$\u00a09.00"
    said = said_warnings([bill, bill], R)
    assert said[0].startswith("Este total no incluye el alumbrado")  # the weightiest first
    assert len(said) == 2  # no demand without a line of it, a price that is not verified once


@pytest.mark.parametrize("tz", [LIMA, "Asia/Kolkata", "Asia/Kathmandu"])
def test_hours_of_a_forecast_are_those_of_the_clock(tz: str) -> None:
    noon = parse_instant("2026-08-22T12:15", tz)
    mean = np.arange(96.0)
    quantiles = np.repeat(mean[:, None], 9, axis=1)
    ahead = Forecast("m", noon, noon, 900, "kWh", mean, quantiles, "test")
    hours = to_hours(ahead, tz)
    assert min(hours) == noon + 2700  # at 13:00 the first whole hour begins
    assert hours[noon + 2700] == 3 + 4 + 5 + 6
    assert len(hours) == 23

    start = local_midnight(date(2026, 8, 21), tz)
    known = np.concatenate([np.arange(36.0), np.full(12, np.nan)])
    panel = Panel.of(("m",), known[None], start=start, resolution_s=HOUR, tz=tz)
    reader = Reader(Words("es"), Formats("es", tz), noon)
    today = today_chart(panel, ahead, start + DAY, start + 2 * DAY, reader)
    assert [value is not None for value in today.lines[1].values] == [False] * 13 + [True] * 11
    real = next_hours_chart(panel, ahead, reader).lines[0].values
    assert real[:23] == list(np.arange(13.0, 36.0))


def test_the_bound_of_an_hour_lies_as_far_from_its_mean_as_in_the_forecast_by_the_hour() -> None:
    issued = parse_instant("2026-08-22T12:15", LIMA)
    step, mean = np.linspace(-0.5, 0.5, 9), np.ones(96)
    fine = Forecast("m", issued, issued, 900, "kWh", mean, mean[:, None] + step, "test")
    spread = np.arange(1.0, 25.0)[:, None] * step
    by_hour = Forecast("m", issued, issued, HOUR, "kWh", np.full(24, 4.0), 4.0 + spread, "test")
    added, own = (hour_band(fine, other, LIMA, 0.9) for other in (None, by_hour))
    first = issued + 2700  # 13:00: a quarter of the hour from 12:15 on, three of the one from 13:15 on
    assert added[first] == pytest.approx(4 * 1.25)
    assert own[first] == pytest.approx(4.0 + 0.25 * (0.25 * 1 + 0.75 * 2))
    low = hour_band(fine, by_hour, LIMA, 0.025)
    assert min(low.values()) == 0.0  # a meter without export

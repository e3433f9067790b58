"""Quantities from readings: blocks by clock and calendar, demand, gaps, prices of each moment, months to come."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import numpy as np
import pytest

from kanchay.analysis.tariff.blocktimes import calendar_times
from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.analysis.tariff.metering import meter
from kanchay.analysis.tariff.outlook import expected_usage
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.analysis.tariff.planner import price_series
from kanchay.domain.errors import BillRefused, ShapeError
from kanchay.domain.interval import DAY, HOUR, local_midnight
from kanchay.domain.panel import Panel
from kanchay.domain.priceseries import PriceSeries
from kanchay.domain.tariff import Tariff

from .test_kinds import DEMAND, TOU, document

JULY = (date(2026, 7, 1), date(2026, 8, 1))
LIMA = "America/Lima"


def tariff(*charges: dict, **more: object) -> Tariff:
    return parse_tariff(document(*charges, **{"timezone": LIMA, **more}))


def panel(values: np.ndarray, first: date = JULY[0], tz: str = LIMA, step: int = HOUR) -> Panel:
    return Panel.of(
        ("m",), values[None, :].astype(float), start=local_midnight(first, tz), resolution_s=step, tz=tz
    )


def test_holidays_are_a_class_of_their_own() -> None:
    """28 and 29 July are holidays in Peru: a Tuesday and a Wednesday in 2026."""
    hours = {
        "id": "day",
        "blocks": [
            {"id": "peak", "windows": [{"days": "weekdays", "from": "18:00", "to": "23:00"}]},
            {"id": "off"},
        ],
    }
    with_ = tariff(TOU, schedules=[hours], calendar={"holidays": "PE"})
    without = tariff(TOU, schedules=[hours])
    extra = tariff(TOU, schedules=[hours], calendar={"holidays": "PE", "extra": ["2026-07-27"]})
    flat = panel(np.ones(31 * 24))
    found = [meter(t, flat).usage(*JULY).quantities["energy_kwh.peak"] for t in (with_, without, extra)]
    # 23 weekdays of five hours; 23 July is a holiday too
    assert found == [D("100.0"), D("115.0"), D("95.0")]


def test_a_window_over_midnight_and_a_season_over_new_year() -> None:
    hours = {"id": "day", "blocks": [
        {"id": "peak", "windows": [{"from": "22:00", "to": "02:00", "season": "warm"}]}, {"id": "off"},
    ]}  # fmt: skip
    seasons = [{"id": "warm", "spans": [["12-01", "03-31"]]}]
    t = tariff(TOU, schedules=[hours], seasons=seasons)
    january = meter(t, panel(np.ones(24), date(2026, 1, 5))).usage(date(2026, 1, 5), date(2026, 1, 6))
    assert january.quantities["energy_kwh.peak"] == D("4.0")
    july = meter(t, panel(np.ones(24))).usage(JULY[0], date(2026, 7, 2))
    assert july.quantities["energy_kwh.peak"] == D("0.0")


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25)])
def test_days_on_which_the_clocks_change(day: date, hours: int) -> None:
    t = tariff(TOU, timezone="Europe/Madrid")
    after = date.fromordinal(day.toordinal() + 1)
    found = meter(t, panel(np.ones(hours), day, "Europe/Madrid")).usage(day, after).quantities
    assert (found["energy_kwh"], found["hours.peak"], found["hours.off"]) == (D(hours), D(5), D(hours - 5))


def test_demand_is_the_mean_of_its_window_and_never_of_an_estimate() -> None:
    quarters = np.full(96, 0.25)
    quarters[72:74] = 1.0  # 4 kW for half an hour from 18:00
    quarters[40] = np.nan
    t = tariff(DEMAND)
    usage = meter(t, panel(quarters, step=900)).usage(JULY[0], date(2026, 7, 2))
    assert usage.quantities["demand_kw"] == usage.quantities["demand_kw.peak"] == D("4.0")
    assert usage.quantities["demand_kw.off"] == D("1.0")
    assert usage.notes == ("energy.estimated",)
    assert usage.quantities["energy_kwh"] == D("25.5")  # 24 + 1.5, the hole filled as its hour
    hourly = meter(
        parse_tariff({**document(DEMAND), "timezone": LIMA, "demand_window_min": 60}),
        panel(quarters, step=900),
    )
    assert hourly.usage(JULY[0], date(2026, 7, 2)).quantities["demand_kw"] == D("2.5")


def test_readings_longer_than_the_window_are_said() -> None:
    usage = meter(tariff(DEMAND), panel(np.ones(24))).usage(JULY[0], date(2026, 7, 2))
    assert "demand.coarse" in usage.notes


def test_a_period_without_readings_is_refused() -> None:
    with pytest.raises(BillRefused) as caught:
        meter(tariff(TOU), panel(np.full(24, np.nan))).usage(JULY[0], date(2026, 7, 2))
    assert caught.value.code == "bill.gap"


def test_channels_on_other_grids_are_refused() -> None:
    with pytest.raises(ShapeError):
        meter(tariff(TOU), panel(np.ones(24)), export=panel(np.ones(23)))


SPOT = {
    "id": "spot",
    "kind": "series",
    "series": "day_ahead",
    "multiply": "1.1",
    "add": "0.01",
    "floor": "0",
    "cap": "0.50",
}


def prices(values: list[float], first: date = JULY[0]) -> PriceSeries:
    return PriceSeries("day_ahead", "EUR", np.array(values), local_midnight(first, LIMA), HOUR)


def test_energy_times_published_prices_between_floor_and_cap() -> None:
    t = tariff(SPOT)
    usage = meter(t, panel(np.full(4, 2.0))).usage(
        JULY[0], date(2026, 7, 2), series=[prices([0.10, -0.50, 0.90, 0.0])]
    )
    assert usage.quantities["value.spot"] == D("1.26")  # 2 × (0.12 + 0 + 0.50 + 0.01)
    bill = evaluate(t, usage)
    assert bill.total == D("1.26")
    assert bill.lines[0].unit_price == D("0.1575")


@pytest.mark.parametrize("series", [[], [prices([0.10, 0.20])], [prices([0.1, np.nan, 0.1, 0.1])]])
def test_a_price_that_nobody_published_is_refused(series: list[PriceSeries]) -> None:
    with pytest.raises(BillRefused) as caught:
        meter(tariff(SPOT), panel(np.full(4, 2.0))).usage(JULY[0], date(2026, 7, 2), series=series)
    assert caught.value.code == "bill.missing_price"


def test_prices_of_the_hours_to_come() -> None:
    taxes = [{"id": "vat", "rate": "0.21", "valid_from": "2020-01-01"}]
    t = tariff({**TOU, "taxes": ["vat"]}, {**SPOT, "taxes": ["vat"]}, taxes=taxes)
    usage = meter(t, panel(np.ones(24 * 31))).usage(*JULY, series=[prices([0.0] * 24 * 31)])
    starts = local_midnight(JULY[0], LIMA) + HOUR * np.arange(16, 20)
    found = price_series(t, usage, starts, HOUR, series=[prices([0.10] * 48)])
    # off or peak, and 1.1 × 0.10 + 0.01, each with 21 %
    assert found.tolist() == pytest.approx([1.21 * 0.22] * 2 + [1.21 * 0.42] * 2, abs=1e-4)
    assert price_series(t, usage, starts, HOUR, quantity="export_kwh").tolist() == [0.0] * 4


def test_what_a_kwh_sent_earns() -> None:
    credit = {
        **TOU,
        "id": "sent",
        "quantity": "export_kwh",
        "credit": True,
        "rates": {"peak": "0.12", "off": "0.05"},
    }
    t = tariff(TOU, credit, export={"mode": "net_billing", "surplus": "pay"})
    flat = panel(np.ones(24 * 31))
    usage = meter(t, flat, export=flat).usage(*JULY)
    starts = local_midnight(JULY[0], LIMA) + HOUR * np.array([12, 19])
    assert price_series(t, usage, starts, HOUR, quantity="export_kwh").tolist() == pytest.approx([0.05, 0.12])


def test_a_month_half_over_ends_at_the_hours_of_the_last_weeks() -> None:
    t = tariff(TOU, DEMAND)
    values = np.tile(np.where((np.arange(24) >= 18) & (np.arange(24) < 23), 2.0, 1.0), 14)
    so_far = meter(t, panel(values)).usage(JULY[0], date(2026, 7, 15))
    times = calendar_times(t, *JULY)
    month = expected_usage(so_far, so_far, JULY[1], D(800), times=times, months=[{"demand_kw": D(5)}] * 3)
    found = month.quantities
    assert found["energy_kwh"] == D(800)
    assert float(found["energy_kwh.peak"] / found["energy_kwh"]) == pytest.approx(10 / 29)
    assert found["hours.peak"] == D(155)
    assert found["demand_kw"] == D(5)  # what is usual, since it is more than the 2 kW so far
    assert {"energy.expected", "demand.expected"} <= set(evaluate(t, month).warnings)


def test_a_flat_year_adds_up_to_its_days() -> None:
    t = tariff(TOU)
    year = panel(np.ones(365 * 24), date(2026, 1, 1))
    metering = meter(t, year)
    months = [(date(2026, m, 1), date(2026 + m // 12, m % 12 + 1, 1)) for m in range(1, 13)]
    assert sum(metering.usage(*m).quantities["energy_kwh"] for m in months) == D(8760)
    assert year.end - year.start == 365 * DAY


def test_a_spot_price_counts_once_where_there_are_no_blocks() -> None:
    taxes = [{"id": "vat", "rate": "0.21", "valid_from": "2020-01-01"}]
    t = tariff({**SPOT, "taxes": ["vat"]}, taxes=taxes, schedules=[])
    usage = meter(t, panel(np.ones(24 * 31))).usage(*JULY, series=[prices([0.20] * 24 * 31)])
    starts = local_midnight(JULY[0], LIMA) + HOUR * np.arange(2)
    found = price_series(t, usage, starts, HOUR, series=[prices([0.10, 0.20])])
    assert found.tolist() == pytest.approx([1.21 * 0.12, 1.21 * 0.23], abs=1e-4)


def test_the_terms_of_another_day_hold_for_all_of_the_period() -> None:
    two = {**document(SPOT), "timezone": LIMA, "proration": "daily_blend"}
    first = two["versions"][0]
    dear = {**SPOT, "taxes": [], "add": "0.11"}
    two["versions"] = [
        {**first, "valid_to": "2026-07-01"},
        {**first, "valid_from": "2026-07-01", "charges": [dear]},
    ]
    t = parse_tariff(two)
    laid = meter(t, panel(np.ones(4)))
    day = (JULY[0], date(2026, 7, 2))
    now, then = (laid.usage(*day, series=[prices([0.0] * 4)], as_of=a) for a in (None, date(2026, 6, 1)))
    assert (now.quantities["value.spot"], then.quantities["value.spot"]) == (D("0.44"), D("0.04"))


def test_a_channel_that_is_hardly_read_is_no_channel() -> None:
    reactive = np.full(24, np.nan)
    reactive[:3] = 1.0
    laid = meter(tariff(TOU), panel(np.ones(24)), reactive=panel(reactive))
    usage = laid.usage(JULY[0], date(2026, 7, 2))
    assert "reactive_kvarh" not in usage.quantities
    reactive[:23] = 1.0
    usage = meter(tariff(TOU), panel(np.ones(24)), reactive=panel(reactive)).usage(JULY[0], date(2026, 7, 2))
    assert usage.quantities["reactive_kvarh"] == D("24.0")
    assert "energy.estimated" in usage.notes


def test_energy_below_zero_is_refused() -> None:
    values = np.ones(24)
    values[5] = -3.0
    with pytest.raises(BillRefused) as caught:
        meter(tariff(TOU), panel(values)).usage(JULY[0], date(2026, 7, 2))
    assert caught.value.code == "bill.negative_energy"


def test_a_month_that_was_hardly_read_is_no_history() -> None:
    charge = {**DEMAND, "statistic": {"top": 1, "months": 2}}
    june = np.full(30 * 24, np.nan)
    june[-24:] = 9.0
    laid = meter(tariff(charge), panel(np.concatenate([june, np.ones(31 * 24)]), date(2026, 6, 1)))
    usage = laid.usage(*JULY, before=[(date(2026, 6, 1), JULY[0])])
    assert usage.before == ({},)
    assert "demand.short_history" in evaluate(laid.tariff, usage).warnings


def test_days_and_hours_are_the_calendar_s_where_readings_begin_later() -> None:
    late = panel(np.ones(20 * 24), date(2026, 7, 12))
    found = meter(tariff(TOU), late).usage(*JULY).quantities
    assert (found["days.peak"], found["hours.peak"]) == (D(31), D(155))


def test_intervals_that_do_not_fit_into_the_window_are_said() -> None:
    ten = panel(np.full(144, 0.5), step=600)
    usage = meter(tariff(DEMAND), ten).usage(JULY[0], date(2026, 7, 2))
    assert "demand.coarse" in usage.notes
    assert usage.quantities["demand_kw"] == D("3.0")

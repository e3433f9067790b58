"""Bills, expected bills and carbon of a site, over the use cases and the stores in memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from kanchay.bootstrap import in_memory
from kanchay.domain.errors import AccessDenied, BillRefused
from kanchay.domain.forecast import LEVELS, PeriodForecast
from kanchay.domain.interval import DAY, HOUR, local_midnight
from kanchay.domain.point import Direction, Point, Site
from kanchay.domain.reading import Readings
from kanchay.domain.scope import Actor, Purpose, Role, Scope
from kanchay.services.context import Context
from kanchay.services.money.bill import bill_period
from kanchay.services.money.carbon import carbon_of
from kanchay.services.money.expected import expected_bill
from kanchay.services.money.marginal import site_prices
from kanchay.services.money.tariffs import leaveable, line_names, list_tariffs, tariff_of
from kanchay.services.people.policy import operator_scope, scope_for
from kanchay.services.people.sites import add_points, create_site

LIMA = "America/Lima"
NOW = local_midnight(date(2026, 8, 22), LIMA) + 8 * HOUR
FIRST = local_midnight(date(2026, 7, 1), LIMA)
SITE = Site(
    id="casa", name="Casa", tz=LIMA, country="PE", tariff_id="pe.luz_del_sur.lima_sur.bt5b",
    tariff_parameters=(("alumbrado", "8.82"),), billing_day=5,
)  # fmt: skip


def make(site: Site = SITE, *, holes: tuple[tuple[int, int], ...] = ()) -> tuple[Context, Scope]:
    """A home of exactly 0.2 kWh an hour since 1 July; hours from FIRST within `holes` are missing."""
    ctx, scope = in_memory(clock=lambda: NOW), operator_scope()
    create_site(ctx, scope, site)
    point = Point("meter", site.id, "Meter", direction=Direction.IMPORT, resolution_s=HOUR)
    add_points(ctx, scope, point.site_id, [point])
    values = np.full((NOW - FIRST) // HOUR, 0.2)
    for low, high in holes:
        values[low:high] = np.nan
    ctx.readings.append(scope, [Readings.regular("meter", FIRST, HOUR, values)], recorded_at=NOW)
    return ctx, scope


def test_the_month_so_far() -> None:
    ctx, scope = make()
    bill = bill_period(ctx, scope, "casa")
    assert (bill.start, bill.end) == (date(2026, 8, 5), date(2026, 8, 23))
    assert bill.energy_kwh == Decimal("83.2")  # 17 days and 8 hours of 0.2 kWh
    assert bill.warnings == ("period.open",)
    assert bill.co2_kg == Decimal("14.23")
    assert bill.run_id == ""


def test_a_past_period_is_complete() -> None:
    ctx, scope = make()
    bill = bill_period(ctx, scope, "casa", back=1)
    assert (bill.start, bill.end, bill.energy_kwh) == (date(2026, 7, 5), date(2026, 8, 5), Decimal("148.8"))
    # 30 days of May's list and 1 day of August's: (30 × 0.6134 + 0.6403) / 31
    assert bill.lines[0].unit_price == Decimal("0.6143")
    assert bill.total == sum(line.amount for line in bill.lines)
    assert "period.open" not in bill.warnings


def test_a_chosen_period() -> None:
    ctx, scope = make()
    bill = bill_period(ctx, scope, "casa", start=date(2026, 8, 5), end=date(2026, 8, 10))
    assert bill.energy_kwh == Decimal("24.0")
    assert bill.warnings == ()


def test_a_stored_bill_carries_its_run() -> None:
    ctx, scope = make()
    bill = bill_period(ctx, scope, "casa", store=True)
    with ctx.records.unit(scope) as uow:
        run = uow.runs.get(bill.run_id)
        assert uow.bills.find(site_id="casa") == [bill]
    assert run.kind == "bill"
    assert run.tariff_version == "pe.luz_del_sur.lima_sur.bt5b@2026-08-04"
    assert len(run.input_fingerprint) == 64


def test_who_only_looks_stores_nothing() -> None:
    ctx, _ = make()
    viewer = scope_for(Actor("v", "Viewer", Role.VIEWER, "default"), Purpose.VIEW)
    assert bill_period(ctx, viewer, "casa").total > 0
    with pytest.raises(AccessDenied):
        bill_period(ctx, viewer, "casa", store=True)


def test_few_missing_hours_are_estimated_and_said() -> None:
    ctx, scope = make(holes=((40 * 24, 40 * 24 + 24),))
    bill = bill_period(ctx, scope, "casa")
    assert bill.energy_kwh == Decimal("83.2")
    assert "energy.estimated" in bill.warnings


@pytest.mark.parametrize(
    ("start", "end"), [(date(2026, 6, 20), date(2026, 7, 20)), (date(2026, 3, 1), date(2026, 4, 1))]
)
def test_a_gap_is_refused(start: date, end: date) -> None:
    ctx, scope = make()
    with pytest.raises(BillRefused) as refusal:
        bill_period(ctx, scope, "casa", start=start, end=end)
    assert refusal.value.code == "bill.gap"


def test_lighting_is_needed_or_left_out_by_name() -> None:
    ctx, scope = make(replace(SITE, tariff_parameters=()))
    with pytest.raises(BillRefused) as refusal:
        bill_period(ctx, scope, "casa")
    assert refusal.value.code == "bill.missing_parameter"
    assert "alumbrado" in str(refusal.value)
    tariff = tariff_of(ctx, SITE)
    assert leaveable(tariff) == ("public_lighting",)
    assert "lighting.unknown" in bill_period(ctx, scope, "casa", leave_out=leaveable(tariff)).warnings


def test_no_tariff_names_the_candidates() -> None:
    ctx, scope = make(replace(SITE, tariff_id=None))
    with pytest.raises(BillRefused, match=r"pe\.pluz\.lima_norte\.bt5b") as refusal:
        bill_period(ctx, scope, "casa")
    assert refusal.value.code == "bill.no_tariff"


def test_prices_of_another_day_are_said() -> None:
    ctx, scope = make()
    bill = bill_period(ctx, scope, "casa", prices_of=date(2026, 5, 10))
    assert bill.tariff_version == "2026-05-04"
    assert bill.start == date(2026, 8, 5)
    assert "price.other_date" in bill.warnings


def period_forecast(middle: float, spread: float) -> PeriodForecast:
    levels = tuple(middle + spread * z for z in (-2.0, -1.6, -1.28, -0.67, 0.0, 0.67, 1.28, 1.6, 2.0))
    start, end = local_midnight(date(2026, 8, 5), LIMA), local_midnight(date(2026, 9, 5), LIMA)
    return PeriodForecast("meter", start, end, NOW, 83.2, 0.0, middle, levels, "test")


def test_the_expected_bill_and_the_line_at_140() -> None:
    ctx, scope = make()
    bills = expected_bill(ctx, scope, "casa", period_forecast=period_forecast(143.4, 3.0))
    assert bills.expected.total == Decimal("124.60")  # 124.64 before rounding
    assert (bills.expected.start, bills.expected.end) == (date(2026, 8, 5), date(2026, 9, 5))
    assert bills.so_far.energy_kwh == Decimal("83.2")
    assert bills.low.energy_kwh < Decimal(140) < bills.high.energy_kwh
    assert bills.low.total < bills.expected.total < bills.high.total
    step = bills.steps[0]
    assert (step.at_kwh, step.cost) == (Decimal(140), Decimal("9.86"))
    # 140 lies at z = -1.13, between the quantiles of 10 % (-1.28) and 25 % (-0.67).
    below = 0.10 + 0.15 * (1.28 - 3.4 / 3.0) / (1.28 - 0.67)
    assert step.probability == pytest.approx(1 - below)
    assert len(bills.energy_quantiles) == len(LEVELS)


def test_a_line_already_passed_is_no_step() -> None:
    ctx, scope = make()
    passed = replace(period_forecast(170.0, 3.0), so_far=150.0)
    assert expected_bill(ctx, scope, "casa", period_forecast=passed).steps == ()


def test_the_price_of_a_kwh_now_follows_the_total_that_is_expected() -> None:
    ctx, scope = make()
    window = (NOW, NOW + DAY)

    def prices(mean: float) -> tuple[list[float], list[float]]:
        found = site_prices(
            ctx, scope, "casa", period_forecast=period_forecast(mean, 3.0), window=window, resolution_s=HOUR
        )
        return found.buy.tolist(), found.sell.tolist()

    buy, sell = prices(100.0)
    assert buy == [0.7496] * 24  # the price of the part above 30 kWh, with tax and the rural levy
    assert sell == [0.0] * 24  # nobody pays for energy sent to the grid
    assert prices(140.0)[0][0] == pytest.approx(9.8523)
    assert prices(150.0)[0][0] == pytest.approx(0.7666)


def test_carbon_is_never_of_another_country() -> None:
    ctx, _ = make()
    assert carbon_of(ctx, SITE, 100) == Decimal("17.10")
    assert carbon_of(ctx, replace(SITE, country="FR"), 100) is None
    assert carbon_of(ctx, replace(SITE, country=None), 100) is None


def test_every_line_has_words_in_both_languages() -> None:
    ctx, _ = make()
    for tariff in list_tariffs(ctx):
        for line, names in line_names(tariff).items():
            assert {"es", "en"} <= set(names), (tariff.id, line)


def test_a_power_meter_is_billed_by_its_energy() -> None:
    from kanchay.domain.units import Quantity

    ctx, scope = in_memory(clock=lambda: NOW), operator_scope()
    create_site(ctx, scope, SITE)
    point = Point(
        "meter", "casa", "Meter", quantity=Quantity.POWER, direction=Direction.IMPORT, resolution_s=900
    )
    add_points(ctx, scope, point.site_id, [point])
    n = (NOW - FIRST) // 900
    ctx.readings.append(scope, [Readings.regular("meter", FIRST, 900, np.full(n, 0.2))], recorded_at=NOW)
    assert bill_period(ctx, scope, "casa").energy_kwh == Decimal("83.2")
    assert DAY == 24 * HOUR


def test_a_net_meter_bills_what_was_taken_not_the_balance() -> None:
    """0.2 kWh an hour taken by night, 1 kWh an hour sent from 10:00 to 14:00: the night is billed."""
    ctx, scope = in_memory(clock=lambda: NOW), operator_scope()
    create_site(ctx, scope, SITE)
    add_points(
        ctx, scope, "casa", [Point("meter", "casa", "Meter", direction=Direction.NET, resolution_s=HOUR)]
    )
    day = np.full(24, 0.2)
    day[10:14] = -1.0
    values = np.tile(day, (NOW - FIRST) // DAY + 1)[: (NOW - FIRST) // HOUR]
    ctx.readings.append(scope, [Readings.regular("meter", FIRST, HOUR, values)], recorded_at=NOW)
    bill = bill_period(ctx, scope, "casa", back=1)
    assert bill.energy_kwh == Decimal("124.0")  # 31 days of 20 hours at 0.2


def test_readings_below_zero_on_an_import_meter_are_refused() -> None:
    ctx, scope = make()
    wrong = Readings.regular("meter", NOW - 30 * HOUR, HOUR, np.array([-20.0]))
    ctx.readings.append(scope, [wrong], recorded_at=NOW + 1)
    with pytest.raises(BillRefused) as caught:
        bill_period(ctx, scope, "casa")
    assert caught.value.code == "bill.negative_energy"

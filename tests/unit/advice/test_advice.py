"""Costing, standby and the line of 140 kWh."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kanchay.analysis.advice.costing import cost_of_extra, saving_range, yearly_saving
from kanchay.analysis.advice.standby import standby_cut
from kanchay.analysis.advice.stay_below import stay_below
from kanchay.analysis.anomaly.standby import Standby
from kanchay.domain.forecast import PeriodForecast
from kanchay.domain.interval import DAY


def step_price(kwh: float) -> Decimal:
    """S/ 0.70 a kWh and S/ 10 at once above 140."""
    return (Decimal("0.70") * Decimal(str(round(kwh, 3)))).quantize(Decimal("0.01")) + (
        10 if kwh > 140 else 0
    )


def forecast(
    mean: float, so_far: float = 80.0, spread: float = 6.0, days_left: float = 10.0
) -> PeriodForecast:
    z = (-1.96, -1.645, -1.2816, -0.6745, 0.0, 0.6745, 1.2816, 1.645, 1.96)
    end = 30 * DAY
    quantiles = tuple(max(so_far, mean + spread * k) for k in z)
    return PeriodForecast("m", 0, end, int(end - days_left * DAY), so_far, 0.0, mean, quantiles, "test")


def test_crossing_the_step_counts_only_where_it_is_crossed():
    assert yearly_saving(step_price, [150.0], 15.0) == Decimal("246.00")  # 12 * (10.50 + 10)
    assert yearly_saving(step_price, [130.0], 15.0) == Decimal("126.00")
    assert yearly_saving(step_price, [5.0], 15.0) == Decimal("42.00")  # never more than the month had
    assert yearly_saving(step_price, [], 15.0) == Decimal("0.00")


def test_ranges_hold_the_mean():
    money = saving_range(step_price, [145.0, 150.0], 8.0, 4.0, 12.0, currency="PEN", per="month")
    assert money.low <= money.mean <= money.high
    assert (money.per, money.currency) == ("month", "PEN")
    year = cost_of_extra(step_price, [120.0], 120.0, 60.0, 180.0, currency="PEN")
    assert year.mean == Decimal("84.00")


def test_standby_leaves_the_router():
    cut = standby_cut(Standby(49.0, 45.0, 53.0, 0.3, 28))
    assert cut.cut_w == pytest.approx(20.0)
    assert cut.kwh_low < cut.kwh_per_month < cut.kwh_high
    assert standby_cut(Standby(12.0, 11.0, 13.0, 0.1, 28)) is None
    assert (
        standby_cut(Standby(49.0, 45.0, 53.0, 0.3, 28), resolution_s=3600) is None
    )  # that is a refrigerator
    assert standby_cut(None) is None


def test_stay_below_says_how_much_and_what_for():
    found = stay_below(forecast(143.0), 140.0, step_price)
    assert found.cut_kwh == pytest.approx(8.1, abs=0.3)  # the 80 % quantile down to the line
    assert found.probability_after < 0.3 < found.probability_before
    assert found.gain_low <= found.gain <= found.gain_high
    assert found.gain > 0.7 * found.cut_kwh  # more than the plain price: the step
    assert found.cut_kwh_per_day == pytest.approx(found.cut_kwh / 10.0)


@pytest.mark.parametrize(
    "hopeless",
    [forecast(100.0), forecast(300.0), forecast(150.0, so_far=141.0), forecast(143.0, days_left=1.0)],
    ids=["far below", "far above", "passed", "too late"],
)
def test_nothing_where_nothing_helps(hopeless):
    assert stay_below(hopeless, 140.0, step_price) is None

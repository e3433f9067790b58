"""The month's price of a home, on days that the price lists or their dated values do not reach."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kanchay.domain.interval import local_midnight, parse_instant
from kanchay.domain.point import Site
from kanchay.services.context import Context
from kanchay.services.findings.price import MonthPrice, month_price
from kanchay.services.money.tariffs import tariff_of
from kanchay.services.people.policy import operator_scope

from .helpers import BT5B

HOME = Site("casa", "Casa", tz="America/Lima", country="PE", tariff_id=BT5B)


def priced(ctx: Context, when: str) -> MonthPrice:
    return month_price(replace(ctx, clock=lambda: parse_instant(when, HOME.tz)), operator_scope(), HOME)


@pytest.fixture(scope="module")
def ctx() -> Context:
    from kanchay.bootstrap import in_memory

    return in_memory(clock=lambda: 0)


def test_after_the_last_dated_value_the_last_known_one_prices(ctx: Context) -> None:
    """Peru's UIT ends with the year: advice must not fall silent on 1 January."""
    tariff = tariff_of(ctx, HOME)
    ends = [max(v.valid_to for v in p.values) for p in tariff.parameters if p.values and p.default is None]
    assert ends, "a tariff of Peru refers to a dated value"
    last = min(ends)
    day_after = local_midnight(last, HOME.tz)
    before, after = (
        month_price(replace(ctx, clock=lambda at=at: at), operator_scope(), HOME)
        for at in (day_after - 60, day_after + 60)
    )
    assert before.price is not None
    assert after.price is not None
    assert after.why_not == ""
    assert [after.price(kwh) for kwh in (80.0, 140.0, 200.0)] == [
        before.price(kwh) for kwh in (80.0, 140.0, 200.0)
    ]


def test_years_later_the_newest_list_still_prices(ctx: Context) -> None:
    late = priced(ctx, "2031-06-01T12:00")
    assert late.price is not None
    assert late.price(141.0) - late.price(140.0) > 5

"""What a site would have paid under other options."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import pytest

from kanchay.bootstrap import in_memory
from kanchay.domain.errors import BillRefused
from kanchay.domain.interval import DAY, local_midnight
from kanchay.domain.point import Direction, Point, Site, SiteKind
from kanchay.domain.reading import Readings
from kanchay.domain.scope import Scope
from kanchay.services.context import Context
from kanchay.services.money.compare import compare_options
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import add_points, create_site

LIMA = "America/Lima"
NOW = local_midnight(date(2026, 11, 10), LIMA)
SITE = Site(
    id="casa", name="Casa", tz=LIMA, country="PE", tariff_id="pe.pluz.lima_norte.bt5b",
    tariff_parameters=(("alumbrado", "8.82"), ("reposicion", "1.40")), billing_day=5,
)  # fmt: skip


def make(peak_share: float, site: Site = SITE, days: int = 70) -> tuple[Context, Scope]:
    """A home of 8 kWh a day, a part of it from 18:00 to 23:00."""
    ctx, scope = in_memory(clock=lambda: NOW), operator_scope()
    create_site(ctx, scope, site)
    add_points(
        ctx, scope, site.id, [Point("meter", site.id, "Meter", direction=Direction.IMPORT, resolution_s=900)]
    )
    day = np.full(96, 8 * (1 - peak_share) / 76)
    day[72:92] = 8 * peak_share / 20
    first = NOW - days * DAY
    ctx.readings.append(scope, [Readings.regular("meter", first, 900, np.tile(day, days))], recorded_at=NOW)
    return ctx, scope


def test_a_home_that_avoids_the_peak_would_pay_less_by_the_hour() -> None:
    ctx, scope = make(0.10)
    found = compare_options(ctx, scope, "casa", periods=2)
    assert found.current.tariff.option == "BT5B"
    by_option = {o.tariff.option: o for o in found.options}
    smart = by_option["BT5-I"]
    assert smart.difference is not None
    assert smart.difference < 0
    assert found.best is not None
    assert found.best.total == min(o.total for o in found.options if o.total)
    assert smart.conditions == ("meter.smart",)
    assert "price.unverified" in smart.warnings
    # 240 or 248 kWh a period: energy by block and the fixed charge, without IGV, decide the difference.
    energy = [line for line in smart.bills[0].lines if line.id == "energy"]
    assert energy
    assert energy[0].quantity == found.current.bills[0].energy_kwh


def test_a_home_of_evenings_would_pay_more() -> None:
    ctx, scope = make(0.80)
    found = compare_options(ctx, scope, "casa", periods=2)
    by_option = {o.tariff.option: o for o in found.options}
    assert by_option["BT5-I"].difference > 0
    assert by_option["BT5F"].difference > by_option["BT5-I"].difference


def test_who_may_not_have_a_tariff_is_told_why() -> None:
    ctx, scope = make(0.3)
    found = compare_options(ctx, scope, "casa", periods=1)
    assert all(o.tariff.eligibility.segment in ("any", "residential") for o in found.options)
    assert {why for _, why in found.not_offered} == {"segment", "supply"}


def test_a_tariff_that_needs_what_nobody_measured_is_refused_not_guessed() -> None:
    shop = replace(SITE, kind=SiteKind.BUILDING, tariff_id="pe.pluz.lima_norte.bt5b_nores")
    ctx, scope = make(0.3, shop)
    refused = [o for o in compare_options(ctx, scope, "casa", periods=1).options if o.total is None]
    assert any(o.refusal_code in ("bill.missing_quantity", "bill.missing_demand") for o in refused)
    assert all(o.refusal and o.difference is None and not o.bills for o in refused)


def test_a_period_that_is_half_read_is_named() -> None:
    ctx, scope = make(0.3, days=40)
    found = compare_options(ctx, scope, "casa", periods=4)
    assert len(found.periods) == 1
    ((start, _, reason),) = found.skipped  # begun before the first reading; those before it are not told
    assert start == date(2026, 9, 5)
    assert "hours are missing" in reason


def test_nothing_to_compare_is_refused() -> None:
    ctx, scope = make(0.3, days=3)
    with pytest.raises(BillRefused, match="No complete period"):
        compare_options(ctx, scope, "casa")


def test_lists_of_one_day_price_all_options_where_old_lists_are_missing() -> None:
    ctx, scope = make(0.3)
    found = compare_options(ctx, scope, "casa", periods=2)
    options = [o for o in (found.current, *found.options) if o.total is not None]
    versions = {b.tariff_version for o in options for b in o.bills}
    assert len({v[:10] for v in versions}) == 1
    assert sum(b.total for b in found.current.bills) == found.current.total > Decimal(0)


def test_without_other_lists_of_the_distributor_another_one_lends_its_prices() -> None:
    ctx, scope = make(0.3, replace(SITE, tariff_id="pe.luz_del_sur.lima_sur.bt5b"))
    found = compare_options(ctx, scope, "casa", periods=1)
    assert found.lender is not None
    assert found.current.tariff.id == found.lender.id == "pe.pluz.lima_norte.bt5b"
    assert found.options


def test_a_site_with_options_of_its_own_borrows_nothing() -> None:
    ctx, scope = make(0.3)
    assert compare_options(ctx, scope, "casa", periods=1).lender is None


def test_what_one_month_sends_too_much_the_next_one_uses() -> None:
    """Net metering over two months: 8 kWh a day taken in both, 12 sent in the first and none in the second."""
    site = replace(SITE, tariff_id="us.duke_energy_florida.rs1", country="US", currency="USD", billing_day=1)
    ctx, scope = make(0.3, site)
    point = Point("sent", "casa", "Sent", direction=Direction.EXPORT, resolution_s=900)
    add_points(ctx, scope, "casa", [point])
    first = local_midnight(date(2026, 9, 1), LIMA)
    sent = [Readings.regular("sent", first, 900, np.full(96 * 70, 0.0))]
    sent[0].value[: 96 * 30] = 12 / 96
    ctx.readings.append(scope, sent, recorded_at=NOW)
    found = compare_options(ctx, scope, "casa", periods=2, prices_of=date(2026, 9, 1))
    september, october = found.current.bills
    assert dict(september.carried) == {"energy_kwh": Decimal("120.000")}
    energy = next(line for line in october.lines if line.id == "energy")
    assert energy.quantity == Decimal("128.000")  # 248 kWh less the 120 of September


def test_the_last_period_counts_where_readings_end_with_it() -> None:
    site = replace(SITE, billing_day=10)  # readings end at midnight before 10 November
    ctx, scope = make(0.3, site)
    assert compare_options(ctx, scope, "casa", periods=1).periods == (
        (date(2026, 10, 10), date(2026, 11, 10)),
    )


def test_who_uses_more_power_than_an_option_accepts_is_not_offered_it() -> None:
    ctx, scope = make(0.3)
    ctx.readings.append(
        scope, [Readings.regular("meter", NOW - 30 * DAY, 900, np.array([6.0]))], recorded_at=NOW
    )  # 24 kW for a quarter of an hour
    found = compare_options(ctx, scope, "casa", periods=2)
    assert {why for _, why in found.not_offered} == {"segment", "supply", "max_kw"}
    assert not found.options


@pytest.mark.parametrize(
    ("wanted", "code", "told"),
    [
        ("nope", "bill.no_tariff", "There is no tariff 'nope'"),
        ("us.pge.e_tou_c_region_p", "bill.other_currency", "is in USD and 'pe.pluz.lima_norte.bt5b' in PEN"),
    ],
)
def test_an_option_that_cannot_be_compared_is_refused_by_name(wanted: str, code: str, told: str) -> None:
    ctx, scope = make(0.3)
    with pytest.raises(BillRefused, match=told) as refusal:
        compare_options(ctx, scope, "casa", periods=1, tariff_ids=["pe.pluz.lima_norte.bt5e", wanted])
    assert refusal.value.code == code

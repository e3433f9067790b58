"""Every meter of every site that the scope sees."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from kanchay.bootstrap import in_memory
from kanchay.domain.errors import AccessDenied, NotFound
from kanchay.domain.interval import DAY, HOUR, local_midnight
from kanchay.domain.panel import Panel
from kanchay.domain.point import Point, Site, Term, VirtualPoint
from kanchay.domain.reading import Readings
from kanchay.domain.scope import Actor, Purpose, Role
from kanchay.services.forecasting.fleet import FleetOptions, forecast_fleet, forecast_many, points_to_forecast
from kanchay.services.forecasting.forecast import forecast_point
from kanchay.services.people.policy import operator_scope, scope_for
from kanchay.services.people.sites import add_points, create_site

LIMA = "America/Lima"
NOW = local_midnight(date(2026, 8, 22), LIMA)
SCOPE = operator_scope()


@pytest.fixture
def ctx():
    ctx = in_memory(clock=lambda: NOW)
    rng = np.random.default_rng(1)
    for k, country in enumerate(["PE", "PE", "ES"]):
        site = f"s{k}"
        create_site(ctx, SCOPE, Site(site, site, tz=LIMA, country=country))
        points = [Point(f"{site}-{n}", site, f"{n}", resolution_s=HOUR) for n in ("a", "b", "empty")]
        add_points(ctx, SCOPE, site, points)
        for point in points[:2]:
            readings = Readings.regular(point.id, NOW - 20 * DAY, HOUR, rng.gamma(2, 0.3, 24 * 20))
            ctx.readings.append(SCOPE, [readings], recorded_at=NOW)
    return ctx


def test_a_fleet_gets_what_each_point_gets(ctx):
    missed: list[str] = []
    parts = list(
        forecast_fleet(
            ctx,
            SCOPE,
            FleetOptions(batch=3, passed_over=lambda point, _: missed.append(point)),
            model="ensemble",
        )
    )
    assert sorted(p for part in parts for p in part.points) == [f"s{k}-{n}" for k in range(3) for n in "ab"]
    assert sorted(missed) == ["s0-empty", "s1-empty", "s2-empty"]
    for part in parts:
        for row, point in enumerate(part.points):
            alone = forecast_point(ctx, SCOPE, point, model="ensemble", store=False)
            np.testing.assert_allclose(part.mean[row], alone.mean)
            np.testing.assert_allclose(part.quantiles[row], alone.quantiles)


def test_a_fleet_as_of_before_reads_nothing_later(ctx):
    at = NOW - 5 * DAY
    (part, *_) = forecast_fleet(ctx, SCOPE, FleetOptions(at), model="week")
    late = [Readings.regular(point, at, HOUR, np.full(24 * 5, 1e6)) for point in part.points]
    ctx.readings.append(SCOPE, late, recorded_at=NOW + 1)
    (again, *_) = forecast_fleet(ctx, SCOPE, FleetOptions(at), model="week")
    assert (part.issued_at == at).all()
    np.testing.assert_array_equal(again.mean, part.mean)
    missed: dict[str, str] = {}
    before = forecast_fleet(
        ctx, SCOPE, FleetOptions(NOW - 30 * DAY, passed_over=missed.__setitem__), model="week"
    )
    assert list(before) == []
    assert len(missed) == 9
    assert all("no reading before" in reason for reason in missed.values())


def test_only_the_named_sites(ctx):
    parts = list(forecast_fleet(ctx, SCOPE, site_ids=["s1"], model="ensemble"))
    assert [part.points for part in parts] == [("s1-a", "s1-b")]


def test_who_may_not_read_gets_nothing(ctx):
    nobody = scope_for(Actor("p", "p", Role.PROVIDER, organisation_id="default"), Purpose.VIEW)
    with pytest.raises((AccessDenied, NotFound)):
        list(forecast_fleet(ctx, nobody, model="ensemble"))


def test_registers_are_told_as_their_sum(ctx):
    with ctx.records.unit(SCOPE) as uow:
        whole = VirtualPoint(
            Point("s0-sum", "s0", "sum", resolution_s=HOUR), (Term(1, "s0-a"), Term(1, "s0-b"))
        )
        uow.virtual_points.put(whole)
    assert [p.id for p in points_to_forecast(ctx, SCOPE, "s0")] == ["s0-empty", "s0-sum"]


def test_panels_of_a_file_need_no_store(ctx):
    panels = (
        Panel.of((f"m{k}",), np.full((1, 72), 1.0 + k), start=NOW, resolution_s=HOUR, tz=LIMA)
        for k in range(3)
    )
    (part,) = forecast_many(ctx, panels, model="day")
    assert part.points == ("m0", "m1", "m2")
    np.testing.assert_allclose(part.mean[:, 0], [1, 2, 3])

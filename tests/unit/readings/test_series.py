"""Panels as analyses get them."""

from __future__ import annotations

import numpy as np
import pytest

from kanchay.bootstrap import in_memory
from kanchay.domain.errors import InputError, NotFound
from kanchay.domain.interval import DAY, HOUR
from kanchay.domain.point import Direction, Point, Role, Site, Term, VirtualPoint
from kanchay.domain.reading import Quality, Readings
from kanchay.domain.scope import Actor, Purpose
from kanchay.domain.scope import Role as PersonRole
from kanchay.domain.units import Quantity
from kanchay.services.people.policy import operator_scope, scope_for
from kanchay.services.people.sites import add_points, add_virtual_points, create_site
from kanchay.services.readings.series import daily_totals, load_panel, main_point, span

OPERATOR = operator_scope()
MIDNIGHT = 5 * HOUR  # of Lima, on the first day of 1970


@pytest.fixture
def ctx():
    made = in_memory(clock=lambda: 5)
    create_site(made, OPERATOR, Site("s", "S", "America/Lima", "org"))
    points = [
        Point("in", "s", "In", direction=Direction.IMPORT, resolution_s=900),
        Point("out", "s", "Out", direction=Direction.EXPORT, resolution_s=1800),
        Point("t", "s", "T", quantity=Quantity.TEMPERATURE, role=Role.SENSOR),
        Point("p", "s", "P", quantity=Quantity.POWER, role=Role.SUBMETER, parent_id="in"),
    ]
    add_points(made, OPERATOR, "s", points)
    readings = [
        Readings.regular("in", MIDNIGHT, 900, np.ones(96)),
        Readings.regular("out", MIDNIGHT, 1800, np.full(24, 0.5)),  # half of the day only
        Readings.regular("t", MIDNIGHT, 600, np.arange(6.0)),
        Readings.regular("p", MIDNIGHT, 900, np.full(96, 2.0)),
    ]
    made.readings.append(OPERATOR, readings, recorded_at=10)
    return made


def panel(ctx, *names, resolution_s=HOUR, start=MIDNIGHT, end=MIDNIGHT + DAY, **more):
    return load_panel(ctx, OPERATOR, names, resolution_s=resolution_s, start=start, end=end, **more)


def test_energy_is_summed_and_means_are_averaged(ctx):
    both = panel(ctx, "in", "t", "p")
    assert both.points == ("in", "t", "p")
    assert both.tz == "America/Lima"
    assert both.row("in").tolist() == [4.0] * 24
    assert both.row("t")[0] == 2.5
    assert np.isnan(both.row("t")[1:]).all()
    assert both.row("p").tolist() == [2.0] * 24


def test_a_finer_grid_shares_energy_out(ctx):
    fine = panel(ctx, "in", resolution_s=300)
    assert fine.row("in")[:3] == pytest.approx([1 / 3] * 3)
    assert fine.values.sum() == pytest.approx(96)


def test_the_grid_starts_where_it_is_asked_to(ctx):
    odd = panel(ctx, "in", start=MIDNIGHT + 450, end=MIDNIGHT + 450 + HOUR)
    assert (odd.start, odd.n_intervals) == (MIDNIGHT + 450, 1)
    assert odd.row("in")[0] == pytest.approx(4.0)
    before = panel(ctx, "in", start=MIDNIGHT - HOUR, end=MIDNIGHT + HOUR)
    assert np.isnan(before.row("in")[0])


def test_as_of_shows_what_was_known_then(ctx):
    ctx.readings.append(OPERATOR, [Readings.regular("in", MIDNIGHT, 900, np.full(4, 3.0))], recorded_at=20)
    assert panel(ctx, "in").row("in")[0] == 12.0
    assert panel(ctx, "in", as_of=19).row("in")[0] == 4.0
    assert np.isnan(panel(ctx, "in", as_of=9).values).all()


def test_a_virtual_point_is_known_where_all_its_terms_are(ctx):
    net = VirtualPoint(Point("net", "s", "Net", direction=Direction.NET), (Term(1, "in"), Term(-1, "out")))
    add_virtual_points(ctx, OPERATOR, "s", [net])
    row = panel(ctx, "net").row("net")
    assert row[:12].tolist() == [3.0] * 12
    assert np.isnan(row[12:]).all()
    held = span(ctx, OPERATOR, "net")
    assert (held.start, held.end) == (MIDNIGHT, MIDNIGHT + DAY // 2)
    day = daily_totals(ctx, OPERATOR, "net", MIDNIGHT, MIDNIGHT + 1)
    assert day.covered_s.tolist() == [DAY // 2]


def test_quality_is_the_worst_of_the_parts(ctx):
    guess = Readings(
        "in",
        np.array([MIDNIGHT]),
        np.array([MIDNIGHT + 900]),
        np.array([1.0]),
        np.array([Quality.IMPUTED], np.int8),
    )
    ctx.readings.append(OPERATOR, [guess], recorded_at=20)
    assert panel(ctx, "in").quality[0, :2].tolist() == [Quality.IMPUTED, Quality.MEASURED]


def test_daily_totals_are_of_local_days_and_power_gives_energy(ctx):
    energy = daily_totals(ctx, OPERATOR, "in", MIDNIGHT, MIDNIGHT + DAY)
    assert energy.start.tolist() == [MIDNIGHT]
    assert energy.total.tolist() == [96.0]
    assert daily_totals(ctx, OPERATOR, "p", MIDNIGHT, MIDNIGHT + DAY).total.tolist() == [48.0]


def test_the_main_point_is_the_grid_meter_of_imported_energy(ctx):
    assert main_point(ctx, OPERATOR, "s").id == "in"
    total = VirtualPoint(
        Point("grid", "s", "Grid", direction=Direction.IMPORT), (Term(1, "in"), Term(1, "in"))
    )
    add_virtual_points(ctx, OPERATOR, "s", [total])
    assert main_point(ctx, OPERATOR, "s").id == "grid"


def test_power_is_a_main_meter_where_there_is_nothing_better():
    made = in_memory()
    create_site(made, OPERATOR, Site("s", "S"))
    add_points(made, OPERATOR, "s", [Point("t", "s", "T", quantity=Quantity.TEMPERATURE)])
    with pytest.raises(NotFound, match="no electricity meter"):
        main_point(made, OPERATOR, "s")
    add_points(made, OPERATOR, "s", [Point("p", "s", "P", quantity=Quantity.POWER)])
    assert main_point(made, OPERATOR, "s").id == "p"


def test_span_of_a_silent_point_is_none(ctx):
    add_points(ctx, OPERATOR, "s", [Point("new", "s", "New")])
    assert span(ctx, OPERATOR, "new") is None
    assert np.isnan(panel(ctx, "new").values).all()


def test_strangers_get_nothing(ctx):
    stranger = scope_for(Actor("x", "X", PersonRole.OWNER, "other"), Purpose.ADMINISTER)
    for call in (
        lambda: load_panel(ctx, stranger, ["in"], resolution_s=HOUR, start=0, end=DAY),
        lambda: daily_totals(ctx, stranger, "in", 0, DAY),
        lambda: span(ctx, stranger, "in"),
        lambda: main_point(ctx, stranger, "s"),
    ):
        with pytest.raises(NotFound):
            call()


def test_no_point_no_panel(ctx):
    with pytest.raises(InputError):
        panel(ctx)

"""The meter tree adds up: grid, roof and battery on one side, sub-meters and "other" on the other."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from kanchay.analysis.quality import balance as balance_module
from kanchay.analysis.quality.balance import balance, check_balance
from kanchay.bootstrap import in_memory
from kanchay.domain.errors import ShapeError
from kanchay.domain.interval import HOUR
from kanchay.domain.issue import IssueKind
from kanchay.domain.panel import Panel
from kanchay.domain.point import Direction, Point, Role, Site, Term, VirtualPoint
from kanchay.domain.reading import Readings
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import add_points, add_virtual_points, create_site
from kanchay.services.readings.check import check_site
from kanchay.services.readings.metertree import MeterBalance, balances
from kanchay.simulate.office import simulate_office

GRID = Point("in", "s", "In", direction=Direction.IMPORT, resolution_s=HOUR)
OUT = Point("out", "s", "Out", direction=Direction.EXPORT, resolution_s=HOUR)
PV = Point("pv", "s", "PV", direction=Direction.PRODUCTION, role=Role.PV, resolution_s=HOUR)
CHARGE = Point("c", "s", "Charge", direction=Direction.CONSUMPTION, role=Role.BATTERY, resolution_s=HOUR)
DISCHARGE = Point("d", "s", "Discharge", direction=Direction.PRODUCTION, role=Role.BATTERY, resolution_s=HOUR)
HVAC = Point("hvac", "s", "HVAC", direction=Direction.CONSUMPTION, role=Role.SUBMETER, parent_id="in")
FAN = Point("fan", "s", "Fan", direction=Direction.CONSUMPTION, role=Role.SUBMETER, parent_id="hvac")


def panel(**rows: list[float]) -> Panel:
    return Panel.of(tuple(rows), np.array(list(rows.values())), start=0, resolution_s=HOUR, tz="UTC")


def test_production_and_battery_count_with_the_grid():
    (found,) = balances([GRID, OUT, PV, CHARGE, DISCHARGE, HVAC])
    assert found == MeterBalance(("in", "out", "pv", "c", "d"), (1, -1, 1, -1, 1), ("hvac",))
    sources = panel(i=[2.0], out=[1.0], pv=[5.0], c=[1.5], d=[0.5])
    result = balance(sources, found.signs, panel(hvac=[3.0]))
    assert (result.consumption[0], result.metered[0], result.other[0]) == (5.0, 10.0, 2.0)


def test_sub_meters_of_sub_meters_have_a_balance_of_their_own():
    assert balances([GRID, HVAC, FAN]) == [
        MeterBalance(("in",), (1,), ("hvac",)),
        MeterBalance(("hvac",), (1,), ("fan",)),
    ]


def test_export_without_a_meter_on_the_roof_is_not_compared():
    assert balances([GRID, OUT, HVAC]) == []
    assert balances([GRID]) == []


def test_two_grid_meters_share_no_roof():
    other = Point("in2", "s", "In 2", direction=Direction.IMPORT, resolution_s=HOUR)
    assert balances([GRID, other, PV]) == []


def test_a_sum_of_registers_stands_for_them():
    t1, t2 = (
        Point(f"t{n}", "s", f"T{n}", direction=Direction.IMPORT, register=f"{n}", resolution_s=HOUR)
        for n in (1, 2)
    )
    both = VirtualPoint(
        Point("sum", "s", "Sum", direction=Direction.IMPORT, resolution_s=HOUR),
        (Term(1, "t1"), Term(1, "t2")),
    )
    heater = Point("h", "s", "H", role=Role.SUBMETER, direction=Direction.CONSUMPTION, parent_id="sum")
    assert balances([t1, t2, heater], [both]) == [MeterBalance(("sum",), (1,), ("h",))]


def test_only_less_than_nothing_is_an_issue():
    grid, hvac = panel(i=[1.0, 1.0, np.nan], pv=[4.0, 0.0, 4.0]), panel(hvac=[2.0, 0.99, 9.0])
    assert check_balance(grid, (1, 1), hvac) == []
    (issue,) = check_balance(grid, (1, 1), panel(hvac=[5.6, 0.5, 9.0]))
    assert (issue.kind, issue.point_id, issue.numbers["n_over"]) == (IssueKind.SUM_MISMATCH, "i", 1.0)
    assert issue.numbers["excess"] == pytest.approx(0.6)
    (sent,) = check_balance(panel(i=[1.0, 0.0], out=[0.0, 3.0], pv=[0.0, 2.0]), (1, -1, 1))
    assert sent.numbers["excess"] == pytest.approx(1.0)
    with pytest.raises(ShapeError, match="2 sources have 1 signs"):
        check_balance(grid, (1,))


def office_site(*, pv_sign: float = 1.0):
    run = simulate_office(seed=3, start="2026-03-02", days=21, pv_kw=8.0)
    ctx, scope = in_memory(clock=lambda: run.end), operator_scope()
    create_site(ctx, scope, run.site)
    add_points(ctx, scope, run.site.id, run.points)
    readings = dict(run.readings)
    pv = run.point("pv").id
    held = readings[pv]
    readings[pv] = Readings.regular(pv, run.start, 900, held.value * pv_sign)
    ctx.readings.append(scope, list(readings.values()), recorded_at=run.end)
    return check_site(ctx, scope, run.site.id)


def test_an_office_with_a_roof_adds_up():
    assert [i for i in office_site() if i.kind is IssueKind.SUM_MISMATCH] == []


def test_a_roof_that_reads_a_third_does_not():
    (issue,) = (i for i in office_site(pv_sign=1 / 3) if i.kind is IssueKind.SUM_MISMATCH)
    assert issue.point_id == "office:grid"
    assert issue.numbers["share"] > 0.05


def test_a_site_with_a_sum_is_checked_through_it():
    ctx, scope = in_memory(clock=lambda: 0), operator_scope()
    create_site(ctx, scope, Site("s", "S"))
    t1, t2 = (Point(f"t{n}", "s", f"T{n}", direction=Direction.IMPORT, resolution_s=HOUR) for n in (1, 2))
    heater = Point(
        "h", "s", "H", role=Role.SUBMETER, direction=Direction.CONSUMPTION, parent_id="sum", resolution_s=HOUR
    )
    add_points(ctx, scope, "s", [t1, t2, heater])
    whole = Point("sum", "s", "Sum", direction=Direction.IMPORT, resolution_s=HOUR)
    add_virtual_points(ctx, scope, "s", [VirtualPoint(whole, (Term(1, "t1"), Term(1, "t2")))])
    night = np.arange(480) % 24 < 6
    for name, value in (
        ("t1", np.where(night, 1.0, 0.0)),
        ("t2", np.where(night, 0.0, 2.0)),
        ("h", np.where(night, 1.6, 1.0)),
    ):
        ctx.readings.append(
            scope, [Readings.regular(name, 0, HOUR, value + 0.01 * (np.arange(480) % 7))], recorded_at=1
        )
    mismatches = [i for i in check_site(ctx, scope, "s") if i.kind is IssueKind.SUM_MISMATCH]
    assert [i.point_id for i in mismatches] == ["sum"]
    assert mismatches[0].numbers["n_over"] == 120


def test_examples_run():
    assert doctest.testmod(balance_module).failed == 0

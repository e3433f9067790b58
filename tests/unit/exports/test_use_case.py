"""What may leave, how much of it, who took it, and how little of it is held at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from kanchay.bootstrap import export_formats
from kanchay.domain.errors import AccessDenied, InputError, NotEnoughData, NotFound
from kanchay.domain.interval import DAY, parse_instant
from kanchay.domain.point import Direction, Point, Term, VirtualPoint
from kanchay.domain.reading import Readings
from kanchay.domain.scope import Actor, Purpose, Role
from kanchay.services.people.policy import operator_scope, scope_for
from kanchay.services.people.sites import add_points, add_virtual_points, create_site
from kanchay.services.ports.exports import ExportSeries
from kanchay.services.readings.export import ExportWish, export_name, format_named, open_export
from tests.unit.exports.world import NOW, fill, home

CSV = export_formats()["csv"]


def person(role: Role, organisation: str = "default", *sites: str):
    return scope_for(Actor("ana", "Ana", role, organisation, frozenset(sites)), Purpose.VIEW)


def test_every_name_has_one_format():
    assert [f.name for f in export_formats().values()] == list(export_formats())
    assert len({(f.name, f.suffix) for f in export_formats().values()}) == len(export_formats())


@pytest.mark.parametrize("role", [Role.VIEWER, Role.ANALYST, Role.RESIDENT, Role.OWNER])
def test_whoever_may_see_may_take_and_it_is_written_down(ctx, role):
    fill(ctx, home())
    export = open_export(ctx, person(role), "casa", CSV, ExportWish(("casa.sol",)))
    assert b"casa.sol" in b"".join(CSV.write(export, "es"))
    with ctx.records.unit(operator_scope()) as uow:
        (entry,) = uow.audit.find(action="readings.export")
    assert (entry.actor_id, entry.site_id, entry.at) == ("ana", "casa", NOW)
    assert entry.subject == "csv 2026-03-27T23:00Z/2026-10-26T22:00Z casa.sol"


def test_nobody_takes_what_they_may_not_see(ctx):
    fill(ctx, home())
    fill(ctx, home(site_id="otra"))
    for scope, error in (
        (person(Role.AGENCY), AccessDenied),
        (person(Role.PROVIDER), AccessDenied),
        (person(Role.OWNER, "elsewhere"), NotFound),
        (person(Role.VIEWER, "default", "otra"), AccessDenied),
    ):
        with pytest.raises(error):
            open_export(ctx, scope, "casa", CSV, ExportWish())
    with pytest.raises(NotFound, match="no meter"):
        open_export(ctx, operator_scope(), "casa", CSV, ExportWish(("otra.sol",)))
    with ctx.records.unit(operator_scope()) as uow:
        assert uow.audit.find(action="readings.export") == []


def test_a_scope_that_narrows_meanwhile_reads_nothing_more(ctx):
    """The readings are fetched under the scope of whoever asked, piece by piece."""
    fill(ctx, home())
    export = open_export(ctx, person(Role.VIEWER), "casa", CSV, ExportWish())
    foreign = replace(export.series[0], point=replace(export.series[0].point, id="ajena"))
    with pytest.raises(NotFound):
        list(export.read(foreign))


def test_too_much_is_refused_with_the_number(ctx):
    fill(ctx, home())
    small = replace(CSV, most_rows=1000)
    with pytest.raises(InputError, match=r"up to [\d,]+ readings.*1,000 at most") as caught:
        open_export(ctx, operator_scope(), "casa", small, ExportWish())
    assert caught.value.code == "export.too_many"
    open_export(ctx, operator_scope(), "casa", small, ExportWish(("casa.sol",)))
    open_export(ctx, operator_scope(), "casa", small, ExportWish(resolution_s=DAY, point_ids=("casa.sol",)))


def test_nothing_to_take_is_said(ctx):
    fill(ctx, home())
    far = parse_instant("2030-01-01")
    for wish in (ExportWish(start=far), ExportWish(end=0), ExportWish(start=far, end=far)):
        with pytest.raises(NotEnoughData) as caught:
            open_export(ctx, operator_scope(), "casa", CSV, wish)
        assert caught.value.code == "export.nothing"
    with pytest.raises(InputError, match="no way to tell temperature"):
        open_export(
            ctx, operator_scope(), "casa", export_formats()["home-assistant"], ExportWish(("casa.afuera",))
        )
    with pytest.raises(InputError, match="no format 'pdf'"):
        format_named(export_formats(), "pdf")
    with pytest.raises(InputError, match="one resolution, PT1H"):
        open_export(
            ctx, operator_scope(), "casa", export_formats()["home-assistant"], ExportWish(resolution_s=DAY)
        )


def test_few_readings_on_a_fine_grid_leave_in_pieces_too(ctx):
    """Thirty years of days as quarters of an hour: a million intervals, never all of them at once."""
    scope, n = operator_scope(), 365 * 30
    create_site(ctx, scope, home("UTC"))
    add_points(
        ctx, scope, "casa", [Point("casa.d", "casa", "D", direction=Direction.IMPORT, resolution_s=DAY)]
    )
    ctx.readings.append(scope, [Readings.regular("casa.d", 0, DAY, np.ones(n))], recorded_at=NOW)
    export = open_export(ctx, scope, "casa", CSV, ExportWish(resolution_s=900))
    pieces = [(len(r), float(r.value.sum())) for r in export.read(export.series[0])]
    assert sum(total for _, total in pieces) == pytest.approx(n)
    assert max(length for length, _ in pieces) <= 20_000


def test_points_are_named_by_id_or_name(ctx):
    fill(ctx, home())
    by_name = open_export(ctx, operator_scope(), "casa", CSV, ExportWish(("Paneles", "casa.gas")))
    assert [s.point.id for s in by_name.series] == ["casa.sol", "casa.gas"]


def test_a_sum_of_meters_leaves_when_it_is_asked_for(ctx):
    stored = fill(ctx, home())
    point = Point("casa.neto", "casa", "Neto", direction=Direction.NET)
    terms = (Term(1, "casa.medidor.import"), Term(-1, "casa.medidor.export"))
    add_virtual_points(ctx, operator_scope(), "casa", [VirtualPoint(point, terms)])
    everything = open_export(ctx, operator_scope(), "casa", CSV, ExportWish())
    assert "casa.neto" not in {s.point.id for s in everything.series}  # nothing leaves twice
    (series,) = (export := open_export(ctx, operator_scope(), "casa", CSV, ExportWish(("casa.neto",)))).series
    total = sum(float(r.value.sum()) for r in export.read(series))
    expected = stored["casa.medidor.import"].value.sum() - stored["casa.medidor.export"].value.sum()
    assert total == pytest.approx(expected)


def test_the_name_of_the_file_says_what_is_inside(ctx):
    fill(ctx, home())
    start, end = (parse_instant(d, "Europe/Madrid") for d in ("2026-03-29", "2026-03-31"))
    export = open_export(ctx, operator_scope(), "casa", CSV, ExportWish(start=start, end=end))
    assert export_name(export, CSV) == "casa-2026-03-29-2026-03-30.csv"


@pytest.mark.parametrize("name", ["csv", "csv-es", "parquet", "green-button", "home-assistant", "emhass"])
def test_what_was_read_leaves_before_more_is_read(ctx, name):
    """A writer holds one piece of readings at a time, however many there are."""
    fill(ctx, home())
    form, asked = export_formats()[name], 0

    def pieces(series: ExportSeries) -> Iterator[Readings]:
        nonlocal asked
        for n in range(40):
            asked += 1
            step = form.only_s or form.usual_s or 900
            yield Readings.regular(series.point.id, n * 50 * step, step, np.ones(50))

    export = open_export(ctx, operator_scope(), "casa", form, ExportWish(("casa.sol",)))
    out = form.write(replace(export, read=pieces), "es")
    seen = [asked for piece in out if piece]
    assert asked == 40
    assert set(range(1, 41)) <= set(seen)  # after every piece something left


@pytest.mark.parametrize("resolution_s", [None, 3600, DAY])
def test_readings_are_fetched_in_pieces(ctx, resolution_s):
    """A year of minutes is never read at once, on no resolution."""
    scope, n = operator_scope(), 200_000
    create_site(ctx, scope, home("UTC"))
    add_points(
        ctx, scope, "casa", [Point("casa.m", "casa", "M", direction=Direction.IMPORT, resolution_s=60)]
    )
    ctx.readings.append(scope, [Readings.regular("casa.m", 0, 60, np.ones(n))], recorded_at=NOW)
    export = open_export(ctx, scope, "casa", CSV, ExportWish(resolution_s=resolution_s))
    fetched: list[int] = []
    real = ctx.readings.read

    def read(*asked: Any, **more: Any) -> Readings:
        found = real(*asked, **more)
        fetched.append(len(found))
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ctx.readings, "read", read)
        total = sum(float(r.value.sum()) for r in export.read(export.series[0]))
    whole = n // ((resolution_s or 60) // 60) * ((resolution_s or 60) // 60)
    assert total == whole
    assert max(fetched) < 35_000

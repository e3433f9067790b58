"""CSV of both dialects, Excel and Parquet come back to the last bit: identity, qualities, times, values."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kanchay.bootstrap import in_memory
from kanchay.domain.interval import DAY, HOUR, parse_instant, utc_offset
from kanchay.domain.point import Direction, Kind, Point
from kanchay.domain.reading import Observations, Quality, Readings
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import add_points, create_site, list_points
from kanchay.services.readings.import_file import store_import
from tests.unit.exports.world import NOW, fill, home, points, same

OURS = [("csv", "es"), ("csv-es", "en"), ("xlsx", "es"), ("xlsx", "en"), ("parquet", "es")]
ZONES = ["Europe/Madrid", "Australia/Lord_Howe", "Asia/Kathmandu"]


@pytest.mark.parametrize(("name", "language"), OURS)
def test_every_point_comes_back_as_it_left(ctx, leave, read_back, name, language):
    stored = fill(ctx, home())
    some = points()[3:8] if name == "xlsx" else points()  # a workbook is slow
    path, _ = leave("casa", name, language, point_ids=tuple(p.id for p in some))
    found = read_back(path)
    assert found.format == "kanchay"
    assert found.questions == ()
    assert [s.own for s in found.series] == some
    for series, point in zip(found.series, some, strict=True):
        same(series.observations, stored[point.id])
        assert (series.direction, series.unit, series.quantity) == (
            point.direction,
            point.unit,
            point.quantity,
        )
        assert series.timezone == "Europe/Madrid"


@pytest.mark.parametrize("tz", ZONES)
@pytest.mark.parametrize("name", ["csv-es", "xlsx"])
def test_local_clocks_tell_every_instant_once(ctx, leave, read_back, name, tz):
    stored = fill(ctx, home(tz))
    path, _ = leave("casa", name, point_ids=("casa.medidor.import",))
    (series,) = read_back(path).series
    same(series.observations, stored["casa.medidor.import"])


@pytest.mark.parametrize("name", ["csv", "parquet"])
def test_into_another_product_and_back_again(ctx, leave, read_back, name):
    """The file makes the same points elsewhere, registers too; there it changes nothing the second time."""
    stored = fill(ctx, home())
    path, _ = leave("casa", name)
    other, scope = in_memory(clock=lambda: NOW), operator_scope()
    create_site(other, scope, home())
    first = store_import(other, scope, "casa", read_back(path))
    again = store_import(other, scope, "casa", read_back(path))
    assert sorted(list_points(other, scope, "casa"), key=lambda p: p.id) == sorted(
        points(), key=lambda p: p.id
    )
    for point_id, readings in stored.items():
        same(other.readings.read(scope, point_id, 0, 1 << 40), readings)
    n = sum(map(len, stored.values()))
    assert (first.n_new, again.n_new, again.n_revised, again.n_unchanged) == (n, 0, 0, n)


def test_back_into_its_own_site_nothing_changes(ctx, leave, read_back):
    """Also of a register, whose steps are no register readings."""
    stored = fill(ctx, home())
    scope = operator_scope()
    path, _ = leave("casa", "csv")
    record = store_import(ctx, scope, "casa", read_back(path))
    assert (record.n_new, record.n_revised) == (0, 0)
    assert list_points(ctx, scope, "casa") == points()
    assert len(ctx.readings.observations(scope, "casa.registro", 0, 1 << 40)) == 0
    same(ctx.readings.read(scope, "casa.registro", 0, 1 << 40), stored["casa.registro"])


def test_into_another_site_the_points_are_that_sites(ctx, leave, read_back):
    fill(ctx, home())
    scope = operator_scope()
    create_site(ctx, scope, home(site_id="oficina"))
    path, _ = leave("casa", "csv")
    store_import(ctx, scope, "oficina", read_back(path))
    moved = {p.id: p for p in list_points(ctx, scope, "oficina")}
    assert set(moved) == {p.id for p in points("oficina")}
    assert moved["oficina.terma"].parent_id == "oficina.medidor.import"


def test_sums_of_days_never_take_the_place_of_their_quarters(ctx, leave, read_back):
    stored = fill(ctx, home())["casa.medidor.import"]
    path, _ = leave("casa", "csv", point_ids=("casa.medidor.import",), resolution_s=DAY)
    (series,) = read_back(path).series
    assert series.own.id == "casa.medidor.import@P1D"
    # Whole days only: a hole takes the first away, and 72 hours after 24 October end before midnight.
    lengths = (series.observations.end - series.observations.start) // HOUR
    assert lengths.tolist() == [23, 24, 24, 25]
    days = zip(series.observations.start, series.observations.end, strict=True)
    sums = [stored.value[(stored.start >= first) & (stored.start < last)].sum() for first, last in days]
    np.testing.assert_allclose(series.observations.value, sums, rtol=1e-12)
    scope = operator_scope()
    assert store_import(ctx, scope, "casa", read_back(path)).n_revised == 0
    same(ctx.readings.read(scope, "casa.medidor.import", 0, 1 << 40), stored)


def test_simulated_readings_say_so(ctx, leave):
    fill(ctx, replace(home(), simulated=True))
    path, _ = leave("casa", "csv")
    assert path.name.endswith("-simulated.csv")
    lines = path.read_text("utf-8").splitlines()
    assert all(",simulated,casa," in line for line in lines[1:])


def test_the_file_that_was_imported_is_told_as_the_source(ctx, leave, read_back, tmp_path: Path):
    scope = operator_scope()
    create_site(ctx, scope, home("America/Lima"))
    given = tmp_path / "agosto.csv"
    given.write_text("time,import_kwh\n" + "".join(f"2026-08-01T{h:02d}:00-05:00,0.5\n" for h in range(24)))
    store_import(ctx, scope, "casa", read_back(given))
    _, export = leave("casa", "csv")
    assert [s.source for s in export.series] == ["agosto.csv"]
    with ctx.records.unit(scope) as uow:
        (record,) = uow.imports.find()
        uow.imports.put(replace(record, state="undone"))
    assert [s.source for s in leave("casa", "csv")[1].series] == [""]


def test_spanish_csv_opens_in_a_spanish_spreadsheet(ctx, leave):
    fill(ctx, home("America/Lima"))
    path, _ = leave("casa", "csv-es")
    data = path.read_bytes()
    assert data.startswith("\ufeffMedidor;Inicio;Fin;Valor;Unidad;".encode())
    first = data.decode("utf-8-sig").splitlines()[1].split(";")
    assert first[:3] == ['"Medidor', ' 50 % de la casa"', "28/03/2026 00:00"]
    assert "," in first[4]
    assert "." not in first[4]


@pytest.mark.parametrize("name", ["csv", "csv-es"])
def test_no_name_is_a_formula(ctx, leave, read_back, name):
    fill(ctx, home())
    path, _ = leave("casa", name, point_ids=("casa.terma",))
    assert path.read_text("utf-8-sig").splitlines()[1].startswith("'=Terma")
    assert read_back(path).series[0].name == "=Terma"


def test_no_cell_of_a_workbook_is_a_formula(ctx, leave):
    import openpyxl

    fill(ctx, home())
    path, _ = leave("casa", "xlsx", point_ids=("casa.terma",))
    sheet = openpyxl.load_workbook(path).active
    assert {cell.data_type for row in sheet.iter_rows(max_row=5) for cell in row} <= {"s", "n", "d"}
    assert sheet.freeze_panes == "A2"


def test_a_changed_table_is_read_as_any_other(ctx, leave, read_back):
    """Somebody typed over a quality: nothing is guessed about what it was."""
    fill(ctx, home("America/Lima"))
    path, _ = leave("casa", "csv", point_ids=("casa.medidor.import",))
    path.write_text(path.read_text("utf-8").replace(",measured,", ",so-so,"), "utf-8")
    found = read_back(path)
    assert found.format != "kanchay"
    assert all(s.own is None for s in found.series)


def test_overlapping_readings_leave_without_their_overlap(ctx, leave, read_back):
    """Quarters of an hour over an hour that was imported before: the hour counts, once."""
    scope = operator_scope()
    create_site(ctx, scope, home("UTC"))
    point = Point("casa.m", "casa", "M", direction=Direction.IMPORT, resolution_s=900)
    add_points(ctx, scope, "casa", [point])
    start = np.array([0, 900, 1800, 2700, 3600])
    end = np.array([3600, 1800, 2700, 3600, 4500])
    values = np.array([4.0, 1.0, 1.0, 1.0, 1.0])
    ctx.readings.append(scope, [Readings("casa.m", start, end, values, np.zeros(5, np.int8))], recorded_at=1)
    path, _ = leave("casa", "csv")
    (series,) = read_back(path).series
    assert series.total == 5.0
    assert series.observations.start.tolist() == [0, 3600]


def test_hours_of_quarters_keep_the_worst_quality(ctx, leave, read_back):
    fill(ctx, home())
    path, _ = leave("casa", "parquet", point_ids=("casa.sol",), resolution_s=HOUR)
    (series,) = read_back(path).series
    kept = ctx.readings.read(operator_scope(), "casa.sol", 0, 1 << 40)
    first = (kept.start >= series.start) & (kept.start < series.start + HOUR)
    assert series.observations.quality[0] == kept.quality[first].max()
    assert series.resolution_s == HOUR


def test_the_window_is_half_open_and_on_the_clock_of_the_site(ctx, leave, read_back):
    fill(ctx, home())
    start, end = (parse_instant(f"2026-10-25T0{h}:00", "Europe/Madrid") for h in (0, 4))
    path, _ = leave("casa", "csv-es", point_ids=("casa.medidor.export",), start=start, end=end)
    (series,) = read_back(path).series
    assert (series.start, series.end, series.n) == (start, end, 5 * 4)  # 02:00 comes twice
    assert np.diff(utc_offset([start, end], "Europe/Madrid")).tolist() == [-HOUR]


def test_observations_of_a_site_survive(ctx, leave, read_back):
    """What a site received of a meter of intervals is as good as what it holds."""
    scope = operator_scope()
    create_site(ctx, scope, home("UTC"))
    p = Point("casa.m", "casa", "M", direction=Direction.IMPORT, resolution_s=900, kind=Kind.INTERVAL)
    add_points(ctx, scope, "casa", [p])
    seen = Observations(
        "casa.m", np.array([0]), np.array([900]), np.array([1.0]), np.array([Quality.SUSPECT], np.int8)
    )
    readings = Readings("casa.m", seen.start, seen.end, seen.value, seen.quality)
    ctx.readings.append(scope, [readings], recorded_at=1, observations=[seen])
    path, _ = leave("casa", "csv")
    store_import(ctx, scope, "casa", read_back(path))
    same(ctx.readings.observations(scope, "casa.m", 0, 1 << 40), readings)

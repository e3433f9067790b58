"""Series of one file are points of their own, whatever script or marks tell their names apart."""

from __future__ import annotations

import pytest

from kanchay.bootstrap import in_memory
from kanchay.domain.point import Site
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import create_site
from kanchay.services.ports.files import ImportOptions
from kanchay.services.readings.import_file import preview_file, store_import

DAY_KWH = sum(1 + h % 5 for h in range(24)) / 10  # of the first column
NAMES = {
    "another script": ("厨房 (kWh)", "客厅 (kWh)"),
    "vowels alone": ("कि kWh", "कु kWh"),
    "marks alone": ("T-A (kWh)", "T A (kWh)", "T.A (kWh)"),
    "one name": ("kWh", "kWh", "kWh", "kWh"),
    "a name that is numbered": ("A B kWh", "A-B kWh", "A B kWh (2)"),
}


def table(names: tuple[str, ...], days: range) -> str:
    rows = (
        f"2024-05-{d:02d} {h:02d}:00," + ",".join(f"{(i + 1) * (1 + h % 5) / 10}" for i in range(len(names)))
        for d in days
        for h in range(24)
    )
    return "\n".join([",".join(("time", *names)), *rows])


@pytest.fixture
def shop():
    ctx, scope = in_memory(clock=lambda: 1_800_000_000), operator_scope()
    create_site(ctx, scope, Site("casa", "Casa", tz="America/Lima"))
    yield ctx, scope
    ctx.readings.close()


def bring(shop, path):
    ctx, scope = shop
    preview = preview_file(ctx, path, ImportOptions(tz="America/Lima"))
    return preview, store_import(ctx, scope, "casa", preview)


@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES)
def test_every_series_keeps_its_own_readings(shop, tmp_path, names):
    ctx, scope = shop
    path = tmp_path / "a.csv"
    path.write_text(table(names, range(1, 6)), encoding="utf-8")
    preview, record = bring(shop, path)
    assert len(set(record.point_ids)) == len(names)
    assert (record.n_new, record.n_unchanged) == (len(names) * 120, 0)
    held = [ctx.readings.read(scope, p, 0, 2**40).value.sum() for p in record.point_ids]
    assert held == pytest.approx([s.total for s in preview.series])
    assert held == pytest.approx([(i + 1) * DAY_KWH * 5 for i in range(len(names))])


@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES)
def test_the_next_month_finds_the_same_points(shop, tmp_path, names):
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text(table(names, range(1, 6)), encoding="utf-8")
    second.write_text(table(names, range(6, 9)), encoding="utf-8")
    assert bring(shop, first)[1].point_ids == bring(shop, second)[1].point_ids


def test_registers_in_another_script_are_summed(shop, tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(table(("T1 厨房 kWh", "T1 客厅 kWh", "T2 厨房 kWh"), range(1, 6)), encoding="utf-8")
    _, record = bring(shop, path)
    assert len(set(record.point_ids)) == 4  # three registers, and the sum of the two of one room


def test_a_sensor_with_a_single_reading_is_stored_beside_the_others(shop, tmp_path):
    path = tmp_path / "a.csv"
    rows = [f"2024-05-01 {h:02d}:00,oven,{1 + h % 5}.5" for h in range(24)]
    path.write_text("\n".join(["time,meter,kWh", *rows, "2024-05-01 03:00,lamp,0.25"]), encoding="utf-8")
    preview, record = bring(shop, path)
    assert {s.name: (s.n, s.total) for s in preview.series}["lamp"] == (1, 0.25)
    assert record.n_new == 25

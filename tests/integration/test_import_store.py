"""From a file to the store: again is a no-op, another value a revision, and no kWh is counted twice."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner

from kanchay.bootstrap import in_memory
from kanchay.cli import cli
from kanchay.domain.point import Direction, Role, Site
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import create_site, list_points, list_virtual_points
from kanchay.services.ports.files import ImportOptions
from kanchay.services.readings.check import check_site, propose_repair
from kanchay.services.readings.import_file import preview_file, store_import
from kanchay.services.readings.series import daily_totals, load_panel, main_point, span

TZ = "America/Lima"


@pytest.fixture
def shop():
    ctx, scope = in_memory(clock=lambda: 1_800_000_000), operator_scope()
    create_site(ctx, scope, Site("casa", "Casa", tz=TZ))
    yield ctx, scope
    ctx.readings.close()


def bring(shop, tmp_path, text: str, *, name: str = "a.csv", **options):
    ctx, scope = shop
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return store_import(ctx, scope, "casa", preview_file(ctx, path, ImportOptions(tz=TZ, **options)))


def day_rows(days: range, value) -> str:
    return "".join(f"2024-05-{d:02d} {h:02d}:00,{value(d, h)}\n" for d in days for h in range(24))


def registers(days: range) -> str:
    """Two tariff registers that take turns, and one of export."""
    head, rows = "time,Import T1 kWh,Import T2 kWh,Export T1 kWh\n", []
    for d in days:
        for h in range(24):
            n = (d - 1) * 24 + h
            rows.append(
                f"2024-05-{d:02d} {h:02d}:00,{100 + 0.5 * (n // 2)},{200 + 0.25 * ((n + 1) // 2)},{10 + 0.1 * n:.1f}\n"
            )
    return head + "".join(rows)


def test_again_is_a_no_op_and_another_value_a_revision(shop, tmp_path):
    def value(d: int, h: int) -> float:
        return (d * h) % 7 + 0.5

    first = bring(shop, tmp_path, "time,Import kWh\n" + day_rows(range(1, 4), value))
    assert (first.n_new, first.n_revised, first.n_unchanged) == (72, 0, 0)
    again = bring(shop, tmp_path, "time,Import kWh\n" + day_rows(range(2, 5), value), name="b.csv")
    assert (again.n_new, again.n_revised, again.n_unchanged) == (24, 0, 48)
    assert again.point_ids == first.point_ids
    other = bring(
        shop, tmp_path, "time,Import kWh\n" + day_rows(range(1, 2), lambda d, h: value(d, h) + (h == 3))
    )
    assert (other.n_new, other.n_revised, other.n_unchanged) == (0, 1, 23)


def test_each_import_leaves_record_run_and_audit(shop, tmp_path):
    ctx, scope = shop
    record = bring(shop, tmp_path, "time,Import kWh\n" + day_rows(range(1, 3), lambda d, h: h % 5 + 1))
    with ctx.records.unit(scope) as uow:
        assert uow.imports.get(record.id).sha256 == record.sha256
        (run,) = uow.runs.find(kind="import")
        assert run.input_fingerprint == record.sha256
        assert [e.subject for e in uow.audit.find(action="import.store")] == [record.id]


def test_registers_are_summed_once(shop, tmp_path):
    ctx, scope = shop
    bring(shop, tmp_path, registers(range(1, 11)))
    main = main_point(ctx, scope, "casa")
    (virtual,) = list_virtual_points(ctx, scope, "casa")
    assert main == virtual.point
    assert (main.direction, main.role) == (Direction.IMPORT, Role.GRID)
    reach = span(ctx, scope, main.id)
    panel = load_panel(ctx, scope, [main.id], resolution_s=3600, start=reach.start, end=reach.end)
    n = 239
    assert np.nansum(panel.values) == pytest.approx(0.5 * (n // 2) + 0.25 * ((n + 1) // 2))


def test_a_register_goes_on_from_the_file_before(shop, tmp_path):
    """The step between two monthly files belongs to neither of them, and must not be lost."""
    ctx, scope = shop
    bring(shop, tmp_path, registers(range(1, 6)))
    bring(shop, tmp_path, registers(range(6, 11)), name="b.csv")
    name = "casa.export-t1-kwh.export"
    reach = span(ctx, scope, name)
    whole = daily_totals(ctx, scope, name, reach.start, reach.end)
    assert whole.total.sum() == pytest.approx(0.1 * 239)


@pytest.mark.parametrize("newer_first", [False, True])
def test_a_factor_that_changes_between_two_files_is_no_energy(shop, tmp_path, newer_first):
    """The register shows 110 at a factor of 40 and 110.5 at 60 an hour later: 2,230 kWh that nobody used."""

    def month(days: range, factor: int) -> str:
        rows = (
            f"2024-05-{d:02d} {h:02d}:00,{100 + 0.25 * ((d - 1) * 24 + h) + 0.125 * (h % 2)},{factor}\n"
            for d in days
            for h in range(24)
        )
        return f"time,Import register kWh,factor\n{''.join(rows)}"

    files = [(month(range(1, 4), 40), "a.csv"), (month(range(4, 7), 60), "b.csv")]
    for text, name in reversed(files) if newer_first else files:
        bring(shop, tmp_path, text, name=name, factor="apply")
    ctx, scope = shop
    (point,) = list_points(ctx, scope, "casa")
    reach = span(ctx, scope, point.id)
    readings = ctx.readings.read(scope, point.id, reach.start, reach.end)
    assert len(readings) == 2 * 71  # the hour between the files is open
    assert readings.value.sum() == pytest.approx((71 * 0.25 + 0.125) * 100)


def test_older_file_after_newer_one(shop, tmp_path):
    ctx, scope = shop
    bring(shop, tmp_path, registers(range(6, 11)), name="b.csv")
    bring(shop, tmp_path, registers(range(1, 6)))
    readings = ctx.readings.read(scope, "casa.export-t1-kwh.export", 0, 2_000_000_000)
    assert readings.value.sum() == pytest.approx(0.1 * 239)


def test_mean_power_is_kept_as_energy(shop, tmp_path):
    ctx, scope = shop
    rows = "".join(f"2024-05-01 {q // 4:02d}:{q % 4 * 15:02d},{q % 9 + 1}\n" for q in range(96))
    record = bring(shop, tmp_path, "time,Consumo (kW)\n" + rows)
    point = list_points(ctx, scope, "casa")[0]
    assert (point.id, point.quantity.value, point.unit) == (record.point_ids[0], "electric_energy", "kWh")
    readings = ctx.readings.read(scope, point.id, 0, 2_000_000_000)
    assert readings.value.sum() == pytest.approx(sum(q % 9 + 1 for q in range(96)) / 4)


def test_check_and_repair_of_a_site(shop, tmp_path):
    ctx, scope = shop
    rng = np.random.default_rng(4)
    use = np.round(rng.gamma(8, 0.1, (20, 24)), 3)
    text = "time,Import kWh\n" + "".join(
        f"2024-05-{d + 1:02d} {h:02d}:00,{60 if (d, h) == (12, 5) else use[d, h]}\n"
        for d in range(20) for h in range(24) if not (d == 9 and h < 8)
    )  # fmt: skip
    bring(shop, tmp_path, text)
    found = check_site(ctx, scope, "casa")
    assert [i.kind.value for i in found] == ["gap", "spike"]
    assert found[0].numbers["hours"] == 8
    (done,) = propose_repair(ctx, scope, "casa")
    assert int(done.changed.sum()) == 9
    assert len(ctx.readings.read(scope, found[0].point_id, 0, 2_000_000_000)) == 472  # nothing was stored


def test_command_previews_stores_and_refuses(tmp_path):
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("time,Import kWh\n" + day_rows(range(1, 4), lambda d, h: (d * h) % 7 + 0.5))
    bad.write_text("Dear customer,\nthank you.\n")
    home = ["--home", str(tmp_path / "home")]
    run = CliRunner().invoke
    shown = run(cli, [*home, "import", str(good), "--tz", TZ, "--json"])
    assert shown.exit_code == 0, shown.output
    (series,) = json.loads(shown.stdout)["series"]
    assert list(series) == [
        "file", "name", "quantity", "direction", "unit", "kind", "resolution", "timezone", "start", "end", "n", "missing",
        "duplicates", "total",
    ]  # fmt: skip
    assert (series["resolution"], series["start"], series["end"]) == (
        "PT1H",
        "2024-05-01T05:00:00Z",
        "2024-05-04T05:00:00Z",
    )
    assert not (tmp_path / "home").exists()  # nothing is stored without a site
    both = run(cli, [*home, "import", str(good), str(bad), "--new-site", "Casa", "--tz", TZ])
    assert both.exit_code == 1
    assert "Nothing was stored" in both.stderr
    stored = run(cli, [*home, "import", str(good), "--new-site", "Casa", "--tz", TZ])
    assert stored.exit_code == 0, stored.stderr
    assert "72 new" in stored.stdout
    again = run(cli, [*home, "import", str(good), "--site", "casa"])
    assert "72 unchanged" in again.stdout
    checked = run(cli, [*home, "check", "--site", "casa", "--json"])
    assert json.loads(checked.stdout)["issues"] == []

"""Phases of one meter, as powers or as amounts, are one flow: their sum is billed, no part of it alone or twice."""

from __future__ import annotations

import pytest

from kanchay.bootstrap import in_memory
from kanchay.domain.point import Site
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import create_site, list_points, list_virtual_points
from kanchay.services.ports.files import ImportOptions
from kanchay.services.readings.import_file import preview_file, store_import
from kanchay.services.readings.series import daily_totals, main_point, span

DAY = [round(0.2 + (h * 7 % 11) / 10, 2) for h in range(24)]
PARTS = (0.5, 0.3, 0.2)
HEADS = {
    "powers": ("L1 power (W)", "L2 power (W)", "L3 power (W)", 1000),
    "letters": ("Fase R (kWh)", "Fase S (kWh)", "Fase T (kWh)", 1),
    "numbers": ("Phase 1 kW", "Phase 2 kW", "Phase 3 kW", 1),
}


@pytest.mark.parametrize("name", HEADS)
@pytest.mark.parametrize("total", [False, True])
def test_phases_are_summed_once(tmp_path, name, total):
    *heads, factor = HEADS[name]
    shares = (*PARTS, 1.0) if total else PARTS
    heads = [*heads, heads[0].replace(heads[0].split(" (")[0], "Total")] if total else heads
    if total and name == "numbers":
        heads[-1] = "Total kW"
    rows = [
        f"2026-05-{d} {h:02d}:00," + ",".join(f"{DAY[h] * factor * s:.6g}" for s in shares)
        for d in range(13, 17)
        for h in range(24)
    ]
    path = tmp_path / "phases.csv"
    path.write_text("\n".join([",".join(["time", *heads]), *rows]) + "\n")
    ctx, scope = in_memory(clock=lambda: 1_800_000_000), operator_scope()
    create_site(ctx, scope, Site("casa", "Casa", tz="America/Lima"))
    store_import(ctx, scope, "casa", preview_file(ctx, path, ImportOptions(tz="America/Lima")))
    assert len(list_virtual_points(ctx, scope, "casa")) == (0 if total else 1)
    main = main_point(ctx, scope, "casa")
    reach = span(ctx, scope, list_points(ctx, scope, "casa")[0].id)
    days = daily_totals(ctx, scope, main.id, reach.start, reach.end)
    assert days.total.sum() == pytest.approx(4 * sum(DAY), rel=1e-5)
    ctx.readings.close()

"""Runs and fingerprints."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from kanchay.bootstrap import in_memory
from kanchay.domain.panel import Panel
from kanchay.domain.point import Site
from kanchay.services.operations.runs import fingerprint, new_run

PANEL = Panel.of(("m",), np.array([[1.0, np.nan, 3.0]]), start=0, resolution_s=3600, tz="America/Lima")


def test_a_run_says_how_a_result_came_about():
    ctx = in_memory(clock=lambda: 77)
    run = new_run(ctx, Site("s", "S", organisation_id="org"), "bill", as_of=70, tariff_version="2026-08")
    assert (run.kind, run.site_id, run.organisation_id, run.started_at, run.as_of) == (
        "bill",
        "s",
        "org",
        77,
        70,
    )
    assert run.code_version == ctx.code_version
    assert run.id != new_run(ctx, Site("s", "S"), "bill", as_of=70).id


def test_the_same_panel_has_the_same_fingerprint_on_every_machine():
    assert fingerprint(PANEL) == "877e9add4f26054aa311f3cf02805f92d7dd222525f10b651743fef4d75c929e"


def test_any_difference_shows():
    different = [
        replace(PANEL, start=3600),
        replace(PANEL, resolution_s=1800),
        replace(PANEL, tz="UTC"),
        replace(PANEL, points=("n",)),
        replace(PANEL, values=PANEL.values + 1e-12),
        replace(PANEL, quality=PANEL.quality + np.int8(1)),
    ]
    assert len({fingerprint(panel) for panel in (PANEL, *different)}) == len(different) + 1


def test_one_nan_is_like_another():
    odd = np.array([[1.0, np.nan, 3.0]])
    odd.view(np.int64)[0, 1] += 5  # another of the many bit patterns of NaN
    assert np.isnan(odd[0, 1])
    assert fingerprint(replace(PANEL, values=odd)) == fingerprint(PANEL)

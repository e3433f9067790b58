"""A product in memory with one simulated site."""

from __future__ import annotations

from dataclasses import replace

from kanchay.bootstrap import in_memory
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sites import add_points, create_site

BT5B = "pe.luz_del_sur.lima_sur.bt5b"


def product(simulation, **site):
    """Context, scope and site; only the grid meter is stored."""
    ctx, scope = in_memory(clock=lambda: simulation.end + 3600), operator_scope()
    kept = replace(simulation.site, **site)
    create_site(ctx, scope, kept)
    add_points(ctx, scope, kept.id, simulation.points[:1])
    ctx.readings.append(scope, [simulation.grid], recorded_at=simulation.end)
    return ctx, scope, kept

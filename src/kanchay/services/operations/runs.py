"""Runs: how a stored result came about, so that it can be made again."""

from __future__ import annotations

import hashlib
import uuid

import numpy as np

from kanchay.domain.panel import Panel
from kanchay.domain.point import Site
from kanchay.domain.run import Run
from kanchay.services.context import Context

__all__ = ["fingerprint", "new_run"]


def new_run(
    ctx: Context,
    site: Site,
    kind: str,
    *,
    as_of: int,
    input_fingerprint: str = "",
    model_hash: str = "",
    tariff_version: str = "",
    seed: int | None = None,
) -> Run:
    """A run that starts now; store it in the same unit of work as its result (``uow.runs.put(run)``)."""
    return Run(
        id=f"run-{uuid.uuid4().hex}",
        kind=kind,
        site_id=site.id,
        organisation_id=site.organisation_id,
        started_at=ctx.clock(),
        as_of=as_of,
        code_version=ctx.code_version,
        input_fingerprint=input_fingerprint,
        model_hash=model_hash,
        tariff_version=tariff_version,
        seed=seed,
    )


def fingerprint(panel: Panel) -> str:
    """sha256 over the values, their quality, their grid and their points; the same on every machine."""
    grid = f"{panel.start}|{panel.resolution_s}|{panel.tz}|{'|'.join(panel.points)}"
    digest = hashlib.sha256(grid.encode())
    # NaN has many bit patterns: one of them stands for all.
    values = np.where(np.isnan(panel.values), np.nan, panel.values)
    digest.update(np.ascontiguousarray(values, dtype="<f8").tobytes())
    digest.update(np.ascontiguousarray(panel.quality, dtype="<i1").tobytes())
    return digest.hexdigest()

"""Loads made by hand."""

from __future__ import annotations

import numpy as np

from kanchay.analysis.anomaly.days import LocalDays, local_days
from kanchay.domain.interval import parse_instant
from kanchay.domain.panel import Panel

START = parse_instant("2026-05-01T00:00", "America/Lima")


def home(n_days: int = 90, *, resolution_s: int = 900, seed: int = 0) -> np.ndarray:
    """Power of a steady home, shape (n_days, n_slots): 40 W at night, a refrigerator, meals and evenings. [W]"""
    rng = np.random.default_rng(seed)
    n = 86400 // resolution_s
    hour = np.arange(n) * resolution_s / 3600
    shape = (
        40.0
        + 350.0 * ((hour > 18.5) & (hour < 22.5))
        + 250.0 * ((hour > 6) & (hour < 8))
        + 60.0 * ((hour > 8) & (hour < 18))
    )
    fridge = np.where(np.arange(n_days * n) * resolution_s // 60 % 50 < 20, 100.0, 0.0).reshape(n_days, n)
    return shape * rng.lognormal(0.0, 0.05, (n_days, n)) + fridge


def days_of(power_w: np.ndarray, *, tz: str = "America/Lima", start: int = START) -> LocalDays:
    """Local days of a power table. [W]"""
    step = 86400 // power_w.shape[1]
    values = power_w.ravel()[None] * step / 3.6e6
    return local_days(Panel.of(("m",), values, start=start, resolution_s=step, tz=tz))

"""Instants as text, many at once."""

from __future__ import annotations

import numpy as np

from kanchay.domain.interval import IntArray, wall_clock

__all__ = ["local_texts", "utc_texts"]


def utc_texts(epoch: IntArray) -> list[str]:
    """``2026-01-01T05:00:00Z``."""
    return [f"{t}Z" for t in np.datetime_as_string(epoch.astype("M8[s]")).tolist()]


def local_texts(epoch: IntArray, tz: str) -> list[str]:
    """``01/01/2026 00:00`` on the clock of `tz`, with seconds only where there are some."""
    texts = np.datetime_as_string(wall_clock(epoch, tz).astype("M8[s]")).tolist()
    return [f"{t[8:10]}/{t[5:7]}/{t[:4]} {t[11:16]}{t[16:].removesuffix(':00')}" for t in texts]

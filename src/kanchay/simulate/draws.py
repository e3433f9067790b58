"""Random numbers by calendar day: the same seed, name and day give the same numbers in whatever window.

So a run can be continued, cut or repeated with one thing changed, and all else stays as it was
(common random numbers).
"""

from __future__ import annotations

import zlib

import numpy as np

from kanchay.domain.interval import IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["by_day", "normal_by_day", "once", "persistent_by_day"]

_BLOCK = 64  # days drawn together


def once(seed: int, name: str) -> np.random.Generator:
    """A generator for what is drawn once for a whole site."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def by_day(seed: int, name: str, days: IntArray, k: int = 1) -> FloatArray:
    """Uniform numbers in ``[0, 1)``, `k` for each local day (days since 1970), shape (n_days, k)."""
    out = np.empty((len(days), k))
    block = days // _BLOCK
    for b in np.unique(block):
        table = np.random.default_rng([seed, zlib.crc32(name.encode()), int(b) + 2**20]).random((_BLOCK, k))
        rows = block == b
        out[rows] = table[days[rows] % _BLOCK]
    return out


def normal_by_day(seed: int, name: str, days: IntArray, k: int = 1) -> FloatArray:
    """Standard normal numbers, `k` for each local day, shape (n_days, k): pairs of uniforms by Box-Muller."""
    u = by_day(seed, name, days, 2 * k)
    radius: FloatArray = np.sqrt(-2.0 * np.log1p(-u[:, :k])) * np.cos(2.0 * np.pi * u[:, k:])
    return radius


def persistent_by_day(seed: int, name: str, days: IntArray, memory: float = 0.8) -> FloatArray:
    """A standard normal number a day whose neighbours are correlated by `memory`, shape (n_days,).

    A moving average over the last 40 days instead of a recursion, so that no start has to be remembered.
    """
    weights = memory ** np.arange(40)
    weights /= np.sqrt((weights**2).sum())
    first = int(days.min())
    noise = normal_by_day(seed, name, np.arange(first - 39, int(days.max()) + 1, dtype=np.int64))[:, 0]
    smooth = np.convolve(noise, weights, mode="valid")
    return np.asarray(smooth[days - first])

"""Likeness: whether a file of a known kind tells of the same things, so that what was said of numbers still holds."""

from __future__ import annotations

from collections.abc import Sequence
from math import log10
from typing import Final

import numpy as np

from kanchay.domain.importing import ImportPreview

__all__ = ["Sizes", "are_alike", "sizes_of"]

Sizes = tuple[tuple[str, float], ...]
_NOTHING: Final = -99.0  # the size of a series of zeros
_FAR: Final = 2.0  # a hundred times: seasons make less, a unit makes a thousand


def sizes_of(preview: ImportPreview) -> Sizes:
    """The name of every series and how large its numbers usually are. [log10 of its unit]"""
    found = []
    for series in preview.series:
        values = np.zeros(0) if series.observations is None else np.abs(series.observations.value)
        known = values[np.isfinite(values) & (values > 0)]
        found.append((series.name, round(log10(np.median(known)), 2) if len(known) else _NOTHING))
    return tuple(found)


def are_alike(preview: ImportPreview, before: Sequence[tuple[str, float]]) -> bool:
    """Whether a file read under the answers to an earlier one has a series of it, each in a size like the one before.

    Of what was stored before sizes were kept nothing is known: it is taken for alike.
    """
    known = dict(before)
    shared = [(size, known[name]) for name, size in sizes_of(preview) if name in known]
    near = all(abs(a - b) <= _FAR for a, b in shared if _NOTHING not in (a, b))
    return not known or (bool(shared) and near)

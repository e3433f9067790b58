"""Once: two series of one file that tell the same values of the same times are one meter, whatever they are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from kanchay.domain.importing import ImportSeries
from kanchay.services.readings.import_summary import one_of

__all__ = ["told_once"]

_LEAST: Final = 24  # moments that both tell
_SHARE: Final = 0.98  # of those with the same value
_DIFFERENT: Final = 6  # values: zeros and constants say nothing
_MOST: Final = 60  # series of a file that are compared with each other


def told_once(series: Sequence[ImportSeries]) -> tuple[tuple[ImportSeries, ...], tuple[str, ...]]:
    """The series with those joined that tell each other's values, and the names of what was joined.

    Only whole parts of a file are compared: a column beside another one never is its copy by chance, but months in
    two files under two names are.
    """
    if not 1 < len(series) <= _MOST:
        return tuple(series), ()
    kept: list[ImportSeries] = []
    joined: list[str] = []
    for mine in series:
        place = next((i for i, other in enumerate(kept) if _same(other, mine)), None)
        if place is None:
            kept.append(mine)
        else:
            kept[place] = one_of([kept[place], mine])
            joined.append(mine.name)
    return tuple(kept), tuple(joined)


def _same(a: ImportSeries, b: ImportSeries) -> bool:
    """Whether two series agree wherever both tell a time."""
    what = ("quantity", "direction", "kind", "unit", "resolution_s", "is_submeter")
    if any(getattr(a, w) != getattr(b, w) for w in what) or a.observations is None or b.observations is None:
        return False
    _, mine, other = np.intersect1d(
        a.observations.start, b.observations.start, assume_unique=True, return_indices=True
    )
    if len(mine) < _LEAST:
        return False
    left, right = a.observations.value[mine], b.observations.value[other]
    same = np.isclose(left, right, rtol=1e-6, atol=1e-9)
    return bool(same.mean() >= _SHARE) and len(np.unique(left[same])) >= _DIFFERENT

"""Where a file says nothing: the gaps of a series, as wells of its chart and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from kanchay.domain.interval import HOUR
from kanchay.services.readings.import_energy import Energy
from kanchay.web.shell import Reader

__all__ = ["Gaps", "gaps_of"]

_LONG: Final = 1.5  # times its usual length, a step of a register stands over a gap
_MOST: Final = 400


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """Gaps as (start, end) in UTC seconds, and which intervals tell of their own time only."""

    spans: tuple[tuple[int, int], ...]
    plain: np.ndarray

    @property
    def longest(self) -> tuple[int, int] | None:
        return max(self.spans, key=lambda s: s[1] - s[0], default=None)

    def wells(self, times: list[int], step: int) -> tuple[tuple[int, int, str, str], ...]:
        """Shaded parts of a chart, each at least one of its steps wide; neighbours join."""
        wells: list[tuple[int, int, str, str]] = []
        first = times[0]
        for start, end in self.spans[:_MOST]:
            low, high = first + (start - first) // step * step, first - (first - end) // step * step
            if wells and wells[-1][1] >= low:
                low = wells.pop()[0]
            wells.append((low, high, "", "--warn-bg"))
        return tuple(wells)

    def label(self, shown: list[float | None], r: Reader) -> tuple[dict[str, Any], ...]:
        """The longest gap named in the chart."""
        found = self.longest
        top = max((v for v in shown if v is not None), default=0.0)
        if found is None or not top:
            return ()
        hours = (found[1] - found[0]) / HOUR
        kind, count = ("hours", hours) if hours < 48 else ("days", hours / 24)
        said = r.words(f"import.gap_{kind}", n=r.formats.number(max(1, round(count)), 0))
        return ({"t": sum(found) // 2, "y": 0.12 * top, "s": said, "c": "--warn", "al": "center"},)


def gaps_of(energy: Energy) -> Gaps:
    """The gaps between intervals, and the steps of a register that stand over one."""
    length = energy.end - energy.start
    plain = length <= _LONG * np.median(length)
    holes = np.flatnonzero(energy.start[1:] > energy.end[:-1])
    starts = np.r_[energy.end[holes], energy.start[~plain]]
    ends = np.r_[energy.start[holes + 1], energy.end[~plain]]
    order = np.argsort(starts)
    spans = zip(starts[order].tolist(), ends[order].tolist(), strict=True)
    return Gaps(tuple(spans), plain)

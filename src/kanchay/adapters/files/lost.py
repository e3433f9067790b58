"""Lost rows: those whose time cannot be read although something like one is written, to be told with the series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from kanchay.adapters.files.arrays import floats_of, known_of
from kanchay.adapters.files.table import Column
from kanchay.adapters.files.times import ParsedTimes

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["lost_rows"]


def lost_rows(times: ParsedTimes, columns: Sequence[Column]) -> NDArray[np.bool_] | None:
    """Rows without a time whose every part has a digit or, beside another, is blank; None where there are none.

    Words such as "Total" and dates alone among moments stand beside sums, which are left out on purpose.
    """
    import pyarrow.compute as pc

    bad = ~times.ok if times.dates is None else ~times.ok & ~times.dates
    if not bad.any():
        return None
    written = np.zeros(len(bad), dtype=bool)
    for column in columns:
        if column.texts is not None:
            digit = pc.fill_null(pc.match_substring_regex(column.cleaned(), r"\d"), False)
            digits = floats_of(digit.cast("float64")) > 0
            bad &= digits | ~known_of(column.cleaned())
            written |= digits
        else:
            written[:] = True
    bad &= written
    return bad if bad.any() else None

"""Lost rows: those whose time cannot be read although something like one is written, to be told with the series."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice
from typing import TYPE_CHECKING, Final

import numpy as np

from kanchay.adapters.files.arrays import floats_of, known_of
from kanchay.adapters.files.cells import cell_type
from kanchay.adapters.files.table import Column
from kanchay.adapters.files.times import ParsedTimes

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["lost_rows", "unread_times", "unread_values"]

_SUMS: Final = (  # words beside which a number is a sum on purpose
    r"(?i)\b(?:(?:sub|gran )?total\w*|sum\w*|gesamt\w*|insgesamt|totaal|celkem|razem|yhteensa|promedio|average|avg"
    r"|mean|media|moyenne|durchschnitt|gemiddeld\w*|minimum|maximum|min|max)\b"
)
_DAY_AND_MONTH: Final = re.compile(
    r"\d{1,2}[. /-]+[^\W\d_]{3,9}\.?|[^\W\d_]{3,9}\.?[. /-]+\d{1,4}"
)  # what 1.5 becomes: "01. Mai"
_SHOWN: Final = 3
_FEW: Final = 0.02  # of the rows with values
_LOOKED_AT: Final = 50  # columns
_MOST: Final = 2_000  # cells


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
            sums = pc.fill_null(pc.match_substring_regex(column.cleaned(), _SUMS), False)
            bad &= (digits | ~known_of(column.cleaned())) & (floats_of(sums.cast("float64")) == 0)
            written |= digits
        else:
            written[:] = True
    bad &= written
    return bad if bad.any() else None


def unread_times(
    lost: NDArray[np.bool_] | None, times: ParsedTimes, columns: Sequence[Column], values: Sequence[Column]
) -> tuple[str, ...]:
    """The name of the times and some that cannot be read beside a value; nothing where they are a few of many."""
    if lost is None:
        return ()
    valued = np.any([~np.isnan(c.values(".")) for c in values[:_LOOKED_AT]], axis=0)
    rows = np.flatnonzero(lost & valued)
    if not len(rows) or len(rows) < _FEW * (len(rows) + int((times.ok & valued).sum())):
        return ()
    texts = [c.cleaned() for c in columns if c.texts is not None]
    cells = (" ".join(str(t[i].as_py() or "") for t in texts).strip() for i in rows.tolist())
    shown = tuple(islice(dict.fromkeys(cells), _SHOWN))
    return (" + ".join(c.name.strip() for c in columns if c.name.strip()), *shown)


def unread_values(columns: Sequence[Column], decimal: str) -> tuple[str, ...]:
    """The name of the first column in which more than a few numbers became dates, and some of those."""
    for column in columns[:_LOOKED_AT]:
        if column.texts is None:
            continue
        cells = column.cleaned()
        known = np.isfinite(column.values(decimal))
        rows = np.flatnonzero(known_of(cells) & ~known)
        if len(rows) < _FEW * (len(rows) + int(known.sum())):
            continue
        some = (str(cells[i].as_py()) for i in rows[:_MOST].tolist())
        odd = [c for c in some if cell_type(c) in ("date", "datetime", "time") or _DAY_AND_MONTH.fullmatch(c)]
        if 2 * len(odd) > min(len(rows), _MOST):
            return (column.name.strip(), *islice(dict.fromkeys(odd), _SHOWN))
    return ()

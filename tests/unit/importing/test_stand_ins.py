"""Nines that loggers write where they have no value are no readings."""

from __future__ import annotations

import numpy as np
import pytest

from kanchay.adapters.files.numbers import without_stand_ins
from kanchay.domain.issue import IssueKind

CASES = {
    "among amounts": ([0.2, -9999, 0.4], [0.2, np.nan, 0.4]),
    "two of them": ([0.2, -9999, -999, 0.4], [0.2, np.nan, np.nan, 0.4]),
    "among temperatures": ([-12.5, -999.9, 30.0], [-12.5, np.nan, 30.0]),
    "below a register": ([45_000.0, -9999, 45_001.0], [45_000.0, np.nan, 45_001.0]),
    "nines above": ([0.2, 9999.0, 0.4, 9999.0], [0.2, np.nan, 0.4, np.nan]),
    "a register that passes nines": ([9998.0, 9999.0, 9999.0, 10_000.0], [9998.0, 9999.0, 9999.0, 10_000.0]),
    "one large amount": ([120.0, 9999.0, 130.0], [120.0, 9999.0, 130.0]),
    "net power": ([-4000.0, -9999.0, 3000.0], [-4000.0, -9999.0, 3000.0]),
    "nothing else": ([-999.0, -999.0], [-999.0, -999.0]),
    "nothing": ([np.nan], [np.nan]),
}


@pytest.mark.parametrize("name", CASES)
def test_nines_that_stand_for_nothing(name):
    written, meant = CASES[name]
    np.testing.assert_array_equal(without_stand_ins(np.array(written, dtype=float)), meant)


def test_they_are_told_and_not_counted(read):
    rows = "\n".join(
        f"2026-05-01T{h:02d}:00:00Z,{-9999 if h == 7 else 0.1 + 0.01 * (h % 5)}" for h in range(24)
    )
    (series,) = read(f"time,Import (kWh)\n{rows}\n").series
    assert (series.n, series.total) == (
        23,
        pytest.approx(23 * 0.1 + 0.01 * (sum(h % 5 for h in range(24)) - 2)),
    )
    assert [i.numbers["n_cells"] for i in series.issues if i.kind is IssueKind.UNREADABLE] == [1.0]

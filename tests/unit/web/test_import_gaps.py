"""Gaps of a preview: drawn where they are, at least a step wide, and named."""

from __future__ import annotations

import numpy as np

from kanchay.domain.interval import DAY, HOUR
from kanchay.services.readings.import_energy import Energy
from kanchay.web.views.import_gaps import gaps_of


def hours(*missing: int, n: int = 240) -> Energy:
    start = np.array([i * HOUR for i in range(n) if i not in missing], dtype=np.int64)
    return Energy(start, start + HOUR, np.ones(len(start)))


def test_no_gap_no_well() -> None:
    found = gaps_of(hours())
    assert (found.spans, found.longest, found.wells([0, DAY], DAY)) == ((), None, ())


def test_three_hours_in_ten_days_shade_their_day() -> None:
    found = gaps_of(hours(50, 51, 52))
    assert found.spans == ((50 * HOUR, 53 * HOUR),)
    assert found.wells([i * DAY for i in range(10)], DAY) == ((2 * DAY, 3 * DAY, "", "--warn-bg"),)
    assert found.wells([i * HOUR for i in range(240)], HOUR) == ((50 * HOUR, 53 * HOUR, "", "--warn-bg"),)


def test_gaps_of_one_day_and_the_next_join() -> None:
    found = gaps_of(hours(50, 60, 75, 200))
    assert [(low, high) for low, high, _, _ in found.wells([0], DAY)] == [
        (2 * DAY, 4 * DAY),
        (8 * DAY, 9 * DAY),
    ]


def test_a_long_step_of_a_register_is_a_gap_and_no_peak() -> None:
    start = np.array([0, HOUR, 2 * HOUR, 3 * HOUR, 30 * HOUR, 31 * HOUR], dtype=np.int64)
    energy = Energy(start, np.r_[start[1:], 32 * HOUR], np.array([1.0, 1, 1, 27, 1, 1]))
    found = gaps_of(energy)
    assert found.spans == ((3 * HOUR, 30 * HOUR),)
    assert found.plain.tolist() == [True, True, True, False, True, True]

"""One rule says whether a moment of the day lies in a window."""

from __future__ import annotations

import numpy as np

from kanchay.domain.schedule import Window


def test_hours_hold_alike_for_one_second_and_for_many() -> None:
    """By day, over midnight, and from a moment round to itself."""
    seconds = np.arange(0, 86400, 1800)
    for window in (Window(8 * 3600, 20 * 3600), Window(22 * 3600, 6 * 3600), Window(3600, 3600)):
        alone = [window.holds_at(int(second)) for second in seconds]
        assert window.holds_at(seconds).tolist() == alone
    assert Window(22 * 3600, 6 * 3600).holds_at(np.array([0, 6 * 3600, 22 * 3600])).tolist() == [
        True,
        False,
        True,
    ]

"""Dice of a case: the same seed and name fall the same way, whatever else was drawn."""

from __future__ import annotations

import random

__all__ = ["dice"]


def dice(seed: int, name: str = "") -> random.Random:
    """A source of choices for one purpose of one case.

    Examples
    --------
    >>> dice(1, "titles").random() == dice(1, "titles").random()
    True
    """
    return random.Random(f"{seed} {name}")  # noqa: S311 -- made-up files, no secrets

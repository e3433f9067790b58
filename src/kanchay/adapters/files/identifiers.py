"""Identifiers: numbers that name a meter, an account or a contract, and are no reading of anything."""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.files.table import Column
from kanchay.adapters.files.words import ROLE_WORDS, find_unit, matches, normal, quantity_words

__all__ = ["is_id", "is_long_number", "is_whole"]

_DIGITS: Final = 11  # that no reading has
_SOME_DIGITS: Final = 6  # that a reading may have, if it moves as one
_MOVES: Final = 0.01
_HEAD: Final = 2_000
_METER: Final = r"meter|medidor|compteur|contador|zahler|contatore|teller"
_READ: Final = 4  # readings that tell a register from the numbers of meters
_MOSTLY: Final = 0.5


def is_id(column: Column) -> bool:
    """Whether a column of numbers is called a number of something: labelled so, without a unit."""
    words = normal(column.name)
    named = matches(ROLE_WORDS["id"], words) and not matches(ROLE_WORDS["cumulative"], words)
    return bool(named) and find_unit(column.name) is None and not _is_read(column, words)


def _is_read(column: Column, words: str) -> bool:
    """Whether a column called a meter holds what was read off it: numbers that rise from nearly every row to the next."""
    known = column.head(_HEAD).values(".")
    known = known[np.isfinite(known)]
    if matches(_METER, words) is None or len(known) < _READ:
        return False
    steps = np.diff(known)
    counted = bool((steps == steps[0]).all())  # rows or days, one by one
    return bool((steps >= 0).all()) and float((steps > 0).mean()) > _MOSTLY and not counted


def is_long_number(column: Column) -> bool:
    """Whether numbers are long and hardly change: the number of a meter or a contract, no reading.

    Eleven digits are enough. Six to ten could be a register too: then they stand still, or jump from one to another,
    under a name that says nothing of a quantity.
    """
    if column.type not in ("number", "epoch") or find_unit(column.name) is not None:
        return False
    known = _numbers(column)
    if not len(known) or (known != np.round(known)).any() or not _few(len(np.unique(known)), len(known)):
        return False
    if known.min() >= 10.0 ** (_DIGITS - 1):
        return True
    words = normal(column.name)
    nameless = not quantity_words(words) and not matches(ROLE_WORDS["cumulative"], words)
    return nameless and bool(known.min() >= 10.0 ** (_SOME_DIGITS - 1)) and _jumps(known)


def is_whole(column: Column) -> bool:
    """Whether a column holds whole numbers alone."""
    known = _numbers(column)
    return bool(len(known)) and bool((known == np.round(known)).all())


def _numbers(column: Column) -> NDArray[np.float64]:
    """The numbers that a column begins with; none where a cell is more than digits with marks between them."""
    head = column.head(_HEAD)
    if head.texts is None or head.numbers is not None:
        known = head.values(".")
        return known[np.isfinite(known)]
    cells = [t for t in head.cleaned().to_pylist() if t is not None]
    digits = [re.sub(r"\D", "", c) if re.fullmatch(r"\W*\d+\W*", c) else "" for c in cells]
    return np.array([float(d) for d in digits]) if all(digits) else np.zeros(0)


def _jumps(known: NDArray[np.float64]) -> bool:
    """Whether numbers never change, or fall, or leap, or stand equally long each: registers rise a little at a time."""
    steps = np.diff(known)
    if not steps.any() or (steps < 0).any() or steps.max() > _MOVES * known.min():
        return True
    runs = np.diff(np.r_[0, np.flatnonzero(steps) + 1, len(known)])
    return len(runs) > 1 and bool((runs[:-1] == runs[0]).all() and runs[-1] <= runs[0])


def _few(n_different: int, n: int) -> bool:
    return n_different * 24 <= max(n, 24)

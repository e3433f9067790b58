"""Registers: what a meter's counter says about energy, through corrections, glitches, roll-over, resets and swaps.

A counter only rises. Where it does not, five things can have happened, told apart by size and by what follows:

- *correction*: it steps back by no more than it usually rises; the energy was counted early, none is lost;
- *glitch*: it leaves its line and is back a few readings later; those readings are left out;
- *roll-over*: it passes from just below a power of ten to just above zero;
- *reset*: it starts again near zero; what it shows was used since;
- *swap*: it goes on at another level; the energy of that one step is not known.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.domain.reading import FloatArray

__all__ = ["Break", "RegisterSteps", "register_steps"]

_LOOK_AHEAD: Final = 12  # readings within which a glitch must be over
_BUDGET: Final = 10.0  # a plausible rise, in multiples of the 99th percentile of rises


class Break(StrEnum):
    """Why a register did not rise."""

    GLITCH = "glitch"
    ROLL_OVER = "roll_over"
    RESET = "reset"
    SWAP = "swap"


@dataclass(frozen=True, slots=True, eq=False)
class RegisterSteps:
    """Energy between consecutive kept readings of a register.

    Attributes
    ----------
    kept : ndarray of int64, shape (n_kept,)
        Indices of the readings that are no glitches.
    energy : ndarray of float64, shape (n_kept - 1,)
        Rise from each kept reading to the next; NaN where a swap hides it. [unit of the register]
    guessed : ndarray of bool, shape (n_kept - 1,)
        Steps over a roll-over or reset: the energy follows from an assumption.
    breaks : tuple of (int, Break, float)
        Index (into the input), what happened, and the register before it.
    corrections : int
        Small backward steps that were evened out.
    """

    kept: NDArray[np.int64]
    energy: FloatArray
    guessed: NDArray[np.bool_]
    breaks: tuple[tuple[int, Break, float], ...]
    corrections: int


def _scale(values: FloatArray) -> tuple[float, float]:
    """A usual rise (95th percentile) and the largest plausible one."""
    rises = np.diff(values)
    rises = rises[rises > 0]
    if len(rises) == 0:
        return 0.0, 0.0
    return float(np.quantile(rises, 0.95)), _BUDGET * float(np.quantile(rises, 0.99))


def _is_correction(before: float, after: float, usual: float) -> bool:
    drop = before - after
    return drop <= max(3.0 * usual, 1e-4 * abs(before)) and after > 0.5 * before


def _glitches(values: FloatArray, usual: float, budget: float) -> NDArray[np.bool_]:
    """Readings that leave the line and whose successors are back on it."""
    bad = np.zeros(len(values), dtype=bool)
    for i in np.flatnonzero(np.diff(values) < 0):
        before, after = values[i], values[i + 1]
        if bad[i] or bad[i + 1] or _is_correction(before, after, usual):
            continue
        if i > 0 and before - values[i - 1] > budget and 0 <= after - values[i - 1] <= budget:
            bad[i] = True  # one reading far above the line
            continue
        ahead = values[i + 2 : i + 2 + _LOOK_AHEAD]
        back = np.flatnonzero((ahead >= before) & (ahead - before <= budget * np.arange(2, len(ahead) + 2)))
        if len(back):
            bad[i + 1 : i + 2 + back[0]] = True
    return bad


def _break(before: float, after: float, budget: float) -> tuple[Break, float]:
    """What a large backward step is, and the energy it stands for."""
    top = 10.0 ** np.ceil(np.log10(max(before, 1.0)))
    if top >= 1e4 and before > 0.9 * top and 0 <= top - before + after <= budget:
        return Break.ROLL_OVER, top - before + after
    if 0 <= after <= max(0.05 * before, budget):
        return Break.RESET, after if after <= budget else np.nan
    return Break.SWAP, np.nan


def _envelope(values: FloatArray) -> FloatArray:
    """The line that never falls and ends where the register ends: nothing is lost to corrections."""
    return np.minimum(np.maximum.accumulate(values), values[-1]) if values[-1] >= values[0] else values


def register_steps(values: FloatArray) -> RegisterSteps:
    """Differences of a register that only rises, with everything told apart that can happen to it.

    Parameters
    ----------
    values : ndarray of float64, shape (n,)
        Register readings in order of time, no NaN. [kWh]

    Returns
    -------
    RegisterSteps

    Examples
    --------
    A correction of 0.1 is no reset, and nothing is counted twice:

    >>> steps = register_steps(np.array([100.0, 101.0, 100.9, 102.0]))
    >>> [round(float(e), 3) for e in steps.energy], steps.corrections
    ([1.0, 0.0, 1.0], 1)

    A reset counts what the new register shows:

    >>> register_steps(np.array([100.0, 101.0, 102.0, 0.5, 1.5])).energy.tolist()
    [1.0, 1.0, 0.5, 1.0]
    """
    values = np.asarray(values, dtype=np.float64)
    usual, budget = _scale(values)
    kept = np.flatnonzero(~_glitches(values, usual, budget)).astype(np.int64)
    line = values[kept]
    drops = np.flatnonzero(np.diff(line) < 0)
    large = [int(i) for i in drops if not _is_correction(line[i], line[i + 1], usual)]
    smooth = line.copy()
    edges = [0, *(i + 1 for i in large), len(line)]
    for low, high in pairwise(edges):
        if high > low:
            smooth[low:high] = _envelope(line[low:high])
    energy, guessed = np.diff(smooth), np.zeros(max(0, len(line) - 1), dtype=bool)
    breaks = [
        (int(i), Break.GLITCH, float(values[i]))
        for i in np.setdiff1d(np.arange(len(values)), kept, assume_unique=True)
    ]
    for i in large:
        kind, energy[i] = _break(line[i], line[i + 1], budget)
        guessed[i] = True
        breaks.append((int(kept[i + 1]), kind, float(line[i])))
    return RegisterSteps(kept, energy, guessed, tuple(sorted(breaks)), len(drops) - len(large))

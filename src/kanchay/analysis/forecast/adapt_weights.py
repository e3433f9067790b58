"""How much each expert may move a forecast: learned across meters, then on the meter's own days.

A ridge regression of the forecast's own errors on the moves of the experts. Its penalty draws the weights not to zero
but to what other meters taught, and it asks for weeks of evidence before it leaves that.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kanchay.analysis.forecast.adapt_experts import EXPERTS
from kanchay.domain.interval import IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["PRIOR", "Prior", "own_weights"]

_FEW_DAYS: Final = 7.0  # past forecasts at which half of what others taught is believed
_TINY: Final = 1e-12  # keeps the equations solvable on a meter that never moves


@dataclass(frozen=True, slots=True)
class Prior:
    """What training and validation meters taught about the experts, in the order of `EXPERTS`.

    Attributes
    ----------
    steady : tuple of float
        Weights on a meter that the forecast explains wholly. [-]
    irregular : tuple of float
        What is added in proportion to the share that it does not explain. [-]
    size : tuple of float
        Mean square of each expert's move over that of the ensemble's error. [-]
    days : float
        Past days at which a meter's own record weighs as much as the others'. [d]
    """

    steady: tuple[float, ...]
    irregular: tuple[float, ...]
    size: tuple[float, ...]
    days: float


#: Made by `python benchmarks/accuracy/adapted.py --fit --folds var/folds`.
PRIOR: Final = Prior(
    steady=(-0.197, 0.137, 0.023, -0.014, 0.084, 0.057, 0.013, 0.116, 0.229, 0.138, 0.272, 0.247, 0.136),
    irregular=(
        -0.020,
        0.117,
        0.159,
        -0.142,
        0.144,
        0.134,
        -0.041,
        -0.098,
        -0.141,
        0.078,
        -0.049,
        -0.116,
        0.193,
    ),
    size=(0.488, 0.394, 1.002, 1.163, 0.025, 0.281, 0.016, 0.784, 0.090, 0.037, 0.057, 0.125, 0.274),
    days=168.0,
)


def own_weights(
    moves: FloatArray, actual: FloatArray, base: FloatArray, known_from: IntArray, prior: Prior = PRIOR
) -> FloatArray:
    """Weights of the experts for every day of the grid, each from the days known before it alone.

    Parameters
    ----------
    moves : ndarray of float64, shape (n_windows, 1 + J, s, n_experts)
        How far each expert would move the base forecast. [unit of the load]
    actual, base : ndarray of float64, shape (n_windows, 1 + J, s)
        NaN where unknown; `actual` at index 0 too. [unit of the load]
    known_from : ndarray of int64, shape (1 + J,)
        See `DayGrid`.
    prior : Prior

    Returns
    -------
    ndarray of float64, shape (n_windows, 1 + J, n_experts)
        [-]

    Examples
    --------
    >>> moves, base = np.zeros((1, 3, 24, len(EXPERTS))), np.ones((1, 3, 24))
    >>> own_weights(moves, base, base, np.array([1, 2, 3])).shape
    (1, 3, 13)
    """
    known = ~np.isnan(actual) & ~np.isnan(base)
    known[:, 0] = False
    x = np.where(known[..., None], moves, 0.0)
    error, values = np.where(known, actual - base, 0.0), np.where(known, actual, 0.0)
    turned = np.swapaxes(x, 2, 3)
    gram = _older(turned @ x, known_from)
    side = _older((turned @ error[..., None])[..., 0], known_from)
    count = _older(known.sum(-1).astype(np.float64), known_from)
    square = _older((error**2).sum(-1), known_from)
    total, total_square = _older(values.sum(-1), known_from), _older((values**2).sum(-1), known_from)
    learned = _prior_weights(prior, square, total_square - total**2 / np.maximum(count, 1.0))
    learned = learned * (count / (count + _FEW_DAYS * actual.shape[2]))[..., None]
    scale = np.where(square > 0, square / np.maximum(count, 1.0), 1.0)[..., None]
    penalty = prior.days * actual.shape[2] * np.asarray(prior.size) * scale + _TINY
    left = side - (gram @ learned[..., None])[..., 0]
    step = np.linalg.solve(gram + penalty[..., None] * np.eye(len(EXPERTS)), left[..., None])[..., 0]
    answer: FloatArray = learned + step
    return answer


def _prior_weights(prior: Prior, square: FloatArray, variance: FloatArray) -> FloatArray:
    """What others taught, for a meter of which the forecast leaves this share unexplained."""
    share = np.where(variance > 0, square / np.where(variance > 0, variance, 1.0), 0.5)
    share = np.clip(share, 0.0, 1.2)[..., None]
    answer: FloatArray = np.asarray(prior.steady) + share * np.asarray(prior.irregular)
    return answer


def _older(values: FloatArray, known_from: IntArray) -> FloatArray:
    """Sum over all days that were known when each day was forecast."""
    running = np.cumsum(values[:, ::-1], axis=1)[:, ::-1]
    padded = np.concatenate([running, np.zeros_like(running[:, :1])], axis=1)
    answer: FloatArray = padded[:, np.minimum(known_from, values.shape[1])]
    return answer

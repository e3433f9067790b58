"""Permutation importance: how much worse a model gets when one feature is taken from other windows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from kanchay.domain.errors import ShapeError
from kanchay.domain.reading import FloatArray

__all__ = ["Importance", "permutation_importance"]

Loss = Callable[[FloatArray], FloatArray]


@dataclass(frozen=True, slots=True)
class Importance:
    """What a model loses without one feature.

    Attributes
    ----------
    name : str
        Of the column.
    rise : float
        Mean rise of the loss over the repeats; about 0 where the model does not use it. [unit of the loss]
    spread : float
        Standard deviation of the rise over the repeats. [unit of the loss]
    """

    name: str
    rise: float
    spread: float


def permutation_importance(
    loss: Loss, values: FloatArray, names: Sequence[str], *, seed: int = 0, repeats: int = 3, block: int = 1
) -> list[Importance]:
    """Importance of each feature, greatest first, after Breiman's random forests [1]_.

    Whole blocks of windows change places, each with all its hours: hours of a day belong together, and days beside
    each other resemble each other, so that moving single hours would make days that never were. Features that tell
    the same stand in for each other: each then looks less important than the two are together.

    Parameters
    ----------
    loss : callable
        From values of the shape below to the loss of each window, shape (n_windows,); NaN where it has none.
    values : ndarray of float, shape (n_windows, horizon, n_features)
        Columns of the model on windows that it was not trained on, in order of time.
    names : sequence of str, length n_features
    seed, repeats : int
        Of the permutations. [-]
    block : int, default 1
        Windows beside each other that move together, for example 7 for weeks of daily windows. [-]

    Returns
    -------
    list of Importance

    Raises
    ------
    ShapeError
        The names do not fit, or there are fewer than two blocks.

    References
    ----------
    .. [1] L. Breiman, "Random Forests", Machine Learning 45 (2001), doi 10.1023/A:1010933404324.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> columns = rng.normal(size=(50, 2, 2))
    >>> truth = columns[..., 0]
    >>> found = permutation_importance(lambda x: np.abs(x[..., 0] - truth).mean(axis=1), columns, ["used", "idle"])
    >>> [(i.name, i.rise > 0) for i in found]
    [('used', True), ('idle', False)]
    """
    if values.shape[-1] != len(names):
        raise ShapeError(f"{len(names)} names do not fit {values.shape[-1]} columns.")
    n_blocks = len(values) // block
    if n_blocks < 2:
        raise ShapeError(f"{len(values)} windows make fewer than two blocks of {block}.")
    held = values[: n_blocks * block]
    usual = float(np.nanmean(loss(held)))
    rng = np.random.default_rng(seed)
    orders = [_moved(rng, n_blocks, block) for _ in range(repeats)]
    found = []
    for column, name in enumerate(names):
        rises = [float(np.nanmean(loss(_exchanged(held, column, order)))) - usual for order in orders]
        found.append(Importance(name, float(np.mean(rises)), float(np.std(rises))))
    return sorted(found, key=lambda one: -one.rise)


def _moved(
    rng: np.random.Generator, n_blocks: int, block: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Places of the windows after their blocks changed places."""
    order = rng.permutation(n_blocks)
    return (order[:, None] * block + np.arange(block)).ravel()


def _exchanged(
    values: FloatArray, column: int, order: np.ndarray[tuple[int, ...], np.dtype[np.int64]]
) -> FloatArray:
    other = values.copy()
    other[..., column] = values[order][..., column]
    return other

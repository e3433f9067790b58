"""Scalers: mean, standard deviation, least and greatest value of a feature in the training data, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from kanchay.domain.errors import InputError
from kanchay.domain.reading import FloatArray

if TYPE_CHECKING:
    from kanchay.analysis.features.table import FeatureTable

__all__ = ["Scaler", "fit_scalers", "scalers_from", "scalers_to"]


@dataclass(frozen=True, slots=True)
class Scaler:
    """How one feature was spread over the training data.

    Attributes
    ----------
    mean, std, min, max : float
        [unit of the feature]
    n : int
        Known values they were taken from. [-]

    Examples
    --------
    >>> Scaler.of(np.array([0.0, 2.0, np.nan, 4.0]))
    Scaler(mean=2.0, std=1.632993161855452, min=0.0, max=4.0, n=3)
    """

    mean: float
    std: float
    min: float
    max: float
    n: int

    @classmethod
    def of(cls, values: FloatArray) -> Scaler:
        """Fit it to the known values; the standard deviation is that of the values themselves (divided by n)."""
        known = values[np.isfinite(values)]
        if not known.size:
            raise InputError(
                "A scaler cannot be fitted where nothing is known.",
                hint="Leave the feature out, or give data that hold it.",
                code="feature.scaler",
            )
        low, high = float(known.min()), float(known.max())
        return cls(float(known.mean()), float(known.std()), low, high, int(known.size))

    def standardize(self, values: FloatArray) -> FloatArray:
        """``(x - mean) / std``; 0 where the training data did not vary. NaN stays."""
        return (values - self.mean) / (self.std or 1.0)

    def normalize(self, values: FloatArray) -> FloatArray:
        """``(x - min) / (max - min)``: 0..1 within the range of the training data. NaN stays."""
        return (values - self.min) / ((self.max - self.min) or 1.0)

    def from_standardized(self, values: FloatArray) -> FloatArray:
        """Back to the unit of the feature."""
        return values * (self.std or 1.0) + self.mean

    def from_normalized(self, values: FloatArray) -> FloatArray:
        """Back to the unit of the feature."""
        return values * ((self.max - self.min) or 1.0) + self.min


def fit_scalers(table: FeatureTable) -> dict[str, Scaler]:
    """A scaler for each column of a table of training data.

    Parameters
    ----------
    table : FeatureTable
        Plain features of training windows only: what is fitted to test data leaks them.

    Returns
    -------
    dict of str to Scaler
        By name.

    Raises
    ------
    InputError
        A column holds nothing known.

    Examples
    --------
    >>> from kanchay.analysis.features.table import FeatureTable
    >>> fit_scalers(FeatureTable(("a",), np.array([[[1.0], [3.0]]]), ("1",)))["a"].mean
    2.0
    """
    return {name: Scaler.of(table.column(name)) for name in table.names}


def scalers_to(scalers: Mapping[str, Scaler]) -> dict[str, dict[str, float]]:
    """Scalers as plain numbers, for a manifest.

    Parameters
    ----------
    scalers : mapping of str to Scaler

    Returns
    -------
    dict
        By name: ``mean, std, min, max, n``. [unit of each feature]

    Examples
    --------
    >>> scalers_to({"a": Scaler(1.0, 2.0, 0.0, 4.0, 9)})
    {'a': {'mean': 1.0, 'std': 2.0, 'min': 0.0, 'max': 4.0, 'n': 9}}
    """
    return {name: asdict(scaler) for name, scaler in scalers.items()}


def scalers_from(held: Mapping[str, Mapping[str, Any]]) -> dict[str, Scaler]:
    """Scalers out of a manifest.

    Parameters
    ----------
    held : mapping
        As from `scalers_to`.

    Returns
    -------
    dict of str to Scaler

    Raises
    ------
    InputError
        A number is missing.

    Examples
    --------
    >>> scalers_from({"a": {"mean": 1.0, "std": 2.0, "min": 0.0, "max": 4.0, "n": 9}})["a"].max
    4.0
    """
    try:
        return {
            name: Scaler(float(e["mean"]), float(e["std"]), float(e["min"]), float(e["max"]), int(e["n"]))
            for name, e in held.items()
        }
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(f"A scaler lacks {error}.", code="feature.scaler") from error

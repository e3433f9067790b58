"""Principal components of standardised features, kept as plain numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from kanchay.domain.errors import InputError
from kanchay.domain.reading import FloatArray

__all__ = ["Pca"]


@dataclass(frozen=True, slots=True, eq=False)
class Pca:
    """A rotation of standardised features onto their directions of greatest variance.

    Fitted by `kanchay.learning.pca.fit_pca`; applying it needs no package.

    Attributes
    ----------
    names : tuple of str, length n_features
        Plain features that are standardised, then turned.
    mean : ndarray of float64, shape (n_features,)
        Of the standardised training data; near 0. [-]
    components : ndarray of float64, shape (n_components, n_features)
        Unit vectors, strongest first. [-]
    share : ndarray of float64, shape (n_components,)
        Of the variance that each explains. [-]

    Examples
    --------
    >>> turned = Pca(("a", "b"), np.zeros(2), np.array([[0.6, 0.8]]), np.array([0.9]))
    >>> turned.transform(np.array([[1.0, 1.0], [1.0, np.nan]])).round(3).tolist()
    [[1.4], [0.6]]
    """

    names: tuple[str, ...]
    mean: FloatArray
    components: FloatArray
    share: FloatArray

    @property
    def columns(self) -> tuple[str, ...]:
        """``pca_1``, ``pca_2``, …"""
        return tuple(f"pca_{i + 1}" for i in range(len(self.components)))

    def transform(self, standardized: FloatArray) -> FloatArray:
        """Components of rows (..., n_features); what is unknown counts as the training mean."""
        known = np.where(np.isnan(standardized), self.mean, standardized)
        turned: FloatArray = (known - self.mean) @ self.components.T
        return turned

    def inverse(self, turned: FloatArray) -> FloatArray:
        """Back to standardised features, less what the left-out components held."""
        back: FloatArray = turned @ self.components + self.mean
        return back

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers, for a manifest."""
        return {
            "names": list(self.names),
            "mean": self.mean.tolist(),
            "components": self.components.tolist(),
            "share": self.share.tolist(),
        }

    @classmethod
    def from_dict(cls, held: Mapping[str, Any]) -> Pca:
        """Out of a manifest.

        Raises
        ------
        InputError
            An entry is missing or its shape does not fit the names.
        """
        try:
            names: Sequence[str] = [str(n) for n in held["names"]]
            mean, components, share = (
                np.asarray(held[key], dtype=np.float64) for key in ("mean", "components", "share")
            )
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"The components cannot be read: {error}.", code="feature.pca") from error
        if components.shape != (len(share), len(names)) or mean.shape != (len(names),):
            raise InputError("The components do not fit their features.", code="feature.pca")
        return cls(tuple(names), mean, components, share)

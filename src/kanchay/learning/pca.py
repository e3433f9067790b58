"""Fit principal components with scikit-learn; applying them needs no package (`kanchay.analysis.features.pca`)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from kanchay.analysis.features.pca import Pca
from kanchay.domain.errors import MissingExtra
from kanchay.domain.reading import FloatArray

__all__ = ["fit_pca"]


def fit_pca(standardized: FloatArray, names: Sequence[str], n_components: int, *, seed: int = 0) -> Pca:
    """Components of standardised rows (n, n_features) of training data; what is unknown counts as the mean, 0."""
    try:
        from sklearn.decomposition import PCA
    except ImportError as error:
        raise MissingExtra("train", "scikit-learn") from error
    solver = PCA(n_components=n_components, svd_solver="full", random_state=seed)
    solver.fit(np.nan_to_num(standardized, nan=0.0))
    return Pca(
        tuple(names),
        np.asarray(solver.mean_, dtype=np.float64),
        np.asarray(solver.components_, dtype=np.float64),
        np.asarray(solver.explained_variance_ratio_, dtype=np.float64),
    )

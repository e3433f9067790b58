from __future__ import annotations

import json

import numpy as np
import pytest

from kanchay.analysis.features.pca import Pca
from kanchay.domain.errors import InputError

decomposition = pytest.importorskip("sklearn.decomposition")


@pytest.fixture
def rows():
    rng = np.random.default_rng(5)
    hidden = rng.normal(size=(300, 2))
    return hidden @ rng.normal(size=(2, 5)) + 0.1 * rng.normal(size=(300, 5))


def test_it_turns_as_scikit_learn_does(rows):
    from kanchay.learning.pca import fit_pca

    ours = fit_pca(rows, list("abcde"), 3)
    theirs = decomposition.PCA(3, svd_solver="full").fit(rows)
    np.testing.assert_allclose(ours.transform(rows), theirs.transform(rows), atol=1e-10)
    np.testing.assert_allclose(
        ours.inverse(ours.transform(rows)), theirs.inverse_transform(theirs.transform(rows))
    )
    assert ours.share[:2].sum() > 0.9
    assert ours.columns == ("pca_1", "pca_2", "pca_3")


def test_it_comes_back_out_of_a_manifest(rows):
    from kanchay.learning.pca import fit_pca

    ours = fit_pca(rows, list("abcde"), 2)
    again = Pca.from_dict(json.loads(json.dumps(ours.as_dict())))
    np.testing.assert_array_equal(again.transform(rows), ours.transform(rows))


def test_the_unknown_counts_as_the_mean(rows):
    from kanchay.learning.pca import fit_pca

    ours = fit_pca(rows, list("abcde"), 2)
    np.testing.assert_allclose(ours.transform(np.full((1, 5), np.nan)), 0.0, atol=1e-12)


def test_what_does_not_fit_is_refused():
    held = {"names": ["a"], "mean": [0.0, 1.0], "components": [[1.0]], "share": [1.0]}
    with pytest.raises(InputError, match="do not fit"):
        Pca.from_dict(held)
    with pytest.raises(InputError, match="cannot be read"):
        Pca.from_dict({"names": ["a"]})

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from kanchay.analysis.features.scaling import Scaler, fit_scalers, scalers_from, scalers_to
from kanchay.analysis.features.table import FeatureTable
from kanchay.domain.errors import InputError

finite = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))


@given(arrays(np.float64, st.integers(1, 40), elements=finite))
def test_there_and_back(values):
    scaler = Scaler.of(values)
    size = max(1.0, np.abs(values).max())
    np.testing.assert_allclose(scaler.from_standardized(scaler.standardize(values)), values, atol=1e-9 * size)
    np.testing.assert_allclose(scaler.from_normalized(scaler.normalize(values)), values, atol=1e-9 * size)
    assert scaler.normalize(values).min() >= 0.0
    assert scaler.normalize(values).max() <= 1.0 + 1e-12


def test_the_numbers_are_those_of_scikit_learn():
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    values = np.random.default_rng(3).normal(20.0, 5.0, (200, 1))
    scaler = Scaler.of(values[:, 0])
    standard = preprocessing.StandardScaler().fit_transform(values)
    least = preprocessing.MinMaxScaler().fit_transform(values)
    np.testing.assert_allclose(scaler.standardize(values), standard, atol=1e-12)
    np.testing.assert_allclose(scaler.normalize(values), least, atol=1e-12)


def test_a_flat_feature_becomes_zero():
    scaler = Scaler.of(np.full(5, 7.0))
    assert scaler.standardize(np.array([7.0])).tolist() == [0.0]
    assert scaler.normalize(np.array([7.0])).tolist() == [0.0]


def test_they_come_back_out_of_a_manifest():
    table = FeatureTable(("a", "b"), np.array([[[1.0, np.nan], [2.0, 5.0]]]), ("1", "kWh"))
    scalers = fit_scalers(table)
    assert scalers["b"] == Scaler(5.0, 0.0, 5.0, 5.0, 1)
    assert scalers_from(json.loads(json.dumps(scalers_to(scalers)))) == scalers


def test_nothing_known_and_numbers_left_out_are_refused():
    with pytest.raises(InputError, match="nothing is known"):
        Scaler.of(np.array([np.nan]))
    with pytest.raises(InputError, match="lacks"):
        scalers_from({"a": {"mean": 1.0}})

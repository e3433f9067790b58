"""Trees as plain arrays: the walk, the two runtimes, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from kanchay.bundle.boosted import bands
from kanchay.bundle.save import pack_weights
from kanchay.bundle.trees import FEATURES_INPUT, NumpyTrees, OnnxTrees, TreeArrays
from kanchay.domain.errors import BundleError

# Tree 0 asks column 1 at 2.0, then column 0 at -1.0; the unknown goes left, then right. Tree 1 is a leaf.
TWO = {
    "feature": [1, 0, 0, 0, 0, 0],
    "threshold": [2.0, -1.0, 0, 0, 0, 0],
    "left": [1, 2, 2, 3, 4, 5],
    "right": [4, 3, 2, 3, 4, 5],
    "value": [0, 0, 10.0, 20.0, 30.0, 0.5],
    "missing_left": [1, 0, 0, 0, 0, 0],
    "root": [0, 5],
    "output": [0, 1],
}
NAN = np.nan
ROWS = np.array([[-2, 0], [0, 2], [0, 3], [NAN, 0], [-2, NAN], [-1, 2]], dtype=np.float32)
ANSWERS = [10, 20, 30, 20, 10, 10]


def changed(**entries):
    return {**TWO, **{name: np.asarray(values) for name, values in entries.items()}}


def test_a_walk_by_hand():
    trees = TreeArrays.of(TWO)
    assert trees.walk(ROWS)[:, 0].tolist() == ANSWERS
    assert trees.walk(ROWS)[:, 1].tolist() == [0.5] * 6
    assert (trees.depth(), trees.n_trees, trees.n_outputs) == (2, 2, 2)
    assert trees.walk(ROWS[:0]).shape == (0, 2)


def test_onnxruntime_walks_the_same_way():
    pytest.importorskip("onnx")
    from kanchay.learning.trees import onnx_trees

    trees = TreeArrays.of(TWO)
    graph = onnx_trees(trees, 2)
    assert onnx_trees(trees, 2) == graph
    np.testing.assert_array_equal(OnnxTrees(graph).run({FEATURES_INPUT: ROWS}), trees.walk(ROWS))
    packed = pack_weights(trees.named())
    np.testing.assert_array_equal(NumpyTrees(packed, 2).run({FEATURES_INPUT: ROWS}), trees.walk(ROWS))


@pytest.mark.parametrize(
    "broken",
    [
        {"left": [1, 2, 2, 3, 4, 6]},  # outside
        {"left": [0, 2, 2, 3, 4, 5]},  # a node that is a leaf on one side
        {"right": [4, 0, 2, 3, 4, 5]},  # round in a circle
        {"right": [4, -3, 2, 3, 4, 5]},
        {"root": [0, 9]},
        {"root": [0, -1]},
        {"root": [0]},
        {"output": [1, 0]},
        {"output": [0, 2]},
        {"feature": [-1, 0, 0, 0, 0, 0]},
        {"value": [0, 0, 10.0]},
    ],
    ids=str,
)
def test_trees_that_point_elsewhere_are_refused(broken):
    with pytest.raises(BundleError, match="point outside"):
        TreeArrays.of(changed(**broken))


def test_a_column_that_is_not_there_is_refused():
    with pytest.raises(BundleError, match="does not name"):
        NumpyTrees(pack_weights(TreeArrays.of(TWO).named()), 1)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no zip", pack_weights({"trees/feature": np.zeros(3)})])
def test_what_is_no_tree_file_is_refused(data):
    with pytest.raises(BundleError, match=r"weights\.npz cannot be read"):
        TreeArrays.unpack(data)


def test_thresholds_in_float32_ask_the_same_question():
    from kanchay.learning.trees import _down

    rng = np.random.default_rng(0)
    for threshold in [*rng.normal(size=500).tolist(), 1e300, -1e300]:
        with np.errstate(over="ignore"):
            near = np.float32(threshold)
        for x in (near, np.nextafter(near, np.float32(np.inf)), np.nextafter(near, np.float32(-np.inf))):
            assert (float(x) <= threshold) == (x <= np.float32(_down(threshold)))


def test_bands_are_in_order_and_as_wide_as_told():
    rng = np.random.default_rng(4)
    crossed = rng.normal(size=(50, 9))
    factors = rng.uniform(0.2, 3.0, 8)
    made = bands(crossed, factors)
    ordered = np.sort(crossed, axis=1)
    np.testing.assert_allclose(made[:, 4], ordered[:, 4])
    np.testing.assert_allclose(
        np.diff(made, axis=1)[:, 3::-1], np.diff(ordered, axis=1)[:, 3::-1] * factors[:4]
    )
    np.testing.assert_allclose(np.diff(made, axis=1)[:, 4:], np.diff(ordered, axis=1)[:, 4:] * factors[4:])

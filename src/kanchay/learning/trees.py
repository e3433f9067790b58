"""From LightGBM to the arrays of a bundle, and from those to an ONNX graph."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kanchay.bundle.runtimes import OUTPUT
from kanchay.bundle.trees import FEATURES_INPUT, TreeArrays
from kanchay.domain.errors import MissingExtra

__all__ = ["onnx_trees", "tree_arrays"]

Node = dict[str, Any]


def tree_arrays(boosters: Sequence[Any]) -> TreeArrays:
    """The trees of several LightGBM boosters, one booster an output."""
    held: dict[str, list[float]] = {name: [] for name in TreeArrays.__dataclass_fields__}
    for output, booster in enumerate(boosters):
        for tree in booster.dump_model(num_iteration=booster.best_iteration or None)["tree_info"]:
            held["root"].append(len(held["feature"]))
            held["output"].append(output)
            _add(held, tree["tree_structure"])
    return TreeArrays.of({name: np.asarray(values) for name, values in held.items()})


def _add(held: dict[str, list[float]], node: Node) -> int:
    """Write a node and all below it; parents stand before their children. Answers its place."""
    here = len(held["feature"])
    leaf = "leaf_value" in node
    threshold, missing_left = (0.0, 0) if leaf else _question(node)
    for name, value in (
        ("feature", 0 if leaf else node["split_feature"]),
        ("threshold", threshold),
        ("missing_left", missing_left),
        ("value", node["leaf_value"] if leaf else 0.0),
        ("left", here),
        ("right", here),
    ):
        held[name].append(value)
    if not leaf:
        held["left"][here] = _add(held, node["left_child"])
        held["right"][here] = _add(held, node["right_child"])
    return here


def _question(node: Node) -> tuple[float, int]:
    """Threshold in float32 and where the unknown goes."""
    if node["decision_type"] != "<=" or node["missing_type"] == "Zero":
        raise ValueError(
            f"Trees with {node['decision_type']} and missing {node['missing_type']} are not kept."
        )
    threshold = float(node["threshold"])
    # Where no value was unknown in training, LightGBM reads an unknown one as 0.
    left = node["default_left"] if node["missing_type"] == "NaN" else threshold >= 0.0
    return _down(threshold), int(left)


def _down(value: float) -> float:
    """The greatest float32 not above a float64: comparing float32 numbers with either gives the same answer."""
    with np.errstate(over="ignore"):  # LightGBM parts the unknown from all else at 1e300: beyond float32
        near = np.float32(value)
        return float(np.nextafter(near, np.float32(-np.inf)) if float(near) > value else near)


def onnx_trees(trees: TreeArrays, n_features: int) -> bytes:
    """``model.onnx``: one ``TreeEnsembleRegressor`` of ai.onnx.ml with all outputs; the same trees, the same bytes."""
    try:
        from onnx import TensorProto, checker, helper
    except ImportError as error:
        raise MissingExtra("train", "onnx") from error

    node = helper.make_node(
        "TreeEnsembleRegressor", [FEATURES_INPUT], [OUTPUT], domain="ai.onnx.ml",
        n_targets=trees.n_outputs, aggregate_function="SUM", post_transform="NONE", **_attributes(trees),
    )  # fmt: skip
    value = helper.make_tensor_value_info
    graph = helper.make_graph(
        [node], "trees",
        [value(FEATURES_INPUT, TensorProto.FLOAT, ["n", n_features])],
        [value(OUTPUT, TensorProto.FLOAT, ["n", trees.n_outputs])],
    )  # fmt: skip
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)],
        ir_version=8,
        producer_name="kanchay",
    )
    checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _attributes(trees: TreeArrays) -> dict[str, Any]:
    """Nodes and leaves as the operator wants them: ids within each tree."""
    ends = [*trees.root[1:].tolist(), len(trees.feature)]
    tree = np.repeat(np.arange(trees.n_trees), np.asarray(ends) - trees.root)
    first = trees.root[tree]
    place = np.arange(len(trees.feature))
    leaf = trees.left == place
    return {
        "nodes_treeids": tree.tolist(),
        "nodes_nodeids": (place - first).tolist(),
        "nodes_featureids": trees.feature.tolist(),
        "nodes_values": trees.threshold.tolist(),
        "nodes_modes": ["LEAF" if is_leaf else "BRANCH_LEQ" for is_leaf in leaf],
        "nodes_truenodeids": _inner(trees.left - first, leaf),
        "nodes_falsenodeids": _inner(trees.right - first, leaf),
        "nodes_missing_value_tracks_true": _inner(trees.missing_left, leaf),
        "target_treeids": tree[leaf].tolist(),
        "target_nodeids": (place - first)[leaf].tolist(),
        "target_ids": trees.output[tree[leaf]].tolist(),
        "target_weights": trees.value[leaf].tolist(),
    }


def _inner(values: NDArray[Any], leaf: NDArray[np.bool_]) -> list[int]:
    numbers: Iterator[int] = (0 if is_leaf else int(v) for v, is_leaf in zip(values, leaf, strict=True))
    return list(numbers)

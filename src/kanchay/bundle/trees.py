"""Regression trees as plain arrays, walked in NumPy or run as an ONNX tree ensemble: the same trees, two ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from kanchay.bundle.runtimes import Float32
from kanchay.bundle.weights import read_weights
from kanchay.domain.errors import BundleError

__all__ = ["FEATURES_INPUT", "NumpyTrees", "OnnxTrees", "TreeArrays"]

FEATURES_INPUT: Final = "features"
_CHUNK: Final = 2_000_000  # (row, tree) pairs walked at once: memory stays flat
_ONNX_CHUNK: Final = 65_536  # rows at once

_WHOLE: Final = ("feature", "left", "right", "missing_left", "root", "output")

Int32 = NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class TreeArrays:
    """Every node of every tree, one after the other; a leaf points to itself.

    Attributes
    ----------
    feature, left, right : ndarray of int32, shape (n_nodes,)
        Column that a node asks for, and the node that follows when it is at most `threshold` and when it is more. [-]
    threshold : ndarray of float32, shape (n_nodes,)
        Rounded down from float64: a float32 number is below the one exactly when it is below the other. [-]
    value : ndarray of float32, shape (n_nodes,)
        Of a leaf; 0 elsewhere. [unit of the output]
    missing_left : ndarray of int32, shape (n_nodes,)
        1 where an unknown value goes left. [-]
    root, output : ndarray of int32, shape (n_trees,)
        First node of each tree and the output it adds to; outputs ascend. [-]

    Examples
    --------
    >>> one = TreeArrays.of({"feature": [0, 0, 0], "left": [1, 1, 2], "right": [2, 1, 2], "threshold": [0.5, 0, 0],
    ...     "value": [0, -1, 1], "missing_left": [1, 0, 0], "root": [0], "output": [0]})
    >>> one.walk(np.array([[0.2], [0.7], [np.nan]], dtype=np.float32)).ravel().tolist()
    [-1.0, 1.0, -1.0]
    """

    feature: Int32
    left: Int32
    right: Int32
    threshold: Float32
    value: Float32
    missing_left: Int32
    root: Int32
    output: Int32

    @classmethod
    def of(cls, held: Mapping[str, Any]) -> TreeArrays:
        """From arrays by name; children, columns and outputs are checked, so that no walk leaves the arrays."""
        parts: dict[str, Any] = {n: np.asarray(held[n]).astype(np.int32) for n in _WHOLE}
        parts |= {n: np.asarray(held[n]).astype(np.float32) for n in ("threshold", "value")}
        trees = cls(**parts)
        trees._check()
        return trees

    @classmethod
    def unpack(cls, data: bytes) -> TreeArrays:
        """From ``weights.npz``, already verified against its manifest; read without pickle.

        Raises
        ------
        BundleError
            An array is missing, cannot be read or points outside.
        """
        try:
            held = read_weights(data)
            return cls.of({name: held[f"trees/{name}"] for name in cls.__dataclass_fields__})
        except (KeyError, ValueError) as error:
            raise BundleError(f"weights.npz cannot be read: {error}", code="bundle.weights") from error

    def named(self) -> dict[str, NDArray[Any]]:
        """The arrays by the names under which a bundle keeps them."""
        return {f"trees/{name}": getattr(self, name) for name in self.__dataclass_fields__}

    @property
    def n_outputs(self) -> int:
        return int(self.output.max(initial=-1)) + 1

    @property
    def n_trees(self) -> int:
        return len(self.root)

    def depth(self) -> int:
        """Steps from a root to the deepest leaf."""
        node, steps = np.unique(self.root), 0
        while (inner := node[self.left[node] != node]).size:
            node = np.unique(np.concatenate([self.left[inner], self.right[inner]]))
            steps += 1
        return steps

    def walk(self, rows: Float32) -> NDArray[np.float64]:
        """Sum of the leaves per output, shape (n_rows, n_outputs)."""
        size = max(1, _CHUNK // max(self.n_trees, 1))
        depth = self.depth()
        parts = [self._walk(rows[i : i + size], depth) for i in range(0, len(rows), size)]
        return np.concatenate(parts) if parts else np.empty((0, self.n_outputs))

    def _walk(self, rows: Float32, depth: int) -> NDArray[np.float64]:
        node = np.broadcast_to(self.root, (len(rows), self.n_trees))
        line = np.arange(len(rows))[:, None]
        for _ in range(depth):
            x = rows[line, self.feature[node]]
            left = np.where(np.isnan(x), self.missing_left[node] > 0, x <= self.threshold[node])
            node = np.where(left, self.left[node], self.right[node])
        first = np.searchsorted(self.output, np.arange(self.n_outputs))
        total: NDArray[np.float64] = np.add.reduceat(self.value[node].astype(np.float64), first, axis=1)
        return total

    def _check(self) -> None:
        n = len(self.feature)
        nodes = np.arange(n)
        same = all(
            len(a) == n for a in (self.left, self.right, self.threshold, self.value, self.missing_left)
        )
        inner = self.left != nodes
        # Children stand after their parent, so a walk ends; a leaf points to itself on both sides.
        onward = (
            (self.left[inner] > nodes[inner]) & (self.right[inner] > nodes[inner])
            if same
            else np.array([False])
        )
        inside = same and bool(
            ((self.left < n) & (self.right < n) & (self.right[~inner] == nodes[~inner]).all()).all()
        )
        roots = len(self.root) == len(self.output) > 0 and bool(((self.root >= 0) & (self.root < n)).all())
        outputs = roots and sorted(set(self.output.tolist())) == list(range(self.n_outputs))
        ascending = outputs and bool((np.diff(self.output) >= 0).all())
        if not (same and onward.all() and inside and ascending and bool((self.feature >= 0).all())):
            raise BundleError("The trees point outside their arrays.", code="bundle.weights")


class NumpyTrees:
    """Walks the trees in NumPy.

    Parameters
    ----------
    weights : bytes
        ``weights.npz``.
    n_features : int
        Columns that the bundle's features have. [-]

    Raises
    ------
    BundleError
        The arrays cannot be read, or ask for a column that is not there.

    Examples
    --------
    >>> runtime = NumpyTrees(files["weights.npz"], len(names))  # doctest: +SKIP
    """

    name = "numpy"

    def __init__(self, weights: bytes, n_features: int) -> None:
        self._trees = TreeArrays.unpack(weights)
        if int(self._trees.feature.max(initial=0)) >= n_features:
            raise BundleError(
                "The trees ask for a feature that the manifest does not name.", code="bundle.weights"
            )

    def run(self, inputs: Mapping[str, Float32]) -> Float32:
        """Outputs of each row, shape (n_rows, n_outputs)."""
        return self._trees.walk(inputs[FEATURES_INPUT]).astype(np.float32)


class OnnxTrees:
    """Runs ``model.onnx``, a ``TreeEnsembleRegressor``, in onnxruntime.

    Parameters
    ----------
    graph : bytes
        The ONNX file, already verified against its manifest.
    threads : int, default 1
        Threads within one call. [-]

    Raises
    ------
    BundleError
        onnxruntime is not installed (code ``bundle.no_onnxruntime``), or does not accept the graph.

    Examples
    --------
    >>> runtime = OnnxTrees(files["model.onnx"])  # doctest: +SKIP
    """

    name = "onnx"

    def __init__(self, graph: bytes, *, threads: int = 1) -> None:
        from kanchay.bundle.runtimes.onnx import open_session

        self._session = open_session(graph, threads=threads)
        names = {i.name for i in self._session.get_inputs()}
        if names != {FEATURES_INPUT}:
            raise BundleError(f"model.onnx takes {sorted(names)}, not features.", code="bundle.graph")

    def run(self, inputs: Mapping[str, Float32]) -> Float32:
        """Outputs of each row, shape (n_rows, n_outputs)."""
        rows = np.ascontiguousarray(inputs[FEATURES_INPUT], dtype=np.float32)
        parts = [
            self._session.run(None, {FEATURES_INPUT: rows[i : i + _ONNX_CHUNK]})[0]
            for i in range(0, len(rows), _ONNX_CHUNK)
        ]
        answer: Float32 = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return answer

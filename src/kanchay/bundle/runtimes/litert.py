"""LiteRT: a small interpreter for small hubs, over a graph of a fixed batch."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any

import numpy as np

from kanchay.bundle.runtimes import INPUTS, Float32
from kanchay.domain.errors import BundleError

__all__ = ["LitertRuntime"]


class LitertRuntime:
    """Runs ``model.tflite`` of `kanchay model export --format litert`.

    The graph takes so many windows at once, no more and no fewer (``batch``): a shorter rest is filled up with empty
    windows, whose answers are dropped.

    Parameters
    ----------
    graph : bytes
        The LiteRT file, already verified against its manifest; built-in operators only.
    threads : int, default 1
        Threads within one call. [-]

    Raises
    ------
    BundleError
        ai-edge-litert is not installed (code ``bundle.no_litert``), or does not accept the graph.

    Examples
    --------
    >>> runtime = LitertRuntime(files["model.tflite"])  # doctest: +SKIP
    """

    name = "litert"

    def __init__(self, graph: bytes, *, threads: int = 1) -> None:
        try:
            from ai_edge_litert.interpreter import (  # type: ignore[import-untyped,import-not-found,unused-ignore]
                Interpreter,
            )
        except ImportError as error:
            raise BundleError(
                "ai-edge-litert is not installed.",
                hint="Use the runtime 'onnx' or 'numpy', or: pip install ai-edge-litert.",
                code="bundle.no_litert",
            ) from error
        try:
            interpreter = Interpreter(model_content=graph, num_threads=threads)
            interpreter.allocate_tensors()
            self._run: Any = interpreter.get_signature_runner("serving_default")
            details = self._run.get_input_details()
            (self._output,) = self._run.get_output_details()
        except Exception as error:  # the interpreter raises ValueError and RuntimeError with its own words
            raise BundleError(f"LiteRT refuses model.tflite: {error}", code="bundle.graph") from error
        if set(details) not in [set(known) for known in INPUTS.values()]:
            raise BundleError(
                f"model.tflite takes {sorted(details)}: that is no known layout.", code="bundle.graph"
            )
        self._names = tuple(sorted(details))
        self.batch = int(details["load"]["shape"][0])
        self._alone = Lock()  # an interpreter keeps its tensors: one call at a time

    def run(self, inputs: Mapping[str, Float32]) -> Float32:
        """Mean and quantiles, shape (n_windows, 24, 10)."""
        n = len(inputs["load"])
        given = {name: np.asarray(inputs[name], np.float32) for name in self._names}
        with self._alone:
            parts = [self._batch({k: v[i : i + self.batch] for k, v in given.items()})
                     for i in range(0, n, self.batch)]  # fmt: skip
        answer: Float32 = np.concatenate(parts) if parts else np.empty((0, 24, 10), np.float32)
        return answer

    def _batch(self, inputs: dict[str, Float32]) -> Float32:
        n = len(inputs["load"])
        if n < self.batch:
            inputs = {
                k: np.pad(v, [(0, self.batch - n), *[(0, 0)] * (v.ndim - 1)]) for k, v in inputs.items()
            }
        answer: Float32 = self._run(**inputs)[self._output][:n]
        return answer

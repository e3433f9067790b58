"""onnxruntime: the usual way to run a bundle."""

from __future__ import annotations

import numpy as np

from kanchay.bundle.runtimes import CHUNK, INPUTS, Float32
from kanchay.domain.errors import BundleError

__all__ = ["OnnxRuntime"]


class OnnxRuntime:
    """Runs ``model.onnx`` on one or two threads.

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
    >>> runtime = OnnxRuntime(files["model.onnx"])  # doctest: +SKIP
    """

    name = "onnx"

    def __init__(self, graph: bytes, *, threads: int = 1) -> None:
        try:
            import onnxruntime as ort
        except ImportError as error:
            raise BundleError(
                "onnxruntime is not installed.",
                hint="Use the runtime 'numpy', or: pip install onnxruntime.",
                code="bundle.no_onnxruntime",
            ) from error
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._session = ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime raises its own kinds, all outside a common base
            raise BundleError(f"onnxruntime refuses model.onnx: {error}", code="bundle.graph") from error
        inputs = {i.name for i in self._session.get_inputs()}
        if inputs != set(INPUTS):
            raise BundleError(
                f"model.onnx takes {sorted(inputs)}, not {sorted(INPUTS)}.", code="bundle.graph"
            )

    def run(self, load: Float32, mask: Float32, context: Float32, target: Float32) -> Float32:
        """Mean and quantiles, shape (n_windows, 24, 10)."""
        parts = [
            self._session.run(
                None,
                dict(zip(INPUTS, (x[i : i + CHUNK] for x in (load, mask, context, target)), strict=True)),
            )[0]
            for i in range(0, len(load), CHUNK)
        ]
        answer: Float32 = parts[0] if len(parts) == 1 else np.concatenate(parts)
        return answer

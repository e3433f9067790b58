"""onnxruntime: the usual way to run a bundle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from kanchay.bundle.runtimes import INPUTS, Float32, in_chunks
from kanchay.domain.errors import BundleError

__all__ = ["OnnxRuntime", "open_session"]

CHUNK: Final = (
    64  # windows at once: what they need stays in the processor's cache (benchmarks/speed/forecast_fleet.py)
)


def open_session(graph: bytes, *, threads: int = 1) -> Any:
    """A session of onnxruntime on the CPU over a graph in memory.

    Parameters
    ----------
    graph : bytes
        The ONNX file, already verified against its manifest.
    threads : int, default 1
        Threads within one call. [-]

    Returns
    -------
    onnxruntime.InferenceSession

    Raises
    ------
    BundleError
        onnxruntime is not installed (code ``bundle.no_onnxruntime``), or does not accept the graph.

    Examples
    --------
    >>> session = open_session(files["model.onnx"])  # doctest: +SKIP
    """
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
        return ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises its own kinds, all outside a common base
        raise BundleError(f"onnxruntime refuses model.onnx: {error}", code="bundle.graph") from error


class OnnxRuntime:
    """Runs ``model.onnx``, several chunks of a batch at a time where more than one thread is allowed.

    Parameters
    ----------
    graph : bytes
        The ONNX file, already verified against its manifest.
    threads : int, default 1
        Chunks of a batch at a time. A single chunk stays on one thread: splitting it gains nothing. [-]

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
        self._session = open_session(graph)
        self._threads = threads
        names = {i.name for i in self._session.get_inputs()}
        if names not in [set(known) for known in INPUTS.values()]:
            raise BundleError(
                f"model.onnx takes {sorted(names)}: that is no known layout.", code="bundle.graph"
            )
        self._names = sorted(names)

    def run(self, inputs: Mapping[str, Float32]) -> Float32:
        """Mean and quantiles, shape (n_windows, 24, 10)."""
        return in_chunks(self._run, inputs, self._names, size=CHUNK, threads=self._threads)

    def _run(self, inputs: dict[str, Float32]) -> Float32:
        answer: Float32 = self._session.run(None, inputs)[0]
        return answer

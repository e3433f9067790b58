"""Prove an exported graph where nothing but its own runtime is loaded: ``python -m kanchay.bundle.alone``.

A graph that needs TensorFlow's operators runs as long as TensorFlow is in the process, and fails on the hub. So the
proof of a LiteRT file is run in a process of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

from kanchay.bundle.files import read_contents
from kanchay.bundle.load import FILE_OF, forecaster_of, make_runtime, prove
from kanchay.domain.errors import BundleError, KanchayError

__all__ = ["difference_alone", "prove_alone"]

_FRAMEWORKS: Final = ("tensorflow", "keras", "jax", "torch")
_LONGEST_S: Final = 300


def prove_alone(bundle: Path, graph: Path, runtime: str) -> float:
    """Run the example of a bundle through an exported graph in a process without any deep-learning framework.

    Parameters
    ----------
    bundle : Path
        Folder or zip with the example.
    graph : Path
        The exported file.
    runtime : str
        ``onnx``, ``litert`` or ``numpy``.

    Returns
    -------
    float
        Largest difference as a share of the context's scale. [-]

    Raises
    ------
    BundleError
        The runtime refuses the graph, the answer is off, or a framework was loaded after all.

    Examples
    --------
    >>> prove_alone(Path("model.kanchay"), Path("out/model.tflite"), "litert")  # doctest: +SKIP
    3.1e-07
    """
    command = [sys.executable, "-m", "kanchay.bundle.alone", str(bundle), str(graph), runtime]
    done = subprocess.run(  # noqa: S603 (our own module; the paths are arguments, no shell reads them)
        command, capture_output=True, text=True, timeout=_LONGEST_S, check=False
    )
    try:
        told = json.loads(done.stdout.strip().splitlines()[-1])
    except (ValueError, IndexError) as error:
        said = " ".join(done.stderr.split())[-300:]
        raise BundleError(f"The runtime '{runtime}' broke down: {said}", code="bundle.graph") from error
    if "error" in told:
        raise BundleError(told["error"], code=told["code"])
    if told["frameworks"]:
        raise BundleError(
            f"{', '.join(told['frameworks'])} was loaded: that proves nothing.", code="bundle.alone"
        )
    return float(told["difference"])


def difference_alone(bundle: Path, graph: Path, runtime: str) -> float:
    """The same in this process.

    Parameters
    ----------
    bundle, graph : Path
        As of `prove_alone`.
    runtime : str
        ``onnx``, ``litert`` or ``numpy``.

    Returns
    -------
    float
        Largest difference as a share of the context's scale. [-]
    """
    contents = read_contents(bundle, trusted=None)
    files = {**contents.files, FILE_OF[runtime]: graph.read_bytes()}
    return prove(forecaster_of(contents.manifest, make_runtime(runtime, contents.manifest, files)), files)


def _main(bundle: str, graph: str, runtime: str) -> None:
    try:
        told: dict[str, object] = {"difference": difference_alone(Path(bundle), Path(graph), runtime)}
    except KanchayError as error:
        told = {"error": str(error), "code": error.code}
    told["frameworks"] = [name for name in _FRAMEWORKS if name in sys.modules]
    print(json.dumps(told))


if __name__ == "__main__":
    _main(*sys.argv[1:])

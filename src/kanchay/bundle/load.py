"""Load a saved model: verify, then run its example, then answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from kanchay.analysis.forecast.grounded import GroundedForecaster
from kanchay.analysis.forecast.protocol import Forecaster, Prediction, Windows
from kanchay.bundle.files import read_contents, read_verified
from kanchay.bundle.forecaster import BundleForecaster
from kanchay.bundle.manifest import BOOSTED, Manifest
from kanchay.bundle.runtimes import Runtime
from kanchay.domain.errors import BundleError

__all__ = [
    "FILE_OF",
    "Verification",
    "forecaster_of",
    "grounded",
    "load_bundle",
    "make_runtime",
    "prove",
    "verify_bundle",
]

EXAMPLE: Final = "example.json"
FILE_OF: Final = {"onnx": "model.onnx", "litert": "model.tflite", "numpy": "weights.npz"}
"""The file each runtime reads."""
NOT_INSTALLED: Final = ("bundle.no_onnxruntime", "bundle.no_litert")


@dataclass(frozen=True, slots=True)
class Verification:
    """The proof that a bundle is what it says and computes here what it computed where it was made.

    Attributes
    ----------
    manifest : Manifest
        What the bundle says of itself.
    signed, trusted : bool
        It carries a signature that fits; the signer is one of the trusted ones.
    n_files : int
        Files whose size and hash were found right. [-]
    differences : dict of str to float
        Largest difference of the example's answer, as a share of the context's scale, by runtime. [-]
    """

    manifest: Manifest
    signed: bool
    trusted: bool
    n_files: int
    differences: dict[str, float]


def load_bundle(
    path: Path,
    *,
    runtime: str = "auto",
    trusted: tuple[str, ...] | None = None,
    name: str = "",
    threads: int = 1,
) -> BundleForecaster:
    """The forecaster of a bundle.

    Parameters
    ----------
    path : Path
        Folder or zip.
    runtime : str, default "auto"
        ``onnx``, ``numpy``, ``litert``, or ``auto``: the first of onnxruntime, LiteRT, NumPy that works here.
    trusted : tuple of str or None
        Public keys one of which must have signed; None takes unsigned bundles too.
    name : str, optional
        Name under which the forecaster answers; by default the manifest's.
    threads : int, default 1
        Threads of onnxruntime or LiteRT. [-]

    Returns
    -------
    BundleForecaster

    Raises
    ------
    BundleError, BundleTampered
        It cannot be read or trusted, or the example comes out differently here.

    Examples
    --------
    >>> load_bundle(Path("no-such.kanchay"))
    Traceback (most recent call last):
    ...
    kanchay.domain.errors.BundleError: There is no bundle at 'no-such.kanchay'.
    """
    manifest, files = read_verified(Path(path), trusted=trusted)
    forecaster = forecaster_of(manifest, make_runtime(runtime, manifest, files, threads=threads), name)
    prove(forecaster, files)
    return forecaster


def make_runtime(kind: str, manifest: Manifest, files: Mapping[str, bytes], *, threads: int = 1) -> Runtime:
    """The runtime of that name over the verified files of a bundle.

    Parameters
    ----------
    kind : str
        ``onnx``, ``numpy``, ``litert``, or ``auto``: the first that works here.
    manifest : Manifest
    files : mapping of str to bytes
        Verified (`kanchay.bundle.files.read_verified`).
    threads : int, default 1
        Threads of onnxruntime or LiteRT. [-]

    Returns
    -------
    Runtime

    Raises
    ------
    BundleError
        There is no such runtime, or it does not work here.
    """
    if kind == "auto":
        return _first_that_works(manifest, files, threads)
    if manifest.kind == BOOSTED:
        return _trees(kind, manifest, files, threads)
    if kind == "onnx":
        from kanchay.bundle.runtimes.onnx import OnnxRuntime

        return OnnxRuntime(_file(files, "model.onnx"), threads=threads)
    if kind == "litert":
        from kanchay.bundle.runtimes.litert import LitertRuntime

        return LitertRuntime(_file(files, "model.tflite"), threads=threads)
    if kind == "numpy":
        from kanchay.bundle.runtimes.numpy import NumpyRuntime

        return NumpyRuntime(
            _file(files, "weights.npz"), manifest.network, manifest.calibration, layout=manifest.format
        )
    raise BundleError(
        f"There is no runtime '{kind}'.", hint="Known: auto, onnx, numpy, litert.", code="bundle.runtime"
    )


def _trees(kind: str, manifest: Manifest, files: Mapping[str, bytes], threads: int) -> Runtime:
    """The runtimes of the boosted kind; it has no form for LiteRT."""
    from kanchay.bundle.trees import NumpyTrees, OnnxTrees

    if kind == "onnx":
        return OnnxTrees(_file(files, "model.onnx"), threads=threads)
    if kind == "numpy":
        return NumpyTrees(_file(files, "weights.npz"), int(manifest.network["columns"]))
    raise BundleError(f"Trees do not run in '{kind}'.", hint="Known: onnx, numpy.", code="bundle.no_file")


def forecaster_of(manifest: Manifest, runtime: Runtime, name: str = "") -> BundleForecaster:
    """The forecaster of that kind of bundle.

    Parameters
    ----------
    manifest : Manifest
        Its `kind` decides.
    runtime : Runtime
        As from `make_runtime`.
    name : str, optional
        By default the manifest's.

    Returns
    -------
    BundleForecaster
    """
    if manifest.kind == BOOSTED:
        from kanchay.bundle.boosted import BoostedForecaster

        return BoostedForecaster(manifest, runtime, name)
    return BundleForecaster(manifest, runtime, name)


def grounded(forecaster: BundleForecaster) -> Forecaster:
    """As the product asks a bundle: a network held to what each window's own week shows outright.

    Parameters
    ----------
    forecaster : BundleForecaster
        A proved bundle.

    Returns
    -------
    Forecaster
        `forecaster` itself where it is no network: what is mended was measured on networks.
    """
    return forecaster if forecaster.manifest.kind == BOOSTED else GroundedForecaster(forecaster)


def _first_that_works(manifest: Manifest, files: Mapping[str, bytes], threads: int) -> Runtime:
    for kind in ("onnx", "litert"):
        try:
            return make_runtime(kind, manifest, files, threads=threads)
        except BundleError as error:
            if error.code not in (*NOT_INSTALLED, "bundle.no_file"):
                raise
    return make_runtime("numpy", manifest, files)


def verify_bundle(path: Path, *, trusted: tuple[str, ...] = ()) -> Verification:
    """Everything `load_bundle` checks, in every runtime that is there.

    Parameters
    ----------
    path : Path
        Folder or zip.
    trusted : tuple of str
        Public keys, base64; whether one of them signed is told in the answer.

    Returns
    -------
    Verification

    Raises
    ------
    BundleError, BundleTampered
        Something does not fit. An unknown signer is told in the answer, not raised.

    Examples
    --------
    >>> verify_bundle(path).differences  # doctest: +SKIP
    {'onnx': 0.0, 'numpy': 3.1e-07}
    """
    contents = read_contents(Path(path), trusted=None)
    manifest, files = contents.manifest, contents.files
    differences = {}
    for kind in (k for k, name in FILE_OF.items() if name in files):
        try:
            runtime = make_runtime(kind, manifest, files)
        except BundleError as error:
            if error.code not in NOT_INSTALLED:
                raise
            continue
        differences[kind] = prove(forecaster_of(manifest, runtime), files)
    signed = contents.signature is not None
    return Verification(manifest, signed, signed and manifest.signer in trusted, len(files), differences)


def _file(files: Mapping[str, bytes], name: str) -> bytes:
    try:
        return files[name]
    except KeyError:
        raise BundleError(f"The bundle holds no {name}.", code="bundle.no_file") from None


def prove(forecaster: BundleForecaster, files: Mapping[str, bytes]) -> float:
    """Run the example.

    Parameters
    ----------
    forecaster : BundleForecaster
        Over the runtime that is to be proved.
    files : mapping of str to bytes
        Of the bundle; ``example.json`` among them.

    Returns
    -------
    float
        Largest difference as a share of the context's scale. [-]

    Raises
    ------
    BundleError
        The difference is above the manifest's tolerance, or the example cannot be read (``bundle.example``).
    """
    try:
        example = json.loads(_file(files, EXAMPLE))
        worst = max(_difference(forecaster, case) for case in example["cases"])
    except (ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{EXAMPLE} cannot be read: {error}", code="bundle.example") from error
    if not worst <= forecaster.manifest.tolerance:
        raise BundleError(
            f"The example comes out differently here: off by {worst:.2g} of the context's scale with the runtime "
            f"'{forecaster.runtime.name}', {forecaster.manifest.tolerance:g} is allowed.",
            hint="Try another runtime (onnx, numpy, litert) or update its package.",
            code="bundle.example",
        )
    return worst


def _difference(forecaster: BundleForecaster, case: dict[str, Any]) -> float:
    windows = Windows(
        load=np.asarray(case["load"], dtype=np.float64),  # null becomes NaN
        issued_at=np.asarray(case["issued_at"], dtype=np.int64),
        resolution_s=int(case["resolution_s"]),
        horizon=int(case["horizon"]),
        tz=str(case["tz"]),
        temperature=np.asarray(case["temperature"], dtype=np.float64) if "temperature" in case else None,
    )
    answer: Prediction = forecaster.predict(windows)
    scale = np.nanmean(np.abs(windows.load), axis=1)
    off_mean = np.abs(answer.mean - np.asarray(case["mean"])) / scale[:, None]
    off_bands = np.abs(answer.quantiles - np.asarray(case["quantiles"])) / scale[:, None, None]
    return float(max(off_mean.max(), off_bands.max()))

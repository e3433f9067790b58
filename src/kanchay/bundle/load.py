"""Load a saved model: verify, then run its example, then answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from kanchay.analysis.forecast.protocol import Prediction, Windows
from kanchay.bundle.files import read_verified
from kanchay.bundle.forecaster import BundleForecaster
from kanchay.bundle.manifest import Manifest
from kanchay.bundle.runtimes import Runtime
from kanchay.domain.errors import BundleError

__all__ = ["Verification", "load_bundle", "make_runtime", "verify_bundle"]

EXAMPLE: Final = "example.json"


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
        ``onnx``, ``numpy``, or ``auto``: onnxruntime where it is installed, else NumPy.
    trusted : tuple of str or None
        Public keys one of which must have signed; None takes unsigned bundles too.
    name : str, optional
        Name under which the forecaster answers; by default the manifest's.
    threads : int, default 1
        Threads of onnxruntime. [-]

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
    forecaster = BundleForecaster(manifest, make_runtime(runtime, manifest, files, threads=threads), name)
    _prove(forecaster, files)
    return forecaster


def make_runtime(kind: str, manifest: Manifest, files: Mapping[str, bytes], *, threads: int = 1) -> Runtime:
    """The runtime of that name over the verified files of a bundle.

    Parameters
    ----------
    kind : str
        ``onnx``, ``numpy``, or ``auto``: the first that works here.
    manifest : Manifest
    files : mapping of str to bytes
        Verified (`kanchay.bundle.files.read_verified`).
    threads : int, default 1
        Threads of onnxruntime. [-]

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
    if kind == "onnx":
        from kanchay.bundle.runtimes.onnx import OnnxRuntime

        return OnnxRuntime(_file(files, "model.onnx"), threads=threads)
    if kind == "numpy":
        from kanchay.bundle.runtimes.numpy import NumpyRuntime

        return NumpyRuntime(_file(files, "weights.npz"), manifest.network, manifest.calibration)
    raise BundleError(
        f"There is no runtime '{kind}'.", hint="Known: auto, onnx, numpy.", code="bundle.runtime"
    )


def _first_that_works(manifest: Manifest, files: Mapping[str, bytes], threads: int) -> Runtime:
    try:
        return make_runtime("onnx", manifest, files, threads=threads)
    except BundleError as error:
        if error.code not in ("bundle.no_onnxruntime", "bundle.no_file"):
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
    from kanchay.bundle.manifest import SIGNATURE

    manifest, files = read_verified(Path(path), trusted=None)
    differences = {}
    held = {"onnx": "model.onnx", "numpy": "weights.npz"}
    for kind in (k for k, name in held.items() if name in files):
        try:
            runtime = make_runtime(kind, manifest, files)
        except BundleError as error:
            if error.code != "bundle.no_onnxruntime":
                raise
            continue
        differences[kind] = _prove(BundleForecaster(manifest, runtime), files)
    signed = _holds(Path(path), SIGNATURE)
    return Verification(manifest, signed, signed and manifest.signer in trusted, len(files), differences)


def _holds(path: Path, name: str) -> bool:
    import zipfile

    if path.is_dir():
        return (path / name).exists()
    with zipfile.ZipFile(path) as archive:
        return name in archive.namelist()


def _file(files: Mapping[str, bytes], name: str) -> bytes:
    try:
        return files[name]
    except KeyError:
        raise BundleError(f"The bundle holds no {name}.", code="bundle.no_file") from None


def _prove(forecaster: BundleForecaster, files: Mapping[str, bytes]) -> float:
    """Run the example; the largest difference as a share of the context's scale."""
    try:
        example = json.loads(_file(files, EXAMPLE))
        worst = max(_difference(forecaster, case) for case in example["cases"])
    except (ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{EXAMPLE} cannot be read: {error}", code="bundle.example") from error
    if not worst <= forecaster.manifest.tolerance:
        raise BundleError(
            f"The example comes out differently here: off by {worst:.2g} of the context's scale with the runtime "
            f"'{forecaster.runtime.name}', {forecaster.manifest.tolerance:g} is allowed.",
            hint="Try the other runtime (onnx, numpy) or update onnxruntime and numpy.",
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
    )
    answer: Prediction = forecaster.predict(windows)
    scale = np.nanmean(np.abs(windows.load), axis=1)
    off_mean = np.abs(answer.mean - np.asarray(case["mean"])) / scale[:, None]
    off_bands = np.abs(answer.quantiles - np.asarray(case["quantiles"])) / scale[:, None, None]
    return float(max(off_mean.max(), off_bands.max()))

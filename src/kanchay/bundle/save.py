"""Write a bundle: files, then the manifest that names their hashes, then the signature over the manifest."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kanchay.analysis.forecast.protocol import Windows
from kanchay.bundle.forecaster import BundleForecaster
from kanchay.bundle.load import make_runtime
from kanchay.bundle.manifest import MANIFEST, SIGNATURE, FileEntry, Manifest
from kanchay.bundle.sign import public_key, sign
from kanchay.domain.interval import HOUR

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["example_cases", "pack", "pack_weights", "save_bundle"]

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest a zip can hold: the same bundle gives the same bytes


def save_bundle(
    folder: Path, manifest: Manifest, files: Mapping[str, bytes], *, key: Ed25519PrivateKey | None = None
) -> Manifest:
    """Write `files`, an example made by the NumPy runtime, the manifest with all hashes, and its signature.

    Parameters
    ----------
    folder : Path
        Made where it is not there; files of an older bundle in it are replaced.
    manifest : Manifest
        Its `files` and `signer` are filled in here.
    files : mapping of str to bytes
        At least ``weights.npz`` and, to run in onnxruntime, ``model.onnx``.
    key : Ed25519PrivateKey, optional
        Without it the bundle stays unsigned.

    Returns
    -------
    Manifest
        As written.

    Examples
    --------
    >>> save_bundle(Path("out"), manifest, {"weights.npz": weights}, key=key)  # doctest: +SKIP
    """
    runtime = make_runtime("numpy", manifest, files)
    cases = example_cases(BundleForecaster(manifest, runtime))
    whole = {**files, "example.json": (json.dumps({"cases": cases}) + "\n").encode()}
    done = replace(
        manifest,
        files={name: FileEntry.of(data) for name, data in sorted(whole.items())},
        signer=public_key(key) if key else "",
    )
    text = done.to_json()
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        if old.is_file():
            old.unlink()
    for name, data in whole.items():
        (folder / name).write_bytes(data)
    (folder / MANIFEST).write_bytes(text)
    if key:
        (folder / SIGNATURE).write_bytes(sign(key, text))
    return done


def pack(folder: Path, archive: Path) -> None:
    """Put a bundle's folder into one zip (``.kanchay``); the same files give the same bytes.

    Parameters
    ----------
    folder : Path
        Files without folders below.
    archive : Path
        Written anew.

    Examples
    --------
    >>> pack(Path("out"), Path("model.kanchay"))  # doctest: +SKIP
    """
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out:
        for path in sorted(folder.iterdir()):
            if path.is_file():
                out.writestr(zipfile.ZipInfo(path.name, _EPOCH), path.read_bytes(), zipfile.ZIP_DEFLATED)


def pack_weights(weights: Mapping[str, np.ndarray[Any, Any]]) -> bytes:
    """``weights.npz`` as bytes, float32, without pickle; the same weights give the same bytes.

    Parameters
    ----------
    weights : mapping of str to ndarray
        By name of layer and tensor.

    Returns
    -------
    bytes

    Examples
    --------
    >>> pack_weights({"out/bias": np.zeros(2)})[:2]
    b'PK'
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as out:
        for name, value in sorted(weights.items()):
            entry = io.BytesIO()
            np.lib.format.write_array(entry, np.asarray(value, dtype=np.float32), allow_pickle=False)
            out.writestr(zipfile.ZipInfo(f"{name}.npy", _EPOCH), entry.getvalue())
    return buffer.getvalue()


def example_cases(forecaster: BundleForecaster) -> list[dict[str, Any]]:
    """Three made-up meters with the forecaster's answers: two full weeks at 1 h, one short with gaps at 15 min.

    Parameters
    ----------
    forecaster : BundleForecaster
        The model that answers.

    Returns
    -------
    list of dict
        What ``example.json`` holds: inputs and expected outputs.
    """
    rng = np.random.default_rng(20)
    hour = np.arange(168)
    office = 20 + 30 * ((hour % 24 >= 8) & (hour % 24 < 19) & (hour < 120)) + rng.normal(0, 1, 168)
    home = rng.gamma(2.0, 0.15, 168) + 0.3 * (hour % 24 >= 18)
    quarter = np.repeat(home[-60:], 4) / 4 * rng.uniform(0.5, 1.5, 240)
    quarter[40:70] = np.nan
    issued = 1_788_325_200  # 2026-09-02 00:00 in Lima
    hourly = Windows(np.stack([office, home]), np.full(2, issued), HOUR, 48, "America/Lima")
    fine = Windows(quarter[None], np.asarray([issued + 9 * HOUR]), 900, 96, "America/Lima")
    return [_case(forecaster, windows) for windows in (hourly, fine)]


def _case(forecaster: BundleForecaster, windows: Windows) -> dict[str, Any]:
    rounded = replace(windows, load=np.round(windows.load, 6))
    answer = forecaster.predict(rounded)
    load = [[None if np.isnan(x) else float(x) for x in row] for row in rounded.load]
    return {
        "load": load,
        "issued_at": rounded.issued_at.tolist(),
        "resolution_s": rounded.resolution_s,
        "horizon": rounded.horizon,
        "tz": rounded.tz,
        "mean": np.round(answer.mean, 8).tolist(),
        "quantiles": np.round(answer.quantiles, 8).tolist(),
    }

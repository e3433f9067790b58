"""Write a bundle: files, then the manifest that names their hashes, then the signature over the manifest."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kanchay.analysis.forecast.protocol import Windows
from kanchay.bundle.files import read_contents
from kanchay.bundle.forecaster import BundleForecaster
from kanchay.bundle.load import forecaster_of, make_runtime
from kanchay.bundle.manifest import MANIFEST, SIGNATURE, FileEntry, Manifest
from kanchay.bundle.sign import public_key, sign
from kanchay.domain.errors import Conflict
from kanchay.domain.interval import HOUR

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = [
    "example_cases",
    "pack",
    "pack_weights",
    "save_bundle",
    "sign_bundle",
    "write_bundle",
    "write_folder",
]

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
    cases = example_cases(forecaster_of(manifest, runtime))
    whole = {**files, "example.json": (json.dumps({"cases": cases}) + "\n").encode()}
    return write_bundle(folder, manifest, whole, key=key)


def write_bundle(
    folder: Path, manifest: Manifest, files: Mapping[str, bytes], *, key: Ed25519PrivateKey | None = None
) -> Manifest:
    """Write these files as they are, with a manifest that names their hashes, signed where there is a key.

    Parameters
    ----------
    folder : Path
        Made where it is not there; an older bundle in it is replaced.
    manifest : Manifest
        Its `files` and `signer` are filled in here.
    files : mapping of str to bytes
        All files, the example among them.
    key : Ed25519PrivateKey, optional
        Without it the bundle stays unsigned.

    Returns
    -------
    Manifest
        As written.

    Examples
    --------
    >>> write_bundle(Path("out"), manifest, {**files, "model.tflite": graph}, key=key)  # doctest: +SKIP
    """
    done = replace(
        manifest,
        files={name: FileEntry.of(data) for name, data in sorted(files.items())},
        signer=public_key(key) if key else "",
    )
    text = done.to_json()
    signature = {SIGNATURE: sign(key, text)} if key else {}
    write_folder(folder, {**files, MANIFEST: text, **signature})
    return done


def write_folder(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put files into a folder that holds nothing else, all of them or none.

    They are written beside it and take its name when all are on disk. What it held before goes; a folder that is no
    bundle's is left alone.

    Parameters
    ----------
    folder : Path
        Made where it is not there.
    files : mapping of str to bytes
        By name.

    Raises
    ------
    Conflict
        The folder holds something that is no bundle.

    Examples
    --------
    >>> write_folder(Path("out"), {"README.md": b"# a model"})  # doctest: +SKIP
    """
    folder = folder.absolute()
    if folder.exists() and any(folder.iterdir()) and not (folder / MANIFEST).is_file():
        raise Conflict(
            f"'{folder.name}' holds something else than a bundle.", hint="Choose an empty or a new folder."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-"))
    try:
        for name, data in files.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_bytes(data)
        fresh.chmod(0o755)
        _swap(fresh, folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _swap(fresh: Path, folder: Path) -> None:
    """Give `fresh` the name of `folder`; what was there goes."""
    aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}-old-"))
    try:
        if folder.exists():
            folder.rename(aside / "old")
        try:
            fresh.rename(folder)
        except OSError:
            if (aside / "old").exists():
                (aside / "old").rename(folder)
            raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def pack(folder: Path, archive: Path) -> None:
    """Put a bundle's folder into one zip (``.kanchay``); the same files give the same bytes.

    Parameters
    ----------
    folder : Path
        Of a bundle.
    archive : Path
        It gets that name when all is written.

    Examples
    --------
    >>> pack(Path("out"), Path("model.kanchay"))  # doctest: +SKIP
    """
    archive.parent.mkdir(parents=True, exist_ok=True)
    part = archive.with_name(f".{archive.name}.part")
    try:
        with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as out:
            for path in sorted(p for p in folder.rglob("*") if p.is_file()):
                name = path.relative_to(folder).as_posix()
                out.writestr(zipfile.ZipInfo(name, _EPOCH), path.read_bytes(), zipfile.ZIP_DEFLATED)
        part.replace(archive)
    finally:
        part.unlink(missing_ok=True)


def sign_bundle(path: Path, key: Ed25519PrivateKey) -> Manifest:
    """Sign a verified bundle, in place: the manifest names the new signer, everything else stays as it is.

    Parameters
    ----------
    path : Path
        Folder or zip; an earlier signature is replaced.
    key : Ed25519PrivateKey

    Returns
    -------
    Manifest
        As signed.

    Raises
    ------
    BundleError, BundleTampered
        What is to be signed does not fit its own manifest.

    Examples
    --------
    >>> sign_bundle(Path("model.kanchay"), key).signer  # doctest: +SKIP
    '6GF3uJ1a2p+OtoXLOLeQkqGFxVMjhcYQbz6ATCVoFyQ='
    """
    contents = read_contents(path, trusted=None)
    done = replace(contents.manifest, signer=public_key(key))
    text = done.to_json()
    files = {**contents.files, MANIFEST: text, SIGNATURE: sign(key, text)}
    if path.is_dir():
        write_folder(path, files)
        return done
    with tempfile.TemporaryDirectory() as folder:
        write_folder(Path(folder) / "bundle", files)
        pack(Path(folder) / "bundle", path)
    return done


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
    """Made-up meters with the forecaster's answers: two full weeks at 1 h, one short with gaps at 15 min; from
    format 2 on also one for seven days with a temperature that is not known everywhere.

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
    cases = [hourly, fine]
    if forecaster.manifest.format > 1:
        air = 14 + 6 * np.sin(2 * np.pi * (np.arange(336) - 9) / 24) + rng.normal(0, 1, 336)
        air[[5, 100, 101, 200, *range(300, 336)]] = np.nan
        cases.append(
            Windows(home[None], np.asarray([issued]), HOUR, 168, "America/Lima", temperature=air[None])
        )
    return [_case(forecaster, windows) for windows in cases]


def _case(forecaster: BundleForecaster, windows: Windows) -> dict[str, Any]:
    air = None if windows.temperature is None else np.round(windows.temperature, 2)
    rounded = replace(windows, load=np.round(windows.load, 6), temperature=air)
    answer = forecaster.predict(rounded)
    warmth = {} if air is None else {"temperature": _known(air)}
    return {
        "load": _known(rounded.load),
        **warmth,
        "issued_at": rounded.issued_at.tolist(),
        "resolution_s": rounded.resolution_s,
        "horizon": rounded.horizon,
        "tz": rounded.tz,
        "mean": np.round(answer.mean, 8).tolist(),
        "quantiles": np.round(answer.quantiles, 8).tolist(),
    }


def _known(values: np.ndarray[Any, Any]) -> list[list[float | None]]:
    """Rows with null where nothing is known: JSON has no NaN."""
    return [[None if np.isnan(x) else float(x) for x in row] for row in values]

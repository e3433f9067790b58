"""A saved model in the form that another program reads: ONNX, NumPy, LiteRT, SavedModel, ``.keras``.

Everything is written beside its place, proved against the bundle's example from what stands on disk, and moved there.
"""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from kanchay.bundle.alone import prove_alone
from kanchay.bundle.files import Contents, read_contents
from kanchay.bundle.load import FILE_OF, forecaster_of, make_runtime, prove
from kanchay.bundle.manifest import BOOSTED, FileEntry, Manifest
from kanchay.bundle.runtimes import OUTPUT
from kanchay.bundle.save import write_bundle
from kanchay.domain.errors import BundleError, Conflict, InputError
from kanchay.learning.rebuild import quiet_keras, rebuild

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

__all__ = ["EXPORTS", "LITERT_BATCH", "Export", "export_model", "export_within"]

EXPORTS: Final = ("onnx", "numpy", "litert", "saved-model", "keras")
LITERT_BATCH: Final = (
    2  # the smallest that converts: with 1, Keras writes a bias where an hour's sum is meant
)
_REPORT: Final = "export.json"
_PROVED_BY: Final = {
    "onnx": "onnxruntime", "numpy": "numpy", "litert": "ai_edge_litert", "saved-model": "tensorflow", "keras": "keras",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Export:
    """What was written and how it was proved."""

    kind: str
    model: str
    version: str
    folder: str
    files: dict[str, FileEntry]
    difference: float  # of the example's answers, as a share of the context's scale [-]
    tolerance: float
    proved_by: str  # package and version that ran it
    alone: bool  # in a process without any deep-learning framework
    inputs: list[dict[str, Any]]
    outputs: list[dict[str, Any]]
    network: dict[str, Any]
    calibration: list[float]


def export_model(
    bundle: Path, kind: str, out: Path, *, batch: int = LITERT_BATCH, serving_version: int = 1
) -> Export:
    """Write one form of a saved model into a folder, with ``export.json`` that tells how it was proved.

    `batch` is how many windows a LiteRT graph takes at once; `serving_version` the number of the version's folder
    of a SavedModel, as TensorFlow Serving wants it.
    """
    if kind not in EXPORTS:
        raise InputError(f"There is no format '{kind}'.", hint=f"Known: {', '.join(EXPORTS)}.")
    contents = read_contents(bundle, trusted=None)
    if contents.manifest.kind == BOOSTED and kind not in ("onnx", "numpy"):
        raise InputError(f"Boosted trees have no form '{kind}'.", hint="Known: onnx, numpy.")
    target = out / str(serving_version) if kind == "saved-model" else None
    if target is not None and target.exists():
        raise Conflict(f"There is a version {serving_version} already.", hint="Give --serving-version.")
    out.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=out, prefix=".export-"))
    try:
        _write(contents, kind, fresh, batch, serving_version)
        difference = _difference(bundle, contents, kind, fresh, serving_version)
        files = {p.relative_to(fresh).as_posix(): FileEntry.of(p.read_bytes()) for p in _files(fresh)}
        told = _told(contents.manifest, kind, out, files, difference)
        (fresh / _REPORT).write_text(json.dumps(asdict(told), indent=2) + "\n", "utf-8")
        for path in sorted(fresh.iterdir()):
            path.replace(out / path.name)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return told


def export_within(
    bundle: Path, kind: str, out: Path, *, key: Ed25519PrivateKey | None, batch: int = LITERT_BATCH
) -> Manifest:
    """A copy of the bundle that holds the export too, signed again; for ``litert`` and ``keras``."""
    if kind not in ("litert", "keras"):
        raise InputError(f"A bundle does not take '{kind}' inside.", hint="Give litert or keras.")
    contents = read_contents(bundle, trusted=None)
    with tempfile.TemporaryDirectory() as folder:
        export_model(bundle, kind, Path(folder), batch=batch)
        name = _file_of(kind)
        files = {**contents.files, name: (Path(folder) / name).read_bytes()}
    return write_bundle(out, replace(contents.manifest), files, key=key)


def _files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file())


def _file_of(kind: str) -> str:
    return {**FILE_OF, "keras": "model.keras"}[kind]


def _told(
    manifest: Manifest, kind: str, out: Path, files: Mapping[str, FileEntry], difference: float
) -> Export:
    return Export(
        kind=kind, model=manifest.name, version=manifest.version, folder=out.name, files=dict(files),
        difference=difference, tolerance=manifest.tolerance,
        proved_by=_prover(kind), alone=kind == "litert",
        inputs=manifest.inputs, outputs=manifest.outputs, network=manifest.network,
        calibration=manifest.calibration,
    )  # fmt: skip


def _prover(kind: str) -> str:
    """Package and version."""
    name = _PROVED_BY[kind]
    if kind == "litert":  # not loaded here: it ran in a process of its own
        return f"ai-edge-litert {version('ai-edge-litert')}"
    return f"{name} {import_module(name).__version__}"


def _write(contents: Contents, kind: str, folder: Path, batch: int, serving_version: int) -> None:
    if kind in ("onnx", "numpy"):
        name = FILE_OF[kind]
        if name not in contents.files:
            raise BundleError(f"The bundle holds no {name}.", code="bundle.no_file")
        (folder / name).write_bytes(contents.files[name])
        return
    model = rebuild(contents.manifest, contents.files)
    if kind == "litert":
        (folder / "model.tflite").write_bytes(litert_bytes(model, batch))
    elif kind == "keras":
        model.save(folder / "model.keras")
    else:
        _save_for_serving(model, folder / str(serving_version))


def _difference(bundle: Path, contents: Contents, kind: str, folder: Path, serving_version: int) -> float:
    """Of the example, run through what stands on disk."""
    if kind == "litert":
        return prove_alone(bundle, folder / "model.tflite", "litert")
    manifest = contents.manifest
    if kind in ("onnx", "numpy"):
        name = FILE_OF[kind]
        runtime = make_runtime(kind, manifest, {name: (folder / name).read_bytes()})
    else:
        from kanchay.learning.keras_runtimes import KerasRuntime, SavedModelRuntime

        saved = folder / str(serving_version)
        runtime = KerasRuntime(folder / "model.keras") if kind == "keras" else SavedModelRuntime(saved)
    return prove(forecaster_of(manifest, runtime), contents.files)


def litert_bytes(model: Any, batch: int) -> bytes:
    """A LiteRT graph of a fixed batch with built-in operators only.

    With a free batch the LSTM's loop needs operators that only TensorFlow has.
    """
    if batch < LITERT_BATCH:
        raise InputError(f"A batch of {batch} does not convert.", hint=f"Give {LITERT_BATCH} or more.")
    keras = quiet_keras()
    import tensorflow as tf

    given = [keras.Input(batch_shape=(batch, *i.shape[1:]), name=i.name) for i in model.inputs]
    fixed = keras.models.clone_model(model, input_tensors=given)
    fixed.set_weights(model.get_weights())
    converter = tf.lite.TFLiteConverter.from_keras_model(fixed)
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS]
    with redirect_stdout(io.StringIO()):  # Keras tells every tensor on the way
        return bytes(converter.convert())


def _save_for_serving(model: Any, folder: Path) -> None:
    """A SavedModel whose signature names every input and the answer ``forecast``."""
    quiet_keras()
    import keras
    import tensorflow as tf

    names = [i.name for i in model.inputs]
    specs = [tf.TensorSpec((None, *i.shape[1:]), tf.float32, name=i.name) for i in model.inputs]

    def serve(*tensors: Any) -> dict[str, Any]:
        return {OUTPUT: model(list(tensors), training=False)}

    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint("serve", tf.function(_named(serve, names), input_signature=specs))
    archive.write_out(str(folder), verbose=False)


def _named(function: Any, names: list[str]) -> Any:
    """The function with these parameter names: a signature takes them from there."""
    import inspect

    parameters = [inspect.Parameter(n, inspect.Parameter.POSITIONAL_OR_KEYWORD) for n in names]
    function.__signature__ = inspect.Signature(parameters)
    return function

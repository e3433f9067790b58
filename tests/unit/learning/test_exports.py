"""A saved model in the forms of other programs, each proved from disk."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kanchay.bundle.files import read_verified
from kanchay.bundle.load import load_bundle, verify_bundle
from kanchay.bundle.manifest import FileEntry
from kanchay.bundle.save import write_bundle
from kanchay.domain.errors import BundleError, Conflict, InputError
from kanchay.learning.exports import EXPORTS, export_model, export_within

GOLDEN = Path(__file__).parents[2] / "golden" / "bundle" / "format2.kanchay"
OLD = GOLDEN.with_name("format1.kanchay")


@pytest.fixture
def needs_keras() -> None:
    pytest.importorskip("tensorflow")


@pytest.mark.parametrize("kind", ["onnx", "numpy"])
@pytest.mark.parametrize("bundle", [GOLDEN, OLD], ids=["format2", "format1"])
def test_what_the_bundle_holds_is_written_as_it_is(bundle: Path, kind: str, tmp_path: Path) -> None:
    told = export_model(bundle, kind, tmp_path / "out")
    (name,) = told.files
    data = (tmp_path / "out" / name).read_bytes()
    assert data == read_verified(bundle, trusted=None)[1][name]
    assert told.files[name] == FileEntry.of(data)
    assert told.difference <= told.tolerance == 1e-5
    report = json.loads((tmp_path / "out" / "export.json").read_text("utf-8"))
    assert report["files"][name]["sha256"] == FileEntry.of(data).sha256
    assert report["proved_by"].split()[0] in ("onnxruntime", "numpy")
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(["export.json", name])


def test_exporting_what_a_bundle_holds_needs_no_framework(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from kanchay.learning.exports import export_model;"
        f"export_model(Path({str(GOLDEN)!r}), 'onnx', Path({str(tmp_path / 'out')!r}));"
        "print([m for m in ('tensorflow', 'keras', 'onnx') if m in sys.modules])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    assert run.stdout.strip() == "[]"


@pytest.mark.slow
@pytest.mark.parametrize("batch", [2, 5])
def test_litert_runs_alone(tmp_path: Path, needs_keras: None, batch: int) -> None:
    pytest.importorskip("ai_edge_litert")
    told = export_model(GOLDEN, "litert", tmp_path, batch=batch)
    assert told.alone
    assert told.difference <= 1e-5
    code = (
        "import sys, json; from ai_edge_litert.interpreter import Interpreter;"
        f"i = Interpreter({str(tmp_path / 'model.tflite')!r}); i.allocate_tensors();"
        "r = i.get_signature_runner('serving_default').get_input_details();"
        "ops = sorted({o['op_name'] for o in i._get_ops_details()});"
        "print(json.dumps([{n: d['shape'].tolist() for n, d in r.items()}, ops,"
        " [m for m in ('tensorflow', 'keras') if m in sys.modules]]))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120
    )
    shapes, ops, frameworks = json.loads(run.stdout.strip().splitlines()[-1])
    assert {shape[0] for shape in shapes.values()} == {batch}
    assert shapes["temperature"] == [batch, 192]
    assert not [op for op in ops if op.startswith("Flex") or "CUSTOM" in op.upper()], ops
    assert frameworks == []


@pytest.mark.slow
def test_a_saved_model_names_its_tensors(tmp_path: Path, needs_keras: None) -> None:
    import tensorflow as tf

    told = export_model(GOLDEN, "saved-model", tmp_path / "golden", serving_version=3)
    assert told.difference <= 1e-5
    assert (tmp_path / "golden" / "3" / "saved_model.pb").is_file()
    held = tf.saved_model.load(str(tmp_path / "golden" / "3"))
    serve = held.signatures["serving_default"]
    inputs = {name: spec.shape.as_list() for name, spec in serve.structured_input_signature[1].items()}
    assert inputs == {
        "load": [None, 168], "mask": [None, 168], "calendar_context": [None, 168, 13],
        "calendar_target": [None, 24, 13], "temperature": [None, 192], "temperature_mask": [None, 192],
        "lead": [None, 1],
    }  # fmt: skip
    assert serve.structured_outputs["forecast"].shape.as_list() == [None, 24, 10]
    with pytest.raises(Conflict, match="--serving-version"):
        export_model(GOLDEN, "saved-model", tmp_path / "golden", serving_version=3)
    export_model(GOLDEN, "saved-model", tmp_path / "golden", serving_version=4)
    assert sorted(p.name for p in (tmp_path / "golden").iterdir()) == ["3", "4", "export.json"]


@pytest.mark.slow
def test_a_keras_file_needs_no_code_of_ours(tmp_path: Path, needs_keras: None) -> None:
    export_model(GOLDEN, "keras", tmp_path)
    code = (
        "import sys, keras;"
        f"m = keras.models.load_model({str(tmp_path / 'model.keras')!r}, compile=False, safe_mode=True);"
        "m.compile('adam', 'mse');"
        "print(m.count_params(), [n for n in sys.modules if n.startswith('kanchay')])"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300
    )
    n_weights, modules = run.stdout.strip().splitlines()[-1].split(" ", 1)
    weights = np.load(read_into(tmp_path))
    assert int(n_weights) == sum(weights[name].size for name in weights.files)
    assert modules == "[]"


def read_into(folder: Path) -> Path:
    path = folder / "weights.npz"
    path.write_bytes(read_verified(GOLDEN, trusted=None)[1]["weights.npz"])
    return path


@pytest.mark.slow
def test_a_bundle_with_its_export_inside(tmp_path: Path, needs_keras: None) -> None:
    pytest.importorskip("ai_edge_litert")
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from kanchay.bundle.sign import public_key

    key = Ed25519PrivateKey.generate()
    export_within(GOLDEN, "litert", tmp_path / "small-hub", key=key)
    proof = verify_bundle(tmp_path / "small-hub", trusted=(public_key(key),))
    assert proof.trusted
    assert set(proof.differences) == {"onnx", "numpy", "litert"}
    assert max(proof.differences.values()) <= 1e-5
    assert load_bundle(tmp_path / "small-hub", runtime="litert").runtime.name == "litert"


def test_what_cannot_ride_inside_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Give litert or keras"):
        export_within(GOLDEN, "saved-model", tmp_path / "out", key=None)


def test_unknown_formats_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=", ".join(EXPORTS)):
        export_model(GOLDEN, "pmml", tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_an_older_network_is_not_built_as_another(tmp_path: Path, needs_keras: None) -> None:
    with pytest.raises(BundleError, match="format 1") as error:
        export_model(OLD, "keras", tmp_path / "out")
    assert error.value.code == "bundle.rebuild"
    assert "onnx or numpy" in error.value.hint
    assert list((tmp_path / "out").iterdir()) == []


def test_what_does_not_prove_itself_is_not_written(tmp_path: Path) -> None:
    """Weights that do not give the example's answers: nothing is left behind."""
    manifest, files = read_verified(GOLDEN, trusted=None)
    weights = {n: v + 0.01 for n, v in np.load(read_into(tmp_path)).items()}
    from kanchay.bundle.save import pack_weights

    write_bundle(tmp_path / "odd", replace(manifest), {**files, "weights.npz": pack_weights(weights)})
    with pytest.raises(BundleError, match="comes out differently"):
        export_model(tmp_path / "odd", "numpy", tmp_path / "out")
    assert list((tmp_path / "out").iterdir()) == []

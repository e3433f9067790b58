"""Every runtime of the shipped model gives the same numbers."""

from __future__ import annotations

import numpy as np
import pytest

from kanchay.adapters.models import shipped_models
from kanchay.analysis.features.calendar import calendar_features
from kanchay.bundle.files import read_verified
from kanchay.bundle.load import load_bundle, make_runtime, verify_bundle
from kanchay.bundle.runtimes import INPUTS
from kanchay.bundle.sign import PROJECT_KEYS
from kanchay.domain.errors import BundleError


@pytest.fixture(scope="module")
def shipped():
    return read_verified(shipped_models() / "pretrained", trusted=PROJECT_KEYS)


def random_inputs(n, seed):
    """Loads of all sizes, signs and shapes, with gaps."""
    rng = np.random.default_rng(seed)
    size = 10.0 ** rng.uniform(-3, 5, (n, 1))
    shape = rng.gamma(1.0, 1.0, (n, 168)) + 3 * rng.random((n, 1)) * (np.arange(168) % 24 > 8)
    shape -= rng.choice([0.0, 0.0, 2.0], (n, 1))
    mask = rng.random((n, 168)) > rng.choice([0.0, 0.1, 0.6], (n, 1))
    mask[:, -1] = True
    load = np.where(mask, size * shape, 0.0).astype(np.float32)
    first = 3600 * rng.integers(440_000, 500_000, (n, 1))
    calendar = calendar_features(first + 3600 * np.arange(192), "America/Lima", "PE").astype(np.float32)
    air_known = (rng.random((n, 192)) > rng.choice([0.0, 0.3, 1.0], (n, 1))).astype(np.float32)
    air = (rng.normal(15, 9, (n, 192)) * air_known).astype(np.float32)
    lead = (rng.integers(1, 8, (n, 1)) / 7).astype(np.float32)
    parts = (load, mask.astype(np.float32), calendar[:, :168], calendar[:, 168:], air, air_known, lead)
    return dict(zip(INPUTS[2], parts, strict=True))


@pytest.fixture(scope="module")
def thousand(shipped):
    """A thousand windows and what each runtime answers."""
    inputs = random_inputs(1000, 1)
    return inputs, *(make_runtime(kind, *shipped).run(inputs) for kind in ("onnx", "numpy"))


def test_onnx_and_numpy_agree_on_a_thousand_windows(thousand):
    inputs, a, b = thousand
    load, mask = inputs["load"], inputs["mask"]
    scale = np.abs(load).sum(1) / mask.sum(1)
    off = np.abs(a - b).max(axis=(1, 2)) / scale
    assert off.max() < 1e-5, off.max()
    assert np.isfinite(a).all()


def test_quantiles_never_cross(thousand):
    for out in thousand[1:]:
        assert (np.diff(out[:, :, 1:], axis=2) >= 0).all()


def test_big_batches_are_cut_without_a_trace(shipped):
    inputs = random_inputs(1500, 3)
    runtime = make_runtime("onnx", *shipped)
    whole = runtime.run(inputs)
    part = runtime.run({name: x[1020:1030] for name, x in inputs.items()})
    np.testing.assert_allclose(whole[1020:1030], part, rtol=1e-4, atol=1e-5 * np.abs(part).max())


def test_the_shipped_bundle_proves_itself_and_is_small():
    proof = verify_bundle(shipped_models() / "pretrained", trusted=PROJECT_KEYS)
    assert proof.trusted
    assert set(proof.differences) == {"onnx", "numpy"}
    assert sum(e.bytes for e in proof.manifest.files.values()) < 4 * 2**20
    assert proof.manifest.training["weights"] <= 450_000


def test_the_shipped_bundle_says_what_it_was_made_from(shipped):
    training = shipped[0].training
    assert all(len(f["sha256"]) == 64 and f["url"].startswith("https://") for f in training["files"])
    assert {"seed", "steps", "batch"} <= set(training["recipe"])
    assert training["libraries"]["keras"]


def test_the_shipped_bundle_saw_no_test_meter(shipped, splits):
    """And none whose licence keeps weights from shipping."""
    assert shipped[0].training["meters"]
    for meter in shipped[0].training["meters"]:
        dataset, _, name = meter.partition("/")
        spec = splits["datasets"][dataset]
        assert name in spec["train"], meter
        place = {**spec, **spec.get("per_meter", {}).get(name, {})}
        assert place["weights_may_ship"], meter


def test_without_onnxruntime_numpy_answers(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "onnxruntime", None)
    path = shipped_models() / "pretrained"
    assert load_bundle(path).runtime.name == "numpy"
    assert set(verify_bundle(path).differences) == {"numpy"}
    with pytest.raises(BundleError) as error:
        load_bundle(path, runtime="onnx")
    assert error.value.code == "bundle.no_onnxruntime"


def test_an_unknown_runtime_is_told(shipped):
    with pytest.raises(BundleError, match="Known: auto, onnx, numpy, litert"):
        make_runtime("tpu", *shipped)


def test_a_graph_of_something_else_is_refused(shipped):
    manifest, files = shipped
    with pytest.raises(BundleError, match=r"refuses model\.onnx"):
        make_runtime("onnx", manifest, {**files, "model.onnx": b"nonsense"})

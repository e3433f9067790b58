"""All runtimes of one network agree within 1e-5 of the context's scale, on windows of every kind."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kanchay.adapters.models import shipped_models
from kanchay.bundle.files import read_verified
from kanchay.bundle.load import make_runtime
from kanchay.domain.errors import BundleError

pytestmark = pytest.mark.slow
GOLDEN = Path(__file__).parents[2] / "golden" / "bundle" / "format2.kanchay"
N = 1000
KINDS = ("usual", "gaps", "net", "constant", "nothing", "spike", "one hour")


def loads(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A thousand weeks of seven kinds at sizes from 1e-6 to 1e7, and what is known of them."""
    hour = np.arange(168)
    kind = np.arange(N) % len(KINDS)
    size = 10.0 ** rng.uniform(-6, 7, (N, 1))
    load = rng.gamma(1.0, 1.0, (N, 168)) + 3 * rng.random((N, 1)) * (hour % 24 > 8)
    load[kind == 2] -= 4 * np.clip(np.sin((hour % 24 - 6) / 12 * np.pi), 0, None)
    load[kind == 3] = rng.random((int((kind == 3).sum()), 1)) + 0.1
    load[kind == 4] = 0.0
    load[kind == 5, 77] *= 1000.0
    mask = np.ones((N, 168), bool)
    mask[kind == 1] = rng.random((int((kind == 1).sum()), 168)) > rng.choice([0.1, 0.6, 0.95])
    mask[kind == 6] = hour == 100
    mask[:, -1] |= ~mask.any(axis=1)
    return np.where(mask, size * load, 0.0), mask


def inputs(seed: int = 7) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    load, mask = loads(rng)
    calendar = rng.normal(0, 0.7, (N, 192, 13))
    calendar[:, :, 2:11] = rng.random((N, 192, 9)) > 0.8
    air_mask = rng.random((N, 192)) > rng.choice([0.0, 0.3, 1.0], (N, 1))
    given = {
        "load": load,
        "mask": mask,
        "calendar_context": calendar[:, :168],
        "calendar_target": calendar[:, 168:],
        "temperature": np.where(air_mask, rng.normal(15, 12, (N, 192)), 0.0),
        "temperature_mask": air_mask,
        "lead": rng.integers(1, 8, (N, 1)) / 7,
    }
    return {name: np.ascontiguousarray(x, np.float32) for name, x in given.items()}


def off(a: np.ndarray, b: np.ndarray, given: dict[str, np.ndarray]) -> np.ndarray:
    """Largest difference of each window as a share of its mean absolute load; a dead meter counts as 1e-6.

    With an hour a thousand times the others the answers are as large as that hour, and a number of 32 bits has seven
    digits: there the largest load is the scale.
    """
    size = np.abs(given["load"])
    scale = size.sum(1) / given["mask"].sum(1)
    scale = np.maximum(np.where(np.arange(N) % len(KINDS) == 5, size.max(1), scale), 1e-6)
    return np.abs(a.astype(np.float64) - b).max(axis=(1, 2)) / scale


@pytest.fixture(scope="module", params=["golden", "shipped"])
def exported(request, tmp_path_factory) -> dict[str, object]:
    """Each runtime over the same bundle, the exports read from disk."""
    pytest.importorskip("tensorflow")
    pytest.importorskip("ai_edge_litert")
    from kanchay.learning.exports import export_model
    from kanchay.learning.keras_runtimes import KerasRuntime, SavedModelRuntime

    path = GOLDEN if request.param == "golden" else shipped_models() / "pretrained"
    manifest, files = read_verified(path, trusted=None)
    out = tmp_path_factory.mktemp(request.param)
    if manifest.format == 1:
        with pytest.raises(BundleError, match="format 1"):
            export_model(path, "keras", out)
        pytest.skip("the shipped bundle has format 1, whose network is not built any more")
    for kind in ("litert", "saved-model", "keras"):
        export_model(path, kind, out / kind, batch=50)
    graph = {"model.tflite": (out / "litert" / "model.tflite").read_bytes()}
    return {
        "onnx": make_runtime("onnx", manifest, files),
        "numpy": make_runtime("numpy", manifest, files),
        "litert": make_runtime("litert", manifest, graph),
        "saved-model": SavedModelRuntime(out / "saved-model" / "1"),
        "keras": KerasRuntime(out / "keras" / "model.keras"),
    }


def test_all_runtimes_agree_on_a_thousand_windows(exported) -> None:
    given = inputs()
    answers = {name: runtime.run(given) for name, runtime in exported.items()}
    assert {a.shape for a in answers.values()} == {(N, 24, 10)}
    for name, answer in answers.items():
        assert np.isfinite(answer).all(), name
        assert (np.diff(answer[:, :, 1:], axis=2) >= 0).all(), name
        apart = off(answer, answers["onnx"], given)
        worst = int(apart.argmax())
        print(f"{name}: at most {apart.max():.1e} of the context's scale from onnx")
        assert apart.max() < 1e-5, (
            f"{name}: {apart.max():.2e} in a window of kind {KINDS[worst % len(KINDS)]}"
        )


def test_a_rest_that_does_not_fill_a_batch(exported) -> None:
    given = {name: x[:73] for name, x in inputs().items()}  # litert takes 50 at once
    whole = exported["litert"].run(given)
    one = exported["litert"].run({name: x[60:61] for name, x in given.items()})
    assert whole.shape == (73, 24, 10)
    np.testing.assert_allclose(whole[60:61], one, rtol=1e-5)
    assert exported["litert"].run({name: x[:0] for name, x in given.items()}).shape == (0, 24, 10)

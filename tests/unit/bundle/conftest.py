"""A tiny bundle with random weights, signed by a key of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kanchay.bundle.manifest import KIND, Manifest
from kanchay.bundle.save import pack_weights, save_bundle
from kanchay.domain.forecast import LEVELS

UNITS, ATTENTION, HEAD, CALENDAR, PATCH = 6, 4, 5, 13, 6
SHAPES = {
    "encoder/kernel": (3 * PATCH + 2 * CALENDAR, 4 * UNITS),
    "encoder/recurrent": (UNITS, 4 * UNITS),
    "encoder/bias": (4 * UNITS,),
    "decoder/kernel": (CALENDAR + 21 + 3 + 5, 4 * UNITS),
    "decoder/recurrent": (UNITS, 4 * UNITS),
    "decoder/bias": (4 * UNITS,),
    "query/kernel": (UNITS, ATTENTION),
    "key/kernel": (UNITS, ATTENTION),
    "value/kernel": (UNITS, ATTENTION),
    "head/kernel": (UNITS + ATTENTION + CALENDAR + 21 + 3 + 5, HEAD),
    "head/bias": (HEAD,),
    "out/kernel": (HEAD, 17),
    "out/bias": (17,),
}


def tiny_weights(seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    return {name: rng.normal(0, 0.3, shape).astype(np.float32) for name, shape in SHAPES.items()}


def tiny_manifest(**changes) -> Manifest:
    entries: dict = dict(  # noqa: C408
        kind=KIND, name="tiny", version="0", created="2026-01-01", licence="Apache-2.0", inputs=[], outputs=[],
        lookback_h=168, horizon_h=24, resolution_s=3600, levels=list(LEVELS),
        network={"patch": PATCH, "attention": ATTENTION, "floor": 0.05}, preprocessing={},
        calibration=[1.0] * 8, widening=[1.0, 1.5, 2.0], tolerance=1e-5, training={}, scores={}, signer="", files={},
    )  # fmt: skip
    return Manifest(**{**entries, **changes})


@pytest.fixture
def key():
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.from_private_bytes(bytes(range(32)))  # of these tests alone


@pytest.fixture
def tiny(tmp_path: Path, key) -> Path:
    """Folder of a signed bundle."""
    folder = tmp_path / "tiny"
    files = {"weights.npz": pack_weights(tiny_weights()), "README.md": b"# tiny\n"}
    save_bundle(folder, tiny_manifest(), files, key=key)
    return folder

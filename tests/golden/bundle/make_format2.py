"""How the golden bundle was made, with its answers and its line in SHA256SUMS.

Not to be run again once a bundle of format 2 has shipped: a changed format gets a new golden bundle beside this one.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kanchay.analysis.forecast.protocol import Windows
from kanchay.bundle.load import load_bundle
from kanchay.bundle.save import pack
from kanchay.learning.export import export_bundle, new_manifest
from kanchay.learning.network import NetworkShape, build_network

HERE = Path(__file__).parent


def make(version: int, shape: NetworkShape) -> None:
    """Write ``format<version>.kanchay``, its answers, and its line in SHA256SUMS."""
    model = build_network(shape)
    rng = np.random.default_rng(version)
    model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
    manifest = new_manifest(
        shape,
        name="golden",
        version_text=str(version),
        created="2026-11-22",
        training={"note": "random weights, for tests"},
        calibration=[1.0, 0.9, 1.1, 1.0, 1.2, 1.0, 1.0, 1.3],
        widening=[1.0, 1.5, 2.0],
    )
    bundle = HERE / f"format{version}.kanchay"
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    with tempfile.TemporaryDirectory() as folder:
        export_bundle(model, shape, manifest, Path(folder), key=key)
        pack(Path(folder), bundle)
    load = np.round(rng.gamma(2.0, 1.0, (3, 672)), 3)
    load[1, 100:130] = np.nan
    load[2, :400] = np.nan
    air = np.round(rng.normal(12, 6, (3, 672 + 4 * 60)), 1)
    air[1] = np.nan
    air[2, 700:] = np.nan
    issued = np.asarray([1774738800, 1792879200 + 900, 1788325200])
    windows = Windows(load, issued, 900, 4 * 60, "Europe/Madrid", None, None, air)
    answer = load_bundle(bundle, runtime="numpy").predict(windows)
    lines = [x for x in (HERE / "SHA256SUMS").read_text("ascii").splitlines() if bundle.name not in x]
    digest = hashlib.sha256((bundle).read_bytes()).hexdigest()
    (HERE / "SHA256SUMS").write_text("\n".join([*lines, f"{digest}  {bundle.name}"]) + "\n", "ascii")
    np.savez_compressed(
        HERE / f"format{version}-answers.npz",
        load=load,
        temperature=air,
        issued_at=issued,
        mean=answer.mean,
        quantiles=answer.quantiles,
    )


if __name__ == "__main__":
    make(2, NetworkShape(units=6, attention=4, head=5))

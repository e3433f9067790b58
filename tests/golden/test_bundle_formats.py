"""A bundle of each format, kept since the format was made: it must stay readable and answer as it did.

Each holds a network of 6 units with random weights, in ONNX and in NumPy, signed with a key of the tests.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest

from kanchay.analysis.forecast.protocol import Windows
from kanchay.bundle.load import load_bundle, verify_bundle
from kanchay.bundle.manifest import FORMATS

GOLDEN = Path(__file__).parent / "bundle"
SIGNER = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="  # public half of the key 00 01 … 1f


def windows(version: int, held) -> Windows:
    air = held["temperature"] if version > 1 else None
    return Windows(held["load"], held["issued_at"], 900, 4 * 60, "Europe/Madrid", None, None, air)


@pytest.mark.parametrize("version", FORMATS)
def test_it_is_what_it_was(version: int) -> None:
    path = GOLDEN / f"format{version}.kanchay"
    kept = dict(line.split()[::-1] for line in (GOLDEN / "SHA256SUMS").read_text("ascii").splitlines())
    assert (
        hashlib.sha256(path.read_bytes()).hexdigest() == kept[path.name]
    )  # a released one is never made anew
    proof = verify_bundle(path, trusted=(SIGNER,))
    assert proof.trusted
    assert proof.manifest.format == version
    assert set(proof.differences) == {"onnx", "numpy"}


@pytest.mark.parametrize("version", FORMATS)
@pytest.mark.parametrize("runtime", ["onnx", "numpy"])
def test_it_answers_as_it_did(version: int, runtime: str) -> None:
    model = load_bundle(GOLDEN / f"format{version}.kanchay", runtime=runtime, trusted=(SIGNER,))
    with np.load(GOLDEN / f"format{version}-answers.npz", allow_pickle=False) as held:
        answer = model.predict(windows(version, held))
        scale = np.nanmean(np.abs(held["load"]), axis=1)[:, None]
        assert (np.abs(answer.mean - held["mean"]) / scale).max() < 1e-5
        assert (np.abs(answer.quantiles - held["quantiles"]) / scale[:, :, None]).max() < 1e-5


def test_the_temperature_of_format_2_counts() -> None:
    """And only where it is known: the second meter knows none."""
    model = load_bundle(GOLDEN / "format2.kanchay", trusted=(SIGNER,))
    with np.load(GOLDEN / "format2-answers.npz", allow_pickle=False) as held:
        known = windows(2, held)
        without = Windows(known.load, known.issued_at, 900, 4 * 60, "Europe/Madrid")
        differs = np.abs(model.predict(without).mean - held["mean"]).max(axis=1) > 1e-3
        assert differs.tolist() == [True, False, True]


def test_every_format_has_its_golden_bundle() -> None:
    assert {p.name for p in GOLDEN.glob("*.kanchay")} == {f"format{v}.kanchay" for v in FORMATS}

"""A bundle of format 1, kept since the format was made: it must stay readable and answer as it did.

It holds a network of 6 units with random weights, in ONNX and in NumPy, signed with a key of the tests.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kanchay.analysis.forecast.protocol import Windows
from kanchay.bundle.load import load_bundle, verify_bundle

GOLDEN = Path(__file__).parent / "bundle"
SIGNER = "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg="  # public half of the key 00 01 … 1f


def test_it_is_what_it_was():
    proof = verify_bundle(GOLDEN / "format1.kanchay", trusted=(SIGNER,))
    assert proof.trusted
    assert proof.manifest.format == 1
    assert set(proof.differences) == {"onnx", "numpy"}


@pytest.mark.parametrize("runtime", ["onnx", "numpy"])
def test_it_answers_as_it_did(runtime):
    with np.load(GOLDEN / "format1-answers.npz", allow_pickle=False) as held:
        windows = Windows(held["load"], held["issued_at"], 900, 4 * 60, "Europe/Madrid", None)
        answer = load_bundle(GOLDEN / "format1.kanchay", runtime=runtime, trusted=(SIGNER,)).predict(windows)
        scale = np.nanmean(np.abs(held["load"]), axis=1)[:, None]
        assert (np.abs(answer.mean - held["mean"]) / scale).max() < 1e-5
        assert (np.abs(answer.quantiles - held["quantiles"]) / scale[:, :, None]).max() < 1e-5

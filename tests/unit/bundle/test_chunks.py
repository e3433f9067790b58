"""A batch in chunks and on threads answers as it does whole, in the same order."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

import kanchay
from kanchay.analysis.forecast.protocol import Windows
from kanchay.bundle.load import load_bundle
from kanchay.bundle.runtimes import in_chunks

SHIPPED = Path(kanchay.__file__).parent / "library" / "models" / "pretrained"


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("n", [1, 7, 8, 9, 64])
def test_every_row_comes_once_and_in_order(n, threads):
    seen = []

    def run(part):
        seen.append((len(part["load"]), threading.get_ident()))
        return part["load"] * 2

    load = np.arange(n * 3, dtype=np.float32).reshape(n, 3)
    answer = in_chunks(run, {"load": load, "other": load}, ["load"], size=8, threads=threads)
    np.testing.assert_array_equal(answer, load * 2)
    assert max(rows for rows, _ in seen) <= 8
    assert len(seen) == -(-n // 8)
    if n <= 8:
        assert seen[0][1] == threading.get_ident()  # one chunk needs no thread


def test_two_threads_say_what_one_says():
    pytest.importorskip("onnxruntime")
    load = np.random.default_rng(1).gamma(2.0, 0.3, (300, 168))
    windows = Windows(load, np.full(300, 1_767_243_600), 3600, 24, "America/Lima", "PE")
    one, two = (load_bundle(SHIPPED, runtime="onnx", threads=n).predict(windows) for n in (1, 2))
    np.testing.assert_array_equal(one.mean, two.mean)
    np.testing.assert_array_equal(one.quantiles, two.quantiles)

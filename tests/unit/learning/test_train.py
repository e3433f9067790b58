"""The network, from random weights to a bundle: kept small, since TensorFlow alone takes seconds."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="the extra 'train' is not installed")

from kanchay.bundle.files import read_contents
from kanchay.bundle.load import load_bundle, verify_bundle
from kanchay.bundle.runtimes import INPUTS
from kanchay.bundle.runtimes.numpy import NumpyRuntime
from kanchay.bundle.save import pack_weights
from kanchay.domain.forecast import LEVELS
from kanchay.learning.calibrate import fit_calibration
from kanchay.learning.corpus import Corpus, CorpusOptions, midnight_windows
from kanchay.learning.export import export_bundle, named_weights, new_manifest
from kanchay.learning.make import MakeOptions, rescore
from kanchay.learning.members import join_members, train_member, train_members
from kanchay.learning.network import NetworkShape, build_network
from kanchay.learning.rebuild import rebuild
from kanchay.learning.train import Recipe, train, validate

from .test_corpus import meter

SHAPE = NetworkShape(units=8, attention=4, head=8)


@pytest.fixture(scope="module")
def model():
    """Random weights, so that every part of the network matters."""
    return random_network(SHAPE, 0)


@pytest.fixture(scope="module")
def inputs():
    rng = np.random.default_rng(1)
    mask = (rng.random((40, 168)) > 0.2).astype(np.float32)
    mask[3] = 0
    load = (rng.gamma(2.0, 3.0, (40, 168)) * mask - 4 * mask).astype(np.float32)
    context, target = (rng.normal(size=(40, n, 13)).astype("f") for n in (168, 24))
    air_mask = (rng.random((40, 192)) > 0.3).astype("f")
    air_mask[:9] = 0
    air = (rng.normal(18, 8, (40, 192)) * air_mask).astype("f")
    lead = (rng.integers(1, 8, (40, 1)) / 7).astype("f")
    return dict(zip(INPUTS[2], (load, mask, context, target, air, air_mask, lead), strict=True))


def said(model, inputs):
    return np.asarray(model(list(inputs.values())))


def test_a_new_network_is_the_seven_day_mean(inputs):
    load, mask = inputs["load"], inputs["mask"]
    out = said(build_network(SHAPE), inputs)
    same_hours = np.where(mask > 0, load, np.nan).reshape(-1, 7, 24)
    known = (~np.isnan(same_hours)).any(axis=1)
    mean = np.nansum(same_hours, axis=1) / np.maximum((~np.isnan(same_hours)).sum(axis=1), 1)
    np.testing.assert_allclose(out[:, :, 0][known], mean[known], rtol=1e-4, atol=1e-4)
    assert (np.diff(out[:, :, 1:], axis=2) > 0).all()


def test_the_default_network_is_small():
    assert build_network(MakeOptions().shape).count_params() <= 450_000


def test_keras_and_numpy_agree(model, inputs):
    runtime = NumpyRuntime(pack_weights(named_weights(model)), SHAPE.as_dict(), [1.0] * 8)
    np.testing.assert_allclose(
        runtime.run(inputs),
        said(model, inputs),
        rtol=1e-4,
        atol=1e-4,
    )


def test_calibration_stands_in_the_graph_and_in_numpy_alike(model, inputs):
    factors = [0.5, 1.0, 2.0, 1.0, 1.5, 1.0, 1.0, 3.0]
    calibrated = build_network(SHAPE, factors)
    calibrated.set_weights(model.get_weights())
    runtime = NumpyRuntime(pack_weights(named_weights(model)), SHAPE.as_dict(), factors)
    a, b = said(calibrated, inputs), runtime.run(inputs)
    np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-4)
    plain = said(model, inputs)
    np.testing.assert_allclose(
        a[:, :, [0, 5]], plain[:, :, [0, 5]], rtol=1e-5, atol=1e-5
    )  # mean and median stay
    np.testing.assert_allclose(
        a[:, :, 6] - a[:, :, 5], 1.5 * (plain[:, :, 6] - plain[:, :, 5]), rtol=1e-3, atol=1e-4
    )


def test_an_exported_bundle_runs_alone_and_can_be_scored(model, tmp_path):
    manifest = new_manifest(
        SHAPE, name="t", version_text="0", created="2026-01-01",
        training={"files": [{"dataset": "d", "file": "f", "sha256": "0", "url": "https://example.org"}]},
        calibration=[1.0] * 8,
    )  # fmt: skip
    export_bundle(model, SHAPE, manifest, tmp_path / "b", key=None)
    proof = verify_bundle(tmp_path / "b")
    assert set(proof.differences) == {"onnx", "numpy"}
    assert max(proof.differences.values()) <= 1e-5
    kinds = {
        "commercial": {"meters": 3, "ratio": 0.7, "interval": [0.6, 0.8], "pinball": 0.6, "coverage80": 0.79}
    }
    rescore(tmp_path / "b", {"command": "kanchay model evaluate", "kinds": kinds}, key=None)
    assert (
        "| commercial | 3 | 0.700 | 0.600 to 0.800 | 0.600 | 79 % |"
        in (tmp_path / "b" / "README.md").read_text()
    )
    assert load_bundle(tmp_path / "b").manifest.scores["kinds"] == kinds
    graph = (tmp_path / "b" / "model.onnx").read_bytes()
    assert b"/tmp" not in graph  # nothing of the machine that made it
    assert graph.count(b"LSTM") >= 2


def random_network(shape, seed):
    made = build_network(shape)
    rng = np.random.default_rng(seed)
    made.set_weights([rng.normal(0, 0.3, w.shape) for w in made.get_weights()])
    return made


def test_members_answer_with_their_mean_in_every_form(inputs, tmp_path):
    shape = replace(SHAPE, members=2)
    first, second = random_network(SHAPE, 1), random_network(SHAPE, 2)
    joined = join_members(shape, [first, second])
    mean = (said(first, inputs) + said(second, inputs)) / 2
    np.testing.assert_allclose(said(joined, inputs), mean, rtol=1e-4, atol=1e-4)
    runtime = NumpyRuntime(pack_weights(named_weights(joined, 2)), shape.as_dict(), [1.0] * 8)
    np.testing.assert_allclose(runtime.run(inputs), mean, rtol=1e-4, atol=1e-4)
    manifest = new_manifest(
        shape, name="t", version_text="0", created="2026-01-01", training={}, calibration=[1.0] * 8
    )
    export_bundle(joined, shape, manifest, tmp_path / "b", key=None)
    proof = verify_bundle(tmp_path / "b")
    assert proof.manifest.format == 3
    assert max(proof.differences.values()) <= 1e-5
    rebuilt = rebuild(proof.manifest, read_contents(tmp_path / "b", trusted=None).files)
    np.testing.assert_allclose(said(rebuilt, inputs), mean, rtol=1e-4, atol=1e-4)


def test_members_are_trained_each_with_its_own_seed_and_only_once(tmp_path):
    recipe = Recipe(steps=4, batch=16, validate_every=2, warm_up=2, average=0.5)
    shape, own = replace(SHAPE, members=2), meters()
    corpus = Corpus(own, CorpusOptions(weather=0, next_day=1), 1)
    told: list[int] = []
    beside = tmp_path / "c.npz"
    alone = train_member(corpus, shape, recipe, 2, checkpoint=beside, progress=told.append)
    made = train_members(corpus, shape, recipe, checkpoint=beside, progress=told.append)
    assert sum(told) == 8  # the second member was trained already
    assert [(h["member"], h["step"]) for h in made.history] == [(1, 2), (1, 4), (2, 2), (2, 4)]
    np.testing.assert_array_equal(
        made.model.get_layer("encoder_2").get_weights()[0], alone.model.get_layer("encoder").get_weights()[0]
    )
    assert not np.array_equal(
        made.model.get_layer("encoder_2").get_weights()[0], made.model.get_layer("encoder").get_weights()[0]
    )


def meters():
    rng = np.random.default_rng(4)
    hour = np.arange(60 * 24) % 24
    return [
        replace(meter(f"m{i}"), values=5 + 3 * (hour > 8) * (hour < 19) + rng.normal(0, 0.3, 60 * 24))
        for i in range(2)
    ]


def test_training_learns_is_resumed_and_leaves_a_history(tmp_path):
    recipe = Recipe(steps=36, batch=32, validate_every=18, warm_up=2, average=0.5, learning_rate=5e-3)
    own = meters()
    plain = CorpusOptions(weather=0, next_day=1, procedural_commercial=0)
    done = train(Corpus(own, plain, 1), SHAPE, recipe, checkpoint=tmp_path / "c.npz", watch=own)
    assert [h["step"] for h in done.history] == [18, 36]
    assert done.history[1]["loss"] < done.history[0]["loss"]
    assert 0 < done.history[1]["commercial_ratio"] < 1.5
    # The file is a finished run: taken up again, nothing is trained and the same weights come back.
    again = train(Corpus(own, plain, 1), SHAPE, recipe, checkpoint=tmp_path / "c.npz", watch=own)
    for a, b in zip(done.model.get_weights(), again.model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    with np.load(tmp_path / "c.npz", allow_pickle=False) as held:
        assert json.loads(str(held["history"])) == done.history


def test_validation_scores_beside_the_seven_day_mean():
    batch, _ = midnight_windows(meters()[0])
    scores = validate(build_network(SHAPE), batch)
    assert scores["ratio"] == pytest.approx(1.0, abs=0.01)  # a new network is that mean


def test_calibration_finds_the_right_widths(monkeypatch):
    """Truth is normal with deviation 2, the bands say 1: each width must be doubled."""
    from scipy.stats import norm

    rng = np.random.default_rng(5)
    quantiles = norm.ppf(LEVELS)

    def windows(_):
        truth = 2.0 * rng.normal(size=(3000, 24))
        return ({"truth": truth}, truth), None

    monkeypatch.setattr("kanchay.learning.calibrate.midnight_windows", windows)
    factors = fit_calibration(
        meters(), lambda b: np.broadcast_to(np.r_[0.0, quantiles], (*b["truth"].shape, 10))
    )
    np.testing.assert_allclose(factors, 2.0, atol=0.1)

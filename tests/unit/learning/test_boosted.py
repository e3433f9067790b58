"""The boosted model from meters to a bundle, on meters made here."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from kanchay.adapters.datasets import Meter
from kanchay.analysis.features.inputs import FeatureInputs
from kanchay.analysis.features.registry import parse_name
from kanchay.analysis.features.scaling import Scaler
from kanchay.analysis.features.table import build_features
from kanchay.analysis.forecast.protocol import Windows
from kanchay.analysis.leak import leak_test
from kanchay.bundle.boosted import BoostedForecaster, FeaturePlan
from kanchay.bundle.load import load_bundle, verify_bundle
from kanchay.bundle.manifest import BOOSTED, Manifest
from kanchay.bundle.save import save_bundle
from kanchay.bundle.trees import FEATURES_INPUT
from kanchay.domain.errors import BundleError, BundleTampered, InputError, NotEnoughData
from kanchay.domain.interval import DAY, HOUR, wall_clock
from kanchay.learning.boosted import BoostedOptions, draw_windows, fit_boosted, make_plan
from kanchay.learning.trees import onnx_trees, tree_arrays

pytest.importorskip("lightgbm")
pytest.importorskip("onnx")

OPTIONS = BoostedOptions(
    windows=40,
    trees=12,
    quantile_trees=9,
    quantile_rows=2500,
    leaves=7,
    quantile_leaves=7,
    learning_rate=0.15,
    least_rows=20,
    mixed=0.3,
    far_share=0.1,
)
START = 1_600_041_600 // DAY * DAY


def meter(seed, *, kind="commercial", role="train", days=80, split=60, tz="Europe/London", country="GB"):
    """Noisy days with a shape, smaller on weekends."""
    rng = np.random.default_rng(seed)
    hour = np.arange(days * 24)
    busy = (hour % 24 >= 8) & (hour % 24 < 18) & (hour // 24 % 7 < 5)
    values = rng.uniform(1, 20) * (1.0 + 3.0 * busy) * rng.lognormal(0, 0.1, len(hour))
    return Meter(
        "set", f"m{seed}", role, kind, tz, country, None, START, values, START + split * DAY, True, False
    )


@pytest.fixture(scope="module")
def meters():
    return [meter(1), meter(2), meter(3, kind="residential"), meter(4, kind="residential")]


@pytest.fixture(scope="module")
def boosted(meters):
    from kanchay.learning.boosted_make import boosted_of, weighed

    watch = [meter(5, role="validation"), meter(6, kind="residential", role="validation")]
    return weighed(boosted_of(meters, watch, OPTIONS, name="small", created="2026-01-01"), watch)


@pytest.fixture(scope="module")
def folder(boosted, tmp_path_factory):
    from kanchay.learning.boosted_card import boosted_card

    training = {**boosted.manifest.training, "files": [], "simulated": []}
    manifest = replace(boosted.manifest, training=training)
    path = tmp_path_factory.mktemp("boosted") / "small"
    save_bundle(path, manifest, {**boosted.files, "README.md": boosted_card(manifest).encode()})
    return path


def windows(n=5, horizon=24, seed=9, tz="Europe/London", first=START + 20 * DAY):
    load = np.random.default_rng(seed).gamma(3.0, 1.0, (n, 168))
    return Windows(load, first + DAY * np.arange(n), HOUR, horizon, tz, "GB")


# ---- what is drawn ----


def test_nothing_of_the_test_period_is_drawn():
    tall = meter(1)
    values = np.where(tall.starts >= tall.split_at, np.nan, 1.0 + np.arange(len(tall.values)))
    for drawn in draw_windows([replace(tall, values=values)], replace(OPTIONS, mixed=0.0, gaps=0.0)):
        w = drawn.inputs.windows
        end = w.issued_at + HOUR * w.horizon
        assert end.max() <= wall_clock([tall.split_at], tall.tz)[0]
        # The values count the hours: history ends where the target begins.
        step = np.diff(np.concatenate([w.load, drawn.actual], axis=1), axis=1)
        assert np.isin(step[np.isfinite(step)], [0.0, 1.0, 2.0]).all()  # 0 and 2 around a change of the clock


def test_a_mixture_is_of_both_meters_in_history_and_target_alike():
    flat = [
        replace(meter(i, tz="UTC"), values=np.full(80 * 24, level)) for i, level in enumerate((1.0, 500.0))
    ]
    seen = []
    for drawn in draw_windows(flat, replace(OPTIONS, mixed=1.0, gaps=0.0, short_history=0.0)):
        own = 1.0 if drawn.meter == "set/m0" else 500.0
        level = drawn.inputs.windows.load[:, :1] / own
        known = np.isfinite(drawn.actual)
        np.testing.assert_allclose(np.broadcast_to(level, known.shape)[known], drawn.actual[known] / own)
        seen.append(level.ravel())
    levels = np.concatenate(seen)
    assert levels.min() >= 1.15  # the other adds 15 to 100 % of the meter's own level, however large it is
    assert levels.max() <= 2.0 + 1e-9


def test_a_hard_meter_does_not_drown_the_others():
    from kanchay.learning.boosted import _weights

    weight = _weights(np.array([1.0, -1.0, 10.0, 10.0]), np.array(["a", "a", "b", "b"], dtype=object), 1.0)
    np.testing.assert_allclose(weight, np.array([1.0, 1.0, 0.1, 0.1]) / 0.55)
    even = _weights(np.array([1.0, 10.0]), np.array(["a", "b"], dtype=object), 0.0)
    assert even.tolist() == [1.0, 1.0]


def test_homes_together_have_their_share():
    from kanchay.learning.boosted import _shared

    weight, home = np.array([3.0, 1.0, 1.0, 1.0, 2.0]), np.array([True, False, False, False, False])
    shared = _shared(weight, home, 0.5)
    assert shared.mean() == pytest.approx(1.0)
    assert shared[home].sum() == pytest.approx(shared[~home].sum())
    np.testing.assert_allclose(shared[1:] / shared[1], weight[1:])
    np.testing.assert_array_equal(_shared(weight, np.ones(5, bool), 0.5), weight)


def test_windows_are_issued_at_midnight_those_of_homes_more_often():
    kinds = {1: "commercial", 2: "commercial", 3: "residential", 4: "residential"}
    meters = [meter(seed, kind=kind, tz="UTC") for seed, kind in kinds.items()]
    plain = replace(
        OPTIONS, windows=10_000, any_hour=0.0, far_share=0.0, mixed=0.0, gaps=0.0, short_history=0.0
    )
    hours = {False: set(), True: set()}
    counts = {False: 0, True: 0}
    for one in draw_windows(meters, plain):
        clock = one.inputs.windows.issued_at  # on the wall clock already
        hours[one.home] |= set((clock % DAY // HOUR).tolist())
        counts[one.home] += len(clock)
    assert hours == {False: {0}, True: set(range(0, 24, 3))}
    assert counts[False] == 2 * (60 - 7)  # each day of the history but its first week, of both buildings
    few = draw_windows(meters, replace(plain, windows=7))
    assert {
        m: sum(len(d.actual) for d in few if d.meter == m) for m in {d.meter for d in few}
    } == dict.fromkeys([f"set/m{i}" for i in (1, 2, 3, 4)], 7)
    moved = draw_windows(meters[:1], replace(plain, any_hour=1.0))
    assert len({h for d in moved for h in (d.inputs.windows.issued_at % DAY // HOUR).tolist()}) > 12


def test_the_same_seed_draws_the_same(meters):
    once, again = (draw_windows(meters, OPTIONS) for _ in range(2))
    for a, b in zip(once, again, strict=True):
        np.testing.assert_array_equal(a.actual, b.actual)
        np.testing.assert_array_equal(a.inputs.windows.load, b.inputs.windows.load)


def test_without_a_known_hour_nothing_can_be_drawn():
    with pytest.raises(NotEnoughData, match="No training meter has a known hour"):
        draw_windows([replace(meter(1), values=np.full(80 * 24, np.nan))], OPTIONS)


def test_scalers_are_those_of_the_training_windows(meters):
    options = replace(
        OPTIONS, features=("hour_of_day", "standardized_lagged_energy", "normalized_day_of_week")
    )
    drawn = draw_windows(meters, options)
    plan = make_plan(drawn, options)
    lags = np.concatenate([build_features(["lagged_energy"], d.inputs).rows for d in drawn])
    assert plan.scalers["lagged_energy"] == Scaler.of(lags)
    rows = np.concatenate([plan.rows(d.inputs).rows for d in drawn])
    known = rows[np.isfinite(rows[:, 1]), 1]
    assert known.mean() == pytest.approx(0.0, abs=1e-4)
    assert known.std() == pytest.approx(1.0, abs=1e-4)
    assert (rows[:, 2].min(), rows[:, 2].max()) == (0.0, 1.0)


# ---- what is stored ----


def test_the_stored_trees_answer_as_lightgbm_does(meters):
    fitted = fit_boosted(draw_windows(meters, OPTIONS), OPTIONS)
    trees = tree_arrays(fitted.boosters)
    rng = np.random.default_rng(8)
    rows = rng.normal(0, 3, (2000, len(fitted.plan.columns))).astype(np.float32)
    rows[rng.random(rows.shape) < 0.1] = np.nan
    theirs = np.stack([b.predict(rows) for b in fitted.boosters], axis=1)
    np.testing.assert_allclose(trees.walk(rows), theirs, atol=1e-6)
    from kanchay.bundle.trees import OnnxTrees

    graph = OnnxTrees(onnx_trees(trees, rows.shape[1])).run({FEATURES_INPUT: rows})
    np.testing.assert_allclose(graph, theirs, atol=1e-6)


def test_the_same_recipe_gives_the_same_trees(meters):
    once, again = (
        tree_arrays(fit_boosted(draw_windows(meters, OPTIONS), OPTIONS).boosters) for _ in range(2)
    )
    for name, array in once.named().items():
        np.testing.assert_array_equal(array, again.named()[name])


def test_the_manifest_tells_the_features_and_keeps_their_numbers(boosted):
    manifest = Manifest.from_json(boosted.manifest.to_json())
    assert manifest.kind == BOOSTED
    assert [e["name"] for e in manifest.features] == list(OPTIONS.features)
    for entry in manifest.features:
        form, feature = parse_name(entry["name"])
        assert entry["unit"] == ("1" if form else feature.unit)
        assert set(manifest.preprocessing["scalers"][feature.name]) == {"mean", "std", "min", "max", "n"}
        assert isinstance(entry["importance"], float)
    told = manifest.preprocessing["importance"]
    assert max(told["rise"].values()) > 0
    assert told["loss"] > 0
    assert FeaturePlan.of(manifest) == FeaturePlan.of(boosted.manifest)


def test_components_are_kept_as_numbers(meters):
    from kanchay.learning.boosted_make import boosted_of

    options = replace(
        OPTIONS, pca=3, features=("hour_of_day", "relative_lagged_energy", "standardized_day_of_week")
    )
    made = boosted_of(meters, [], options)
    manifest = Manifest.from_json(made.manifest.to_json())
    assert manifest.inputs[0]["columns"][-3:] == ["pca_1", "pca_2", "pca_3"]
    again = replace(made, manifest=manifest)
    a, b = made.forecaster().predict(windows()), again.forecaster("numpy").predict(windows())
    np.testing.assert_allclose(a.mean, b.mean, atol=1e-5)


# ---- what is loaded ----


def test_a_bundle_is_verified_and_answers_in_both_runtimes(folder, boosted):
    proof = verify_bundle(folder)
    assert set(proof.differences) == {"onnx", "numpy"}
    assert max(proof.differences.values()) <= 1e-5
    w = windows(40, 72)
    answers = {kind: load_bundle(folder, runtime=kind).predict(w) for kind in ("onnx", "numpy")}
    scale = np.abs(w.load).mean(axis=1)[:, None]
    assert (np.abs(answers["onnx"].mean - answers["numpy"].mean) / scale).max() <= 1e-5
    assert isinstance(load_bundle(folder), BoostedForecaster)
    assert load_bundle(folder).name == "small"


def test_scores_are_put_into_the_card_of_its_own_kind(folder, tmp_path):
    import shutil

    from kanchay.learning.make import rescore

    shutil.copytree(folder, tmp_path / "b")
    kinds = {
        "commercial": {"meters": 3, "ratio": 0.7, "interval": [0.6, 0.8], "pinball": 0.7, "coverage80": 0.8}
    }
    rescore(
        tmp_path / "b", {"command": "kanchay model evaluate", "rival": "ensemble", "kinds": kinds}, key=None
    )
    card = (tmp_path / "b" / "README.md").read_text("utf-8")
    assert "| commercial | 3 | 0.700 |" in card
    assert "regression trees" in card
    assert load_bundle(tmp_path / "b").name == "small"


def test_a_changed_tree_is_refused(folder, tmp_path):
    import shutil

    shutil.copytree(folder, tmp_path / "b")
    weights = bytearray((tmp_path / "b" / "weights.npz").read_bytes())
    weights[len(weights) // 2] ^= 1
    (tmp_path / "b" / "weights.npz").write_bytes(weights)
    with pytest.raises(BundleTampered):
        load_bundle(tmp_path / "b")


def test_a_feature_that_is_not_known_here_is_refused(boosted):
    raw = json.loads(boosted.manifest.to_json())
    raw["features"][0]["name"] = "moon_phase"
    with pytest.raises(BundleError, match="moon_phase"):
        replace(boosted, manifest=Manifest.from_json(json.dumps(raw).encode())).forecaster()


def test_it_has_no_form_for_litert(folder):
    with pytest.raises(BundleError, match="litert"):
        load_bundle(folder, runtime="litert")


def test_it_is_exported_as_what_it_is(folder, tmp_path):
    from kanchay.learning.exports import export_model

    told = export_model(folder, "onnx", tmp_path / "onnx")
    assert told.difference <= 1e-5
    assert (tmp_path / "onnx" / "model.onnx").read_bytes() == (folder / "model.onnx").read_bytes()
    with pytest.raises(InputError, match="no form 'keras'"):
        export_model(folder, "keras", tmp_path / "keras")


def test_it_cannot_see_the_future(folder):
    report = leak_test(load_bundle(folder))
    assert report.passed, report.differing


def test_it_learned_the_shape_of_the_day(boosted, meters):
    """On a meter like those it saw it must beat the mean of like days that it corrects."""
    from kanchay.analysis.forecast.naive import EnsembleNaive
    from kanchay.learning.boosted_make import midnights

    w, actual = midnights(meter(11))
    own = np.abs(boosted.forecaster().predict(w).mean - actual).mean()
    assert own < np.abs(EnsembleNaive().predict(w).mean - actual).mean()


@pytest.mark.parametrize("issued", [1774738800, 1792879200], ids=["spring", "autumn"])
def test_a_change_of_the_clock_keeps_mean_and_bands_in_order(boosted, issued):
    answer = boosted.forecaster().predict(windows(1, 48, tz="Europe/Madrid", first=issued))
    assert np.isfinite(answer.mean).all()
    assert (np.diff(answer.quantiles, axis=2) >= 0).all()


def test_finer_readings_and_a_silent_meter(boosted):
    rng = np.random.default_rng(3)
    load = np.stack([rng.gamma(2.0, 0.1, 672), np.full(672, np.nan)])
    w = Windows(load, np.full(2, START + 30 * DAY + 900), 900, 96, "America/Lima", "PE")
    answer = boosted.forecaster().predict(w)
    assert answer.mean.shape == (2, 96)
    assert np.isfinite(answer.quantiles[0]).all()
    assert np.isnan(answer.mean[1]).all()


def test_a_forecast_temperature_reaches_its_column_by_the_hour():
    from kanchay.bundle.boosted import hourly_inputs
    from kanchay.bundle.clockgrid import ClockGrid

    air = np.repeat(np.arange(192.0), 4)[None] + np.tile([-0.3, -0.1, 0.1, 0.3], 192)
    fine = Windows(np.ones((1, 672)), np.array([START]), 900, 96, "America/Lima", "PE", temperature=air)
    inputs = hourly_inputs(np.ones((1, 168)), fine, 1, ClockGrid.of(fine).temperature(fine))
    rows = FeaturePlan(("temperature", "hour_of_day"), {}, None).rows(inputs).rows
    np.testing.assert_allclose(rows[:, 0], np.arange(168, 192), atol=1e-5)
    assert rows[0, 1] == wall_clock([START], "America/Lima")[0] % DAY / HOUR


def test_an_input_of_its_own_is_learned_and_found_important(meters):
    """A planted feature: the load follows a planned occupancy."""
    from kanchay.analysis.features.importance import permutation_importance
    from kanchay.learning.boosted import Drawn

    rng = np.random.default_rng(1)
    drawn = []
    for one in draw_windows(meters, replace(OPTIONS, mixed=0.0, far_share=0.0)):
        w = one.inputs.windows
        people = rng.uniform(0, 10, (len(w), w.load.shape[1] + w.horizon))
        scale = np.abs(w.load - np.nanmean(w.load, axis=1, keepdims=True))
        actual = one.actual + people[:, -w.horizon :] * np.nanmean(scale, axis=1, keepdims=True)
        drawn.append(Drawn(FeatureInputs(w, occupancy=people), actual))
    options = replace(OPTIONS, features=("hour_of_day", "occupancy", "relative_lagged_energy"), trees=60)
    fitted = fit_boosted(drawn, options)
    days = [(fitted.plan.rows(d.inputs), d.actual) for d in drawn if d.inputs.windows.horizon == 24]
    values = np.concatenate([made.rows.reshape(*made.base.shape, 3) for made, _ in days]).astype(float)
    truth = np.concatenate([(actual - made.base) / made.scale for made, actual in days])

    def loss(x):
        return np.nanmean(
            np.abs(fitted.boosters[5].predict(x.reshape(-1, 3)).reshape(truth.shape) - truth), axis=1
        )

    found = permutation_importance(loss, values, fitted.plan.columns)
    assert found[0].name == "occupancy"
    assert found[0].rise > 5 * max(abs(one.rise) for one in found[1:])


def test_meters_of_no_country_teach_no_season_and_still_make_a_model() -> None:
    drawn = draw_windows([meter(1, country=None), meter(2, country=None)], OPTIONS)
    fitted = fit_boosted(drawn, OPTIONS)
    assert "season" not in fitted.plan.names
    assert "season" in OPTIONS.features
    columns = fitted.plan.rows(drawn[0].inputs).rows
    assert columns.shape[1] == len(fitted.plan.names) == fitted.boosters[0].num_feature()
    assert np.isfinite(fitted.boosters[0].predict(columns)).all()

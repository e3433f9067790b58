"""Every kind and format of bundle is served, driven by what its manifest says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kanchay.adapters.models import trust_key
from kanchay.analysis.forecast.protocol import Windows
from kanchay.bootstrap import in_memory
from kanchay.bundle.files import read_contents
from kanchay.bundle.load import grounded, load_bundle
from kanchay.bundle.save import pack, write_bundle
from kanchay.bundle.sign import public_key
from kanchay.domain.interval import parse_instant
from kanchay.settings import read_settings
from kanchay.web import create_app
from kanchay.web.serving.signatures import DEFAULT, FORECAST, signatures_of

from .conftest import Program, load_rows, network_inputs

GOLDEN = Path(__file__).parents[2] / "golden" / "bundle"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))  # of these tests alone


@pytest.fixture(params=["format1", "format2"])
def golden(request, tmp_path: Path):
    """A home on whose shelf a golden bundle lies, signed by a key it trusts."""
    home = tmp_path / "home"
    contents = read_contents(GOLDEN / f"{request.param}.kanchay", trusted=None)
    folder, archive = tmp_path / "golden", home / "models" / "golden.kanchay"
    write_bundle(folder, replace(contents.manifest, version="4.2"), contents.files, key=KEY)
    archive.parent.mkdir(parents=True)
    pack(folder, archive)
    trust_key(home, public_key(KEY))
    settings = read_settings(home=str(home))
    return Program(create_app(in_memory(settings=settings), settings), home), load_bundle(archive)


def test_the_networks_tensors_are_those_of_the_manifest(golden) -> None:
    program, model = golden
    declared = {entry["name"] for entry in model.manifest.inputs}
    assert {t["name"] for t in program.get("/v2/models/golden").json["inputs"]} == declared
    raw = network_inputs(model, 3)
    body = {"inputs": {name: a.tolist() for name, a in raw.items()}}
    answer = program.predict(body, model="golden")
    assert np.array_equal(np.asarray(answer.json["outputs"], np.float32), model.runtime.run(raw))
    assert program.post("/v1/models/golden/versions/4:predict", body).status_code == 200
    assert program.get("/v2/models/golden/versions/4.2/ready").status_code == 200


def test_temperature_is_taken_where_the_model_reads_it(golden) -> None:
    program, model = golden
    reads = any(entry["name"] == "temperature" for entry in model.manifest.inputs)
    named = {t["name"] for t in program.get("/v2/models/golden.forecast").json["inputs"]}
    assert ("temperature" in named) == reads
    rows = load_rows(2)
    air = 18 + 4 * np.sin(np.arange(168 + 48) / 24 * 2 * np.pi) + np.zeros((2, 1))
    air[1, 100:] = np.nan
    at = parse_instant("2026-08-20T00:00", "Europe/Madrid")
    windows = Windows(
        rows, np.full(2, at), 3600, 48, "Europe/Madrid", "ES", temperature=air if reads else None
    )
    inputs = {
        "load": rows.tolist(),
        "issued_at": [str(at)] * 2,
        "tz": "Europe/Madrid",
        "country": "ES",
        "horizon": "48h",
    }
    warm = {"temperature": air.tolist()}
    answer = program.predict(
        json.dumps({"signature_name": FORECAST, "inputs": inputs | (warm if reads else {})}), model="golden"
    )
    assert np.array_equal(answer.json["outputs"]["quantiles"], grounded(model).predict(windows).quantiles)
    wrong = {"signature_name": FORECAST, "inputs": inputs | {"temperature": [[1.0]]}}
    refused = program.predict(json.dumps(wrong), model="golden")
    assert refused.status_code == 400


@pytest.mark.parametrize("golden", ["format2"], indirect=True)
def test_a_temperature_that_does_not_reach_the_horizon_is_refused(golden) -> None:
    program, _ = golden
    inputs = {"load": [[1.0] * 30], "issued_at": ["0"], "temperature": [[20.0] * 30]}
    answer = program.predict({"signature_name": FORECAST, "inputs": inputs}, model="golden")
    assert (answer.status_code, "temperature" in answer.json["error"]) == (400, True)


@pytest.mark.slow
def test_boosted_trees_are_served_too() -> None:
    pytest.importorskip("lightgbm")
    from kanchay.learning.boosted import BoostedOptions
    from kanchay.learning.boosted_make import boosted_of
    from kanchay.learning.simulated import simulated_meters

    options = BoostedOptions(windows=120, trees=10, leaves=7, least_rows=20)
    model = boosted_of(simulated_meters(1, 1, seed=1, days=40), [], options).forecaster()
    signatures = signatures_of(model)
    (features,) = signatures[DEFAULT].inputs
    assert features.nullable  # trees know what is missing
    rows = np.random.default_rng(1).random((4, features.shape[1])).astype(np.float32)
    rows[0, 0] = np.nan
    (answer,) = signatures[DEFAULT].run({features.name: rows}).values()
    assert np.array_equal(answer, model.runtime.run({features.name: rows}))
    load = load_rows(2)
    at = parse_instant("2026-08-20T00:00", "America/Lima")
    given = {
        "load": load,
        "issued_at": np.array(["2026-08-20T00:00"] * 2, dtype=object),
        "tz": np.array(["America/Lima"], dtype=object),
    }
    want = model.predict(Windows(load, np.full(2, at), 3600, 24, "America/Lima"))
    assert np.array_equal(signatures[FORECAST].run(given)["mean"], want.mean)

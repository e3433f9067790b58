"""TensorFlow Serving's REST API: https://www.tensorflow.org/tfx/serving/api_rest."""

from __future__ import annotations

import json

import numpy as np
import pytest

from kanchay.analysis.forecast.protocol import Windows
from kanchay.bundle.load import grounded
from kanchay.domain.interval import parse_instant

from .conftest import load_rows

LIMA = "America/Lima"
MODEL = "/v1/models/pretrained"


def plain(rows: np.ndarray) -> list:
    return [[None if np.isnan(x) else x for x in row] for row in rows.tolist()]


def error(answer) -> str:
    """The one form of an error: a sentence."""
    assert set(answer.json) == {"error"}
    assert isinstance(answer.json["error"], str)
    assert answer.json["error"]
    return answer.json["error"]


def number(model) -> str:
    """What stands before the first point of a shipped model's version."""
    return model.manifest.version.split(".")[0]


def test_status_says_available(program, model) -> None:
    for path in (MODEL, f"{MODEL}/versions/{number(model)}"):
        (only,) = program.get(path).json["model_version_status"]
        assert only == {
            "version": number(model),
            "state": "AVAILABLE",
            "status": {"error_code": "OK", "error_message": ""},
        }


def test_metadata_follows_the_manifest(program, model) -> None:
    said = program.get(f"{MODEL}/metadata").json
    assert said["model_spec"] == {"name": "pretrained", "signature_name": "", "version": number(model)}
    signatures = said["metadata"]["signature_def"]["signature_def"]
    assert set(signatures) == {"serving_default", "forecast"}
    raw = signatures["serving_default"]
    assert raw["method_name"] == "tensorflow/serving/predict"
    for entry in model.manifest.inputs:
        info = raw["inputs"][entry["name"]]
        sizes = [int(d["size"]) for d in info["tensor_shape"]["dim"]]
        assert sizes == [size if isinstance(size, int) else -1 for size in entry["shape"]]
        assert info["dtype"] == "DT_FLOAT"
    assert set(raw["inputs"]) == {entry["name"] for entry in model.manifest.inputs}
    assert signatures["forecast"]["defaults"]["tz"]["string_val"] == ["VVRD"]  # base64 of UTC


def test_columns_of_the_network_answer_to_the_bit(program, model, raw) -> None:
    answer = program.predict({"inputs": {name: a.tolist() for name, a in raw.items()}})
    assert answer.status_code == 200
    assert set(answer.json) == {"outputs"}
    assert np.array_equal(np.asarray(answer.json["outputs"], np.float32), model.runtime.run(raw))


def test_rows_of_the_network_answer_the_same(program, model, raw) -> None:
    rows = [{name: a[i].tolist() for name, a in raw.items()} for i in range(3)]
    answer = program.predict({"signature_name": "serving_default", "instances": rows})
    assert set(answer.json) == {"predictions"}
    assert np.array_equal(np.asarray(answer.json["predictions"], np.float32), model.runtime.run(raw))


def windows(rows: np.ndarray, horizon: int = 24, tz: str = LIMA, country: str | None = "PE") -> Windows:
    at = parse_instant("2026-08-20T00:00", tz)
    return Windows(rows, np.full(len(rows), at), 3600, horizon, tz, country)


def test_forecast_from_readings_with_gaps_answers_to_the_bit(program, model) -> None:
    rows = load_rows(4)
    asked = {
        "load": plain(rows), "issued_at": ["2026-08-20T00:00"] * 4, "tz": LIMA, "country": "PE", "horizon": "48h",
    }  # fmt: skip
    got = program.predict({"signature_name": "forecast", "inputs": asked}).json["outputs"]
    want = grounded(model).predict(windows(rows, 48))
    assert np.array_equal(got["mean"], want.mean)
    assert np.array_equal(got["quantiles"], want.quantiles)
    assert np.array_equal(got["start"], windows(rows, 48).target_starts)
    assert got["notes"] == [""] * 4


def test_rows_may_lie_in_different_places(program, model) -> None:
    rows = load_rows(3)
    places = [(LIMA, "PE"), ("Europe/Madrid", "ES"), (LIMA, "PE")]
    instances = [
        {"load": row, "issued_at": "2026-08-20T00:00", "tz": tz, "country": land}
        for row, (tz, land) in zip(plain(rows), places, strict=True)
    ]
    got = program.predict({"signature_name": "forecast", "instances": instances}).json["predictions"]
    lima = grounded(model).predict(windows(rows[[0, 2]]))
    madrid = grounded(model).predict(windows(rows[[1]], tz="Europe/Madrid", country="ES"))
    assert got[0]["mean"] == lima.mean[0].tolist()
    assert got[2]["quantiles"] == lima.quantiles[1].tolist()
    assert got[1]["mean"] == madrid.mean[0].tolist()
    assert got[1]["start"][0] == parse_instant("2026-08-20T00:00", "Europe/Madrid")


def test_less_than_a_day_is_not_answered_and_says_so(program) -> None:
    rows = load_rows(2)
    rows[0, :150] = np.nan  # 18 known hours
    answer = program.predict(
        {"signature_name": "forecast", "inputs": {"load": plain(rows), "issued_at": ["1787202000"] * 2}}
    )
    assert "NaN" in answer.text  # the token that TensorFlow Serving writes too
    got = json.loads(answer.text)["outputs"]
    assert np.isnan(got["mean"][0]).all()
    assert np.isfinite(got["mean"][1]).all()
    assert got["notes"] == ["no_history", ""]


def test_nan_in_the_request_is_a_gap_like_null(program) -> None:
    rows = load_rows(1)
    body = {"signature_name": "forecast", "inputs": {"load": plain(rows), "issued_at": ["2026-08-20T00:00"]}}
    with_null = program.predict(body).json
    body["inputs"]["load"] = rows.tolist()
    assert "NaN" in json.dumps(body)
    assert program.predict(json.dumps(body)).json == with_null


def test_body_of_curl_is_taken_though_it_calls_itself_a_form(program, raw) -> None:
    body = json.dumps({"inputs": {name: a.tolist() for name, a in raw.items()}})
    answer = program.post(f"{MODEL}:predict", body, **{"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 200


MALFORMED = [
    ("GET", "/v1/foo"), ("POST", "/v1/foo"), ("POST", "/v1/models"), ("GET", f"{MODEL}:predict"),
    ("POST", f"{MODEL}/version/1:predict"), ("POST", f"{MODEL}/versions/HELLO:predict"), ("POST", f"{MODEL}:regress"),
    ("DELETE", MODEL), ("GET", f"{MODEL}/versions/x"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), MALFORMED)
def test_any_other_address_is_malformed(program, method: str, path: str) -> None:
    answer = program.http.open(path, method=method, headers=program.headers)
    assert answer.status_code == 400
    assert "Malformed request" in error(answer)


def test_a_model_must_be_named(program) -> None:
    answer = program.get("/v1/models")
    assert (answer.status_code, error(answer)) == (400, "Missing model name in request.")


@pytest.mark.parametrize(
    "name",
    [
        "foo",
        "ensemble",
        "adapted",
        "..%2F..%2Fetc%2Fpasswd",
        "%2Fetc",
        "~root",
        "library",
        "pretrained.forecast",
    ],
)
def test_only_saved_models_are_known_and_only_by_name(program, name: str) -> None:
    for answer in (program.get(f"/v1/models/{name}"), program.predict({"instances": [1]}, model=name)):
        assert answer.status_code in (400, 404)
        assert error(answer)
    assert program.get("/v1/models/foo").status_code == 404


def test_unknown_version_and_label(program) -> None:
    answer = program.post(f"{MODEL}/versions/99:predict", {"instances": [1]})
    assert (answer.status_code, "99" in error(answer)) == (404, True)
    assert program.get(f"{MODEL}/versions/99").status_code == 404
    answer = program.get(f"{MODEL}/labels/nightly")
    assert (answer.status_code, "label" in error(answer)) == (400, True)


def fine() -> dict:
    return {"load": load_rows(1, 48, 3)[:, 24:].tolist(), "issued_at": ["2026-08-20T00:00"]}


WRONG = [
    ("", "JSON Parse error"),
    ("instances = [1, 2]", "JSON Parse error"),
    ("[1, 2]", "object"),
    ("[" * 100_000, "JSON Parse error"),
    ('{"a": ' + "9" * 5000 + "}", "JSON Parse error"),
    ({}, "'instances'"),
    ({"instances": [1], "inputs": {}}, "not both"),
    ({"instances": []}, "list with a value"),
    ({"instances": {}}, "list with a value"),
    ({"instances": [1, 2]}, "plain list"),
    ({"inputs": [1, 2]}, "no object"),
    ({"instances": [{"load": [1]}]}, "Missing named input"),
    ({"signature_name": "nope", "inputs": {}}, '"nope" not found'),
    ({"signature_name": 7, "inputs": {}}, "not found"),
    ({"signature_name": "forecast", "inputs": fine() | {"lod": [1]}}, "Unknown named input"),
    ({"signature_name": "forecast", "inputs": fine() | {"load": [["1", "2"]]}}, "no double"),
    ({"signature_name": "forecast", "inputs": fine() | {"load": [[True] * 30]}}, "no double"),
    ({"signature_name": "forecast", "inputs": fine() | {"load": [[1, 2], [3]]}}, "differ in length"),
    ({"signature_name": "forecast", "inputs": fine() | {"load": [{"a": 1}]}}, "differ in length"),
    ({"signature_name": "forecast", "inputs": fine() | {"load": [1.0, 2.0]}}, "shape"),
    ({"signature_name": "forecast", "inputs": fine() | {"load": []}}, "shape"),
    ({"signature_name": "forecast", "inputs": fine() | {"load": [[]], "issued_at": []}}, "number of windows"),
    ({"signature_name": "forecast", "inputs": fine() | {"load": [[10**400]]}}, "number"),
    ('{"signature_name": "forecast", "inputs": {"load": [[1e999]], "issued_at": ["0"]}}', "infinite"),
    ({"signature_name": "forecast", "inputs": fine() | {"issued_at": [5]}}, "text"),
    ({"signature_name": "forecast", "inputs": fine() | {"issued_at": ["soon"]}}, "is not a time"),
    ({"signature_name": "forecast", "inputs": fine() | {"issued_at": ["9999-01-01"]}}, "1970 and 2200"),
    ({"signature_name": "forecast", "inputs": fine() | {"issued_at": ["0"] * 2}}, "number of windows"),
    ({"signature_name": "forecast", "inputs": fine() | {"tz": "Mars/Olympus"}}, "Mars/Olympus"),
    ({"signature_name": "forecast", "inputs": fine() | {"tz": ["UTC"] * 3}}, "3 entries"),
    ({"signature_name": "forecast", "inputs": fine() | {"country": "ZZ"}}, "ZZ"),
    ({"signature_name": "forecast", "inputs": fine() | {"horizon": "8d"}}, "7 days"),
    ({"signature_name": "forecast", "inputs": fine() | {"horizon": "999999999d"}}, "duration"),
    ({"signature_name": "forecast", "inputs": fine() | {"horizon": "90min"}}, "whole number"),
    ({"signature_name": "forecast", "inputs": fine() | {"resolution": "7min", "horizon": "7h"}}, "hour"),
    ({"signature_name": "forecast", "inputs": fine() | {"resolution": "2h"}}, "hour"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "words"), WRONG, ids=[str(w[0])[:60] for w in WRONG])
def test_what_cannot_be_is_told_in_the_form_of_the_protocol(program, body, words: str) -> None:
    answer = program.predict(body)
    assert answer.status_code == 400, answer.text[:300]
    assert words in error(answer)


def test_the_networks_own_tensors_take_no_gap(program, raw) -> None:
    inputs = {name: a.tolist() for name, a in raw.items()}
    for hole in (None, float("nan")):
        inputs["load"][1][5] = hole
        answer = program.predict(json.dumps({"inputs": inputs}))
        assert (answer.status_code, "mask" in error(answer)) == (400, True)
    inputs["load"][1][5] = 1e39
    assert "too large for float" in error(program.predict({"inputs": inputs}))
    inputs["load"] = [row[:167] for row in raw["load"].tolist()]
    assert "[-1, 168]" in error(program.predict({"inputs": inputs}))


def test_too_many_windows_and_too_large_an_answer_are_413(program) -> None:
    many = {"load": [[1.0]] * 1025, "issued_at": ["0"] * 1025}
    answer = program.predict({"signature_name": "forecast", "inputs": many})
    assert (answer.status_code, "1024" in error(answer)) == (413, True)
    fine_grid = {"load": [[1.0] * 60] * 40, "issued_at": ["0"] * 40, "resolution": "1min", "horizon": "7d"}
    answer = program.predict({"signature_name": "forecast", "inputs": fine_grid})
    assert (answer.status_code, "2,000,000" in error(answer)) == (413, True)


def test_a_body_beyond_the_bound_is_413(program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kanchay.web.serving.guard.MAX_BODY", 1000)
    answer = program.predict("x" * 1001)
    assert answer.status_code == 413
    assert error(answer)


def test_a_packed_body_is_not_taken(program) -> None:
    answer = program.post(f"{MODEL}:predict", b"xx", **{"Content-Encoding": "gzip"})
    assert (answer.status_code, "Content-Encoding" in error(answer)) == (415, True)


def test_a_busy_server_says_so(program, raw, monkeypatch: pytest.MonkeyPatch) -> None:
    from kanchay.web.serving import guard

    monkeypatch.setattr(guard, "PATIENCE_S", 0.05)
    held = [guard._turns.acquire(blocking=False) for _ in range(guard.AT_ONCE)]
    assert all(held)
    try:
        answer = program.predict({"inputs": {name: a.tolist() for name, a in raw.items()}})
    finally:
        for _ in held:
            guard._turns.release()
    assert answer.status_code == 503
    assert "busy" in error(answer)
    assert program.predict({"inputs": {name: a.tolist() for name, a in raw.items()}}).status_code == 200


def test_requests_at_the_same_time_do_not_mix(program, model) -> None:
    """Eight threads, each with windows of its own; two at a time are computed."""
    from concurrent.futures import ThreadPoolExecutor

    from .conftest import Program

    def ask(seed: int) -> bool:
        rows = load_rows(3, 168, seed)
        mine = Program(program.app, program.home)
        body = {"load": plain(rows), "issued_at": ["2026-08-20T00:00"] * 3, "tz": LIMA, "country": "PE"}
        got = mine.predict({"signature_name": "forecast", "inputs": body}).json["outputs"]["mean"]
        return bool(np.array_equal(got, grounded(model).predict(windows(rows)).mean))

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(24)))


def test_what_was_answered_is_counted(program, app, raw) -> None:
    count = app.extensions["kanchay"].metrics.served.labels("tensorflow", "pretrained", "serving_default")
    before = count._value.get()
    program.predict({"inputs": {name: a.tolist() for name, a in raw.items()}})
    assert count._value.get() == before + 3
    text = program.http.get(
        "/metrics", headers={"Authorization": "Bearer " + _token(program, "metrics.token")}
    ).text
    assert 'kanchay_served_windows_total{dialect="tensorflow",model="pretrained"' in text
    assert 'endpoint="tensorflow_serving.predict"' in text


def _token(program, name: str) -> str:
    program.http.get("/metrics")
    return (program.app.extensions["kanchay"].settings.home / name).read_text().strip()


def forecast_of(program, load: list):
    row = {"load": load, "issued_at": "2026-08-20T00:00"}
    return program.post(f"{MODEL}:predict", {"signature_name": "forecast", "instances": [row]})


def test_no_readings_at_all_are_no_fault_of_ours(program) -> None:
    answer = forecast_of(program, [])
    assert answer.status_code == 200
    assert json.loads(answer.data)["predictions"][0]["notes"] == "no_history"


@pytest.mark.parametrize("value", [1e39, -1e308, float("inf")])
def test_values_that_no_meter_shows_are_refused(program, value: float) -> None:
    answer = forecast_of(program, [0.2] * 100 + [value] * 68)
    assert answer.status_code == 400
    assert "no meter shows" in error(answer) or "finite" in error(answer)

"""Open Inference v2: https://github.com/kserve/open-inference-protocol, with Triton's binary tensors."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest

from kanchay.analysis.forecast.protocol import Windows
from kanchay.bundle.load import grounded
from kanchay.domain.interval import parse_instant

from .conftest import load_rows
from .test_tensorflow import error

MODEL = "/v2/models/pretrained"


def tensors(raw: dict[str, np.ndarray]) -> list[dict]:
    return [
        {"name": name, "datatype": "FP32", "shape": list(a.shape), "data": a.ravel().tolist()}
        for name, a in raw.items()
    ]


def output(answer, name: str = "forecast") -> np.ndarray:
    (found,) = [o for o in answer.json["outputs"] if o["name"] == name]
    kind = {"FP32": np.float32, "FP64": np.float64, "INT64": np.int64, "BYTES": object}[found["datatype"]]
    return np.array(found["data"], dtype=kind).reshape(found["shape"])


def test_health_and_what_the_server_is(program, app) -> None:
    assert app.test_client().get("/v2/health/live").json == {"live": True}
    assert app.test_client().get("/v2/health/ready").json == {"ready": True}
    said = program.get("/v2").json
    assert said["name"] == "kanchay"
    assert said["extensions"] == ["binary_tensor_data"]


def number(model) -> str:
    """What stands before the first point of a shipped model's version."""
    return model.manifest.version.split(".")[0]


def test_metadata_follows_the_manifest(program, model) -> None:
    for path in (MODEL, f"{MODEL}/versions/{number(model)}"):
        said = program.get(path).json
        assert (said["name"], said["versions"]) == ("pretrained", [number(model)])
        declared = [
            (e["name"], [x if isinstance(x, int) else -1 for x in e["shape"]]) for e in model.manifest.inputs
        ]
        assert [(t["name"], t["shape"]) for t in said["inputs"]] == declared
        assert {t["datatype"] for t in said["inputs"]} == {"FP32"}
        assert said["outputs"] == [{"name": "forecast", "datatype": "FP32", "shape": [-1, 24, 10]}]
    assert program.get(f"{MODEL}/ready").json == {"name": "pretrained", "ready": True}
    assert program.get(f"{MODEL}/versions/{number(model)}/ready").status_code == 200


def test_the_friendly_signature_is_a_model_of_its_own(program) -> None:
    said = program.get("/v2/models/pretrained.forecast").json
    assert [t["name"] for t in said["outputs"]] == ["start", "mean", "quantiles", "notes"]
    assert said["inputs"][0] == {"name": "load", "datatype": "FP64", "shape": [-1, -1]}


def test_infer_answers_to_the_bit(program, model, raw) -> None:
    answer = program.infer({"id": "42", "inputs": tensors(raw)})
    assert answer.status_code == 200
    assert {k: answer.json[k] for k in ("model_name", "model_version", "id")} == {
        "model_name": "pretrained", "model_version": number(model), "id": "42",
    }  # fmt: skip
    assert np.array_equal(output(answer), model.runtime.run(raw))


def test_data_may_be_nested(program, model, raw) -> None:
    nested = [entry | {"data": raw[entry["name"]].tolist()} for entry in tensors(raw)]
    answer = program.post(f"{MODEL}/versions/{number(model)}/infer", {"inputs": nested})
    assert np.array_equal(output(answer), model.runtime.run(raw))
    assert "id" not in answer.json


def asked_forecast(rows: np.ndarray, **texts: str) -> dict:
    n = len(rows)
    flat = [None if np.isnan(x) else x for x in rows.ravel().tolist()]
    given = [
        {"name": "load", "datatype": "FP64", "shape": list(rows.shape), "data": flat},
        {"name": "issued_at", "datatype": "BYTES", "shape": [n], "data": ["2026-08-20T00:00"] * n},
    ]
    given += [{"name": k, "datatype": "BYTES", "shape": [1], "data": [v]} for k, v in texts.items()]
    return {"inputs": given}


def test_forecast_answers_to_the_bit_and_only_what_was_asked(program, model) -> None:
    rows = load_rows(2, 672)
    body = asked_forecast(rows, tz="America/Lima", country="PE", resolution="15min", horizon="7d")
    answer = program.infer(body | {"outputs": [{"name": "mean"}]}, model="pretrained.forecast")
    at = parse_instant("2026-08-20T00:00", "America/Lima")
    want = grounded(model).predict(Windows(rows, np.full(2, at), 900, 672, "America/Lima", "PE"))
    assert np.array_equal(output(answer, "mean"), want.mean)
    assert [o["name"] for o in answer.json["outputs"]] == ["mean"]


def test_a_window_without_a_day_is_null(program) -> None:
    answer = program.infer(asked_forecast(load_rows(1, 24)), model="pretrained.forecast")
    assert "NaN" not in answer.text
    assert np.isnan(output(answer, "mean")).all()
    assert output(answer, "notes").tolist() == ["no_history,gaps"]


def binary(raw: dict[str, np.ndarray], **more) -> tuple[bytes, dict[str, str]]:
    head = {
        "inputs": [
            {
                "name": name,
                "datatype": "FP32",
                "shape": list(a.shape),
                "parameters": {"binary_data_size": a.nbytes},
            }
            for name, a in raw.items()
        ]
    } | more
    text = json.dumps(head).encode()
    return text + b"".join(a.tobytes() for a in raw.values()), {
        "Inference-Header-Content-Length": str(len(text)),
        "Content-Type": "application/octet-stream",
    }


def test_binary_in_and_out_is_the_same_to_the_bit(program, model, raw) -> None:
    body, headers = binary(raw, parameters={"binary_data_output": True})
    answer = program.infer(body, **headers)
    assert answer.status_code == 200
    n = int(answer.headers["Inference-Header-Content-Length"])
    (entry,) = json.loads(answer.data[:n])["outputs"]
    assert entry["parameters"] == {"binary_data_size": len(answer.data) - n}
    got = np.frombuffer(answer.data[n:], "<f4").reshape(entry["shape"])
    assert np.array_equal(got, model.runtime.run(raw))


def test_an_outputs_own_wish_goes_before_the_requests(program, raw) -> None:
    wish = [{"name": "forecast", "parameters": {"binary_data": False}}]
    body, headers = binary(raw, parameters={"binary_data_output": True}, outputs=wish)
    answer = program.infer(body, **headers)
    assert answer.mimetype == "application/json"
    assert "data" in answer.json["outputs"][0]


def first(raw, **changes) -> list[dict]:
    given = tensors(raw)
    given[0] |= changes
    return given


WRONG = [
    (lambda r: {}, "'inputs'"),
    (lambda r: {"inputs": 5}, "'inputs'"),
    (lambda r: {"inputs": tensors(r)[1:]}, "Missing inference input: load"),
    (lambda r: {"inputs": [*tensors(r), tensors(r)[0]]}, "twice"),
    (lambda r: {"inputs": first(r, name="lod")}, "inference input 'lod'"),
    (lambda r: {"inputs": first(r, datatype="FP64")}, "it is FP32"),
    (lambda r: {"inputs": first(r, shape=[3, 167])}, "not [3, 167]"),
    (lambda r: {"inputs": first(r, shape=[3, -168])}, "whole numbers"),
    (lambda r: {"inputs": first(r, shape=[True, 168])}, "whole numbers"),
    (lambda r: {"inputs": first(r, shape=[3, 24, 7])}, "[-1, 168] is expected"),
    (lambda r: {"inputs": first(r, data=["x"] * 504)}, "no float"),
    (lambda r: {"inputs": first(r, data=[None] * 504)}, "mask"),
    (lambda r: {"inputs": first(r, parameters={"shared_memory_region": "x"})}, "shared memory"),
    (lambda r: {"inputs": first(r, parameters={"binary_data_size": 4})}, "0 are left"),
    (lambda r: {"inputs": tensors(r), "outputs": [{"name": "nope"}]}, "inference output 'nope'"),
    (lambda r: {"inputs": tensors(r), "outputs": [{"name": "forecast", "parameters": {"classification": 3}}]},
     "does not do"),
    (lambda r: {"inputs": tensors(r), "parameters": {"sequence_id": 4}}, "sequence_id"),
    (lambda r: {"inputs": tensors(r), "id": 4}, "'id'"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "words"), WRONG, ids=[w[1] for w in WRONG])
def test_what_cannot_be_is_400_with_a_sentence(program, raw, make, words: str) -> None:
    answer = program.infer(make(raw))
    assert answer.status_code == 400, answer.text[:300]
    assert words in error(answer)


def test_binary_that_does_not_add_up_is_refused(program, raw) -> None:
    body, headers = binary(raw)
    length = "Inference-Header-Content-Length"
    for changed, more, words in (
        (body + b"x", headers, "belong to no input"),
        (body[:-1], headers, "are left in the body"),
        (body, headers | {length: "-5"}, "does not fit"),
        (body, headers | {length: str(len(body) + 1)}, "does not fit"),
        (body, headers | {length: "7"}, "JSON Parse error"),
    ):
        answer = program.infer(changed, **more)
        assert answer.status_code == 400
        assert words in error(answer)


def test_texts_in_bytes(program) -> None:
    rows = load_rows(1)

    def sent(texts: bytes) -> tuple[bytes, dict[str, str]]:
        head = {
            "inputs": [
                {"name": "load", "datatype": "FP64", "shape": [1, 168], "parameters": {"binary_data_size": rows.nbytes}},
                {"name": "issued_at", "datatype": "BYTES", "shape": [1], "parameters": {"binary_data_size": len(texts)}},
            ]
        }  # fmt: skip
        text = json.dumps(head).encode()
        return text + rows.tobytes() + texts, {"Inference-Header-Content-Length": str(len(text))}

    body, headers = sent(struct.pack("<I", 10) + b"2026-08-20")
    answer = program.infer(body, model="pretrained.forecast", **headers)
    assert answer.status_code == 200
    assert output(answer, "start")[0, 0] == parse_instant("2026-08-20")
    for texts, words in (
        (struct.pack("<I", 11) + b"2026-08-20", "within a text"),
        (struct.pack("<I", 2) + b"\xff\xfe", "UTF-8"),
        (b"", "not [1]"),
    ):
        body, headers = sent(texts)
        answer = program.infer(body, model="pretrained.forecast", **headers)
        assert (answer.status_code, words in error(answer)) == (400, True)


@pytest.mark.parametrize(
    "path",
    ["/v2/models/foo", "/v2/models/ensemble", "/v2/models/ensemble.forecast", f"{MODEL}/versions/99", f"{MODEL}/ready/x",
     "/v2/repository/index", "/v2/models/..%2F..%2Fetc", "/v2/models/foo/ready"],
)  # fmt: skip
def test_what_is_not_there_is_404(program, path: str) -> None:
    answer = program.get(path)
    assert answer.status_code == 404
    assert error(answer)

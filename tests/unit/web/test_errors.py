"""One JSON form for programs, one calm page for people; never a stack trace."""

from __future__ import annotations

import io
import sys

import pytest


def shape(answer) -> dict:
    body = answer.get_json()
    assert set(body) == {"error"}
    assert set(body["error"]) - {"field"} == {"code", "message", "hint"}
    assert all(isinstance(value, str) for value in body["error"].values())
    assert "Traceback" not in answer.text
    return body["error"]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nope", 404, "not_found"),
        ("GET", "/api/v1/sites/nope", 404, "not_found"),
        ("GET", "/api/v1/points/nope/readings", 404, "not_found"),
        ("DELETE", "/api/v1/sites", 405, "method"),
        ("GET", "/api/v1/sites?limit=0", 422, "invalid"),
        ("GET", "/api/v1/sites?limit=5000", 422, "invalid"),
        ("GET", "/api/v1/sites?offset=x", 422, "invalid"),
        ("GET", "/api/v1/points/casa:grid/readings?start=ayer", 422, "time"),
        ("GET", "/api/v1/points/casa:grid/readings?start=2026-08-02&end=2026-08-01", 422, "time"),
        ("GET", "/api/v1/points/casa:grid/readings?resolution=often", 422, "time"),
        ("GET", "/api/v1/points/casa:grid/forecast?horizon=60d", 422, "time"),
        ("GET", "/api/v1/points/casa:grid/forecast?model=../../etc/passwd", 404, "not_found"),
        ("GET", "/api/v1/sites/vacia/period", 409, "no_readings"),
        ("GET", "/api/v1/sites/vacia/bill/expected", 409, "no_readings"),
        ("GET", "/api/v1/sites/oficina/bill/expected", 422, "bill.no_tariff"),
    ],
)
def test_the_api_has_one_error_form(client, method: str, path: str, status: int, code: str) -> None:
    answer = client.http.open(path, method=method, base_url="http://localhost")
    assert answer.status_code == status
    assert shape(answer)["code"] == code


def test_the_field_that_is_wrong_is_named(client) -> None:
    answer = client.api("/api/v1/sites/casa/recommendations/casa-a1", {"state": "perhaps"})
    assert answer.status_code == 422
    error = shape(answer)
    assert error["field"] == "state"
    assert "accepted" in error["message"]


def test_anonymous_programs_are_told_to_sign_in(world) -> None:
    answer = world.client(None).get("/api/v1/sites")
    assert answer.status_code == 401
    assert shape(answer)["code"] == "sign_in"


def test_too_large_is_refused_before_it_is_read(world) -> None:
    client = world.client()
    client.app.config["MAX_CONTENT_LENGTH"] = 1000
    file = (io.BytesIO(b"x" * 5000), "big.csv")
    page = client.post(
        "/sites/casa/import", "/sites/casa/import", {"file": file}, content_type="multipart/form-data"
    )
    assert page.status_code == 413
    assert "demasiado grande" in page.text
    token = {"X-CSRF-Token": client.token("/settings")}
    file = (io.BytesIO(b"x" * 5000), "big.csv")
    answer = client.http.post(
        "/api/v1/imports", base_url="http://localhost", headers=token, data={"file": file}
    )
    assert answer.status_code == 413
    assert shape(answer)["code"] == "too_large"


def test_a_bug_of_ours_is_a_calm_page_and_a_line_in_the_log(world, monkeypatch, caplog) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(sys.modules["kanchay.web.pages.bill"], "bill_page", broken)
    answer = world.client().get("/sites/casa/bill")
    assert answer.status_code == 500
    assert "Algo falló de nuestro lado" in answer.text
    assert "secret detail" not in answer.text
    assert "secret detail" in caplog.text


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/nope", 404, "No encontramos"),
        ("/sites/nope/", 404, "No encontramos"),
        ("/sites/casa/findings/nope", 404, "No encontramos"),
        ("/sites/casa/import/" + "x" * 32, 404, "ya no está en espera"),
        ("/sites/casa/import/..%2F..%2Fetc", 404, "No encontramos"),
    ],
)
def test_pages_say_what_happened_in_the_readers_language(client, path: str, status: int, said: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert said in answer.text
    assert answer.text.count("<h1>") == 1


def test_the_wrong_method_on_a_page_is_a_page(client) -> None:
    answer = client.http.delete(
        "/sites", base_url="http://localhost", headers={"X-CSRF-Token": client.token("/settings")}
    )
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_store_that_is_gone_is_a_calm_page_too(world, monkeypatch) -> None:
    client = world.client()

    def broken(*_: object) -> None:
        raise OSError("disk full of secrets")

    monkeypatch.setattr(type(world.ctx.records), "unit", broken)
    for path in ("/sites/casa/", "/sign-in", "/api/v1/sites"):
        answer = client.get(path)
        assert answer.status_code == 500, path
        assert "secrets" not in answer.text
    assert "Algo falló de nuestro lado" in client.get("/sites").text


def test_a_store_that_is_busy_is_told_in_a_sentence(world, monkeypatch) -> None:
    import sqlite3

    def locked(*_: object) -> None:
        raise sqlite3.OperationalError("database is locked")

    client = world.client()
    monkeypatch.setattr(sys.modules["kanchay.web.api.bills"], "known_site", locked)
    answer = client.get("/api/v1/sites/casa/bill")
    assert (answer.status_code, shape(answer)["code"]) == (503, "busy")

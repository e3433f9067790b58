"""Who may ask a model: somebody signed in, or a program with the token; nobody else."""

from __future__ import annotations

import re

import pytest

from .conftest import PASSWORD, Program

CLOSED = [
    ("GET", "/v1/models/pretrained"), ("GET", "/v1/models/pretrained/metadata"), ("GET", "/v1/x"),
    ("POST", "/v1/models/pretrained:predict"), ("GET", "/v2"), ("GET", "/v2/models/pretrained"),
    ("GET", "/v2/models/pretrained/ready"), ("POST", "/v2/models/pretrained/infer"), ("POST", "/v2/x"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_nobody_gets_401_and_is_told_how(app, method: str, path: str) -> None:
    answer = app.test_client().open(path, method=method)
    assert answer.status_code == 401
    assert set(answer.json) == {"error"}
    assert answer.headers["WWW-Authenticate"].lower().startswith("bearer")


@pytest.mark.parametrize("token", ["", "no", "0" * 64])
def test_a_wrong_token_opens_nothing(app, home, token: str) -> None:
    program = Program(app, home, token)
    assert program.get("/v2").status_code == 401
    assert program.predict({"instances": []}).status_code == 401


@pytest.mark.parametrize("held", ["", "short", "\n"])
def test_an_empty_or_cut_token_file_opens_nothing(app, program, home, held: str) -> None:
    file = home / "serving.token"
    kept = file.read_text()
    file.write_text(held)
    try:
        assert Program(app, home, held.strip()).get("/v2").status_code == 401
        assert app.test_client().get("/v2").status_code == 401
    finally:
        file.write_text(kept)


def test_the_token_is_kept_private_and_opens_nothing_else(app, program, home) -> None:
    assert (home / "serving.token").stat().st_mode & 0o077 == 0
    assert program.get("/v2").status_code == 200
    assert program.get("/api/v1/sites").status_code == 401
    assert program.get("/metrics").status_code == 401
    metrics = Program(app, home, (home / "metrics.token").read_text().strip())
    assert metrics.get("/metrics").status_code == 200
    assert metrics.get("/v2").status_code == 401


def test_tokens_cannot_be_tried_for_long_but_the_right_one_never_waits(app, program, home) -> None:
    wrong = Program(app, home, "1" * 64)
    codes = [wrong.get("/v2").status_code for _ in range(25)]
    assert codes == [401] * 20 + [429] * 5
    answer = wrong.get("/v2")
    assert int(answer.headers["Retry-After"]) > 0
    assert set(answer.json) == {"error"}
    assert program.get("/v2").status_code == 200


def sign_in(app, email: str):
    """A browser in which that person is signed in."""
    http = app.test_client()

    def token(path: str) -> str:
        found = re.search(r'name="_csrf" value="([^"]+)"', http.get(path).text)
        assert found
        return found[1]

    form = {"_csrf": token("/sign-in"), "email": email, "password": PASSWORD}
    assert http.post("/sign-in", data=form).status_code == 302
    return http, token


def test_a_person_needs_the_token_of_the_page_to_ask(app, raw) -> None:
    http, token = sign_in(app, "ana@example.org")
    csrf = token("/settings")
    assert http.get("/v1/models/pretrained").status_code == 200
    body = {"inputs": {name: a.tolist() for name, a in raw.items()}}
    assert http.post("/v1/models/pretrained:predict", json=body).status_code == 403
    answer = http.post("/v1/models/pretrained:predict", json=body, headers={"X-CSRF-Token": csrf})
    assert answer.status_code == 200


def test_a_role_that_may_read_nothing_may_not_ask(app) -> None:
    http, _ = sign_in(app, "gob@example.org")
    for path in ("/v1/models/pretrained", "/v2"):
        answer = http.get(path)
        assert (answer.status_code, set(answer.json)) == (403, {"error"})


def test_health_says_nothing_more(app) -> None:
    assert app.test_client().get("/v2/health/ready").text == '{"ready": true}\n'


def test_a_demo_shows_its_models_to_this_machine_and_predicts_with_the_token(shelf, tmp_path, raw) -> None:
    from dataclasses import replace

    from kanchay.bootstrap import in_memory
    from kanchay.settings import read_settings
    from kanchay.web import create_app

    home = tmp_path / "demo"
    demo = create_app(
        replace(in_memory(), models=shelf.models), read_settings(home=str(home), locale="en"), demo=True
    )
    http = demo.test_client()
    assert http.get("/v1/models/pretrained", base_url="http://localhost").status_code == 200
    assert http.get("/v1/models/pretrained", base_url="http://another.site").status_code == 401
    body = {"inputs": {name: a.tolist() for name, a in raw.items()}}
    assert (
        http.post("/v1/models/pretrained:predict", json=body, base_url="http://localhost").status_code == 403
    )
    assert Program(demo, home).predict(body).status_code == 200

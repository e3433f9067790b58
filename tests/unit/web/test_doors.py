"""Every route, walked as nobody, as somebody of another organisation, and by role."""

from __future__ import annotations

import base64
import re

import pytest

PUBLIC = {
    "static",
    "auth.sign_in",
    "auth.sign_in_send",
    "auth.claim",
    "auth.claim_send",
    "system.healthz",
    "system.manifest",
    "settings.language",
    "system.metrics",  # metrics asks for its own token
    "open_inference.live",
    "open_inference.ready",
}
OF_A_SITE = ("site_id", "point_id", "finding_id", "recommendation_id")


def routes(app, **values: str) -> list[tuple[str, str, str]]:
    """Method, address and endpoint of every route, its places filled."""
    served = {"model": "pretrained", "version": "1", "label": "champion", "alias": "champion", "rest": "x"}
    filled = {"token": "x" * 32, "code": "en", "filename": "kanchay.css", **served, **values}
    found = []
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<(?:\w+(?:\(.*?\))?:)?(\w+)>", lambda m: filled.get(m[1], "1"), rule.rule)
        found += [(method, address, rule.endpoint) for method in sorted(rule.methods - {"HEAD", "OPTIONS"})]
    return found


MINE = {"site_id": "casa", "point_id": "casa:grid", "finding_id": "casa-f1", "recommendation_id": "casa-a1"}
THEIRS = {key: value.replace("casa", "ajena") for key, value in MINE.items()}


def test_nobody_sees_nothing(world) -> None:
    app = world.app()
    walked = 0
    for method, address, endpoint in routes(app, **MINE):
        if endpoint in PUBLIC:
            continue
        answer = app.test_client().open(address, method=method, base_url="http://localhost")
        closed = answer.status_code == 302 and answer.location.startswith("/sign-in")
        assert closed or answer.status_code == 401, f"{method} {address}: {answer.status_code}"
        assert "Casa" not in answer.text, address
        walked += 1
    assert walked > 35


def test_public_views_are_the_listed_ones_and_no_more(world) -> None:
    app = world.app()
    opened = {name for name, view in app.view_functions.items() if getattr(view, "_kanchay_public", False)}
    assert opened == PUBLIC - {"static"}


def test_metrics_want_their_token(world) -> None:
    http = world.app().test_client()
    assert http.get("/metrics").status_code == 401
    assert http.get("/metrics", headers={"Authorization": "Bearer no"}).status_code == 401
    token = (world.settings.home / "metrics.token").read_text().strip()
    answer = http.get("/metrics", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 200
    assert "kanchay_readings " in answer.text
    assert "casa" not in answer.text  # no id of a site in a label


def test_what_belongs_to_others_is_not_there(world) -> None:
    client = world.client()
    token = client.token("/settings")
    walked = 0
    for method, address, endpoint in routes(client.app, **THEIRS):
        if endpoint in PUBLIC or not any(value in address for value in THEIRS.values()):
            continue
        headers = {"X-CSRF-Token": token}
        answer = client.http.open(
            address, method=method, base_url="http://localhost", headers=headers, json={"state": "done"}
        )
        assert answer.status_code == 404, f"{method} {address}: {answer.status_code}"
        assert "secreta" not in answer.text, address
        walked += 1
    assert walked > 25


def test_mixing_my_site_with_their_rows_finds_nothing(world) -> None:
    client = world.client()
    mixed = MINE | {"finding_id": "ajena-f1", "recommendation_id": "ajena-a1"}
    assert client.get(f"/sites/casa/findings/{mixed['finding_id']}").status_code == 404
    page = "/sites/casa/findings"
    assert client.post("/sites/casa/findings/ajena-f1/dismiss", page).status_code == 404
    assert (
        client.post("/sites/casa/recommendations/ajena-a1", page, {"answer": "accepted"}).status_code == 404
    )
    assert client.api("/api/v1/sites/casa/recommendations/ajena-a1", {"state": "accepted"}).status_code == 404


@pytest.mark.parametrize("path", ["/sites", "/settings", "/api/v1/sites", "/sites/casa/", "/api/v1/me"])
def test_lists_hold_no_trace_of_others(client, path: str) -> None:
    text = client.get(path).text
    assert "secreta" not in text
    assert "eva@example.org" not in text


WRITES = [
    ("/sites/new", "/sites/new", {"name": "Otra", "tz": "America/Lima", "billing_day": "1"}),
    ("/sites/casa/edit", "/sites/casa/edit", {"name": "Cambiada", "tz": "America/Lima", "billing_day": "5"}),
    ("/sites/casa/findings/check", "/sites/casa/findings", {}),
    ("/sites/casa/findings/casa-f1/dismiss", "/sites/casa/findings", {}),
    ("/sites/casa/recommendations/casa-a1", "/sites/casa/findings", {"answer": "accepted"}),
    ("/sites/casa/import", "/sites/casa/import", {}),
]


@pytest.mark.parametrize(("path", "page", "form"), WRITES, ids=[w[0] for w in WRITES])
def test_who_may_only_look_changes_nothing(world, path: str, page: str, form: dict[str, str]) -> None:
    client = world.client("vic@example.org")
    assert client.get(page).status_code == 200
    assert client.post(path, page, form).status_code == 403
    assert "Cambiada" not in client.get("/sites").text


def test_the_api_refuses_the_same(world) -> None:
    client = world.client("vic@example.org")
    answer = client.api("/api/v1/sites/casa/recommendations/casa-a1", {"state": "accepted"})
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "denied")


def test_an_agency_sees_no_household(world) -> None:
    client = world.client("gob@example.org")
    for path in (
        "/sites/casa/",
        "/sites/casa/bill",
        "/api/v1/sites/casa",
        "/api/v1/points/casa:grid/readings",
        "/api/v1/sites",
    ):
        answer = client.get(path)
        assert answer.status_code in (403, 404), path
        assert "Casa" not in answer.text, path


def _row_counts(world) -> dict[str, int]:
    from kanchay.services.people.policy import operator_scope

    kinds = (
        "sites",
        "points",
        "users",
        "runs",
        "forecasts",
        "findings",
        "recommendations",
        "bills",
        "imports",
        "audit",
    )
    with world.ctx.records.unit(operator_scope()) as unit:
        return {kind: len(getattr(unit, kind).find()) for kind in kinds}


def _walk(client, token: str, methods: frozenset[str], **values: str):
    """Every closed route whose method is one of these, with its answer; the API gets JSON, pages a form."""
    for method, address, endpoint in routes(client.app, **values):
        if endpoint in PUBLIC or method not in methods or endpoint == "auth.sign_out":
            continue
        body = (
            {"json": {"state": "done", "site_id": values["site_id"]}} if "/api/" in address else {"data": {}}
        )
        sent = {"method": method, "base_url": "http://localhost", "headers": {"X-CSRF-Token": token}}
        yield method, address, client.http.open(address, **sent, **body)


def token_of(client) -> str:
    """The token of the session, under a mask of zeros."""
    with client.http.session_transaction() as session:
        return base64.urlsafe_b64encode(bytes(24) + bytes.fromhex(session["csrf"])).decode()


WRITING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
# What a signed-in person may send without the right to write: words for this browser, an upload of one's own.
HARMLESS = {"/settings", "/sites/casa/import/" + "x" * 32 + "/cancel"}


def person(world, role: str, organisation: str = "default"):
    """A browser in which somebody of that role is signed in."""
    from kanchay.domain.scope import Role
    from kanchay.services.people.policy import operator_scope
    from kanchay.services.people.sign_in import create_user

    create_user(
        world.ctx, operator_scope(), f"{role}@roles.example", role, "una frase larga y facil", role=Role(role),
        organisation_id=organisation,
    )  # fmt: skip
    return world.client(f"{role}@roles.example")


@pytest.mark.parametrize("role", ["agency", "provider"])
def test_who_gets_aggregates_only_sees_no_household_on_any_route(world, role: str) -> None:
    client = person(world, role)
    before, walked = _row_counts(world), 0
    token = token_of(client)
    for method, address, answer in _walk(client, token, WRITING | {"GET"}, **MINE):
        held = [
            word
            for word in ("Casa Ñ", "Oficina", "Medidor", "casa-f1", "ana@example.org")
            if word in answer.text
        ]
        shown = [word for word in held if word not in address]  # an error names what was asked for
        assert shown == [], (method, address, shown)
        of_a_site = any(value in address for value in MINE.values())
        assert answer.status_code in (400, 403, 404, 415, 422) or not of_a_site or address in HARMLESS, (
            address
        )
        assert answer.status_code < 500, (method, address)
        walked += 1
    assert walked > 35
    assert _row_counts(world) == before


@pytest.mark.parametrize("role", ["viewer", "analyst"])
def test_who_may_only_look_writes_on_no_route(world, role: str) -> None:
    client = person(world, role)
    before = _row_counts(world)
    token = token_of(client)
    for method, address, answer in _walk(client, token, WRITING, **MINE):
        refused = 400 <= answer.status_code < 500
        assert refused or address in HARMLESS, (method, address, answer.status_code)
    assert _row_counts(world) == before


def test_looking_stores_nothing(world) -> None:
    """No address that is only looked at writes a row, whoever looks; who takes readings along is noted."""
    client = world.client()
    before = _row_counts(world)
    taken = 0
    for _, address, answer in _walk(client, "", frozenset({"GET"}), **MINE):
        assert answer.status_code < 500, address
        taken += "attachment" in answer.headers.get("Content-Disposition", "") and "export" in address
    after = _row_counts(world)
    assert after.pop("audit") - before.pop("audit") == taken > 0
    assert after == before


def test_no_route_changes_anything_without_the_token_of_the_page(world) -> None:
    client = world.client()
    before = _row_counts(world)
    for method, address, answer in _walk(client, "", WRITING, **MINE):
        assert answer.status_code == 403, (method, address, answer.status_code)
    assert _row_counts(world) == before


def test_neither_words_nor_status_tell_absent_from_others(world) -> None:
    """An id of somebody else is answered like one that never was."""
    absent = {key: value.replace("casa", "zzzzz") for key, value in MINE.items()}

    def said(values: dict[str, str], name: str) -> list[tuple[int, str]]:
        client = world.client()  # its own: a page shows what the last one said
        answers = _walk(client, token_of(client), WRITING | {"GET"}, **values)
        plain = [(a.status_code, re.sub(r"[\w-]{64}", "", a.text).replace(name, "ID")) for _, _, a in answers]
        return plain

    for theirs, none in zip(said(THEIRS, "ajena"), said(absent, "zzzzz"), strict=True):
        assert theirs == none

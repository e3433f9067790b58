"""Who gets in, who does not, and how often one may try."""

from __future__ import annotations

import pytest

from kanchay.services.people.sign_in import one_time_link


def test_signing_in_leads_to_where_one_wanted_to_go(world) -> None:
    client = world.client(None)
    sent = client.get("/sites/casa/bill")
    assert sent.status_code == 302
    assert sent.location == "/sign-in?next=/sites/casa/bill"
    form = {"email": "ANA@example.org ", "password": "una frase larga y facil", "next": "/sites/casa/bill"}
    assert client.post("/sign-in", "/sign-in", form).location == "/sites/casa/bill"
    assert client.get("/sites/casa/bill").status_code == 200


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_next_never_leaves_the_house(world, target: str) -> None:
    form = {"email": "ana@example.org", "password": "una frase larga y facil", "next": target}
    assert world.client(None).post("/sign-in", "/sign-in", form).location == "/"


def test_a_wrong_password_is_told_in_one_sentence_and_keeps_the_email(world) -> None:
    answer = world.client(None).sign_in("ana@example.org", "no es esta frase")
    assert answer.status_code == 401
    assert "no coincide" in answer.text
    assert 'value="ana@example.org"' in answer.text
    assert "no es esta frase" not in answer.text


def test_after_five_wrong_passwords_there_is_a_pause(world) -> None:
    client = world.client(None)
    for _ in range(5):
        assert client.sign_in("ana@example.org", "no es esta frase").status_code == 401
    blocked = client.sign_in("ana@example.org")
    assert blocked.status_code == 429
    assert 0 < int(blocked.headers["Retry-After"]) <= 901
    assert "Demasiados intentos" in blocked.text


def test_nobody_is_locked_out_by_tries_from_elsewhere(world) -> None:
    client = world.client(None)
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.9"}}
    for _ in range(6):
        form = {"email": "ana@example.org", "password": "no es esta frase"}
        client.post("/sign-in", "/sign-in", form, **elsewhere)
    assert client.sign_in("ana@example.org").status_code == 302


def test_a_place_that_tries_many_people_is_stopped(world) -> None:
    client = world.client(None)
    codes = [client.sign_in(f"p{i}@example.org", "no es esta frase").status_code for i in range(21)]
    assert codes == [401] * 20 + [429]


def test_signing_out_ends_the_session(client) -> None:
    assert client.post("/sign-out", "/settings").status_code == 302
    assert client.get("/settings").status_code == 302


def test_a_changed_password_ends_older_sessions(world, client) -> None:
    from dataclasses import replace

    from kanchay.services.people.policy import operator_scope

    with world.ctx.records.unit(operator_scope()) as unit:
        user = unit.users.find(email="ana@example.org")[0]
        unit.users.put(replace(user, password_hash=user.password_hash + "x"))
    assert client.get("/settings").status_code == 302


def test_the_one_time_link_makes_an_owner_once(world) -> None:
    token = one_time_link(world.ctx)
    client = world.client(None)
    form = {"email": "new@example.org", "name": "Nueva", "password": "otra frase bien larga"}
    short = client.post(f"/claim/{token}", f"/claim/{token}", form | {"password": "corta"})
    assert short.status_code == 422
    assert "menos de 10" in short.text
    assert client.post(f"/claim/{token}", f"/claim/{token}", form).location == "/"
    assert "new@example.org" in client.get("/settings").text
    again = world.client(None).post(f"/claim/{token}", f"/claim/{token}", form | {"email": "x@example.org"})
    assert again.status_code == 422


def test_guessing_links_is_slowed_down(world) -> None:
    client = world.client(None)
    form = {"email": "x@example.org", "name": "X", "password": "otra frase bien larga"}
    codes = [client.post(f"/claim/guess{i}", "/sign-in", form).status_code for i in range(6)]
    assert codes == [422] * 5 + [429]


@pytest.mark.parametrize(
    ("peer", "host", "headers", "inside"),
    [
        ("127.0.0.1", "localhost", {}, True),
        ("127.0.0.1", "127.0.0.1:8000", {}, True),
        ("::1", "[::1]:8000", {}, True),
        ("192.168.1.7", "localhost", {}, False),
        ("127.0.0.1", "evil.example", {}, False),  # DNS rebinding
        ("127.0.0.1", "localhost", {"X-Forwarded-For": "203.0.113.9"}, False),  # a proxy in front
    ],
)
def test_the_demo_signs_in_by_itself_on_this_machine_only(world, peer, host, headers, inside) -> None:
    from kanchay.services.people.policy import operator_scope

    with world.ctx.records.unit(operator_scope()) as unit:
        for user in unit.users.find():  # a demo that somebody owns asks for the password
            unit.users.remove(user.id)
    http = world.app(demo=True).test_client()
    answer = http.get(
        "/settings", base_url=f"http://{host}", environ_overrides={"REMOTE_ADDR": peer}, headers=headers
    )
    assert answer.status_code == (200 if inside else 302)


def test_without_the_demo_nobody_is_signed_in_by_itself(world) -> None:
    assert world.client(None).get("/settings").status_code == 302


def test_the_session_cookie_is_closed(world) -> None:
    cookie = world.client(None).sign_in("ana@example.org").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "ana" not in cookie


def test_the_key_that_signs_is_for_its_owner_only(world) -> None:
    world.app()
    assert (world.settings.home / "secret.key").stat().st_mode & 0o777 == 0o600

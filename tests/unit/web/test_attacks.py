"""What a hostile browser, file or neighbour tries, and what becomes of it."""

from __future__ import annotations

import io
import re
import time
from dataclasses import replace

import pytest

from kanchay.domain.scope import Role
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sign_in import create_owner, create_user, one_time_link
from kanchay.services.people.sites import get_site, list_points, update_site
from kanchay.web.uploads import Uploads

OPERATOR = operator_scope()
R = "/api/v1/points/casa:grid/readings?"
LONG = "9" * 5000


@pytest.mark.parametrize(
    "query",
    [
        f"start=-{'9' * 23}&end=5", f"end={'9' * 30}", f"start={LONG}", "start=--5", "start=²&end=5", "start=nan",
        "start=1e9", "end=9223372036854775807", "start=-9223372036854775808&end=0",
        f"resolution={'9' * 17}d", f"resolution={'9' * 30}d", f"resolution={LONG}d", "resolution=PT0S",
        "resolution=0min", "start=0000-01-01", "end=9999-12-31T23:59:59-12:00",
    ],
)  # fmt: skip
def test_a_window_that_cannot_be_is_told_in_a_sentence(client, query: str) -> None:
    answer = client.get(R + query)
    assert answer.status_code == 422, answer.text
    assert len(answer.json["error"]["message"]) < 300


def test_a_window_of_ten_thousand_years_is_cut_to_a_page(client) -> None:
    answer = client.get(R + "start=0001-01-02&end=9999-12-30&resolution=1d")
    assert answer.status_code == 200
    assert len(answer.json["start"]) <= 10_000
    assert answer.json["next"]


@pytest.mark.parametrize("query", ["horizon=PT0S", f"horizon={LONG}d", f"horizon={'9' * 30}d", "model=%00"])
def test_a_forecast_that_cannot_be_is_told_too(client, query: str) -> None:
    assert client.get(f"/api/v1/points/casa:grid/forecast?{query}").status_code in (404, 422)


BODIES = {
    "deep": "[" * 200_000,
    "deeper": '{"state":' * 100_000,
    "a number without end": '{"state":"done","reason":' + "1" * 6000 + "}",
    "not UTF-8": b"\xff\xfe\xfa",
    "cut": '{"state":',
    "a list": "[1]",
    "null": "null",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=list(BODIES))
def test_json_that_is_none_is_refused(client, body: str) -> None:
    sent = {
        "data": body,
        "content_type": "application/json",
        "headers": {"X-CSRF-Token": client.token("/settings")},
    }
    answer = client.http.post(
        "/api/v1/sites/casa/recommendations/casa-a1", base_url="http://localhost", **sent
    )
    assert answer.status_code in (400, 422)
    assert set(answer.json["error"]) >= {"code", "message", "hint"}


def test_json_beyond_a_megabyte_is_refused(client) -> None:
    body = {"state": "done", "reason": "x" * 2_000_000}
    assert client.api("/api/v1/sites/casa/recommendations/casa-a1", body).status_code == 413


@pytest.mark.parametrize(
    "target",
    ["/\t/evil.example", "/\t//evil.example", "/\n/evil.example", "/\r\nSet-Cookie: a=b", "\x0b//evil.example",
     "///evil.example", "http:evil.example", "http:///evil.example", " //evil.example", "/\x00"],
)  # fmt: skip
def test_next_is_not_fooled_by_what_browsers_leave_out(client, target: str) -> None:
    answer = client.http.get("/language/es", query_string={"next": target}, base_url="http://localhost")
    assert (answer.status_code, answer.location) == (302, "/")


FORM = {"name": "Casa", "tz": "America/Lima", "billing_day": "5", "country": "PE", "currency": "PEN", "kind": "home",
        "tariff_id": "pe.luz_del_sur.lima_sur.bt5b", "with_parameters": "1"}  # fmt: skip


@pytest.mark.parametrize("field", ["floor_area_m2", "p-alumbrado"])
@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity", "1e999999", "1e9999999999", "-5", "1" * 400])
def test_numbers_that_are_none_do_not_get_in(client, field: str, number: str) -> None:
    answer = client.post("/sites/casa/edit", "/sites/casa/edit", FORM | {field: number})
    assert answer.status_code == 422
    assert client.get("/sites/casa/bill").status_code == 200


def test_a_reading_day_is_one_of_ten_digits(client) -> None:
    for day in ("²", "9" * 5000, "٣٣"):
        assert (
            client.post("/sites/casa/edit", "/sites/casa/edit", FORM | {"billing_day": day}).status_code
            == 422
        )


HOSTILE = "</script><script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}${7*7}<!--&amp;\u2028"


def raw(text: str) -> list[str]:
    """Signs of a name that went into a page as it is."""
    marks = ("<script>alert", "<img src=x", "onerror=alert(1)>", ">49", "{{49}}")
    return [mark for mark in marks if mark in text]


@pytest.fixture
def hostile(world, make_finding, make_advice):
    """The home with a name, points, findings and advice written by somebody who means harm."""
    ctx = world.ctx
    update_site(ctx, OPERATOR, replace(get_site(ctx, OPERATOR, "casa"), name=HOSTILE[:80]))
    points = list_points(ctx, OPERATOR, "casa")
    with ctx.records.unit(OPERATOR) as unit:
        for point in points:
            unit.points.put(replace(point, name=HOSTILE))
        words = {"cause": HOSTILE, "actions": (HOSTILE,)}
        unit.findings.put(make_finding("casa", **words))
        unit.findings.put(make_finding("casa", name="f2", money=None, uncosted_because=HOSTILE))
        unit.recommendations.put(make_advice("casa", state_reason=HOSTILE, why=(HOSTILE,)))
    return world


PAGES = ["/", "/sites", "/sites/casa/", "/sites/casa/findings", "/sites/casa/findings/casa-f1", "/sites/casa/bill",
         "/sites/casa/findings/casa-f2", "/sites/casa/forecast", "/sites/casa/import", "/sites/casa/edit",
         "/settings"]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_no_name_becomes_a_script(hostile, path: str) -> None:
    answer = hostile.client().get(path)
    assert answer.status_code in (200, 302)
    assert raw(answer.text) == []
    for spec in re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', answer.text, re.S):
        assert "<" not in spec


def test_no_name_becomes_a_script_in_the_report(hostile) -> None:
    from kanchay.services.operations.report import month_report
    from kanchay.web.report import render_report

    report = month_report(hostile.ctx, OPERATOR, "casa")
    for locale in ("es", "en"):
        page = render_report(report, hostile.ctx.library.texts(locale), locale, again=f"kanchay {HOSTILE}")
        assert "&lt;/script&gt;" in page
        assert raw(page) == []


def csv_of(name: str, column: str) -> bytes:
    rows = "".join(
        f"2026-08-{d:02d} {h:02d}:00,{(d * h) % 5 + 0.5}\n" for d in range(1, 15) for h in range(24)
    )
    return f'time,"{column} kWh"\n{rows}'.encode()


def test_no_file_and_no_column_becomes_a_script(fresh) -> None:
    client = fresh.client()
    column = HOSTILE.replace('"', "").replace("\u2028", "")
    file = (io.BytesIO(csv_of("x", column)), "<img src=x onerror=alert(1)>.csv")
    sent = client.post(
        "/sites/vacia/import", "/sites/vacia/import", {"file": file}, content_type="multipart/form-data"
    )
    page = client.get(sent.location)
    assert page.status_code == 200
    assert raw(page.text) == []
    client.post(sent.location, sent.location)
    for path in ("/sites/vacia/", "/sites/vacia/import", "/sites/vacia/forecast"):
        assert raw(client.get(path).text) == []


NAMES = ["../../../etc/cron.d/x", "..\\..\\x.csv", "/etc/passwd", "a" * 400 + ".csv", "owner", ".", "..", "\x00.csv",
         "con.csv", "ñ" * 300 + ".csv", "x/../../owner", ".bashrc"]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_a_file_stays_in_its_folder_whatever_its_name(world, name: str) -> None:
    from werkzeug.datastructures import FileStorage

    uploads = Uploads(world.settings.home)
    kept = uploads.keep(FileStorage(io.BytesIO(b"x"), filename=name), "ana")
    assert kept.path.resolve().parent.parent == (world.settings.home / "uploads").resolve()
    assert kept.path.read_bytes() == b"x"
    assert uploads.find(kept.token, "ana").path == kept.path
    assert (kept.path.parent / "owner").read_text() == "ana"
    assert kept.path.parent.stat().st_mode & 0o077 == 0


def test_what_waits_is_bounded_and_is_nobody_elses(world) -> None:
    from werkzeug.datastructures import FileStorage

    from kanchay.domain.errors import NotFound

    uploads = Uploads(world.settings.home)
    kept = [uploads.keep(FileStorage(io.BytesIO(b"x"), filename="a.csv"), "ana") for _ in range(9)]
    theirs = uploads.keep(FileStorage(io.BytesIO(b"x"), filename="a.csv"), "eva")
    assert len(list((world.settings.home / "uploads").iterdir())) == 6
    assert uploads.find(kept[-1].token, "ana").path.exists()
    for token in (theirs.token, "../" + theirs.token, "x" * 32, kept[0].token):
        with pytest.raises(NotFound):
            uploads.find(token, "ana")


def test_what_waited_an_hour_is_gone_without_another_upload(world, monkeypatch) -> None:
    from werkzeug.datastructures import FileStorage

    from kanchay.domain.errors import NotFound

    uploads = Uploads(world.settings.home)
    kept = uploads.keep(FileStorage(io.BytesIO(b"x"), filename="a.csv"), "ana")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 3700)
    with pytest.raises(NotFound):
        uploads.find(kept.token, "ana")
    assert not kept.path.exists()


def test_an_upload_that_breaks_off_leaves_nothing(world) -> None:
    from werkzeug.datastructures import FileStorage

    class Broken(io.BytesIO):
        def read(self, *_: object) -> bytes:
            raise ConnectionError("gone")

    with pytest.raises(ConnectionError):
        Uploads(world.settings.home).keep(FileStorage(Broken(), filename="a.csv"), "ana")
    assert list((world.settings.home / "uploads").iterdir()) == []


PRIVATE = ["/sites/casa/", "/settings", "/api/v1/sites", "/sign-in", "/claim/" + "x" * 32, "/healthz"]


@pytest.mark.parametrize("path", PRIVATE)
def test_a_shared_phone_keeps_no_page(client, path: str) -> None:
    assert "no-store" in client.get(path).headers["Cache-Control"]


def test_cookies_that_came_over_tls_stay_on_it(world) -> None:
    http = world.app().test_client()
    assert "Secure" in http.get("/sign-in", base_url="https://localhost").headers["Set-Cookie"]
    assert "Secure" not in world.app().test_client().get("/sign-in").headers["Set-Cookie"]


def peek(world, peer: str = "127.0.0.1", host: str = "localhost", **headers: str) -> int:
    http = world.app(demo=True).test_client()
    sent = {"environ_overrides": {"REMOTE_ADDR": peer}, "headers": headers}
    return http.get("/settings", base_url=f"http://{host}", **sent).status_code


def test_the_demo_is_no_door_into_what_somebody_owns(world) -> None:
    assert peek(world) == 302  # Ana owns it: whoever sits at the machine needs her password


@pytest.fixture
def unowned(world):
    with world.ctx.records.unit(OPERATOR) as unit:
        for user in unit.users.find():
            unit.users.remove(user.id)
    return world


@pytest.mark.parametrize(
    "header", ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "x-real-ip",
               "CF-Connecting-IP", "True-Client-IP"],
)  # fmt: skip
def test_the_demo_lets_nobody_in_through_a_proxy(unowned, header: str) -> None:
    assert peek(unowned) == 200
    assert peek(unowned, **{header: "127.0.0.1"}) == 302


@pytest.mark.parametrize(
    ("peer", "host"),
    [("::ffff:192.168.1.7", "localhost"), ("::ffff:192.168.1.7", "[::1]"), ("", "localhost"),
     ("127.0.0.1", "localhost.evil.example"), ("127.0.0.1", "127.0.0.1.nip.io"), ("127.0.0.1", "0.0.0.0"),
     ("192.168.1.7", "127.0.0.1"), ("fe80::1%lo", "localhost")],
)  # fmt: skip
def test_the_demo_knows_its_own_machine(unowned, peer: str, host: str) -> None:
    assert peek(unowned, peer, host) == 302


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded"])
def test_a_header_does_not_lift_the_pause(world, header: str) -> None:
    client = world.client(None)
    form = {"email": "ana@example.org", "password": "no es esta frase"}
    codes = [
        client.post("/sign-in", "/sign-in", form, headers={header: f"10.0.0.{i}"}).status_code
        for i in range(6)
    ]
    assert codes == [401] * 5 + [429]


def test_a_password_without_end_costs_no_time(world) -> None:
    client = world.client(None)
    assert client.sign_in("ana@example.org", "x" * 900_000).status_code == 401
    token = one_time_link(world.ctx)
    form = {"email": "x@example.org", "name": "x" * 9000, "password": "x" * 5000}
    assert client.post(f"/claim/{token}", f"/claim/{token}", form).status_code == 422
    assert client.post(f"/claim/{token}", f"/claim/{token}", form | {"password": "y" * 30}).location == "/"
    with world.ctx.records.unit(OPERATOR) as unit:
        assert len(unit.users.find(email="x@example.org")[0].actor.name) <= 120


def test_an_owner_made_by_hand_ends_the_open_link(world) -> None:
    token = one_time_link(world.ctx)
    create_owner(world.ctx, "otro@example.org", "Otro", "una frase larga y facil")
    form = {"email": "x@example.org", "name": "X", "password": "otra frase bien larga"}
    assert world.client(None).post(f"/claim/{token}", f"/claim/{token}", form).status_code == 422


def test_signing_in_starts_a_new_session(world) -> None:
    client = world.client(None)
    client.get("/sign-in")
    with client.http.session_transaction() as session:
        session["planted"] = "by somebody else"
        before = session["csrf"]
    client.sign_in("ana@example.org")
    with client.http.session_transaction() as session:
        assert "planted" not in session
        assert session.get("csrf") != before


def test_no_token_password_or_address_of_mail_gets_into_the_log(world, monkeypatch, caplog) -> None:
    from kanchay.services.people import sign_in as people

    caplog.set_level(0)
    token = one_time_link(world.ctx)
    client = world.client(None)
    form = {"email": "nueva@example.org", "name": "N", "password": "otra frase bien larga"}

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(people, "claim_owner", broken)
    answer = client.post(f"/claim/{token}", f"/claim/{token}", form)
    assert answer.status_code == 500
    client.sign_in("ana@example.org", "no es esta frase")
    client.sign_in("ana@example.org")
    for secret in (token, "otra frase", "nueva@example.org", "ana@example.org", "no es esta", "una frase"):
        assert secret not in caplog.text


def test_who_may_see_one_site_sees_no_other(world) -> None:
    create_user(
        world.ctx, OPERATOR, "uno@example.org", "Uno", "una frase larga y facil", role=Role.RESIDENT,
        organisation_id="default", site_ids=frozenset({"casa"}),
    )  # fmt: skip
    client = world.client("uno@example.org")
    assert client.get("/sites/casa/").status_code == 200
    assert client.get("/sites/oficina/").status_code == 404
    assert client.get("/api/v1/points/oficina:grid/readings").status_code == 404
    assert "Oficina" not in client.get("/sites").text


ANSWERS = [("tz", "../../etc/passwd"), ("tz", "\0"), ("unit", HOSTILE), ("kind", "zzz"), ("direction", "zzz"),
           ("label", "zzz"),
           ("resolution", "PT0S"), ("resolution", LONG + "d"), ("resolution", "99999999d"), ("decimal", "zz"),
           ("clock", "zz"), ("day_first", "zz")]  # fmt: skip


def test_answers_to_a_preview_that_cannot_be_are_told(world) -> None:
    client = world.client()
    file = (io.BytesIO(csv_of("x", "a")), "a.csv")
    form = {"content_type": "multipart/form-data"}
    page = client.post("/sites/vacia/import", "/sites/vacia/import", {"file": file}, **form).location
    for name, value in ANSWERS:
        answer = client.http.get(page, query_string={name: value}, base_url="http://localhost")
        assert answer.status_code in (200, 422), (name, value)
        assert raw(answer.text) == []
        sent = {"file": (io.BytesIO(csv_of("x", "a")), "a.csv"), name: value}
        answer = client.http.post(
            "/api/v1/imports",
            base_url="http://localhost",
            data=sent,
            headers={"X-CSRF-Token": client.token("/settings")},
        )
        assert answer.status_code in (200, 422), (name, value)

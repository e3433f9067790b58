"""The API: described, bounded, and the same data as the command line prints."""

from __future__ import annotations

import io
import re

import jsonschema
import pytest

from kanchay.domain.finding import Finding
from kanchay.domain.forecast import PeriodForecast
from kanchay.plain import plain
from kanchay.services.forecasting.period import forecast_period
from kanchay.services.people.policy import operator_scope
from kanchay.web.api.schema import schema_of

ANSWERED = [
    "/api/v1/me",
    "/api/v1/sites",
    "/api/v1/sites/casa",
    "/api/v1/sites/casa/points",
    "/api/v1/points/casa:grid/readings",
    "/api/v1/points/casa:grid/forecast",
    "/api/v1/points/casa:grid/forecast-daily",
    "/api/v1/sites/casa/period",
    "/api/v1/sites/casa/findings",
    "/api/v1/sites/casa/recommendations",
    "/api/v1/sites/casa/bill",
    "/api/v1/sites/casa/bill/expected",
    "/api/v1/sites/casa/bill/options",
    "/api/v1/sites/casa/bill/prices",
    "/api/v1/sites/casa/bill/prices?format=emhass",
    "/api/v1/sites/casa/bill/prices?format=evcc",
    "/api/v1/sites/casa/bill/prices?format=flexmeasures&feed_in=true",
    "/api/v1/tariffs",
    "/api/v1/tariffs/pe.pluz.lima_norte.bt5i",
    "/healthz",
]


def spec(client) -> dict:
    return client.get("/api/openapi.json").json


def schema_at(described: dict, path: str) -> dict:
    """The documented 200 schema of the route that a path belongs to."""
    for template, item in described["paths"].items():
        pattern = re.sub(r"\{(\w+)\}", r"[^/]+", template)
        if re.fullmatch(pattern, path.partition("?")[0]):
            return item["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    raise AssertionError(path)


def test_the_description_is_openapi_3_1_and_valid(client) -> None:
    from openapi_spec_validator import validate

    described = spec(client)
    assert described["openapi"] == "3.1.0"
    validate(described)
    assert len(described["paths"]) >= 13
    assert not [path for path in described["paths"] if not path.startswith(("/api/v1", "/healthz"))]


def test_every_route_of_the_api_is_described_with_its_errors(client) -> None:
    for path, item in spec(client)["paths"].items():
        for operation in item.values():
            assert operation["summary"]
            if path.startswith("/api/"):
                error = operation["responses"]["401"]["content"]["application/json"]["schema"]
                assert error["required"] == ["error"], path


@pytest.mark.parametrize("path", ANSWERED)
def test_answers_are_as_described(client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    jsonschema.validate(answer.json, schema_at(spec(client), path))


def test_lists_are_bounded_and_go_on(client) -> None:
    first = client.get("/api/v1/sites?limit=2").json
    assert [s["id"] for s in first["items"]] == ["vacia", "casa"]
    assert first["next"] == 2
    rest = client.get("/api/v1/sites?limit=2&offset=2").json
    assert [s["id"] for s in rest["items"]] == ["oficina"]
    assert rest["next"] is None


def test_readings_are_bounded_and_gaps_are_null(client) -> None:
    whole = client.get("/api/v1/points/casa:grid/readings?start=2026-06-24&end=2026-08-22&resolution=1h").json
    assert whole["next"] is None
    assert sum(v is None for v in whole["value"]) == 3
    assert len(whole["value"]) == 59 * 24
    bounded = client.get(
        "/api/v1/points/casa:grid/readings?start=2025-01-01&end=2026-08-22&resolution=5min"
    ).json
    assert len(bounded["start"]) == 10_000
    assert bounded["next"] == bounded["start"][-1] + 300


def test_a_day_sums_its_hours(client) -> None:
    day = client.get("/api/v1/points/casa:grid/readings?start=2026-08-10&end=2026-08-11&resolution=1d").json
    hours = client.get("/api/v1/points/casa:grid/readings?start=2026-08-10&end=2026-08-11&resolution=1h").json
    assert day["value"] == [pytest.approx(sum(hours["value"]))]
    assert day["resolution_s"] == 86400


def test_quantiles_of_a_forecast_never_cross(client) -> None:
    rows = client.get("/api/v1/points/casa:grid/forecast?horizon=6h").json["rows"]
    assert len(rows) == 6
    for row in rows:
        values = [row[name] for name in ("q025", "q05", "q10", "q25", "q50", "q75", "q90", "q95", "q975")]
        assert values == sorted(values)


def test_the_period_is_what_the_use_case_answers(client, world) -> None:
    own = forecast_period(world.ctx, operator_scope(), "casa")
    assert client.get("/api/v1/sites/casa/period").json == plain(own)


def test_answering_a_recommendation_and_taking_it_back(client) -> None:
    path = "/api/v1/sites/casa/recommendations/casa-a1"
    assert client.api(path, {"state": "accepted"}).json["state"] == "accepted"
    assert client.get("/api/v1/sites/casa/recommendations").json["items"][0]["state"] == "accepted"
    assert client.api(path, {"state": "proposed"}).json["state"] == "proposed"
    declined = client.api(path, {"state": "declined", "reason": "too_dear"}).json
    assert (declined["state"], declined["state_reason"]) == ("declined", "too_dear")


CSV = "fecha;kwh\n" + "".join(
    f"{d:02}/07/2026 {h:02}:00;0,{10 + h}\n" for d in range(20, 23) for h in range(24)
)


def upload(client, name: str = "julio.csv", text: str = CSV, **more: str):
    headers = {"X-CSRF-Token": client.token("/settings")}
    data = {"file": (io.BytesIO(text.encode()), name), **more}
    return client.http.post("/api/v1/imports", base_url="http://localhost", data=data, headers=headers)


def test_previewing_then_storing_a_file(fresh) -> None:
    client = fresh.client()
    answer = upload(client, tz="America/Lima", unit="kWh")
    assert answer.status_code == 200
    series = answer.json["preview"]["series"]
    assert [(s["n"], s["timezone"]) for s in series] == [(72, "America/Lima")]
    assert client.get("/api/v1/sites/vacia/points").json["items"] == []  # nothing is stored yet
    form = {"site_id": "vacia", "tz": "America/Lima", "unit": "kWh"}
    stored = client.api(f"/api/v1/imports/{answer.json['token']}", form)
    assert (stored.status_code, stored.json["n_new"]) == (200, 72)
    assert len(client.get("/api/v1/sites/vacia/points").json["items"]) == 1
    assert client.api(f"/api/v1/imports/{answer.json['token']}", form).status_code == 404


def test_pages_forget_what_they_had_worked_out_when_a_file_is_stored(fresh) -> None:
    client = fresh.client()
    own = client.app.extensions["kanchay"]
    token = upload(client).json["token"]
    assert own.memo.get("answer", lambda: "old") == "old"
    assert client.api(f"/api/v1/imports/{token}", {"site_id": "vacia"}).status_code == 200
    assert own.memo.get("answer", lambda: "new") == "new"


def test_what_a_file_leaves_open_is_answered_before_it_is_stored(fresh) -> None:
    client = fresh.client()
    token = upload(client, text=CSV.replace("kwh", "valor")).json["token"]
    open_ones = client.api(f"/api/v1/imports/{token}", {"site_id": "vacia"})
    assert (open_ones.status_code, open_ones.json["error"]["code"]) == (409, "import.open")
    assert "unit" in [q["code"] for q in open_ones.json["questions"]]
    assert client.get("/api/v1/sites/vacia/imports").json["items"] == []
    answers = {q["code"]: q["guess"] for q in open_ones.json["questions"]}
    stored = client.api(f"/api/v1/imports/{token}", {"site_id": "vacia", **answers})
    assert (stored.status_code, stored.json["n_new"]) == (200, 72)


def test_a_file_need_not_be_waited_for(fresh, monkeypatch) -> None:
    from threading import Event

    from kanchay.services.progress import report
    from kanchay.services.readings import import_file

    go, plainly = Event(), import_file.preview_file

    def slow(*args):
        while not go.wait(0.01):
            report("rows", 0.5)
        return plainly(*args)

    monkeypatch.setattr(import_file, "preview_file", slow)
    client = fresh.client()
    sent = upload(client, wait="false", tz="America/Lima")
    assert (sent.status_code, sent.json["state"]) == (202, "reading")
    at = f"/api/v1/imports/{sent.json['token']}?tz=America/Lima"
    assert client.get(at).status_code == 202
    go.set()
    answer = client.get(at)
    for _ in range(500):
        answer = client.get(at)
        if answer.status_code == 200:
            break
    assert answer.json["preview"]["series"][0]["n"] == 72
    headers = {"X-CSRF-Token": client.token("/settings")}
    gone = client.http.delete(at, base_url="http://localhost", headers=headers)
    assert (gone.status_code, gone.json["state"]) == (200, "forgotten")
    assert client.get(at).status_code == 404


def test_storing_need_not_be_waited_for_and_can_be_stopped(fresh, monkeypatch) -> None:
    from threading import Event
    from time import sleep

    from kanchay.services.progress import report
    from kanchay.services.readings import import_many

    go, plainly = Event(), import_many.store_import

    def slow(*given, **more):
        while not go.wait(0.01):
            report("store", 0.5)
        return plainly(*given, **more)

    monkeypatch.setattr(import_many, "store_import", slow)
    client = fresh.client()
    form = {"site_id": "vacia", "tz": "America/Lima", "unit": "kWh", "wait": False}
    headers = {"X-CSRF-Token": client.token("/settings")}
    first, second = (f"/api/v1/imports/{upload(client).json['token']}" for _ in range(2))
    begun = client.api(first, form)
    assert (begun.status_code, begun.json["state"]) == (202, "storing")
    gone = client.http.delete(first, base_url="http://localhost", headers=headers)
    assert (gone.status_code, gone.json["state"]) == (200, "forgotten")
    assert client.get("/api/v1/sites/vacia/imports").json["items"] == []
    assert client.api(second, form).status_code == 202
    go.set()
    answer = client.get(second)
    for _ in range(1000):  # at most 20 s
        answer = client.get(second)
        if answer.status_code == 200:
            break
        sleep(0.02)
    assert (answer.json["state"], answer.json["record"]["n_new"]) == ("stored", 72)
    kept = client.http.delete(second, base_url="http://localhost", headers=headers)
    assert (kept.status_code, kept.json["error"]["code"]) == (409, "import.stored")


def test_an_answer_about_one_column_goes_by_its_code(fresh) -> None:
    client = fresh.client()
    sent = upload(client)
    column = sent.json["preview"]["series"][0]["column"]
    form = {"site_id": "vacia", "tz": "America/Lima", f"direction:{column}": "export", "accept_guesses": True}
    stored = client.api(f"/api/v1/imports/{sent.json['token']}", form)
    assert stored.status_code == 200
    (point,) = client.get("/api/v1/sites/vacia/points").json["items"]
    assert point["direction"] == "export"
    wrong = client.api(f"/api/v1/imports/{upload(client).json['token']}", form | {"tzz": "UTC"})
    assert wrong.status_code == 422


def test_every_guess_is_taken_where_somebody_says_so(fresh) -> None:
    client = fresh.client()
    token = upload(client, text=CSV.replace("kwh", "valor")).json["token"]
    form = {"site_id": "vacia", "accept_guesses": True}
    assert client.api(f"/api/v1/imports/{token}", form).json["n_new"] == 72


def test_a_file_without_readings_is_refused_in_one_sentence(client) -> None:
    answer = upload(client, text="hello\nworld\n")
    assert answer.status_code == 422
    assert answer.json["error"]["code"].startswith("file.")
    assert answer.json["error"]["hint"]


def test_nobody_else_can_store_my_upload(fresh) -> None:
    token = upload(fresh.client()).json["token"]
    eva = fresh.client("eva@example.org")
    assert eva.api(f"/api/v1/imports/{token}", {"site_id": "ajena"}).status_code == 404


def test_health_says_nothing_about_sites(world) -> None:
    answer = world.client(None).get("/healthz")
    assert answer.status_code == 200
    assert answer.json["status"] == "ok"
    assert answer.json["last_reading_age_s"] == 2400
    assert "casa" not in answer.text


def test_health_fails_when_a_store_cannot_be_reached(world, monkeypatch) -> None:
    def broken(*_: object) -> None:
        raise OSError("disk")

    client = world.client(None)
    monkeypatch.setattr(type(world.ctx.records), "unit", broken)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json == answer.json | {"status": "failing", "store": False}


def test_the_health_page_tells_a_worker_that_lives(client, world) -> None:
    from kanchay.runtime.worker import Worker

    assert client.get("/healthz").json["worker_age_s"] is None
    Worker(world.ctx, jobs=()).look()
    assert client.get("/healthz").json["worker_age_s"] == 0


def test_schemas_come_from_the_types(make_finding) -> None:
    jsonschema.validate(plain(make_finding("casa")), schema_of(Finding))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"so_far": "much"}, schema_of(PeriodForecast))

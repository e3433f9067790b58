"""Export: the page, its refusals, the file it sends, and the same over the API."""

from __future__ import annotations

import gzip
import io
import json
import re
from pathlib import Path

import pytest

from kanchay.bootstrap import export_formats
from kanchay.domain.scope import Actor, Purpose, Role
from kanchay.services.people.policy import operator_scope, scope_for
from kanchay.services.ports.files import ImportOptions

PAGE = "/sites/casa/export"
FILE = f"{PAGE}/file"
API = "/api/v1/sites/casa/export"


def test_the_page_offers_every_format_and_meter(client) -> None:
    html = client.get(PAGE).text
    for name in export_formats():
        assert f'name="format" value="{name}"' in html
    assert re.findall(r'name="point" value="([^"]+)" checked', html) == ["casa:grid", "casa:heater"]
    assert 'href="/sites/casa/export"' in client.get("/sites/casa/import").text


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_word_of_the_page_is_there(client, language: str) -> None:
    html = client.get(PAGE, headers={"Accept-Language": language}).text
    assert not re.search(r"\b(export|unit|quantity|direction)\.[a-z]", html)
    chosen = re.search(r'name="format" value="([^"]+)" checked', html)
    assert chosen
    assert chosen[1] == {"es": "csv-es", "en": "csv"}[language]


@pytest.mark.parametrize("name", list(export_formats()))
def test_every_format_is_sent_and_read_back(client, world, tmp_path: Path, name: str) -> None:
    form = export_formats()[name]
    got = client.get(f"{FILE}?format={name}&point=casa:grid&from=2026-08-01&to=2026-08-03")
    assert got.status_code == 200
    assert got.headers["Content-Type"] == form.media_type
    said = f'attachment; filename="casa-2026-08-01-2026-08-03-simulated{form.suffix}"'
    assert got.headers["Content-Disposition"] == said
    path = tmp_path / f"back{form.suffix}"
    path.write_bytes(got.data)
    options = (
        ImportOptions(unit="W", direction="import", label="start") if name == "emhass" else ImportOptions()
    )
    (series,) = world.ctx.files.read(path, options).series
    kept = world.ctx.readings.read(operator_scope(), "casa:grid", 1785560400, 1785819600)
    assert len(kept) == 72
    assert series.total == pytest.approx(kept.value.sum(), abs=1e-4)


def test_text_is_packed_while_it_is_sent(client) -> None:
    plain = client.get(f"{FILE}?format=csv")
    packed = client.get(f"{FILE}?format=csv", headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert plain.is_streamed
    assert packed.is_streamed
    assert gzip.decompress(packed.data) == plain.data
    workbook = client.get(f"{FILE}?format=xlsx&to=2026-06-30", headers={"Accept-Encoding": "gzip"})
    assert workbook.data.startswith(b"PK")


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("format=pdf", 422, "No conocemos ese tipo de archivo."),
        ("format=csv&from=ayer", 422, "Escribe la fecha como 2026-08-31."),
        ("format=csv&from=2031-01-01", 409, "No hay lecturas en esas fechas."),
        ("format=home-assistant&resolution=1d", 422, "no admite ese intervalo"),
        ("format=csv&resolution=siempre", 422, "no se entiende"),
        ("format=csv&to=9999-12-31&from=9999-12-31", 409, "No hay lecturas en esas fechas."),
    ],
)
def test_what_cannot_be_answered_comes_back_as_the_form(client, query: str, status: int, said: str) -> None:
    got = client.get(f"{FILE}?{query}")
    assert got.status_code == status
    assert said in got.text
    assert 'role="alert"' in got.text
    assert 'name="format"' in got.text


def test_a_site_without_readings_says_how_to_begin(client) -> None:
    html = client.get("/sites/vacia/export").text
    assert "/sites/vacia/import" in html
    assert 'name="format"' not in html


def test_all_meters_checked_is_no_choice_of_one(client) -> None:
    """The form comes with every box checked: EMHASS then takes the main meter."""
    got = client.get(f"{FILE}?format=emhass&point=casa:grid&point=casa:heater")
    assert got.status_code == 200


def test_others_see_and_take_nothing(world) -> None:
    for path in (PAGE, FILE, API):
        assert world.client(None).get(path).status_code in (302, 401)
        assert world.client("gob@example.org").get(path).status_code in (403, 404)
        assert world.client("eva@example.org").get(path).status_code == 404
    assert world.client("vic@example.org").get(f"{FILE}?format=csv").status_code == 200
    with world.ctx.records.unit(operator_scope()) as unit:
        (entry,) = unit.audit.find(action="readings.export")
    viewer = next(u for u in users(world) if u.email == "vic@example.org")
    assert entry.actor_id == viewer.actor.id


def users(world):
    with world.ctx.records.unit(operator_scope()) as unit:
        return unit.users.find()


def test_the_api_sends_the_same_file(client) -> None:
    query = "format=csv&point=casa:grid&start=2026-08-01&end=2026-08-04"
    got = client.get(f"{API}?{query}")
    assert got.status_code == 200
    assert got.data == client.get(f"{FILE}?format=csv&point=casa:grid&from=2026-08-01&to=2026-08-03").data
    assert len(got.text.splitlines()) == 73


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("format=pdf", 422, "invalid"),
        ("format=csv&start=soon", 422, "invalid"),
        ("point=nope", 404, "not_found"),
        ("point=ajena:grid", 404, "not_found"),
        ("start=2031-01-01", 409, "export.nothing"),
        ("format=emhass&point=casa:grid&point=casa:heater", 422, "export.single"),
    ],
)
def test_the_api_refuses_in_the_one_form(client, query: str, status: int, code: str) -> None:
    got = client.get(f"{API}?{query}")
    assert got.status_code == status
    error = json.loads(got.data)["error"]
    assert error["code"] == code or (code == "invalid" and error["field"])


def test_the_api_says_what_it_sends(client) -> None:
    told = client.get("/api/openapi.json").get_json()["paths"]["/api/v1/sites/{site_id}/export"]["get"]
    assert {p["name"] for p in told["parameters"]} >= {"format", "point", "start", "end", "resolution"}
    assert "text/csv" in told["responses"]["200"]["content"]


def test_a_workbook_of_the_reader(client) -> None:
    import openpyxl

    got = client.get(f"{FILE}?format=xlsx&to=2026-06-26", headers={"Accept-Language": "en"})
    assert openpyxl.load_workbook(io.BytesIO(got.data)).sheetnames == ["Readings"]


def test_a_reader_of_one_site_exports_that_site_alone(world) -> None:
    from kanchay.domain.errors import AccessDenied
    from kanchay.services.readings.export import ExportWish, open_export

    mine = scope_for(Actor("x", "X", Role.VIEWER, "default", frozenset({"oficina"})), Purpose.VIEW)
    with pytest.raises(AccessDenied):
        open_export(world.ctx, mine, "casa", export_formats()["csv"], ExportWish())

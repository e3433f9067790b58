"""Writing a tariff in the page: checked by line, tried on a month, kept, taken back; only by who administers."""

from __future__ import annotations

from pathlib import Path

import pytest

from kanchay.bootstrap import TARIFFS_FOLDER, in_memory
from kanchay.domain.interval import parse_instant
from kanchay.domain.scope import Role
from kanchay.services.people.policy import operator_scope
from kanchay.services.people.sign_in import create_owner, create_user
from kanchay.settings import read_settings

from .conftest import PASSWORD, Client, World

NOW = parse_instant("2026-11-22T12:00", "America/Lima")
PAGE = "/tariffs/write"
GOOD = """\
# my own words
schema: tariff/1
id: xx.mine.flat
country: XX
currency: EUR
timezone: UTC
provider: {id: mine, name: "Mine", system: "One"}
option: {code: FLAT, name: {es: "Plana", en: "Flat"}}
taxes: [{id: vat, rate: "0.20", valid_from: 2020-01-01, name: {es: "IVA", en: "VAT"}}]
versions:
  - valid_from: 2026-01-01
    prices_include: []
    source: {title: "My list", date: "2026-01-01", confidence: high, basis: typed}
    charges:
      - {id: energy, kind: banded, quantity: energy_kwh, select: marginal, tiers: [{rate: "0.10"}], taxes: [vat],
         name: {es: "Energía", en: "Energy"}}
"""


@pytest.fixture
def world(tmp_path: Path) -> World:
    settings = read_settings(home=str(tmp_path))
    ctx = in_memory(settings=settings, clock=lambda: NOW)
    create_owner(ctx, "ana@example.org", "Ana", PASSWORD)
    create_user(
        ctx, operator_scope(), "leo@example.org", "Leo", PASSWORD, role=Role.VIEWER, organisation_id="default"
    )
    return World(ctx, settings)


@pytest.fixture
def client(world: World) -> Client:
    return world.client()


def test_it_begins_with_a_tariff_that_has_no_mistake(client: Client) -> None:
    page = client.get(PAGE, headers={"Accept-Language": "es"}).text
    assert "No hay errores" in page
    assert "Un mes con estos precios" in page
    assert "tramos" in page  # the comment of the first tariff, in Spanish


def test_a_mistake_is_told_by_its_line_while_one_writes(client: Client) -> None:
    wrong = GOOD.replace('rate: "0.10"', "rate: 0.10")
    told = client.post("/tariffs/check", PAGE, {"text": wrong, "kwh": "100"}).json
    assert not told["ok"]
    assert 'data-line="15"' in told["html"]
    told = client.post("/tariffs/check", PAGE, {"text": GOOD, "kwh": "100"}).json
    assert told["ok"]
    assert "12.00" in told["html"]


@pytest.mark.parametrize("text", ["", "a: [", "\t", "- 1\n- 2", "x" * 300_000, "a: &a [*a]"])
def test_whatever_is_written_gets_an_answer(client: Client, text: str) -> None:
    answer = client.post("/tariffs/check", PAGE, {"text": text, "kwh": "no"})
    assert answer.status_code in (200, 413)
    assert answer.status_code == 413 or not answer.json["ok"]


def test_a_saved_tariff_is_used_and_can_be_taken_back(client: Client, world: World) -> None:
    sent = client.post(PAGE, PAGE, {"text": GOOD, "kwh": "100", "do": "save"})
    assert sent.status_code == 303
    kept = world.settings.home / TARIFFS_FOLDER / "xx.mine.flat.yaml"
    assert kept.read_text("utf-8") == GOOD  # comments and all
    assert "xx.mine.flat" in world.ctx.library.tariff_documents()
    dearer = GOOD.replace('"0.10"', '"0.30"')
    assert client.post(PAGE, PAGE, {"text": dearer, "kwh": "100", "do": "save"}).status_code == 303
    client.post("/tariffs/undo", PAGE, {"id": "xx.mine.flat"})
    assert kept.read_text("utf-8") == GOOD
    client.post("/tariffs/undo", PAGE, {"id": "xx.mine.flat"})
    assert not kept.exists()
    with world.ctx.records.unit(operator_scope()) as unit:
        actions = [entry.action for entry in unit.audit.find()]
    assert actions.count("tariff.saved") == 2
    assert actions.count("tariff.undone") == 2


def test_a_tariff_with_a_mistake_is_not_kept(client: Client, world: World) -> None:
    sent = client.post(PAGE, PAGE, {"text": GOOD.replace("kind: banded", "kind: code"), "do": "save"})
    assert sent.status_code == 422
    assert not (world.settings.home / TARIFFS_FOLDER).exists()
    assert "kind: code" in sent.text  # what was written is still there


def test_ours_is_opened_with_its_own_words_and_saved_as_theirs(client: Client, world: World) -> None:
    ours = "pe.luz_del_sur.lima_sur.bt5b"
    page = client.get(f"{PAGE}?id={ours}").text
    assert "FOSE" in page  # the comment of our file
    assert client.get(f"{PAGE}?id=no.such").status_code == 404


def test_only_who_administers_writes_prices(world: World) -> None:
    viewer = world.client("leo@example.org")
    assert viewer.get(PAGE).status_code == 403
    assert PAGE not in viewer.get("/tariffs").text
    for path in ("/tariffs/check", PAGE, "/tariffs/undo"):
        assert viewer.post(path, "/settings", {"text": GOOD, "do": "save"}).status_code == 403
    assert world.client(None).get(PAGE).status_code in (302, 401)

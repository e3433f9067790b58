"""A published list in the page: sent, compared, asked, stored and seen; only by who administers."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from urllib.parse import urlsplit

import pytest

from kanchay.bootstrap import TARIFFS_FOLDER, in_memory
from kanchay.services.money.pricelist import propose_all
from kanchay.web.formats import Formats
from kanchay.web.i18n import LOCALES, Words
from kanchay.web.shell import Reader
from kanchay.web.views.pricelists import list_page
from tests.unit.pricelists.made_up import PUBLISHED, bt5b, distributor_pdf, regulator_page
from tests.unit.pricelists.test_proposing import offer

OCTOBER = replace(PUBLISHED[3], low="0.5390", first30="16.17", excess="0.7700", high="0.7877")
PAGE = regulator_page("LIMA NORTE", "04/10/2026", bt5b(OCTOBER))


def send(client, data: bytes, name: str = "page.html"):
    return client.post("/tariffs/list", "/tariffs/list", {"file": (io.BytesIO(data), name)})


def store(client, shown: str, **answers: str):
    return client.post(shown, "/tariffs/list", answers)


def path_of(response) -> str:
    assert response.status_code == 303, response.text
    return urlsplit(response.location).path


@pytest.mark.parametrize("locale", LOCALES)
def test_every_price_stands_beside_ours(ctx_of_lists, locale) -> None:
    r = Reader(Words(locale), Formats(locale, "America/Lima"), 1_790_000_000)
    offered = offer(bt5b(OCTOBER))
    documents = ctx_of_lists.library.tariff_documents()
    view = list_page(offered, propose_all(ctx_of_lists, offered), documents, r)
    homes = next(p for p in view.parts if len(p.rows) == 7)
    assert [(row.held, row.listed, row.percent) for row in homes.rows][-1] == ("0.7723", "0.7877", "+2.0")
    assert homes.rows[-1].where == ("más de 140 kWh" if locale == "es" else "above 140 kWh")
    assert (view.n, view.flags) == (2, ())
    assert all(why and "pricelist." not in why for _, why in view.left)


@pytest.fixture
def ctx_of_lists():
    return in_memory()


def test_a_flag_is_a_question_that_must_be_ticked(ctx_of_lists) -> None:
    r = Reader(Words("es"), Formats("es", "America/Lima"), 1_790_000_000)
    offered = offer(bt5b(replace(OCTOBER, high="0.9000", high_fixed="3.90")))
    view = list_page(offered, propose_all(ctx_of_lists, offered), ctx_of_lists.library.tariff_documents(), r)
    assert [code for code, _ in view.flags] == ["fose", "jump"]
    assert any(row.far for part in view.parts for row in part.rows)


def test_a_list_is_sent_seen_stored_and_then_used(world) -> None:
    client = world.client()
    page = regulator_page("LIMA NORTE", "04/10/2026", bt5b(replace(OCTOBER)))
    shown = path_of(send(client, page))
    seen = client.get(shown)  # prices with IGV under a page that says without: nothing is stored unasked
    assert "18 %" in seen.text
    assert store(client, shown).status_code == 422
    assert not (world.settings.home / TARIFFS_FOLDER).exists()
    told = client.get(f"{shown}?igv=with").text
    assert "0.7877" in told
    assert 'name="accept"' not in told
    store(client, shown, igv="with")
    stored = sorted(p.name for p in (world.settings.home / TARIFFS_FOLDER).glob("*.yaml"))
    assert stored == ["pe.pluz.lima_norte.bt5b.yaml", "pe.pluz.lima_norte.bt5b_nores.yaml"]
    document = world.ctx.library.tariff_documents()["pe.pluz.lima_norte.bt5b"]
    assert document["versions"][-1]["valid_from"] == "2026-10-04"
    assert client.get(shown).status_code == 404  # the file is gone


def test_a_ticked_flag_is_accepted(world) -> None:
    client = world.client()
    shown = path_of(send(client, PAGE))
    codes = re.findall(r'name="accept" value="(\w+)"', client.get(shown).text)
    assert codes == ["igv"]
    store(client, shown, accept="igv")
    assert (world.settings.home / TARIFFS_FOLDER / "pe.pluz.lima_norte.bt5b.yaml").is_file()


def test_what_a_list_leaves_open_is_asked(world) -> None:
    client = world.client()
    open_list = distributor_pdf("pluz", "Lima Norte", "2026-10-04", bt5b(OCTOBER), tax="S.A.A.")
    shown = path_of(send(client, open_list, "pliego.pdf"))
    asked = client.get(shown)
    assert 'name="igv"' in asked.text
    assert "0.7877" in client.get(f"{shown}?igv=with").text
    assert 'name="igv"' in client.get(f"{shown}?igv=perhaps").text


@pytest.mark.parametrize("data", [b"nothing", b"<html>no table</html>", b"%PDF-1.4 cut"])
def test_what_is_no_list_is_refused_in_words(world, data: bytes) -> None:
    client = world.client()
    refused = client.get(path_of(send(client, data)))
    assert refused.status_code == 422
    assert "pricelist." not in refused.text


def test_only_who_administers_sees_or_stores(world) -> None:
    assert world.client(None).get("/tariffs/list").status_code in (302, 303, 401)
    others = [u.email for u in people(world) if u.actor.role.value not in ("owner", "operator")]
    assert others
    for email in others:
        assert world.client(email).get("/tariffs/list").status_code in (403, 404)


def people(world):
    from kanchay.services.people.policy import operator_scope

    with world.ctx.records.unit(operator_scope()) as unit:
        return unit.users.find()

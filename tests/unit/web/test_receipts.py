"""The page of a paper bill: sent, shown field by field, compared, saved, undone; and the same for programs."""

from __future__ import annotations

import gzip
import io
import re
from typing import Any

import pytest

from kanchay.services.people.policy import operator_scope
from kanchay.simulate.receipts import MadeReceipt, draw_receipt, receipt_pdf, receipt_xml, with_values

PAGE = "/sites/casa/receipt"
API = "/api/v1/sites/casa/receipts"
VALUES = {
    "kwh": "143.4", "price": "0.6403", "fixed": "2.25", "maintenance": "1.40", "lighting": "8.82", "interest": "0",
    "late_interest": "0", "balance": "0", "rounding_before": "0.02", "end": "2026-09-04",
}  # fmt: skip


@pytest.fixture(scope="module")
def made() -> MadeReceipt:
    return with_values(draw_receipt(4, "luz_del_sur"), VALUES)


@pytest.fixture(scope="module")
def xml(made: MadeReceipt) -> bytes:
    return receipt_xml(made)


def send(client: Any, data: bytes, name: str = "recibo.xml") -> Any:
    return client.post(PAGE, PAGE, {"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def sent(client: Any, data: bytes, name: str = "recibo.xml") -> str:
    """The address of the page on which what was read is shown."""
    answer = send(client, data, name)
    assert answer.status_code == 303, answer.text
    return answer.location


def site_of(world: Any) -> Any:
    with world.ctx.records.unit(operator_scope()) as uow:
        return uow.sites.get("casa")


def test_the_form_says_what_is_taken(client) -> None:
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "hasta 5 MB" in page.text
    assert "no adivinamos números" in page.text


@pytest.mark.parametrize("kind", ["pdf", "xml"])
def test_what_was_read_field_by_field(client, made: MadeReceipt, kind: str) -> None:
    data = receipt_pdf(made) if kind == "pdf" else receipt_xml(made)
    text = client.get(sent(client, data, f"recibo.{kind}")).text
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).replace("\u00a0", " ")
    assert "Leímos 143.4 kWh y S/ 124.70" in plain
    assert "Este recibo es inventado" in plain
    assert "BT5B (L009)" in plain
    assert "4 de setiembre de 2026" in plain
    assert ("pág. 1, línea" in plain) == (kind == "pdf")
    assert made.customer.supply not in text  # masked, wherever it stands
    assert "Con los precios que imprime el propio recibo, todo cuadra al céntimo." in plain
    if kind == "pdf":
        assert "Mes a mes, según el recibo" in plain
    else:
        assert "No encontramos:" in plain


@pytest.mark.parametrize("language", ["es", "en"])
def test_whoever_runs_a_building_is_not_called_you(client, language: str) -> None:
    text = client.get("/sites/oficina/receipt", headers={"Accept-Language": language}).text
    main = re.sub(r"<[^>]+>", " ", text[text.index("<main") : text.index("</main")])
    assert not re.search(r"\b(tú|tu|tus|te|you|your)\b", main, re.I), main


def test_a_company_without_tariffs_of_ours_is_said(world) -> None:
    """Its own prices are checked all the same; nothing can be saved before a tariff is chosen."""
    client = world.client()
    page = sent(client, receipt_pdf(draw_receipt(3, "distriluz")), "recibo.pdf")
    text = client.get(page).text
    assert "Ninguna de nuestras tarifas es de esta empresa" in text
    assert "todo cuadra al céntimo" in text
    assert "Elige una tarifa y verás qué se guardaría." in text
    refused = client.post(page, page, {"tariff": ""})
    assert refused.status_code == 422
    assert "Elige primero una tarifa." in refused.text or "inventado" in refused.text
    chosen = client.get(f"{page}?tariff=pe.luz_del_sur.lima_sur.bt5b").text
    assert "Guardar en el local" in chosen


def test_another_tariff_is_compared_when_it_is_chosen(client, xml: bytes) -> None:
    page = sent(client, xml)
    text = client.get(f"{page}?tariff=pe.pluz.lima_norte.bt5b").text
    assert re.search(r'<option value="pe.pluz.lima_norte.bt5b" selected>', text)
    assert "El recibo no habla a favor de esta tarifa." in text
    assert client.get(f"{page}?tariff=pe.nobody").status_code == 422


def test_saving_and_undoing(world, xml: bytes) -> None:
    client, before = world.client(), site_of(world)
    page = sent(client, xml)
    text = client.get(page).text
    tariff = re.search(r'name="tariff" value="([^"]+)"', text)
    assert tariff
    form = {"tariff": tariff[1], "p-alumbrado": "9,10", "p-reposicion": ""}
    answer = client.post(page, page, form)
    assert answer.status_code == 303, answer.text
    after = site_of(world)
    assert after.billing_day == 4
    assert dict(after.tariff_parameters)["alumbrado"] == "9.10"
    assert client.get(page).status_code == 404  # the file is gone
    text = client.get(PAGE).text
    assert "Se aplicó un recibo el" in text
    assert client.post("/sites/casa/receipts/undo", PAGE).status_code == 303
    assert site_of(world) == before
    assert client.post("/sites/casa/receipts/undo", PAGE).status_code == 409


def test_a_value_that_is_no_number_comes_back_with_the_page(world, xml: bytes) -> None:
    client, before = world.client(), site_of(world)
    page = sent(client, xml)
    answer = client.post(page, page, {"tariff": "pe.luz_del_sur.lima_sur.bt5b", "p-alumbrado": "mucho"})
    assert answer.status_code == 422
    assert "8.82" in answer.text
    assert site_of(world) == before


def test_nothing_is_saved_by_looking_or_by_cancelling(world, xml: bytes) -> None:
    client, before = world.client(), site_of(world)
    page = sent(client, xml)
    client.get(page)
    assert client.post(f"{page}/cancel", page).status_code == 303
    assert client.get(page).status_code == 404
    assert site_of(world) == before


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xd8\xff\xe0 photo", "Una foto no se lee"),
        (b"%PDF-1.4 broken", "cortado o dañado"),
        (b"<?xml version='1.0'?><a/>", "ni el XML de un recibo"),
    ],
)
def test_other_files_come_back_as_the_form_with_the_reason(client, data: bytes, words: str) -> None:
    page = client.get(sent(client, data, "r.pdf"))
    assert page.status_code == 422
    assert words in page.text


def test_a_file_beyond_the_bound_is_refused(client) -> None:
    page = client.get(sent(client, b"%PDF-1.4" + b" " * (5 << 20), "r.pdf"))
    assert page.status_code == 422
    assert "5 MB" in page.text


def test_the_sites_own_meter_over_the_same_days(world) -> None:
    """60 days of readings end on 22 August: a bill of July can be laid beside them, one of September cannot."""
    july = with_values(draw_receipt(4, "luz_del_sur"), {"kwh": "120.0", "end": "2026-08-10"})
    read = call(world.client(), receipt_xml(july)).json
    assert 50 < float(read["metered_kwh"]) < 300
    text = world.client().get(sent(world.client(), receipt_xml(july)))
    assert text.status_code == 200
    assert "el medidor del local contó" in text.text
    late = with_values(draw_receipt(4, "luz_del_sur"), VALUES)
    assert call(world.client(), receipt_xml(late)).json["metered_kwh"] is None


def test_sending_nothing(client) -> None:
    assert client.post(PAGE, PAGE, {}, content_type="multipart/form-data").status_code == 422


def test_without_the_token_of_the_page_nothing_is_taken(client, xml: bytes) -> None:
    data = {"file": (io.BytesIO(xml), "r.xml")}
    answer = client.http.post(
        PAGE, base_url="http://localhost", data=data, content_type="multipart/form-data"
    )
    assert answer.status_code == 403


def test_who_may_only_look_sends_nothing(world, xml: bytes) -> None:
    viewer = world.client("vic@example.org")
    assert viewer.get(PAGE).status_code == 200
    assert send(viewer, xml).status_code == 403
    assert viewer.post("/sites/casa/receipts/undo", PAGE).status_code == 403


def test_a_waiting_receipt_is_seen_only_by_whoever_sent_it(world, xml: bytes) -> None:
    page = sent(world.client(), xml)
    assert world.client("vic@example.org").get(page).status_code == 404
    assert world.client("eva@example.org").get(page).status_code == 404


def test_the_page_stays_light(client, made: MadeReceipt) -> None:
    for path in (PAGE, sent(client, receipt_pdf(made), "recibo.pdf")):
        html = client.get(path)
        loaded = re.findall(r'(?:src|href)="(/static/[^"]+|/manifest[^"]+)"', html.text)
        bodies = [html.data, *(client.get(address).data for address in loaded)]
        assert sum(map(len, bodies)) <= 150_000
        assert sum(len(gzip.compress(body, 6)) for body in bodies) <= 55_000
        assert len(html.data) <= 40_000, len(html.data)


def call(client: Any, data: bytes, **fields: str) -> Any:
    headers = {"X-CSRF-Token": client.token("/settings")}
    form = {"file": (io.BytesIO(data), "recibo.xml"), **fields}
    return client.http.post(
        API, base_url="http://localhost", data=form, headers=headers, content_type="multipart/form-data"
    )


def test_programs_read_compare_apply_and_undo(world, xml: bytes) -> None:
    client, before = world.client(), site_of(world)
    read = call(client, xml)
    assert read.status_code == 200, read.text
    study = read.json["study"]
    assert study["receipt"]["total_due"] == "124.70"
    assert study["by_printed"]["total"]["verdict"] == "agrees"
    assert read.json["site"] is None
    assert "history" in read.json["missing"]
    assert site_of(world) == before
    done = call(client, xml, apply="true", tariff="pe.luz_del_sur.lima_sur.bt5b")
    assert done.json["site"]["billing_day"] == 4
    headers = {"X-CSRF-Token": client.token("/settings")}
    undone = client.http.post(f"{API}/undo", base_url="http://localhost", headers=headers)
    assert undone.status_code == 200
    assert site_of(world) == before


def test_programs_are_told_why_not(world) -> None:
    client = world.client()
    photo = call(client, b"\xff\xd8\xff\xe0")
    assert (photo.status_code, photo.json["error"]["code"]) == (422, "receipt.kind")
    assert "photo" in photo.json["error"]["hint"]
    headers = {"X-CSRF-Token": client.token("/settings")}
    none = client.http.post(API, base_url="http://localhost", headers=headers, data={})
    assert (none.status_code, none.json["error"]["code"]) == (422, "file.none")
    assert call(world.client("vic@example.org"), b"").status_code == 403


def test_no_upload_stays_behind(world, xml: bytes) -> None:
    call(world.client(), xml)
    call(world.client(), b"nothing")
    assert not list((world.settings.home / "uploads").glob("*/"))


def test_words_put_together_from_codes_exist() -> None:
    from kanchay.adapters.pdf import _SENTENCES
    from kanchay.domain.receipt import FIELDS, LINES, Confidence
    from kanchay.web.i18n import LOCALES, Words

    wanted = [f"receipt_field.{name}" for name in FIELDS] + [f"receipt_line.{key}" for key in LINES]
    wanted += [f"receipt_sure.{c.value}" for c in Confidence] + [
        f"error.pdf.{reason}" for reason in _SENTENCES
    ]
    verdicts = ("agrees", "differs", "taken", "only_paper", "only_computed")
    sums = ("registers", "energy", "subtotal", "igv", "aporte_28749", "total_month", "total_due")
    wanted += [f"receipt_verdict.{v}" for v in verdicts] + [f"receipt_sum.{s}" for s in sums]
    wanted += [f"receipt_because.{b}" for b in ("distributor", "option", "segment", "system", "price")]
    wanted += [f"refusal.receipt.{r}" for r in ("no_kwh", "no_dates", "no_price")]
    assert [(locale, key) for locale in LOCALES for key in wanted if not Words(locale).has(key)] == []

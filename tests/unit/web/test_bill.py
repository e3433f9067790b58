"""The bill page: past periods with their arrows, the odds of the step, paper beside computed; the site's tariff."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kanchay.bootstrap import TARIFFS_FOLDER
from kanchay.domain.receipt import Receipt
from kanchay.domain.receiptstudy import ComparedLine, Comparison, ReceiptStudy
from kanchay.services.money.bill import bill_period
from kanchay.services.money.receipt_apply import apply_receipt, undo_receipt
from kanchay.services.money.receipt_kept import kept_receipts
from kanchay.services.people.policy import operator_scope

from .test_tariff_editor import GOOD

PAGE = "/sites/casa/bill"
LDS = "pe.luz_del_sur.lima_sur.bt5b"


def plainly(text: str) -> str:
    main = text[text.index("<main") : text.index("</main")]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main)).replace("\u00a0", " ")


def study(start: str, end: str, total: str, computed: str | None, **more: Any) -> ReceiptStudy:
    """A receipt of Luz del Sur with a total beside ours."""
    receipt = Receipt(
        "recibo.pdf", "pdf", "words", start=date.fromisoformat(start), end=date.fromisoformat(end), kwh=Decimal("143.4"),
        total_due=Decimal(total), made_up=True, **more,
    )  # fmt: skip
    line = ComparedLine("total_due", Decimal(total), Decimal(computed)) if computed else None
    return ReceiptStudy(receipt, (), LDS, by_list=Comparison("list", LDS, total=line))


def test_the_running_bill_tells_the_odds_and_the_month_before(client, world) -> None:
    text = plainly(client.get(PAGE).text)
    assert re.search(
        r"(Hay \d+ % de probabilidad de pasarla; en promedio, eso cuesta S/ [\d.]+|Es casi seguro que)", text
    )
    july = bill_period(world.ctx, operator_scope(), "casa", back=1)
    assert f"El de agosto fue S/ {july.total}." in text
    assert 'rel="prev" href="/sites/casa/bill?back=1"' in client.get(PAGE).text
    assert 'rel="next"' not in client.get(PAGE).text


def test_a_past_period_has_its_own_lines_and_arrows(client, world) -> None:
    page = client.get(f"{PAGE}?back=1").text
    own = bill_period(world.ctx, operator_scope(), "casa", back=1)
    text = plainly(page)
    assert f"Tu recibo de agosto: S/ {own.total}" in text
    assert "Hasta ahora" not in text
    assert f"{own.energy_kwh:.1f} kWh" in text
    for line in own.lines:
        assert f"{abs(line.amount):.2f}" in text
    assert 'rel="next" href="/sites/casa/bill"' in page
    assert 'rel="prev"' not in page or "back=2" in page


@pytest.mark.parametrize("back", ["-1", "x", "99999", "1.5", "²"])
def test_a_period_that_is_none_is_the_running_one(client, back: str) -> None:
    assert "Tu recibo será de unos" in client.get(f"{PAGE}?back={back}").text


def test_a_period_without_readings_says_why(client) -> None:
    page = client.get(f"{PAGE}?back=9")
    assert page.status_code == 200
    assert "No podemos calcular el recibo de" in page.text
    assert "Faltan demasiadas lecturas" in page.text


def test_a_period_without_a_list_is_priced_by_todays(world) -> None:
    """A list that began after the period: its total is told as what it would have been, and the page says why."""
    folder = world.settings.home / TARIFFS_FOLDER
    folder.mkdir(parents=True)
    (folder / "xx.mine.flat.yaml").write_text(
        GOOD.replace("valid_from: 2026-01-01", "valid_from: 2026-08-10"), "utf-8"
    )
    with world.ctx.records.unit(operator_scope()) as unit:
        site = unit.sites.get("casa")
        unit.sites.put(replace(site, tariff_id="xx.mine.flat", tariff_parameters=(), currency="EUR"))
    text = plainly(world.client().get(f"{PAGE}?back=1").text)
    assert re.search(r"Con los precios de hoy, agosto habría sido € [\d.]+", text)
    assert "Usamos precios de otra fecha" in text


def test_a_receipt_stands_beside_what_we_computed(world) -> None:
    ctx, scope, client = world.ctx, operator_scope(), world.client()
    apply_receipt(ctx, scope, "casa", study("2026-07-05", "2026-08-05", "124.70", "124.70"))
    text = plainly(client.get(PAGE).text)
    assert "Recibo en papel, agosto de 2026" in text
    assert "Calculado S/ 124.70 · papel S/ 124.70" in text
    assert "coincide" in text
    assert "Tu medidor contó" in text
    assert "Este recibo es inventado" in text
    assert "Recibo en papel" in client.get(f"{PAGE}?back=1").text  # in its own period too
    assert "Recibo en papel" not in client.get(f"{PAGE}?back=2").text
    undo_receipt(ctx, scope, "casa")
    assert "Recibo en papel" not in client.get(PAGE).text


def test_a_receipt_that_differs_says_by_how_much(world) -> None:
    apply_receipt(world.ctx, operator_scope(), "casa", study("2026-07-05", "2026-08-05", "130.00", "124.70"))
    assert "difiere en S/ 5.30" in plainly(world.client().get(PAGE).text)


def test_a_receipt_without_our_prices_stands_alone(world) -> None:
    apply_receipt(world.ctx, operator_scope(), "casa", study("2019-07-05", "2019-08-05", "99.10", None))
    text = plainly(world.client().get(PAGE).text)
    assert "Papel S/ 99.10; no tenemos los precios de esas fechas" in text


def test_of_one_period_the_last_receipt_is_kept_and_the_newest_period_first(world) -> None:
    ctx, scope = world.ctx, operator_scope()
    for days, total in (
        (("2026-06-05", "2026-07-05"), "90.00"),
        (("2026-07-05", "2026-08-05"), "100.00"),
        (("2026-07-05", "2026-08-05"), "101.00"),
    ):
        apply_receipt(ctx, scope, "casa", study(*days, total, None))
    kept = kept_receipts(ctx, scope, "casa")
    assert [(x.end.month, x.total) for x in kept] == [(8, Decimal("101.00")), (7, Decimal("90.00"))]


def test_a_note_written_before_receipts_were_kept_is_no_card(world) -> None:
    """Notes of older installations hold no paper: nothing is made up for them."""
    from kanchay.services.money.receipt_kept import APPLY
    from kanchay.services.people.audit import note

    with world.ctx.records.unit(operator_scope()) as unit:
        note(unit, operator_scope(), 1, APPLY, '{"after": {}, "before": {}}', site_id="casa")
    assert kept_receipts(world.ctx, operator_scope(), "casa") == ()
    assert world.client().get(PAGE).status_code == 200


def test_values_of_another_tariff_do_not_stay_behind(world) -> None:
    client = world.client()
    form = {
        "name": "Casa", "tz": "America/Lima", "billing_day": "5", "country": "US", "currency": "USD",
        "tariff_id": "us.duke_energy_florida.rs1", "with_parameters": "1", "p-alumbrado": "8.82",
    }  # fmt: skip
    assert client.post("/sites/casa/edit", "/sites/casa/edit", form).status_code == 303
    with world.ctx.records.unit(operator_scope()) as unit:
        assert unit.sites.get("casa").tariff_parameters == ()


def test_the_form_groups_tariffs_by_company(client) -> None:
    page = client.get("/sites/casa/edit").text
    groups = re.findall(r'<optgroup label="([^"]+)"', page)
    assert groups[0] == "Electro Puno, Sector 2" or not groups[0].count(":")
    assert "Luz del Sur, Lima Sur" in groups
    assert "Ahora: Luz del Sur, Lima Sur, BT5B residencial." in page
    assert page.count(" selected>BT5B residencial") == 1


def test_the_page_of_a_receipt_sent_by_a_person(client) -> None:
    """The whole way: a made-up receipt is sent, saved, and stands on the bill page."""
    from kanchay.simulate.receipts import draw_receipt, receipt_xml, with_values

    values = {
        "kwh": "143.4", "price": "0.6403", "fixed": "2.25", "maintenance": "1.40", "lighting": "8.82", "interest": "0",
        "late_interest": "0", "balance": "0", "rounding_before": "0.02", "end": "2026-08-05",
    }  # fmt: skip
    data = {"file": (io.BytesIO(receipt_xml(with_values(draw_receipt(4, "luz_del_sur"), values))), "r.xml")}
    sent = client.post("/sites/casa/receipt", "/sites/casa/receipt", data, content_type="multipart/form-data")
    assert sent.status_code == 303
    saved = client.post(sent.location, sent.location, {"tariff": LDS})
    assert saved.status_code == 303, plainly(saved.text)
    assert "Recibo en papel, agosto de 2026" in plainly(client.get(PAGE).text)

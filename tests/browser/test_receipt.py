"""A paper bill in Chromium: sent and saved by keyboard, without JavaScript, at 360 and 1440 px, light and dark."""

from __future__ import annotations

from typing import Any

import pytest

from kanchay.simulate.receipts import draw_receipt, receipt_pdf, with_values

pytestmark = pytest.mark.browser

HOME = "/sites/casa-surquillo"
PAGE = f"{HOME}/receipt"
VALUES = {
    "kwh": "143.4", "price": "0.6387", "fixed": "2.26", "maintenance": "1.40", "lighting": "8.82", "interest": "0",
    "late_interest": "0", "balance": "0", "rounding_before": "0.02", "end": "2026-08-04",
}  # fmt: skip
NAMELESS = """() => [...document.querySelectorAll('a,button,input,select,summary')]
  .filter(e => e.type !== 'hidden' && e.checkVisibility())
  .filter(e => !e.getAttribute('aria-label') && !e.textContent.trim())
  .filter(e => ![...(e.labels || [])].some(l => l.textContent.trim()))
  .map(e => e.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def file() -> dict[str, Any]:
    made = with_values(draw_receipt(4, "luz_del_sur"), VALUES)
    return {"name": "recibo.pdf", "mimeType": "application/pdf", "buffer": receipt_pdf(made)}


def sent(page: Any, file: dict[str, Any]) -> Any:
    """The file chosen and sent with the keyboard."""
    page.locator("input[type=file]").set_input_files(file)
    page.locator("input[type=file]").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{PAGE}/*")
    return page


LOOKS = [(360, "light", "es"), (360, "dark", "en"), (1440, "dark", "es"), (1440, "light", "en")]


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_what_was_read_fits_every_screen(browse, file, width: int, theme: str, language: str) -> None:
    browser = browse(width, theme, language)
    page = sent(browser.open(PAGE), file)
    browser.keep(f"receipt-{width}-{theme}-{language}")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert page.evaluate(NAMELESS) == []
    assert page.locator("h1").count() == 1
    assert page.locator("select[name=tariff]").input_value() == "pe.luz_del_sur.lima_sur.bt5b"
    page.get_by_text("The words as printed" if language == "en" else "Las palabras impresas").click()
    assert page.get_by_text("Consumo de Energía", exact=False).first.is_visible()


def test_saved_and_undone_without_a_script(browse, file) -> None:
    page = sent(browse(360, java_script_enabled=False).open(PAGE), file)
    page.locator("input[name=p-alumbrado]").fill("9.10")
    page.get_by_role("button", name="Guardar en el local").click()
    assert "Guardado" in page.locator("main").inner_text()
    page.goto(page.url.replace("/receipt", "/edit"))
    assert page.locator("input[name=p-alumbrado]").input_value() == "9.10"
    page.goto(page.url.replace("/edit", "/receipt"))
    page.get_by_role("button", name="Deshacer lo aplicado").click()
    assert "Deshecho" in page.locator("main").inner_text()
    assert page.get_by_role("button", name="Deshacer lo aplicado").count() == 0

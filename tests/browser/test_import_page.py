"""The import page as somebody uses it: a folder dropped, one question at a time, storing watched and stopped, undone."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kanchay.services.progress import report

pytestmark = [pytest.mark.browser, pytest.mark.slow]

IMPORT = "/sites/casa-surquillo/import"
FIRST = datetime(2025, 3, 1)


def month(path: Path, hours: range, *, head: str = "Fecha;Energia (kWh)", scale: int = 1) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = (f"{FIRST + timedelta(hours=i):%d/%m/%Y %H:%M};{scale},{1 + i % 7}" for i in hours)
    path.write_text("\n".join([head, *rows, ""]), "utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two months that overlap by two days, one of them further down, beside a picture and a hidden file."""
    inside = tmp_path / "exportes"
    month(inside / "marzo.csv", range(480))
    month(inside / "2025" / "abril.csv", range(432, 900))
    (inside / "foto.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    month(inside / ".oculto" / "x.csv", range(5000, 6000))
    return inside


def drop(page: Any, path: Path) -> None:
    """Drop a file or a folder as from the desktop."""
    box = page.locator(".drop").bounding_box()
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, **at, "data": data})


def answer_all(page: Any) -> list[str]:
    """Take every guess, one question after the other; the headings that were seen."""
    seen = []
    while page.locator("section.ask fieldset").count():
        seen.append(page.locator("section.ask h2").inner_text())
        page.locator("section.ask .btn").first.click()
        page.wait_for_load_state()
    return seen


@pytest.mark.parametrize("how", ["dropped", "chosen"])
def test_a_folder_is_read_file_by_file_and_counted_once(browse, folder: Path, how: str) -> None:
    browser = browse(1440)
    page = browser.open(IMPORT)
    drop(page, folder) if how == "dropped" else page.set_input_files(".pick-folder .file", folder)
    page.wait_for_url("**/import/*")
    page.wait_for_selector("#files")
    assert page.locator("h1").inner_text() == "Esto entendimos de tus archivos"
    answer_all(page)
    listed = page.locator("section:has(#files)")
    assert listed.locator("tbody tr").count() == 2
    assert "2025/abril.csv" in listed.inner_text()
    assert "48 intervalos están en más de un archivo" in listed.inner_text()
    assert "Sin lecturas, no se usa: foto.png." in listed.inner_text()
    assert page.get_by_role("button", name="Guardar 900 lecturas").is_visible()
    browser.keep("import-folder-1440")
    page.get_by_role("link", name="2025/abril.csv").click()
    page.wait_for_selector("figure.chart canvas")
    assert page.get_by_role("button", name="Guardar").count() == 0
    page.get_by_role("link", name="Volver a todos").first.click()
    page.wait_for_selector("#files")
    page.get_by_role("button", name="Cancelar").click()
    page.wait_for_selector(".note")
    assert browser.wrong == []


def test_questions_one_at_a_time_by_keyboard_with_a_way_back(browse, tmp_path: Path) -> None:
    file = month(tmp_path / "bosch.csv", range(480), head="Fecha;Energia activa")
    browser = browse(360, "dark")
    page = browser.open(IMPORT)
    page.set_input_files(".drop .file", file)
    page.wait_for_selector("section.ask fieldset")
    first = page.locator("section.ask h2").inner_text()
    asked = page.locator("section.ask")
    assert "Energia activa" in asked.inner_text(), "the question names its column"
    assert asked.locator("code").count(), "and shows cells of it"
    chosen = asked.locator("input[type=radio]:checked")
    guess = chosen.get_attribute("value")
    chosen.focus()
    page.keyboard.press("ArrowDown")
    assert chosen.get_attribute("value") != guess
    page.keyboard.press("ArrowUp")
    assert chosen.get_attribute("value") == guess
    page.keyboard.press("Enter")
    page.wait_for_url("**?*")
    page.wait_for_load_state()
    focused = page.evaluate("document.activeElement.id || document.activeElement.type")
    assert focused in ("radio", "review", "text"), "the next question, or the review, has the focus"
    page.get_by_role("link", name="Atrás").first.click()
    page.wait_for_load_state()
    assert page.locator("section.ask h2").inner_text() == first
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert browser.wrong == []


def test_storing_is_watched_stopped_stored_and_undone(browse, tmp_path: Path, monkeypatch) -> None:
    from threading import Event

    from kanchay.services.readings import import_many

    go, plainly = Event(), import_many.store_import

    def slow(*given: Any, **more: Any) -> Any:
        done = 0
        while not go.wait(0.02):
            done = min(done + 1, 60)
            report("store", done / 100)
        return plainly(*given, **more)

    monkeypatch.setattr(import_many, "store_import", slow)
    monkeypatch.setattr("kanchay.web.tasks._QUICK_S", 0.3)
    browser = browse(360)
    page = browser.open(IMPORT)
    page.set_input_files(
        ".drop .file", month(tmp_path / "medidor.csv", range(300), head="Fecha;Energia activa")
    )
    page.wait_for_selector("#review")
    answer_all(page)
    page.get_by_role("button", name="Guardar 300 lecturas").click()
    page.wait_for_selector(".working progress")
    for _ in range(100):
        if page.locator(".working progress").evaluate("bar => bar.value") > 0.3:
            break
        page.wait_for_timeout(50)
    told = page.locator(".working [role=status]")
    assert told.get_attribute("aria-live") == "polite"
    assert re.fullmatch(r"Guardado el \d+ %", told.inner_text())
    browser.keep("saving-360")
    page.get_by_role("button", name="Detener").click()
    page.wait_for_selector(".note:has-text('Detenido. No se guardó nada.')")
    answer_all(page)
    go.set()
    page.get_by_role("button", name="Guardar 300 lecturas").click()
    page.wait_for_selector(".note:has-text('Guardadas 300 lecturas nuevas.')")
    page.goto(page.url.rstrip("/") + "/import")
    assert "Deshacer retira 300 lecturas." in page.locator("section:has(#past)").inner_text()
    assert "medidor.csv" in page.locator("section:has(#told)").inner_text()
    browser.keep("past-360")
    page.locator("section:has(#past)").get_by_role("button", name="Deshacer: medidor.csv").click()
    page.wait_for_selector(".note.good:has-text('Deshecha la importación de medidor.csv: 300 retiradas.')")
    assert browser.wrong == []


def test_a_damaged_file_in_a_folder_is_named(browse, folder: Path) -> None:
    (folder / "junio.xlsx").write_bytes(b"PK\x03\x04 broken")
    browser = browse(1440, "dark", "en")
    page = browser.open(IMPORT)
    page.set_input_files(".pick-folder .file", folder)
    page.wait_for_selector("#files")
    alert = page.locator(".note.bad")
    assert alert.get_attribute("role") == "alert"
    assert "junio.xlsx" in alert.inner_text()
    answer_all(page)
    assert page.locator("form.save").count() == 0
    browser.keep("import-damaged-1440-dark")
    page.get_by_role("button", name="Cancel").click()
    page.wait_for_selector(".note")
    assert browser.wrong == []


def test_a_folder_too_large_is_said_before_anything_is_sent(browse, folder: Path) -> None:
    browser = browse(360)
    page = browser.open(IMPORT)
    page.evaluate("document.querySelector('form.upload').dataset.mostFiles = 2")
    page.set_input_files(".pick-folder .file", folder)
    page.wait_for_selector(".sending.over")
    assert "Elige una carpeta más pequeña" in page.locator(".sending [role=status]").text_content()
    assert page.locator(".drop").is_visible()
    assert browser.wrong == []

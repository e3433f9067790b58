"""Export in Chromium, without JavaScript: from the import page to a file on the disk; a refusal keeps what was chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

pytestmark = pytest.mark.browser

HOME = "/sites/casa-surquillo"


def test_from_the_import_page_to_a_file_without_javascript(browse, tmp_path: Path) -> None:
    page = browse(java_script_enabled=False, accept_downloads=True).open(f"{HOME}/import")
    page.get_by_role("link", name="Exportar lecturas").click()
    page.get_by_label("Terma", exact=False).uncheck()
    page.get_by_label("Refrigeradora", exact=False).uncheck()
    page.get_by_label("Desde").fill("2026-08-01")
    page.get_by_label("Hasta, incluido").fill("2026-08-02")
    page.get_by_label("Cada cuánto").select_option("1h")
    with page.expect_download() as sent:
        page.get_by_role("button", name="Descargar").click()
    assert sent.value.suggested_filename == "casa-surquillo-2026-08-01-2026-08-02-simulated.csv"
    sent.value.save_as(tmp_path / "casa.csv")
    lines = (tmp_path / "casa.csv").read_text("utf-8-sig").splitlines()
    assert len(lines) == 1 + 48
    assert lines[1].startswith("Medidor;01/08/2026 00:00;01/08/2026 01:00;0,")


def test_a_refusal_keeps_what_was_chosen(browse) -> None:
    page = browse(360, java_script_enabled=False).open(f"{HOME}/export")
    page.get_by_label("EMHASS", exact=False).check()
    page.get_by_label("Cada cuánto").select_option("1d")
    page.get_by_role("button", name="Descargar").click()
    assert "no admite ese intervalo" in page.get_by_role("alert").inner_text()
    assert page.get_by_label("EMHASS", exact=False).is_checked()
    assert page.get_by_label("Cada cuánto").input_value() == "1d"

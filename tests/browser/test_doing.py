"""What one does with the pages: keys, themes, charts, uploads, answers."""

from __future__ import annotations

import re
import sys
from threading import Event

import pytest

pytestmark = pytest.mark.browser

HOME, FORECAST, FINDINGS = (
    "/sites/casa-surquillo/",
    "/sites/casa-surquillo/forecast",
    "/sites/casa-surquillo/findings",
)


def test_arrows_read_a_chart_aloud(browse) -> None:
    browser = browse()
    page = browser.open(FORECAST)
    figure = page.locator("figure.chart").nth(2)  # the one by the hour
    figure.locator("canvas").wait_for()
    rest = figure.locator(".readout").inner_text()
    figure.locator(".plot").focus()
    page.keyboard.press("ArrowRight")
    first = figure.locator(".readout").inner_text()
    page.keyboard.press("ArrowRight")
    second = figure.locator(".readout").inner_text()
    assert len({rest, first, second}) == 3
    assert re.search(r"\w{3} \d+ \w{3}, \d\d:00 · real [\d.]+\s?kWh", first)
    page.keyboard.press("ArrowLeft")
    assert figure.locator(".readout").inner_text() == first
    assert browser.wrong == []


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "America/Los_Angeles", "Europe/Madrid"])
def test_a_device_elsewhere_still_shows_the_sites_clock(browse, zone: str) -> None:
    page = browse(timezone_id=zone).open(HOME)
    figure = page.locator("figure.chart").first
    figure.locator("canvas").wait_for()
    figure.locator(".plot").focus()
    page.keyboard.press("ArrowRight")
    assert figure.locator(".readout").inner_text().startswith("jue 20 ago, 00:00")
    row = figure.locator("tbody th").first.text_content()
    assert row == "jue 20, 00:00"


def test_the_theme_is_kept_over_a_reload_without_a_flash(browse) -> None:
    page = browse().open(HOME)
    assert page.get_attribute("html", "data-theme") is None
    page.get_by_role("button", name="Cambiar entre claro y oscuro").click()
    assert page.get_attribute("html", "data-theme") == "dark"
    page.reload()
    assert page.get_attribute("html", "data-theme") == "dark"  # written by the server
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(13, 15, 21)"


def test_the_keyboard_goes_everywhere(browse) -> None:
    page = browse().open(HOME)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == "#main"
    menu = page.locator("details.menu")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    assert menu.evaluate("e => e.open")
    page.keyboard.press("Escape")
    assert not menu.evaluate("e => e.open")
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    box = page.evaluate(
        "(() => { const s = getComputedStyle(document.activeElement); return s.outlineStyle; })()"
    )
    assert box == "solid"


def test_now_is_renewed_by_itself(browse) -> None:
    browser = browse()
    page = browser.open(HOME)
    page.evaluate("document.querySelector('#now').setAttribute('data-old', '1')")
    with page.expect_response(lambda r: r.url.endswith("/now")):
        page.evaluate("htmx.ajax('GET', location.pathname + 'now', {target: '#now', swap: 'outerHTML'})")
    page.wait_for_selector("#now:not([data-old])")
    assert page.get_attribute("#now", "hx-trigger") == "every 20s"
    assert page.locator("figure.chart canvas").count() == 1  # the chart beside it is left alone
    assert browser.wrong == []


def test_answering_and_undoing(browse) -> None:
    browser = browse(360)
    page = browser.open(FINDINGS)

    def unfold() -> None:
        page.evaluate("document.querySelectorAll('details.find').forEach(d => { d.open = true; })")

    unfold()
    n_open = page.get_by_role("button", name="Lo voy a hacer").count()
    page.get_by_role("button", name="Lo voy a hacer").first.click()
    page.wait_for_selector(".note.good")
    assert page.locator(".note.good").inner_text().startswith("Anotado")
    unfold()
    browser.keep("accepted-360")
    page.get_by_role("button", name="Deshacer").first.click()
    page.wait_for_selector(".note.good:has-text('Deshecho')")
    unfold()
    assert page.get_by_role("button", name="Lo voy a hacer").count() == n_open
    page.locator("details.no > summary").first.click()
    assert page.get_by_role("radio", name="Cuesta mucho").first.is_visible()
    browser.keep("declining-360")
    assert browser.wrong == []


def test_a_chart_in_a_closed_finding_is_drawn_when_it_opens(browse) -> None:
    browser = browse()
    page = browser.open(FINDINGS)
    page.get_by_role("link", name="Ver la prueba").first.wait_for(state="hidden")
    page.locator("details.find:not([open]) > summary").first.click()
    page.get_by_role("link", name="Ver la prueba").first.click()
    page.wait_for_selector("figure.chart canvas")
    browser.keep("finding-1440")
    assert browser.wrong == []


CSV = "Fecha;Valor\n" + "".join(
    f"{d:02}/07/2026 {h:02}:00;{100 + 40 * (h in (7, 19, 20, 21)) + d},5\n"
    for d in range(13, 28)
    for h in range(24)
    if not (d == 15 and 8 <= h < 15)
)


@pytest.mark.parametrize(("width", "theme"), [(360, "light"), (1440, "dark")])
def test_importing_a_file(browse, tmp_path, width: int, theme: str) -> None:
    file = tmp_path / "lectura_julio.csv"
    file.write_text(CSV, "utf-8")
    browser = browse(width, theme)
    page = browser.open("/sites/casa-surquillo/import")
    page.set_input_files(".drop .file", file)
    page.wait_for_url("**/import/*")
    page.wait_for_selector("figure.chart canvas")
    assert page.locator("h1").inner_text() == "Esto entendimos de tu archivo"
    browser.keep(f"preview-{width}-{theme}")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    while page.get_by_role("button", name="Sí, es así").count():
        page.get_by_role("button", name="Sí, es así").click()
        page.wait_for_load_state()
    browser.keep(f"preview-answered-{width}-{theme}")
    page.get_by_role("button", name="Cancelar").click()
    page.wait_for_load_state()
    assert "No se guardó nada" in page.locator(".note").first.inner_text()
    assert browser.wrong == []


def test_a_file_on_its_way_is_seen_and_stopped(browse, tmp_path) -> None:
    file = tmp_path / "grande.csv"
    file.write_text("time,kWh\n" + "2026-01-01 00:00,1\n" * 600_000, "utf-8")
    browser = browse(360)
    page = browser.open("/sites/casa-surquillo/import")
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    line = {"offline": False, "latency": 5, "downloadThroughput": 1e7, "uploadThroughput": 5e5}
    slow.send("Network.emulateNetworkConditions", line)
    page.set_input_files(".drop .file", file)
    page.wait_for_selector(".sending progress[value^='0.']")
    assert re.match(
        r"Enviando grande\.csv · [\d.]+\sMB / 10\.9\sMB", page.locator(".sending .told").inner_text()
    )
    browser.keep("sending-360")
    page.get_by_role("button", name="Detener").click()
    assert page.locator(".sending .told").inner_text() == "Detenido. No se guardó nada."
    assert page.locator(".drop").is_visible()


def test_a_large_file_is_seen_while_it_is_read(browse, tmp_path, monkeypatch) -> None:
    """Half of the first of two is read at once, the rest when the test says so: the bar moves, then the preview comes."""
    from kanchay.services.progress import report
    from kanchay.services.readings import import_file, import_many

    imports = sys.modules["kanchay.web.pages.imports"]  # the package has a blueprint of that name
    half, rest, plainly = Event(), Event(), import_file.preview_file

    def slow(*args):
        for share, until in ((0.1, half), (0.9, rest)):
            while not until.wait(0.01):
                report("rows", share)
        return plainly(*args)

    for room in (imports, import_many):
        monkeypatch.setattr(room, "preview_file", slow)
    monkeypatch.setattr("kanchay.web.tasks._QUICK_S", 0.05)
    for name in ("uno.csv", "dos.csv"):
        (tmp_path / name).write_text(CSV, "utf-8")
    browser = browse(360, "dark")
    page = browser.open("/sites/casa-surquillo/import")
    page.set_input_files(".drop .file", [tmp_path / "uno.csv", tmp_path / "dos.csv"])
    page.wait_for_selector(".working progress")
    assert page.locator(".working h2").inner_text() == "files"
    begun = page.locator(".working progress").evaluate("bar => bar.value")
    half.set()
    for _ in range(100):
        if page.locator(".working progress").evaluate("bar => bar.value") > begun + 0.1:
            break
        page.wait_for_timeout(50)
    assert page.locator(".working progress").evaluate("bar => bar.value") > begun + 0.1
    browser.keep("reading-360-dark")
    rest.set()
    page.wait_for_selector("figure.chart canvas")
    half.clear()
    rest.clear()
    page.set_input_files(".drop .file", tmp_path / "uno.csv")
    page.wait_for_selector(".working progress")
    page.get_by_role("button", name="Detener").click()
    page.wait_for_selector(".note")
    assert "No se guardó nada" in page.locator(".note").first.inner_text()


def test_a_file_of_something_else(browse, tmp_path) -> None:
    file = tmp_path / "foto.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(2000))
    browser = browse(360)
    page = browser.open("/sites/casa-surquillo/import")
    page.set_input_files(".drop .file", file)
    page.wait_for_selector(".refused")
    assert page.locator(".refused h2").inner_text() == "No pudimos leer foto.png"
    assert "Envía CSV, Excel o Parquet." in page.locator(".refused").inner_text()
    assert page.locator(".drop").is_visible()
    browser.keep("refused-360")


def test_behind_a_proxy_nobody_is_signed_in_by_itself(chromium, served) -> None:
    context = chromium.new_context(
        viewport={"width": 360, "height": 800},
        locale="es-PE",
        extra_http_headers={"X-Forwarded-For": "203.0.113.9"},
    )
    page = context.new_page()
    page.goto(served + "/sites")
    assert "/sign-in" in page.url
    assert page.locator("h1").inner_text() == "Entra para ver tu energía"
    context.close()


def test_less_motion(browse) -> None:
    page = browse(reduced_motion="reduce").open(HOME)
    moving = page.evaluate(
        "[...document.querySelectorAll('.flow .d')].filter(e => getComputedStyle(e).animationName !== 'none').length"
    )
    assert moving == 0


def test_first_chart_is_soon_visible_on_a_slow_phone(browse) -> None:
    """Printed, not asserted as a limit: a shared machine is no stopwatch; the order of magnitude is."""
    browser = browse(360)
    page = browser.open(HOME)
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.reload()
    page.wait_for_selector("figure.chart canvas")
    seconds = page.evaluate("performance.now()") / 1000
    print(f"first chart at 4x CPU slowdown: {seconds:.2f} s")
    assert seconds < 15

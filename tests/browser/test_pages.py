"""Every page in Chromium: at 360 and 1440 px, light and dark, in Spanish and English. Pictures are kept."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

HOME, OFFICE = "/sites/casa-surquillo", "/sites/oficina-miraflores"
PAGES = {
    "home": f"{HOME}/",
    "office": f"{OFFICE}/",
    "forecast": f"{HOME}/forecast",
    "office-forecast": f"{OFFICE}/forecast",
    "card": f"{HOME}/forecast/card",
    "office-card": f"{OFFICE}/forecast/card",
    "findings": f"{HOME}/findings",
    "office-findings": f"{OFFICE}/findings",
    "bill": f"{HOME}/bill",
    "bill-past": f"{HOME}/bill?back=1",
    "office-bill": f"{OFFICE}/bill",
    "options": f"{HOME}/bill/options",
    "receipt": f"{HOME}/receipt",
    "tariffs": "/tariffs",
    "tariff-editor": "/tariffs/write",
    "import": f"{HOME}/import",
    "export": f"{OFFICE}/export",
    "sites": "/sites",
    "site-new": "/sites/new",
    "site-edit": f"{HOME}/edit",
    "settings": "/settings",
    "claim": "/claim/abc",
}
LOOKS = [
    (360, "light", "es"),
    (1440, "dark", "en"),
    pytest.param(360, "dark", "en", marks=pytest.mark.slow),
    pytest.param(1440, "light", "es", marks=pytest.mark.slow),
]

NAMELESS = """() => [...document.querySelectorAll('a,button,input,select,summary,[role=img],[role=region]')]
  .filter(e => e.type !== 'hidden' && e.checkVisibility())
  .filter(e => !e.getAttribute('aria-label') && !e.textContent.trim())
  .filter(e => ![...(e.labels || [])].some(l => l.textContent.trim()))
  .map(e => e.outerHTML.slice(0, 120))"""
DOUBLE_IDS = """() => [...document.querySelectorAll('[id]')].map(e => e.id)
  .filter((x, i, all) => all.indexOf(x) !== i)"""
CUT = """() => [...document.querySelectorAll('main h1,main h2,main p,main dd,main .btn,main .chip')]
  .filter(e => e.checkVisibility() && !e.closest('.scroll,.sr,.track,.step,.axis') && !e.matches('.sr'))
  .filter(e => { const b = e.getBoundingClientRect(); return b.width && (b.left < -1 || b.right > innerWidth + 1); })
  .map(e => e.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_page(browse, name: str, width: int, theme: str, language: str) -> None:
    browser = browse(width, theme, language)
    page = browser.open(PAGES[name])
    if page.locator("figure.chart").count():
        page.wait_for_selector("figure.chart canvas")
    browser.keep(f"{name}-{width}-{theme}-{language}")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, (
        "the page scrolls sideways"
    )
    assert page.evaluate(CUT) == []
    assert page.evaluate(NAMELESS) == []
    assert page.evaluate(DOUBLE_IDS) == []
    assert page.locator("h1").count() == 1
    assert page.get_attribute("html", "lang") == {"es": "es-PE", "en": "en"}[language]
    assert browser.wrong == []


def test_a_page_that_is_not_there(browse) -> None:
    browser = browse(360)
    page = browser.open("/nope")
    assert page.locator("h1").inner_text() == "No encontramos lo que pides"
    browser.keep("not-found-360")


@pytest.mark.parametrize("width", [320, 384, 720])
def test_zoomed_in_the_page_flows_anew(browse, width: int) -> None:
    """A screen of 1280, 768 or 1440 px at 400 or 200 % has that many pixels to lay out in (WCAG 1.4.4, 1.4.10)."""
    browser = browse(width)
    for name in (
        "home",
        "office",
        "forecast",
        "card",
        "bill",
        "options",
        "tariff-editor",
        "findings",
        "import",
    ):
        page = browser.open(PAGES[name])
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        assert page.evaluate(CUT) == [], name


def test_larger_text_alone_still_fits(browse) -> None:
    browser = browse(360)
    for name in ("home", "card", "bill", "findings"):
        page = browser.open(PAGES[name])
        page.evaluate("document.documentElement.style.fontSize = '150%'")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name


@pytest.mark.parametrize(
    "name", ["home", "forecast", "card", "bill", "options", "tariff-editor", "findings", "import"]
)
def test_without_javascript_everything_is_there(browse, name: str) -> None:
    browser = browse(360, java_script_enabled=False)
    page = browser.open(PAGES[name])
    assert page.locator("h1").count() == 1
    for i in range(page.locator("figure.chart details.astable").count()):
        table = page.locator("figure.chart details.astable").nth(i)
        if table.is_visible():
            table.locator("summary").click()
            assert table.locator("tbody tr").count() > 3
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    if name == "import":
        assert page.get_by_role("button", name="Ver qué contiene").is_visible()
    browser.keep(f"{name}-no-script")

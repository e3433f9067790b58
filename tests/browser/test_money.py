"""Money in Chromium: a tariff written with a mistake, mended and saved; options compared; a past bill looked at."""

from __future__ import annotations

import re
from typing import Any

import pytest

pytestmark = pytest.mark.browser

HOME, EDITOR = "/sites/casa-surquillo", "/tariffs/write"
LOOKS = [(360, "light", "es"), (1440, "dark", "en")]


def lines(page: Any) -> list[str]:
    """The text in the editor by line."""
    return str(page.locator("#text").input_value()).split("\n")


def type_in(page: Any, old: str, new: str) -> None:
    """Exchange a part of the text as somebody would who writes."""
    text = page.locator("#text").input_value()
    assert old in text
    page.locator("#text").fill(text.replace(old, new))


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_a_mistake_is_found_mended_and_saved(browse, width: int, theme: str, language: str) -> None:
    browser = browse(width, theme, language)
    page = browser.open(EDITOR)
    name = f"pe.prueba.w{width}.bt5b"
    page.locator("#text").fill(re.sub(r"(?m)^id: .*$", f"id: {name}", page.locator("#text").input_value()))
    page.wait_for_selector("#trial-of-it .chip.good")
    type_in(page, "select: by_total", "select: by_luck")
    page.wait_for_selector("#trial-of-it [data-line]")
    wrong = next(i for i, line in enumerate(lines(page)) if "by_luck" in line)
    assert page.locator("#text").get_attribute("aria-invalid") == "true"
    assert "1" in page.locator("#said").inner_text()
    browser.keep(f"tariff-mistake-{width}-{theme}-{language}")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.locator("button[value=save]").click()  # leads to the mistake instead
    assert page.evaluate("document.activeElement.dataset.line") == str(wrong + 1)
    page.keyboard.press("Enter")  # and from there to its line
    chosen = page.evaluate("(t => t.value.slice(t.selectionStart, t.selectionEnd))(document.activeElement)")
    assert chosen.strip() == "select: by_luck"
    page.keyboard.type(chosen.replace("by_luck", "by_total"))
    page.wait_for_selector("#trial-of-it .chip.good")
    assert page.locator("#dirty").is_visible()
    page.locator("button[value=save]").click()
    page.wait_for_url(f"**id={name}")
    assert name in page.locator(".note.good").inner_text()
    assert not page.locator("#dirty").is_visible()
    browser.keep(f"tariff-saved-{width}-{theme}-{language}")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert browser.wrong == []


def test_the_editor_needs_no_mouse_and_keeps_what_is_unsaved(browse) -> None:
    browser = browse()
    page = browser.open(EDITOR)
    page.locator("#text").focus()
    page.keyboard.press("Tab")  # Tab leaves the field
    assert page.evaluate("document.activeElement.name") == "kwh"
    page.locator("input[name=kwh]").fill("30")
    page.keyboard.press("Enter")  # checks, and saves nothing
    page.wait_for_load_state()
    assert page.locator(".note.good").count() == 0
    assert page.locator("input[name=kwh]").input_value() == "30"
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("#text").press("End")
    page.keyboard.type(" ")
    page.goto(page.url)
    assert asked == ["beforeunload"]


def test_the_editor_numbers_its_lines(browse) -> None:
    page = browse().open(EDITOR)
    page.locator("#text").fill("a: 1\nb: 2\nc: 3")
    assert page.locator(".gutter").inner_text().split() == ["1", "2", "3"]
    page.locator("#text").fill("x: 1\n" * 200)
    page.locator("#text").evaluate("e => { e.scrollTop = 900; }")
    wanted = page.locator("#text").evaluate("e => e.scrollTop")
    for _ in range(50):  # the page forbids code from text, so that we look ourselves
        if page.locator(".gutter").evaluate("e => e.scrollTop") == wanted:
            break
        page.wait_for_timeout(100)
    assert page.locator(".gutter").evaluate("e => e.scrollTop") == wanted


def test_the_editor_without_javascript(browse) -> None:
    page = browse(360, java_script_enabled=False).open(EDITOR)
    type_in(page, "select: by_total", "select: by_luck")
    page.locator("button[value=check]:visible").click()
    assert page.locator(".problems li").count() >= 1
    assert "Línea" in page.locator(".problems").inner_text()
    assert "by_luck" in page.locator("#text").input_value()
    assert page.locator("#dirty").is_visible()


@pytest.mark.parametrize(("width", "theme", "language"), LOOKS)
def test_options_are_compared(browse, width: int, theme: str, language: str) -> None:
    browser = browse(width, theme, language)
    page = browser.open(f"{HOME}/bill")
    page.get_by_role("link", name={"es": "Comparar opciones", "en": "Compare options"}[language]).click()
    page.wait_for_url("**/bill/options")
    browser.keep(f"options-walk-{width}-{theme}-{language}")
    rows = page.locator(".options li")
    assert page.locator(".options li.own").count() == 1
    refused = page.locator("section[aria-labelledby=refused] li")
    assert rows.count() + refused.count() >= 2  # each other option has a total, or the reason why not
    totals = [
        float(re.sub(r"[^\d.]", "", x.split("/")[-1])) for x in rows.locator(".money").all_inner_texts()
    ]
    assert totals == sorted(totals)
    n_periods = page.locator("tbody tr").count()
    assert 1 <= n_periods <= 12
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert browser.wrong == []


def test_months_are_turned_like_pages(browse) -> None:
    browser = browse(360)
    page = browser.open(f"{HOME}/bill")
    here = page.locator("h1").inner_text()
    page.locator("a[rel=prev]").click()
    page.wait_for_url("**back=1")
    assert page.locator("h1").inner_text() != here
    assert page.locator("tr.total").count() == 1
    page.locator("a[rel=next]").click()
    page.wait_for_url(f"**{HOME}/bill")
    assert page.locator("h1").inner_text() == here
    assert browser.wrong == []

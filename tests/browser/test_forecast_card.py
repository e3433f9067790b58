"""The forecast card in Chromium: hours without a date, days that open, meters to choose from."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

CARD = "/sites/casa-surquillo/forecast/card"


def test_the_hours_are_read_out_without_a_date(browse) -> None:
    page = browse(1440, language="en").open(CARD)
    figure = page.locator("section[aria-labelledby=by-hour] figure.chart")
    figure.locator("canvas").wait_for()
    figure.locator(".plot").focus()
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    said = figure.locator(".readout").inner_text()
    assert said.startswith("07:00 · Kanchay"), said
    assert "Average of 7 days" in said


def test_a_worst_day_is_drawn_once_it_is_opened(browse) -> None:
    browser = browse(360)
    page = browser.open(CARD)
    days = page.locator("details.day")
    assert days.count() == 3
    days.nth(0).locator("canvas").wait_for()
    assert days.nth(1).locator("canvas").count() == 0
    days.nth(1).locator("summary").first.click()
    days.nth(1).locator("canvas").wait_for()
    assert days.nth(1).locator("canvas").bounding_box()["width"] > 200
    assert browser.wrong == []


def test_from_home_to_the_card_and_to_another_meter(browse) -> None:
    browser = browse(360)
    page = browser.open("/sites/casa-surquillo/")
    page.get_by_role("link", name="¿Qué tanto acierta el pronóstico?").click()
    page.wait_for_url("**/forecast/card")
    first = page.locator("h1").inner_text()
    page.get_by_role("navigation", name="Otros medidores").get_by_role("link").first.click()
    page.wait_for_url("**point=*")
    assert page.locator("h1").inner_text()
    assert page.locator("main .head p").first.inner_text() not in first
    assert browser.wrong == []

"""Day by day in Chromium: bars with whiskers that are drawn and read out on a phone."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def test_a_day_ahead_is_read_out_with_its_range(browse) -> None:
    browser = browse(360)
    page = browser.open("/sites/casa-surquillo/forecast")
    figure = page.locator("section[aria-labelledby=days] figure.chart")
    figure.locator("canvas").wait_for()
    figure.locator(".plot").focus()
    for _ in range(9):  # seven days measured, today, tomorrow
        page.keyboard.press("ArrowRight")
    said = figure.locator(".readout").inner_text()
    assert said.startswith("vie 21 ago · pronóstico "), said
    assert "80 %: " in said
    assert browser.wrong == []

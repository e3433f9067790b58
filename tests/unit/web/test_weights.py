"""Pages stay light: at most 150 KB with all they load, at most 55 KB on the wire."""

from __future__ import annotations

import gzip
import re

import pytest

MOST, MOST_PACKED = 150_000, 55_000
PAGES = [
    "/sites/casa/",
    "/sites/oficina/",
    "/sites/casa/forecast",
    "/sites/oficina/forecast",
    "/sites/casa/forecast/card",
    "/sites/oficina/forecast/card",
    "/sites/casa/findings",
    "/sites/casa/findings/casa-f1",
    "/sites/casa/bill",
    "/sites/casa/bill?back=1",
    "/sites/casa/bill/options",
    "/sites/casa/receipt",
    "/tariffs",
    "/tariffs/write",
    "/sites/casa/import",
    "/sites/casa/export",
    "/sites",
    "/sites/casa/edit",
    "/settings",
    "/nope",
]


@pytest.mark.parametrize("path", PAGES)
def test_weight_of_a_page_with_all_it_loads(client, path: str) -> None:
    html = client.get(path)
    loaded = re.findall(r'(?:src|href)="(/static/[^"]+|/manifest[^"]+)"', html.text)
    assert len(set(loaded)) == len(loaded)
    bodies = [html.data, *(client.get(address).data for address in loaded)]
    weights = sum(map(len, bodies)), sum(len(gzip.compress(body, 6)) for body in bodies)
    assert weights[0] <= MOST, f"{path}: {weights[0]:,} bytes"
    assert weights[1] <= MOST_PACKED, f"{path}: {weights[1]:,} bytes packed"
    assert len(html.data) <= 40_000, f"{path}: HTML of {len(html.data):,} bytes"


def test_htmx_is_loaded_only_where_something_is_alive(client) -> None:
    for path in PAGES:
        text = client.get(path).text
        assert ("vendor/htmx" in text) == ("hx-get" in text), path

"""Headers, static files, compression."""

from __future__ import annotations

import gzip
import re

import pytest

from kanchay.web.assets import STATIC
from kanchay.web.headers import CSP

PAGES = [
    "/sites/casa/",
    "/sites/oficina/",
    "/sites/vacia/",
    "/sites/casa/forecast",
    "/sites/casa/findings",
    "/sites/casa/findings/casa-f1",
    "/sites/casa/bill",
    "/sites/oficina/bill",
    "/sites/casa/import",
    "/sites",
    "/sites/new",
    "/sites/casa/edit",
    "/settings",
    "/nope",
]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_keeps_to_itself(client, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["Content-Security-Policy"] == CSP
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert re.search("no-cache|no-store", answer.headers["Cache-Control"])


def test_the_policy_allows_no_inline_script_and_no_other_host() -> None:
    rules = dict(rule.split(" ", 1) for rule in CSP.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert "http" not in CSP
    assert "unsafe-eval" not in CSP


@pytest.mark.parametrize("path", PAGES)
def test_no_page_needs_more_than_the_policy_allows(client, path: str) -> None:
    html = client.get(path).text
    scripts = re.findall(r"<script([^>]*)>", html)
    assert all('src="/static/' in s or 'type="application/json"' in s for s in scripts)
    assert not re.search(r"\son\w+=", html)
    assert not re.search(r'(src|href|action)="(https?:)?//', html)


def test_static_files_are_kept_for_a_year_by_their_hash(client) -> None:
    address = re.search(r'href="(/static/kanchay\.css\?v=\w+)"', client.get("/sites").text)[1]
    answer = client.get(address)
    assert "immutable" in answer.headers["Cache-Control"]
    assert "Set-Cookie" not in answer.headers
    assert "immutable" not in client.get("/static/kanchay.css").headers["Cache-Control"]


def test_the_hash_follows_the_content(world, tmp_path, monkeypatch) -> None:
    from kanchay.web import assets

    monkeypatch.setattr(assets, "STATIC", tmp_path)
    (tmp_path / "a.css").write_text("a{}")
    first = assets.content_hash("a.css")
    (tmp_path / "a.css").write_text("b{color:red}")
    assert assets.content_hash("a.css") != first


@pytest.mark.parametrize("path", ["/sites/casa/", "/static/kanchay.css", "/api/v1/sites/casa/findings"])
def test_who_asks_for_gzip_gets_it(client, path: str) -> None:
    plain = client.get(path)
    packed = client.get(path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.data) < len(plain.data)
    unpacked = gzip.decompress(packed.data)
    assert len(unpacked) == int(plain.headers["Content-Length"])
    assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "gzip;q=0"}).headers


def test_libraries_of_others_come_with_their_licence() -> None:
    vendor = STATIC / "vendor"
    readme = (vendor / "README.md").read_text("utf-8")
    scripts = list(vendor.glob("*.js"))
    assert scripts
    for script in scripts:
        name = script.name.split("-")[0]
        assert (vendor / f"{name}.LICENSE").is_file()
        assert script.name in readme


def test_our_own_files_call_nobody() -> None:
    for path in [*STATIC.glob("*.css"), *STATIC.glob("*.js")]:
        assert not re.search(r"https?://(?!www\.w3\.org)", path.read_text("utf-8")), path.name

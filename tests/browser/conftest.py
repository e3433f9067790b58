"""The real demo behind a real server, and Debian's Chromium in front of it."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kanchay.bootstrap import in_memory
from kanchay.domain.interval import parse_instant
from kanchay.services.findings.advise import advise_site
from kanchay.services.findings.detect import detect_site
from kanchay.services.people.policy import operator_scope
from kanchay.settings import read_settings

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "build" / "pictures"
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
# A Thursday at dusk on which a price list of Lima holds: the demo is simulated up to here.
NOW = parse_instant("2026-08-20T18:40", "America/Lima")


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the demo, served by waitress from memory."""
    from waitress.server import create_server

    from kanchay.simulate.demo import load_demo
    from kanchay.web import create_app

    settings = read_settings(home=str(tmp_path_factory.mktemp("home")), locale="es")
    ctx, scope = in_memory(settings=settings, clock=lambda: NOW), operator_scope()
    for site in load_demo(ctx, scope, now=NOW):
        detect_site(ctx, scope, site.id)
        advise_site(ctx, scope, site.id)
    server = create_server(
        create_app(ctx, settings, demo=True),
        host="127.0.0.1",
        port=0,
        threads=4,
        clear_untrusted_proxy_headers=False,
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One browser for all tests; skips with the reason where there is none."""
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no Chromium: apt-get install chromium")
    playwright = pytest.importorskip("playwright.sync_api").sync_playwright().start()
    browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield browser
    browser.close()
    playwright.stop()


class Page:
    """A page that remembers what went wrong in it."""

    def __init__(self, page: Any, base: str) -> None:
        self.page, self.base, self.wrong = page, base, []
        page.on("console", lambda m: self.wrong.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: self.wrong.append(str(e)))
        page.on("requestfailed", lambda r: self.wrong.append(f"failed: {r.url}"))
        page.on(
            "request",
            lambda r: None if r.url.startswith((base, "data:")) else self.wrong.append(f"left: {r.url}"),
        )

    def open(self, path: str) -> Any:
        self.page.goto(self.base + path)
        self.page.wait_for_load_state("load")
        return self.page

    def keep(self, name: str) -> None:
        """A picture for eyes, kept as a build artefact."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{name}.png", full_page=True)


@pytest.fixture
def browse(chromium: Any, served: str) -> Iterator[Callable[..., Page]]:
    """Open a fresh browser profile: width, theme, language, device zone."""
    opened = []

    def make(width: int = 1440, theme: str = "light", language: str = "es", **more: Any) -> Page:
        height = 800 if width < 500 else 900
        context = chromium.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, **more
        )
        context.add_cookies([{"name": "kanchay-language", "value": language, "url": served}])
        opened.append(context)
        return Page(context.new_page(), served)

    yield make
    for context in opened:
        context.close()

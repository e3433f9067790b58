"""`kanchay serve --demo`, as `make run` starts it: pages, API, worker, and a graceful end."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Browser:
    """Keeps cookies and follows redirects, nothing more."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> tuple[int, str]:
        try:
            with self.opener.open(self.base + path, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


def wait_until_served(browser: Browser, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        assert process.poll() is None, process.stdout.read()
        try:
            if browser.get("/healthz")[0] == 200:
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    raise AssertionError("not served within three minutes")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Browser, subprocess.Popen[str]]]:
    home, port = tmp_path_factory.mktemp("home"), free_port()
    command = [
        sys.executable,
        "-m",
        "kanchay.cli",
        "--home",
        str(home),
        "serve",
        "--demo",
        "--port",
        str(port),
    ]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    browser = Browser(f"http://127.0.0.1:{port}")
    try:
        wait_until_served(browser, process)
        yield browser, process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait(30)


def test_the_demo_signs_in_by_itself_and_says_that_it_is_simulated(served) -> None:
    status, page = served[0].get("/")
    assert status == 200
    assert "Simulado" in page
    assert "Casa Surquillo" in page


def test_both_sites_have_all_pages(served) -> None:
    browser = served[0]
    for site in ("casa-surquillo", "oficina-miraflores"):
        for page in ("", "forecast", "findings", "bill"):
            status, text = browser.get(f"/sites/{site}/{page}")
            assert status == 200, (site, page, text[:500])
            assert text.count("<h1") == 1


def test_the_worker_forecasts_what_the_demo_brings(served) -> None:
    """The re-forecast job: a stored forecast with the run that made it."""
    browser = served[0]
    status, points = browser.get("/api/v1/sites/casa-surquillo/points")
    assert status == 200, points
    assert "grid" in points
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        status, text = browser.get("/api/v1/points/casa-surquillo:grid/forecast")
        if status == 200 and json.loads(text)["run_id"]:
            return
        time.sleep(1)
    raise AssertionError(text[:500])


def test_it_ends_gracefully(served) -> None:
    process = served[1]
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    assert "stored" in process.stdout.read()


def test_nothing_is_lost_and_a_second_start_is_fast_enough_to_repeat(served, tmp_path: Path) -> None:
    """`make run` can be repeated: the same folder opens again and knows its sites."""
    home = served[1].args[4]
    run = subprocess.run(
        [sys.executable, "-m", "kanchay.cli", "--home", home, "site", "list", "--json"],
        capture_output=True, text=True, check=True, timeout=60, cwd=tmp_path,
    )  # fmt: skip
    assert {s["id"] for s in json.loads(run.stdout)} >= {"casa-surquillo", "oficina-miraflores"}

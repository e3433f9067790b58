"""`kanchay serve` as a process: it says where it is, gives the one-time link, and ends gracefully."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest


def start(home: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "kanchay.cli", "--home", str(home), "serve", "--port", "0", *more]
    return subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )


@pytest.fixture
def server(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = start(tmp_path / "home")
    yield process
    if process.poll() is None:
        process.kill()
    process.wait(timeout=30)


def read_until(process: subprocess.Popen[str], pattern: str, seconds: float = 60) -> re.Match[str]:
    until, seen = time.monotonic() + seconds, ""
    assert process.stdout is not None
    while time.monotonic() < until:
        line = process.stdout.readline()
        seen += line
        if found := re.search(pattern, seen):
            return found
        if not line and process.poll() is not None:
            break
    raise AssertionError(f"no {pattern!r} in:\n{seen}")


def get(address: str) -> tuple[int, str]:
    with urllib.request.urlopen(address, timeout=20) as answer:
        return answer.status, answer.read().decode()


def test_it_serves_claims_and_ends_on_sigterm(server: subprocess.Popen[str], tmp_path: Path) -> None:
    base = read_until(server, r"serves on (http://127\.0\.0\.1:\d+/)")[1]
    link = read_until(server, r"(http://\S+/claim/\S+)")[1]
    assert get(f"{base}healthz")[0] == 200
    assert "Crea la cuenta" in get(link)[1]
    assert "Entra para ver" in get(base)[1]  # nobody is signed in by itself
    server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=40) == 0
    assert server.stdout is not None
    assert "Stopped" in server.stdout.read()
    assert (tmp_path / "home" / "secret.key").stat().st_mode & 0o777 == 0o600


def test_once_it_has_an_owner_there_is_no_link(tmp_path: Path) -> None:
    from kanchay.bootstrap import open_product
    from kanchay.services.people.sign_in import create_owner
    from kanchay.settings import read_settings

    ctx = open_product(read_settings(home=str(tmp_path / "home")))
    create_owner(ctx, "ana@example.org", "Ana", "una frase larga y facil")
    ctx.readings.close()
    ctx.records.close()
    process = start(tmp_path / "home")
    read_until(process, r"serves on")
    process.send_signal(signal.SIGINT)
    said, _ = process.communicate(timeout=40)
    assert process.returncode == 0
    assert "claim" not in said


def test_a_port_that_is_taken_is_told(server: subprocess.Popen[str], tmp_path: Path) -> None:
    port = read_until(server, r"serves on http://127\.0\.0\.1:(\d+)/")[1]
    command = [
        sys.executable,
        "-m",
        "kanchay.cli",
        "--home",
        str(tmp_path / "other"),
        "serve",
        "--port",
        port,
    ]
    second = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode == 1
    assert f"port {port}" in second.stderr.lower()
    assert "Traceback" not in second.stderr

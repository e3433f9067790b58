"""Pushes over real HTTP on lines that break: in a piece, in an answer, for good; and what a hub takes in the meantime."""

from __future__ import annotations

import json
import os
import select
import socket
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from kanchay.adapters import arriving
from kanchay.adapters.arriving import Arriving
from kanchay.adapters.installed import BundleShelf
from kanchay.adapters.registry import hub as hub_module
from kanchay.adapters.registry.hub import HubRegistry
from kanchay.domain.errors import BundleError, BundleTampered, Conflict, InputError, NotFound, Unreachable
from kanchay.services.models.push import push_model
from kanchay.web.sessions import read_token

NOW = 1_790_000_000
PIECE = 8_000


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    monkeypatch.setattr(hub_module, "_PIECE", PIECE)


class Line:
    """A line to a hub that breaks: a TCP proxy. `cut` says after how many bytes of each connection, and which way."""

    def __init__(self, address: str, cut: Callable[[int], tuple[str, int] | None]) -> None:
        parts = urlsplit(address)
        self._to = (parts.hostname, parts.port)
        self._cut = cut
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self.connections = 0
        self.broken = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            self.connections += 1
            cut = self._cut(self.connections)
            threading.Thread(target=self._carry, args=(near, cut), daemon=True).start()

    def _carry(self, near: socket.socket, cut: tuple[str, int] | None) -> None:
        with near, socket.create_connection(self._to) as far:
            left = {"up": 1 << 40, "down": 1 << 40, **(dict([cut]) if cut else {})}
            while True:
                for source in select.select([near, far], [], [])[0]:
                    way, target = ("up", far) if source is near else ("down", near)
                    try:
                        data = source.recv(min(4096, left[way]) or 1)
                        left[way] -= len(data)
                        if not data:
                            return
                        if left[way] < 0:
                            self.broken += 1
                            return
                        target.sendall(data)
                    except OSError:
                        return


@contextmanager
def line(hub: Any, cut: Callable[[int], tuple[str, int] | None]) -> Iterator[tuple[Line, HubRegistry]]:
    made = Line(hub.address, cut)
    token = read_token(hub.home / "models-write.token")
    try:
        yield made, HubRegistry(made.address, token=token, pause=lambda _: None)
    finally:
        made.close()


def waiting(hub: Any) -> list[int]:
    folder = hub.home / ".arriving"
    return [p.stat().st_size for p in folder.iterdir()] if folder.is_dir() else []


def pieces(hub: Any) -> int:
    return sum(method == "PATCH" for method, _, _ in hub.requests)


def test_a_line_that_breaks_in_the_middle_is_taken_up(hub, shelf, scope, bundle) -> None:
    """Every third connection dies within its piece: the push goes on from what the hub had kept."""
    archive = bundle("1")
    with line(hub, lambda n: ("up", 5_000) if n % 3 == 0 else None) as (wire, registry):
        kept = push_model(registry, shelf, scope, archive, now=NOW)
    assert wire.broken >= 3
    assert hub.own.versions("golden") == [kept]
    assert b"".join(hub.own.fetch(kept, 0)) == archive.read_bytes()
    assert waiting(hub) == []


def test_the_same_command_goes_on_where_the_last_one_stopped(hub, shelf, scope, bundle) -> None:
    archive = bundle("1")
    size = archive.stat().st_size
    with (
        line(hub, lambda n: ("up", 0) if n > 6 else None) as (_, registry),
        pytest.raises(Unreachable) as error,
    ):
        push_model(registry, shelf, scope, archive, now=NOW)
    assert f"broke off at {4 * PIECE} of {size} bytes" in error.value.message
    assert "goes on from there" in error.value.hint
    assert waiting(hub) == [4 * PIECE]
    assert hub.own.models() == []  # half of it is nothing
    hub.requests.clear()
    kept = push_model(hub.registry(), shelf, scope, archive, now=NOW)
    assert hub.own.versions("golden") == [kept]
    assert pieces(hub) == -(-(size - 4 * PIECE) // PIECE)


def test_an_answer_that_is_lost_does_no_harm(hub, shelf, scope, bundle) -> None:
    """The hub has done what was asked, the publisher never hears of it: no piece twice, but the end twice."""
    archive = bundle("1")
    n_pieces = -(-archive.stat().st_size // PIECE)
    lost = {4, 4 + n_pieces}  # of connections: two ask, then the pieces with one more question, then the end
    with line(hub, lambda n: ("down", 20) if n in lost else None) as (wire, registry):
        kept = push_model(registry, shelf, scope, archive, now=NOW)
    assert wire.broken == 2
    assert hub.own.versions("golden") == [kept]
    assert pieces(hub) == n_pieces
    assert [m for m, _, _ in hub.requests].count("POST") == 2


def test_a_hub_that_never_answers_is_told_at_once(hub, shelf, scope, bundle) -> None:
    with (
        line(hub, lambda _: ("up", 0)) as (wire, registry),
        pytest.raises(Unreachable, match="does not answer"),
    ):
        push_model(registry, shelf, scope, bundle("1"), now=NOW)
    assert wire.connections == 1


def test_what_an_earlier_push_left_may_be_rotten(hub, shelf, scope, bundle) -> None:
    archive = bundle("1")
    digest = sha256(archive.read_bytes()).hexdigest()
    Arriving(hub.home / ".arriving").write(digest, 0, [b"rotten" * 100])
    kept = push_model(hub.registry(), shelf, scope, archive, now=NOW)
    assert b"".join(hub.own.fetch(kept, 0)) == archive.read_bytes()


def test_another_bundle_of_that_version_is_refused_before_it_is_sent(hub, shelf, scope, bundle) -> None:
    push_model(hub.registry(), shelf, scope, bundle("1"), now=NOW)
    hub.requests.clear()
    with pytest.raises(Conflict, match="a version never changes"):
        push_model(hub.registry(), shelf, scope, bundle("1", files={"README.md": b"# other\n"}), now=NOW)
    assert pieces(hub) == 0
    assert waiting(hub) == []


@pytest.mark.parametrize("told", [-1, 10**9, "9", None, True], ids=str)
def test_a_hub_that_counts_wrong_is_not_believed(hub, shelf, scope, bundle, told) -> None:
    def wrong(app: Any, environ: Any, start: Any) -> Any:
        if environ["REQUEST_METHOD"] != "GET":
            return app(environ, start)
        start("200 OK", [("Content-Type", "application/json")])
        return [json.dumps({"received": told}).encode()]

    hub.wrap = wrong
    with pytest.raises(BundleError, match="cannot be read"):
        push_model(hub.registry(), shelf, scope, bundle("1"), now=NOW)


def test_a_hub_that_never_gets_further_is_left(hub, shelf, scope, bundle) -> None:
    def standing_still(app: Any, environ: Any, start: Any) -> Any:
        if environ["REQUEST_METHOD"] != "PATCH":
            return app(environ, start)
        start("200 OK", [("Content-Type", "application/json")])
        return [b'{"received": 0}']

    hub.wrap = standing_still
    with pytest.raises(BundleError, match="cannot be read"):
        push_model(hub.registry(), shelf, scope, bundle("1"), now=NOW)
    assert pieces(hub) == 1


# ---- what the hub takes, asked directly ----


def ask(
    hub: Any, method: str, digest: str, data: bytes | None = None, *, token: str = "write", **headers: str
):
    request = urllib.request.Request(
        f"{hub.address}/api/v1/models/golden/versions/1/bundle/{digest}",
        method=method,
        data=data,
        headers={"Authorization": f"Bearer {read_token(hub.home / f'models-{token}.token')}"}
        | {name.replace("_", "-"): value for name, value in headers.items()},
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


DIGEST = sha256(b"a bundle").hexdigest()


def test_a_piece_must_follow_what_is_there(hub) -> None:
    assert ask(hub, "GET", DIGEST) == (200, {"received": 0})
    assert ask(hub, "PATCH", DIGEST, b"a bu", Upload_Offset="0") == (200, {"received": 4})
    status, told = ask(hub, "PATCH", DIGEST, b"!", Upload_Offset="5")
    assert (status, told["error"]["code"]) == (409, "bundle.piece")
    assert ask(hub, "PATCH", DIGEST, b"bundle", Upload_Offset="2") == (200, {"received": 8})
    assert ask(hub, "PATCH", DIGEST, b"a bu", Upload_Offset="0") == (200, {"received": 8})  # again, no harm
    assert (hub.home / ".arriving" / f"{DIGEST}.part").read_bytes() == b"a bundle"


@pytest.mark.parametrize("offset", ["-1", "x", ""])
def test_an_offset_that_is_none_is_told(hub, offset) -> None:
    status, told = ask(hub, "PATCH", DIGEST, b"a", Upload_Offset=offset)
    assert status == 422
    assert "Upload-Offset" in told["error"]["message"]
    assert waiting(hub) == []


def test_what_is_no_sha256_is_no_place(hub) -> None:
    for digest in ("x", DIGEST.upper(), "..%2f..%2fsecret.key", f"{DIGEST}0"):
        status, _ = ask(hub, "PATCH", digest, b"a", Upload_Offset="0")
        assert status in (404, 422)
    assert waiting(hub) == []


def test_only_who_may_write_may_send_or_ask(hub) -> None:
    for method, data in (("GET", None), ("PATCH", b"a"), ("POST", b"")):
        status, _ = ask(hub, method, DIGEST, data, token="read", Upload_Offset="0")
        assert status in (401, 403)
    assert waiting(hub) == []


def test_the_end_before_the_end_is_refused_and_forgotten(hub) -> None:
    ask(hub, "PATCH", DIGEST, b"a bun", Upload_Offset="0")
    status, told = ask(hub, "POST", DIGEST, b"")
    assert (status, told["error"]["code"]) == (422, "bundle.hash")
    assert waiting(hub) == []
    assert hub.own.models() == []


def test_more_than_a_bundle_may_have_is_cut_short(tmp_path, monkeypatch) -> None:
    from kanchay.bundle import archive

    monkeypatch.setattr(archive, "MAX_TOTAL", 10)
    here = Arriving(tmp_path)
    with pytest.raises(BundleError) as error:
        here.write(DIGEST, 0, iter([b"12345678", b"90a"]))
    assert error.value.code == "bundle.bomb"
    assert here.size(DIGEST) == 8


# ---- what waits ----


def test_only_so_many_wait_and_not_for_ever(tmp_path, monkeypatch) -> None:
    here = Arriving(tmp_path)
    digests = [sha256(bytes([i])).hexdigest() for i in range(arriving.MAX_WAITING + 2)]
    for age, digest in enumerate(reversed(digests)):
        here.write(digest, 0, [b"x"])
        os.utime(here.path(digest), (time.time() - 1000 + age,) * 2)
    left = {p.stem for p in tmp_path.glob("*.part")}
    assert left == set(digests[: arriving.MAX_WAITING])
    os.utime(here.path(digests[0]), (time.time() - 8 * 86400,) * 2)
    here.sweep()
    assert not here.size(digests[0])
    assert len(list(tmp_path.glob("*.part"))) == arriving.MAX_WAITING - 1


def test_what_was_taken_cannot_be_changed_any_more(tmp_path) -> None:
    here = Arriving(tmp_path)
    here.write(DIGEST, 0, [b"a bundle"])
    with here.taken(DIGEST) as copy:
        here.write(DIGEST, 0, [b"a BUNDLE"])
        assert copy.read_bytes() == b"a bundle"
    with pytest.raises(BundleTampered), here.taken(DIGEST):
        pass
    here.discard(DIGEST)
    with pytest.raises(NotFound), here.taken(DIGEST):
        pass
    assert [p.name for p in tmp_path.iterdir()] == []


def test_what_arrives_is_its_owners_alone(tmp_path) -> None:
    here = Arriving(tmp_path / "arriving")
    here.write(DIGEST, 0, [b"x"])
    assert here.path(DIGEST).stat().st_mode & 0o777 == 0o600
    with pytest.raises(InputError):
        here.path("../x")


def test_waitress_hands_the_pieces_on(hub, shelf, scope, bundle) -> None:
    """The server that `kanchay serve` runs keeps a body to itself until it is whole: a broken piece is lost, no more."""
    from waitress.server import create_server

    server = create_server(hub, host="127.0.0.1", port=0, threads=2)

    def run() -> None:
        with suppress(OSError):  # closed from here, its loop finds no socket any more
            server.run()

    threading.Thread(target=run, daemon=True).start()
    hub.address = f"http://127.0.0.1:{server.effective_port}"
    try:
        with line(hub, lambda n: ("up", 5_000) if n in (3, 7) else None) as (wire, registry):
            kept = push_model(registry, shelf, scope, bundle("1"), now=NOW)
        assert wire.broken == 2
        assert hub.own.versions("golden") == [kept]
    finally:
        server.close()


def test_a_push_into_the_own_home_needs_no_hub(registry, home: Path, scope, bundle) -> None:
    assert push_model(registry, BundleShelf(home), scope, bundle("1"), now=NOW).version == "1"

"""Downloads over real HTTP: broken off, changed on the way, wrong, and never half-installed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from kanchay.adapters.installed import BundleShelf
from kanchay.adapters.models import ModelShelf
from kanchay.adapters.registry.codec import to_json
from kanchay.adapters.registry.hub import HubRegistry
from kanchay.domain.errors import (
    AccessDenied,
    BundleError,
    BundleTampered,
    Conflict,
    InputError,
    KanchayError,
    NotFound,
    Unreachable,
)
from kanchay.services.models.pull import pull_model
from kanchay.services.models.push import push_model

NOW = 1_790_000_000


def installed(home: Path) -> list[str]:
    """Everything below models but what waits for the rest of itself."""
    folder = home / "models"
    return sorted(p.name for p in folder.iterdir() if p.name != ".incoming") if folder.is_dir() else []


def waiting(home: Path) -> list[int]:
    return [p.stat().st_size for p in (home / "models" / ".incoming").glob("*")]


@pytest.fixture
def pushed(hub, shelf, scope, bundle):
    """Version 1 on the hub."""
    return push_model(hub.own, BundleShelf(hub.home), scope, bundle("1"), now=NOW)


def pull(hub, shelf, scope, **more: Any):
    return pull_model(hub.registry("read"), shelf, scope, "golden", **{"version": "1", **more})


def cut_after(n: int):
    """Let each download end after `n` bytes."""

    def wrap(app: Any, environ: Any, start: Any) -> Any:
        body = app(environ, start)
        if not environ["PATH_INFO"].endswith("/bundle"):
            return body
        return [b"".join(body)[:n]]

    return wrap


def test_a_download_that_breaks_off_goes_on_by_itself(hub, pushed, shelf, scope, home) -> None:
    hub.wrap = cut_after(10_000)
    done = pull(hub, shelf, scope)
    ranges = [r for _, path, r in hub.requests if path.endswith("/bundle")]
    assert ranges == ["", *(f"bytes={i}-" for i in range(10_000, pushed.n_bytes, 10_000))]
    assert done.fresh
    assert installed(home) == ["golden.kanchay"]
    assert waiting(home) == []
    assert ModelShelf(type("S", (), {"home": home})()).load("golden").name == "golden"


def test_an_interrupted_pull_goes_on_when_it_is_run_again(hub, pushed, shelf, scope, home) -> None:
    served = []

    def first_only(app: Any, environ: Any, start: Any) -> Any:
        if not environ["PATH_INFO"].endswith("/bundle"):
            return app(environ, start)
        served.append(environ.get("HTTP_RANGE"))
        body = b"".join(app(environ, start))
        return [body[:12_345]] if len(served) == 1 else [b""]  # then the line is dead

    hub.wrap = first_only
    with pytest.raises(Unreachable, match=f"broke off at 12345 of {pushed.n_bytes} bytes") as error:
        pull(hub, shelf, scope)
    assert "goes on from there" in error.value.hint
    assert installed(home) == []
    assert waiting(home) == [12_345]

    hub.wrap, hub.requests = None, []
    assert pull(hub, BundleShelf(home), scope).fresh  # another process, another day
    assert [r for _, path, r in hub.requests if path.endswith("/bundle")] == ["bytes=12345-"]
    assert installed(home) == ["golden.kanchay"]


def test_what_is_left_of_an_earlier_try_may_be_rotten(hub, pushed, shelf, scope, home) -> None:
    part = home / "models" / ".incoming" / f"{pushed.sha256}.part"
    part.parent.mkdir(parents=True)
    part.write_bytes(b"\0" * 5000)
    assert pull(hub, shelf, scope).fresh  # once more from the first byte
    part.write_bytes(b"\0" * (pushed.n_bytes + 1))
    (home / "models" / "golden.kanchay").unlink()
    assert pull(hub, shelf, scope).fresh


def test_a_hub_that_changes_the_file_in_the_middle_is_noticed(
    hub, pushed, shelf, scope, home, bundle
) -> None:
    """The version is another file between the first part and the rest: its ETag gives it away."""
    other = bundle("1", files={"README.md": b"# another\n"})
    served = []

    def wrap(app: Any, environ: Any, start: Any) -> Any:
        if not environ["PATH_INFO"].endswith("/bundle"):
            return app(environ, start)
        served.append(1)
        if len(served) > 1:
            shutil.rmtree(hub.home / "registry")
            push_model(hub.own, BundleShelf(hub.home), scope, other, now=NOW)
        return [b"".join(app(environ, start))[:10_000]]

    hub.wrap = wrap
    with pytest.raises(BundleTampered, match="another file under that version") as error:
        pull(hub, shelf, scope)
    assert error.value.code == "registry.changed"
    assert (installed(home), waiting(home)) == ([], [])


def test_a_hub_that_ignores_the_range_is_noticed(hub, pushed, shelf, scope, home) -> None:
    def whole(app: Any, environ: Any, start: Any) -> Any:
        environ.pop("HTTP_RANGE", None)
        return cut_after(10_000)(app, environ, start)

    hub.wrap = whole
    with pytest.raises(BundleTampered, match="in the middle of the download"):
        pull(hub, shelf, scope)
    assert (installed(home), waiting(home)) == ([], [])


def test_bytes_changed_under_the_same_etag_are_noticed(hub, pushed, shelf, scope, home) -> None:
    archive = hub.home / "registry" / "golden" / "versions" / "1.kanchay"
    data = bytearray(archive.read_bytes())
    data[len(data) // 2] ^= 1
    archive.write_bytes(bytes(data))
    with pytest.raises(BundleTampered, match="not what the registry listed"):
        pull(hub, shelf, scope)
    assert (installed(home), waiting(home)) == ([], [])


def test_a_hub_that_sends_without_end_is_cut_short(hub, pushed, shelf, scope, home) -> None:
    """However long the answer, no more than the listed size is kept."""

    def endless(app: Any, environ: Any, start: Any) -> Any:
        if not environ["PATH_INFO"].endswith("/bundle"):
            return app(environ, start)

        def longer(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            kept = [(k, v) for k, v in headers if k.lower() != "content-length"]
            return start(status, [*kept, ("Content-Length", str(10**9))], *rest)

        body = b"".join(app(environ, longer))
        return (body for _ in range(1000))

    hub.wrap = endless
    with pytest.raises(BundleTampered, match="more than it listed"):
        pull(hub, shelf, scope)
    assert (installed(home), waiting(home)) == ([], [])


def test_a_size_beyond_all_bounds_is_refused_at_once(hub, pushed, shelf, scope, home) -> None:
    from dataclasses import replace

    entry = hub.home / "registry" / "golden" / "versions" / "1.json"
    entry.write_bytes(to_json(replace(pushed, n_bytes=10**12)))
    with pytest.raises(BundleError, match="more than a bundle may have"):
        pull(hub, shelf, scope)
    assert not any(path.endswith("/bundle") for _, path, _ in hub.requests)


def test_an_old_bundle_under_a_new_version_is_noticed(hub, pushed, shelf, scope, home, bundle) -> None:
    """Well signed, but not what was asked for: a registry must not keep hubs on a version with a known fault."""
    from dataclasses import replace

    newer = hub.own._place
    newer.create("golden/versions/2.kanchay", b"".join(hub.own.fetch(pushed, 0)))
    newer.create("golden/versions/2.json", to_json(replace(pushed, version="2")))
    with pytest.raises(BundleTampered, match="gave 'golden' 1 as 'golden' 2") as error:
        pull(hub, shelf, scope, version="2")
    assert error.value.code == "model.swapped"
    assert (installed(home), waiting(home)) == ([], [])


def test_a_stranger_and_nobody_are_refused(hub, pushed, shelf, scope, home, bundle, tmp_path) -> None:
    """The hub trusts a signer that this machine does not know; or its keeper put an unsigned bundle in its files."""
    (home / "trusted_keys").write_text("")
    with pytest.raises(BundleError, match="not trusted here") as error:
        pull(hub, shelf, scope)
    assert error.value.code == "bundle.stranger"
    assert (installed(home), waiting(home)) == ([], [])

    from dataclasses import replace
    from hashlib import sha256

    bare = bundle("3", sign_with=None)
    entry = replace(
        pushed,
        version="3",
        sha256=sha256(bare.read_bytes()).hexdigest(),
        n_bytes=bare.stat().st_size,
        signer="",
    )
    hub.own.add(entry, bare)
    with pytest.raises(BundleError, match="not signed") as error:
        pull(hub, shelf, scope, version="3")
    assert error.value.code == "bundle.unsigned"
    assert (installed(home), waiting(home)) == ([], [])


def test_what_was_installed_stays_when_the_next_is_refused(hub, pushed, shelf, scope, home, bundle) -> None:
    pull(hub, shelf, scope)
    before = (home / "models" / "golden.kanchay").read_bytes()
    second = push_model(hub.own, BundleShelf(hub.home), scope, bundle("2"), now=NOW)
    archive = hub.home / "registry" / "golden" / "versions" / "2.kanchay"
    archive.write_bytes(archive.read_bytes()[:-10] + b"0123456789")
    with pytest.raises(BundleTampered):
        pull(hub, shelf, scope, version="2")
    assert (home / "models" / "golden.kanchay").read_bytes() == before
    assert second.version == "2"


@pytest.mark.parametrize("name", ["pretrained", "adapted", "ensemble", "week", "ridge"])
def test_the_name_of_a_shipped_model_is_kept_for_it(hub, pushed, shelf, scope, home, name) -> None:
    with pytest.raises(Conflict, match="ships with Kanchay"):
        pull(hub, shelf, scope, install_as=name)
    assert installed(home) == []
    assert pull(hub, shelf, scope, install_as="ours").path == home / "models" / "ours.kanchay"


def test_the_wrong_token_and_none_open_nothing(hub, pushed, shelf, scope, home) -> None:
    for token in ("", "nonsense", "0" * 64):
        with pytest.raises(AccessDenied, match="hub says") as error:
            pull_model(hub.registry(token), shelf, scope, "golden", version="1")
        assert "KANCHAY_REGISTRY_TOKEN" in error.value.hint
    assert (installed(home), waiting(home)) == ([], [])


def test_who_may_read_may_not_write(hub, pushed, shelf, scope, bundle) -> None:
    from kanchay.services.models.promote import promote_model

    reader = hub.registry("read")
    with pytest.raises(AccessDenied):
        push_model(reader, shelf, scope, bundle("2"), now=NOW)
    with pytest.raises(AccessDenied):
        promote_model(reader, scope, "golden", "1", alias="champion", share=1.0, why="mine", now=NOW)
    assert [v.version for v in hub.own.versions("golden")] == ["1"]
    assert hub.own.changes("golden") == []


def test_a_hub_keeps_nothing_it_cannot_trust(hub, shelf, scope, bundle, tmp_path) -> None:
    """The publisher's own machine may trust its key: the hub decides for itself."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from kanchay.adapters.models import trust_key
    from kanchay.bundle.sign import public_key

    own = Ed25519PrivateKey.generate()
    mine = tmp_path / "publisher"
    trust_key(mine, public_key(own))
    with pytest.raises(BundleError, match="not trusted here") as error:
        push_model(hub.registry(), BundleShelf(mine), scope, bundle("1", sign_with=own), now=NOW)
    assert error.value.code == "bundle.stranger"
    assert hub.own.models() == []
    assert list((hub.home / ".arriving").iterdir()) == []


def test_a_hub_keeps_nothing_that_is_no_bundle(hub, pushed) -> None:
    from dataclasses import replace
    from hashlib import sha256

    registry = hub.registry()
    path = hub.home / "sent"

    def send(data: bytes) -> None:
        path.write_bytes(data)
        registry.add(replace(pushed, version="9", sha256=sha256(data).hexdigest()), path)

    for data, code in (
        (b"PK\5\6" + b"\0" * 18, "bundle.manifest"),
        (b"x" * 999, "bundle.truncated"),
    ):
        with pytest.raises(BundleError) as error:
            send(data)
        assert error.value.code == code
    with pytest.raises(NotFound, match="Nothing of that sha256"):
        send(b"")
    with pytest.raises(BundleError, match="not 'golden' 9") as error:
        send((hub.home / "registry" / "golden" / "versions" / "1.kanchay").read_bytes())
    assert [v.version for v in hub.own.versions("golden")] == ["1"]


def test_a_hub_writes_down_itself_who_and_when(hub, shelf, scope, bundle) -> None:
    kept = push_model(hub.registry(), shelf, scope, bundle("1"), now=1)
    assert (kept.pushed_at, kept.pushed_by) == (NOW, "the token to write models")
    assert hub.own.versions("golden") == [kept]


@pytest.mark.parametrize("address", ["ftp://x/y", "http://", "https:///x", "http://192.0.2.7:8000"])
def test_addresses_that_cannot_be(address) -> None:
    with pytest.raises(InputError):
        HubRegistry(address, token="t")


def test_a_hub_that_is_not_there_is_told(shelf, scope, home) -> None:
    with pytest.raises(Unreachable, match="does not answer"):
        pull_model(HubRegistry("http://127.0.0.1:9"), shelf, scope, "golden", version="1")
    assert (installed(home), waiting(home)) == ([], [])


def test_the_token_does_not_follow_a_redirect(hub, pushed, shelf, scope) -> None:
    def elsewhere(app: Any, environ: Any, start: Any) -> Any:
        start("302 Found", [("Location", "http://127.0.0.1:9/stolen")])
        return [b""]

    hub.wrap = elsewhere
    with pytest.raises(KanchayError, match="302"):
        pull(hub, shelf, scope)

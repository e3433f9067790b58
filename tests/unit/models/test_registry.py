"""One suite for every registry: a folder, a file URL, an object store in memory, a hub over HTTP."""

from __future__ import annotations

import uuid
from dataclasses import replace
from pathlib import Path

import pytest

from kanchay.adapters.registry.files import FileRegistry
from kanchay.adapters.registry.places import FolderPlace, FsspecPlace, place_of
from kanchay.domain.errors import BundleError, Conflict, InputError, NotFound
from kanchay.domain.model import AliasChange
from kanchay.services.models.find import find_version, followed_version
from kanchay.services.models.listing import list_registry, show_registered
from kanchay.services.models.promote import promote_model, roll_back_model
from kanchay.services.models.pull import pull_model
from kanchay.services.models.push import push_model

NOW = 1_790_000_000


@pytest.fixture(params=["folder", "file", "memory", "hub"])
def any_registry(request, tmp_path):
    if request.param == "hub":
        return request.getfixturevalue("hub").registry()
    if request.param == "memory":
        pytest.importorskip("fsspec")
    address = {
        "folder": str(tmp_path / "a registry"),
        "file": (tmp_path / "a registry").as_uri(),
        "memory": f"memory://{uuid.uuid4().hex}/models",
    }[request.param]
    return FileRegistry(place_of(address))


def test_a_bundle_goes_in_and_comes_out_as_it_was(any_registry, shelf, scope, bundle, home) -> None:
    archive = bundle("1")
    kept = push_model(any_registry, shelf, scope, archive, now=NOW)
    assert (kept.name, kept.version, kept.n_bytes) == ("golden", "1", archive.stat().st_size)
    assert kept.needs.runtimes == ("onnx", "numpy")
    assert kept.needs.format == 1
    assert kept.needs.opset >= 13
    assert 0 < kept.needs.memory_mb < 500
    assert any_registry.models() == ["golden"]
    done = pull_model(any_registry, shelf, scope, "golden", version="1")
    assert done.fresh
    assert done.path == home / "models" / "golden.kanchay"
    assert done.path.read_bytes() == archive.read_bytes()
    assert max(done.differences.values()) <= 1e-5
    assert not pull_model(any_registry, shelf, scope, "golden", version="1").fresh


def test_any_byte_may_be_the_first(any_registry, shelf, scope, bundle) -> None:
    archive = bundle("1")
    kept = push_model(any_registry, shelf, scope, archive, now=NOW)
    data = archive.read_bytes()
    for start in (0, 1, 1000, len(data) - 1):
        assert b"".join(any_registry.fetch(kept, start)) == data[start:]


def test_the_same_again_is_no_error_another_is(any_registry, shelf, scope, bundle) -> None:
    first = push_model(any_registry, shelf, scope, bundle("1"), now=NOW)
    assert push_model(any_registry, shelf, scope, bundle("1"), now=NOW + 5) == first
    other = bundle("1", files={"README.md": b"# another\n"})
    with pytest.raises(Conflict, match="a version never changes"):
        push_model(any_registry, shelf, scope, other, now=NOW)
    assert [v.sha256 for v in any_registry.versions("golden")] == [first.sha256]


def test_aliases_and_their_history(any_registry, shelf, scope, bundle) -> None:
    for version in ("1", "2"):
        push_model(any_registry, shelf, scope, bundle(version), now=NOW)

    def promote(version: str, share: float, alias: str = "champion") -> AliasChange:
        return promote_model(
            any_registry, scope, "golden", version, alias=alias, share=share, why=f"to {share}", now=NOW
        )

    promote("1", 1.0)
    promote("2", 1.0, "challenger")
    promote("2", 1e-9)
    assert followed_version(any_registry, "golden", "champion", "hub").version == "1"
    assert followed_version(any_registry, "golden", "challenger", "hub").version == "2"
    promote("2", 1.0)
    assert followed_version(any_registry, "golden", "champion", "hub").version == "2"
    roll_back_model(any_registry, scope, "golden", alias="champion", why="worse at night", now=NOW)
    assert followed_version(any_registry, "golden", "champion", "hub").version == "1"
    told = [(c.number, c.action, c.alias, c.version, c.share, c.why) for c in any_registry.changes("golden")]
    assert told == [
        (1, "promote", "champion", "1", 1.0, "to 1.0"),
        (2, "promote", "challenger", "2", 1.0, "to 1.0"),
        (3, "promote", "champion", "2", 1e-9, "to 1e-09"),
        (4, "promote", "champion", "2", 1.0, "to 1.0"),
        (5, "rollback", "champion", "1", 1.0, "worse at night"),
    ]
    shown = show_registered(any_registry, scope, "golden")
    assert [(a.alias, a.settled) for a in shown.aliases] == [("challenger", "2"), ("champion", "1")]
    assert [m.name for m in list_registry(any_registry, scope)] == ["golden"]


def test_a_number_is_taken_once(any_registry, shelf, scope, bundle) -> None:
    for version in ("1", "2"):
        push_model(any_registry, shelf, scope, bundle(version), now=NOW)
    change = AliasChange(1, NOW, "ana", "promote", "champion", "1", 1.0, "first")
    any_registry.record("golden", change)
    with pytest.raises(Conflict, match="same moment"):
        any_registry.record("golden", replace(change, version="2"))


def test_what_is_not_there_is_told(any_registry, shelf, scope, bundle) -> None:
    assert any_registry.models() == []
    assert any_registry.versions("golden") == []
    with pytest.raises(NotFound, match="It has: none yet"):
        find_version(any_registry, "golden", "1")
    push_model(any_registry, shelf, scope, bundle("1"), now=NOW)
    with pytest.raises(NotFound, match="It has: 1"):
        find_version(any_registry, "golden", "2")
    with pytest.raises(NotFound, match="Promote one, or name a version"):
        followed_version(any_registry, "golden", "champion", "hub")


def test_names_are_plain(any_registry) -> None:
    for name in ("../etc", "a/b", "", ".hidden", "a..b", "x" * 65, "né", "a\n", "-rf"):
        with pytest.raises(InputError, match="is no name of a model"):
            find_version(any_registry, name, "1")


@pytest.mark.parametrize("version", ["../1", "1 0"])
def test_a_bundle_with_an_odd_version_is_not_taken(
    registry, shelf, scope, bundle, tmp_path, version, key
) -> None:
    archive = bundle("plain")
    from kanchay.bundle.files import read_contents
    from kanchay.bundle.save import pack, write_bundle

    contents = read_contents(archive, trusted=None)
    write_bundle(tmp_path / "odd", replace(contents.manifest, version=version), contents.files, key=key)
    pack(tmp_path / "odd", tmp_path / "odd.kanchay")
    with pytest.raises(InputError, match="is no version of a model"):
        push_model(registry, shelf, scope, tmp_path / "odd.kanchay", now=NOW)
    assert registry.models() == []


@pytest.mark.parametrize("kind", ["folder", "memory"])
def test_half_an_archive_is_taken_up(kind, shelf, scope, bundle, tmp_path) -> None:
    """A service may keep the beginning of a file whose writer lost the line."""
    pytest.importorskip("fsspec")
    place = (
        FolderPlace(tmp_path / "half") if kind == "folder" else FsspecPlace(f"memory://{uuid.uuid4().hex}")
    )
    data = bundle("1").read_bytes()
    place.create("golden/versions/1.kanchay", data[: len(data) // 2])
    registry = FileRegistry(place)
    assert registry.models() == []
    kept = push_model(registry, shelf, scope, bundle("1"), now=NOW)
    assert b"".join(registry.fetch(kept, 0)) == data


def test_what_a_place_spoils_is_never_seen(shelf, scope, bundle, tmp_path) -> None:
    class Spoiling(FolderPlace):
        def create(self, name: str, data: bytes) -> None:
            super().create(name, data[:-1] + b"?" if name.endswith(".kanchay") else data)

    registry = FileRegistry(Spoiling(tmp_path / "registry"))
    with pytest.raises(Conflict, match="other bytes"):
        push_model(registry, shelf, scope, bundle("1"), now=NOW)
    assert registry.models() == []


def test_a_push_that_broke_off_can_be_repeated(registry, shelf, scope, bundle, tmp_path) -> None:
    """The archive is there, its entry is not: nobody sees it, and the same bytes may go on."""
    archive = bundle("1")
    place = FolderPlace(tmp_path / "registry")
    place.create("golden/versions/1.kanchay", archive.read_bytes())
    assert registry.models() == []
    assert push_model(registry, shelf, scope, archive, now=NOW).version == "1"
    place.create("golden/versions/2.kanchay", b"half of something else")
    with pytest.raises(Conflict, match="other bytes"):
        push_model(registry, shelf, scope, bundle("2"), now=NOW)
    assert [v.version for v in registry.versions("golden")] == ["1"]


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"{", b'{"name": "golden"}', b"[" * 100_000, b'{"name": 1, "version": "1"}'],
    ids=["empty", "list", "cut", "bare", "deep", "typed"],
)
def test_a_damaged_registry_is_told(registry, shelf, scope, bundle, tmp_path, text) -> None:
    push_model(registry, shelf, scope, bundle("1"), now=NOW)
    (tmp_path / "registry" / "golden" / "versions" / "1.json").write_bytes(text)
    with pytest.raises(BundleError) as error:
        pull_model(registry, shelf, scope, "golden", version="1")
    assert error.value.code == "registry.broken"


def test_places_do_not_replace(tmp_path) -> None:
    pytest.importorskip("fsspec")
    for place in (FolderPlace(tmp_path), FsspecPlace(f"memory://{uuid.uuid4().hex}")):
        place.create("a/b", b"first")
        with pytest.raises(Conflict):
            place.create("a/b", b"second")
        assert b"".join(place.read("a/b")) == b"first"
        assert b"".join(place.read("a/b", 2)) == b"rst"
        assert place.names("a") == ["b"]
        assert place.names("nowhere") == []
        with pytest.raises(NotFound):
            list(place.read("a/c"))


def test_a_disk_without_hard_links(tmp_path, monkeypatch) -> None:
    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.link", refused)
    place = FolderPlace(tmp_path)
    place.create("a/b", b"first")
    with pytest.raises(Conflict):
        place.create("a/b", b"second")
    assert (tmp_path / "a" / "b").read_bytes() == b"first"
    assert place.names("a") == ["b"]
    assert [p.name for p in (tmp_path / "a").iterdir()] == ["b"]


def test_an_address_nobody_opens_is_told() -> None:
    pytest.importorskip("fsspec")
    with pytest.raises(InputError, match="fsspec cannot open 'nonsense://'"):
        place_of("nonsense://bucket/models")


def test_without_fsspec_its_package_is_named(monkeypatch) -> None:
    import sys

    from kanchay.domain.errors import MissingExtra

    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(MissingExtra, match=r"kanchay\[registry\]"):
        place_of("s3://bucket/models")
    assert isinstance(place_of("/srv/models"), FolderPlace)  # a folder needs nothing
    assert isinstance(place_of(Path("/srv/models").as_uri()), FolderPlace)

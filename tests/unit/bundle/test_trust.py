"""What a bundle must withstand before anything in it is used."""

from __future__ import annotations

import io
import json
import stat
import zipfile
from contextlib import contextmanager
from dataclasses import asdict

import numpy as np
import pytest

from kanchay.bundle import files as bundle_files
from kanchay.bundle.load import load_bundle, verify_bundle
from kanchay.bundle.manifest import FileEntry, Manifest
from kanchay.bundle.save import pack
from kanchay.bundle.sign import check_signature, load_or_make_key, public_key, sign
from kanchay.domain.errors import BundleError, BundleTampered


def zipped(folder, tmp_path, change=None, extra=()):
    """The bundle as a zip, entries changed by name, entries added."""
    path = tmp_path / "out.kanchay"
    with zipfile.ZipFile(path, "w") as out:
        for file in sorted(folder.iterdir()):
            out.writestr(file.name, (change or {}).get(file.name, file.read_bytes()))
        for name, data in extra:
            out.writestr(name, data)
    return path


def resign(folder, key, **changes):
    """Change the manifest and sign it again, as its publisher could."""
    raw = json.loads((folder / "manifest.json").read_bytes())
    raw.update(changes)
    text = json.dumps(raw).encode()
    (folder / "manifest.json").write_bytes(text)
    (folder / "manifest.sig").write_bytes(sign(key, text))


def put(folder, key, name, data):
    """Change a file and name its new hash, signed: nothing but what is in it can be wrong."""
    (folder / name).write_bytes(data)
    files = json.loads((folder / "manifest.json").read_bytes())["files"]
    resign(folder, key, files={**files, name: asdict(FileEntry.of(data))})


@contextmanager
def refused(code, kind=BundleError):
    """What is done inside is refused, with this code."""
    with pytest.raises(kind) as found:
        yield
    assert found.value.code == code, found.value


def test_folder_and_zip_load_alike(tiny, tmp_path, key):
    packed = tmp_path / "tiny.kanchay"
    pack(tiny, packed)
    trusted = (public_key(key),)
    assert load_bundle(tiny, runtime="numpy", trusted=trusted).name == "tiny"
    assert load_bundle(packed, runtime="numpy", trusted=trusted).name == "tiny"


def test_the_same_bundle_packs_to_the_same_bytes(tiny, tmp_path):
    for name in ("a", "b"):
        pack(tiny, tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("name", ["weights.npz", "example.json", "README.md"])
def test_one_changed_byte_is_found(tiny, name):
    data = bytearray((tiny / name).read_bytes())
    data[len(data) // 2] ^= 1
    (tiny / name).write_bytes(bytes(data))
    with refused("bundle.hash", BundleTampered):
        load_bundle(tiny)


def test_a_changed_manifest_breaks_the_signature(tiny):
    text = (tiny / "manifest.json").read_bytes()
    (tiny / "manifest.json").write_bytes(text.replace(b'"Apache-2.0"', b'"MIT"'))
    with refused("bundle.signature", BundleTampered):
        load_bundle(tiny)


def test_a_signature_of_somebody_else_does_not_fit(tiny, tmp_path):
    other = load_or_make_key(tmp_path / "other.pem")
    (tiny / "manifest.sig").write_bytes(sign(other, (tiny / "manifest.json").read_bytes()))
    with refused("bundle.signature", BundleTampered):
        load_bundle(tiny)


def test_a_stranger_is_refused_where_trust_is_asked_for(tiny):
    with refused("bundle.stranger"):
        load_bundle(tiny, trusted=("AAAA",))


def test_an_unsigned_bundle_is_refused_where_trust_is_asked_for(tiny, key):
    (tiny / "manifest.sig").unlink()
    with refused("bundle.unsigned"):
        load_bundle(tiny, trusted=(public_key(key),))
    assert load_bundle(tiny, runtime="numpy").name == "tiny"


def test_a_file_the_manifest_does_not_name_is_refused(tiny):
    (tiny / "setup.py").write_text("print('hello')")
    with refused("bundle.extra", BundleTampered):
        load_bundle(tiny)


def test_a_missing_file_is_told(tiny):
    (tiny / "weights.npz").unlink()
    with refused("bundle.truncated"):
        load_bundle(tiny)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_truncated_zip_is_refused(tiny, tmp_path, share):
    path = zipped(tiny, tmp_path)
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    with pytest.raises(BundleError):
        load_bundle(path)


@pytest.mark.parametrize("version", [0, 99, "1", None, True, 1.0])
def test_another_format_is_refused(tiny, key, version):
    resign(tiny, key, format=version)
    with refused("bundle.version"):
        load_bundle(tiny)


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "a/../../evil", "C:\\evil", "a\\..\\evil"])
def test_names_that_leave_the_folder_are_refused(tiny, tmp_path, key, name):
    with refused("bundle.path", BundleTampered):
        load_bundle(zipped(tiny, tmp_path, extra=[(name, b"x")]))
    raw = json.loads((tiny / "manifest.json").read_bytes())
    resign(tiny, key, files={**raw["files"], name: {"bytes": 1, "sha256": "0" * 64}})
    with refused("bundle.path", BundleTampered):
        load_bundle(tiny)


def test_links_are_refused(tiny, tmp_path):
    path = zipped(tiny, tmp_path)
    with zipfile.ZipFile(path, "a") as out:
        link = zipfile.ZipInfo("link")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        out.writestr(link, "/etc/passwd")
    with refused("bundle.path", BundleTampered):
        load_bundle(path)
    (tiny / "link").symlink_to("/etc/passwd")
    with refused("bundle.path", BundleTampered):
        load_bundle(tiny)


def test_a_bomb_is_refused_before_it_is_unpacked(tiny, tmp_path, monkeypatch):
    path = tmp_path / "bomb.kanchay"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for file in sorted(tiny.iterdir()):
            out.writestr(file.name, file.read_bytes())
        out.writestr("zeros", bytes(bundle_files.MAX_FILE + 1))
    assert path.stat().st_size < 100_000
    with refused("bundle.bomb"):
        load_bundle(path)


def test_too_many_files_are_refused(tiny, tmp_path):
    extra = [(f"f{i}", b"") for i in range(bundle_files.MAX_FILES)]
    with refused("bundle.bomb"):
        load_bundle(zipped(tiny, tmp_path, extra=extra))


@pytest.mark.parametrize(
    "text",
    [b"", b"[]", b"{", b'{"format": 1}', b"\xff\xfe", b"[" * 100_000],
    ids=["empty", "list", "cut", "bare", "bytes", "deep"],
)
def test_a_broken_manifest_is_told(tiny, text):
    (tiny / "manifest.sig").unlink()
    (tiny / "manifest.json").write_bytes(text)
    with pytest.raises(BundleError):
        load_bundle(tiny)


@pytest.mark.parametrize("name", ["levels", "files", "lookback_h", "tolerance", "kind"])
def test_an_entry_of_the_wrong_type_is_told(tiny, key, name):
    resign(tiny, key, **{name: "x" if name != "kind" else 1})
    with refused("bundle.manifest"):
        load_bundle(tiny)


def test_an_example_that_comes_out_differently_is_refused(tiny, key):
    case = json.loads((tiny / "example.json").read_bytes())
    case["cases"][0]["mean"][0][3] += 0.01
    put(tiny, key, "example.json", json.dumps(case).encode())
    with refused("bundle.example"):
        load_bundle(tiny, runtime="numpy")


def test_an_object_array_is_never_unpickled(tiny, key):
    buffer = io.BytesIO()
    np.savez(buffer, **{"encoder/kernel": np.asarray([{"a": 1}], dtype=object)})
    put(tiny, key, "weights.npz", buffer.getvalue())
    with refused("bundle.weights"):
        load_bundle(tiny, runtime="numpy")


def test_a_path_without_a_bundle_is_told(tmp_path):
    with refused("bundle.missing"):
        load_bundle(tmp_path / "nothing.kanchay")
    (tmp_path / "text.kanchay").write_text("hello")
    with refused("bundle.truncated"):
        load_bundle(tmp_path / "text.kanchay")


def test_the_manifest_survives_the_round_trip(tiny):
    text = (tiny / "manifest.json").read_bytes()
    assert Manifest.from_json(text).to_json() == text


def test_the_key_is_made_once_and_for_its_owner_alone(tmp_path):
    path = tmp_path / "keys" / "own.pem"
    first, again = load_or_make_key(path), load_or_make_key(path)
    assert public_key(first) == public_key(again)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    check_signature(public_key(first), sign(again, b"x"), b"x")
    with pytest.raises(BundleTampered):
        check_signature(public_key(first), sign(again, b"x"), b"y")
    path.write_text("nonsense")
    with refused("bundle.key"):
        load_or_make_key(path)


def test_verification_tells_who_signed(tiny, key):
    proof = verify_bundle_numpy(tiny, (public_key(key),))
    assert proof.signed
    assert proof.trusted
    assert not verify_bundle_numpy(tiny, ()).trusted
    (tiny / "manifest.sig").unlink()
    assert not verify_bundle_numpy(tiny, (public_key(key),)).signed


def verify_bundle_numpy(folder, trusted):
    """The tiny bundle holds no ONNX graph, so the proof runs in NumPy alone."""
    proof = verify_bundle(folder, trusted=trusted)
    assert set(proof.differences) == {"numpy"}
    assert proof.differences["numpy"] <= 1e-5
    return proof


def test_the_forecaster_names_the_hash_of_what_was_signed(tiny):
    import hashlib

    text = (tiny / "manifest.json").read_bytes()
    assert load_bundle(tiny, runtime="numpy").sha256 == hashlib.sha256(text).hexdigest()


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_bundle_packed_without_a_bound_is_refused(tiny, tmp_path, method):
    """Those methods hand out at once whatever they hold: a kilobyte may be gigabytes."""
    path = tmp_path / "out.kanchay"
    with zipfile.ZipFile(path, "w", method) as out:
        for file in sorted(tiny.iterdir()):
            out.writestr(file.name, file.read_bytes())
    with refused("bundle.bomb"):
        load_bundle(path, runtime="numpy")


def test_a_manifest_that_nests_without_end_is_refused(tiny, tmp_path):
    with pytest.raises(BundleError):
        load_bundle(zipped(tiny, tmp_path, {"manifest.json": b"[" * 200_000}), runtime="numpy")

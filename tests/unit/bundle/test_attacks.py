"""Archives and graphs made to harm: each refused with its reason, before anything of it is used."""

from __future__ import annotations

import io
import json
import os
import struct
import time
import tracemalloc
import zipfile
from pathlib import Path

import numpy as np
import pytest

from kanchay.bundle import archive as limits
from kanchay.bundle.files import read_verified
from kanchay.bundle.graph import graph_facts
from kanchay.bundle.load import load_bundle, verify_bundle
from kanchay.bundle.manifest import FileEntry, Manifest
from kanchay.bundle.save import pack, save_bundle, sign_bundle, write_bundle, write_folder
from kanchay.bundle.sign import public_key, sign
from kanchay.domain.errors import BundleError, BundleTampered, Conflict

GOLDEN = Path(__file__).parents[2] / "golden" / "bundle" / "format1.kanchay"


def packed(folder: Path, tmp_path: Path) -> bytearray:
    pack(folder, tmp_path / "good.kanchay")
    return bytearray((tmp_path / "good.kanchay").read_bytes())


def code_of(path: Path) -> str:
    with pytest.raises(BundleError) as error:
        read_verified(path, trusted=None)
    assert str(error.value).strip()
    return error.value.code


def written(tmp_path: Path, data: bytes, name: str = "bad.kanchay") -> Path:
    (tmp_path / name).write_bytes(data)
    return tmp_path / name


# Zips


def test_a_million_entries_are_refused_before_they_are_listed(tmp_path: Path) -> None:
    """The list alone would fill the memory: 1,300,000 empty files take 64 MB as a zip and 1 GB as Python objects."""
    n = 1_300_000
    name = b"f"
    central = (
        struct.pack("<4s6H3L5H2L", b"PK\1\2", 20, 20, 0, 0, 0, 0, 0, 0, 0, len(name), 0, 0, 0, 0, 0, 0) + name
    )
    directory = central * n
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, n % 65536, n % 65536, len(directory), 0, 0)
    path = written(tmp_path, directory + end)
    tracemalloc.start()
    begun = time.process_time()
    assert code_of(path) == "bundle.bomb"
    assert time.process_time() - begun < 1
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()


def test_an_archive_larger_than_a_bundle_may_be(tmp_path: Path) -> None:
    with (tmp_path / "big.kanchay").open("wb") as file:
        file.truncate(limits.MAX_TOTAL + 1)
    assert code_of(tmp_path / "big.kanchay") == "bundle.bomb"


def test_zip64_is_refused(tiny: Path, tmp_path: Path) -> None:
    data = packed(tiny, tmp_path)
    at = data.rfind(b"PK\5\6")
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, 0, 1)
    assert code_of(written(tmp_path, data[:at] + locator + data[at:])) == "bundle.bomb"


def test_a_ratio_of_a_thousand_is_bounded_by_size(tiny: Path, tmp_path: Path) -> None:
    path = tmp_path / "bomb.kanchay"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for i in range(4):
            out.writestr(f"zeros{i}", bytes(limits.MAX_FILE - 1))
    assert path.stat().st_size < 200_000
    assert code_of(path) == "bundle.bomb"


@pytest.mark.parametrize("name", ["manifest.json", "weights.npz"])
def test_a_size_that_is_a_lie(tiny: Path, tmp_path: Path, name: str) -> None:
    """The directory says 10 bytes where megabytes come out: no more than it says is unpacked, and that is not whole."""
    path = tmp_path / "lie.kanchay"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for file in sorted(tiny.iterdir()):
            out.writestr(file.name, b" " * 20_000_000 if file.name == name else file.read_bytes())
    data = bytearray(path.read_bytes())
    at = data.find(name.encode(), data.find(b"PK\1\2"))
    struct.pack_into("<L", data, at - 46 + 24, 10)
    path.write_bytes(data)
    tracemalloc.start()
    assert code_of(path) in ("bundle.truncated", "bundle.manifest", "bundle.hash")
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_one_name_inside_another_in_the_list(tiny: Path, tmp_path: Path) -> None:
    data = packed(tiny, tmp_path)
    at = data.find(b"weights.npz")  # in the local header; the directory keeps the right one
    data[at : at + 11] = b"weights.npy"
    assert code_of(written(tmp_path, data)) == "bundle.truncated"


@pytest.mark.parametrize(
    ("first", "second"), [("README.md", "README.md"), ("README.md", "readme.MD")], ids=["same", "case"]
)
def test_a_name_twice(tiny: Path, tmp_path: Path, first: str, second: str) -> None:
    """Which of the two would count differs from program to program, and from disk to disk."""
    path = tmp_path / "twice.kanchay"
    with zipfile.ZipFile(path, "w") as out, pytest.MonkeyPatch.context() as patch:
        patch.setattr("warnings.warn", lambda *_, **__: None)
        for file in sorted(tiny.iterdir()):
            if file.name != first:
                out.writestr(file.name, file.read_bytes())
        out.writestr(first, (tiny / first).read_bytes())
        out.writestr(second, b"other")
    assert code_of(path) == "bundle.path"


@pytest.mark.parametrize(
    "name",
    ["/abs", "../up", "a/../../up", "C:evil", "a\\b", "con|out", "nul\0.md", "new\nline", "x" * 201, "."],
)
def test_names_that_are_no_plain_names(tiny: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "name.kanchay"
    with zipfile.ZipFile(path, "w") as out:
        for file in sorted(tiny.iterdir()):
            out.writestr(file.name, file.read_bytes())
        info = zipfile.ZipInfo("x")
        info.filename = name
        out.writestr(info, b"evil")
    assert code_of(path) == "bundle.path"


def test_broken_packing(tiny: Path, tmp_path: Path) -> None:
    data = packed(tiny, tmp_path)
    at = data.find(b"weights.npz") + 40
    data[at : at + 60] = os.urandom(60)
    assert code_of(written(tmp_path, data)) == "bundle.truncated"


@pytest.mark.slow
def test_any_byte_may_be_wrong(tiny: Path, tmp_path: Path) -> None:
    """Flip single bytes all over the archive: it is refused, or reads as the very same bundle (a date, a comment)."""
    whole, data = read_verified(tiny, trusted=None), packed(tiny, tmp_path)
    rng = np.random.default_rng(3)
    refused = 0
    for at in rng.choice(len(data), 400, replace=False):
        bad = bytearray(data)
        bad[at] ^= 1 << int(rng.integers(8))
        try:
            assert read_verified(written(tmp_path, bad), trusted=None) == whole
        except BundleError:
            refused += 1
    assert refused > 300


@pytest.mark.slow
def test_any_length_may_be_cut(tiny: Path, tmp_path: Path) -> None:
    data = packed(tiny, tmp_path)
    for n in np.linspace(0, len(data) - 1, 200).astype(int):
        with pytest.raises(BundleError):
            read_verified(written(tmp_path, data[:n]), trusted=None)


# Folders


def test_a_pipe_in_a_folder_does_not_hang(tiny: Path) -> None:
    os.mkfifo(tiny / "pipe")
    assert code_of(tiny) == "bundle.path"


def test_a_link_to_a_folder(tiny: Path, tmp_path: Path) -> None:
    (tiny / "deep").symlink_to(tmp_path, target_is_directory=True)
    assert code_of(tiny) == "bundle.path"


# Manifests


def signed_anew(folder: Path, key, **changes) -> None:
    raw = json.loads((folder / "manifest.json").read_bytes()) | changes
    text = json.dumps(raw).encode()
    (folder / "manifest.json").write_bytes(text)
    (folder / "manifest.sig").write_bytes(sign(key, text))


@pytest.mark.parametrize("tolerance", [0, -1, 0.5, 1e9, float("nan"), float("inf"), True, "1"])
def test_an_example_that_would_prove_nothing(tiny: Path, key, tolerance) -> None:
    """A publisher who allows any difference has proved nothing."""
    signed_anew(tiny, key, tolerance=tolerance)
    assert code_of(tiny) == "bundle.manifest"


@pytest.mark.parametrize(
    "change",
    [
        {"calibration": [float("nan")]}, {"widening": []}, {"levels": [True]}, {"lookback_h": 0}, {"horizon_h": -24},
        {"files": {"README.md": {"bytes": 1, "sha256": "short"}}},
        {"files": {"README.md": {"bytes": True, "sha256": "0" * 64}}},
        {"code": "import os"},
    ],
    ids=str,
)  # fmt: skip
def test_entries_that_cannot_be(tiny: Path, key, change) -> None:
    signed_anew(tiny, key, **change)
    assert code_of(tiny) == "bundle.manifest"


@pytest.mark.parametrize(
    ("version", "hint"),
    [(4, "Update Kanchay."), (99, "Update Kanchay."), (0, "publisher"), ("2", "publisher")],
)
def test_another_format_says_what_to_do(tiny: Path, key, version, hint) -> None:
    signed_anew(tiny, key, format=version)
    with pytest.raises(BundleError, match=f"has format {version}, this Kanchay reads 1, 2, 3") as error:
        load_bundle(tiny)
    assert hint in error.value.hint


def test_a_newer_signature_over_an_older_manifest_does_not_fit(tiny: Path, key) -> None:
    old = (tiny / "manifest.sig").read_bytes()
    signed_anew(tiny, key, version="9")
    (tiny / "manifest.sig").write_bytes(old)
    assert code_of(tiny) == "bundle.signature"


# Graphs


def graph(**tensor) -> bytes:
    onnx = pytest.importorskip("onnx")
    value = onnx.helper.make_tensor("w", onnx.TensorProto.FLOAT, [1], [1.0])
    for name, content in tensor.items():
        if name == "external":
            value.data_location = onnx.TensorProto.EXTERNAL
            entry = value.external_data.add()
            entry.key, entry.value = "location", content
    return value, onnx


def model_with(value, onnx, where: str) -> bytes:
    node = onnx.helper.make_node("Identity", ["w"], ["y"])
    out = onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, [1])
    initializers = [value] if where == "initializer" else []
    nodes = [node]
    if where == "constant":
        nodes = [onnx.helper.make_node("Constant", [], ["w"], value=value), node]
    if where == "branch":
        inner = onnx.helper.make_graph([node], "inner", [], [out], [value])
        flag = onnx.helper.make_tensor("c", onnx.TensorProto.BOOL, [], [True])
        initializers = [flag]
        nodes = [onnx.helper.make_node("If", ["c"], ["y"], then_branch=inner, else_branch=inner)]
    made = onnx.helper.make_graph(nodes, "g", [], [out], initializers)
    return onnx.helper.make_model(made, opset_imports=[onnx.helper.make_opsetid("", 17)]).SerializeToString()


@pytest.mark.parametrize("where", ["initializer", "constant", "branch"])
def test_a_graph_that_reaches_for_another_file(tiny: Path, key, where: str) -> None:
    """onnxruntime would open the file that the graph names: /etc/passwd, say."""
    good = graph_facts(model_with(*graph(), where))
    assert good.opset == 17
    bad = model_with(*graph(external="/etc/passwd"), where)
    with pytest.raises(BundleError, match="refers to another file") as error:
        graph_facts(bad)
    assert error.value.code == "bundle.external"
    manifest, files = read_verified(tiny, trusted=None)
    write_bundle(tiny, manifest, {**files, "model.onnx": bad}, key=key)
    for runtime in ("onnx", "numpy", "auto"):  # also where another runtime would answer
        with pytest.raises(BundleError) as error:
            load_bundle(tiny, runtime=runtime)
        assert error.value.code == "bundle.external"


def test_the_shipped_graph_is_read_right() -> None:
    onnx = pytest.importorskip("onnx")
    _, files = read_verified(GOLDEN, trusted=None)
    known = onnx.load_model_from_string(files["model.onnx"])
    opsets = {o.domain: o.version for o in known.opset_import}
    told = graph_facts(files["model.onnx"])
    assert told.opset == max(opsets.get("", 0), opsets.get("ai.onnx", 0))
    assert set(told.domains) == set(opsets) - {"", "ai.onnx"}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense",
        b"\x08",
        b"\xff" * 20,
        b"\x3a\xff\xff\xff\xff\x0f",
        b"\x3a\x05abc",
        b"\x08\x08",
        b"\x0b\x0c",
    ],
)
def test_what_is_no_graph(data: bytes) -> None:
    with pytest.raises(BundleError) as error:
        graph_facts(data)
    assert error.value.code == "bundle.graph"


def test_a_graph_that_nests_without_end() -> None:
    data = b""
    for _ in range(200):  # a graph in an attribute of a node of a graph …
        for number in (6, 5, 1):
            size = len(data)
            head = bytearray([number << 3 | 2])
            while size > 0x7F:
                head.append(size & 0x7F | 0x80)
                size >>= 7
            data = bytes(head) + bytes([size]) + data
    whole = bytearray([7 << 3 | 2])
    size = len(data)
    while size > 0x7F:
        whole.append(size & 0x7F | 0x80)
        size >>= 7
    with pytest.raises(BundleError, match="nests too deep"):
        graph_facts(bytes(whole) + bytes([size]) + data)


@pytest.mark.slow
def test_a_graph_with_any_byte_wrong_is_read_or_refused() -> None:
    _, files = read_verified(GOLDEN, trusted=None)
    data, rng, codes = files["model.onnx"], np.random.default_rng(4), set()
    for at in rng.choice(len(data), 300, replace=False):
        bad = bytearray(data)
        bad[at] = int(rng.integers(256))
        try:
            graph_facts(bytes(bad))
        except BundleError as error:
            codes.add(error.code)
    assert codes <= {"bundle.graph", "bundle.external"}


# Weights


@pytest.mark.parametrize("kind", ["pickle", "object", "promise", "bomb"])
def test_weights_that_are_more_than_numbers(tiny: Path, key, kind: str) -> None:
    import pickle

    manifest, files = read_verified(tiny, trusted=None)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as out:
        for name in np.load(io.BytesIO(files["weights.npz"])).files:
            entry = io.BytesIO()
            if kind == "pickle":
                pickle.dump({"a": 1}, entry)
            elif kind == "object":
                np.lib.format.write_array(entry, np.asarray([{"a": 1}], dtype=object))
            elif kind == "bomb":  # 30 MB of zeros each, packed a thousandfold
                np.lib.format.write_array(entry, np.zeros((7_500_000,), np.float32))
            else:  # a header that promises 8 TB
                header = {"descr": "<f4", "fortran_order": False, "shape": (2_000_000, 1_000_000)}
                np.lib.format.write_array_header_1_0(entry, header)
            out.writestr(f"{name}.npy", entry.getvalue())
    write_bundle(tiny, manifest, {**files, "weights.npz": buffer.getvalue()}, key=key)
    with pytest.raises(BundleError) as error:
        load_bundle(tiny, runtime="numpy")
    assert error.value.code == "bundle.weights"


# Writing


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, tiny: Path, key) -> None:
    """A typing error in --out must not cost anybody their files."""
    own = tmp_path / "documents"
    own.mkdir()
    (own / "thesis.txt").write_text("years of work")
    manifest, files = read_verified(tiny, trusted=None)
    for write in (
        lambda: save_bundle(own, manifest, files, key=key),
        lambda: write_folder(own, {"README.md": b"x"}),
    ):
        with pytest.raises(Conflict, match="something else than a bundle"):
            write()
    assert [p.name for p in own.iterdir()] == ["thesis.txt"]


def test_a_bundle_is_replaced_whole_or_not_at_all(tiny: Path, key, monkeypatch) -> None:
    before = {p.name: p.read_bytes() for p in tiny.iterdir()}
    manifest, files = read_verified(tiny, trusted=None)
    real, written_files = Path.write_bytes, []

    def fails_on_the_third(self: Path, data: bytes) -> int:
        written_files.append(self.name)
        if len(written_files) == 3:
            raise OSError(28, "No space left on device")
        return real(self, data)

    monkeypatch.setattr(Path, "write_bytes", fails_on_the_third)
    with pytest.raises(OSError, match="No space"):
        write_bundle(tiny, manifest, {**files, "more.txt": b"x"}, key=key)
    monkeypatch.undo()
    assert {p.name: p.read_bytes() for p in tiny.iterdir()} == before
    assert not [p for p in tiny.parent.iterdir() if p.name.startswith(".")]


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_signing_in_place(tiny: Path, tmp_path: Path, form: str) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    other = Ed25519PrivateKey.generate()
    path = tiny
    if form == "zip":
        path = tmp_path / "tiny.kanchay"
        pack(tiny, path)
    before = read_verified(path, trusted=None)[1]
    done = sign_bundle(path, other)
    manifest, files = read_verified(path, trusted=(public_key(other),))
    assert manifest == done
    assert files == before
    assert verify_bundle(path, trusted=(public_key(other),)).trusted


def test_what_does_not_fit_is_not_signed(tiny: Path, key) -> None:
    (tiny / "README.md").write_text("changed")
    with pytest.raises(BundleTampered):
        sign_bundle(tiny, key)


def test_a_manifest_of_format_1_stays_as_old_readers_know_it(tiny: Path) -> None:
    raw = json.loads((tiny / "manifest.json").read_bytes())
    assert "features" not in raw
    whole = Manifest.from_json(json.dumps(raw | {"format": 2, "features": []}).encode())
    assert b'"features"' in whole.to_json()
    assert FileEntry.of(b"").bytes == 0

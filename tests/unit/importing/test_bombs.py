"""Files made to fill the memory or to keep the reader busy: bounded, and refused in a sentence."""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import random
import struct
import time
import tracemalloc
import zipfile
import zlib

import pytest

from kanchay.domain.errors import FileRefused, InputError
from kanchay.simulate.exports.books import BOOKS

GOOD = "time,kWh\n" + "".join(
    f"2024-01-{d:02d} {h:02d}:00,{(d * h) % 7 + 0.25}\n" for d in range(1, 29) for h in range(24)
)
MB = 1 << 20


def packed(method: int, n_mb: int) -> bytes:
    """Zeros, packed so tightly that a few kilobytes hold many megabytes."""
    one = b"0" * MB
    packer = bz2.BZ2Compressor(9) if method == zipfile.ZIP_BZIP2 else zlib.compressobj(9, zlib.DEFLATED, -15)
    return b"".join(packer.compress(one) for _ in range(n_mb)) + packer.flush()


def lying_zip(method: int, n_mb: int, *, says: int = 1000, name: bytes = b"a.csv") -> bytes:
    """A zip whose directory claims `says` bytes where `n_mb` megabytes come out."""
    body, crc = packed(method, n_mb), zlib.crc32(b"0" * says)
    sizes = struct.pack("<III", crc, len(body), says)
    local = struct.pack("<4sHHHHH", b"PK\3\4", 20, 0, method, 0, 0) + sizes + struct.pack("<HH", len(name), 0)
    entry = struct.pack("<4sHHHHHH", b"PK\1\2", 20, 20, 0, method, 0, 0) + sizes
    entry += struct.pack("<HHHHHII", len(name), 0, 0, 0, 0, 0, 0) + name
    begin = len(local) + len(name) + len(body)
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 1, 1, len(entry), begin, 0)
    return local + name + body + entry + end


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("name", [b"a.csv", b"xl/workbook.xml"])
def test_a_zip_that_lies_about_its_size_fills_no_memory(method, name, read):
    data = lying_zip(method, 200, name=name)
    assert len(data) < MB
    tracemalloc.start()
    with pytest.raises(FileRefused):
        read(data, name="a.zip")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 * MB


N = 300_000
LINES = {
    "a million digits": "1" * N,
    "number after number": "1.1" * (N // 3),
    "blanks": "2024-01-01 " + " " * N + "x",
    "brackets never closed": "(a" * (N // 2),
    "quotes": '"' * N,
    "a quote never closed": '"' + "a," * (N // 2),
    "signs": "+5 " * (N // 3),
    "ranges": "2024-01-01 00:00 - " * (N // 19),
    "clocks": "00:" * (N // 3),
    "dates": "2024-" * (N // 5),
    "zones": "2024-01-01 01:00 " + "America/" * (N // 8),
    "units": "kwh " * (N // 4),
    "many fields": "," * N,
}


@pytest.mark.parametrize("where", ["in the head", "above", "below"])
@pytest.mark.parametrize("line", LINES)
def test_a_line_beyond_measure_keeps_nobody_waiting(line, where, read):
    long = LINES[line]
    text = {
        "in the head": GOOD.replace("kWh", long, 1),
        "above": f"{long}\n{GOOD}",
        "below": f"{GOOD}{long},2\n",
    }[where]
    began = time.monotonic()
    with contextlib.suppress(InputError):
        assert read(text, tz="UTC").series
    assert time.monotonic() - began < 5  # bounded, not benchmarked


def entities() -> bytes:
    """A workbook whose texts are entities of entities: ten to the twelfth letters."""
    import openpyxl

    book, plain, out = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    book.active.append(["t", "kWh"])
    book.save(plain)
    laugh = b'<!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
    for i in range(12):
        laugh += b'<!ENTITY %c "%s">' % (98 + i, (b"&%c;" % (97 + i)) * 10)
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith("sharedStrings.xml"):
                data = laugh + b"]>" + data.split(b"?>", 1)[-1].replace(b">t<", b">&m;<")
            new.writestr(name, data)
    return out.getvalue()


def test_entities_of_entities_are_not_unfolded(read):
    began = time.monotonic()
    with pytest.raises(FileRefused):
        read(entities(), name="a.xlsx")
    assert time.monotonic() - began < 5


def seeds() -> dict[str, bytes]:
    import openpyxl
    import pyarrow as pa
    import pyarrow.parquet as pq

    book, xlsx, parquet = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    for row in [["t", "kWh"], *[[f"2024-01-01 {h:02d}:00", h + 0.5] for h in range(24)]]:
        book.active.append(row)
    book.save(xlsx)
    times = pa.array([h * 3_600_000 for h in range(100)], pa.timestamp("ms", tz="UTC"))
    pq.write_table(pa.table({"timestamp": times, "kwh": [0.5] * 100}), parquet)
    wide = "date," + ",".join(f"{h:02d}:00" for h in range(24)) + "\n"
    wide += "".join(
        f"{d:02d}/01/2024," + ",".join(["1,5".replace(",", ".")] * 24) + "\n" for d in range(1, 32)
    )
    tree = "<a><unit>kWh</unit>" + "".join(
        f'<r t="{line.split(",")[0]}"><v q="A">{line.split(",")[1]}</v></r>' for line in GOOD.splitlines()[1:]
    )
    places = "".join(f"<p><position>{i + 1}</position><kwh>{i % 7}</kwh></p>" for i in range(96))
    block = f"<a><start>2026-03-02T05:00Z</start><resolution>PT15M</resolution>{places}</a>"
    several = io.BytesIO()
    with zipfile.ZipFile(several, "w") as archive:
        archive.writestr("a.csv", GOOD)
        archive.writestr("b.csv", GOOD.replace("2024-01", "2024-02"))
        archive.writestr("c.xml", tree + "</a>")
    factor = GOOD.replace("time,kWh", "Multiplier: 40\ntime,kWh,CT ratio").replace("5\n", "5,200/5\n")
    rows = [
        ["t", "kWh"],
        *([f"2024-01-{d:02d} {h:02d}:00", d * h % 7 + 0.5] for d in range(1, 8) for h in range(24)),
    ]
    return {
        **{f"{kind}.xls": make([("a", rows)]) for kind, make in BOOKS.items()},
        "tree.xml": f"{tree}</a>".encode(),
        "places.xml": block.encode(),
        "several.zip": several.getvalue(),
        "factor.csv": factor.encode(),
        "a.csv": GOOD.encode(),
        "b.csv": GOOD.replace(",", ";").replace(".", ",").encode("utf-16"),
        "wide.csv": wide.encode("latin-1"),
        "a.xlsx": xlsx.getvalue(),
        "a.parquet": parquet.getvalue(),
        "a.csv.gz": gzip.compress(GOOD.encode()),
    }


SPLICES = (
    b"\x00", b'"', b",,,,", b"\r", b"\xff\xfe", b"24:00", b"1e999", b"nan", b"-", b"99999999999999999999", b"\xc2\xa0",
    b"(kWh)", b"31/02/2024", b"\n\n",
)  # fmt: skip


def mutated(rng: random.Random, whole: bytes) -> bytes:
    data = bytearray(whole[: rng.randint(1, len(whole))] if rng.random() < 0.3 else whole)
    for _ in range(rng.randint(1, 25)):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(4):
            case 0:
                data[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                data[at:at] = rng.choice(SPLICES) * rng.randint(1, 50)
            case 2:
                del data[at : at + rng.randint(1, 200)]
            case _:
                data[at:at] = data[: rng.randint(1, 500)]
    return bytes(data) or b"x"


@pytest.mark.slow
def test_mutated_files_are_read_or_refused_and_never_hang(read):
    """Twenty seconds of damaged files of every container: no other error than ours, none over five seconds."""
    rng, files, end = random.Random(20261122), seeds(), time.monotonic() + 20
    read_well = tried = 0
    while time.monotonic() < end:
        name = rng.choice(sorted(files))
        data = mutated(rng, files[name])
        began = time.monotonic()
        with contextlib.suppress(InputError):
            read_well += bool(read(data, name=name, tz="UTC").series)
        assert time.monotonic() - began < 5, (name, tried)
        tried += 1
    assert tried > 50
    assert 0 < read_well < tried


def test_styles_beyond_measure_are_refused_before_they_are_read(read):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/styles.xml", b"<font/>" * (2 * MB))
    with pytest.raises(FileRefused) as refused:
        read(out.getvalue(), name="a.xlsx")
    assert refused.value.code == "file.bomb"


@pytest.mark.parametrize("sheets", [1, 2])
def test_a_workbook_of_too_many_cells_is_refused_not_cut(read, monkeypatch, sheets):
    """Half of a file under the name of the whole would be a wrong total."""
    import openpyxl

    monkeypatch.setattr("kanchay.adapters.files.grid.MOST_CELLS", 1000)
    book, out = openpyxl.Workbook(write_only=True), io.BytesIO()
    for number in range(sheets):
        sheet = book.create_sheet(f"part {number}")
        for row in GOOD.splitlines()[: 1 + 600 // sheets]:
            sheet.append(row.split(","))
    book.save(out)
    with pytest.raises(FileRefused, match="more than 1,000 cells") as refused:
        read(out.getvalue(), name="a.xlsx")
    assert refused.value.code == "file.cells"

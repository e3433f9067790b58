"""What is no meter file is refused in one clear sentence, quickly and without filling the memory."""

from __future__ import annotations

import gzip
import io
import os
import random
import time
import zipfile

import numpy as np
import pytest

from kanchay.domain.errors import FileRefused

GOOD = "time,kWh\n" + "".join(
    f"2024-01-{d:02d} {h:02d}:00,{(d * h) % 7 + 0.25}\n" for d in range(1, 29) for h in range(24)
)


def workbook(rows, *, sheet: str = "Data") -> bytes:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parquet(n: int = 100) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    times = pa.array(np.arange(n) * 3600 * 1000, pa.timestamp("ms", tz="UTC"))
    out = io.BytesIO()
    pq.write_table(pa.table({"timestamp": times, "energy_kwh": np.arange(n) % 5 + 0.1}), out)
    return out.getvalue()


def bomb() -> bytes:
    """A workbook of a few hundred kilobytes that unpacks to hundreds of megabytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as member:
            for _ in range(300):
                member.write(b"0" * 1024 * 1024)
    return out.getvalue()


XLSX = workbook([["t", "kWh"], *[[f"2024-01-01 {h:02d}:00", h + 0.5] for h in range(24)]])
CASES = {
    "empty": (b"", "file.empty"),
    "blank": (b" \n\n \t\n", "file.empty"),
    "prose": (b"Dear customer,\nthank you for your letter.\nYours\n", "file.no_meter_data"),
    "addresses": (b"name,street,city\nAna,Calle 1,Lima\nLuis,Calle 2,Cusco\n", "file.no_meter_data"),
    "numbers only": (b"a,b\n1,2\n3,4\n5,6\n", "file.no_meter_data"),
    "times only": (b"a,b\n2024-01-01 00:00,x\n2024-01-01 01:00,y\n", "file.no_meter_data"),
    "no value at all": (b"time,kWh\n2024-01-01 00:00,\n2024-01-01 01:00,\n", "file.no_meter_data"),
    "png": (b"\x89PNG\r\n\x1a\n" + os.urandom(500), "file.other_kind"),
    "pdf": (b"%PDF-1.7\n" + b"x" * 500, "file.other_kind"),
    "program": (b"\x7fELF" + os.urandom(500), "file.other_kind"),
    "windows program": (b"MZ\x90\x00" + os.urandom(500), "file.other_kind"),
    "old document": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "file.other_kind"),
    "garbage": (random.Random(1).randbytes(20_000), "file.binary"),
    "cut xlsx": (XLSX[: len(XLSX) // 2], "file.truncated"),
    "cut parquet": (parquet()[:-40], "file.truncated"),
    "cut gzip": (gzip.compress(GOOD.encode())[:-20], "file.truncated"),
    "empty xlsx": (workbook([]), "file.empty"),
    "xlsx of prose": (workbook([["Hello"], ["there"]]), "file.no_meter_data"),
    "xlsx bomb": (bomb(), "file.bomb"),
    "gzip bomb": (gzip.compress(bytes(300 * 1024 * 1024), 9), "file.bomb"),
    "json": (b'{"a": [1, 2]}', "file.no_meter_data"),
    "json of versions": (
        b'[{"start":"2026-08-05","end":"2025-08-05","n":1},{"start":"2026-08-06","end":"2025-08-06","n":2}]',
        "file.no_meter_data",
    ),
    "xml": (b'<?xml version="1.0"?><a/>', "file.no_meter_data"),
    "web page": (b"<!DOCTYPE html><html></html>", "file.no_meter_data"),
    "web archive": (
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\nx\r\n",
        "file.no_meter_data",
    ),
    "web archive of ten thousand parts": (
        b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n'
        + b"--x\r\n\r\na\r\n" * 10_000,
        "file.unsafe",
    ),
    "edifact": (b"UNA:+.? 'UNB+UNOC:3+4012345000023:14'UNH+1+MSCONS:D:04B:UN:2.4b'", "file.later_format"),
    "energyplus": (
        b"Program Version,EnergyPlus, Version 9.6.0\n1,5,Environment Title[]\n",
        "file.later_format",
    ),
    "database dump": (b"-- dump of 2024-05-01\nCREATE TABLE readings (t int, v int);\n", "file.later_format"),
    "nem12": (b"100,NEM12,200301011534,MDP1,Retailer1\n", "file.no_meter_data"),
}


@pytest.mark.parametrize("case", CASES)
def test_refused_in_one_sentence(case, read):
    content, code = CASES[case]
    began = time.monotonic()
    with pytest.raises(FileRefused) as refused:
        read(content, name="upload.bin")
    assert refused.value.code == code
    assert refused.value.message.startswith("upload.bin ")
    assert refused.value.message.count(". ") == 0
    assert refused.value.hint
    assert time.monotonic() - began < 20  # bounded, not benchmarked


def test_too_large_is_told_with_both_sizes(read):
    with pytest.raises(FileRefused, match="2 MB, more than the 1 MB") as refused:
        read(GOOD + " " * 2 * 1024 * 1024, max_upload_mb=1)
    assert refused.value.code == "file.too_large"


def test_missing_file(tmp_path):
    from kanchay.adapters.files.reader import SniffingReader
    from kanchay.services.ports.files import ImportOptions

    with pytest.raises(FileRefused, match="not there"):
        SniffingReader().read(tmp_path / "none.csv", ImportOptions())


def test_a_decimal_comma_that_is_the_delimiter_is_not_guessed(read):
    rows = "".join(f"2024-01-01 {h:02d}:00,0,{h:03d}\n" for h in range(24))
    with pytest.raises(FileRefused, match="decimal comma"):
        read("time,kWh\n" + rows)


@pytest.mark.parametrize("seed", range(60))
def test_damaged_files_are_read_or_refused(seed, read):
    """Cut and mutated files of every container: no other error than a refusal."""
    rng = random.Random(seed)
    name, whole = rng.choice(
        [
            ("a.csv", GOOD.encode()),
            ("a.xlsx", XLSX),
            ("a.parquet", parquet()),
            ("a.csv.gz", gzip.compress(GOOD.encode())),
        ]
    )
    data = bytearray(whole[: rng.randint(1, len(whole))] if rng.random() < 0.5 else whole)
    for _ in range(rng.randint(0, 30)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    try:
        preview = read(bytes(data), name=name, tz="UTC")
    except FileRefused:
        return
    assert preview.series


def test_gzip_and_zip_around_one_table_are_read(read):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("inside.csv", GOOD)
    plain = read(GOOD, tz="UTC").series[0]
    for content, name in ((gzip.compress(GOOD.encode()), "a.csv.gz"), (packed.getvalue(), "a.zip")):
        series = read(content, name=name, tz="UTC").series[0]
        assert (series.n, series.total) == (plain.n, plain.total)


def test_a_year_that_no_meter_knows_is_a_row_without_time(read) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    hours = (np.arange(100) + 473_000) * 3_600_000
    hours[40] = 3 * 10**14  # the year 11476, for which there is no calendar
    hours[41] = -(10**15)
    out = io.BytesIO()
    table = pa.table(
        {"timestamp": pa.array(hours, pa.timestamp("ms", tz="UTC")), "energy_kwh": np.full(100, 0.5)}
    )
    pq.write_table(table, out)
    (series,) = read(out.getvalue(), name="a.parquet").series
    assert series.n == 98

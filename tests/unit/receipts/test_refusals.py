"""What is no receipt, or not safe: refused with the reason and what to do, within time and memory."""

from __future__ import annotations

import io
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pytest

from kanchay.adapters.receipts.pdf import read_lines
from kanchay.adapters.receipts.reader import MOST_BYTES, FileReceiptReader
from kanchay.adapters.receipts.text import lines_of
from kanchay.domain.errors import FileRefused
from kanchay.simulate.receipts import draw_receipt, receipt_pdf, receipt_xml

READER = FileReceiptReader()


def refused(data: bytes, name: str = "r.pdf") -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        READER.read(data, name)
    return caught.value


def pdf_with(stream: bytes, packed: bytes | None = None, *, pages: int = 1) -> bytes:
    """A PDF whose pages all draw the same stream."""
    body = zlib.compress(stream, 9) if packed is None else packed
    kids = b" ".join(b"3 0 R" for _ in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % pages,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(body), body),
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for n, each in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (n, each)
    start = len(out)
    out += b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % p for p in places)
    return bytes(out + b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % start)


def test_a_scan_is_told_to_be_one() -> None:
    error = refused(pdf_with(b"q 500 0 0 700 0 0 cm /Im0 Do Q"))
    assert error.code == "pdf.scan"
    assert error.hint


def test_a_photo_is_not_read() -> None:
    for data in (b"\xff\xd8\xff\xe0" + b"\0" * 100, b"\x89PNG\r\n\x1a\n" + b"\0" * 50):
        error = refused(data, "foto.jpg")
        assert error.code == "receipt.kind"
        assert "photo" in error.hint


@pytest.mark.parametrize("data", [b"", b"hola", b"<html></html>", b"PK\x03\x04 broken", b"\x1f\x8b broken"])
def test_other_files_are_refused(data: bytes) -> None:
    assert refused(data).code in ("receipt.kind", "file.truncated")


def test_another_paper_is_no_receipt() -> None:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    canvas.drawString(
        50, 700, "Boleta de venta: un par de zapatos de cuero, color negro, talla 42, S/ 129.90"
    )
    canvas.save()
    assert refused(out.getvalue()).code == "receipt.none"


def test_a_locked_file_is_told() -> None:
    import pypdf

    writer = pypdf.PdfWriter(io.BytesIO(receipt_pdf(draw_receipt(1))))
    writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    assert refused(out.getvalue()).code in ("pdf.encrypted", "pdf.damaged")  # the second without AES


def test_too_many_bytes() -> None:
    assert refused(b"%PDF-1.4" + b" " * MOST_BYTES).code == "receipt.too_large"


def test_too_many_pages() -> None:
    assert refused(pdf_with(b"BT ET", pages=5000)).code == "pdf.pages"


BOMBS = {
    "deflated zeros": lambda: pdf_with(b"", zlib.compress(b"\0" * 120_000_000, 9)),
    "deflated twice over": lambda: pdf_with(b"", zlib.compress(zlib.compress(b" " * 120_000_000, 9), 9)),
    "a million operators": lambda: pdf_with(b"BT (a) Tj ET " * 700_000),
    "nested arrays": lambda: pdf_with(b"[" * 400_000),
    "long text": lambda: pdf_with(b"BT /F1 9 Tf (" + b"1 " * 400_000 + b") Tj ET"),
}


MEASURE = """
import resource, sys
from kanchay.bootstrap import receipt_reader
from kanchay.domain.errors import FileRefused
from kanchay.services.money.receipt import read_receipt

try:
    read_receipt(receipt_reader(), open(sys.argv[1], "rb").read(), "bomb.pdf")
except FileRefused:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


@pytest.mark.parametrize(
    "kind", [pytest.param(k, marks=[pytest.mark.slow] if k == "a million operators" else []) for k in BOMBS]
)
def test_bombs_end_within_their_bounds(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "bomb.pdf"
    path.write_bytes(BOMBS[kind]())
    # In a process of its own: the highest memory of children counts all that a process ever had.
    told = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True, timeout=120
    )
    seconds, kilobytes = map(float, told.stdout.split())
    assert seconds < 7  # 5 s, and what ending takes
    assert kilobytes < 600 * 1024


def test_xml_that_could_hide_anything_is_refused() -> None:
    xml = receipt_xml(draw_receipt(1))
    lol = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    head, _, rest = xml.partition(b"?>")
    assert refused(head + b"?>" + lol + rest).code == "file.unsafe"
    deep = (
        xml.replace(b"</Invoice>", b"<a>" * 5000, 1)
        if b"</Invoice>" in xml
        else xml.replace(b"</ns0:Invoice>", b"<a>" * 5000)
    )
    assert refused(deep).code in ("file.unsafe", "file.truncated")


def test_the_zip_in_which_sunat_delivers_it() -> None:
    made = draw_receipt(2)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("20331898008-14-S001-1.xml", receipt_xml(made))
        archive.writestr("leeme.txt", "constancia")
    assert READER.read(out.getvalue(), "r.zip").total_due == made.total_due


def test_a_zip_bomb_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("r.xml", b" " * 40_000_000)
    assert refused(out.getvalue()).code == "file.bomb"


def test_latin_letters_in_latin_bytes() -> None:
    made = draw_receipt(3, "pluz")
    text = receipt_xml(made).decode("utf-8").replace("utf-8", "iso-8859-1", 1)
    read = READER.read(text.encode("iso-8859-1"), "r.xml")
    assert read.amount("maintenance") == made.maintenance


@pytest.mark.parametrize(
    "line", ["1" * 1000, "123 " * 250, "1 x " * 250, "lectura actual " * 60, "a" + " " * 900 + "b"]
)
def test_text_made_to_be_slow_is_not(line: str) -> None:
    began = time.process_time()
    read_lines(lines_of([(1, ["LUZ DEL SUR", *[line] * 20_000])]), "r.pdf")
    assert time.process_time() - began < 5

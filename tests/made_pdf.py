"""Made-up PDF files for tests: text at places on a page, in Helvetica, nothing else."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

__all__ = ["Placed", "pdf_of", "pdf_of_lines"]

Placed = tuple[float, float, str]  # x and y from the lower left corner [pt], text


def pdf_of(pages: Sequence[Sequence[Placed]], *, size: int = 8, packed: bool = False) -> bytes:
    """A PDF with these texts on its pages; with `packed` the streams are deflated."""
    streams = [_stream(page, size) for page in pages]
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(streams)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(streams)} >>".encode(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for n, stream in enumerate(streams):
        objects.append(
            (
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 842 1191] /Resources << /Font << /F1 3 0 R >> >>"
                f" /Contents {5 + 2 * n} 0 R >>"
            ).encode()
        )
        objects.append(_contents(stream, packed))
    return _file(objects)


def pdf_of_lines(pages: Sequence[Sequence[str]], *, packed: bool = False) -> bytes:
    """A PDF with these lines from the top, all from the same left edge."""
    return pdf_of(
        [[(40.0, 1150.0 - 11 * n, line) for n, line in enumerate(lines)] for lines in pages], packed=packed
    )


def _stream(page: Sequence[Placed], size: int) -> bytes:
    parts = [f"BT /F1 {size} Tf".encode()]
    for x, y, text in page:
        safe = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)").encode("cp1252", "replace")
        parts.append(f"1 0 0 1 {x:.1f} {y:.1f} Tm (".encode() + safe + b") Tj")
    return b"\n".join([*parts, b"ET"])


def _contents(stream: bytes, packed: bool) -> bytes:
    filters = b" /Filter /FlateDecode" if packed else b""
    data = zlib.compress(stream) if packed else stream
    return b"<< /Length %d%s >>\nstream\n%s\nendstream" % (len(data), filters, data)


def _file(objects: Sequence[bytes]) -> bytes:
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)

"""A price list from a file: which kind it is, and its lines."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

from kanchay.adapters.pricelists.lines import printed_line
from kanchay.adapters.pricelists.page import read_page
from kanchay.domain.errors import FileRefused
from kanchay.domain.pricelist import PrintedLine, PrintedList

__all__ = ["FileListReader"]

_MOST_BYTES: Final = 16 << 20


class FileListReader:
    """`ListReader` over files: PDF with a text layer, HTML."""

    def read(self, path: Path) -> PrintedList:
        if not path.is_file():
            raise FileRefused(f"{path.name} is not there.", hint="Check the path.", code="pricelist.missing")
        if path.stat().st_size > _MOST_BYTES:
            raise FileRefused(
                f"{path.name} is larger than the {_MOST_BYTES >> 20} MB that are taken.",
                hint="Hand in the price list alone.",
                code="pricelist.too_large",
            )
        data = path.read_bytes()
        fingerprint = hashlib.sha256(data).hexdigest()
        head = data[:4096].lstrip().lower()
        if b"%pdf-" in head[:1024]:
            return PrintedList(path.name, tuple(_pdf_lines(data, path.name)), fingerprint)
        if head.startswith((b"<", b"\xef\xbb\xbf<", b"\xff\xfe<")):
            return read_page(data, path.name, fingerprint)
        raise FileRefused(
            f"{path.name} is neither a PDF nor a page saved as HTML.",
            hint="Download the list (pliego tarifario) as PDF, or save OSINERGMIN's page as HTML.",
            code="pricelist.kind",
        )


def _pdf_lines(data: bytes, name: str) -> list[PrintedLine]:
    from kanchay.adapters.pdf import PdfLimits, pdf_pages

    return [
        printed_line(f"page {page.number}, line {number}", text)
        for page in pdf_pages(data, name, "layout", PdfLimits(max_bytes=_MOST_BYTES))
        for number, text in enumerate(page.lines, start=1)
        if text.strip()
    ]

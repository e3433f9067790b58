"""Reads a receipt of any kind that we know: told by its first bytes, never by its name."""

from __future__ import annotations

from kanchay.domain.errors import FileRefused
from kanchay.domain.receipt import Receipt

__all__ = ["MOST_BYTES", "FileReceiptReader"]

MOST_BYTES = 5 << 20


class FileReceiptReader:
    """`ReceiptReader` for text PDFs and electronic receipts (XML, also in the zip in which SUNAT delivers them)."""

    def read(self, data: bytes, name: str) -> Receipt:
        if len(data) > MOST_BYTES:
            raise FileRefused(
                f"{name} is larger than the {MOST_BYTES >> 20} MB that are taken.",
                hint="Hand in the receipt alone.",
                code="receipt.too_large",
            )
        if b"%PDF-" in data[:1024]:
            from kanchay.adapters.receipts.pdf import read_pdf_receipt

            return read_pdf_receipt(data, name)
        from kanchay.adapters.receipts.ubl import read_ubl_receipt

        return read_ubl_receipt(data, name)

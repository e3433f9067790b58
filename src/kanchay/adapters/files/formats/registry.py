"""Every named format, one row each; the first that recognises a file reads it."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.formats import espi, nem
from kanchay.adapters.files.formats.statement import TextFormat

__all__ = ["TEXTS", "find_format"]

TEXTS: Final[tuple[TextFormat, ...]] = (
    espi.FORMAT,
    nem.FORMAT,
)
_HEAD: Final = 16 * 1024


def find_format(data: bytes) -> TextFormat | None:
    """The named format that a file begins as; None where the general reader has to find out."""
    head = data[:_HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return next((f for f in TEXTS if f.begins(head)), None)

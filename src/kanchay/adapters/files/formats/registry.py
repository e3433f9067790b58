"""Every named format, one row each; the first that recognises a file reads it."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.formats import espi, ha_energy, ha_statistics, influx, nem, p1, tasmota, ubl
from kanchay.adapters.files.formats.statement import TextFormat

__all__ = ["TEXTS", "find_format"]

TEXTS: Final[tuple[TextFormat, ...]] = (
    espi.FORMAT,
    ubl.FORMAT,
    nem.FORMAT,
    p1.FORMAT,
    ha_energy.FORMAT,
    ha_statistics.FORMAT,
    ha_statistics.FORMAT,
    influx.FORMAT,
    tasmota.FORMAT,
)
_HEAD: Final = 16 * 1024


def find_format(data: bytes) -> TextFormat | None:
    """The named format that a file begins as; None where the general reader has to find out."""
    head = data[:_HEAD].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    return next((f for f in TEXTS if f.begins(head)), None)

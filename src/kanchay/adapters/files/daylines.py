"""Day lines: a date alone on a line, and below it rows with clock times alone: the date is written before each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kanchay.adapters.files.cells import cell_type
from kanchay.adapters.files.unpacking import Data, gathered

__all__ = ["with_days"]

_LOOKED_AT: Final = 64 * 1024
_LEAST: Final = 3  # rows below
_CLOCK: Final = re.compile(rb'[ \t"\']*\d{1,2}[:h]\d\d(?::\d\d)?[ \t"\']*[;,\t|]')
_MARKS: Final = b" \t\r\n;,|\"'"
_PIECE: Final = 20_000  # lines


def with_days(text: Data, name: str) -> Data:
    """The text with the date of its line before each clock time; as it is where there are no such lines."""
    lines = bytes(text[:_LOOKED_AT]).splitlines()
    if sum(_CLOCK.match(line) is not None for line in lines) < _LEAST or not any(map(_day, lines)):
        return text
    return gathered(_dated(bytes(text[:])), name)


def _day(line: bytes) -> bytes | None:
    """The date that stands alone on a line."""
    alone = line.strip(_MARKS)
    if not 6 <= len(alone) <= 30 or not alone[:1].isalnum():
        return None
    return alone if cell_type(alone.decode("utf-8", errors="replace")) == "date" else None


def _dated(text: bytes) -> Iterator[bytes]:
    day = b""
    lines = text.splitlines(keepends=True)
    for low in range(0, len(lines), _PIECE):
        out = []
        for line in lines[low : low + _PIECE]:
            found = None if _CLOCK.match(line) else _day(line)
            day = found or day
            if found is None:
                out.append(day + b" " + line.lstrip(b" \t\"'") if day and _CLOCK.match(line) else line)
        yield b"".join(out)

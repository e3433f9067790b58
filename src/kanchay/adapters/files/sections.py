"""Sections: where in a text one table ends and the next begins.

Rows of readings hold digits; names, titles and empty lines mostly do not. A file is cut in front of every run of lines
without digits; what has no table goes to the section that follows, what has no names of its own to the one before.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import Final

from kanchay.adapters.files.header import Found

__all__ = ["cut"]

_BREAK: Final = re.compile(rb"\n(?=[^0-9\n]*\n)")
_MOST: Final = 40  # more breaks than this are the manner of the file, not tables


def _starts(text: bytes) -> list[int]:
    """Where runs of lines without digits begin."""
    starts: list[int] = []
    after = -1
    for match in _BREAK.finditer(text):
        line = match.end()
        if line != after:
            starts.append(line)
            if len(starts) > _MOST:
                return []
        after = text.index(b"\n", line) + 1
    return starts


def cut(text: bytes, look: Callable[[bytes], Found | None]) -> list[bytes]:
    """The sections of a text that hold a table each; `look` tells the table of a piece of text, or None."""
    edges = [0, *_starts(text), len(text)]
    pieces = [text[a:b] for a, b in pairwise(edges) if b > a]
    if len(pieces) < 2:
        return [text]
    sections: list[bytes] = []
    waiting = b""
    for piece in pieces:
        found = look(piece)
        if found is None:
            waiting += piece
        elif found.header_row is None and sections and not _named_by(waiting, piece, look):
            sections[-1] += waiting + piece
            waiting = b""
        else:
            sections.append(waiting + piece)
            waiting = b""
    if not sections:
        return [text]
    sections[-1] += waiting
    return sections


def _named_by(waiting: bytes, piece: bytes, look: Callable[[bytes], Found | None]) -> bool:
    """Whether the lines before a piece hold the names of its columns."""
    found = look(waiting + piece) if waiting else None
    return found is not None and found.header_row is not None

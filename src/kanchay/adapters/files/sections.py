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
from kanchay.adapters.files.unpacking import Data

__all__ = ["cut"]

_BREAK: Final = re.compile(rb"\n(?=[^0-9\n]*\n)")
_LOOKED_AT: Final = 384 * 1024
_MOST: Final = 40  # more breaks than this are the manner of the file, not tables


def _starts(text: Data) -> list[int]:
    """Where runs of lines without digits begin."""
    starts: list[int] = []
    after = -1
    for match in _BREAK.finditer(text):
        line = match.end()
        if line != after:
            starts.append(line)
            if len(starts) > _MOST:
                return []
        after = text.find(b"\n", line) + 1
    return starts


def cut(text: Data, look: Callable[[bytes], Found | None]) -> list[tuple[int, int]]:
    """Where the sections of a text that hold a table each begin and end.

    `look` tells the table of a piece of text from its beginning, or None.
    """
    edges = [0, *_starts(text), len(text)]
    pieces = [(a, b) for a, b in pairwise(edges) if b > a]
    if len(pieces) < 2:
        return [(0, len(text))]
    sections: list[tuple[int, int]] = []
    waiting = 0  # where what has no table yet begins
    for begin, end in pieces:
        found = look(_head(text, begin, end))
        if found is None:
            continue
        above = look(_head(text, waiting, end)) if waiting < begin else None
        if found.header_row is None and sections and (above is None or above.header_row is None):
            sections[-1] = (sections[-1][0], end)
        else:
            sections.append((waiting, end))
        waiting = end
    return [*sections[:-1], (sections[-1][0], len(text))] if sections else [(0, len(text))]


def _head(text: Data, begin: int, end: int) -> bytes:
    return text[begin : min(end, begin + _LOOKED_AT)]

"""Aligned: text whose columns are parted by blanks, as printed reports, logs and copies of pages are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

from kanchay.adapters.files.cells import TIMES, cell_type
from kanchay.adapters.files.unpacking import Data, gathered

__all__ = ["with_tabs"]

_LOOKED_AT: Final = 64 * 1024
_LEAST: Final = 0.6  # of the lines with digits must have as many columns
_FEW: Final = 3  # lines
_WIDE_GAP: Final = re.compile(rb"(?<=[^ \n\r]) {2,}(?=[^ \n\r])")
_GAP: Final = re.compile(rb"(?<=[^ \n\r]) +(?=[^ \n\r])")
# A date and a clock time at the beginning of a line, where they stand under one name.
_MOMENT: Final = re.compile(
    rb"(?m)^ *([^ \n\r]*\d[^ \n\r]*) +(\d{1,2}:\d\d[^ \n\r]*)(?: +([AaPp]\.?[Mm]\.?))?(?= )"
)


def with_tabs(text: Data, name: str) -> Data | None:
    """The text with tabs between its columns; None where blanks part no columns in it."""
    head = bytes(text[:_LOOKED_AT])
    lines = [line.strip() for line in head.splitlines()[: -1 if len(text) > len(head) else None]]
    for gap in (_WIDE_GAP, _GAP):
        at = _columns(lines, gap)
        if at is None:
            continue
        whole = bytes(text[:])
        if gap is _GAP and _under_one_name(lines, at):
            whole = _MOMENT.sub(rb"\1_\2\3", whole)
        parted = gap.sub(b"\t", re.sub(rb"(?m)^ +", b"", whole))
        return parted if isinstance(text, bytes) else gathered([parted], name)
    return None


def _columns(lines: Sequence[bytes], gap: re.Pattern[bytes]) -> int | None:
    """How many columns most lines with digits have, one of them a time; None where there are no columns."""
    rows = [gap.split(line) for line in lines if re.search(rb"\d", line)]
    counts = Counter(len(row) for row in rows)
    if not counts:
        return None
    n, often = counts.most_common(1)[0]
    alike = [row for row in rows if len(row) == n]
    timed = sum(any(_type(cell) in TIMES for cell in row) for row in alike)
    return n if n > 1 and often >= max(_FEW, _LEAST * len(rows)) and timed >= _LEAST * often else None


def _type(cell: bytes) -> str:
    return cell_type(cell.decode("utf-8", errors="replace"))


def _under_one_name(lines: Sequence[bytes], n: int) -> bool:
    """Whether dates and clock times at the beginning of rows have one name less above them than the rows have cells."""
    first = next((i for i, line in enumerate(lines) if len(_GAP.split(line)) == n and _MOMENT.match(line)), 0)
    cells = _GAP.split(lines[first])
    joined = len(_GAP.split(_MOMENT.sub(rb"\1_\2\3", lines[first])))
    above = _GAP.split(lines[first - 1]) if first else []
    return joined < len(cells) and len(above) == joined

"""TOA5: tables of Campbell Scientific's loggers, whose names stand on the second line, units and kinds of sums below.

A record is written when its interval ends, so its time marks the end.
"""

from __future__ import annotations

import csv
from typing import Final

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.formats.statement import TextFormat
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.table import Table
from kanchay.adapters.files.textfile import read_text

__all__ = ["FORMAT"]

_TITLE: Final = "TOA5 (table of a Campbell logger)"
_HEAD: Final = 4  # lines: the logger, names, units, kinds
_LEFT_OUT: Final = ("RN",)  # units of columns that count records
_EXTREMES: Final = ("Min", "Max", "Std", "TMx", "TMn")


def _begins(head: bytes) -> bool:
    return head.startswith((b'"TOA5"', b"TOA5,"))


def _read(text: bytes, name: str, limits: Limits) -> list[Table]:
    """The table with one line of names; raises `FileRefused` where a line of the head is missing."""
    lines = text.split(b"\n", _HEAD)
    if len(lines) <= _HEAD:
        raise refuse("contradicts", name, title=_TITLE, what="its head has less than four lines")
    try:
        logger, names, units, sums = (next(csv.reader([_plain(line)]), []) for line in lines[:_HEAD])
    except csv.Error as error:
        raise refuse("contradicts", name, title=_TITLE, what="its head is no row of cells") from error
    if not len(names) == len(units) == len(sums):
        raise refuse("contradicts", name, title=_TITLE, what="it has other numbers of names, units and kinds")
    head = ["end time", *(_named(n, u) for n, u in zip(names[1:], units[1:], strict=True))]
    table = ",".join(f'"{n}"' for n in head).encode() + b"\n" + lines[_HEAD]
    tables = read_text(table, name, limits)
    kept = [u not in _LEFT_OUT and s not in _EXTREMES for u, s in zip(units, sums, strict=True)]
    told = (("named_format", _TITLE), *(("left_out", n) for n, k in zip(names, kept, strict=True) if not k))
    for found in tables:
        found.columns = [c for c, k in zip(found.columns, kept, strict=True) if k]
        found.facts += told
        found.sheet = logger[1] if len(logger) > 1 else ""
    return tables


def _plain(line: bytes) -> str:
    return line.decode("utf-8", errors="replace").strip()


def _named(name: str, unit: str) -> str:
    return f"{name} ({unit})".replace('"', "'") if unit else name.replace('"', "'")


FORMAT: Final = TextFormat(
    "toa5", _TITLE, _begins, _read, "Campbell Scientific, LoggerNet manual, data file formats"
)

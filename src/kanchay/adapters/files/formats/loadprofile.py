"""Load profiles as meters give them through their optical head (EN 62056-21, P.01): values below a line that says all.

    P.01(1260501000000)(00000000)(15)(2)(1.5)(kW)(2.5)(kW)
    (13.08)(0.00)

The line gives when the first interval lies, its status, the minutes between values, how many channels there are, and code
and unit of each. Meters differ in which end of the interval the stamp marks: that stays to be told by where days begin.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import numpy as np

from kanchay.adapters.files.arrays import strings
from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.formats.gather import number_of
from kanchay.adapters.files.formats.statement import TextFormat
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.table import Column, Table

__all__ = ["FORMAT"]

_TITLE: Final = "load profile of a meter (P.01)"
_BEGIN: Final = re.compile(rb"(?m)^[ \t]*P\.0[12]\(\d{10,13}\)")
_CELLS: Final = re.compile(r"\(([^()]*)\)")
_UTC: Final = "2"  # before the stamp: 0 winter time, 1 summer time, 2 UTC
#: OBIS, EN 62056-61: the group that says what is measured.
_MEASURED: Final = {
    "1": "active import", "2": "active export", "3": "reactive import", "4": "reactive export",
    "5": "reactive q1", "6": "reactive q2", "7": "reactive q3", "8": "reactive q4", "9": "apparent import",
    "10": "apparent export",
}  # fmt: skip
_CHANNEL: Final = re.compile(r"(?:\d+-\d+:)?(\d+)\.")


@dataclass(slots=True)
class _Block:
    """What one line says, and the rows below it."""

    start: datetime
    utc: bool
    step: timedelta
    names: tuple[str, ...]
    rows: list[list[float]] = field(default_factory=list)

    def times(self) -> Iterator[str]:
        mark = "Z" if self.utc else ""
        return ((self.start + i * self.step).isoformat(" ") + mark for i in range(len(self.rows)))


def _begins(head: bytes) -> bool:
    return _BEGIN.search(head) is not None


def _read(text: bytes, name: str, limits: Limits) -> list[Table]:
    """One table of all blocks; raises `FileRefused` where a row does not fit the line above it."""
    blocks: list[_Block] = []
    for line in map(str.strip, text.decode("utf-8", errors="replace").splitlines()):
        if line.startswith(("P.01(", "P.02(")):
            blocks.append(_block(_CELLS.findall(line), name))
        elif line.startswith("(") and blocks:
            blocks[-1].rows.append(_row(_CELLS.findall(line), blocks[-1], name))
    filled = [b for b in blocks if b.rows]
    if not filled or len({(b.names, b.utc) for b in filled}) > 1:
        raise _contradiction(name, "its lines name different channels" if filled else "it holds no values")
    return [_table(filled)]


def _table(blocks: Sequence[_Block]) -> Table:
    times = [t for block in blocks for t in block.times()]
    values = np.array([row for block in blocks for row in block.rows])
    columns = [Column(n, "number", numbers=values[:, i]) for i, n in enumerate(blocks[0].names)]
    first = Column("time", "datetime", texts=strings(times))
    return Table([first, *columns], len(times), facts=(("named_format", _TITLE),), score=1.0)


def _block(cells: Sequence[str], name: str) -> _Block:
    try:
        stamp, _, minutes, count, *channels = cells
        start, utc = _moment(stamp)
        step, n = timedelta(minutes=int(minutes)), int(count)
    except ValueError as error:
        raise _contradiction(
            name, f"'{' '.join(cells)[:60]}' names no time, interval and channels"
        ) from error
    if n < 1 or len(channels) != 2 * n or step <= timedelta(0):
        raise _contradiction(name, f"it says {count} channels and names {len(channels) // 2}")
    return _Block(start, utc, step, tuple(map(_named, channels[::2], channels[1::2])))


def _moment(stamp: str) -> tuple[datetime, bool]:
    """The time of a stamp of 10, 12 or 13 digits (with the season before it), and whether it is UTC."""
    season, digits = (stamp[0], stamp[1:]) if len(stamp) % 2 else ("", stamp)
    form = "%y%m%d%H%M%S" if len(digits) == 12 else "%y%m%d%H%M"
    return datetime.strptime(digits, form), season == _UTC  # noqa: DTZ007  # the meter's own clock


def _named(code: str, unit: str) -> str:
    found = _CHANNEL.match(code)
    said = _MEASURED.get(found[1], "") if found else ""
    return f"{code} {said} ({unit})" if said else f"{code} ({unit})"


def _row(cells: Sequence[str], block: _Block, name: str) -> list[float]:
    if len(cells) != len(block.names):
        raise _contradiction(name, f"a row has {len(cells)} values under {len(block.names)} channels")
    return [number_of(c.split("*")[0], name, _TITLE) if c.strip(" -.") else float("nan") for c in cells]


def _contradiction(name: str, what: str) -> Exception:
    return refuse("contradicts", name, title=_TITLE, what=what)


FORMAT: Final = TextFormat(
    "loadprofile",
    _TITLE,
    _begins,
    _read,
    "EN 62056-21, data readout; VDEW Lastenheft of electronic load profile meters",
)

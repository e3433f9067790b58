"""InfluxDB: annotated CSV, as its query tool and its clients write it, and line protocol, as its inspector exports it.

Both are brought to one plain table of time, value, series and unit; what the names of the series mean is weighed as in
any other file. Bounds of a query window (`_start`, `_stop`) are no bounds of a reading.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from typing import Final

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.formats.statement import TextFormat
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.table import Column, Table
from kanchay.adapters.files.typed import typed_column
from kanchay.adapters.files.words import find_unit

__all__ = ["FORMAT"]

_TITLE: Final = "InfluxDB (annotated CSV or line protocol)"
_OWN: Final = ("", "result", "table", "_start", "_stop", "_time", "_value", "_field", "_measurement")
_LINE: Final = re.compile(
    r"^(?P<name>(?:\\.|[^\\, ])+)(?P<tags>(?:,(?:\\.|[^\\, =])+=(?:\\.|[^\\, ])*)*) "
    r"(?P<fields>(?:\\.|[^\\, =])+=.+) (?P<at>-?\d{9,19})$"
)
_PAIR: Final = re.compile(r'((?:\\.|[^\\, =])+)=("(?:\\.|[^"\\])*"|(?:\\.|[^\\, ])*)')

Reading = tuple[str, str, str, float]  # time, series, unit, value


def _begins(head: bytes) -> bool:
    lines = [x.decode("utf-8", "replace") for x in head.splitlines()[:20]]
    annotated = any(re.match("#(datatype|group|default),", x) for x in lines[:3])
    kept = [x for x in lines[:-1] or lines if x and not x.startswith(("#", "CREATE ", "DROP "))][:3]
    return annotated or (bool(kept) and all(_LINE.match(x) for x in kept))


def _series(measurement: str, field: str, tags: list[tuple[str, str]]) -> tuple[str, str]:
    """Name and unit of a series; a measurement named by a unit, as Home Assistant writes them, is the unit."""
    named = find_unit(f"({measurement})")
    words = (
        [v for _, v in tags] + [measurement if named is None else ""] + [field if field != "value" else ""]
    )
    return " ".join(w for w in words if w) or measurement, measurement if named else ""


def _number(text: str) -> float | None:
    try:
        return float(text.rstrip("iu"))
    except ValueError:
        return None


def _annotated(text: str, name: str) -> Iterator[Reading]:
    """Readings of annotated CSV: each block has a header of its own below its annotations."""
    header: list[str] = []
    for row in csv.reader(text.splitlines()):
        if not row or not any(row) or row[0].startswith("#"):
            header = []
        elif not header:
            header = row
            if "_time" not in header or "_value" not in header:
                raise refuse(
                    "contradicts", name, title=_TITLE, what="a block has no columns _time and _value"
                )
        elif len(row) == len(header):
            said = dict(zip(header, row, strict=True))
            tags = [(k, v) for k, v in said.items() if k not in _OWN and k not in ("domain", "source")]
            value = _number(said["_value"])
            if value is not None:
                key, symbol = _series(said.get("_measurement", ""), said.get("_field", ""), tags)
                yield said["_time"], key, symbol, value


def _lines(text: str) -> Iterator[Reading]:
    """Readings of line protocol: texts and switches are no readings."""
    for line in text.splitlines():
        found = _LINE.match(line)
        if found is None:
            continue
        plain = [(_bare(k), _bare(v)) for k, v in _PAIR.findall(found["tags"])]
        tags = [(k, v) for k, v in plain if k not in ("domain", "source")]
        for field, written in _PAIR.findall(found["fields"]):
            value = None if written.startswith('"') else _number(written)
            if value is not None:
                yield (found["at"], *_series(_bare(found["name"]), _bare(field), tags), value)


def _bare(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _read(text: bytes, name: str, limits: Limits) -> list[Table]:
    """One table of all readings; raises `FileRefused` where a block contradicts the format."""
    written = text.decode("utf-8", errors="replace")
    annotated = re.match(r"\s*#(datatype|group|default),", written) is not None
    readings = list(_annotated(written, name) if annotated else _lines(written))
    if not readings:
        raise refuse("no_meter_data", name, what=f"it is {_TITLE} without a single number")
    times, keys, units, values = zip(*readings, strict=True)
    single = len(set(keys)) == 1
    columns = [
        typed_column("time", "epoch" if times[0].lstrip("-").isdigit() else "datetime", times),
        typed_column(
            f"{keys[0]} [{units[0]}]" if single and units[0] else keys[0] if single else "value",
            "number",
            values,
        ),
    ]
    if not single:
        columns += [_text("series", keys), _text("unit", units)]
    return [Table(columns, len(values), facts=(("container", "influx"),), score=1.0)]


def _text(name: str, cells: tuple[str, ...]) -> Column:
    return typed_column(name, "text", [c or None for c in cells])


FORMAT: Final = TextFormat(
    "influx", _TITLE, _begins, _read, "InfluxData, annotated CSV and line protocol references"
)

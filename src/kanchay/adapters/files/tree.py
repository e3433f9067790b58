"""JSON and XML of any nesting to tables: lists of records, of pairs, of days with hours inside, or columns.

Every list of rows becomes a table named by its path. What stands around a list, such as the name and unit of a series
or the date of a day, becomes columns of its rows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from kanchay.adapters.files.cells import TIMES, cell_type
from kanchay.adapters.files.container import MB, Limits
from kanchay.adapters.files.dateparts import is_parted
from kanchay.adapters.files.factors import is_factor
from kanchay.adapters.files.header import column_types, is_row
from kanchay.adapters.files.mappings import by_time, in_steps, is_by_time
from kanchay.adapters.files.positions import RESOLUTION, positioned
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.table import Table
from kanchay.adapters.files.typed import typed_column, written
from kanchay.adapters.files.unittables import unit_named, units_by_name
from kanchay.adapters.files.unpacking import refuse_larger
from kanchay.adapters.files.words import ROLE_WORDS, matches, normal
from kanchay.adapters.files.xmltree import parse_xml

__all__ = ["looks_like_json", "read_json", "read_xml"]

_JSON: Final = re.compile(rb"\A\s*[\[{]\s*[\"\[{\]}]")
_DEEPEST: Final = 16
_MOST_BYTES: Final = 64 * MB  # what it becomes in memory is ten times as much
_NAMES: Final = ("columns", "fields", "headers", "names")
_DAY: Final = (23, 24, 25, 46, 48, 50, 92, 96, 100, 276, 288, 300)  # values in a list that is a day
_NAMING: Final = (ROLE_WORDS["id"], ROLE_WORDS["register"])
_HEAD: Final = 400
_COUNTERS: Final = ("n", "no", "nr", "num")  # of an hour, a period, a channel

Row = dict[str, Any]


def looks_like_json(text: bytes) -> bool:
    """Whether a text begins as JSON does."""
    return _JSON.match(text[:8192]) is not None


def read_json(text: bytes, name: str, limits: Limits) -> list[Table]:
    """The tables of a JSON text, or of one JSON object a line; raises `FileRefused` where it has none."""
    refuse_larger(len(text), name, _MOST_BYTES)
    try:
        return _tables(_parsed(text), name, "json", limits)
    except (ValueError, RecursionError) as error:
        raise refuse("truncated", name) from error


def read_xml(text: bytes, name: str, limits: Limits) -> list[Table]:
    """The tables of an XML text of no format known by name; raises `FileRefused` where it has none."""
    return _tables(parse_xml(text, name), name, "xml", limits)


def _tables(tree: Any, name: str, container: str, limits: Limits) -> list[Table]:
    """The tables of a tree; raises `FileRefused` where it has none."""
    groups: dict[str, list[Row]] = {}
    for path, row in _rows(tree, "", {}, 0):
        groups.setdefault(path, []).append(row)
    made = (_table(path, rows, container, limits) for path, rows in groups.items())
    tables = [t for t in made if t is not None]
    if not tables:
        raise refuse("no_meter_data", name, what="no list in it has a time and a number in each row")
    return tables


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        lines = [line for line in text.splitlines() if line.strip()]
        if len(lines) < 2 or not lines[0].rstrip().endswith((b"}", b"]")):
            raise
        return [json.loads(line) for line in lines]


def _is_plain(value: Any) -> bool:
    return value is None or isinstance(value, (str, int, float, bool))


def _flat(record: Row, prefix: str = "") -> Row:
    """Plain values of a record and of records inside it."""
    out: Row = {}
    for key, value in record.items():
        if _is_plain(value):
            out[prefix + key] = value
        elif isinstance(value, dict) and prefix.count(".") < _DEEPEST:
            out |= _flat(value, f"{prefix}{key}.")
    return out


def _rows(node: Any, path: str, around: Row, depth: int) -> Iterator[tuple[str, Row]]:
    """Every row below a node, with the path of its list."""
    if depth > _DEEPEST:
        return
    if isinstance(node, list):
        yield from _rows_of_list(node, path, around, depth)
    elif isinstance(node, dict):
        around = around | _said(node)
        columns = (
            by_time(node, around, path.rsplit(".", 1)[-1] or "value") or in_steps(node) or _columns(node)
        )
        yield from ((path, around | row) for row in columns)
        for key, value in {} if columns else node.items():
            if not _is_plain(value):
                yield from _rows(value, f"{path}.{key}".strip("."), around, depth + 1)


def _rows_of_list(node: list[Any], path: str, around: Row, depth: int) -> Iterator[tuple[str, Row]]:
    for item in node:
        day = _day(item) if isinstance(item, dict) else None
        if day is not None:
            yield path, around | day
        elif isinstance(item, dict) and not _holds_lists(item):
            yield path, around | _flat(item)
        elif isinstance(item, list) and item and all(map(_is_plain, item)):
            yield path, around | {f" {i}": v for i, v in enumerate(item)}
        else:
            yield from _rows(item, path, around, depth + 1)


def _said(record: Row) -> Row:
    """What a record, and the records in it without lists, say of its lists: names, units and times, no counts."""
    short = {k: v for k, v in record.items() if _is_plain(v) or (isinstance(v, dict) and not _holds_lists(v))}
    return {k: v for k, v in _flat(short).items() if _tells(k, v)}


def _tells(key: str, value: Any) -> bool:
    """Whether a plain value is said of rows below it: a text or a time, or the number of a meter."""
    looks = cell_type(written(value))
    if isinstance(value, str) and looks != "number":
        return True
    return looks == "epoch" or is_factor(key) or (isinstance(value, str) and _is_named(key))


def _is_named(key: str) -> bool:
    """Whether a number under that key names a meter or tells the step of its rows."""
    return any(matches(words, normal(key.replace(".", " "))) for words in (*_NAMING, RESOLUTION))


def _holds_lists(record: Row) -> bool:
    """Whether a list stands somewhere inside a record."""
    return any(
        isinstance(v, list) or (isinstance(v, dict) and (_holds_lists(v) or is_by_time(v)))
        for v in record.values()
    )


def _day(record: Row) -> Row | None:
    """A record with one list of numbers as long as a day: a row with a column for every interval."""
    lists = [v for v in record.values() if isinstance(v, list)]
    if len(lists) != 1 or len(lists[0]) not in _DAY or not all(map(_is_plain, lists[0])):
        return None
    return _flat(record) | {f"h{i + 1}": v for i, v in enumerate(lists[0])}


def _columns(node: Row) -> list[Row]:
    """Rows of a record whose values are columns: lists of one length, or names beside rows."""
    named = next((node[k] for k in _NAMES if isinstance(node.get(k), list)), None)
    if named:
        names = [n.get("name", "") if isinstance(n, dict) else n for n in named]
        for value in node.values():
            full = isinstance(value, list) and value is not named and bool(value)
            if full and all(isinstance(r, list) and len(r) == len(names) for r in value):
                return [dict(zip(map(str, names), row, strict=True)) for row in value]
    lists = {k: v for k, v in node.items() if isinstance(v, list) and len(v) > 1 and all(map(_is_plain, v))}
    rows = any(isinstance(v, list) and len(v) > 2 and isinstance(v[0], (list, dict)) for v in node.values())
    if rows or len(lists) < 2 or len({len(v) for v in lists.values()}) != 1:
        return []
    return [dict(zip(lists, cells, strict=True)) for cells in zip(*lists.values(), strict=True)]


def _table(path: str, rows: Sequence[Row], container: str, limits: Limits) -> Table | None:
    """The table of one list; None where its rows hold no time and number."""
    rows = positioned(rows)
    names = list(dict.fromkeys(key for row in rows for key in row))[: limits.max_columns]
    units = units_by_name(rows[0], names)
    names = [n for n in names if n not in units]
    head = [[written(row.get(n)) for n in names] for row in rows[:_HEAD]]
    if not any(is_row(cells) for cells in head) and not is_parted([_name(n, path) for n in names]):
        return None
    types = column_types(head, len(names))
    once = [len({row.get(n) for row in rows}) == 1 < len(rows) for n in names]
    timed = any(t in TIMES and not o for t, o in zip(types, once, strict=True))
    columns = [
        typed_column(_name(n, path), t, [row.get(n) for row in rows])
        for n, t, same in zip(names, types, once, strict=True)
        if not (timed and same and t in TIMES)  # when the file was made
        and not (same and t == "number" and matches(RESOLUTION, normal(n.replace(".", " "))))
    ]
    for column in columns:
        column.unit = unit_named(column.name, units) if column.type == "number" else ""
    return Table(columns, len(rows), (), path, 0, (("container", container), ("list", path)), 1.0)


def _name(key: str, path: str) -> str:
    """The name of a column: the last part of its key; of a bare number also what it counts."""
    if key.startswith(" "):
        return ""
    if key in _COUNTERS:
        return f"{path.rsplit('.', 1)[-1]} {key}"
    return re.split(r"\.(?=\D)", key)[-1]  # the dots of a register such as 2.8.0 are its own

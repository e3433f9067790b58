"""Text to table: the delimiter is sniffed on samples of the file, the bulk is read by Arrow in one pass."""

from __future__ import annotations

import csv
import io
from typing import Any, Final

from kanchay.adapters.files.aligned import with_tabs
from kanchay.adapters.files.arrays import strings
from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.daylines import with_days
from kanchay.adapters.files.evidence import Alternative, rank
from kanchay.adapters.files.header import Found, find_table
from kanchay.adapters.files.refusal import refuse
from kanchay.adapters.files.sections import cut
from kanchay.adapters.files.table import Column, Table
from kanchay.adapters.files.unpacking import Data
from kanchay.domain.errors import FileRefused
from kanchay.services.progress import report

__all__ = ["read_text"]

_DELIMITERS: Final = (",", ";", "\t", "|")
_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_HEAD: Final = 96 * 1024
_ODD_ROWS: Final = 20_000
_LEAST: Final = 0.2  # less support than this is no table


def _sample(text: bytes | memoryview) -> list[str]:
    """Lines from the beginning, the middle and the end."""
    head = bytes(text[:_HEAD])
    lines = head.splitlines() if len(text) <= _HEAD else head.splitlines()[:-1]
    for place in (1 / 3, 2 / 3, 1.0):
        start = int((len(text) - _HEAD // 3) * place)
        if start > _HEAD:
            lines += bytes(text[start : start + _HEAD // 3]).splitlines()[1:-1]
    return [line.decode("utf-8", errors="replace") for line in lines[:6000]]


def _rows(lines: list[str], delimiter: str) -> list[list[str]]:
    return [next(csv.reader([line], delimiter=delimiter), []) for line in lines]


def _dialects(lines: list[str]) -> list[Alternative[tuple[str, Found]]]:
    """Every delimiter that yields a table, best supported first."""
    found = []
    for delimiter in _DELIMITERS:
        try:
            table = find_table(_rows(lines, delimiter))
        except csv.Error:
            continue
        if table is not None and table.width > 1:
            found.append(Alternative((delimiter, table), table.score))
    return rank(found)


def _offset(text: memoryview, n_lines: int) -> int:
    """Byte at which the line of that number begins."""
    at = 0
    for line in bytes(text[: 2 * _HEAD]).splitlines(keepends=True)[:n_lines]:
        at += len(line)
    return at


def _look(text: bytes) -> Found | None:
    """The table of a piece of text, if it has one."""
    dialects = _dialects(_sample(text))
    return dialects[0].value[1] if dialects and dialects[0].score >= _LEAST else None


def read_text(text: Data, name: str, limits: Limits) -> list[Table]:
    """The tables of a text file; raises `FileRefused` where there is none."""
    text = with_days(text, name)
    try:
        return _tables(text, name, limits)
    except FileRefused as refused:
        parted = with_tabs(text, name) if refused.code == "file.no_meter_data" else None
        if parted is None:
            raise
    return _tables(parted, name, limits)


def _tables(text: Data, name: str, limits: Limits) -> list[Table]:
    whole = memoryview(text)
    return [_table(whole[begin:end], name, limits) for begin, end in cut(text, _look)]


def _table(text: memoryview, name: str, limits: Limits) -> Table:
    dialects = _dialects(_sample(text))
    if not dialects or dialects[0].score < _LEAST:
        raise refuse("no_meter_data", name, what="no row has both a time and a number")
    delimiter, found = dialects[0].value
    if found.width > limits.max_columns:
        raise refuse("columns", name, what=f"a row has {found.width} columns")
    body = text[_offset(text, found.first_row) :]
    report("rows", 0.1)
    arrays, n_bad = _bulk(body, name, delimiter, found.width)
    report("rows", 0.5)
    _refuse_split_decimals(found, arrays, name)
    columns = [Column(found.names[i], found.types[i], texts=arrays[i]) for i in range(found.width)]
    facts = [("delimiter", _NAMES[delimiter]), ("header", "yes" if found.header_row is not None else "no")]
    if found.header_row:
        facts.append(("lines_above", str(found.header_row)))
    n_rows = len(arrays[0])
    return Table(
        columns,
        n_rows,
        found.preamble,
        "",
        n_bad,
        tuple(facts),
        dialects[0].score,
        found.header_row is not None,
    )


def _bulk(body: memoryview, name: str, delimiter: str, width: int) -> tuple[list[Any], int]:
    """All columns as string arrays, and how many rows did not fit."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    odd: list[str] = []
    n_odd = 0

    def set_aside(row: arrow_csv.InvalidRow) -> str:
        nonlocal n_odd
        n_odd += 1
        if len(odd) < _ODD_ROWS:
            odd.append(row.text)
        return "skip"

    names = [f"c{i}" for i in range(width)]
    convert = arrow_csv.ConvertOptions(
        column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""],
        quoted_strings_can_be_null=True,
    )  # fmt: skip
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(body),
            read_options=arrow_csv.ReadOptions(column_names=names, block_size=2 << 20, use_threads=False),
            parse_options=arrow_csv.ParseOptions(delimiter=delimiter, invalid_row_handler=set_aside),
            convert_options=convert,
        )
    except (pa.ArrowInvalid, pa.ArrowCapacityError) as error:
        raise refuse("columns", name, what="its rows cannot be told apart") from error
    arrays = []
    while table.num_columns:  # column by column, so that none is held twice for long
        arrays.append(_one(table.column(0)))
        table = table.remove_column(0)
    pa.default_memory_pool().release_unused()
    mended = [m for m in (_mend(text, delimiter, width) for text in odd) if m is not None]
    if mended:
        extra = [strings(row[i] or None for row in mended) for i in range(width)]
        arrays = [pa.concat_arrays([a, e]) for a, e in zip(arrays, extra, strict=True)]
    return arrays, n_odd - len(mended)


def _one(column: Any) -> Any:
    import pyarrow as pa

    return pa.concat_arrays(column.chunks) if column.num_chunks else strings([])


def _mend(text: str, delimiter: str, width: int) -> list[str] | None:
    """A row that only lacks or repeats delimiters at its end."""
    try:
        row = next(csv.reader(io.StringIO(text), delimiter=delimiter), [])
    except csv.Error:  # a field beyond all measure
        return None
    if len(row) > width:
        return row[:width] if not any(c.strip() for c in row[width:]) else None
    return row + [""] * (width - len(row)) if len(row) >= 2 else None


def _is_blank(cells: Any) -> bool:
    import pyarrow.compute as pc

    return not pc.any(pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(cells)), 0)).as_py()


def _refuse_split_decimals(found: Found, arrays: list[Any], name: str) -> None:
    """A decimal comma that is also the delimiter cuts values in two: more fields than names, all filled."""
    named = sum(bool(n) for n in found.names)
    nameless = [i for i in range(found.width) if not found.names[i] and not _is_blank(arrays[i])]
    if found.header_row is not None and nameless and named * 2 > found.width and min(nameless) >= named:
        raise refuse(
            "columns",
            name,
            what=f"rows have {found.width} fields under {named} names, perhaps a decimal comma",
        )

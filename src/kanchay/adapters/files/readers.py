"""Readers: a container of a recognised kind to its tables, by the reader of that kind."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.container import Content, Limits
from kanchay.adapters.files.encoding import decode
from kanchay.adapters.files.named import refuse_later_formats
from kanchay.adapters.files.table import Table
from kanchay.adapters.files.unpacking import Data, refuse_larger

__all__ = ["held", "tables_of"]

_HEAD: Final = 8192  # bytes by which kinds of text are told apart


def held(data: Data, name: str, limits: Limits) -> bytes:
    """Data in memory as a whole, where a reader needs it so; raises `FileRefused` where that is too much."""
    refuse_larger(len(data), name, limits.max_whole)
    return data[:]


def tables_of(content: Content, name: str, limits: Limits) -> tuple[list[Table], str | None]:
    """The tables of one file and the encoding of its text; raises `FileRefused` where it has none."""
    if content.kind == "text":
        return _of_text(content.data, name, limits)
    if content.kind == "parquet":
        from kanchay.adapters.files.parquet import read_parquet

        return [read_parquet(held(content.data, name, limits), name, limits)], None
    return _of_workbook(content, name, limits), None


def _of_workbook(content: Content, name: str, limits: Limits) -> list[Table]:
    data = held(content.data, name, limits)
    if content.kind == "xls":
        from kanchay.adapters.files.oldexcel import read_old_excel

        return read_old_excel(data, name, limits)
    if content.kind == "ods":
        from kanchay.adapters.files.opendocument import read_opendocument

        return read_opendocument(data, name, limits)
    from kanchay.adapters.files.workbook import read_workbook

    return read_workbook(data, name, limits)


def _of_text(data: Data, name: str, limits: Limits) -> tuple[list[Table], str]:
    """Text told apart by how it begins: JSON, a workbook in XML, a web page, other XML, or rows of cells."""
    from kanchay.adapters.files.spreadsheetml import looks_like_spreadsheetml, read_spreadsheetml
    from kanchay.adapters.files.textfile import read_text
    from kanchay.adapters.files.tree import looks_like_json, read_json, read_xml
    from kanchay.adapters.files.webarchive import looks_like_a_web_archive, page_of
    from kanchay.adapters.files.webpage import looks_like_a_page, read_page
    from kanchay.adapters.files.xmltree import looks_like_xml

    text, encoding = decode(data, name)
    head = text[:_HEAD]
    refuse_later_formats(head, name)
    if looks_like_a_web_archive(head):
        page = page_of(held(text, name, limits), name)
        return read_page(held(page, name, limits), name, limits), encoding
    if looks_like_json(head):
        return read_json(held(text, name, limits), name, limits), encoding
    if looks_like_spreadsheetml(head):
        return read_spreadsheetml(held(text, name, limits), name, limits), encoding
    if looks_like_a_page(head):
        return read_page(held(text, name, limits), name, limits), encoding
    if looks_like_xml(head):
        return read_xml(held(text, name, limits), name, limits), encoding
    return read_text(text, name, limits), encoding

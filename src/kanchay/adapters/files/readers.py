"""Readers: a container of a recognised kind to its tables, by the reader of that kind."""

from __future__ import annotations

from kanchay.adapters.files.container import Content, Limits
from kanchay.adapters.files.encoding import decode
from kanchay.adapters.files.named import refuse_later_formats
from kanchay.adapters.files.table import Table

__all__ = ["tables_of"]


def tables_of(content: Content, name: str, limits: Limits) -> tuple[list[Table], str | None]:
    """The tables of one file and the encoding of its text; raises `FileRefused` where it has none."""
    if content.kind == "text":
        return _of_text(content.data, name, limits)
    if content.kind == "parquet":
        from kanchay.adapters.files.parquet import read_parquet

        return [read_parquet(content.data, name, limits)], None
    return _of_workbook(content, name, limits), None


def _of_workbook(content: Content, name: str, limits: Limits) -> list[Table]:
    if content.kind == "xls":
        from kanchay.adapters.files.oldexcel import read_old_excel

        return read_old_excel(content.data, name, limits)
    if content.kind == "ods":
        from kanchay.adapters.files.opendocument import read_opendocument

        return read_opendocument(content.data, name, limits)
    from kanchay.adapters.files.workbook import read_workbook

    return read_workbook(content.data, name, limits)


def _of_text(data: bytes, name: str, limits: Limits) -> tuple[list[Table], str]:
    """Text told apart by how it begins: JSON, a workbook in XML, a web page, other XML, or rows of cells."""
    from kanchay.adapters.files.spreadsheetml import looks_like_spreadsheetml, read_spreadsheetml
    from kanchay.adapters.files.textfile import read_text
    from kanchay.adapters.files.tree import looks_like_json, read_json, read_xml
    from kanchay.adapters.files.webpage import looks_like_a_page, read_page
    from kanchay.adapters.files.xmltree import looks_like_xml

    text, encoding = decode(data, name)
    refuse_later_formats(text, name)
    if looks_like_json(text):
        return read_json(text, name, limits), encoding
    if looks_like_spreadsheetml(text):
        return read_spreadsheetml(text, name, limits), encoding
    if looks_like_a_page(text):
        return read_page(text, name, limits), encoding
    if looks_like_xml(text):
        return read_xml(text, name, limits), encoding
    return read_text(text, name, limits), encoding

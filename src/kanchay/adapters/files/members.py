"""Members: the files of an archive as one export: months of a format joined, tables read as those of one file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import PurePosixPath

from kanchay.adapters.files.container import Content
from kanchay.adapters.files.formats.archive import join_statements
from kanchay.adapters.files.formats.preview import preview_of
from kanchay.adapters.files.formats.statement import Statement, TextFormat
from kanchay.adapters.files.parts import read_side_by_side
from kanchay.adapters.files.refusal import NO_READINGS
from kanchay.adapters.files.table import Table
from kanchay.domain.errors import FileRefused
from kanchay.domain.importing import ImportPreview
from kanchay.services.ports.files import ImportOptions
from kanchay.services.progress import report

__all__ = ["Found", "read_members"]

OfTables = Callable[[list[Table], ImportOptions, str | None], ImportPreview]


@dataclass(frozen=True, slots=True)
class Found:
    """What one file holds before its words are weighed; `named` is the format that was recognised."""

    inside: Statement | list[Table]
    named: TextFormat | None
    encoding: str | None


@dataclass(slots=True)
class _Inside:
    """What the members hold: statements by format, tables, and names of what holds no readings."""

    stated: dict[TextFormat, list[Statement]]
    tables: list[Table]
    left_out: list[str]
    encoding: str | None = None

    def add(self, member: str, found: Found) -> None:
        self.encoding = found.encoding or self.encoding
        if isinstance(found.inside, Statement) and found.named is not None:
            self.stated.setdefault(found.named, []).append(found.inside)
        elif isinstance(found.inside, list):
            stem = PurePosixPath(member).stem
            self.tables += [replace(t, sheet=f"{stem} {t.sheet}".strip()) for t in found.inside]


def read_members(
    content: Content,
    name: str,
    options: ImportOptions,
    found_in: Callable[[Content, str], Found],
    of_tables: OfTables,
) -> ImportPreview:
    """One preview of the files of an archive; a damaged one refuses all, what holds no readings is told."""
    inside = _Inside({}, [], list(content.passed_over))
    for number, (member, inner) in enumerate(content.members):
        report("rows", number / len(content.members))
        try:
            inside.add(member, found_in(inner, member))
        except FileRefused as refused:
            if refused.code not in NO_READINGS:
                raise
            inside.left_out.append(member)
    readers: list[Callable[[ImportOptions], ImportPreview]] = [
        partial(_stated, join_statements(parts), named, name, inside.encoding)
        for named, parts in inside.stated.items()
    ]
    if inside.tables:
        readers.append(lambda given: of_tables(inside.tables, given, inside.encoding))
    preview = read_side_by_side(readers, options, name)
    return replace(preview, facts=(*preview.facts, *(("left_out", member) for member in inside.left_out)))


def _stated(
    found: Statement, named: TextFormat, name: str, encoding: str | None, options: ImportOptions
) -> ImportPreview:
    return preview_of(found, named, name, options, encoding)

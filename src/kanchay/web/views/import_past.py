"""Imports of the past, newest first, each with its undo and what that will do; and what was remembered of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kanchay.services.ports.records import ImportRecord
from kanchay.web.shell import Reader
from kanchay.web.views.import_questions import answers_in_words

__all__ = ["PastImport", "Told", "past_view", "stored_line", "told_view"]


@dataclass(frozen=True)
class PastImport:
    """One import in words."""

    id: str
    name: str
    when: str
    counts: str
    state: str  # a chip; "" for an import that stands
    undoable: bool
    undo: str  # what taking it back will do


@dataclass(frozen=True)
class Told:
    """What somebody said about a kind of file, and counts for the next one."""

    layout: str
    name: str
    when: str
    answers: str


def past_view(records: Sequence[ImportRecord], r: Reader) -> tuple[PastImport, ...]:
    """Rows of the list."""
    return tuple(_row(record, r) for record in records)


def told_view(records: Sequence[ImportRecord], r: Reader) -> tuple[Told, ...]:
    """What is remembered, one row a kind of file."""
    return tuple(
        Told(x.layout, x.file_name, r.formats.when(x.at), answers_in_words(x.answers, r)) for x in records
    )


def stored_line(records: Sequence[ImportRecord], r: Reader) -> str:
    """What storing one or several files has brought."""
    n = {"stored": sum(x.n_new for x in records), "revised": sum(x.n_revised for x in records)}
    parts = [
        r.words.many(f"import.{name}", count, count=r.formats.number(count, 0))
        for name, count in n.items()
        if count
    ]
    return " ".join(parts) or r.words("import.stored_same")


def _row(record: ImportRecord, r: Reader) -> PastImport:
    t, f = r.words, r.formats
    n = {"new": record.n_new, "revised": record.n_revised, "same": record.n_unchanged}
    if record.state == "undone":
        n = {"gone": record.n_gone, "back": record.n_restored}
    parts = [t(f"import.n_{name}", n=f.number(count, 0)) for name, count in n.items() if count]
    undoable = record.undoable and record.state != "undone"
    return PastImport(
        record.id,
        record.file_name,
        f.when(record.at),
        ", ".join(parts) or t("import.n_nothing"),
        t(f"import.state_{record.state}") if record.state != "stored" else "",
        undoable,
        _undo(record, r) if undoable else "",
    )


def _undo(record: ImportRecord, r: Reader) -> str:
    """What taking it back will do."""
    t, f = r.words, r.formats
    if not record.n_new and not record.n_revised:
        return t("import.undo_nothing")
    gone = t.many("import.undo_gone", record.n_new, count=f.number(record.n_new, 0)) if record.n_new else ""
    back = (
        t.many("import.undo_back", record.n_revised, count=f.number(record.n_revised, 0))
        if record.n_revised
        else ""
    )
    return " ".join(part for part in (gone, back) if part)

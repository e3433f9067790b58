"""Imports of the past, newest first, each with its undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kanchay.services.ports.records import ImportRecord
from kanchay.web.shell import Reader

__all__ = ["PastImport", "past_view"]


@dataclass(frozen=True)
class PastImport:
    """One import in words."""

    id: str
    name: str
    when: str
    counts: str
    state: str  # a chip; "" for an import that stands
    undoable: bool


def past_view(records: Sequence[ImportRecord], r: Reader) -> tuple[PastImport, ...]:
    """Rows of the list."""
    return tuple(_row(record, r) for record in records)


def _row(record: ImportRecord, r: Reader) -> PastImport:
    t, f = r.words, r.formats
    n = {"new": record.n_new, "revised": record.n_revised, "same": record.n_unchanged}
    if record.state == "undone":
        n = {"gone": record.n_gone, "back": record.n_restored}
    parts = [t(f"import.n_{name}", n=f.number(count, 0)) for name, count in n.items() if count]
    return PastImport(
        record.id,
        record.file_name,
        f.when(record.at),
        ", ".join(parts) or t("import.n_nothing"),
        t(f"import.state_{record.state}") if record.state != "stored" else "",
        record.undoable and record.state != "undone",
    )

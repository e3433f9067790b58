"""Addressed: of several tables of a file, the one whose column somebody told of, or is asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from kanchay.adapters.files.table import Table
from kanchay.domain.importing import ImportPreview, ImportQuestion
from kanchay.services.ports.files import ImportOptions

__all__ = ["Understand", "each_its_own", "with_own_questions"]

Understand = Callable[[Table, ImportOptions], ImportPreview]


def each_its_own(
    tables: Sequence[Table], titles: Sequence[str], options: ImportOptions, understand: Understand
) -> Understand:
    """Understand a table with what was told of its own columns; what is of no table counts for all, to be refused."""
    mine = {id(t): _of_table(t, title, options.told) for t, title in zip(tables, titles, strict=True)}
    nobodys = {name: name for name in options.told if not any(name in own for own in mine.values())}

    def own(table: Table, given: ImportOptions) -> ImportPreview:
        here = mine[id(table)] | nobodys
        return understand(
            table, replace(given, told={here[n]: t for n, t in given.told.items() if n in here})
        )

    return own


def with_own_questions(
    tables: Sequence[Table], titles: Sequence[str], previews: Sequence[ImportPreview]
) -> list[ImportPreview]:
    """Previews whose questions about a column name its table too, where another one has a column of that name."""
    asked = {q.code.partition(":")[2] for p in previews for q in p.questions} - {""}
    known = [_of_table(t, "", asked) for t in tables]
    shared = {name for name in asked if sum(name in own for own in known) > 1}

    def named(question: ImportQuestion, title: str) -> ImportQuestion:
        sort, _, name = question.code.partition(":")
        return replace(question, code=f"{sort}:{title} {name}") if title and name in shared else question

    return [
        replace(p, questions=tuple(named(q, title) for q in p.questions))
        for title, p in zip(titles, previews, strict=True)
    ]


def _of_table(table: Table, title: str, names: Iterable[str]) -> dict[str, str]:
    """Of some names of columns those of a table, each as it is called there: without the title before it."""
    columns = {c.name.strip().casefold() for c in table.columns} - {""}
    labels = {w.strip().casefold() for c in table.columns if c.type == "text" for w in c.keys()[1]} - {""}

    def is_here(name: str) -> bool:
        both = any(name.endswith(f" {c}") and name.removesuffix(f" {c}") in labels for c in columns)
        return name in columns or name in labels or both

    found = {}
    for name in names:
        plain = name.strip().casefold()
        inside = plain.removeprefix(f"{title.casefold()} ") if title else plain
        here = next((n for n in (plain, inside) if is_here(n)), None)
        if here is not None:
            found[name] = name.strip()[len(plain) - len(here) :]
    return found

"""The files of one import: each read by itself, all of them stored or none; what is said of one counts for its kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kanchay.domain.errors import KanchayError
from kanchay.domain.importing import ImportPreview, ImportQuestion
from kanchay.domain.point import Site
from kanchay.domain.scope import Scope
from kanchay.services.context import Context
from kanchay.services.ports.files import ImportOptions
from kanchay.services.ports.records import ImportRecord
from kanchay.services.progress import listening, part_of
from kanchay.services.readings.answers import Recalled, answers_of, layout_of, on_site, recall, with_answers
from kanchay.services.readings.import_file import preview_file, store_import
from kanchay.services.readings.undo import undo_import

__all__ = ["FileRead", "read_many", "store_many", "with_said"]

Said = Callable[
    [ImportQuestion], str
]  # what was said of a question about another file of the kind; "" for nothing


@dataclass(frozen=True, slots=True, eq=False)
class FileRead:
    """One file as read: what it holds, or why it is refused.

    `name` is its path inside the folder, `layout` its kind, and `said` the questions that were answered for its kind.
    """

    name: str
    found: Recalled | None = None
    error: KanchayError | None = None
    layout: str = ""
    said: tuple[tuple[ImportQuestion, str], ...] = ()


def with_said(
    found: Recalled, said: Said, read: Callable[[ImportOptions], ImportPreview]
) -> tuple[Recalled, tuple[tuple[ImportQuestion, str], ...]]:
    """A file with what was said of others of its kind, as far as it asks for that and allows it; and what that was."""
    taken: dict[str, tuple[ImportQuestion, str]] = {}
    while True:
        asked = [q for q in found.preview.questions if q.code not in taken]
        new = {q.code: (q, said(q)) for q in asked if said(q) and (not q.choices or said(q) in q.choices)}
        if not new:
            return found, tuple(taken.values())
        taken |= new
        options = with_answers(found.options, {code: answer for code, (_, answer) in new.items()})
        found = replace(found, preview=read(options), options=options)


def read_many(
    ctx: Context,
    scope: Scope,
    site: Site,
    files: Sequence[tuple[str, Path]],
    said_of: Callable[[str, ImportQuestion], str],
    *,
    ask_again: bool = False,
    before: Sequence[FileRead] = (),
) -> tuple[FileRead, ...]:
    """Read the files of a folder for a site; a refused one is told, not raised.

    Parameters
    ----------
    ctx, scope
        The ports, and who reads.
    site : Site
        Where they will be stored: what was said about a kind of file before counts, and its zone.
    files : sequence of (str, Path)
        Name and place of each.
    said_of : callable
        What was said just now of a question about files of a layout; "" for nothing.
    ask_again : bool, default False
        Leave out what was said before.
    before : sequence of FileRead
        The same files read under other answers: one about whose kind nothing new was said is not read again.

    Returns
    -------
    tuple of FileRead
        One a file, in their order.
    """
    known = {f.name: f for f in before if _holds(f, said_of)}
    out = []
    for number, (name, path) in enumerate(files):
        with part_of(number / len(files), (number + 1) / len(files)):
            out.append(known.get(name) or _read(ctx, scope, site, (name, path), said_of, ask_again=ask_again))
    return tuple(out)


def _holds(file: FileRead, said_of: Callable[[str, ImportQuestion], str]) -> bool:
    """Whether a file would be read the same way again: its answers are the same, and none is new."""
    if file.found is None:
        return False
    same = all(said_of(file.layout, question) == answer for question, answer in file.said)
    return same and not any(said_of(file.layout, q) for q in file.found.preview.questions)


def _read(
    ctx: Context,
    scope: Scope,
    site: Site,
    file: tuple[str, Path],
    said_of: Callable[[str, ImportQuestion], str],
    *,
    ask_again: bool,
) -> FileRead:
    name, path = file

    def read(options: ImportOptions) -> ImportPreview:
        return preview_file(ctx, path, options)

    try:
        found = recall(ctx, scope, site, ImportOptions(), read, ask_again=ask_again)
        layout = layout_of(found.preview)
        found, said = with_said(found, lambda q: said_of(layout, q), on_site(site, read))
        return FileRead(name, found, layout=layout, said=said)
    except KanchayError as error:
        return FileRead(name, error=error)


def store_many(ctx: Context, scope: Scope, site_id: str, found: Sequence[Recalled]) -> list[ImportRecord]:
    """Store every file, or none: where one is stopped or fails, those before it are undone.

    How far all of it is, is told as the stage "store" (`kanchay.services.progress`).
    """
    sizes = [each.preview.n for each in found]
    whole, so_far, done = max(sum(sizes), 1), 0, []
    try:
        for each, size in zip(found, sizes, strict=True):
            with part_of(so_far / whole, (so_far + size) / whole):
                answers = answers_of(each.options)
                done.append(store_import(ctx, scope, site_id, each.preview, answers=answers))
            so_far += size
    except BaseException:
        with listening(_unheard):
            for record in reversed(done):
                undo_import(ctx, scope, record.id)
        raise
    return done


def _unheard(_: str, __: float | None) -> None:
    """What is taken back is not stopped again."""

"""The files of one import: each read by itself, all of them stored or none; what is said of one counts for its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kanchay.domain.errors import KanchayError
from kanchay.domain.importing import ImportPreview
from kanchay.domain.point import Site
from kanchay.domain.scope import Scope
from kanchay.services.context import Context
from kanchay.services.ports.files import ImportOptions
from kanchay.services.ports.records import ImportRecord
from kanchay.services.progress import listening, part_of
from kanchay.services.readings.answers import Recalled, answers_of, layout_of, recall, with_answers
from kanchay.services.readings.import_file import preview_file, store_import
from kanchay.services.readings.undo import undo_import

__all__ = ["FileRead", "read_many", "store_many", "with_said"]

Answers = Mapping[str, str]


@dataclass(frozen=True, slots=True, eq=False)
class FileRead:
    """One file as read: what it holds, or why it is refused.

    `name` is its path inside the folder, `layout` its kind, and `said` what was said of that kind.
    """

    name: str
    found: Recalled | None = None
    error: KanchayError | None = None
    layout: str = ""
    said: tuple[tuple[str, str], ...] = ()


def with_said(found: Recalled, said: Answers, read: Callable[[ImportOptions], ImportPreview]) -> Recalled:
    """A file with what was said of another one of its kind, as far as it asks for that."""
    left = dict(said)
    while known := {q.code: left.pop(q.code) for q in found.preview.questions if q.code in left}:
        options = with_answers(found.options, known)
        found = replace(found, preview=read(options), options=options)
    return found


def read_many(
    ctx: Context,
    scope: Scope,
    site: Site,
    files: Sequence[tuple[str, Path]],
    said_of: Callable[[str], Answers],
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
        What was said of files of a layout just now.
    ask_again : bool, default False
        Leave out what was said before.
    before : sequence of FileRead
        The same files read under other answers: one about whose kind nothing else was said is not read again.

    Returns
    -------
    tuple of FileRead
        One a file, in their order.
    """
    known = {f.name: f for f in before if f.error is None and f.said == tuple(said_of(f.layout).items())}
    out = []
    for number, (name, path) in enumerate(files):
        with part_of(number / len(files), (number + 1) / len(files)):
            out.append(known.get(name) or _read(ctx, scope, site, (name, path), said_of, ask_again=ask_again))
    return tuple(out)


def _read(
    ctx: Context,
    scope: Scope,
    site: Site,
    file: tuple[str, Path],
    said_of: Callable[[str], Answers],
    *,
    ask_again: bool,
) -> FileRead:
    name, path = file

    def read(options: ImportOptions) -> ImportPreview:
        return preview_file(ctx, path, options)

    try:
        found = recall(ctx, scope, site, ImportOptions(), read, ask_again=ask_again)
        layout = layout_of(found.preview)
        said = said_of(layout)
        return FileRead(name, with_said(found, said, read), layout=layout, said=tuple(said.items()))
    except KanchayError as error:
        return FileRead(name, error=error)


def store_many(ctx: Context, scope: Scope, site_id: str, found: Sequence[Recalled]) -> list[ImportRecord]:
    """Store every file, or none: where one is stopped or fails, those before it are undone.

    How far all of it is, is told as the stage "store" (`kanchay.services.progress`).
    """
    sizes = [sum(s.n for s in each.preview.series) for each in found]
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

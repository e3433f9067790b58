"""The files of one upload seen as one import: what was read, what is asked of which kind of file, what was refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from kanchay.adapters.files.folder import is_no_readings
from kanchay.domain.errors import FileRefused, KanchayError
from kanchay.domain.importing import ImportPreview, ImportQuestion
from kanchay.services.readings.answers import Recalled
from kanchay.services.readings.import_many import FileRead
from kanchay.services.readings.import_summary import SeriesSummary, as_one, summarise
from kanchay.web.answered import field_of

__all__ = ["Asked", "Whole", "whole_of"]


@dataclass(frozen=True)
class Asked:
    """A question, the file that leaves it open, how many others of its kind do, and the field of its answer."""

    question: ImportQuestion
    preview: ImportPreview
    field: str
    others: int = 0


@dataclass(frozen=True)
class Whole:
    """All files of an upload. `is_folder` is false for a file sent alone."""

    name: str
    files: tuple[FileRead, ...]
    is_folder: bool
    agreed: bool = False  # that the later file counts where two differ

    @cached_property
    def read(self) -> tuple[tuple[FileRead, Recalled], ...]:
        """Those that hold readings."""
        return tuple((f, f.found) for f in self.files if f.found is not None)

    @cached_property
    def refused(self) -> tuple[tuple[FileRead, KanchayError], ...]:
        """Those that should hold readings and cannot be read."""
        return tuple((f, f.error) for f in self.files if f.error is not None and f not in self.passed_over)

    @cached_property
    def passed_over(self) -> tuple[FileRead, ...]:
        """Those of a folder that never were readings."""
        return tuple(
            f for f in self.files if self.is_folder and f.error is not None and is_no_readings(f.error)
        )

    @cached_property
    def previews(self) -> list[ImportPreview]:
        return [found.preview for _, found in self.read]

    @cached_property
    def together(self) -> Recalled:
        """Every interval once: what all of them hold, as one file."""
        first = self.read[0][1]
        if not self.is_folder:
            return first
        facts = [f for f in first.preview.facts if all(f in p.facts for p in self.previews)]
        one = replace(
            as_one(self.previews),
            file_name=self.name,
            n_rows=sum(p.n_rows for p in self.previews),
            facts=tuple(facts),
            questions=tuple(a.question for a in self.asked),
        )
        return replace(first, preview=one)

    @cached_property
    def series(self) -> tuple[SeriesSummary, ...]:
        """What the files tell of each series together."""
        return summarise(self.previews) if self.is_folder and len(self.previews) > 1 else ()

    @property
    def differing(self) -> tuple[SeriesSummary, ...]:
        """Series of which two files tell other values for the same times, until somebody says which one counts."""
        return () if self.agreed else tuple(s for s in self.series if s.n_differing)

    @cached_property
    def asked(self) -> tuple[Asked, ...]:
        """Every question of every kind of file once."""
        return tuple(self._asked())

    def _asked(self) -> Iterator[Asked]:
        seen: dict[str, Asked] = {}
        for file, found in self.read:
            of_file = {
                field_of(q, file.layout if self.is_folder else ""): q
                for q in reversed(found.preview.questions)
            }
            for field, question in reversed(of_file.items()):
                before = seen.get(field)
                new = Asked(question, found.preview, field)
                seen[field] = new if before is None else replace(before, others=before.others + 1)
        yield from seen.values()

    @property
    def is_open(self) -> bool:
        """Whether something has to be answered, or mended, before it is stored."""
        return bool(self.asked or self.refused or self.differing)

    @property
    def recalled(self) -> tuple[tuple[str, Recalled], ...]:
        """Of each kind of file whose answers were taken from before: the kind and one of its files."""
        kinds = {file.layout: found for file, found in self.read if found.source is not None}
        return tuple(kinds.items())


def whole_of(name: str, files: tuple[FileRead, ...], *, is_folder: bool, agreed: bool = False) -> Whole:
    """The files as one import.

    Raises
    ------
    KanchayError
        The file that was sent alone is refused, or none of a folder holds readings.
    """
    if not is_folder and files[0].error is not None:
        raise files[0].error
    whole = Whole(name, files, is_folder, agreed)
    if not whole.read and not whole.refused:
        raise FileRefused(
            f"None of the {len(files)} files of {name} holds readings.",
            hint="Choose another folder.",
            code="file.folder_none",
        )
    return whole

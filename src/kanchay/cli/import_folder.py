"""Files and folders of one `kanchay import`: what is inside, what is passed over, and all of it together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from kanchay.cli.common import table
from kanchay.cli.import_asking import can_ask
from kanchay.domain.errors import FileRefused, InputError, KanchayError

if TYPE_CHECKING:
    from kanchay.domain.importing import ImportPreview
    from kanchay.services.ports.records import ImportRecord
    from kanchay.services.readings.import_summary import SeriesSummary

__all__ = ["FilesNamed", "print_together", "require_agreement", "together_of"]

R = TypeVar("R", bound="tuple[Path, ImportPreview | KanchayError, ImportRecord | None]")


class FilesNamed:
    """The files of a command: those named, and every one inside the folders named."""

    def __init__(self, paths: Sequence[Path]) -> None:
        from kanchay.adapters.files.folder import files_inside

        self._inside = {f for p in paths if p.is_dir() for f in files_inside(p)}
        self.found = list(dict.fromkeys(f for p in paths for f in (files_inside(p) if p.is_dir() else [p])))
        self.passed_over: list[Path] = []

    def without_others(self, results: Sequence[R]) -> list[R]:
        """Results without files of folders that are no readings at all; raises where a folder holds nothing else."""
        from kanchay.adapters.files.folder import is_no_readings

        kept = []
        for result in results:
            path, found, _ = result
            if path in self._inside and isinstance(found, KanchayError) and is_no_readings(found):
                self.passed_over.append(path)
            else:
                kept.append(result)
        if not kept:
            raise FileRefused(
                f"None of the {len(self.passed_over)} files holds readings.", hint="Name another folder."
            )
        return kept


def together_of(previews: Sequence[ImportPreview]) -> tuple[SeriesSummary, ...]:
    """The series of several files put together; nothing for a single file, whose preview says it all."""
    from kanchay.services.readings.import_summary import summarise

    return summarise(previews) if len(previews) > 1 else ()


def print_together(together: Sequence[SeriesSummary], files: FilesNamed) -> None:
    """One line a series of all files, and what was passed over."""
    from kanchay.domain.interval import to_datetime

    if files.passed_over:
        names = ", ".join(p.name for p in files.passed_over)
        click.echo(f"Passed over, since they hold no readings: {names}.")
    if not together:
        return
    click.echo("\nTogether, every interval once:")
    head = [
        "name",
        "quantity",
        "direction",
        "files",
        "start",
        "end",
        "n",
        "repeated",
        "differing",
        "total",
        "unit",
    ]
    rows = [
        [s.name, s.quantity.value, s.direction.value if s.direction else "", s.n_files,
         *(to_datetime(t).strftime("%Y-%m-%dT%H:%M:%SZ") for t in (s.start, s.end)),
         s.n, s.n_repeated, s.n_differing, "" if s.total is None else f"{s.total:.3f}", s.unit]
        for s in together
    ]  # fmt: skip
    table(head, rows)


def require_agreement(previews: Sequence[ImportPreview], *, yes: bool) -> None:
    """Ask, or raise, where files of one command tell other values for the same times: perhaps they are two meters."""
    differing = [s for s in together_of(previews) if s.n_differing]
    if yes or not differing:
        return
    told = "; ".join(f"{s.name}: {s.n_differing} of {s.n} times, {s.last} would count" for s in differing)
    said = f"Files tell different values for the same times of one series ({told})."
    if not can_ask():
        raise InputError(
            said,
            hint="Import another meter into another site, or let the later file count with --yes.",
            code="import.differing",
        )
    click.confirm(f"{said} Let the later file count?", abort=True, err=True)

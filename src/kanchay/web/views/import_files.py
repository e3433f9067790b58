"""The files of a folder, one row each: what it holds, what it asks, or why it is refused; and all of them together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kanchay.services.readings.answers import Recalled
from kanchay.services.readings.import_many import FileRead
from kanchay.services.readings.import_summary import SeriesSummary
from kanchay.web.shell import Reader
from kanchay.web.views.common import span_of
from kanchay.web.views.import_refused import Refused, refused_view
from kanchay.web.whole import Whole

__all__ = ["FileRow", "FilesView", "files_view"]

_MOST: Final = 60  # rows of the list; the rest is counted
_NAMED: Final = 12  # of those passed over


@dataclass(frozen=True)
class FileRow:
    """One file that holds readings."""

    name: str
    span: str
    n: str
    total: str
    asks: int


@dataclass(frozen=True)
class FilesView:
    """Every file of a folder. `rows` are those that hold readings."""

    title: str
    rows: tuple[FileRow, ...]
    more: int
    refused: tuple[Refused, ...]
    passed_over: str
    together: tuple[str, ...]  # what the files tell twice
    differing: tuple[str, ...]  # where they contradict each other


def files_view(whole: Whole, r: Reader) -> FilesView | None:
    """The list; nothing for a file that was sent alone."""
    if not whole.is_folder:
        return None
    t = r.words
    names = [f.name for f in whole.passed_over]
    named = ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
    rows = sorted(whole.read, key=lambda each: not each[1].preview.questions)
    return FilesView(
        title=t.many("import.files", len(whole.read)),
        rows=tuple(_row(file, found, r) for file, found in rows[:_MOST]),
        more=max(0, len(whole.read) - _MOST),
        refused=tuple(refused_view(error, file.name, r) for file, error in whole.refused[:_MOST]),
        passed_over=t.many("import.passed_over", len(names), names=named) if names else "",
        together=(
            *_twice(whole.series, r),
            *(
                _differing(s, "import.differ_settled", r)
                for s in whole.series
                if s.n_differing and whole.agreed
            ),
        ),
        differing=tuple(_differing(s, "import.differ_would", r) for s in whole.differing),
    )


def _differing(series: SeriesSummary, key: str, r: Reader) -> str:
    """Where files contradict each other, and which of them counts."""
    f = r.formats
    told = r.words(
        "import.differ_in", series=series.name, n=f.number(series.n_differing, 0), of=f.number(series.n, 0)
    )
    return f"{told}. {r.words(key, file=series.last)}"


def _row(file: FileRead, found: Recalled, r: Reader) -> FileRow:
    preview, f = found.preview, r.formats
    totals = [s.total for s in preview.series if s.total is not None]
    return FileRow(
        file.name,
        span_of(preview.series, r),
        f.number(preview.n, 0),
        f.energy(totals[0]) if len(totals) == 1 else "–",
        len(preview.questions),
    )


def _twice(series: Sequence[SeriesSummary], r: Reader) -> tuple[str, ...]:
    n = sum(s.n_repeated for s in series)
    return (r.words.many("import.twice", n, count=r.formats.number(n, 0)),) if n else ()

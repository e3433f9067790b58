"""Files that readings leave in: what an export holds, and what a format makes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from kanchay.domain.interval import DAY
from kanchay.domain.point import Point, Site
from kanchay.domain.reading import Readings

__all__ = ["Export", "ExportFormat", "ExportFormats", "ExportSeries"]


@dataclass(frozen=True, slots=True)
class ExportSeries:
    """One point of an export.

    `id` is the point's own where its readings leave as they are kept. On another resolution it names that too: daily
    sums read back must never take the place of the quarters of an hour they were made of. `step_s` is the usual length
    of an interval; None where it varies. `source` says where the readings came from, as far as it is known. [s]
    """

    id: str
    point: Point
    step_s: int | None
    start: int
    end: int
    n_most: int  # readings at most
    source: str = ""


@dataclass(frozen=True, slots=True)
class Export:
    """Readings of one site on their way into a file.

    `read` gives the readings of a series in order of time, piece by piece: no writer ever holds all of them.
    """

    site: Site
    start: int
    end: int
    made_at: int
    code_version: str
    series: tuple[ExportSeries, ...]
    read: Callable[[ExportSeries], Iterator[Readings]] = field(repr=False)
    left_out: tuple[str, ...] = ()  # names of points that the format cannot tell


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """A kind of file. `write` gives its bytes piece by piece, its words in a language of the product.

    `most_rows` is the size up to which the file is of use: what opens it, our importer included, takes no more.
    `only_s` is the one resolution that the format knows, `usual_s` the one it takes where none is asked for; both None
    where readings leave as they are kept. `longest_s` is the longest interval that it tells. `single`: one meter a file.
    """

    name: str
    suffix: str
    media_type: str
    write: Callable[[Export, str], Iterator[bytes]]
    takes: Callable[[Point], bool]
    most_rows: int
    only_s: int | None = None
    usual_s: int | None = None
    longest_s: int = DAY
    single: bool = False


ExportFormats: TypeAlias = Mapping[str, ExportFormat]

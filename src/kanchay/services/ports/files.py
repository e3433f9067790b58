"""Reading files that users hand in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kanchay.domain.importing import ImportPreview

__all__ = ["ColumnTold", "FileReader", "ImportOptions"]


@dataclass(frozen=True, slots=True)
class ColumnTold:
    """What somebody says that a column of values is; "" leaves it to the file."""

    quantity: str = ""
    direction: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """Answers to what a file leaves open. None or empty: sniff and guess, and say so in the preview."""

    tz: str | None = None
    unit: str | None = None
    day_first: bool | None = None
    label: str | None = None  # "start" or "end" of the interval
    resolution_s: int | None = None
    columns: dict[str, str] = field(default_factory=dict)  # meaning -> column name
    kind: str | None = None  # "interval", "cumulative", "instantaneous"
    direction: str | None = None
    decimal: str | None = None  # "." or ","
    told: dict[str, ColumnTold] = field(default_factory=dict)  # column name -> what it is
    sheet: str | None = None  # name or number of the only sheet to read
    clock: str | None = None  # "local", or "standard" for a clock without daylight saving
    rows: str | None = None  # "left_out": those with a value whose time cannot be read
    factor: str | None = (
        None  # "apply", "applied" (the values are multiplied already), or a number for the whole file
    )


class FileReader(Protocol):
    """Sniffs and reads; raises `FileRefused` for what is not meter data or not safe."""

    def read(self, path: Path, options: ImportOptions) -> ImportPreview: ...

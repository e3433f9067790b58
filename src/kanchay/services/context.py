"""The ports in one hand: made by `bootstrap`, passed to every use case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kanchay.services.ports.files import FileReader
from kanchay.services.ports.library import Library
from kanchay.services.ports.models import Models
from kanchay.services.ports.readings import ReadingStore
from kanchay.services.ports.records import Records

__all__ = ["Context"]


@dataclass(frozen=True, slots=True)
class Context:
    """Everything outside that a use case may touch. `clock` gives the present in UTC seconds."""

    readings: ReadingStore
    records: Records
    models: Models
    library: Library
    files: FileReader
    clock: Callable[[], int]
    code_version: str = ""

"""Tariff files of this installation, laid over those of the package; and reading a published price list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from kanchay.domain.pricelist import PrintedList

__all__ = ["ListReader", "TariffProblem", "TariffStore"]


@dataclass(frozen=True, slots=True)
class TariffProblem:
    """A tariff file of the user that is not used, and why; or one that is used and worth a look (`used`)."""

    file: str
    reason: str
    used: bool = False


class TariffStore(Protocol):
    """The user's own tariff files, whole documents by id, each save with a way back."""

    def documents(self) -> dict[str, dict[str, Any]]:
        """The valid ones by id."""

    def problems(self) -> tuple[TariffProblem, ...]:
        """Files that cannot be used, with the reason; they are skipped."""

    def save(self, document: Mapping[str, Any], remark: str) -> Path:
        """Write a document in the place of the present one of its id, which is kept; `remark` heads the file."""

    def text(self, tariff_id: str) -> str | None:
        """The user's file of that tariff as it was written, None where there is none."""

    def write(self, text: str) -> Path:
        """As `save`, with the file just as somebody wrote it; `InputError` where it holds no valid tariff."""

    def undo(self, tariff_id: str) -> bool:
        """Bring the file before the last save back: False where that was none, and the package's holds again.

        `NotFound` where nothing was ever saved.
        """


class ListReader(Protocol):
    """Reads the file of a published price list into lines."""

    def read(self, path: Path) -> PrintedList:
        """The printed list; `FileRefused` where the file is none."""

"""What we ship as data: tariffs, emission factors, texts; and how a document of such a kind is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kanchay.analysis.tariff.document import Mistake
from kanchay.services.ports.tariffs import TariffProblem

__all__ = ["Library", "Place", "Slip", "Written"]


@dataclass(frozen=True, slots=True)
class Place:
    """Line and column in a text, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Slip:
    """Something that is wrong with a text as YAML, whatever it means, and where it stands."""

    place: Place
    mistake: Mistake

    @property
    def path(self) -> str:
        """The value's path; empty where there is none."""
        return self.mistake.path

    @property
    def what(self) -> str:
        """What is wrong, in English."""
        return self.mistake.what

    @property
    def cure(self) -> str:
        """How to mend it, in English."""
        return self.mistake.cure


@dataclass(frozen=True, slots=True)
class Written:
    """A document as somebody wrote it: its data, the place of each path, and what is wrong with it as a text."""

    document: Any  # None where the text cannot be read at all
    places: Mapping[str, Place]
    slips: tuple[Slip, ...]


class Library(Protocol):
    """Reads the package's data files; pure functions in `analysis` turn them into types."""

    def tariff_documents(self) -> dict[str, dict[str, Any]]:
        """All tariff documents by id, as parsed YAML with money as text, whole: laid over their bases."""

    def tariff_bases(self) -> dict[str, dict[str, Any]]:
        """What tariffs of a country or provider share, by the name that a document gives in ``base``."""

    def tariff_text(self, tariff_id: str) -> str:
        """The file of a tariff as it was written, comments and all; `NotFound` where there is none."""

    def own_tariffs(self) -> frozenset[str]:
        """Ids of the documents that come from the user's tariff folder, not from the package."""

    def tariff_problems(self) -> tuple[TariffProblem, ...]:
        """The user's tariff files that are skipped, or worth a look, with the reason."""

    def factor_document(self, country: str) -> dict[str, Any]:
        """Emission factors of a country, dated and sourced; `NotFound` where we ship none."""

    def texts(self, locale: str) -> dict[str, str]:
        """Texts of findings, recommendations and issues by code, with ``{name}`` places."""

    def read_text(self, raw: bytes | str) -> Written:
        """A document that somebody wrote, with its lines; never fails, whatever is in it."""

    def schema(self, name: str) -> dict[str, Any]:
        """A published JSON schema such as ``tariff-1``."""

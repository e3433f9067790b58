"""What we ship as data: tariffs, emission factors, texts."""

from __future__ import annotations

from typing import Any, Protocol

__all__ = ["Library"]


class Library(Protocol):
    """Reads the package's data files; pure functions in `analysis` turn them into types."""

    def tariff_documents(self) -> dict[str, dict[str, Any]]:
        """All tariff documents by id, as parsed YAML with money as text."""

    def factor_document(self, country: str) -> dict[str, Any]:
        """Emission factors of a country, dated and sourced; `NotFound` where we ship none."""

    def texts(self, locale: str) -> dict[str, str]:
        """Texts of findings, recommendations and issues by code, with ``{name}`` places."""

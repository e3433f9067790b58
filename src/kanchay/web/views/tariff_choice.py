"""Tariffs to choose from: by company, those of the site's own country first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kanchay.web.views.bill import option_title, provider_title

__all__ = ["TariffGroup", "tariff_groups"]


@dataclass(frozen=True)
class TariffGroup:
    """One company, with ids and names of its options."""

    label: str
    tariffs: tuple[tuple[str, str], ...]


def tariff_groups(
    documents: Mapping[str, Any], country: str | None, language: str
) -> tuple[TariffGroup, ...]:
    """One group a company and system; groups of another country than the site's come later and say which."""
    groups: dict[tuple[bool, str], list[tuple[str, str]]] = {}
    for key, document in documents.items():
        here = document.get("country") == country
        who = provider_title(document)
        label = who if here else f"{_country_name(document.get('country', ''), language)}: {who}"
        groups.setdefault((not here, label), []).append((key, option_title(document, language) or key))
    return tuple(
        TariffGroup(label, tuple(sorted(rows, key=lambda row: row[1])))
        for (_, label), rows in sorted(groups.items())
    )


def _country_name(code: str, language: str) -> str:
    from babel import Locale

    return str(Locale.parse(language).territories.get(code, code))

"""Tariffs as they ship."""

from __future__ import annotations

import pytest

from kanchay.adapters.library import PackageLibrary
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.tariff import Tariff


@pytest.fixture(scope="session")
def tariffs() -> dict[str, Tariff]:
    documents = PackageLibrary().tariff_documents()
    return {key: parse_tariff(document) for key, document in documents.items()}

"""A document laid over its bases."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from kanchay.adapters.library import PackageLibrary
from kanchay.analysis.tariff.base import with_bases
from kanchay.analysis.tariff.document import TariffInvalid

BASES: dict[str, dict[str, Any]] = {
    "pe": {
        "country": "PE",
        "rounding": {"quantity": 1, "line": 2},
        "parameters": [{"id": "UIT", "unit": "S/"}, {"id": "upkeep", "default": "1.40", "unit": "S/"}],
        "taxes": [{"id": "igv"}],
    },
    "pe.pluz": {"provider": {"id": "pluz"}, "parameters": [{"id": "upkeep", "default": "1.69"}]},
}


def test_a_document_without_bases_is_whole() -> None:
    assert with_bases({"id": "x", "taxes": []}, BASES) == {"id": "x", "taxes": []}


def test_mappings_join_by_key_and_lists_by_id() -> None:
    own = {
        "id": "x",
        "base": ["pe", "pe.pluz"],
        "rounding": {"quantity": 0},
        "parameters": [{"id": "watts"}, {"id": "UIT", "unit": "soles"}],
    }
    assert with_bases(own, BASES) == {
        "id": "x",
        "country": "PE",
        "rounding": {"quantity": 0, "line": 2},
        "parameters": [
            {"id": "UIT", "unit": "soles"},
            {"id": "upkeep", "default": "1.69", "unit": "S/"},
            {"id": "watts"},
        ],
        "taxes": [{"id": "igv"}],
        "provider": {"id": "pluz"},
    }


def test_null_takes_a_value_away() -> None:
    whole = with_bases({"base": "pe", "parameters": [{"id": "upkeep", "default": None}]}, BASES)
    assert whole["parameters"][1] == {"id": "upkeep", "default": None, "unit": "S/"}


def test_lists_without_ids_are_replaced_and_bases_stay_as_they_were() -> None:
    before = copy.deepcopy(BASES)
    assert with_bases({"base": "pe", "taxes": []}, BASES)["taxes"] == [{"id": "igv"}]  # nothing laid on top
    assert with_bases({"base": "pe", "taxes": ["none"]}, BASES)["taxes"] == ["none"]
    assert before == BASES


def test_a_base_that_nobody_has_is_named() -> None:
    with pytest.raises(TariffInvalid) as told:
        with_bases({"id": "x", "base": ["pe", "pe.plus"]}, BASES)
    (mistake,) = told.value.mistakes
    assert (mistake.path, mistake.what) == ("base", "there is no base 'pe.plus'")
    assert "pe.pluz" in mistake.cure


def test_shipped_documents_come_whole() -> None:
    library = PackageLibrary()
    assert {"pe", "pe.pluz", "pe.demand"} <= set(library.tariff_bases())
    for document in library.tariff_documents().values():
        assert "base" not in document
        assert {"schema", "country", "versions"} <= set(document)

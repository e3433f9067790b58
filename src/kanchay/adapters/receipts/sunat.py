"""SUNAT's catalogue 24: codes of electricity options in electronic receipts.

Public transcription of the catalogue, https://raw.githubusercontent.com/EliuTimana/SunatCatalogos/master/data/08/24.json,
undated copy seen on 2026-11-22.
"""

from __future__ import annotations

from typing import Final

__all__ = ["OPTIONS", "code_of"]

OPTIONS: Final = {
    "L001": "AT2", "L002": "MT2", "L003": "MT3", "L004": "MT4", "L005": "BT2", "L006": "BT3", "L007": "BT4",
    "L008": "BT5A", "L009": "BT5B", "L010": "BT6", "L011": "BT5C-AP", "L012": "BT5D", "L013": "BT5E", "L014": "BT7",
    "L015": "BT8", "L016": "BT5C", "L017": "MT2L",
}  # fmt: skip


def code_of(option: str | None) -> str | None:
    """The code of an option; None where the catalogue has none, as for BT5-I and BT5F."""
    return next((code for code, name in OPTIONS.items() if name == option), None)

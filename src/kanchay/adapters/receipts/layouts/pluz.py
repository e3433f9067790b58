"""Pluz Energía Perú (before: Enel, Edelnor): "663kWh al precio de S/ 0.6291", the total after a row of stars."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.receipts.layout import Distributor, Layout
from kanchay.adapters.receipts.text import DATE, NUMBER

__all__ = ["LAYOUT"]

LAYOUT: Final = Layout(
    "pluz",
    distributors=(
        Distributor("pluz", "Pluz Energía Perú", r"\bpluz\b|\benel distribucion\b|\bedelnor\b", ruc="20269985900"),
    ),
    systems=(
        (r"\blima norte\b", "Lima Norte"), (r"\bhuacho\b", "Huacho"), (r"\bsupe[ -]+barranca\b", "Supe-Barranca"),
        (r"\bhuaral[ -]+chancay\b", "Huaral-Chancay"), (r"\bpativilca\b", "Pativilca"),
    ),
    fields=(
        rf"(?P<q>{NUMBER}) ?kwh al precio de s/\.? ?(?P<p>\d\.\d{{4}})",
        rf"factor(?: ?de)? ?consumo kwh[ )]{{0,6}}(?P<factor>\d{{1,6}}(?:\.\d{{1,6}})?)\)? ?(?P<kwh>{NUMBER})\b",
        rf"lectura actual ?\((?P<end>{DATE})\)",
        rf"lectura anterior ?\((?P<start>{DATE})\)",
        r"s/\.? ?\*{2,12} ?(?P<total_due>\d[\d ,]{0,12}\.\d\d)(?!\d)",
    ),
)  # fmt: skip

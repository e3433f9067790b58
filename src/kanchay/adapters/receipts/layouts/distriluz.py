"""The Distriluz group: Hidrandina, Electronorte, Electronoroeste and Electrocentro.

Price and energy stand in the name of the line: "Ene.Activa(S/ 0.6894 x 23.0000 kWh) 15.86"; the street-lighting rate
in its own: "AlumbradoPublico (Alicuota : S/ 0.7368) 0.74".
"""

from __future__ import annotations

from typing import Final

from kanchay.adapters.receipts.layout import Distributor, Layout
from kanchay.adapters.receipts.text import NUMBER

__all__ = ["LAYOUT"]

LAYOUT: Final = Layout(
    "distriluz",
    distributors=(
        Distributor("hidrandina", "Hidrandina", r"\bhidrandina\b"),
        Distributor("electronorte", "Electronorte", r"\belectronorte\b|\bensa\b"),
        Distributor("electronoroeste", "Electronoroeste", r"\belectronoroeste\b|\benosa\b"),
        Distributor("electrocentro", "Electrocentro", r"\belectrocentro\b"),
    ),
    fields=(
        rf"ene\.? ?activa ?\( ?s/\.? ?(?P<p>\d\.\d{{3,5}}) ?x ?(?P<q>{NUMBER}) ?kwh ?\)",
        r"alumbrado ?publico ?\( ?alicuota ?: ?s/\.? ?(?P<alicuota>\d{1,2}\.\d{2,5}) ?\)",
    ),
    labels={
        "energy": rf"ene\.? ?activa ?\( ?s/\.? ?\d\.\d{{3,5}} ?x ?{NUMBER} ?kwh ?\)",
        "public_lighting": r"alumbrado ?publico(?: ?\( ?alicuota ?: ?s/\.? ?\d{1,2}\.\d{2,5} ?\))?",
    },
)

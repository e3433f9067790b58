"""Electro Sur Este: "CONSUMO FACTURADO 1296.00 kW.h PRECIO UNIT. S/. /kW.h: 0.8855"."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.receipts.layout import Distributor, Layout
from kanchay.adapters.receipts.text import NUMBER

__all__ = ["LAYOUT"]

LAYOUT: Final = Layout(
    "electro_sur_este",
    distributors=(Distributor("electro_sur_este", "Electro Sur Este", r"\belectro ?sur ?este\b"),),
    fields=(
        rf"consumo facturado +(?P<q>{NUMBER}) ?kw\.?h +precio unit\. s/\. ?/kw\.?h: ?(?P<p>\d\.\d{{4}})",
        rf"consumo facturado +(?P<kwh>{NUMBER}) ?kw\.?h",
    ),
)

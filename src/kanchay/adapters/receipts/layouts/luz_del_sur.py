"""Luz del Sur: readings, factor and price in one sum; the amount to pay stands before the day of issue."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.receipts.layout import Distributor, Layout
from kanchay.adapters.receipts.text import DATE, NUMBER

__all__ = ["LAYOUT"]

LAYOUT: Final = Layout(
    "luz_del_sur",
    distributors=(
        Distributor("luz_del_sur", "Luz del Sur", r"\bluz del sur\b|luzdelsur\.com", ruc="20331898008"),
    ),
    systems=((r"\blima sur\b", "Lima Sur"), (r"\bcanete\b", "Cañete"), (r"\blunahuana\b", "Lunahuaná")),
    fields=(
        rf"(?P<register_now>{NUMBER}) ?- ?(?P<register_before>{NUMBER}) ?= ?{NUMBER} ?x ?(?P<factor>{NUMBER})"
        rf" ?= ?(?P<kwh>{NUMBER}) ?x ?(?P<p>\d\.\d{{4}})",
        rf"^(?P<q>{NUMBER}) ?x ?(?P<p>\d\.\d{{4}})(?: |$)",
        r"(?<!\d)(?P<register_now>\d{1,9}\.\d\d) +(?P<register_before>\d{1,9}\.\d\d) +\d{1,9}\.\d\d +"
        r"(?P<factor>\d{1,4}\.\d{4}) +"
        r"(?P<kwh>\d{1,9}\.\d\d) +(?P<p>\d\.\d{4})(?!\d)",
        rf"ultima lectura[ :(]{{1,8}}(?P<end>{DATE})",
        rf"mes facturado [a-z]+ \d{{4}} +(?P<kwh>{NUMBER}) ?kwh",
        r"(?P<total_due>(?<![\d.,])(?:\d{1,3}(?:[ ,]\d{3})+|\d{1,6})\.\d\d)"
        rf" +fecha de emision ?: ?(?P<issued_on>{DATE})",
    ),
)

"""Every format in which prices leave, one row each, in the order in which they are offered."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.prices import emhass, evcc, flexmeasures, tables
from kanchay.services.ports.prices import PriceFormats

__all__ = ["FORMATS"]

FORMATS: Final[PriceFormats] = {
    row.name: row for row in (tables.CSV, tables.JSON, emhass.EMHASS, evcc.EVCC, flexmeasures.FLEXMEASURES)
}

"""Why a column means what we say: the word, the unit, the convention of a publisher, or only an assumption."""

from __future__ import annotations

from typing import Final

from kanchay.domain.errors import UnitError
from kanchay.domain.importing import ImportSeries
from kanchay.domain.units import Quantity, unit
from kanchay.web.shell import Reader

__all__ = ["evidence_line", "fact_why"]

_PLACES: Final = ("header", "unit column", "name", "title", "given")  # where a unit is written
_FLOWS: Final = (Quantity.ELECTRIC_ENERGY, Quantity.POWER)


def evidence_line(series: ImportSeries, r: Reader) -> str:
    """One line: what tells the quantity, the unit and the direction of a series."""
    if series.own is not None:
        return r.words("evidence.own")
    told = {code.strip(): why.strip() for code, _, why in (e.partition(":") for e in series.evidence)}
    parts = [_part(code, told.get(code, ""), series, r) for code in ("quantity", "unit", "direction")]
    said = " · ".join(part for part in parts if part)
    return said[:1].upper() + said[1:]


def _part(code: str, why: str, series: ImportSeries, r: Reader) -> str:
    t = r.words
    if code == "unit" and why:
        return t(f"evidence.unit.{why}") if why in _PLACES else t("evidence.unit.as", why=why)
    if why:
        key = f"evidence.{code}.{why}"
        if t.has(key):
            return t(key)
        by_format = code == "quantity" and "-" in why  # no word of a header, which is parted at its marks
        return (
            t("evidence.quantity.as", why=why) if by_format else t(f"evidence.{code}", word=_as_written(why))
        )
    if code == "unit":
        return t("evidence.unit.size") if series.quantity in _FLOWS else ""
    if code == "direction" and series.direction is not None and series.quantity in _FLOWS:
        return t("evidence.direction.assumed")
    return ""


def _as_written(word: str) -> str:
    """A word of a header; what the reader parted within a unit as one again: ``k wh`` as ``kWh``."""
    try:
        return unit(word.replace(" ", "")).symbol if " " in word else word
    except UnitError:
        return word


def fact_why(code: str, value: str, r: Reader) -> str:
    """What stands behind a fact: what follows its colon, in words where we have them."""
    why = value.partition(": ")[2]
    if not why:
        return ""
    key = f"fact_why.{code}.{why}"
    return r.words(key) if r.words.has(key) else why

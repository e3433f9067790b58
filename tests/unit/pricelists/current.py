"""A made-up list that prints the prices which our own tariffs hold today."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Any

from kanchay.adapters.pricelists.lines import printed_line
from kanchay.analysis.pricelists.places import price_at
from kanchay.analysis.pricelists.slots import slots_of
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.pricelist import PrintedList
from tests.unit.pricelists.made_up import Line, in_print

__all__ = ["current_lines", "newest", "printed"]

# Prices that we do not hold: the fixed charges of BT5F, reactive energy of MT4.
MISSING = {
    "energy/bands/140/fixed": "4.99",
    "energy/bands/rest/fixed": "5.11",
    "reactive/rate": "0.0481",
}
HEADINGS = {
    "30": "Consumo de 0 - 30 kW.h",
    "140": "Consumo de 31 - 140 kW.h",
    "over": "Consumo mayor a 140 kW.h",
    "20/20": "a) Usuarios con demanda máxima mensual de hasta 20kW en HP y HFP",
    "20/50": "b) Usuarios con demanda máxima mensual de hasta 20kW en HP y 50kW en HFP",
}
BLOCKS = {"hp": "en Punta", "hfp": "Fuera de Punta", "media": "en Media", "base": "en Base"}
STEPS = {"first30": "- Primeros 30 kW.h", "excess": "- Exceso de 30 kW.h"}
SEGMENTS = {"residential": "Residencial", "non_residential": "No Residencial"}


def newest(document: Mapping[str, Any]) -> Mapping[str, Any]:
    return max(document["versions"], key=lambda v: str(v["valid_from"]))


def current_lines(documents: Sequence[Mapping[str, Any]], factor: Decimal = Decimal(1)) -> list[Line]:
    """The newest prices of these tariffs, each times a factor, as lines of a list."""
    lines: list[Line] = []
    for document in documents:
        tariff = parse_tariff(document)
        segment = SEGMENTS.get(tariff.eligibility.segment, "") if tariff.option == "BT5B" else ""
        lines.append((f"TARIFA {tariff.option} {segment}".strip(), "", ""))
        slots = sorted(slots_of(tariff), key=lambda s: list(HEADINGS).index(s.group) if s.group else -1)
        for group, those in groupby(slots, key=lambda s: s.group):
            lines += [(HEADINGS[group], "", "")] if group else []
            for slot in those:
                price = Decimal(price_at(newest(document), slot.path) or MISSING[slot.path])
                first30 = slot.path.endswith("amount") and "first30" in slot.concept
                unit = "S/./mes" if first30 else unit_of(slot.concept)
                lines.append((label_of(slot.concept), unit, str((price * factor).quantize(price))))
    return lines


def label_of(concept: str) -> str:
    kind, *rest = concept.split(".")
    if kind == "fixed":
        return "Cargo Fijo Mensual"
    if kind == "reactive":
        return "Cargo por Energía Reactiva que exceda el 30% del total de la Energía Activa"
    if kind == "energy":
        return " ".join(["Cargo por Energía Activa", *(BLOCKS.get(r) or STEPS[r] for r in rest)])
    return power_label(rest)


def power_label(rest: Sequence[str]) -> str:
    if not rest:
        return "Cargo Mensual por Potencia"
    what, *where = rest
    if what == "excess":
        return "Cargo por Exceso de Potencia Activa de Distribución en HFP"
    name = "Generación" if what == "generation" else "Redes de Distribución"
    present = {
        "present_hp": "para Usuarios Presentes en Punta",
        "present_hfp": "para Usuarios Presentes Fuera de Punta",
    }
    return f"Cargo por Potencia Activa de {name} {present[where[0]] if where else 'en HP'}"


def unit_of(concept: str) -> str:
    kind = concept.split(".", maxsplit=1)[0]
    units = {"fixed": "S/./mes", "energy": "ctm. S/./kW.h", "reactive": "ctm. S/./kVar.h"}
    return units.get(kind) or ("ctm. S/./W" if concept == "power" else "S/./kW-mes")


def printed(head: str, lines: Sequence[Line]) -> PrintedList:
    """The lines as a reader of files would give them, without a file."""
    texts = [
        head,
        *(f"{label}   {unit}   {in_print(unit, price)}" if price else label for label, unit, price in lines),
    ]
    return PrintedList(
        "list.pdf", tuple(printed_line(f"line {n}", text) for n, text in enumerate(texts, 1)), "ab12"
    )

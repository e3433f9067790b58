"""Made-up price lists: prices of the facts file, or invented ones, in the layouts of their publishers.

The wording follows published lists (Luz del Sur 2015, Enel 2019, OSINERGMIN's page); the files are ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tests.made_pdf import Placed, pdf_of

__all__ = [
    "DEMAND",
    "PUBLISHED",
    "Bands",
    "Line",
    "bt5b",
    "by_hand",
    "distributor_pdf",
    "regulator_page",
    "wide_pdf",
]

Line = tuple[str, str, str]  # label, unit, price in S/ per unit; a heading has neither unit nor price
MADE_UP = "LISTA INVENTADA PARA PRUEBAS"


@dataclass(frozen=True)
class Bands:
    """The BT5B prices of a list for homes, in S/."""

    provider: str
    system: str
    valid_from: str
    limit: str
    low_fixed: str
    low: str
    first30: str
    excess: str
    high_fixed: str
    high: str


# The four published BT5B lists of 2026 and the one of 2015, all with IGV (facts file).
PUBLISHED = (
    Bands(
        "luz_del_sur", "Lima Sur", "2026-05-04", "140", "2.62", "0.4948", "14.84", "0.7068", "2.68", "0.7238"
    ),
    Bands(
        "luz_del_sur", "Lima Sur", "2026-08-04", "140", "2.60", "0.5170", "15.51", "0.7386", "2.66", "0.7556"
    ),
    Bands("pluz", "Lima Norte", "2026-05-04", "140", "2.70", "0.5075", "15.22", "0.7250", "2.76", "0.7423"),
    Bands("pluz", "Lima Norte", "2026-09-04", "140", "2.68", "0.5285", "15.86", "0.7550", "2.74", "0.7723"),
    Bands(
        "luz_del_sur", "Lima Sur", "2015-05-04", "100", "2.50", "0.3582", "10.75", "0.4777", "2.57", "0.4915"
    ),
)
_CENT, _MONTH = "ctm. S/./kW.h", "S/./mes"


def bt5b(b: Bands, option: str = "BT5B", *, non_residential: bool = True) -> list[Line]:
    """The lines of a banded option."""
    lines: list[Line] = [
        (f"TARIFA {option} : TARIFA CON SIMPLE MEDICIÓN DE ENERGÍA 1E", "", ""),
        (f"Tarifa {option} Residencial", "", ""),
        (f"a) Para usuarios con consumos menores o iguales a {b.limit} kW.h por mes", "", ""),
        ("Consumo de 0 - 30 kW.h", "", ""),
        ("Cargo Fijo Mensual", _MONTH, b.low_fixed),
        ("Cargo por Energía Activa", _CENT, b.low),
        (f"Consumo de 31 - {b.limit} kW.h", "", ""),
        ("Cargo Fijo Mensual", _MONTH, b.low_fixed),
        ("Cargo por Energía Activa - Primeros 30 kW.h", _MONTH, b.first30),
        ("Cargo por Energía Activa - Exceso de 30 kW.h", _CENT, b.excess),
        (f"b) Para usuarios con consumos mayores a {b.limit} kW.h por mes", "", ""),
        ("Cargo Fijo Mensual", _MONTH, b.high_fixed),
        ("Cargo por Energía Activa", _CENT, b.high),
    ]
    if non_residential:
        lines += [
            (f"Tarifa {option} No Residencial", "", ""),
            ("Cargo Fijo Mensual", _MONTH, b.high_fixed),
            ("Cargo por Energía Activa", _CENT, b.high),
        ]
    return lines


def by_hand(b: Bands, kwh: int) -> Decimal:
    """Energy and fixed charge of a month by this list."""
    if kwh <= 30:
        total = Decimal(b.low_fixed) + kwh * Decimal(b.low)
    elif kwh <= int(b.limit):
        total = Decimal(b.low_fixed) + Decimal(b.first30) + (kwh - 30) * Decimal(b.excess)
    else:
        total = Decimal(b.high_fixed) + kwh * Decimal(b.high)
    return total.quantize(Decimal("0.01"))


# Options of demand and hours with the prices of the facts file (Pluz 4-Sep-2026 where it has them).
DEMAND: tuple[Line, ...] = (
    ("TARIFA BT2: TARIFA CON DOBLE MEDICIÓN DE ENERGÍA ACTIVA Y", "", ""),
    ("CONTRATACIÓN O MEDICIÓN DE DOS POTENCIAS 2E2P", "", ""),
    ("Cargo Fijo Mensual", _MONTH, "5.96"),
    ("Cargo por Energía Activa en Punta", _CENT, "0.4265"),
    ("Cargo por Energía Activa Fuera de Punta", _CENT, "0.3685"),
    ("Cargo por Potencia Activa de Generación en HP", "S/./kW-mes", "73.88"),
    ("Cargo por Potencia Activa de Distribución en HP", "S/./kW-mes", "75.34"),
    ("Cargo por Exceso de Potencia Activa de Distribución en HFP", "S/./kW-mes", "54.89"),
    (
        "Cargo por Energía Reactiva que exceda el 30% del total de la Energía Activa",
        "ctm. S/./kVar.h",
        "0.0573",
    ),
    ("TARIFA BT3: TARIFA CON DOBLE MEDICIÓN DE ENERGÍA ACTIVA Y", "", ""),
    ("CONTRATACIÓN O MEDICIÓN DE UNA POTENCIA 2E1P", "", ""),
    ("Cargo Fijo Mensual", _MONTH, "5.11"),
    ("Cargo por Energía Activa en Punta", _CENT, "0.4265"),
    ("Cargo por Energía Activa Fuera de Punta", _CENT, "0.3685"),
    ("Cargo por Potencia Activa de generación para Usuarios:", "", ""),
    ("Presentes en Punta", "S/./kW-mes", "69.14"),
    ("Presentes Fuera de Punta", "S/./kW-mes", "41.16"),
    ("Cargo por Potencia Activa de redes de distribución para Usuarios:", "", ""),
    ("Presentes en Punta", "S/./kW-mes", "77.82"),
    ("Presentes Fuera de Punta", "S/./kW-mes", "67.76"),
    (
        "Cargo por Energía Reactiva que exceda el 30% del total de la Energía Activa",
        "ctm. S/./kVar.h",
        "0.0573",
    ),
    ("TARIFA BT5A: TARIFA CON DOBLE MEDICIÓN DE ENERGÍA 2E", "", ""),
    ("a) Usuarios con demanda máxima mensual de hasta 20kW en HP y HFP", "", ""),
    ("Cargo Fijo Mensual", _MONTH, "5.11"),
    ("Cargo por Energía Activa en Punta", _CENT, "2.1776"),
    ("Cargo por Energía Activa Fuera de Punta", _CENT, "0.3685"),
    ("Cargo por Exceso de Potencia en Horas Fuera de Punta", "S/./kW-mes", "63.78"),
    ("b) Usuarios con demanda máxima mensual de hasta 20kW en HP y 50kW en HFP", "", ""),
    ("Cargo Fijo Mensual", _MONTH, "5.11"),
    ("Cargo por Energía Activa en Punta", _CENT, "2.2717"),
    ("Cargo por Energía Activa Fuera de Punta", _CENT, "0.3685"),
    ("Cargo por Exceso de Potencia en Horas Fuera de Punta", "S/./kW-mes", "63.78"),
    ("TARIFA BT5-I: TARIFA RESIDENCIAL CON TRES BLOQUES HORARIOS", "", ""),
    ("Consumo de 0 - 30 kW.h", "", ""),
    ("Cargo Fijo Mensual", _MONTH, "4.99"),
    ("Cargo por Energía Activa en Punta", _CENT, "0.5677"),
    ("Cargo por Energía Activa en Media", _CENT, "0.4305"),
    ("Cargo por Energía Activa en Base", _CENT, "0.4312"),
    ("Consumo de 31 - 140 kW.h", "", ""),
    ("Cargo Fijo Mensual", _MONTH, "4.99"),
    ("Cargo por Energía Activa en Punta - Primeros 30 kW.h", _CENT, "0.5677"),
    ("Cargo por Energía Activa en Media - Primeros 30 kW.h", _CENT, "0.4305"),
    ("Cargo por Energía Activa en Base - Primeros 30 kW.h", _CENT, "0.4312"),
    ("Cargo por Energía Activa en Punta - Exceso de 30 kW.h", _CENT, "0.8110"),
    ("Cargo por Energía Activa en Media - Exceso de 30 kW.h", _CENT, "0.6150"),
    ("Cargo por Energía Activa en Base - Exceso de 30 kW.h", _CENT, "0.6160"),
    ("Consumo mayor a 140 kW.h", "", ""),
    ("Cargo Fijo Mensual", _MONTH, "5.11"),
    ("Cargo por Energía Activa en Punta", _CENT, "0.8297"),
    ("Cargo por Energía Activa en Media", _CENT, "0.6292"),
    ("Cargo por Energía Activa en Base", _CENT, "0.6301"),
    ("TARIFA BT6: TARIFA A PENSIÓN FIJA DE POTENCIA 1P", "", ""),
    ("Cargo Fijo Mensual", _MONTH, "2.74"),
    ("Cargo Mensual por Potencia", "ctm. S/./W", "0.3391"),
)

_NAMES = {"luz_del_sur": "LUZ DEL SUR S.A.A.", "pluz": "PLUZ ENERGÍA PERÚ S.A.A."}
_MONTHS = (
    "ENERO", "FEBRERO", "MARZO", "ABRIL", "MAYO", "JUNIO", "JULIO", "AGOSTO", "SETIEMBRE", "OCTUBRE", "NOVIEMBRE",
    "DICIEMBRE",
)  # fmt: skip


def in_print(unit: str, price: str, *, comma: bool = False) -> str:
    """The price as a list prints it: céntimos where its unit says so, at least two decimals."""
    value = Decimal(price) * 100 if unit.startswith("c") else Decimal(price)
    text = f"{value:.2f}" if value == value.quantize(Decimal("0.01")) else format(value, "f")
    return text.replace(".", ",") if comma else text


def _table(lines: Sequence[Line], x_prices: Sequence[tuple[float, float]], comma: bool) -> list[list[Placed]]:
    """Pages of rows: label, unit, and a price at each x, made by a factor."""
    pages: list[list[Placed]] = [[]]
    y = 1040.0
    for label, unit, price in lines:
        if y < 60:
            pages.append([])
            y = 1120.0
        pages[-1].append((40, y, label))
        if price:
            pages[-1].append((430, y, unit))
            for x, factor in x_prices:
                shown = in_print(
                    unit, str((Decimal(price) * Decimal(str(factor))).quantize(Decimal(price))), comma=comma
                )
                pages[-1].append((x, y, shown))
        y -= 12
    return pages


def _head(provider: str, valid_from: str, tax: str) -> list[Placed]:
    year, month, day = valid_from.split("-")
    return [
        (40, 1150, MADE_UP),
        (40, 1130, f"EMPRESA DE DISTRIBUCIÓN ELÉCTRICA {_NAMES[provider]}"),
        (40, 1110, f"PRECIOS PARA LA VENTA DE ENERGÍA ELÉCTRICA ({tax})"),
        (40, 1090, f"PLIEGO TARIFARIO : {day} {_MONTHS[int(month) - 1]} {year}"),
    ]


def distributor_pdf(
    provider: str,
    system: str,
    valid_from: str,
    lines: Sequence[Line],
    *,
    tax: str = "Incluye IGV",
    comma: bool = False,
    packed: bool = True,
) -> bytes:
    """A list of one electric system, as Luz del Sur prints its own."""
    pages = _table(lines, [(560, 1)], comma)
    pages[0][:0] = [*_head(provider, valid_from, tax), (40, 1070, f"SISTEMA ELÉCTRICO: {system.upper()}")]
    return pdf_of(pages, packed=packed)


def wide_pdf(provider: str, systems: Sequence[str], valid_from: str, lines: Sequence[Line]) -> bytes:
    """A list with a column for each system, as Enel printed its own; the n-th system pays n % more."""
    places = [(540.0 + 70 * n, 1 + n / 100) for n in range(len(systems))]
    pages = _table(lines, places, comma=False)
    head = [(x, 1060.0, name.upper()) for (x, _), name in zip(places, systems, strict=True)]
    pages[0][:0] = [*_head(provider, valid_from, "Incluye IGV"), *head]
    return pdf_of(pages, packed=True)


def regulator_page(
    system: str, shown_day: str, lines: Sequence[Line], *, nested: bool = False, table_id: str = "TbPliego"
) -> bytes:
    """OSINERGMIN's page with its two selects and its table; prices without IGV."""
    rows = []
    for label, unit, price in lines:
        cells = (label, unit, in_print(unit, price)) if price else (label,)
        rows.append("<tr>" + "".join(f"<td>{c}</td>" for c in cells) + "</tr>")
    noise = "<tr><td><table><tr><td>Cargo Fijo</td><td>9.99</td></tr></table></td></tr>" if nested else ""
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{MADE_UP}</title></head><body>
<select id="DDLSE"><option>HUACHO</option><option selected="selected">{system}</option></select>
<select id="DDLFecha"><option selected>{shown_day}</option><option>04/01/2024</option></select>
<table><tr><td>Cargo Fijo Mensual</td><td>S/mes</td><td>1.11</td></tr></table>
<table id="{table_id}"><tr><td>TENSIÓN</td><td>UNIDAD</td><td>TARIFA</td></tr><tr><td>Sin IGV</td></tr>{noise}
{"".join(rows)}</table></body></html>""".encode()

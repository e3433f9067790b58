"""How each family prints a receipt: texts at places of a page, after what peru-domain §1.7 tells of the real ones.

The words and the order of the sums follow real receipts; the drawing is ours and much plainer than the paper.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from kanchay.domain.errors import MissingExtra
from kanchay.simulate.receipts.truth import MARK, MadeReceipt

__all__ = ["receipt_pdf"]

Cell = tuple[float, str]  # left edge, or minus the right edge [pt]
_MONTHS: Final = ("Ene", "Feb", "Mar", "Abr", "May", "Jun", "Jul", "Ago", "Set", "Oct", "Nov", "Dic")
_LONG: Final = (
    "ENERO", "FEBRERO", "MARZO", "ABRIL", "MAYO", "JUNIO", "JULIO", "AGOSTO", "SETIEMBRE", "OCTUBRE", "NOVIEMBRE",
    "DICIEMBRE",
)  # fmt: skip
_LEFT, _RIGHT, _SIDE = 40.0, -400.0, 420.0
_STEP: Final = 13.0


def receipt_pdf(made: MadeReceipt) -> bytes:
    """The receipt as a text PDF in the layout of its customer."""
    try:
        from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
        from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]
    except ImportError as error:
        raise MissingExtra("dev", "reportlab") from error
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1)
    canvas.setTitle(MARK)
    canvas.setFont("Helvetica", 8)
    for x, y, text in _placed(made, A4[1] - 40):
        (canvas.drawRightString if x < 0 else canvas.drawString)(abs(x), y, text)
    canvas.save()
    return target.getvalue()


def _placed(made: MadeReceipt, top: float) -> list[tuple[float, float, str]]:
    """Every text with its place, in the order in which it is drawn. [pt]"""
    rows = _beside([*_head(made), *_PAPERS[made.customer.layout](made)], made.aside)
    cells = [(x, top - _STEP * i, text) for i, row in enumerate(rows) for x, text in row]
    return sorted(cells, key=lambda cell: abs(cell[0])) if made.by_columns else cells


def _beside(rows: list[list[Cell]], aside: Sequence[str]) -> Iterator[list[Cell]]:
    """Rows with a note each in a column of its own, where nothing stands yet."""
    notes = iter(aside)
    for row in rows:
        busy = any(x >= _SIDE for x, _ in row) or len(row) > 2
        note = None if busy or row[0][0] != _LEFT or len(row) == 1 else next(notes, None)
        yield row if note is None else [*row, (_SIDE, note)]


def _head(made: MadeReceipt) -> Iterator[list[Cell]]:
    c = made.customer
    yield [(_LEFT, MARK)]
    yield [(_LEFT, f"{c.company}  R.U.C. N° {c.ruc}" if c.ruc else c.company)]
    yield [(_LEFT, f"N° de Suministro: {c.supply}")]


def _money(value: Decimal) -> str:
    """Thousands with a space, as Luz del Sur prints them."""
    return f"{value:,.2f}".replace(",", " ")


def _day(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def _option(made: MadeReceipt) -> str:
    return f"{made.customer.option} {'Residencial' if made.customer.segment == 'residential' else 'No Residencial'}"


def _charges(
    made: MadeReceipt, names: dict[str, str], energy: Iterator[tuple[str, Decimal]]
) -> Iterator[list[Cell]]:
    """Lines with their amounts on the right; what is zero is not printed."""
    amounts = {
        "fixed": made.fixed, "maintenance": made.maintenance, "lighting": made.lighting, "interest": made.interest,
        "subtotal": made.subtotal, "igv": made.igv, "aporte": made.aporte, "late": made.late_interest,
        "month": made.total_month, "balance": made.balance, "before": made.rounding_before, "rounding": made.rounding,
    }  # fmt: skip
    always = {"subtotal", "igv", "aporte", "month"}
    for key, name in names.items():
        if key == "energy":
            yield from ([(_LEFT, label), (_RIGHT, _money(amount))] for label, amount in energy)
        elif amounts[key] or key in always:
            yield [(_LEFT, name), (_RIGHT, _money(amounts[key]))]


def _luz_del_sur(made: MadeReceipt) -> Iterator[list[Cell]]:
    c = made.customer
    yield [(_LEFT, f"Tarifa {_option(made)}"), (_SIDE, f"Potencia Contratada {c.contracted_kw} kW")]
    yield [(_LEFT, f"Sistema Eléctrico: {c.system}")]
    yield [(_LEFT, f"Lectura anterior ({_day(made.start)})"), (_SIDE, f"Última lectura ({_day(made.end)})")]
    registers = f"{made.register_now:.2f} - {made.register_before:.2f} = {made.kwh / made.factor:.2f}"
    first, *rest = made.parts
    yield [(_LEFT, f"{registers} X {made.factor:.4f} = {made.kwh:.2f} X {(rest[0] if rest else first)[1]}")]
    if rest:
        yield from ([(_LEFT, f"{kwh:.2f} X {price}")] for kwh, price in made.parts)
    names = {
        "fixed": "Cargo Fijo", "maintenance": "Mant. y Reposición de Conexión", "energy": "Consumo de Energía",
        "lighting": "Alumbrado Público", "interest": "Interés Compensatorio", "subtotal": "SUBTOTAL", "igv": "IGV",
        "aporte": "Electrificación Rural (Ley N° 28749)", "late": "Interés Moratorio", "month": "TOTAL DEL MES",
        "balance": "Deuda Anterior", "before": "Redondeo Mes Anterior", "rounding": "Redondeo Mes Actual",
    }  # fmt: skip
    yield from _charges(made, names, (("Consumo de Energía", amount) for amount in made.energies))
    yield [(_LEFT, f"{_money(made.total_due)}  Fecha de Emisión: {_short(made.end)}")]
    yield [(_LEFT, "TOTAL A PAGAR"), (_RIGHT, f"S/ {_money(made.total_due)}")]
    yield [(_LEFT, f"MES FACTURADO {_LONG[made.end.month - 1]} {made.end.year}  {made.kwh:.2f} kWh")]
    yield from _bars(made)


def _short(day: date) -> str:
    return f"{day.day:02d}-{_MONTHS[day.month - 1]}-{day.year}"


def _pluz(made: MadeReceipt) -> Iterator[list[Cell]]:
    c = made.customer
    yield [(_LEFT, f"Tarifa: {_option(made)}"), (_SIDE, f"Potencia Contratada {c.contracted_kw} kW")]
    yield [
        (_LEFT, f"Lectura Actual ({_day(made.end)}) {made.register_now}"),
        (_SIDE, f"Lectura Anterior ({_day(made.start)}) {made.register_before}"),
    ]
    yield [(_LEFT, f"(Factor Consumo kWh {made.factor}) {made.kwh}")]
    yield from ([(_LEFT, f"{kwh}kWh al precio de S/ {price}")] for kwh, price in made.parts)
    names = {
        "maintenance": "Reposic. y Mant. de Conex", "fixed": "Cargo Fijo", "energy": "Cargo por Energía",
        "interest": "Interés Compensatorio", "lighting": "Alumbrado Público", "subtotal": "SUBTOTAL Mes Actual",
        "igv": "I.G.V.", "aporte": "Aporte Ley N° 28749", "late": "Interés Moratorio", "month": "TOTAL Mes Actual",
        "balance": "Deuda Anterior", "before": "Redondeo Mes Anterior", "rounding": "Redondeo",
    }  # fmt: skip
    yield from _charges(made, names, (("Cargo por Energía", amount) for amount in made.energies))
    yield [(_LEFT, f"{c.system}  S/******{made.total_due:,.2f}")]
    yield [(_LEFT, "TOTAL A PAGAR")]
    yield [(_LEFT, f"Fecha de Emisión: {_day(made.end)}")]
    yield from _bars(made)


def _distriluz(made: MadeReceipt) -> Iterator[list[Cell]]:
    c = made.customer
    yield [(_LEFT, f"Tarifa {_option(made)}"), (_SIDE, f"Potencia {c.contracted_kw} kW")]
    yield [(_LEFT, f"Sistema Eléctrico: {c.system}"), (_SIDE, f"Factor {made.factor}")]
    yield [(_LEFT, f"Lectura Anterior ({_day(made.start)}) {made.register_before} kWh")]
    yield [
        (_LEFT, f"Lectura Actual ({_day(made.end)}) {made.register_now} kWh"),
        (_SIDE, f"Consumo {made.kwh:.2f} kWh"),
    ]
    names = {
        "fixed": "Cargo Fijo", "maintenance": "Mant. y Repos. de Conexión", "energy": "Ene.Activa",
        "lighting": f"AlumbradoPublico (Alicuota : S/ {made.alicuota})", "interest": "Interés Compensatorio",
        "subtotal": "SUB TOTAL", "igv": "I.G.V. 18 %", "aporte": "Aporte Ley Nro. 28749", "late": "Interés Moratorio",
        "month": "TOTAL MES ACTUAL", "balance": "Deuda Anterior", "before": "Redondeo Mes Anterior",
        "rounding": "Diferencia de Redondeo",
    }  # fmt: skip
    parts = zip(made.parts, made.energies, strict=True)
    yield from _charges(
        made, names, ((f"Ene.Activa(S/ {p} x {q:.4f} kWh)", amount) for (q, p), amount in parts)
    )
    yield [(_LEFT, "TOTAL A PAGAR"), (_RIGHT, f"S/ {made.total_due:,.2f}")]
    yield [(_LEFT, f"Fecha de Emisión: {_day(made.end)}")]
    yield from _bars(made)


def _electro_sur_este(made: MadeReceipt) -> Iterator[list[Cell]]:
    c = made.customer
    yield [(_LEFT, f"TARIFA: {_option(made)}"), (_SIDE, f"POTENCIA CONTRATADA {c.contracted_kw} kW")]
    yield [(_LEFT, f"SISTEMA ELECTRICO: {c.system}"), (_SIDE, f"FACTOR {made.factor}")]
    yield [(_LEFT, f"LECTURA ANTERIOR ({_day(made.start)}) {made.register_before} kW.h")]
    yield [(_LEFT, f"LECTURA ACTUAL ({_day(made.end)}) {made.register_now} kW.h")]
    for kwh, price in made.parts:
        yield [(_LEFT, f"CONSUMO FACTURADO {kwh:.2f} kW.h PRECIO UNIT. S/. /kW.h: {price}")]
    names = {
        "fixed": "CARGO FIJO", "maintenance": "REPOSICION Y MANT. DE CONEXION", "energy": "ENERGIA ACTIVA",
        "lighting": "ALUMBRADO PUBLICO", "interest": "INTERES COMPENSATORIO", "subtotal": "SUBTOTAL", "igv": "I.G.V.",
        "aporte": "APORTE LEY 28749", "late": "INTERES MORATORIO", "month": "TOTAL MES", "balance": "DEUDA ANTERIOR",
        "before": "REDONDEO MES ANTERIOR", "rounding": "REDONDEO MES ACTUAL",
    }  # fmt: skip
    yield from _charges(made, names, (("ENERGIA ACTIVA", amount) for amount in made.energies))
    yield [(_LEFT, "TOTAL A PAGAR"), (_RIGHT, f"S/ {made.total_due:,.2f}")]
    yield [(_LEFT, f"FECHA DE EMISION: {_day(made.end)}")]
    yield from _bars(made)


def _words(made: MadeReceipt) -> Iterator[list[Cell]]:
    """No family that we know: plain words."""
    c = made.customer
    yield [
        (_LEFT, f"Opción tarifaria {_option(made)}"),
        (_SIDE, f"Potencia contratada: {c.contracted_kw} kW"),
    ]
    yield [(_LEFT, f"Sistema eléctrico: {c.system}"), (_SIDE, f"Factor: {made.factor}")]
    yield [
        (_LEFT, f"Lectura anterior: {made.register_before} kWh"),
        (_SIDE, f"Lectura actual: {made.register_now} kWh"),
    ]
    yield [(_LEFT, f"Periodo de consumo: del {_day(made.start)} al {_day(made.end)}")]
    yield [(_LEFT, f"Consumo del mes: {made.kwh} kWh")]
    if len(made.parts) == 1:
        yield [(_LEFT, f"Precio unitario S/ kWh: {made.parts[0][1]}")]
    else:
        yield from ([(_LEFT, f"{kwh} kWh x S/ {price}")] for kwh, price in made.parts)
    names = {
        "fixed": "Cargo fijo mensual", "maintenance": "Mantenimiento y reposición de la conexión",
        "energy": "Cargo por energía activa", "lighting": "Alumbrado público", "interest": "Interés compensatorio",
        "subtotal": "Subtotal", "igv": "IGV (18%)", "aporte": "Electrificación rural (Ley 28749)",
        "late": "Interés moratorio", "month": "Total del mes", "balance": "Saldo anterior",
        "before": "Redondeo del mes anterior", "rounding": "Redondeo",
    }  # fmt: skip
    yield from _charges(made, names, (("Cargo por energía activa", amount) for amount in made.energies))
    yield [(_LEFT, "Total a pagar"), (_RIGHT, f"{made.total_due:,.2f}")]
    yield [(_LEFT, f"Fecha de emisión: {_day(made.end)}")]
    yield from _bars(made)


def _bars(made: MadeReceipt) -> Iterator[list[Cell]]:
    """The history as a row of months over a row of kWh."""
    if made.history:
        places = [_LEFT + 38.0 * i for i in range(len(made.history))]
        yield [(x, f"{_MONTHS[m.month - 1]}-{m:%y}") for x, (m, _) in zip(places, made.history, strict=True)]
        yield [(x, f"{kwh}") for x, (_, kwh) in zip(places, made.history, strict=True)]


_PAPERS: Final[dict[str, Callable[[MadeReceipt], Iterator[list[Cell]]]]] = {
    "luz_del_sur": _luz_del_sur, "pluz": _pluz, "distriluz": _distriluz, "electro_sur_este": _electro_sur_este,
    "words": _words,
}  # fmt: skip

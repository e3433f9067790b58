"""Excel: titles, several sheets, formulas, dates as text."""

from __future__ import annotations

import io
from typing import Any

import numpy as np

from kanchay.services.ports.files import ImportOptions
from tests.integration.strangers.world import HOUR, Stranger, counted, num, stranger, truth, want


def book(**sheets: list[list[Any]]) -> bytes:
    import openpyxl

    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def naive(t: Any, shift: int = 0) -> list[Any]:
    return [a.replace(tzinfo=None) for a in t.local(shift)]


@stranger
def titles_and_summary_sheet() -> Stranger:
    t = truth()
    summary = [["Resumen"], ["Mes", "kWh"], ["Marzo 2026", t.total], ["Total", t.total]]
    data = [["Perfil de carga"], ["Suministro 123"], [], ["Fecha y hora", "Energía importada (kWh)"],
            *([a, float(v)] for a, v in zip(naive(t), t.kwh, strict=True))]  # fmt: skip
    return Stranger("perfil.xlsx", book(Resumen=summary, Datos=data), (want(t),))


@stranger
def separate_date_and_time_cells() -> Stranger:
    t = truth(step=900)
    data = [
        ["Fecha", "Hora", "Import kWh"],
        *([a.date(), a.time(), float(v)] for a, v in zip(naive(t), t.kwh, strict=True)),
    ]
    return Stranger("celdas.xlsx", book(Hoja1=data), (want(t),))


@stranger
def texts_with_commas() -> Stranger:
    t = truth("Europe/Berlin", step=900)
    data = [
        ["Zeitstempel", "Bezug (kWh)"],
        *([f"{a:%d.%m.%Y %H:%M}", num(v, ",")] for a, v in zip(naive(t), t.kwh, strict=True)),
    ]
    return Stranger("texte.xlsx", book(Tabelle1=data), (want(t),), t.tz)


@stranger
def total_below() -> Stranger:
    t = truth()
    data = [
        ["Fecha", "Import kWh"],
        *([a, float(v)] for a, v in zip(naive(t), t.kwh, strict=True)),
        [None, None],
        ["TOTAL", t.total],
    ]
    return Stranger("total.xlsx", book(Hoja1=data), (want(t),))


@stranger
def wide_workbook() -> Stranger:
    t = truth()
    data = [["Fecha", *(f"H{i}" for i in range(1, 25)), "Total"]]
    for i in range(0, len(t.kwh), 24):
        v = [float(x) for x in t.kwh[i : i + 24]]
        data.append([naive(t)[i], *v, sum(v)])
    return Stranger(
        "ancho.xlsx", book(Datos=data), (want(t),), answers=ImportOptions(unit="kWh", direction="import")
    )


@stranger
def register_with_units_row() -> Stranger:
    t = truth()
    data = [
        ["Datum", "Zählerstand Bezug"],
        [None, "kWh"],
        *([a.replace(tzinfo=None), float(v)] for a, v in zip(t.moments(), t.register(), strict=True)),
    ]
    return Stranger("stand.xlsx", book(Blatt=data), (counted(t),))


@stranger
def two_months_in_two_sheets() -> Stranger:
    """Each month in its sheet: one of them is not the whole, so it has to be said."""
    t = truth(days=20)
    rows = [[a, float(v)] for a, v in zip(naive(t), t.kwh, strict=True)]
    head = ["Fecha", "Import kWh"]
    return Stranger("meses.xlsx", book(Marzo=[head, *rows[:240]], Abril=[head, *rows[240:]]), (want(t),))


@stranger
def day_fractions_drift() -> Stranger:
    """Times made by adding 1/96 in a cell: a few microseconds off."""
    from datetime import timedelta

    t = truth(step=900)
    data = [["Fecha", "Import kWh"]]
    for i, (a, v) in enumerate(zip(naive(t), t.kwh, strict=True)):
        data.append([a - timedelta(microseconds=(i % 7) * 3), float(v)])
    return Stranger("deriva.xlsx", book(Hoja=data), (want(t),))


@stranger
def kw_means_hourly() -> Stranger:
    t = truth(step=1800)
    data = [
        ["Date/Time", "Demand (kW)"],
        *([a, float(v * 2)] for a, v in zip(naive(t, 1800), t.kwh, strict=True)),
    ]
    return Stranger("demand.xlsx", book(Profile=data), (want(t, quantity="power", unit="kW", direction="consumption"),),
                    answers=ImportOptions(label="end", direction="consumption"))  # fmt: skip


@stranger
def hidden_thousand() -> Stranger:
    """A column of MWh with a header that says so."""
    t = truth(scale=900)
    data = [
        ["Hora", "Energía activa importada [MWh]"],
        *([a, float(v) / 1000] for a, v in zip(naive(t), t.kwh, strict=True)),
    ]
    return Stranger("mwh.xlsx", book(Datos=data), (want(t, total=float(np.sum(t.kwh)), resolution=HOUR),))

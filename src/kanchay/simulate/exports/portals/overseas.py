"""Portals of distributors in the Americas and Australia: how they lay a load profile out. Only the layout is theirs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from kanchay.domain.units import Quantity
from kanchay.simulate.exports.portals.site import SENT, Paper, Portal, Site, lines, plain

__all__ = ["PORTALS"]

_CUSTOMER: Final = [["Name", "A PERSON"], ["Address", "1 STREET, TOWN"], ["Account Number", "1234567890"],
                    ["Service", "Service 1"], []]  # fmt: skip


def _clock(m: datetime) -> str:
    return f"{m:%I:%M %p}".lstrip("0")


def _pge(site: Site) -> Paper:
    """The end names the last minute inside; cost carries a dollar sign."""
    used = site.used("kWh", 2)
    rows = [["TYPE", "DATE", "START TIME", "END TIME", "USAGE (kWh)", "COST", "NOTES"]]
    for m, n, v in zip(site.at(), site.at(site.step - 60), used, strict=True):
        rows.append(["Electric usage", f"{m:%Y-%m-%d}", f"{m:%H:%M}", f"{n:%H:%M}", f"{v:.2f}",
                     f"${v * 0.31:.2f}", ""])  # fmt: skip
    return Paper(
        "pge_electric_usage.csv", lines([*_CUSTOMER, *rows]).encode("utf-8-sig"),
        (site.truth("USAGE", used, "kWh"),),
    )  # fmt: skip


def _pge_solar(site: Site) -> Paper:
    used, sent = site.used("kWh", 2), site.solar("kWh", 2)
    rows = [["TYPE", "DATE", "START TIME", "END TIME", "IMPORT (kWh)", "EXPORT (kWh)", "COST", "NOTES"]]
    for m, n, a, b in zip(site.at(), site.at(site.step - 60), used, sent, strict=True):
        rows.append(["Electric usage", f"{m:%Y-%m-%d}", f"{m:%H:%M}", f"{n:%H:%M}", f"{a:.2f}", f"{b:.2f}",
                     f"${a * 0.31 - b * 0.05:.2f}", ""])  # fmt: skip
    truth = (site.truth("IMPORT", used, "kWh"), site.truth("EXPORT", sent, "kWh", SENT))
    return Paper("pge_electric_usage.csv", lines([*_CUSTOMER, *rows]).encode("utf-8-sig"), truth)


def _opower(site: Site) -> Paper:
    """The unit stands in a column of its own."""
    used = site.used("kWh", 2)
    rows = [["TYPE", "DATE", "START TIME", "END TIME", "USAGE", "UNITS", "COST", "NOTES"]]
    for m, n, v in zip(site.at(), site.at(site.step - 60), used, strict=True):
        rows.append(["Electric usage", f"{m:%Y-%m-%d}", f"{m:%H:%M}", f"{n:%H:%M}", f"{v:.2f}", "kWh",
                     f"${v * 0.14:.2f}", ""])  # fmt: skip
    return Paper(
        "usage.csv", lines([*_CUSTOMER, *rows]).encode("utf-8-sig"), (site.truth("USAGE", used, "kWh"),)
    )


def _sce(site: Site) -> Paper:
    """A cell says from … to …; the unit is spelt out in the header."""
    used = site.used("kWh", 3)
    head = [["Energy Usage Information"], ["For location: 1 STREET"], ["Meter Reading Information"],
            ['"Type of readings: Electricity"'], []]  # fmt: skip
    rows = [["Energy consumption time period", "Usage(Real energy in kilowatt-hours)", "Reading quality"]]
    for m, n, v in zip(site.at(), site.at(site.step), used, strict=True):
        rows.append([f'"{m:%Y-%m-%d %H:%M:%S} to {n:%Y-%m-%d %H:%M:%S}"', f'"{v:.3f}"', '""'])
    return Paper(
        "SCE_Usage.csv", lines([*head, *rows], newline="\r\n").encode(), (site.truth("Usage", used, "kWh"),)
    )


def _sce_solar(site: Site) -> Paper:
    """Blanks behind every cell, a date and two times, no unit anywhere."""
    used, sent = site.used("kWh", 3), site.solar("kWh", 3)
    head = [["Energy Usage Information"], ['"Type of readings: Electricity"'], [],
            ["Summary of Electric Power Usage Information*"], [],
            ["Detailed Usage"], [f'"Start date: {site.case.day} 00:00:00  for {site.case.n_days} days"']]  # fmt: skip
    rows = [["Date", "Energy Consumption time Period Start", "Energy Consumption time Period End", "Delivered",
             "Received"]]  # fmt: skip
    for m, n, a, b in zip(site.at(), site.at(site.step), used, sent, strict=True):
        rows.append([f'"{m:%m/%d/%Y} "', f'"{m:%m/%d/%Y %I:%M%p} "', f'"{n:%m/%d/%Y %I:%M%p} "', f'"{a:.3f}"',
                     f'"{b:.3f}"'])  # fmt: skip
    truth = (site.truth("Delivered", used, "kWh"), site.truth("Received", sent, "kWh", SENT))
    return Paper(
        "SCE_Usage_detailed.csv",
        lines([*head, *rows]).encode(),
        truth,
        frozenset({"unit"}),
        {"day_first": "month_first"},
    )


def _sdge(site: Site) -> Paper:
    """Duration as a number of minutes, and a net column beside what it is the difference of."""
    used, sent = site.used("kWh", 4), site.solar("kWh", 4)
    total = used.sum() - sent.sum()
    head = [["Name", "A PERSON"], ["Resource", "Electric"], ["Meter Number", "05551234"],
            ["Interval UOM", "Minute(s)"], ["Reading Start", f"{site.case.day:%m/%d/%Y} 00:00"],
            ["Total Duration", f"{site.case.n_days} Days"], ["Total Usage", f"{total:.2f}"], ["UOM", "kWh"]]  # fmt: skip
    rows = [["Meter Number", "Date", "Start Time", "Duration", "Consumption", "Generation", "Net"]]
    for m, a, b in zip(site.at(), used, sent, strict=True):
        rows.append(["05551234", f"{m.month}/{m.day}/{m.year}", _clock(m), str(site.step // 60), f"{a:.4f}",
                     f"{b:.4f}", f"{a - b:.4f}"])  # fmt: skip
    truth = (
        site.truth("Consumption", used, "kWh"),
        site.truth("Generation", sent, "kWh", SENT),
        site.truth("Net", (used - sent).round(4), "kWh", ("net",)),
    )
    return Paper(
        "SDGE_Electric_15_Minute.csv",
        lines([*head, *rows], newline="\r\n").encode(),
        truth,
        answers={"day_first": "month_first"},
    )


def _smart_meter_texas(site: Site) -> Paper:
    """Rows of two flows told apart by a column; another date says when a row was revised."""
    used, sent = site.used("kWh", 3), site.solar("kWh", 3)
    rows = [["ESIID", "USAGE_DATE", "REVISION_DATE", "USAGE_START_TIME", "USAGE_END_TIME", "USAGE_KWH",
             "ESTIMATED_ACTUAL", "CONSUMPTION_SURPLUSGENERATION"]]  # fmt: skip
    for what, values in (("Consumption", used), ("Surplus Generation", sent)):
        for m, n, v in zip(site.at(), site.at(site.step), values, strict=True):
            rows.append(["'10443720000000001", f"{m:%m/%d/%Y}", f"{site.at(90000)[-1]:%m/%d/%Y} 07:37:17",
                         f" {m:%H:%M}", f" {n:%H:%M}", f"{v:.3f}", "A", what])  # fmt: skip
    truth = (site.truth("Consumption", used, "kWh"), site.truth("Surplus Generation", sent, "kWh", SENT))
    return Paper("IntervalData.csv", lines(rows).encode(), truth, answers={"day_first": "month_first"})


def _hydro_quebec(site: Site) -> Paper:
    """Newest first, temperature and codes beside it, the unit alone as a name."""
    used, warm = site.used("kWh", 2), site.used("kWh", 1, 3) * 8 - 4
    rows = [["Contrat", "Date et heure", "kWh", "Code de consommation", "Température moyenne (°C)",
             "Code de température"]]  # fmt: skip
    body = [["0300000001", f"{m:%Y-%m-%d %H:%M:%S}", plain(v, 2, ","), "R", plain(w, 0), "R"]
            for m, v, w in zip(site.at(), used, warm, strict=True)]  # fmt: skip
    return Paper(
        "consommation-horaire.csv", lines([*rows, *body[::-1]], ";").encode("latin-1"),
        (site.truth("kWh", used, "kWh"),), frozenset({"direction"}), {"decimal": ","},
    )  # fmt: skip


def _bc_hydro(site: Site) -> Paper:
    """In, out and net of each hour, with N/A in columns that a home has not."""
    used, sent = site.used("kWh", 2), site.solar("kWh", 2)
    rows = [["Account Holder", "Account Number", "Meter Number", "Interval Start Date/Time", "Time of Day Period",
             "Inflow (kWh)", "Outflow (kWh)", "Net Consumption (kWh)", "Peak Demand (kW)", "Power Factor (%)",
             "Estimated Usage", "City"]]  # fmt: skip
    for m, a, b in zip(site.at(), used, sent, strict=True):
        rows.append(["A PERSON", "'000001", "'000123", f"{m:%Y-%m-%d %H:%M}", "N/A", f"{a:.2f}", f"{b:.2f}",
                     f"{a - b:.2f}", "N/A", "N/A", "", "TOWN"])  # fmt: skip
    quoted = [[f'"{c}"' for c in row] for row in rows]
    truth = (
        site.truth("Inflow", used, "kWh"),
        site.truth("Outflow", sent, "kWh", SENT),
        site.truth("Net Consumption", (used - sent).round(2), "kWh", ("net",)),
    )
    return Paper("bchydro.com-consumption.csv", lines(quoted).encode(), truth, frozenset({"direction"}))


def _telemedida(site: Site) -> Paper:
    """A Peruvian remote reading: active and reactive energy and the demand of the quarter, day ends at 24:00."""
    used, reactive = site.used("kWh", 3), (site.used("kWh", 3, 2) * 0.3).round(3)
    demand = site.used("kW", 2)
    head = [["PERFIL DE CARGA"], ["Suministro:", "1234567"], ["Factor:", "1"], []]
    rows = [["FECHA", "HORA", "Energía Activa (kWh)", "Energía Reactiva (kVARh)", "Máxima Demanda (kW)"]]
    for m, n, a, b, c in zip(site.at(), site.at(site.step), used, reactive, demand, strict=True):
        clock = "24:00" if n.hour == n.minute == 0 else f"{n:%H:%M}"
        rows.append([f"{m:%d/%m/%Y}", clock, f"{a:.3f}", f"{b:.3f}", f"{c:.2f}"])
    peak = site.truth("Máxima Demanda", demand, "kW", kind="instantaneous")
    truth = (
        site.truth("Energía Activa", used, "kWh"),
        site.truth("Energía Reactiva", reactive, "kvarh", None, quantity=Quantity.REACTIVE_ENERGY),
        replace(peak, start=peak.start + site.step),  # no interval: the time is that of the row
    )
    return Paper(
        "perfil.csv",
        lines([*head, *rows], ";").encode("latin-1"),
        truth,
        frozenset({"direction"}),
        {"label": "end"},
    )


def _wide_australia(site: Site) -> Paper:
    """Days with half hours across, a row for what is used and one for what is generated."""
    used, sent = site.used("kWh", 4), site.solar("kWh", 4)
    slots = [f"{s // 3600:02d}:{s // 60 % 60:02d} - {(s + 1800) % 86400 // 3600:02d}:{(s + 1800) // 60 % 60:02d}"
             for s in range(0, 86400, 1800)]  # fmt: skip
    rows = [["NMI", "METER SERIAL NUMBER", "CON/GEN", "DATE", "ESTIMATED?", *slots]]
    for what, values in (("Consumption", used), ("Generation", sent)):
        for day, places in site.days():
            cells = [f"{values[i]:.4f}" for i in places.tolist()]
            rows.append(["6001000001", "000000000000300001", what, f"{day:%Y-%m-%d}", "No", *cells])
    truth = (site.truth("Consumption", used, "kWh"), site.truth("Generation", sent, "kWh", SENT))
    return Paper("UsageData.csv", lines(rows).encode(), truth)


def _powerpal(site: Site) -> Paper:
    """Universal and local time beside each other, Wh of a minute, cost and whether it was peak."""
    used = site.used("Wh", 1)
    rows = [["datetime_utc", "datetime_local", "watt_hours", "cost_dollars", "is_peak"]]
    for m, n, v in zip(site.utc(), site.at(), used, strict=True):
        rows.append([f"{m:%Y-%m-%d %H:%M:%S}", f"{n:%Y-%m-%d %H:%M:%S}", f"{v:.10f}", f"{v * 0.00025:.10f}",
                     "false" if n.hour < 15 else "true"])  # fmt: skip
    return Paper(
        "powerpal_data.csv", lines(rows).encode(), (site.truth("watt_hours", used, "Wh"),),
        frozenset({"direction"}),
    )  # fmt: skip


_WEST: Final = ("America/Los_Angeles",)
PORTALS: Final = (
    Portal("pge", "PG&E, Green Button as CSV", _WEST, (3600, 900), _pge),
    Portal("pge-solar", "PG&E, Green Button as CSV, with export", _WEST, (3600,), _pge_solar),
    Portal("opower", "ComEd and others, Green Button as CSV", ("America/Chicago",), (1800, 3600), _opower),
    Portal("sce", "Southern California Edison, Green Button as CSV", _WEST, (3600,), _sce),
    Portal("sce-solar", "Southern California Edison, detailed usage", _WEST, (900,), _sce_solar),
    Portal("sdge", "San Diego Gas & Electric, interval data", _WEST, (900,), _sdge),
    Portal("smart-meter-texas", "Smart Meter Texas, intervals", ("America/Chicago",), (900,), _smart_meter_texas),
    Portal("hydro-quebec", "Hydro-Québec, hourly consumption", ("America/Montreal",), (3600,), _hydro_quebec),
    Portal("bc-hydro", "BC Hydro, detailed consumption", ("America/Vancouver",), (3600,), _bc_hydro),
    Portal("telemedida", "remote readings of Peruvian distributors", ("America/Lima",), (900,), _telemedida, True),
    Portal("jemena", "Jemena and AusNet, outlook portals", ("Australia/Melbourne",), (1800,), _wide_australia),
    Portal("powerpal", "Powerpal, minute export", ("Australia/Melbourne",), (300,), _powerpal, True),
)  # fmt: skip

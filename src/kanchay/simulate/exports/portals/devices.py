"""Inverters, batteries, hubs and clamps: how their clouds and programs lay an export out. Only the layout is theirs."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

import numpy as np

from kanchay.simulate.exports.portals.site import SENT, Paper, Portal, Site, lines, plain

__all__ = ["PORTALS", "book"]

_MADE: Final = ("production",)


def _emporia(site: Site) -> Paper:
    """The zone in the name of the time, power in "kWatts", circuits beside the mains, words for what is not there."""
    unit, word, digits = ("kW", "kWatts", 4) if site.step < 3600 else ("kWh", "kWhs", 4)
    mains = [site.used(unit, digits, n) for n in (0, 2)]
    dryer = (mains[0] * 0.3).round(digits)
    head = [f"Time Bucket ({site.case.tz})", *(f"Barn-{n} ({word})" for n in ("Mains_A", "Mains_B", "Clothes Dryer",
                                                                              "Spare"))]  # fmt: skip
    rows = [[f"{m:%m/%d/%Y %H:%M:%S}", f"{a:.4f}", f"{b:.4f}", f"{c:.4f}", "No CT"]
            for m, a, b, c in zip(site.at(), *mains, dryer, strict=True)]  # fmt: skip
    truth = tuple(
        site.truth(n, v, unit, None)
        for n, v in (("Mains_A", mains[0]), ("Mains_B", mains[1]), ("Clothes Dryer", dryer))
    )
    return Paper("barn-1H.csv", lines([head, *rows]).encode(), truth, answers={"day_first": "month_first"})


def _sense(site: Site) -> Paper:
    """A remark above; rows of many devices by name, each with its energy and, once more, its mean power."""
    used, sun = site.used("kWh", 3), site.solar("kWh", 3)
    fridge = (used * 0.2).round(3)
    out = ["# Please note that there may be discrepancies between your bill and this report",
           "DateTime,Device ID,Name,Device Type,Device Make,Device Model,Device Location,Avg Wattage,kWh"]  # fmt: skip
    flows = (
        ("mains", "Total Usage", "Total Usage", used),
        ("solar", "Solar Production", "Solar", sun),
        ("3a9fb50e", "Fridge", "Fridge", fridge),
    )
    for i, m in enumerate(site.at()):
        for key, name, kind, values in flows:
            out.append(f"{m:%Y-%m-%d %H:%M:%S},{key},{name},{kind},,,,{values[i] * 1000:.3f},{values[i]:.3f}")
    ways = (("consumption",), _MADE, ("consumption",))
    truth = tuple(
        site.truth(name, values, "kWh", way) for (_, name, _, values), way in zip(flows, ways, strict=True)
    )
    return Paper("usage.csv", "\n".join(out).encode(), truth)


def _tesla(site: Site) -> Paper:
    """Powers of home, sun, battery and grid; the last two have both signs."""
    home, sun = site.used("kW", 3), site.solar("kW", 3)
    battery = ((home - sun) * 0.4).round(3)
    grid = (home - sun - battery).round(3)
    rows = [["Date time", "Home (kW)", "Solar (kW)", "Powerwall (kW)", "Grid (kW)"]]
    for m, *values in zip(site.at(), home, sun, battery, grid, strict=True):
        rows.append([m.isoformat(), *(f"{v:.3f}" for v in values)])
    truth = (
        site.truth("Home", home, "kW"),
        site.truth("Solar", sun, "kW", _MADE),
        site.truth("Powerwall", battery, "kW", None),
        site.truth("Grid", grid, "kW", ("net", "import")),
    )
    return Paper(
        "Tesla-energy.csv", lines(rows).encode(), truth, frozenset({"direction"}), {"direction": "net"}
    )


def _victron(site: Site) -> Paper:
    """Names in the first row, the zone and the units in the second."""
    grid, sun = site.used("kWh", 3), site.solar("kWh", 3)
    use, back, kept = (sun * 0.5).round(3), (sun * 0.3).round(3), (sun * 0.2).round(3)
    names = ("Grid to consumers", "PV to battery", "PV to grid", "PV to consumers", "Battery to consumers")
    given = (kept * 0.9).round(3)
    rows = [["timestamp", *names], [f"{site.case.tz} (+01:00)", *["kWh"] * 5]]
    for m, *values in zip(site.at(), grid, kept, back, use, given, strict=True):
        rows.append([f"{m:%Y-%m-%d %H:%M:%S}", *(f"{v:.3f}" for v in values)])
    asked: tuple[tuple[str, ...] | None, ...] = (("import",), None, SENT, None, None)
    truth = tuple(
        site.truth(n, v, "kWh", d)
        for n, v, d in zip(names, (grid, kept, back, use, given), asked, strict=True)
    )
    return Paper("Home_kwh.csv", lines(rows).encode(), truth, frozenset({"direction"}))


def _fronius(site: Site) -> Paper:
    """A second row of patterns and units in brackets."""
    sun, used, back = site.solar("Wh", 2), site.used("Wh", 2), site.solar("Wh", 2, 2)
    names = ["Datum und Uhrzeit", "PV-Produktion", "Verbrauch", "Energie ins Netz eingespeist"]
    rows = [names, ["[dd.MM.yyyy HH:mm]", "[Wh]", "[Wh]", "[Wh]"]]
    for m, *values in zip(site.at(), sun, used, back, strict=True):
        rows.append([f"{m:%d.%m.%Y %H:%M}", *(plain(v, 2, ",") for v in values)])
    truth = (
        site.truth("PV-Produktion", sun, "Wh", _MADE),
        site.truth("Verbrauch", used, "Wh"),
        site.truth("Energie ins Netz", back, "Wh", SENT),
    )
    return Paper("Energiebilanz.csv", lines(rows, ";").encode("utf-8-sig"), truth)


def book(rows: Sequence[Sequence[object]], title: str) -> bytes:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fusionsolar(site: Site) -> Paper:
    """A workbook with a title; irradiation per area, yields of plant and inverter, flows of the grid, money."""
    sun, used, back = site.solar("kWh", 2), site.used("kWh", 2), site.solar("kWh", 2, 2)
    head = ["Statistical Period", "Global Irradiation (kWh/㎡)", "PV Yield (kWh)", "Export (kWh)", "Import (kWh)",
            "Consumption (kWh)", "Revenue (€)"]  # fmt: skip
    rows: list[list[object]] = [["Plant Report (Hourly)"], list(head)]
    for m, p, u, b in zip(site.at(), sun.tolist(), used.tolist(), back.tolist(), strict=True):
        rows.append(
            [f"{m:%Y-%m-%d %H:%M:%S}", round(p / 5, 3), p, b, round(u * 0.6, 2), u, round(b * 0.08, 2)]
        )
    truth = (
        site.truth("PV Yield", sun, "kWh", _MADE),
        site.truth("Export", back, "kWh", SENT),
        site.truth("Import", (used * 0.6).round(2), "kWh"),
        site.truth("Consumption", used, "kWh"),
    )
    return Paper("Plant Report.xlsx", book(rows, "Plant Report"), truth)


def _goodwe(site: Site) -> Paper:
    """A workbook of powers, the plant above, times as text day first."""
    sun, used = site.solar("W", 0), site.used("W", 0)
    battery = ((used - sun) * 0.3).round(0)
    grid = (sun + battery - used).round(0)
    rows: list[list[object]] = [
        ["Plant Name: HOME"], ["Time", "PV(W)", "Battery(W)", "Grid (W)", "Load(W)", "SOC(%)"]
    ]  # fmt: skip
    for m, p, b, g, u in zip(site.at(), sun, battery, grid, used, strict=True):
        rows.append([f"{m:%d.%m.%Y %H:%M:%S}", float(p), float(b), float(g), float(u), 40 + m.hour])
    truth = (
        site.truth("PV", sun, "W", _MADE),
        site.truth("Battery", battery, "W", None),
        site.truth("Grid", grid, "W", ("net", "import", "export")),
        site.truth("Load", used, "W"),
    )
    return Paper(
        "Plant Power.xlsx", book(rows, "Plant Power"), truth, frozenset({"direction"}), {"direction": "net"}
    )


def _sma(site: Site) -> Paper:
    """The delimiter in the first line, six lines of names, the pattern of time among the units."""
    total, power = site.register("kWh", 3, 1, solar=True), site.solar("kW", 3)
    text = (
        "sep=;\nVersion CSV1|Tool SE|Linebreaks CR/LF|Delimiter semicolon|Decimalpoint comma|Precision 3\n\n"
    )
    head = [["", "SN: 2100000001", "SN: 2100000001"], ["", "SB 4000TL-21", "SB 4000TL-21"],
            ["", "2100000001", "2100000001"], ["", "Total yield", "Power"], ["", "Counter", "Analog"],
            ["dd.MM.yyyy HH:mm", "kWh", "kW"]]  # fmt: skip
    rows = [[f"{m:%d.%m.%Y %H:%M}", plain(a, 3, ","), plain(b, 3, ",")]
            for m, a, b in zip(site.at(), total, power, strict=True)]  # fmt: skip
    truth = (
        site.truth("Total yield", total, "kWh", _MADE, kind="cumulative"),
        site.truth("Power", power, "kW", _MADE),
    )
    return Paper("Plant-20240601.csv", (text + lines([*head, *rows], ";")).encode(), truth)


def _grafana_wide(site: Site) -> Paper:
    """Series joined by time, as a panel's table is downloaded; formatted values carry their unit."""
    used, sun = site.used("kW", 3), site.solar("kW", 3)
    tail = " kW" if site.rng.random() < 0.5 else ""
    rows = [['"Time"', '"Grid import"', '"Solar"']]
    rows += [
        [f"{m:%Y-%m-%d %H:%M:%S}", f"{a:.3f}{tail}", f"{b:.3f}{tail}"]
        for m, a, b in zip(site.at(), used, sun, strict=True)
    ]
    truth = (site.truth("Grid import", used, "kW"), site.truth("Solar", sun, "kW", _MADE))
    return Paper(
        "Power-data-2024-06-01 10_22_11.csv", lines(rows).encode("utf-8-sig"), truth,
        frozenset() if tail else frozenset({"unit"}), {"unit": "kW"},
    )  # fmt: skip


def _grafana_rows(site: Site) -> Paper:
    """Series below each other, told apart by their name; time in milliseconds or with an offset."""
    used, sun = site.used("W", 1), site.solar("W", 1)
    style = site.rng.random() < 0.5
    rows = [["Series", "Time", "Value"]]
    for name, values in (("grid_import_power_w", used), ("pv_power_w", sun)):
        for m, v in zip(site.at(), values, strict=True):
            rows.append(
                [
                    name,
                    f"{int(m.timestamp()) * 1000}" if style else m.isoformat(timespec="seconds"),
                    f"{v:.1f}",
                ]
            )
    truth = (site.truth("grid_import_power_w", used, "W"), site.truth("pv_power_w", sun, "W", _MADE))
    return Paper("grafana_data_export.csv", lines(rows, ";").encode(), truth)


def _chronograf(site: Site) -> Paper:
    """Fields named by measurement and function."""
    used = site.register("kWh", 2)
    rows = [['"time"', '"kWh.last_value"']]
    rows += [[f'"{m:%Y-%m-%dT%H:%M:%S.000Z}"', f'"{v:.2f}"'] for m, v in zip(site.utc(), used, strict=True)]
    return Paper(
        "2024-06-01 Chronograf Data.csv", lines(rows).encode(),
        (site.truth("kWh", used, "kWh", kind="cumulative"),), frozenset({"direction"}),
    )  # fmt: skip


def _dsmr_hours(site: Site) -> Paper:
    """Two tariffs each way and gas, a row an hour."""
    used, sun = site.used("kWh", 3), site.solar("kWh", 3)
    night = [m.hour < 7 or m.hour >= 23 for m in site.at()]
    low, high = np.where(night, used, 0.0), np.where(night, 0.0, used)
    gas = (used * 0.4).round(3)
    users = ("(Dutch Users: Low Tariff)", "(Dutch Users: Normal Tariff)")
    rows = [
        [
            "Hour Start",
            *(f"Electricity {n + 1} {u}" for n, u in enumerate(users)),
            *(f"Electricity {n + 1} Returned {u}" for n, u in enumerate(users)),
            "Gas",
        ]
    ]
    for m, a, b, c, g in zip(site.at(), low, high, sun, gas, strict=True):
        rows.append([f"{m:%Y-%m-%d %H:%M}", f"{a:.3f}", f"{b:.3f}", "0.000", f"{c:.3f}", f"{g:.3f}"])
    truth = (
        site.truth("electricity1", low, "kWh"),
        site.truth("electricity2", high, "kWh"),
        site.truth("electricity1_returned", sun * 0, "kWh", SENT),
        site.truth("electricity2_returned", sun, "kWh", SENT),
        site.truth("gas", gas, "m3", None),
    )
    return Paper("dsmrreader-data-export---hour__2026.csv", lines(rows).encode(), truth)


_HOME: Final = ("Europe/Berlin", "America/New_York", "Australia/Sydney")
PORTALS: Final = (
    Portal("emporia", "Emporia, data export", ("America/New_York", "Europe/Warsaw"), (900, 3600), _emporia),
    Portal("sense", "Sense, usage export", ("America/New_York",), (3600,), _sense),
    Portal("tesla", "Tesla app, download of a day", _HOME, (300,), _tesla, True),
    Portal("victron", "Victron VRM, download kWh", _HOME, (900, 3600), _victron),
    Portal("fronius", "Fronius Solar.web, energy balance", ("Europe/Vienna",), (300, 900), _fronius),
    Portal("fusionsolar", "Huawei FusionSolar, plant report", ("Europe/Madrid",), (3600,), _fusionsolar),
    Portal("goodwe", "GoodWe SEMS, plant power", _HOME, (300, 900), _goodwe),
    Portal("sma", "SMA Sunny Explorer, CSV", ("Europe/Berlin",), (300,), _sma),
    Portal("grafana-wide", "Grafana, inspect data", _HOME, (900, 3600), _grafana_wide),
    Portal("grafana-rows", "Grafana, series as rows", _HOME, (900, 300), _grafana_rows, True),
    Portal("chronograf", "Chronograf, download CSV", _HOME, (3600,), _chronograf, True),
    Portal("dsmr-reader", "DSMR-reader, export of hours", ("Europe/Amsterdam",), (3600,), _dsmr_hours, True),
)  # fmt: skip

"""Layouts of other languages, loggers and interfaces, taken up once the importer had met files like them.

Only the layout is theirs: how times, units and names are written. The words were put together anew.
"""

from __future__ import annotations

import json
from typing import Final

import numpy as np

from kanchay.simulate.exports.portals.site import SENT, USED, Paper, Portal, Site, lines, plain

__all__ = ["PORTALS"]

_COMMA: Final = {"decimal": ","}


def _croatian(site: Site) -> Paper:
    """A dot behind the year, the clock beside it, energy taken and given, mean power."""
    used, sent = site.used("kWh", 3), site.solar("kWh", 3)
    rows = [["Datum", "Vrijeme", "Preuzeta energija (kWh)", "Predana energija (kWh)", "Snaga (kW)"]]
    power = (used * 3600 / site.step).round(3)
    for m, a, b, p in zip(site.at(), used, sent, power, strict=True):
        rows.append([f"{m:%d.%m.%Y}.", f"{m:%H:%M}", plain(a, 3, ","), plain(b, 3, ","), plain(p, 3, ",")])
    truth = (
        site.truth("Preuzeta", used, "kWh"),
        site.truth("Predana", sent, "kWh", SENT),
        site.truth("Snaga", power, "kW", None),
    )
    return Paper("krivulja.csv", lines(rows, ";").encode(), truth, frozenset({"direction"}), _COMMA)


def _finnish(site: Site) -> Paper:
    """A word between date and clock, dots in the clock."""
    used = site.used("kWh", 2)
    rows = [["Alkuaika", "Loppuaika", "Kulutus (kWh)", "Lämpötila (°C)"]]
    for m, n, v in zip(site.at(), site.at(site.step), used, strict=True):
        rows.append([f"{m:%d.%m.%Y} klo {m:%H.%M}", f"{n:%d.%m.%Y} klo {n:%H.%M}", plain(v, 2, ","), "-4,5"])
    return Paper(
        "kulutus.csv",
        lines(rows, ";").encode("utf-8-sig"),
        (site.truth("Kulutus", used, "kWh"),),
        answers=_COMMA,
    )


def _hungarian(site: Site) -> Paper:
    """Year first with dots everywhere, signs for the directions."""
    used, sent = site.used("kWh", 3), site.solar("kWh", 3)
    rows = [["Dátum/Idő", "+A (kWh)", "-A (kWh)"]]
    for m, a, b in zip(site.at(), used, sent, strict=True):
        rows.append([f"{m:%Y.%m.%d}. {m:%H:%M}", plain(a, 3, ","), plain(b, 3, ",")])
    truth = (site.truth("+A", used, "kWh"), site.truth("-A", sent, "kWh", SENT))
    return Paper("fogyasztas.csv", lines(rows, ";").encode("utf-8-sig"), truth, answers=_COMMA)


def _japanese(site: Site) -> Paper:
    """Dates and clocks by their signs."""
    used = site.used("kWh", 2)
    rows = [["年月日", "時刻", "使用量(kWh)"]]
    for m, v in zip(site.at(), used, strict=True):
        rows.append([f"{m.year}年{m.month}月{m.day}日", f"{m:%H:%M}", f"{v:.2f}"])
    return Paper("denryoku.csv", lines(rows).encode("utf-8-sig"), (site.truth("使用量", used, "kWh"),))


def _russian(site: Site) -> Paper:
    """The unit in its own letters, a point in its middle."""
    used = site.used("kWh", 3)
    rows = [["Дата", "Время", "Потребление, кВт·ч"]]
    for m, v in zip(site.at(), used, strict=True):
        rows.append([f"{m:%d.%m.%Y}", f"{m:%H:%M}", plain(v, 3, ",")])
    return Paper(
        "profil.csv",
        lines(rows, ";").encode("utf-8-sig"),
        (site.truth("Потребление", used, "kWh"),),
        answers=_COMMA,
    )


def _trend(site: Site) -> Paper:
    """A building's trend of a counter whose unit is spelt with a hyphen."""
    energy = site.register("kWh", 1)
    rows = [["Timestamp", "Status", "Value (kW-hr)"]]
    for m, v in zip(site.at(), energy, strict=True):
        rows.append([f"{m:%d-%b-%y} {m:%I:%M:%S %p} {m.tzname()}", "{ok}", f"{v:.1f}"])
    truth = (site.truth("Value", energy, "kWh", None, kind="cumulative"),)
    return Paper("Building_kWh.csv", lines(rows).encode(), truth, frozenset({"direction"}))


def _units_above(site: Site) -> Paper:
    """A logger that writes the units above the names."""
    sun, power = site.register("kWh", 3, 1, solar=True), site.solar("kW", 3)
    rows = [["", "kWh", "kW", "V"], ["Zeitstempel", "Ertrag gesamt", "Wirkleistung Erzeugung", "Spannung L1"]]
    for m, a, b in zip(site.at(), sun, power, strict=True):
        rows.append([f"{m:%Y-%m-%d %H:%M:%S}", f"{a:.3f}", f"{b:.3f}", f"{229 + m.hour / 10:.1f}"])
    truth = (
        site.truth("Ertrag gesamt", sun, "kWh", ("production",), kind="cumulative"),
        site.truth("Wirkleistung Erzeugung", power, "kW", ("production",)),
    )
    return Paper("logger.csv", lines(rows, ";").encode("utf-8-sig"), truth)


def _zone_behind(site: Site) -> Paper:
    """The name of a town behind the offset, the unit behind every number."""
    used, air = site.used("kWh", 3), site.used("kWh", 1, 3) * 2 + 15
    rows = [["Timestamp", "Meter Main kWh", "Outside Temp"]]
    town = site.case.tz.rpartition("/")[2]
    for m, v, t in zip(site.at(), used, air, strict=True):
        rows.append([f"{m.isoformat()} {town}", f"{v:.3f}kWh", f"{t:.1f}°C"])
    return Paper(
        "table.csv",
        lines(rows).encode(),
        (site.truth("Meter Main", used, "kWh", None),),
        frozenset({"direction"}),
    )


def _parts(site: Site) -> Paper:
    """Year, month, day, hour and minute in columns of their own."""
    used, sent = site.used("kWh", 3), site.solar("kWh", 3)
    rows = [["Year", "Month", "Day", "Hour", "Minute", "Import kWh", "Export kWh"]]
    for m, a, b in zip(site.at(), used, sent, strict=True):
        rows.append(
            [str(m.year), str(m.month), str(m.day), str(m.hour), str(m.minute), f"{a:.3f}", f"{b:.3f}"]
        )
    truth = (site.truth("Import", used, "kWh"), site.truth("Export", sent, "kWh", SENT))
    return Paper("profile.csv", lines(rows).encode(), truth)


def _digits(site: Site) -> Paper:
    """Dates and clocks of digits alone."""
    used, sent = site.used("kWh", 3), site.solar("kWh", 3)
    rows = [["POD", "DATA", "ORA", "ATTIVA_PRELEVATA_KWH", "ATTIVA_IMMESSA_KWH"]]
    for m, a, b in zip(site.at(), used, sent, strict=True):
        rows.append(["IT001E12345678", f"{m:%Y%m%d}", f"{m:%H%M%S}", plain(a, 3, ","), plain(b, 3, ",")])
    truth = (site.truth("PRELEVATA", used, "kWh"), site.truth("IMMESSA", sent, "kWh", SENT))
    return Paper("curva.csv", lines(rows, ";").encode(), truth, answers=_COMMA)


def _keys(site: Site) -> Paper:
    """A time series database: epochs are the keys of a record."""
    used = site.used("kWh", 4)
    points = {str(int(t)): v for t, v in zip(site.starts, used.tolist(), strict=True)}
    made = [{"metric": "meter.import.kwh", "tags": {"meter": "main"}, "dps": points}]
    return Paper("query.json", json.dumps(made).encode(), (site.truth("import", used, "kWh"),))


def _steps(site: Site) -> Paper:
    """A reader at the meter: the first time, a step and a list of powers."""
    power = site.used("W", 0)
    made = {
        "un": "Watt", "tm": site.at()[0].isoformat(), "dt": site.step, "val": [f"{v:5.0f}" for v in power.tolist()],
    }  # fmt: skip
    return Paper(
        "V.json", json.dumps(made).encode(), (site.truth("val", power, "W"),), frozenset({"direction"})
    )


def _at_the_grid(site: Site) -> Paper:
    """A utility calls what went to the grid "generation"; both are never there at once."""
    load, sun = site.used("kWh", 4), site.solar("kWh", 4) * 2
    net = (load - sun).round(4)
    used, sent = np.maximum(net, 0.0), np.maximum(-net, 0.0)
    rows = [["Meter Number", "Date", "Start Time", "Duration", "Consumption (kWh)", "Generation (kWh)"]]
    for m, a, b in zip(site.at(), used, sent, strict=True):
        rows.append(["05512345", f"{m.month}/{m.day}/{m.year}", f"{m:%I:%M %p}", f"{site.step // 60}", f"{a:.4f}",
                     f"{b:.4f}"])  # fmt: skip
    truth = (site.truth("Consumption", used, "kWh", USED), site.truth("Generation", sent, "kWh", ("export",)))
    return Paper(
        "Electric_Meter.csv",
        lines(rows).encode(),
        truth,
        frozenset({"day_first"}),
        {"day_first": "month_first"},
    )


def _plant(site: Site) -> Paper:
    """A works' file that says of each row what day it was and how busy."""
    used = site.used("kWh", 2)
    rows = [["date", "Usage_kWh", "WeekStatus", "Day_of_week", "Load_Type"]]
    for m, v in zip(site.at(), used, strict=True):
        kind = "Weekend" if m.weekday() > 4 else "Weekday"
        load = "Light_Load" if m.hour < 6 else "Maximum_Load" if m.hour > 12 else "Medium_Load"
        rows.append([f"{m:%d/%m/%Y %H:%M}", f"{v:.2f}", kind, f"{m:%A}", load])
    return Paper(
        "works.csv", lines(rows).encode(), (site.truth("Usage", used, "kWh"),), frozenset({"day_first"}),
        {"day_first": "day_first"},
    )  # fmt: skip


_EUROPE: Final = ("Europe/Berlin", "Europe/Vienna")
_AMERICA: Final = ("America/New_York", "America/Los_Angeles")
PORTALS: Final = (
    Portal("croatian", "curve of a Croatian distributor", ("Europe/Zagreb",), (900,), _croatian),
    Portal("finnish", "hours of a Finnish retailer", ("Europe/Helsinki",), (3600,), _finnish),
    Portal("hungarian", "quarter hours of a Hungarian distributor", ("Europe/Budapest",), (900,), _hungarian),
    Portal("japanese", "half hours of a Japanese utility", ("Asia/Tokyo",), (1800,), _japanese),
    Portal("russian", "profile of a Russian retailer", ("Europe/Moscow",), (1800, 3600), _russian),
    Portal("trend", "building management, trend of a counter", _AMERICA, (900,), _trend),
    Portal("units-above", "logger with units above the names", _EUROPE, (900,), _units_above),
    Portal("zone-behind", "analytics of buildings, table", ("America/New_York",), (900,), _zone_behind),
    Portal("parts", "load profile, date in parts", ("Africa/Johannesburg",), (1800, 3600), _parts),
    Portal("digits", "Italian curve, clocks of digits", ("Europe/Rome",), (900,), _digits),
    Portal("keys", "time series database, query", _EUROPE, (900, 3600), _keys, True),
    Portal("steps", "reader at the meter, list of powers", ("Europe/Amsterdam",), (60, 600), _steps),
    Portal("at-the-grid", "American utility, consumption and generation", _AMERICA, (900,), _at_the_grid),
    Portal("plant", "works with labels of the day", ("Asia/Seoul",), (900,), _plant),
)  # fmt: skip

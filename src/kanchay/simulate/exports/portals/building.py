"""Building management systems: how their trend logs are written. Only the layout is theirs."""

from __future__ import annotations

from typing import Final

from kanchay.simulate.exports.portals.site import Paper, Portal, Site, lines, plain

__all__ = ["PORTALS"]


def _niagara(site: Site) -> Paper:
    """The path of the history first; month as a word, two digits of the year, half days and the zone's short name."""
    used = site.used("kW", 2)
    rows = [["history:/Tower/MainMeter_kW"], ["Timestamp", "Trend Flags", "Status", "Value (kW)"]]
    for m, v in zip(site.at(), used, strict=True):
        rows.append([f"{m:%d-%b-%y} {m:%I:%M:%S %p} {m.tzname()}".lstrip("0"), "{ }", "{ok}", f"{v:.2f}"])
    return Paper(
        "MainMeter_kW.csv", lines(rows).encode(), (site.truth("Value", used, "kW"),), frozenset({"direction"})
    )


def _desigo(site: Site) -> Paper:
    """Points are numbered in the table and named above it; the report ends in words."""
    power = site.used("kW", 2)
    rows = [['"Key            Name:Suffix                                Trend Definitions Used"'],
            ['"Point_1:"', '"MDB-1.KW"', '""', f'"{site.step // 60} minutes"'],
            ['"Time Interval:"', f'"{site.step // 60} Minutes"'],
            ['"Date Range:"', f'"{site.case.day:%m/%d/%Y} 00:00:00 - {site.at()[-1]:%m/%d/%Y} 23:59:59"'],
            ['"Report Timings:"', '"All Hours"'], ['""'], ['"<>Date"', '"Time"', '"Point_1"']]  # fmt: skip
    for m, v in zip(site.at(), power, strict=True):
        rows.append([f'"{m.month}/{m.day}/{m.year}"', f'"{m:%H:%M:%S}"', f'"{v:.2f}"'])
    rows += [[], ['" ************************ End of Report ************************"']]
    return Paper(
        "report.csv", lines(rows, newline="\r\n").encode(), (site.truth("Point_1", power, "kW"),),
        frozenset({"unit", "direction"}), {"unit": "kW", "day_first": "month_first"},
    )  # fmt: skip


def _metasys(site: Site) -> Paper:
    """Rows of several objects; the unit behind every value."""
    power, air = site.used("kW", 1), site.used("kW", 1, 3) * 2 + 15
    rows = [["Date / Time", "Name Path Reference", "Object Name", "Object Value"]]
    for name, values, unit in (("Main-kW", power, "kW"), ("AHU1-SAT", air, "°C")):
        for m, v in zip(site.at(), values, strict=True):
            rows.append(
                [f"{m.month}/{m.day}/{m.year} {m:%I:%M:%S %p}", f"NAE1/Trend.{name}", name, f"{v:.1f} {unit}"]
            )
    truth = (
        site.truth("Main-kW", power, "kW"),
        site.truth("AHU1-SAT", air.round(1), "degC", None, kind=None),
    )
    return Paper(
        "trend.csv",
        lines(rows).encode("utf-8-sig"),
        truth,
        frozenset({"direction"}),
        {"day_first": "month_first"},
    )


def _pme(site: Site) -> Paper:
    """Power monitoring: a path of the device in each name, a register and a mean power, milliseconds."""
    energy, power = site.register("kWh", 2), site.used("kW", 3)
    rows = [
        ["Timestamp", "Plant.Main - Real Energy Into the Load (kWh)", "Plant.Main - Real Power Mean (kW)"]
    ]
    for m, a, b in zip(site.at(), energy, power, strict=True):
        rows.append([f"{m:%Y-%m-%d %H:%M:%S}.000", f"{a:.2f}", f"{b:.3f}"])
    truth = (
        site.truth("Real Energy Into the Load", energy, "kWh", None, kind="cumulative"),
        site.truth("Real Power Mean", power, "kW", None),
    )
    return Paper("Tabular.csv", lines(rows).encode("utf-8-sig"), truth, frozenset({"direction"}))


def _manager(site: Site) -> Paper:
    """An energy manager in Spanish: registers of active and reactive energy, decimal commas, blanks around names."""
    energy, power = site.register("kWh", 1), site.used("kW", 1)
    rows = [[" Fecha ", " CVM.EA+ (kWh) ", " CVM.P activa III (kW) ", " CVM.FP III "]]
    for m, a, b in zip(site.at(), energy, power, strict=True):
        rows.append([f"{m:%d/%m/%Y %H:%M:%S}", plain(a, 1, ","), plain(b, 1, ","), "0,93"])
    truth = (
        site.truth("CVM.EA+", energy, "kWh", None, kind="cumulative"),
        site.truth("CVM.P activa", power, "kW", None),
    )
    return Paper("powerstudio.csv", lines(rows, ";").encode("latin-1"), truth, frozenset({"direction"}))


_AMERICA: Final = ("America/New_York", "America/Chicago")
PORTALS: Final = (
    Portal("niagara", "Niagara, history as CSV", _AMERICA, (900,), _niagara, True),
    Portal("desigo", "Siemens, trend report", _AMERICA, (900,), _desigo),
    Portal("metasys", "Johnson Controls, trend viewer", _AMERICA, (900, 1800), _metasys),
    Portal("power-monitoring", "Schneider Electric, tabular report", ("America/Lima", "Europe/Madrid"), (900,), _pme),
    Portal("power-studio", "Circutor, table of devices", ("Europe/Madrid", "America/Lima"), (900, 3600), _manager),
)  # fmt: skip

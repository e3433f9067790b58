"""More portals and interfaces, taken up once the importer had met the others. Only the layout is theirs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

import numpy as np

from kanchay.domain.reading import FloatArray
from kanchay.domain.units import Quantity
from kanchay.simulate.exports.meters import TrueSeries
from kanchay.simulate.exports.portals.devices import book
from kanchay.simulate.exports.portals.site import SENT, Paper, Portal, Site, lines, plain

__all__ = ["PORTALS"]

_MADE: Final = ("production",)
_COMMA_END: Final = {"decimal": ",", "label": "end"}


def _json(
    name: str, made: Any, truth: tuple[TrueSeries, ...], *left: str, label: str = "start", unit: str = "kWh"
) -> Paper:
    return Paper(name, json.dumps(made).encode(), truth, frozenset(left), {"label": label, "unit": unit})


def _tauron(site: Site) -> Paper:
    """Poland: hours from 1:00 to 24:00, one kind of energy below the other."""
    used, sent = site.used("kWh", 3), site.solar("kWh", 3)
    rows = [["Data", " Wartość kWh", "Rodzaj", ""]]
    for kind, values in (("pobór", used), ("oddanie", sent)):
        rows += [[f"{m:%Y-%m-%d} {m.hour + 1}:00", plain(v, 3, ","), kind, ""]
                 for m, v in zip(site.at(), values, strict=True)]  # fmt: skip
    truth = (site.truth("pobór", used, "kWh"), site.truth("oddanie", sent, "kWh", SENT))
    return Paper("dane.csv", lines(rows, ";").encode(), truth, frozenset({"direction"}), _COMMA_END)


def _datadis_api(site: Site) -> Paper:
    used, sent = site.used("kWh", 3), site.solar("kWh", 3)
    made = [
        {"cups": "ES0031000000000000AB", "date": f"{m:%Y/%m/%d}", "time": f"{m.hour + 1:02d}:00", "consumptionKWh": a,
         "obtainMethod": "Real", "surplusEnergyKWh": b}
        for m, a, b in zip(site.at(), used.tolist(), sent.tolist(), strict=True)
    ]  # fmt: skip
    truth = (site.truth("consumptionKWh", used, "kWh"), site.truth("surplusEnergyKWh", sent, "kWh", SENT))
    return _json("consumption.json", made, truth)


def _octopus_api(site: Site) -> Paper:
    """Newest first, no unit."""
    used = site.used("kWh", 3)
    rows = [
        {"consumption": v, "interval_start": m.isoformat(), "interval_end": n.isoformat()}
        for m, n, v in zip(site.at(), site.at(site.step), used.tolist(), strict=True)
    ]
    made = {"count": len(rows), "next": None, "previous": None, "results": rows[::-1]}
    return _json("consumption.json", made, (site.truth("consumption", used, "kWh"),), "unit")


def _solaredge_api(site: Site) -> Paper:
    """Meters by type; a value that is not there yet has no key."""
    flows = (
        ("Production", site.solar("Wh", 0), _MADE), ("Consumption", site.used("Wh", 0), ("consumption", "import")),
        ("FeedIn", site.solar("Wh", 0, 2), SENT), ("Purchased", site.used("Wh", 0, 3), ("import",)),
    )  # fmt: skip
    meters = [
        {"type": name, "values": [
            {"date": f"{m:%Y-%m-%d %H:%M:%S}", "value": v} for m, v in zip(site.at(), values.tolist(), strict=True)
        ] + [{"date": f"{site.at(site.step)[-1]:%Y-%m-%d %H:%M:%S}"}]}
        for name, values, _ in flows
    ]  # fmt: skip
    made = {"energyDetails": {"timeUnit": "QUARTER_OF_AN_HOUR", "unit": "Wh", "meters": meters}}
    return _json("energyDetails.json", made, tuple(site.truth(n, v, "Wh", d) for n, v, d in flows))


def _enphase_api(site: Site) -> Paper:
    """Ends as epochs, power and energy under short names, the period around them."""
    sun = site.solar("Wh", 0)
    power = (sun * 3600 / site.step).round(0)
    ends = [int(m.timestamp()) for m in site.at(site.step)]
    made = {
        "system_id": 1234567, "granularity": "week", "total_devices": 20, "start_at": ends[0] - site.step,
        "end_at": ends[-1], "items": "intervals", "intervals": [
            {"end_at": t, "devices_reporting": 20, "powr": int(p), "enwh": int(v)}
            for t, p, v in zip(ends, power, sun, strict=True)
        ], "meta": {"status": "normal", "last_report_at": ends[-1] + 60, "operational_at": ends[0] - 10**7},
    }  # fmt: skip
    truth = (site.truth("enwh", sun, "Wh", _MADE), site.truth("powr", power, "W", _MADE))
    return _json("production_micro.json", made, truth, "direction", "unit", label="end", unit="W")


def _grdf(site: Site) -> Paper:
    """Gas by the day, as volume and as the energy it is billed by."""
    volume = site.used("kWh", 2)
    energy, days = (volume * 11.2).round(2), site.at()
    rows: list[list[object]] = [
        ["Date de relevé", "Volume consommé (m3)", "Energie consommée (kWh)", "Coefficient de conversion",
         "Température locale (°C)"]
    ]  # fmt: skip
    rows += [[f"{m:%d/%m/%Y}", v, e, 11.2, 5 + m.day % 7]
             for m, v, e in zip(days, volume.tolist(), energy.tolist(), strict=True)]  # fmt: skip
    truth = (
        _of_gas(site.truth("Volume consommé", volume, "kWh", None), volume, "m3"),
        _of_gas(site.truth("Energie consommée", energy, "kWh", None), energy, "kWh"),
    )
    return Paper("Donnees_informatives.xlsx", book(rows, "Historique"), truth)


def _of_gas(truth: TrueSeries, values: FloatArray, unit: str) -> TrueSeries:
    return replace(truth, quantity="gas", unit=unit, total=None, checksum=float(values.sum()))


def _fritz(site: Site) -> Paper:
    """A plug by the day: three units behind three values, remarks behind the names."""
    used = site.used("kWh", 3)
    rows = [["sep=;"], ["Datum/Zeit", "Energie", "Einheit", "Energie in Euro", "Einheit", "CO2-Ausstoss", "Einheit", "",
                        "Ansicht:", "1 Monat", "", "01.06.2024 12:00 Uhr"]]  # fmt: skip
    for m, v in zip(site.at(), used, strict=True):
        rows.append([f"{m:%d.%m.%Y}", plain(v, 3, ","), "kWh", plain(v * 0.3, 2, ","), "Euro", plain(v * 0.4, 3, ","),
                     "kg CO2"])  # fmt: skip
    return Paper(
        "FritzDECT.csv", lines(rows, ";").encode("utf-8-sig"), (site.truth("Energie", used, "kWh"),),
        frozenset({"direction"}), {"decimal": ","},
    )  # fmt: skip


def _daily(site: Site, sun: FloatArray) -> FloatArray:
    """A counter that begins each day at zero."""
    out = np.zeros(len(sun))
    for _, places in site.days():
        out[places] = np.r_[0.0, np.cumsum(sun[places])[:-1]]
    rounded: FloatArray = out.round(1)
    return rounded


def _growatt(site: Site) -> Paper:
    """Voltages, currents and powers by short names, a counter of the day and one of all days."""
    sun, power, total = site.solar("kWh", 6), site.solar("W", 1), site.register("kWh", 1, 1, solar=True)
    today = _daily(site, sun)
    rows = [["Serial number", "Time", "Status", "Vpv1(V)", "Ipv1(A)", "Ppv(W)", "Pac(W)", "Fac(Hz)", "EacToday(kWh)",
             "EacTotal(kWh)"]]  # fmt: skip
    for m, p, a, b in zip(site.at(), power, today, total, strict=True):
        rows.append(["ABC1234567", f"{m:%Y-%m-%d %H:%M:%S}", "Normal", "380.1", f"{p / 380:.1f}", f"{p:.1f}", f"{p:.1f}",
                     "50.01", f"{a:.1f}", f"{b:.1f}"])  # fmt: skip
    truth = (
        site.truth("Ppv", power, "W", None),
        site.truth("Pac", power, "W", None),
        site.truth("EacToday", today, "kWh", None, kind="cumulative"),
        site.truth("EacTotal", total, "kWh", None, kind="cumulative"),
    )
    return Paper("inverter.csv", lines(rows).encode("utf-8-sig"), truth, frozenset({"direction"}))


def _isolarcloud(site: Site) -> Paper:
    """Powers with both signs beside counters; degrees as one sign."""
    sun, load, total = site.solar("kW", 3), site.used("kW", 3), site.register("kWh", 1, 1, solar=True)
    today, grid = _daily(site, site.solar("kWh", 6)), (load - sun).round(3)
    rows = [["Time", "Generation Power(kW)", "Grid Power(kW)", "Load Power(kW)", "Daily Yield(kWh)", "Total Yield(kWh)",
             "Internal Temperature(℃)"]]  # fmt: skip
    for m, *values in zip(site.at(), sun, grid, load, strict=True):
        i = len(rows) - 1
        rows.append([f"{m:%Y-%m-%d %H:%M}", *(f"{v:.3f}" for v in values), f"{today[i]:.1f}", f"{total[i]:.1f}",
                     f"{25 + i % 9:.1f}"])  # fmt: skip
    truth = (
        site.truth("Generation Power", sun, "kW", _MADE),
        site.truth("Grid Power", grid, "kW", ("net", "import")),
        site.truth("Load Power", load, "kW"),
        site.truth("Daily Yield", today, "kWh", _MADE, kind="cumulative"),
        site.truth("Total Yield", total, "kWh", _MADE, kind="cumulative"),
    )
    return Paper(
        "curve.csv", lines(rows).encode("utf-8-sig"), truth, frozenset({"direction"}), {"direction": "net"}
    )


def _emoncms(site: Site) -> Paper:
    """Epochs and watts, no names at all."""
    power = site.used("W", 1)
    text = "\n".join(f"{int(m.timestamp())},{v:.1f}" for m, v in zip(site.at(), power, strict=True))
    return Paper(
        "1.csv",
        text.encode(),
        (site.truth("W", power, "W"),),
        frozenset({"unit", "direction", "label"}),
        {"unit": "W"},
    )


def _hour_columns(site: Site) -> Paper:
    """Hours by their end across, HE 1 to HE 24, and the sum of the day."""
    used = site.used("kWh", 2)
    rows = [
        ["Account", "1234567"],
        ["Usage (kWh)"],
        [],
        ["Date", *(f"HE {h}" for h in range(1, 25)), "Total"],
    ]
    for day, places in site.days():
        rows.append(
            [f"{day:%m/%d/%Y}", *(f"{used[i]:.2f}" for i in places.tolist()), f"{used[places].sum():.2f}"]
        )
    return Paper(
        "hourly.csv",
        lines(rows).encode(),
        (site.truth("Usage", used, "kWh"),),
        answers={"day_first": "month_first"},
    )


def _hour_kwh(site: Site) -> Paper:
    """Three columns: the hour, kWh and the temperature outside."""
    used = site.used("kWh", 2)
    rows = [["Hour", "kWh", "Temp"]]
    rows += [
        [f"{m:%Y-%m-%d %H:%M}", f"{v:.2f}", f"{50 + m.hour}"] for m, v in zip(site.at(), used, strict=True)
    ]
    return Paper(
        "hourly.csv",
        lines(rows).encode(),
        (site.truth("kWh", used, "kWh"),),
        frozenset({"direction", "unit"}),
    )


def _esb(site: Site) -> Paper:
    """Ireland: mean power of half hours by their end, newest first, import and export told by the kind of reading."""
    used, sent = site.used("kW", 3), site.solar("kW", 3)
    rows = [["MPRN", "Meter Serial Number", "Read Value", "Read Type", "Read Date and End Time"]]
    body = [
        [
            "10000000001",
            "000000000012345678",
            f"{v:.3f}",
            f"Active {way} Interval (kW)",
            f"{m:%d-%m-%Y %H:%M}",
        ]
        for way, values in (("Import", used), ("Export", sent))
        for m, v in zip(site.at(site.step), values, strict=True)
    ]
    truth = (site.truth("Import", used, "kW"), site.truth("Export", sent, "kW", SENT))
    return Paper("HDF_kW.csv", lines([*rows, *body[::-1]]).encode(), truth, answers={"label": "end"})


def _cez(site: Site) -> Paper:
    """Czechia: signs and the number of the point in the name, a status behind each value."""
    used, sent = site.used("kW", 3), site.solar("kW", 3)
    rows = [["Datum", "+A/859182400000000001 [kW]", "Status", "-A/859182400000000001 [kW]", "Status"]]
    for m, a, b in zip(site.at(site.step), used, sent, strict=True):
        rows.append(
            [
                f"{m:%d.%m.%Y %H:%M}",
                plain(a, 3, ","),
                "naměřená data OK",
                plain(b, 3, ","),
                "naměřená data OK",
            ]
        )
    truth = (site.truth("+A", used, "kW"), site.truth("-A", sent, "kW", SENT))
    return Paper("pnd_export.csv", lines(rows, ";").encode("utf-8-sig"), truth, answers=_COMMA_END)


def _blocks(site: Site) -> Paper:
    """Days in blocks of a quarter of an hour, numbered from 1 to 96."""
    used, reactive = site.used("kWh", 2), (site.used("kWh", 2, 2) * 0.2).round(2)
    rows = [["Date", "Block", "Active Import (kWh)", "Reactive Import (kVArh)"]]
    for day, places in site.days():
        rows += [
            [f"{day:%d/%m/%Y}", str(n + 1), f"{used[i]:.2f}", f"{reactive[i]:.2f}"]
            for n, i in enumerate(places.tolist())
        ]
    truth = (
        site.truth("Active Import", used, "kWh"),
        site.truth("Reactive Import", reactive, "kvarh", None, quantity=Quantity.REACTIVE_ENERGY),
    )
    return Paper("load_survey.csv", lines(rows).encode(), truth)


_DAY: Final = 86_400
_EAST: Final = ("America/New_York", "America/Toronto")
PORTALS: Final = (
    Portal("tauron", "Tauron, eLicznik", ("Europe/Warsaw",), (3600,), _tauron),
    Portal("datadis-api", "Datadis, consumption data of its API", ("Europe/Madrid",), (3600,), _datadis_api),
    Portal("octopus-api", "Octopus Energy, consumption of its API", ("Europe/London",), (1800,), _octopus_api, True),
    Portal("solaredge-api", "SolarEdge, energy details of its API", ("Europe/Berlin",), (900,), _solaredge_api),
    Portal("enphase-api", "Enphase, telemetry of its API", _EAST, (300, 900), _enphase_api, True),
    Portal("grdf", "GRDF, client account, daily gas", ("Europe/Paris",), (_DAY,), _grdf),
    Portal("fritz", "AVM, smart plug, energy of a month", ("Europe/Berlin",), (_DAY,), _fritz),
    Portal("growatt", "Growatt, history of an inverter", ("Europe/Warsaw", "America/Lima"), (300,), _growatt),
    Portal("isolarcloud", "Sungrow iSolarCloud, curves", ("Europe/Madrid", "Australia/Sydney"), (300,), _isolarcloud),
    Portal("emoncms", "Emoncms, feed as CSV", ("Europe/London",), (900, 3600), _emoncms, True),
    Portal("hour-columns", "hours by their end across", _EAST, (3600,), _hour_columns),
    Portal("hour-kwh", "Georgia Power, hourly usage", ("America/New_York",), (3600,), _hour_kwh),
    Portal("esb-networks", "ESB Networks, harmonised file", ("Europe/Dublin",), (1800,), _esb),
    Portal("cez", "ČEZ Distribuce, portal of measured data", ("Europe/Prague",), (900,), _cez),
    Portal("blocks", "load survey by blocks of the day", ("Asia/Kolkata",), (900,), _blocks, True),
)  # fmt: skip

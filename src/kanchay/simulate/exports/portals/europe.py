"""Portals of European distributors and retailers: how they lay a load profile out. Only the layout is theirs."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

from kanchay.simulate.exports.portals.site import SENT, Paper, Portal, Site, lines, plain

__all__ = ["PORTALS"]

_COMMA: Final = {"decimal": ","}
_END: Final = {"decimal": ",", "label": "end"}


def _datadis(site: Site) -> Paper:
    """Hours by the end, from 01:00 to 24:00, year first."""
    used = site.used("kWh", 3)
    rows = [["CUPS", "Fecha", "Hora", "Consumo_kWh", "Metodo_obtencion"]]
    for m, v in zip(site.at(), used, strict=True):
        how = "Estimada" if m.hour == 3 else "Real"
        rows.append(["ES0031000000000000AB", f"{m:%Y/%m/%d}", f"{m.hour + 1:02d}:00", plain(v, 3, ","), how])
    return Paper(
        "consumos.csv", lines(rows, ";").encode(), (site.truth("Consumo", used, "kWh"),), answers=_COMMA
    )


def _edistribucion(site: Site) -> Paper:
    """Hours numbered from 1: 25 on the long day, 23 on the short one."""
    used = site.used("kWh", 3)
    rows = [["CUPS", "Fecha", "Hora", "AE_kWh", "REAL/ESTIMADO"]]
    for day, places in site.days():
        for hour, i in enumerate(places.tolist()):
            rows.append(
                ["ES0031000000000000AB", f"{day:%d/%m/%Y}", str(hour + 1), plain(used[i], 3, ","), "R"]
            )
    return Paper(
        "Consumptions.csv",
        lines(rows, ";").encode("latin-1"),
        (site.truth("AE", used, "kWh"),),
        answers=_COMMA,
    )


def _ide(site: Site) -> Paper:
    """Time by the end of the hour, whole Wh, a tariff period beside it and a delimiter too many."""
    used, sent = site.used("Wh", 0), site.solar("Wh", 0)
    head = ["CUPS", "FECHA-HORA", "INV / VER", "PERIODO TARIFARIO", "CONSUMO Wh", "GENERACION Wh", ""]
    rows = [head]
    for m, a, b in zip(site.at(3600), used, sent, strict=True):
        period = "P3" if m.hour <= 8 else "P1" if 10 < m.hour <= 14 else "P2"
        rows.append(["ES0021000000000000CD", f"{m:%Y/%m/%d %H:%M}", "0", period, f"{a:.0f}", f"{b:.0f}", ""])
    truth = (site.truth("CONSUMO", used, "Wh"), site.truth("GENERACION", sent, "Wh", SENT))
    return Paper("consumo.csv", lines(rows, ";").encode("latin-1"), truth, answers=_END)


def _enedis_old(site: Site) -> Paper:
    """A first table of one row says what the second one holds: mean power, time with offset, by the end."""
    used = site.used("W", 0)
    head = [
        ["Identifiant PRM", "Type de donnees", "Date de debut", "Date de fin", "Grandeur physique",
         "Grandeur metier", "Etape metier", "Unite", "Pas en minutes"],
        ["12345678901234", "Courbe de charge", f"{site.case.day:%d/%m/%Y}", f"{site.at()[-1]:%d/%m/%Y}",
         "Energie active", "Consommation", "Comptage Brut", "W", str(site.step // 60)],
        [], ["Horodate", "Valeur"],
    ]  # fmt: skip
    rows = [[m.isoformat(), f"{v:.0f}"] for m, v in zip(site.at(site.step), used, strict=True)]
    return Paper(
        "Enedis_Conso_Heure.csv",
        lines([*head, *rows], ";").encode(),
        (site.truth("Valeur", used, "W"),),
        answers=_END,
    )


def _enedis_points(site: Site) -> Paper:
    """Every row repeats the period asked for, the quantity and the unit."""
    used = site.used("W", 0)
    head = ["Identifiant PRM", "Date de debut", "Date de fin", "Grandeur physique", "Grandeur metier",
            "Etape metier", "Unite", "Horodate", "Valeur", "Nature", "Pas", "Indice de vraisemblance",
            "Etat complementaire"]  # fmt: skip
    first, last = f"{site.case.day:%Y-%m-%d}", f"{site.at(site.step)[-1]:%Y-%m-%d}"
    rows = [
        ["12345678901234", first, last, "PA", "CONS", "BRUT", "W", f"{m:%Y-%m-%d %H:%M:%S}", f"{v:.0f}", "B",
         f"PT{site.step // 60}M", "0", "0"]
        for m, v in zip(site.at(site.step), used, strict=True)
    ]  # fmt: skip
    return Paper(
        "ENEDIS_R63.csv",
        lines([head, *rows], ";").encode("utf-8-sig"),
        (site.truth("Valeur", used, "W"),),
        answers=_END,
    )


def _eloverblik(site: Site) -> Paper:
    """Denmark: from and to, day first with dashes, unit and quality in columns."""
    used = site.used("kWh", 2)
    rows = [["MålepunktsID", "Fra_dato", "Til_dato", "Mængde", "Måleenhed", "Kvalitet", "Type"]]
    for m, n, v in zip(site.at(), site.at(site.step), used, strict=True):
        rows.append(["571313150000000001", f"{m:%d-%m-%Y %H:%M:%S}", f"{n:%d-%m-%Y %H:%M:%S}", plain(v, 2, ","),
                     "KWH", "Målt", "Tidsserie"])  # fmt: skip
    return Paper(
        "Meterdata.csv", lines(rows, ";").encode("utf-8-sig"), (site.truth("Mængde", used, "kWh"),),
        frozenset({"direction"}), _COMMA,
    )  # fmt: skip


def _fingrid(site: Site) -> Paper:
    """Finland: universal time, resolution as an ISO duration, zeros behind every number."""
    used = site.used("kWh", 3)
    rows = [["Mittauspisteen tunnus", "Tuotteen tyyppi", "Resoluutio", "Yksikkötyyppi", "Lukeman tyyppi", "Alkuaika",
             "Määrä", "Laatu"]]  # fmt: skip
    for m, v in zip(site.utc(), used, strict=True):
        rows.append(["643006966000000001", "8716867000030", f"PT{site.step // 60}M", "kWh", "BN01",
                     f"{m:%Y-%m-%dT%H:%M:%SZ}", plain(v, 6, ","), "OK"])  # fmt: skip
    return Paper(
        "datahub.csv", lines(rows, ";").encode("utf-8-sig"), (site.truth("Määrä", used, "kWh"),),
        frozenset({"direction"}), _COMMA,
    )  # fmt: skip


def _elhub(site: Site) -> Paper:
    """Norway: a number of minutes in the header, quoted decimal commas, columns of the same name."""
    used, sent = site.used("kWh", 3), site.solar("kWh", 3)
    rows = [["Fra", "Til", "KWH 60 Forbruk", "Kvalitet", "KWH 60 Produksjon", "Kvalitet"]]
    for m, n, a, b in zip(site.at(), site.at(site.step), used, sent, strict=True):
        rows.append([f"{m:%d.%m.%Y %H:%M}", f"{n:%d.%m.%Y %H:%M}", f'"{plain(a, 3, ",")}"', "Målt",
                     f'"{plain(b, 3, ",")}"', "Målt"])  # fmt: skip
    truth = (site.truth("Forbruk", used, "kWh"), site.truth("Produksjon", sent, "kWh", SENT))
    return Paper(
        "meteringvalues.csv", lines(rows).encode("utf-8-sig"), truth, frozenset({"direction"}), _COMMA
    )


def _econtrol(site: Site) -> Paper:
    """Austria, the form of the regulator: end of the quarter with its offset, no seconds."""
    used = site.used("kWh", 3)
    rows = [["Ende Ablesezeitraum", "Messintervall", "Abrechnungsmaßeinheit", "AT0010000000 [kWh]", "", ""]]
    for m, v in zip(site.at(site.step), used, strict=True):
        offset = m.isoformat()[-6:]
        rows.append([f"{m:%Y-%m-%dT%H:%M}{offset}", "QH", "KWH", plain(v, 3, ","), "", ""])
    return Paper(
        "Verbrauch.csv", lines(rows, ";").encode("utf-8-sig"), (site.truth("AT", used, "kWh"),),
        frozenset({"direction"}), _END,
    )  # fmt: skip


def _vienna(site: Site) -> Paper:
    """Date, and clock times from and to."""
    used = site.used("kWh", 3)
    rows = [["Datum", "Zeit von", "Zeit bis", "Verbrauch [kWh]"]]
    for m, n, v in zip(site.at(), site.at(site.step), used, strict=True):
        rows.append([f"{m:%d.%m.%Y}", f"{m:%H:%M:%S}", f"{n:%H:%M:%S}", plain(v, 3, ",")])
    return Paper(
        "VIERTELSTUNDENWERTE.csv",
        lines(rows, ";").encode("utf-8-sig"),
        (site.truth("V", used, "kWh"),),
        answers=_COMMA,
    )


def _lower_austria(site: Site) -> Paper:
    """End of the quarter, and an empty column for substitutes."""
    used = site.used("kWh", 3)
    rows = [["Messzeitpunkt", "Gemessener Verbrauch (kWh)", "Ersatzwert", ""]]
    rows += [
        [f"{m:%d.%m.%Y %H:%M}", plain(v, 3, ","), "", ""]
        for m, v in zip(site.at(site.step), used, strict=True)
    ]
    return Paper(
        "Jahresverbrauch.csv",
        lines(rows, ";").encode("utf-8-sig"),
        (site.truth("V", used, "kWh"),),
        answers=_END,
    )


def _lastgang(site: Site) -> Paper:
    """A German load profile: the meter and an OBIS code above, a value and its status."""
    used = site.used("kW", 3)
    head = [["Zählpunkt", "DE0001234500000000000000000001234"], ["OBIS", "1-0:1.5.0"], ["Einheit", "kW"], []]
    rows = [["Datum", "Uhrzeit", "Wert", "Status"]]
    for m, v in zip(site.at(site.step), used, strict=True):
        rows.append([f"{m:%d.%m.%Y}", f"{m:%H:%M}", plain(v, 3, ","), "W" if m.hour else "E"])
    return Paper(
        "Lastgang_1-0_1.5.0.csv", lines([*head, *rows], ";", "\r\n").encode("latin-1"),
        (site.truth("Wert", used, "kW"),), answers=_END,
    )  # fmt: skip


def _octopus(site: Site) -> Paper:
    """Britain: blanks behind commas, the value first, the retailer's cost behind."""
    used = site.used("kWh", 3)
    rows = ["Consumption (kWh), Estimated Cost Inc. Tax (p), Start, End"]
    for m, n, v in zip(site.at(), site.at(site.step), used, strict=True):
        rows.append(f"{v:.6f}, {v * 24.5:.2f}, {m.isoformat()}, {n.isoformat()}")
    return Paper("consumption.csv", "\n".join(rows).encode(), (site.truth("Consumption", used, "kWh"),))


def _tibber(site: Site) -> Paper:
    """Nodes of a query, with cost beside consumption."""
    used = site.used("kWh", 3)
    nodes = [
        {"from": m.isoformat(timespec="milliseconds"), "to": n.isoformat(timespec="milliseconds"),
         "cost": round(0.3 * v, 4), "unitPrice": 0.3, "unitPriceVAT": 0.06, "consumption": round(v, 3),
         "consumptionUnit": "kWh"}
        for m, n, v in zip(site.at(), site.at(site.step), used.tolist(), strict=True)
    ]  # fmt: skip
    made = {"data": {"viewer": {"homes": [{"consumption": {"nodes": nodes}}]}}}
    return Paper("tibber.json", json.dumps(made).encode(), (site.truth("consumption", used, "kWh"),))


def _stand_and_use(site: Site) -> Paper:
    """A counter and what it rose by, beside each other: the same energy told twice."""
    used = site.used("kWh", 3)
    stand = used.cumsum() + 1234.0
    rows = [["Ablesezeitpunkt", "Zählerstand (kWh)", "Verbrauch (kWh)"]]
    for m, s, v in zip(site.at(site.step), stand, used, strict=True):
        rows.append([f"{m:%d.%m.%Y %H:%M}", plain(s, 3, ","), plain(v, 3, ",")])
    register = site.truth("Zählerstand", stand.round(3), "kWh", kind="cumulative")
    moved = replace(register, start=register.start + site.step, end=(register.end or 0) + site.step)
    return Paper(
        "viertelstunden.csv",
        lines(rows, ";").encode("utf-8-sig"),
        (moved, site.truth("Verbrauch", used, "kWh")),
        answers=_END,
    )


_SPAIN: Final = ("Europe/Madrid",)
_FRANCE: Final = ("Europe/Paris",)
_AUSTRIA: Final = ("Europe/Vienna",)
PORTALS: Final = (
    Portal("datadis", "Datadis, consumption by CUPS", _SPAIN, (3600,), _datadis),
    Portal("e-distribucion", "e-distribución, private area", _SPAIN, (3600,), _edistribucion, True),
    Portal("i-de", "i-DE, consumption by hours", _SPAIN, (3600,), _ide),
    Portal("enedis", "Enedis, client account, load curve", _FRANCE, (1800,), _enedis_old, True),
    Portal("enedis-points", "Enedis, SGE, R63", _FRANCE, (1800, 600), _enedis_points),
    Portal("eloverblik", "Energinet, Eloverblik", ("Europe/Copenhagen",), (3600,), _eloverblik),
    Portal("fingrid", "Fingrid, Datahub", ("Europe/Helsinki",), (3600, 900), _fingrid, True),
    Portal("elhub", "Elhub, my data", ("Europe/Oslo",), (3600,), _elhub),
    Portal("e-control", "E-Control, form of consumption data", _AUSTRIA, (900,), _econtrol, True),
    Portal("wiener-netze", "Wiener Netze, quarter hours", _AUSTRIA, (900,), _vienna),
    Portal("netz-noe", "Netz Niederösterreich, consumption", _AUSTRIA, (900,), _lower_austria),
    Portal("lastgang", "load profile as German grid operators mail it", ("Europe/Berlin",), (900,), _lastgang),
    Portal("octopus", "Octopus Energy, download your data", ("Europe/London",), (1800,), _octopus, True),
    Portal("tibber", "Tibber, consumption query", ("Europe/Stockholm", "Europe/Oslo"), (3600,), _tibber, True),
    Portal("stand-and-use", "portals with counter and consumption", _AUSTRIA, (900,), _stand_and_use),
)  # fmt: skip

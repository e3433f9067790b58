"""Long files: one row an interval, in the manners of distributors, portals and plugs."""

from __future__ import annotations

from datetime import date

import numpy as np

from kanchay.services.ports.files import ImportOptions
from tests.integration.strangers.world import HOUR, Stranger, num, stranger, sun, text, truth, want


@stranger
def datadis_spain() -> Stranger:
    """Hours 01:00 to 24:00, decimal comma."""
    t = truth("Europe/Madrid")
    rows = [["cups", "fecha", "hora", "consumo_kWh", "metodoObtencion"]]
    for at, v in zip(t.local(), t.kwh, strict=True):
        rows.append(
            ["ES0031000000000001JN0F", at.strftime("%Y/%m/%d"), f"{at.hour + 1:02d}:00", num(v, ","), "Real"]
        )
    return Stranger(
        "datadis.csv", text(rows, ";"), (want(t),), t.tz, ImportOptions(label="end", direction="import")
    )


@stranger
def i_de_spain() -> Stranger:
    """Hours as numbers 1 to 24, import and surplus beside each other."""
    t, s = truth("Europe/Madrid"), sun("Europe/Madrid")
    rows = [["CUPS", "Fecha", "Hora", "AE_kWh", "AS_KWh", "REAL/ESTIMADO"]]
    for at, v, e in zip(t.local(), t.kwh, s.kwh, strict=True):
        rows.append(
            ["ES002100000000001AB", at.strftime("%d/%m/%Y"), str(at.hour + 1), num(v, ","), num(e, ","), "R"]
        )
    return Stranger(
        "curvas.csv", text(rows, ";"), (want(t, name="AE"), want(s, direction="export", name="AS")), t.tz,
        ImportOptions(label="end"),
    )  # fmt: skip


@stranger
def peru_distributor() -> Stranger:
    t = truth(step=900)
    rows = [["EMPRESA DE DISTRIBUCION S.A.A."], ["Perfil de carga"], ["Suministro:", "1234567"], [],
            ["Fecha", "Hora", "Energía Activa (kWh)", "Energía Reactiva (kVARh)"]]  # fmt: skip
    for at, v in zip(t.local(900), t.kwh, strict=True):
        rows.append([at.strftime("%d/%m/%Y"), at.strftime("%H:%M"), num(v), num(v / 4)])
    return Stranger(
        "perfil.csv", text(rows, ",", encoding="cp1252"),
        (want(t), want(t, quantity="reactive_energy", unit="kvarh", total=None)),
        answers=ImportOptions(label="end", direction="import"),
    )  # fmt: skip


@stranger
def peru_24_00() -> Stranger:
    """The last interval of a day ends at 24:00 of the same day."""
    t = truth(step=900)
    rows = [["FECHA Y HORA", "kWh-D"]]
    for at, v in zip(t.local(), t.kwh, strict=True):
        minute = at.hour * 60 + at.minute + 15
        rows.append([f"{at:%d/%m/%Y} {minute // 60:02d}:{minute % 60:02d}", num(v)])
    return Stranger("p24.csv", text(rows, ";"), (want(t),), answers=ImportOptions(direction="import"))


@stranger
def eredes_portugal() -> Stranger:
    """Mean power in 15 minutes, labelled by the end, 24:00 at midnight, titles above."""
    t = truth("Europe/Lisbon", step=900)
    rows = [["CPE", "PT0002000000000000XX"], ["Período", "03/2026"], [],
            ["Data", "Hora", "Consumo registado, Ativa (kW)", "Estado"]]  # fmt: skip
    for at, v in zip(t.local(), t.kwh, strict=True):
        minute = at.hour * 60 + at.minute + 15
        rows.append([f"{at:%Y/%m/%d}", f"{minute // 60:02d}:{minute % 60:02d}", num(v * 4, ","), "Real"])
    return Stranger(
        "leituras.csv", text(rows, ";", encoding="utf-8-sig"), (want(t, quantity="power", unit="kW"),), t.tz,
        ImportOptions(label="end"),
    )  # fmt: skip


@stranger
def enedis_watts() -> Stranger:
    """Facts of the meter above, then mean watts of half hours labelled by their end, with offsets."""
    t = truth("Europe/Paris", step=1800)
    rows = [
        ["Identifiant PRM", "Type de donnees", "Date de debut", "Date de fin", "Grandeur physique", "Grandeur metier",
         "Etape metier", "Unite", "Pas en minutes"],
        ["01234567890123", "Courbe de charge", "02/03/2026", "12/03/2026", "Energie active", "Consommation", "Comptage",
         "W", "30"],
        ["Horodate", "Valeur"],
    ]  # fmt: skip
    watts = [round(v * 2000) for v in t.kwh]
    rows += [[at.isoformat(), str(w)] for at, w in zip(t.local(1800), watts, strict=True)]
    total = sum(watts) / 2000
    return Stranger(
        "enedis.csv", text(rows, ";"), (want(t, quantity="power", unit="kW", total=total),), t.tz,
        ImportOptions(label="end", unit="W", direction="import"),
    )  # fmt: skip


@stranger
def german_von_bis() -> Stranger:
    t = truth("Europe/Berlin", step=900)
    rows = [["Datum", "Von", "Bis", "Verbrauch [kWh]", "Status"]]
    for at, end, v in zip(t.local(), t.local(900), t.kwh, strict=True):
        rows.append([f"{at:%d.%m.%Y}", f"{at:%H:%M}", f"{end:%H:%M}", num(v, ","), "wahrer Wert"])
    return Stranger(
        "lastgang.csv", text(rows, ";", encoding="latin-1"), (want(t, direction="consumption"),), t.tz,
        ImportOptions(direction="consumption"),
    )  # fmt: skip


@stranger
def german_obis_load_profile() -> Stranger:
    """Quarter hours of mean power in kW under an OBIS code, unit in a second header row."""
    t = truth("Europe/Berlin", step=900, scale=80)
    rows = [
        ["Zeitstempel", "1-1:1.29.0 Wirkarbeit Bezug", "1-1:2.29.0 Wirkarbeit Einspeisung"],
        ["", "kWh", "kWh"],
    ]
    rows += [[f"{a:%d.%m.%Y %H:%M}", num(v, ","), "0,000"] for a, v in zip(t.local(900), t.kwh, strict=True)]
    return Stranger(
        "msb.csv", text(rows, ";"), (want(t, name="Bezug"), want(t, direction="export", total=0.0)), t.tz,
        ImportOptions(label="end"),
    )  # fmt: skip


@stranger
def german_thousands() -> Stranger:
    """A factory: 1.234,5 kWh an hour."""
    t = truth("Europe/Berlin", scale=4000)
    rows = [["Zeit", "Energie Bezug (kWh)"]]
    for at, v in zip(t.local(), t.kwh, strict=True):
        rows.append(
            [f"{at:%d.%m.%Y %H:%M:%S}", f"{v:,.1f}".replace(",", "_").replace(".", ",").replace("_", ".")]
        )
    total = float(np.round(t.kwh, 1).sum())
    return Stranger("werk.csv", text(rows, ";"), (want(t, total=total),), t.tz)


@stranger
def english_thousands() -> Stranger:
    t = truth("Europe/London", scale=4000)
    rows = [["Timestamp", "Import kWh"]]
    rows += [[f"{at:%Y-%m-%d %H:%M}", f'"{v:,.2f}"'] for at, v in zip(t.local(), t.kwh, strict=True)]
    return Stranger("mill.csv", text(rows), (want(t, total=float(np.round(t.kwh, 2).sum())),), t.tz)


@stranger
def nbsp_thousands() -> Stranger:
    """French: a narrow no-break space between thousands."""
    t = truth("Europe/Paris", scale=4000)
    rows = [["Date et heure", "Énergie soutirée (kWh)"]]
    for at, v in zip(t.local(), t.kwh, strict=True):
        rows.append([f"{at:%d/%m/%Y %H:%M}", f"{v:,.1f}".replace(",", "\u202f").replace(".", ",")])
    return Stranger("usine.csv", text(rows, ";"), (want(t, total=float(np.round(t.kwh, 1).sum())),), t.tz)


@stranger
def whole_thousands_only() -> Stranger:
    """1.234 everywhere: a thousand times apart, and nothing in the file tells. It has to be asked."""
    t = truth("Europe/Berlin", scale=4000)
    whole = np.clip(np.round(t.kwh), 1000, None)
    rows = [["Zeit", "Bezug kWh"]]
    for at, v in zip(t.local(), whole, strict=True):
        rows.append([f"{at:%d.%m.%Y %H:%M}", f"{v:,.0f}".replace(",", ".")])
    return Stranger(
        "tausender.csv", text(rows, ";"), (want(t, total=float(whole.sum())),), t.tz, ImportOptions(decimal=",")
    )  # fmt: skip


@stranger
def pge_green_button_csv() -> Stranger:
    """Names above, ends one minute early, a cost with a dollar sign beside the energy."""
    t = truth("America/Los_Angeles", day=date(2026, 1, 5))
    rows = [["Name", "A PERSON"], ["Address", '"1 ROAD, TOWN CA 90001"'], ["Account Number", "1234567890"], [],
            ["TYPE", "DATE", "START TIME", "END TIME", "USAGE (kWh)", "COST", "NOTES"]]  # fmt: skip
    for at, v in zip(t.local(), t.kwh, strict=True):
        rows.append(
            [
                "Electric usage",
                f"{at:%Y-%m-%d}",
                f"{at:%H:%M}",
                f"{at:%H}:59",
                num(v, digits=2),
                f"${v / 4:.2f}",
                "",
            ]
        )
    return Stranger(
        "pge.csv", text(rows), (want(t, total=sum(float(f"{v:.2f}") for v in t.kwh), direction="consumption"),), t.tz,
        ImportOptions(direction="consumption"), others=1,
    )  # fmt: skip


@stranger
def coned_units_column() -> Stranger:
    t = truth("America/New_York", day=date(2026, 1, 5), step=900)
    rows = [["TYPE", "DATE", "START TIME", "END TIME", "USAGE", "UNITS", "COST", "NOTES"]]
    for at, v in zip(t.local(), t.kwh, strict=True):
        end = f"{at:%H}:{at.minute + 14:02d}"
        rows.append(
            ["Electric usage", f"{at:%m/%d/%Y}", f"{at:%H:%M}", end, num(v), "kWh", f"${v / 4:.2f}", ""]
        )
    return Stranger(
        "coned.csv", text(rows), (want(t, direction="consumption"),), t.tz, ImportOptions(direction="consumption"),
        others=1,
    )  # fmt: skip


@stranger
def octopus_uk() -> Stranger:
    t = truth("Europe/London", step=1800)
    rows = [
        [
            "Consumption (kwh)",
            " Estimated Cost Inc. Tax (p)",
            " Standing Charge Inc. Tax (p)",
            " Start",
            " End",
        ]
    ]
    for at, end, v in zip(t.local(), t.local(1800), t.kwh, strict=True):
        rows.append([num(v), f" {v * 24:.3f}", " 45.9", f" {at.isoformat()}", f" {end.isoformat()}"])
    return Stranger(
        "octopus.csv", text(rows), (want(t, direction="consumption"),), t.tz, ImportOptions(direction="consumption"),
        others=2,
    )  # fmt: skip


@stranger
def utc_named_column() -> Stranger:
    t = truth("UTC", step=1800)
    rows = [["timestamp (UTC)", "energyConsumption (kWh)"]]
    rows += [[f"{at:%Y-%m-%d %H:%M}", num(v)] for at, v in zip(t.local(), t.kwh, strict=True)]
    return Stranger(
        "n3rgy.csv", text(rows), (want(t, direction="consumption"),), "UTC", ImportOptions(direction="consumption")
    )  # fmt: skip


@stranger
def emporia_buckets() -> Stranger:
    t, u = truth(), truth(seed=3)
    rows = [["Time Bucket (America/Lima)", "Mains_A (kWhs)", "Mains_B (kWhs)"]]
    rows += [
        [f"{at:%m/%d/%Y %H:%M:%S}", num(v), num(w)] for at, v, w in zip(t.local(), t.kwh, u.kwh, strict=True)
    ]
    return Stranger("emporia.csv", text(rows), (want(t, name="Mains_A"), want(u, name="Mains_B")),
                    answers=ImportOptions(unit="kWh", direction="import"))  # fmt: skip


@stranger
def shelly_wh() -> Stranger:
    t = truth("UTC", step=60 * 60)
    rows = [["Date/time UTC", "Active energy Wh", "Returned energy Wh", "Min V", "Max V"]]
    rows += [
        [f"{a:%d/%m/%Y %H:%M}", num(v * 1000, digits=1), "0.0", "219.1", "231.4"]
        for a, v in zip(t.local(), t.kwh, strict=True)
    ]
    return Stranger("em.csv", text(rows), (want(t), want(t, direction="export", total=0.0)), "UTC",
                    ImportOptions(direction="import"), others=2)  # fmt: skip


@stranger
def fronius_second_header() -> Stranger:
    s = sun(step=300)
    rows = [["Date and time", "Energy | Inverter production"], ["[dd.MM.yyyy HH:mm]", "[Wh]"]]
    rows += [[f"{a:%d.%m.%Y %H:%M}", num(v * 1000, digits=1)] for a, v in zip(s.local(), s.kwh, strict=True)]
    return Stranger("solar.csv", text(rows, ";"), (want(s, direction="production", unit="kWh"),))


@stranger
def sunny_portal_kw() -> Stranger:
    s = sun(step=900)
    rows = [["sep=;"], ["Version CSV 1"], [], ["", "My Plant"], ["", "Power"], ["dd/MM/yyyy HH:mm", "kW"]]
    rows += [[f"{a:%d/%m/%Y %H:%M}", num(v * 4)] for a, v in zip(s.local(), s.kwh, strict=True)]
    return Stranger("plant.csv", text(rows, ";"), (want(s, quantity="power", unit="kW", direction="production"),),
                    answers=ImportOptions(unit="kW", direction="production", day_first=True))  # fmt: skip


@stranger
def sense_devices() -> Stranger:
    """Mean watts and kWh of the same hours are the same energy: of Sense, whose file it is, the kWh alone count."""
    t = truth()
    rows = [["DateTime", "Device ID", "Name", "Device Type", "Avg Wattage", "kWh"]]
    rows += [[f"{a:%Y-%m-%d %H:%M:%S}", "mains", "Total Usage", "Mains", num(v * 1000, digits=1), num(v)]
             for a, v in zip(t.local(), t.kwh, strict=True)]  # fmt: skip
    return Stranger("sense.csv", text(rows), (want(t, direction="consumption"),))


@stranger
def epoch_ms() -> Stranger:
    t = truth("UTC", step=900)
    rows = [
        ["ts", "energy_wh"],
        *([str(int(s) * 1000), num(v * 1000, digits=0)] for s, v in zip(t.start, t.kwh, strict=True)),
    ]
    return Stranger("plug.csv", text(rows), (want(t),), "UTC", ImportOptions(direction="import"))


@stranger
def net_both_signs() -> Stranger:
    t, s = truth(), sun()
    net = np.round(t.kwh - s.kwh, 3)
    rows = [
        ["Fecha", "Energía neta (kWh)"],
        *([f"{a:%Y-%m-%d %H:%M}", num(v)] for a, v in zip(t.local(), net, strict=True)),
    ]
    return Stranger("neta.csv", text(rows), (want(t, total=float(net.sum()), direction="net"),),
                    answers=ImportOptions(direction="net"))  # fmt: skip


@stranger
def negative_exports() -> Stranger:
    """Exports written below zero count positive."""
    t, s = truth(), sun()
    rows = [["Time", "Import (kWh)", "Export (kWh)"]]
    rows += [
        [f"{a:%Y-%m-%d %H:%M}", num(v), num(-e) if e else "0.000"]
        for a, v, e in zip(t.local(), t.kwh, s.kwh, strict=True)
    ]
    return Stranger("both.csv", text(rows), (want(t), want(s, direction="export")))


@stranger
def potencia_kw_quarters() -> Stranger:
    """kW of quarter hours: a quarter of it is energy."""
    t = truth(step=900)
    rows = [["Fecha y hora", "Potencia activa (kW)"]]
    rows += [[f"{a:%d/%m/%Y %H:%M}", num(v * 4, ",")] for a, v in zip(t.local(), t.kwh, strict=True)]
    return Stranger(
        "potencia.csv",
        text(rows, ";"),
        (want(t, quantity="power", unit="kW"),),
        answers=ImportOptions(direction="import"),
    )


@stranger
def power_without_unit() -> Stranger:
    t = truth(step=900)
    rows = [
        ["datetime", "power"],
        *([f"{a:%Y-%m-%d %H:%M:%S}", num(v * 4000, digits=0)] for a, v in zip(t.local(), t.kwh, strict=True)),
    ]
    total = float(np.round(t.kwh * 4000).sum() / 4000)
    return Stranger(
        "power.csv",
        text(rows),
        (want(t, quantity="power", unit="kW", total=total),),
        answers=ImportOptions(unit="W", direction="import"),
    )


@stranger
def footer_with_total() -> Stranger:
    t = truth()
    rows = [["Fecha", "Hora", "Consumo (kWh)"]]
    rows += [[f"{a:%d/%m/%Y}", f"{a:%H:%M}", num(v, ",")] for a, v in zip(t.local(), t.kwh, strict=True)]
    rows += [["", "", ""], ["Total", "", num(t.total, ",")], ["Promedio", "", num(t.kwh.mean(), ",")]]
    return Stranger(
        "conpie.csv",
        text(rows, ";"),
        (want(t, direction="consumption"),),
        answers=ImportOptions(direction="consumption"),
    )


@stranger
def footer_with_dates() -> Stranger:
    """The footer's total stands in a row that begins with a period."""
    t = truth()
    rows = [
        ["Time", "Import kWh"],
        *([f"{a:%Y-%m-%d %H:%M}", num(v)] for a, v in zip(t.local(), t.kwh, strict=True)),
    ]
    rows += [["Total 2026-03-02 - 2026-03-11", num(t.total)]]
    return Stranger("foot.csv", text(rows), (want(t),))


@stranger
def daily_subtotals() -> Stranger:
    """After every day a row with its sum."""
    t = truth()
    rows = [["Fecha", "Hora", "Import kWh"]]
    for i, (a, v) in enumerate(zip(t.local(), t.kwh, strict=True)):
        rows.append([f"{a:%d/%m/%Y}", f"{a:%H:%M}", num(v)])
        if a.hour == 23:
            rows.append([f"{a:%d/%m/%Y}", "Total", num(t.kwh[i - 23 : i + 1].sum())])
    return Stranger("sub.csv", text(rows), (want(t),))


@stranger
def duplicate_rows() -> Stranger:
    t = truth()
    rows = [["time", "import_kwh"]]
    for i, (a, v) in enumerate(zip(t.local(), t.kwh, strict=True)):
        rows += [[f"{a:%Y-%m-%d %H:%M}", num(v)]] * (2 if i % 7 == 3 else 1)
    return Stranger("twice.csv", text(rows), (want(t),))


@stranger
def newest_first() -> Stranger:
    t = truth()
    rows = [[f"{a:%Y-%m-%d %H:%M}", num(v)] for a, v in zip(t.local(), t.kwh, strict=True)]
    return Stranger("down.csv", text([["time", "import_kwh"], *rows[::-1]]), (want(t),))


@stranger
def empty_columns_and_weekday() -> Stranger:
    t = truth()
    rows = [["Día", "Fecha", "", "Hora", "Import kWh", "", "Observaciones", ""]]
    names = ["Lun", "Mar", "Mié", "Jue", "Vie", "Sáb", "Dom"]
    rows += [
        [names[a.weekday()], f"{a:%d/%m/%Y}", "", f"{a:%H:%M}", num(v), "", "", ""]
        for a, v in zip(t.local(), t.kwh, strict=True)
    ]
    return Stranger("vacias.csv", text(rows), (want(t),))


@stranger
def values_with_units() -> Stranger:
    t = truth()
    rows = [
        ["Date", "Import"],
        *([f"{a:%Y-%m-%d %H:%M}", f"{num(v)} kWh"] for a, v in zip(t.local(), t.kwh, strict=True)),
    ]
    return Stranger("tail.csv", text(rows), (want(t),), answers=ImportOptions(unit="kWh"))


@stranger
def values_with_mixed_units() -> Stranger:
    """Most rows say kWh, some Wh: a cell that names another unit must not count a thousandfold."""
    t = truth()
    cells = [f"{v * 1000:.0f} Wh" if v < 0.2 else f"{v:.3f} kWh" for v in t.kwh]
    rows = [["Date", "Import"], *([f"{a:%Y-%m-%d %H:%M}", c] for a, c in zip(t.local(), cells, strict=True))]
    return Stranger("mixunit.csv", text(rows), (want(t),), answers=ImportOptions(unit="kWh"))


@stranger
def mixed_decimal_marks() -> Stranger:
    """An export glued from two programs: a comma in March, a dot afterwards. Both certain, no thousands."""
    t = truth()
    cells = [num(v, "," if i < len(t.kwh) // 3 else ".") for i, v in enumerate(t.kwh)]
    rows = [
        ["time", "import_kwh"],
        *([f"{a:%Y-%m-%d %H:%M}", c] for a, c in zip(t.local(), cells, strict=True)),
    ]
    return Stranger("glued.csv", text(rows, ";"), (want(t),))


@stranger
def mwh_hours() -> Stranger:
    t = truth("America/Sao_Paulo", scale=900)
    rows = [["Ponto de Medição", "Data", "Hora", "Consumo Ativo (MWh)"]]
    rows += [
        ["SPXXX01", f"{a:%d/%m/%Y}", str(a.hour), num(v / 1000, ",", 6)]
        for a, v in zip(t.local(), t.kwh, strict=True)
    ]
    return Stranger("ccee.csv", text(rows, ";", encoding="latin-1"), (want(t, direction="consumption"),), t.tz,
                    ImportOptions(label="start", direction="consumption"))  # fmt: skip


@stranger
def two_meters_by_key() -> Stranger:
    t, u = truth(), truth(seed=9)
    rows = [["Medidor", "Fecha", "Import kWh"]]
    for name, x in (("M-1", t), ("M-2", u)):
        rows += [[name, f"{a:%Y-%m-%d %H:%M}", num(v)] for a, v in zip(x.local(), x.kwh, strict=True)]
    return Stranger("dos.csv", text(rows), (want(t, name="M-1"), want(u, name="M-2")))


@stranger
def numeric_meter_ids() -> Stranger:
    t, u = truth(), truth(seed=9)
    rows = [["suministro", "fecha_hora", "import_kwh"]]
    for name, x in (("100200300", t), ("100200301", u)):
        rows += [[name, f"{a:%Y-%m-%d %H:%M}", num(v)] for a, v in zip(x.local(), x.kwh, strict=True)]
    return Stranger("ids.csv", text(rows), (want(t, name="100200300"), want(u, name="100200301")))


@stranger
def registers_as_rows() -> Stranger:
    """Import and export of one meter below each other, told by a column."""
    t, s = truth(), sun()
    rows = [["Meter", "Direction", "Start", "kWh"]]
    for name, x in (("Import", t), ("Export", s)):
        rows += [["77", name, f"{a:%Y-%m-%d %H:%M}", num(v)] for a, v in zip(x.local(), x.kwh, strict=True)]
    return Stranger("dir.csv", text(rows), (want(t), want(s, direction="export")))


@stranger
def am_pm_spanish() -> Stranger:
    t = truth()
    rows = [["Fecha", "Import kWh"]]
    for a, v in zip(t.local(), t.kwh, strict=True):
        rows.append(
            [f"{a:%d/%m/%Y} {(a.hour - 1) % 12 + 1:02d}:{a:%M}:00 {'a' if a.hour < 12 else 'p'}. m.", num(v)]
        )
    return Stranger("ampm.csv", text(rows), (want(t),))


@stranger
def month_words() -> Stranger:
    t = truth("Europe/Amsterdam")
    rows = [
        ["Datum", "Import kWh"],
        *([f"{a.day} maart 2026 {a:%H:%M}", num(v, ",")] for a, v in zip(t.local(), t.kwh, strict=True)),
    ]
    return Stranger("maart.csv", text(rows, ";"), (want(t),), t.tz)


@stranger
def american_short_days() -> Stranger:
    """3/2/2026 … 3/11/2026, hours only: every date could be read both ways until the 13th."""
    t = truth("America/New_York", day=date(2026, 2, 2), days=10)
    rows = [
        ["Date", "Import kWh"],
        *([f"{a.month}/{a.day}/{a.year} {a.hour}:00", num(v)] for a, v in zip(t.local(), t.kwh, strict=True)),
    ]
    return Stranger("us.csv", text(rows), (want(t),), t.tz, ImportOptions(day_first=False))


@stranger
def no_header() -> Stranger:
    t = truth()
    rows = [[f"{a:%Y-%m-%d %H:%M}", num(v)] for a, v in zip(t.local(), t.kwh, strict=True)]
    return Stranger("bare.csv", text(rows), (want(t),), answers=ImportOptions(unit="kWh", direction="import"))


@stranger
def comments_above() -> Stranger:
    t = truth()
    rows = [
        ["# exported 2026-03-20, tool 3.1"],
        ["# values: 1,5 means one and a half"],
        ["time", "import_kwh"],
    ]
    rows += [[f"{a:%Y-%m-%dT%H:%M:%S}", num(v)] for a, v in zip(t.local(), t.kwh, strict=True)]
    return Stranger("comment.csv", text(rows, ";"), (want(t),))


@stranger
def utf16_tabs() -> Stranger:
    t = truth(step=1800)
    rows = [
        ["Fecha", "Importación (kWh)"],
        *([f"{a:%d/%m/%Y %H:%M}", num(v, ",")] for a, v in zip(t.local(), t.kwh, strict=True)),
    ]
    return Stranger("u16.txt", text(rows, "\t", encoding="utf-16"), (want(t),))


@stranger
def days_in_one_column() -> Stranger:
    """A total a day, local days."""
    t = truth(days=60)
    daily = t.kwh.reshape(-1, 24).sum(axis=1)
    rows = [
        ["Fecha", "Import kWh"],
        *([f"{a:%d/%m/%Y}", num(v)] for a, v in zip(t.local()[::24], daily, strict=True)),
    ]
    return Stranger("dias.csv", text(rows), (want(t, n=60, resolution=24 * HOUR),))


@stranger
def temperature_and_price_beside() -> Stranger:
    t = truth()
    rows = [["time", "temperature (°C)", "price (PEN/kWh)", "Import (kWh)", "Costo (S/)"]]
    rows += [
        [f"{a:%Y-%m-%d %H:%M}", num(18 + v, digits=1), "0.6259", num(v), num(v * 0.6259)]
        for a, v in zip(t.local(), t.kwh, strict=True)
    ]
    return Stranger("mixed.csv", text(rows), (want(t),), others=3)


@stranger
def fall_back_pairs() -> Stranger:
    """The day of 25 hours: 02:00 stands twice."""
    t = truth("Europe/Madrid", day=date(2026, 10, 22), days=6)
    rows = [
        ["Fecha", "Import kWh"],
        *([f"{a:%d/%m/%Y %H:%M}", num(v, ",")] for a, v in zip(t.local(), t.kwh, strict=True)),
    ]
    return Stranger("oct.csv", text(rows, ";"), (want(t),), t.tz)


@stranger
def spain_hour_25() -> Stranger:
    """Hours count 1 to 25 on the long day, 1 to 23 on the short one."""
    t = truth("Europe/Madrid", day=date(2026, 10, 22), days=6)
    rows, last, hour = [["CUPS", "Fecha", "Hora", "AE_kWh"]], "", 0
    for a, v in zip(t.local(), t.kwh, strict=True):
        day = f"{a:%d/%m/%Y}"
        hour = hour + 1 if day == last else 1
        last = day
        rows.append(["ES002100000000001AB", day, str(hour), num(v, ",")])
    return Stranger("h25.csv", text(rows, ";"), (want(t),), t.tz, ImportOptions(label="end"))

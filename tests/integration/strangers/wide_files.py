"""Wide tables: one row a day, and what vendors add to them."""

from __future__ import annotations

from kanchay.services.ports.files import ImportOptions
from tests.integration.strangers.world import HOUR, Stranger, Truth, num, stranger, sun, text, truth, want


def days(t: Truth) -> list[tuple[object, list[float]]]:
    n = 86400 // t.step
    return [(t.local()[i], list(t.kwh[i : i + n])) for i in range(0, len(t.kwh), n)]


def clock(step: int, shift: int = 0) -> list[str]:
    return [f"{s // 3600:02d}:{s // 60 % 60:02d}" for s in range(shift, 86400 + shift, step)]


@stranger
def h1_to_h24() -> Stranger:
    t = truth()
    rows = [
        ["Fecha", *(f"H{i}" for i in range(1, 25))],
        *([f"{d:%d/%m/%Y}", *map(num, v)] for d, v in days(t)),
    ]
    return Stranger("h24.csv", text(rows), (want(t),), answers=ImportOptions(unit="kWh", direction="import"))


@stranger
def halves_with_total() -> Stranger:
    """48 half hours by their ends, and the day's total behind them."""
    t = truth("Europe/London", step=1800)
    rows = [["MPAN", "Date", *clock(1800, 1800), "Total kWh"]]
    rows += [["1900012345678", f"{d:%d/%m/%Y}", *map(num, v), num(sum(v))] for d, v in days(t)]
    return Stranger("hh.csv", text(rows), (want(t),), t.tz, ImportOptions(unit="kWh", direction="import"))


@stranger
def hours_with_total_max_min() -> Stranger:
    t = truth()
    rows = [["Fecha", *(str(i) for i in range(1, 25)), "Total", "Máx", "Mín"]]
    rows += [[f"{d:%d/%m/%Y}", *map(num, v), num(sum(v)), num(max(v)), num(min(v))] for d, v in days(t)]
    return Stranger("tmm.csv", text(rows), (want(t),), answers=ImportOptions(unit="kWh", direction="import"))


@stranger
def h1_to_h24_and_a_total_named_alike() -> Stranger:
    """V1 … V24 and V25 with the sum: 25 values are not a long day."""
    t = truth()
    rows = [["Fecha", *(f"H{i:02d}" for i in range(1, 25)), "HTotal"]]
    rows += [[f"{d:%Y-%m-%d}", *map(num, v), num(sum(v))] for d, v in days(t)]
    return Stranger("htot.csv", text(rows), (want(t),), answers=ImportOptions(unit="kWh", direction="import"))


@stranger
def quarters_96_kw() -> Stranger:
    t = truth("Europe/Berlin", step=900, scale=40)
    rows = [["Datum", "Einheit", *clock(900)]]
    rows += [[f"{d:%d.%m.%Y}", "kW", *(num(4 * x, ",") for x in v)] for d, v in days(t)]
    return Stranger("lg96.csv", text(rows, ";"), (want(t, quantity="power", unit="kW"),), t.tz,
                    ImportOptions(direction="import"))  # fmt: skip


@stranger
def quarters_v1_to_v96() -> Stranger:
    t = truth(step=900)
    rows = [["medidor", "fecha", "unidad", *(f"V{i:02d}" for i in range(1, 97))]]
    rows += [["A1", f"{d:%Y-%m-%d}", "kWh", *map(num, v)] for d, v in days(t)]
    return Stranger("v96.csv", text(rows), (want(t),), answers=ImportOptions(direction="import"))


@stranger
def two_registers_in_rows() -> Stranger:
    t, s = truth("Australia/Sydney", step=1800), sun("Australia/Sydney", step=1800)
    rows = [
        [
            "NMI",
            "Date",
            "Register",
            "Unit",
            *(f"{a}-{b}" for a, b in zip(clock(1800), clock(1800, 1800), strict=True)),
        ]
    ]
    for (d, v), (_, e) in zip(days(t), days(s), strict=True):
        rows += [["4103000001", f"{d:%Y-%m-%d}", "E1 import", "kWh", *map(num, v)],
                 ["4103000001", f"{d:%Y-%m-%d}", "B1 export", "kWh", *map(num, e)]]  # fmt: skip
    return Stranger("nmi.csv", text(rows), (want(t), want(s, direction="export")), t.tz)


@stranger
def several_meters_wide() -> Stranger:
    t, u = truth(), truth(seed=4)
    rows = [["Meter", "Date", *(f"{h:02d}:00" for h in range(24))]]
    for (d, v), (_, w) in zip(days(t), days(u), strict=True):
        rows += [
            ["kitchen kWh import", f"{d:%Y-%m-%d}", *map(num, v)],
            ["hall kWh import", f"{d:%Y-%m-%d}", *map(num, w)],
        ]
    return Stranger("meters.csv", text(rows), (want(t, name="kitchen"), want(u, name="hall")))


@stranger
def hours_as_numbers_from_zero() -> Stranger:
    t = truth()
    rows = [["date", *(str(h) for h in range(24))], *([f"{d:%Y-%m-%d}", *map(num, v)] for d, v in days(t))]
    return Stranger("zero.csv", text(rows), (want(t),), answers=ImportOptions(unit="kWh", direction="import"))


@stranger
def wh_in_the_title() -> Stranger:
    t = truth()
    rows = [["Energy import in Wh"], ["Date", *(f"{h:02d}:00" for h in range(24))]]
    rows += [[f"{d:%Y-%m-%d}", *(f"{x * 1000:.0f}" for x in v)] for d, v in days(t)]
    return Stranger(
        "whtitle.csv", text(rows), (want(t),), answers=ImportOptions(unit="Wh", direction="import")
    )


@stranger
def footer_row() -> Stranger:
    """The last row is the sum of each hour over all days."""
    t = truth()
    rows = [
        ["Fecha", *(f"{h:02d}:00" for h in range(24))],
        *([f"{d:%d/%m/%Y}", *map(num, v)] for d, v in days(t)),
    ]
    rows += [["Total", *(num(t.kwh[h::24].sum()) for h in range(24))]]
    return Stranger(
        "wfoot.csv", text(rows), (want(t),), answers=ImportOptions(unit="kWh", direction="import")
    )


@stranger
def transposed_days_across() -> Stranger:
    """Hours down, days across: refused or right, never something else."""
    t = truth()
    columns = days(t)
    rows = [["Hora", *(f"{d:%d/%m/%Y}" for d, _ in columns)]]
    rows += [[f"{h:02d}:00", *(num(v[h]) for _, v in columns)] for h in range(24)]
    return Stranger(
        "across.csv",
        text(rows),
        (want(t, resolution=HOUR),),
        answers=ImportOptions(unit="kWh", direction="import"),
    )

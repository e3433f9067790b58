"""Cumulative registers: what a meter shows on its display, with its slips."""

from __future__ import annotations

import numpy as np

from kanchay.services.ports.files import ImportOptions
from tests.integration.strangers.world import HOUR, Stranger, counted, num, stranger, sun, text, truth, want


@stranger
def plain_register() -> Stranger:
    t = truth()
    rows = [
        ["Fecha", "Lectura (kWh)"],
        *([f"{a:%d/%m/%Y %H:%M}", num(v, ",")] for a, v in zip(t.moments(), t.register(), strict=True)),
    ]
    return Stranger("lectura.csv", text(rows, ";"), (counted(t),), answers=ImportOptions(direction="import"))


@stranger
def wh_register_without_word() -> Stranger:
    t = truth(step=900)
    rows = [
        ["time", "energy_wh"],
        *(
            [f"{a:%Y-%m-%d %H:%M}", num(v * 1000, digits=0)]
            for a, v in zip(t.moments(), t.register(), strict=True)
        ),
    ]
    return Stranger("wh.csv", text(rows), (counted(t),), answers=ImportOptions(direction="import"))


@stranger
def rollover_at_100000() -> Stranger:
    t = truth(scale=30)
    shown = np.round(t.register(99_900.0) % 100_000, 3)
    rows = [
        ["time", "import register (kWh)"],
        *([f"{a:%Y-%m-%d %H:%M}", num(v)] for a, v in zip(t.moments(), shown, strict=True)),
    ]
    return Stranger("roll.csv", text(rows), (counted(t),))


@stranger
def replaced_meter() -> Stranger:
    """Half-way a new meter begins at 0; its first step is known, the one over the swap is what the new one shows."""
    t = truth()
    shown, half = t.register(), len(t.kwh) // 2
    new = np.r_[shown[: half + 1], np.cumsum(t.kwh[half:])]
    rows = [
        ["time", "import register (kWh)"],
        *([f"{a:%Y-%m-%d %H:%M}", num(v)] for a, v in zip(t.moments(), new, strict=True)),
    ]
    return Stranger("swap.csv", text(rows), (counted(t),))


@stranger
def p1_meter() -> Stranger:
    """HomeWizard: tariffs of import and export, power of phases."""
    t, u, s = (
        truth("Europe/Amsterdam", step=900),
        truth("Europe/Amsterdam", step=900, seed=8),
        sun("Europe/Amsterdam", step=900),
    )
    rows = [["time", "Import T1 kWh", "Import T2 kWh", "Export T1 kWh", "L1 max W"]]
    for a, x, y, z in zip(t.moments(), t.register(), u.register(99.0), s.register(10.0), strict=True):
        rows.append([f"{a:%Y-%m-%d %H:%M}", num(x), num(y), num(z), "812"])
    return Stranger(
        "p1e.csv", text(rows), (counted(t), counted(u), counted(s, direction="export")), t.tz, others=1
    )


@stranger
def home_assistant_history() -> Stranger:
    t = truth("UTC")
    rows = [["entity_id", "state", "last_changed"]]
    rows += [
        ["sensor.grid_import_energy", num(v), f"{a:%Y-%m-%dT%H:%M:%S}.000Z"]
        for a, v in zip(t.moments(), t.register(), strict=True)
    ]
    return Stranger(
        "history.csv",
        text(rows),
        (counted(t),),
        "UTC",
        ImportOptions(unit="kWh", kind="cumulative", direction="import"),
    )


@stranger
def gaps_in_a_register() -> Stranger:
    """A day without rows: its energy is in the next step and in the total."""
    t = truth()
    keep = np.r_[np.arange(0, 60), np.arange(84, len(t.kwh) + 1)]
    moments, shown = t.moments(), t.register()
    rows = [
        ["time", "import register (kWh)"],
        *([f"{moments[i]:%Y-%m-%d %H:%M}", num(shown[i])] for i in keep),
    ]
    return Stranger("gap.csv", text(rows), (counted(t, n=len(keep)),))


@stranger
def monthly_readings() -> Stranger:
    """What stands on twelve bills."""
    reads = [(f"04/{m:02d}/2025", 1000 + 140 * i) for i, m in enumerate(range(1, 13))]
    rows = [["Fecha de lectura", "Lectura actual (kWh)"], *([d, str(v)] for d, v in reads)]
    start = int(np.datetime64("2025-01-04T05:00:00", "s").astype(int))
    end = int(np.datetime64("2025-12-04T05:00:00", "s").astype(int))
    from tests.integration.strangers.world import Want

    return Stranger("recibos.csv", text(rows), (Want(start, end, 12, 140.0 * 11, kind="cumulative", resolution=None),),
                    answers=ImportOptions(direction="import", day_first=True, kind="cumulative"))  # fmt: skip


@stranger
def counter_of_the_day() -> Stranger:
    """Energy since midnight, which starts again every day."""
    t = truth()
    today = np.concatenate([np.cumsum(d) for d in t.kwh.reshape(-1, 24)])
    rows = [
        ["time", "import today (kWh)"],
        *([f"{a:%Y-%m-%d %H:%M}", num(v)] for a, v in zip(t.local(HOUR - 60), today, strict=True)),
    ]
    start = int(t.start[0]) + HOUR - 60
    end = int(t.start[-1]) + HOUR - 60
    right = want(t, kind="cumulative", total=t.total - float(t.kwh[0]), start=start, end=end)
    return Stranger("today.csv", text(rows), (right,),
                    answers=ImportOptions(kind="cumulative", direction="import"))  # fmt: skip


@stranger
def register_beside_amount() -> Stranger:
    """The counter and what it counted: one is not the other."""
    t = truth()
    rows = [["Fecha", "Lectura import (kWh)", "Consumo (kWh)"]]
    shown = t.register()[1:]
    rows += [
        [f"{a:%d/%m/%Y %H:%M}", num(r), num(v)] for a, r, v in zip(t.local(HOUR), shown, t.kwh, strict=True)
    ]
    first = want(t, kind="cumulative", start=int(t.start[0]) + HOUR, total=float(t.kwh[1:].sum()))
    return Stranger(
        "ambos.csv", text(rows), (first, want(t, direction="consumption")), answers=ImportOptions(label="end")
    )

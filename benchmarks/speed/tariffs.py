"""Price households and a year of quarter hours, beside the least that such sums cost.

    python benchmarks/speed/tariffs.py

`households`  100,000 household-months of BT5B (two price lists within each period, lines with formula and source)
`floats`      the same totals by one function in plain floats, no lines, no sources: the naive beside it
`year`        a year of 15-minute readings as twelve bills: quantities and lines; BT5-I (three blocks), BT2 (blocks,
              demand over six months, reactive energy) and a Californian time of use (seasons, baseline)
`pandas`      energy by month and block of that year with pandas alone, no prices: what one writes by hand
`pysam`       the year of the Californian tariff's kind at hours by PySAM utilityrate5, where installed

Each case runs several times in one process, the best run counts. The totals of `households` and `floats` agree but
for a step of the total's rounding (0.10); the benchmark stops where they do not. Writes
benchmarks/results/tariffs.csv and .json.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from machine import environment

from kanchay.analysis.tariff.blend import blend_prices
from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.analysis.tariff.metering import meter
from kanchay.bootstrap import in_memory
from kanchay.domain.interval import local_midnight
from kanchay.domain.panel import Panel
from kanchay.domain.tariff import Tariff, Usage
from kanchay.services.money.tariffs import tariff_by_id

RESULTS = Path(__file__).resolve().parents[1] / "results"
HOUSEHOLD = "pe.luz_del_sur.lima_sur.bt5b"
START, END = date(2026, 7, 16), date(2026, 8, 17)  # 19 days of May's list, 13 of August's
TYPED = {"alumbrado": Decimal("8.82"), "reposicion": Decimal("1.40")}
YEARS = ("pe.pluz.lima_norte.bt5i", "pe.pluz.lima_norte.bt2", "us.pge.e_tou_c_region_p")


def best(run: Callable[[], Any], rounds: int) -> float:
    """Seconds of the fastest round."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        run()
        times.append(time.perf_counter() - began)
    return min(times)


def households(tariff: Tariff, kwhs: list[Decimal]) -> list[Decimal]:
    """Totals of many homes: the prices of the period are blended once."""
    blend = blend_prices(tariff, START, END)
    return [evaluate(tariff, Usage.energy(START, END, k), parameters=TYPED, blend=blend).total for k in kwhs]


def floats(kwhs: list[Decimal]) -> list[float]:
    """The same totals in plain floats: prices without IGV of 19 days of May's list and 13 of August's."""

    def mean(may: float, august: float) -> float:
        return round((round(may / 1.18, 4) * 19 + round(august / 1.18, 4) * 13) / 32, 4)

    low, excess, high = mean(0.4948, 0.5170), mean(0.7068, 0.7386), mean(0.7238, 0.7556)
    first, few, many = (
        (a * 19 + b * 13) / 32 / 1.18 for a, b in ((14.84, 15.51), (2.62, 2.60), (2.68, 2.66))
    )
    totals = []
    for kwh in map(float, kwhs):
        if kwh <= 30:
            energy, fixed = kwh * low, few
        elif kwh <= 140:
            energy, fixed = round(first + 1e-9, 2) + (kwh - 30) * excess, few
        else:
            energy, fixed = kwh * high, many
        subtotal = round(energy + 1e-9, 2) + round(fixed + 1e-9, 2) + 1.40 + 8.82
        exact = subtotal + round(subtotal * 0.18 + 1e-9, 2) + round(kwh * 0.011 + 1e-9, 2)
        totals.append(int((exact + 0.05 + 1e-9) * 10) / 10)
    return totals


def year_of(tariff: Tariff) -> tuple[Panel, Panel]:
    """A year of simulated quarter hours and reactive energy."""
    low, high = (local_midnight(d, tariff.timezone) for d in (date(2025, 1, 1), date(2026, 1, 1)))
    values = np.round(np.random.default_rng(1).gamma(2.0, 0.1, (1, (high - low) // 900)), 3)
    panel = Panel.of(("m",), values, start=low, resolution_s=900, tz=tariff.timezone)
    return panel, Panel.of(("q",), values * 0.4, start=low, resolution_s=900, tz=tariff.timezone)


def price_year(tariff: Tariff, energy: Panel, reactive: Panel) -> Decimal:
    """Twelve bills; demand looks back where the months before are in the year."""
    metering = meter(tariff, energy, reactive=reactive)
    firsts = [date(2025, m, 1) for m in range(1, 13)] + [date(2026, 1, 1)]
    months = list(pairwise(firsts))
    typed = {p.id: Decimal(10) for p in tariff.parameters if p.default is None and not p.values}
    total, day = Decimal(0), tariff.versions[-1].valid_from
    for n, (start, end) in enumerate(months):
        before = months[max(0, n - 6) : n][::-1] or months[:1]
        usage = metering.usage(start, end, before=before)
        total += evaluate(tariff, usage, parameters=typed, as_of=day).total
    return total


def with_pandas(energy: Panel) -> Any:
    """Energy by month and block, as one writes it with pandas."""
    import pandas as pd

    index = pd.to_datetime(energy.starts, unit="s", utc=True).tz_convert(energy.tz)
    frame = pd.DataFrame({"kwh": energy.values[0]}, index=index)
    frame["block"] = np.select(
        [(index.hour >= 18) & (index.hour < 23), (index.hour >= 8) & (index.hour < 18)], [0, 1], 2
    )
    return frame.groupby([frame.index.month, "block"])["kwh"].sum()


def with_pysam() -> Callable[[], Any] | None:
    """A year of hours under three tiers of time of use; None where PySAM is not installed."""
    if find_spec("PySAM") is None:
        return None
    from PySAM import Utilityrate5

    hours = np.random.default_rng(1).gamma(2.0, 0.4, 8760).tolist()
    model = Utilityrate5.default("PVWattsResidential")
    model.ElectricityRates.ur_ec_tou_mat = [[p, 1, 9.9e37, 0, 0.1 * p, 0] for p in (1, 2, 3)]
    days = [[1 if 16 <= hour < 21 else 2 if hour >= 8 else 3 for hour in range(24)]] * 12
    model.ElectricityRates.ur_ec_sched_weekday = model.ElectricityRates.ur_ec_sched_weekend = days
    model.SystemOutput.gen = [0.0] * 8760
    model.Load.load = hours
    return model.execute


def rows_of(n: int, rounds: int) -> list[dict[str, Any]]:
    ctx = in_memory()
    home = tariff_by_id(ctx, HOUSEHOLD)
    kwhs = [Decimal(k) / 10 for k in np.random.default_rng(0).integers(0, 6000, n).tolist()]
    ours, plain = households(home, kwhs), floats(kwhs)
    apart = [k for k, a, b in zip(kwhs, ours, plain, strict=True) if abs(float(a) - b) > 0.101]
    if apart:
        sys.exit(f"The two ways differ at {apart[:3]} kWh.")
    rows = [
        {"case": "households", "n": n, "seconds": best(lambda: households(home, kwhs), rounds)},
        {"case": "floats", "n": n, "seconds": best(lambda: floats(kwhs), rounds)},
    ]
    for name in YEARS:
        tariff = tariff_by_id(ctx, name)
        energy, reactive = year_of(tariff)
        seconds = best(lambda t=tariff, e=energy, r=reactive: price_year(t, e, r), 5 * rounds)
        rows.append({"case": f"year {name}", "n": 12, "seconds": seconds})
    rows.append({"case": "pandas", "n": 12, "seconds": best(lambda: with_pandas(energy), 5 * rounds)})
    if (run := with_pysam()) is not None:
        rows.append({"case": "pysam", "n": 12, "seconds": best(run, 5 * rounds)})
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--homes", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    rows = rows_of(given.homes, given.rounds)
    for row in rows:
        print(
            f"{row['case']:32s} {row['seconds'] * 1e3:10.1f} ms   {row['seconds'] / row['n'] * 1e6:10.1f} us each"
        )
    times = {row["case"]: row["seconds"] for row in rows}
    print(f"households / floats: {times['households'] / times['floats']:.0f}")
    print(f"year of {YEARS[1]} / pandas: {times[f'year {YEARS[1]}'] / times['pandas']:.2f}")
    with (RESULTS / "tariffs.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["case", "n", "seconds"], lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "seconds": round(row["seconds"], 5)} for row in rows)
    told = {"environment": environment("numpy", "pandas", "NREL-PySAM"), "rounds": given.rounds}
    (RESULTS / "tariffs.json").write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()

"""Made-up records of the rate database: imported and priced by us, month by month as NREL's PySAM prices them."""

from __future__ import annotations

import json
import random
from typing import Any

import numpy as np
import pytest

from kanchay.adapters.tariffs import Answers, ForeignTariff, read_tariffs
from kanchay.analysis.tariff.parse import parse_tariff
from tests.sam_oracle import HOURS, ZONE, ours, part, sam, total

CENT = 0.01
UNITS = ("kWh", "kWh daily", "kWh/kW")
MOST = {"kWh": (100, 900), "kWh daily": (3, 30), "kWh/kW": (20, 200)}
LOADS = ((0.3, 0.9), (2.0, 0.5), (60.0, 0.3))  # mean and spread [kW]


def month_groups(rng: random.Random, most: int) -> list[int]:
    """A season for each month."""
    cuts = sorted(rng.sample(range(1, 12), rng.randint(0, most - 1)))
    return [sum(month >= cut for cut in cuts) for month in range(12)]


def rising(rng: random.Random, n: int, low: float, high: float) -> list[float]:
    return sorted(round(rng.uniform(low, high), 2) for _ in range(n))


def hours(rng: random.Random, periods: list[int]) -> list[int]:
    """A day cut into the periods, each at least once where there is room."""
    cuts = [0, *sorted(rng.sample(range(1, 24), len(periods) - 1)), 24]
    return [p for p, a, b in zip(periods, cuts, cuts[1:], strict=False) for _ in range(b - a)]


def made(seed: int) -> dict[str, Any]:
    """A record as the service gives it."""
    rng = random.Random(seed)
    seasons = month_groups(rng, 3)
    structure: list[list[dict[str, Any]]] = []
    days: list[tuple[list[int], list[int]]] = []
    for _ in range(max(seasons) + 1):
        unit, tiers = rng.choice(UNITS), rng.choice((1, 1, 2, 3))
        limits = rising(rng, tiers - 1, *MOST[unit])
        own = list(range(len(structure), len(structure) + rng.randint(1, 3)))
        for _ in own:
            sell = round(rng.uniform(0.01, 0.09), 4)
            structure.append([
                {"rate": round(rng.uniform(0.03, 0.6), 5), "sell": sell, "unit": unit,
                 **({"adj": round(rng.uniform(-0.01, 0.05), 5)} if rng.random() < 0.5 else {}),
                 **({"max": limits[place]} if place < len(limits) else {})}
                for place in range(tiers)
            ])  # fmt: skip
        week = hours(rng, own)
        days.append((week, week if rng.random() < 0.4 else [own[0]] * 24))
    record: dict[str, Any] = {
        "label": f"made{seed}", "utility": "Made-up Power", "name": f"Rate {seed}", "sector": "Residential",
        "startdate": 1514764800, "uri": "https://example.org/rate", "dgrules": "Net Billing Hourly",
        "energyratestructure": structure,
        "energyweekdayschedule": [days[s][0] for s in seasons],
        "energyweekendschedule": [days[s][1] for s in seasons],
        "fixedchargefirstmeter": round(rng.uniform(3, 40), 2), "fixedchargeunits": "$/month",
    }  # fmt: skip
    if rng.random() < 0.3:
        record |= {"mincharge": round(rng.uniform(20, 90), 2), "minchargeunits": "$/month"}
    if rng.random() < 0.6:
        record |= made_demand(rng)
    if any("max" in tier and tier["unit"] == "kWh/kW" for period in structure for tier in period):
        # Our tiers a kW count the measured demand: the importer tells it, and the two are not comparable.
        record.pop("demandratchetpercentage", None)
    return record


def made_demand(rng: random.Random) -> dict[str, Any]:
    flat_seasons = month_groups(rng, 2)
    tiers = rng.choice((1, 1, 2))
    limits = rising(rng, tiers - 1, 2, 20)

    def priced() -> list[dict[str, Any]]:
        return [
            {"rate": round(rng.uniform(1, 15), 3), **({"max": limits[n]} if n < len(limits) else {})}
            for n in range(tiers)
        ]

    demand: dict[str, Any] = {
        "flatdemandstructure": [priced() for _ in range(max(flat_seasons) + 1)],
        "flatdemandmonths": flat_seasons, "flatdemandunit": "kW",
    }  # fmt: skip
    if rng.random() < 0.5:
        return {**demand, "demandratchetpercentage": [round(rng.uniform(0.3, 0.95), 2)] * 12}
    periods = [[{"rate": 0}], *([{"rate": round(rng.uniform(1, 12), 3)}] for _ in range(rng.randint(1, 2)))]
    week = hours(rng, list(range(len(periods))))
    return {
        **demand, "demandratestructure": periods, "demandrateunit": "kW",
        "demandweekdayschedule": [week] * 12, "demandweekendschedule": [[0] * 24] * 12,
    }  # fmt: skip


def imported(record: dict[str, Any]) -> ForeignTariff:
    (tariff,) = read_tariffs(
        json.dumps({"items": [record]}).encode(), "made.json", answers=Answers(timezone=ZONE)
    )
    return tariff


def load_of(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    mean, spread = LOADS[seed % len(LOADS)]
    hour = np.arange(HOURS) % 24
    return mean * (0.7 + 0.6 * np.sin((hour - 8) / 24 * 2 * np.pi)) * rng.lognormal(0, spread, HOURS)


@pytest.mark.parametrize("seed", range(20))
def test_import_and_bill_as_pysam(seed: int) -> None:
    compare(seed)


@pytest.mark.slow
def test_many_as_pysam() -> None:
    for seed in range(100, 700):
        compare(seed)


def compare(seed: int) -> None:
    """The made-up record of that number through both programs, each month of a year within a cent."""
    record, load = made(seed), load_of(seed)
    tariff = imported(record)
    assert not tariff.left_out
    said, bills = sam(record, load), ours(parse_tariff(tariff.document), load)
    assert np.abs(part(bills, "energy") - said["energy"]).max() < CENT
    assert np.abs(part(bills, "demand") - said["demand"]).max() < CENT
    assert np.abs(part(bills, "fixed") - said["fixed"]).max() < CENT
    assert np.abs(total(bills) - said["total"]).max() < CENT


def test_tiers_a_kw_beside_a_ratchet_are_told() -> None:
    record = made(3)
    record["energyratestructure"] = [
        [{"rate": 0.2, "max": 100, "unit": "kWh/kW"}, {"rate": 0.1, "unit": "kWh/kW"}]
    ]
    record["energyweekdayschedule"] = record["energyweekendschedule"] = [[0] * 24] * 12
    record |= {
        "flatdemandstructure": [[{"rate": 5}]],
        "flatdemandmonths": [0] * 12,
        "demandratchetpercentage": [0.5] * 12,
    }
    assert "tiers.ratchet" in {note.code for note in imported(record).left_out}


def tiers_by_hour(record: dict[str, Any]) -> bool:
    """Whether some month has tiers and several periods.

    Under net billing PySAM goes through the month hour by hour and fills the first tier with what comes first; the
    utilities share each tier over the periods, as we do, and as PySAM does without generation. Not comparable.
    """
    months = zip(record["energyweekdayschedule"], record["energyweekendschedule"], strict=True)
    return any(
        len({*week, *end}) > 1 and any(len(record["energyratestructure"][n]) > 1 for n in {*week, *end})
        for week, end in months
    )


@pytest.mark.parametrize("seed", [seed for seed in range(30) if not tiers_by_hour(made(seed))])
def test_net_billing_as_pysam(seed: int) -> None:
    record = {k: v for k, v in made(seed).items() if k != "mincharge"}
    load = load_of(seed)
    hour = np.arange(HOURS) % 24
    solar = 3 * load.mean() * np.clip(np.sin((hour - 6) / 12 * np.pi), 0, None)
    said = sam(record, load, solar)
    bills = ours(parse_tariff(imported(record).document), load, solar)
    assert np.abs(part(bills, "energy") - said["energy"]).max() < CENT
    assert np.abs(-part(bills, "export") - said["credit"]).max() < CENT
    assert said["credit"].max() > 0

"""The tariffs of the United States that we ship, month by month against NREL's PySAM, from the records they come from.

The records are written here a second time, from the source and not from our files: a slip in either shows.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from kanchay.adapters.library import PackageLibrary
from kanchay.adapters.tariffs import Answers, read_tariffs
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.tariff import Tariff
from tests.sam_oracle import HOURS, ZONE, ours, part, sam, total

CENT = 0.01
HOUR = np.arange(HOURS) % 24


def rows(summer: set[int], in_summer: list[int], in_winter: list[int]) -> list[list[int]]:
    return [in_summer if month in summer else in_winter for month in range(1, 13)]


def day(base: int, *parts: tuple[int, int, int]) -> list[int]:
    """A day of period `base`, with ``(period, first hour, last hour)`` laid over it."""
    hours = [base] * 24
    for period, first, last in parts:
        hours[first:last] = [period] * (last - first)
    return hours


MAR_NOV, JUN_SEP, MAY_OCT = set(range(3, 12)), set(range(6, 10)), set(range(5, 11))
RECORDS: dict[str, dict[str, Any]] = {
    "us.duke_energy_florida.rs1": {
        "fixedchargefirstmeter": 14.27,
        "dgrules": "Net Metering",
        "mincharge": 30,
        "energyratestructure": [
            [{"rate": 0.07646, "adj": 0.05856, "max": 1000}, {"rate": 0.08409, "adj": 0.06926}],
            [{"rate": 0.08708, "adj": 0.05856, "max": 1000}, {"rate": 0.10188, "adj": 0.06926}],
        ],
        "energyweekdayschedule": rows(MAR_NOV, day(0), day(1)),
        "energyweekendschedule": rows(MAR_NOV, day(0), day(1)),
    },
    "us.sce.tou_d_4_9pm": {
        "energyratestructure": [
            [{"rate": price, "adj": 0.00188}]
            for price in (0.37658, 0.60296, 0.4889, 0.40313, 0.53225, 0.366)
        ],
        "energyweekdayschedule": rows(JUN_SEP, day(0, (1, 16, 21)), day(3, (5, 8, 16), (4, 16, 21))),
        "energyweekendschedule": rows(JUN_SEP, day(0, (2, 16, 21)), day(3, (5, 8, 16), (4, 16, 21))),
    },
    "us.pge.e_tou_c_region_p": {
        "energyratestructure": [
            [{"rate": low, "max": most, "unit": "kWh daily"}, {"rate": high, "unit": "kWh daily"}]
            for low, high, most in (
                (0.441, 0.5224, 13.5), (0.318, 0.3994, 13.5), (0.31617, 0.39757, 11), (0.28617, 0.36757, 11)
            )
        ],
        "energyweekdayschedule": rows(JUN_SEP, day(1, (0, 16, 21)), day(3, (2, 16, 21))),
        "energyweekendschedule": rows(JUN_SEP, day(1, (0, 16, 21)), day(3, (2, 16, 21))),
    },
    "us.wallingford.primary_northford": {
        "fixedchargefirstmeter": 275,
        "energyratestructure": [[{"rate": 0.0687, "adj": 0.008376}], [{"rate": 0.0619, "adj": 0.008376}]],
        "energyweekdayschedule": rows(MAY_OCT, day(0), day(1)),
        "energyweekendschedule": rows(MAY_OCT, day(0), day(1)),
        "flatdemandstructure": [[{"rate": 11.5}], [{"rate": 10.5}]],
        "flatdemandmonths": [0 if month in MAY_OCT else 1 for month in range(1, 13)],
        "demandratchetpercentage": [0.35] * 12,
    },
    "us.srp.e13": {
        "fixedchargefirstmeter": 32.44,
        "energyratestructure": [
            [{"rate": price, "sell": 0.0281}] for price in (0.0691, 0.0951, 0.0727, 0.2094, 0.0730, 0.2409)
        ],
        "energyweekdayschedule": [
            day(4, (5, 14, 20)) if month in (7, 8) else day(2, (3, 14, 20)) if month in MAY_OCT
            else day(0, (1, 5, 9), (1, 17, 21))
            for month in range(1, 13)
        ],
        "energyweekendschedule": [day(4) if m in (7, 8) else day(2) if m in MAY_OCT else day(0) for m in range(1, 13)],
        "dgrules": "Net Billing Hourly",
    },
}  # fmt: skip


def shipped(key: str) -> Tariff:
    return parse_tariff(PackageLibrary().tariff_documents()[key])


def home(seed: int, mean_kw: float) -> np.ndarray:
    """A made-up home: evening peak, more in summer, noise, and a few very high hours."""
    rng = np.random.default_rng(seed)
    season = 1 + 0.4 * np.cos(2 * np.pi * (np.arange(HOURS) / 24 - 200) / 365)
    shape = 0.6 + 0.8 * np.exp(-(((HOUR - 19) / 3.5) ** 2))
    return mean_kw * season * shape * rng.lognormal(0, 0.4, HOURS)


def sun(peak_kw: float) -> np.ndarray:
    return (
        peak_kw
        * np.clip(np.sin((HOUR - 6) / 12 * np.pi), 0, None)
        * (0.8 + 0.2 * np.cos(np.arange(HOURS) / 700))
    )


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("key", list(RECORDS))
def test_each_month_within_a_cent(key: str, seed: int) -> None:
    load = home(seed, 400.0 if "wallingford" in key else 1.4)
    said, bills = sam(RECORDS[key], load), ours(shipped(key), load)
    assert np.abs(part(bills, "energy") - said["energy"]).max() < CENT
    assert np.abs(part(bills, "demand") - said["demand"]).max() < CENT
    if RECORDS[key].get("fixedchargefirstmeter"):
        assert np.abs(part(bills, "fixed", "service") - said["fixed"]).max() < CENT
        assert np.abs(total(bills) - said["total"]).max() < CENT
    assert said["energy"].min() > 0  # the oracle had something to say


@pytest.mark.parametrize("key", list(RECORDS))
def test_the_imported_record_bills_as_our_file(key: str) -> None:
    """The importer's reading of a record and the file that we wrote by hand agree, with sun and without.

    Not with sun at Duke: such a record banks energy by season, the utility and our file bank it whole.
    """
    record = {"utility": "U", "name": "R", "startdate": 1514764800, **RECORDS[key]}
    (imported,) = read_tariffs(
        json.dumps(record).encode(), "r.json", form="urdb", answers=Answers(timezone=ZONE)
    )
    load, solar = home(4, 2.0), sun(4.0)
    for made in (None,) if "duke" in key else (None, solar):
        theirs, mine = ours(parse_tariff(imported.document), load, made), ours(shipped(key), load, made)
        for name in ("energy", "demand", "export"):
            assert np.abs(part(theirs, name) - part(mine, name)).max() < CENT


def test_the_ratchet_holds_in_quiet_months() -> None:
    """One high month, then quiet: 35 % of it is billed for eleven months more."""
    key, load = "us.wallingford.primary_northford", np.full(HOURS, 50.0)
    load[100] = 900.0
    said, bills = sam(RECORDS[key], load), ours(shipped(key), load)
    assert np.abs(part(bills, "demand") - said["demand"]).max() < CENT
    assert part(bills, "demand")[1] == pytest.approx(0.35 * 900 * 10.5)


def test_a_least_bill() -> None:
    key, load = "us.duke_energy_florida.rs1", np.full(HOURS, 0.02)
    said, bills = sam(RECORDS[key], load), ours(shipped(key), load)
    assert np.abs(total(bills) - said["total"]).max() < CENT
    assert total(bills) == pytest.approx(np.full(12, 30.0))


@pytest.mark.parametrize("peak_kw", [3.0, 9.0])
def test_net_billing(peak_kw: float) -> None:
    """Energy taken is paid, energy sent is credited, hour by hour."""
    key, load, solar = "us.srp.e13", home(3, 1.2), sun(peak_kw)
    said, bills = sam(RECORDS[key], load, solar), ours(shipped(key), load, solar)
    assert np.abs(part(bills, "energy") - said["energy"]).max() < CENT
    assert np.abs(-part(bills, "export") - said["credit"]).max() < CENT
    assert np.abs(total(bills) - said["total"]).max() < CENT


NET_METERED: dict[str, dict[str, Any]] = {
    "tiers": {"energyratestructure": [[{"rate": 0.1, "max": 300}, {"rate": 0.2}]]},
    "hours": {
        "energyratestructure": [[{"rate": 0.1}], [{"rate": 0.3}]],
        "energyweekdayschedule": [day(0, (1, 16, 21))] * 12,
        "energyweekendschedule": [day(0)] * 12,
    },
}


@pytest.mark.parametrize("kind", list(NET_METERED))
def test_net_metering_carries_energy_on(kind: str) -> None:
    """More sun than load in summer: what is left pays for later months, kWh by kWh, block by block."""
    record = {
        "utility": "U", "name": "R", "startdate": 1514764800, "dgrules": "Net Metering",
        "fixedchargefirstmeter": 10, "fixedchargeunits": "$/month", **NET_METERED[kind],
    }  # fmt: skip
    (imported,) = read_tariffs(
        json.dumps(record).encode(), "r.json", form="urdb", answers=Answers(timezone=ZONE)
    )
    season = np.clip(np.sin(np.pi * (np.arange(HOURS) / 24 - 40) / 300), 0, None)
    load, solar = home(5, 1.0), sun(6.0) * season
    said, bills = sam(record, load, solar), ours(parse_tariff(imported.document), load, solar)
    assert np.abs(part(bills, "energy") - said["energy"]).max() < CENT
    assert np.abs(total(bills) - said["total"]).max() < CENT
    assert any(b.carried for b in bills)
    assert said["energy"].min() < said["energy"].max() / 2

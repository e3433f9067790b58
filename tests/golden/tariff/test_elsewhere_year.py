"""A year of a real meter under each tariff outside Peru: twelve bills, each whole, none absurd.

Homes of Fontana (California, with solar panels), a home in Sceaux (France), a steel works in Korea: the meters are
real, their places and years are not those of the tariffs, and the prices of each hour are Agile Octopus's of 2019
taken as a stand-in. A smoke test of the engine, not a claim about anybody's bill.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from kanchay.adapters.library import PackageLibrary
from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.analysis.tariff.metering import Metering, meter
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.bill import Bill
from kanchay.domain.interval import local_midnight
from kanchay.domain.panel import Panel
from kanchay.domain.priceseries import PriceSeries
from kanchay.domain.tariff import SeriesCharge, Tariff

pytestmark = pytest.mark.data
FIRST = date(2017, 1, 1)  # the year of readings is taken twice: the first only for demand that looks back
MONTHS = [(date(y, m, 1), date(y + m // 12, m % 12 + 1, 1)) for y in (2017, 2018) for m in range(1, 13)]
TYPED = {
    "es.som_energia.2_0td": {"kw_punta": "6.9", "kw_valle": "6.9"},
    "es.pvpc.2_0td": {"kw_punta": "6.9", "kw_valle": "6.9"},
    "gb.octopus.agile": {"standing_charge": "0.60"},
    "gb.octopus.flux": {"standing_charge": "0.45"},
}
# Which meter, and between which mean prices of a kWh a year's bill must lie. [currency/kWh]
CASES = {
    "us.duke_energy_florida.rs1": ("fontana", 0.12, 0.25),
    "us.pge.e_tou_c_region_p": ("fontana", 0.30, 0.60),
    "us.sce.tou_d_4_9pm": ("fontana", 0.35, 0.55),
    "us.srp.e13": ("fontana-solar", 0.02, 0.25),
    "us.wallingford.primary_northford": ("steel", 0.08, 0.30),
    "be.ecopower.fluvius_west": ("sceaux", 0.20, 0.40),
    "ch.elektra_ueken.gn": ("steel", 0.15, 0.30),
    "es.pvpc.2_0td": ("sceaux", 0.10, 0.50),
    "es.som_energia.2_0td": ("sceaux", 0.30, 0.55),
    "gb.octopus.agile": ("sceaux", 0.10, 0.60),
    "gb.octopus.flux": ("fontana-solar", -0.10, 0.40),
}


def columns(path: Path, *names: str, **only: str) -> list[np.ndarray]:
    import pyarrow.parquet as pq

    if not path.exists():
        pytest.skip(f"no {path.name} in KANCHAY_DATA")
    table = pq.read_table(path, columns=list(dict.fromkeys([*names, *only])))
    for name, value in only.items():
        kept = np.array([v == value for v in table.column(name).to_pylist()])
        table = table.filter(kept)
    return [table.column(n).to_numpy(zero_copy_only=False).astype(float) for n in names]


def readings(data: Path, name: str) -> tuple[int, dict[str, np.ndarray]]:
    """Resolution and a year of energy, by what it is. [s, kWh or kvarh]"""
    if name == "steel":
        energy, reactive = columns(
            data / "steel-korea/electricity.parquet", "energy_kwh", "reactive_lag_kvarh"
        )
        return 900, {"energy": energy, "reactive": reactive}
    if name == "sceaux":
        (energy,) = columns(data / "uci-sceaux/electricity.parquet", "energy_kwh")
        return 3600, {"energy": energy[:8760], "export": np.zeros(8760)}
    load, sun = columns(data / "fontana-zne/homes.parquet", "load_kwh", "pv_kwh", meter_id="fontana-06")
    net = load - (sun if name.endswith("solar") else 0)
    return 3600, {"energy": np.maximum(net, 0), "export": np.maximum(-net, 0)}


def metering(tariff: Tariff, data: Path, name: str) -> Metering:
    step, values = readings(data, name)
    start = local_midnight(FIRST, tariff.timezone)
    panels = {
        kind: Panel.of(("m",), np.tile(v, 2)[None, :], start=start, resolution_s=step, tz=tariff.timezone)
        for kind, v in values.items()
    }
    return meter(tariff, panels["energy"], export=panels.get("export"), reactive=panels.get("reactive"))


@cache
def stand_in(data: Path) -> np.ndarray:
    """Two years of Agile Octopus's prices without VAT. [GBP/kWh]"""
    (prices,) = columns(data / "cambridge-estates/price_agile_eastern.parquet", "price_gbp_per_kwh")
    return prices[: 2 * 8760 + 48] / 1.05


def shipped(key: str) -> Tariff:
    """The tariff, its newest prices made to hold in any year."""
    tariff = parse_tariff(PackageLibrary().tariff_documents()[key])
    last = replace(tariff.versions[-1], valid_from=date(2016, 1, 1), valid_to=None, review_from=None)
    taxes = tuple(replace(t, valid_from=date(2016, 1, 1), valid_to=None) for t in tariff.taxes)
    return replace(tariff, versions=(last,), taxes=taxes)


def bills(key: str, data: Path) -> list[Bill]:
    tariff, name = shipped(key), CASES[key][0]
    measured = metering(tariff, data, name)
    wanted = {c.series for c in tariff.versions[0].charges if isinstance(c, SeriesCharge)}
    start = local_midnight(FIRST, tariff.timezone) - 86400
    factor = 0.45 if key.startswith(("gb.", "be.")) else 1.0  # Agile is 2.2 times the market's price
    series = [PriceSeries(n, tariff.currency, stand_in(data) * factor, start, 3600) for n in wanted]
    typed = {k: Decimal(v) for k, v in TYPED.get(key, {}).items()}
    return [
        evaluate(tariff, measured.usage(a, b, series=series, before=MONTHS[:n][::-1]), parameters=typed)
        for n, (a, b) in list(enumerate(MONTHS))[12:]
    ]


def test_every_tariff_outside_peru_has_its_case() -> None:
    assert set(CASES) == {k for k in PackageLibrary().tariff_documents() if not k.startswith("pe.")}


@pytest.mark.parametrize("key", list(CASES))
def test_a_year_is_priced_whole(key: str, data_dir: Path) -> None:
    name, low, high = CASES[key]
    year = bills(key, data_dir)
    assert len(year) == 12
    for bill in year:
        assert sum(line.amount for line in bill.lines) == bill.total
    _, values = readings(data_dir, name)
    energy = float(sum(b.energy_kwh for b in year))
    assert energy == pytest.approx(
        np.nansum(values["energy"]), rel=0.005
    )  # Sceaux has hours without a reading
    assert low < float(sum(b.total for b in year)) / energy < high


def test_solar_panels_lower_every_month_of_the_solar_tariff(data_dir: Path) -> None:
    with_sun = bills("us.srp.e13", data_dir)
    without = _without_sun(data_dir)
    assert all(a.total < b.total for a, b in zip(with_sun, without, strict=True))


def _without_sun(data: Path) -> list[Bill]:
    tariff = shipped("us.srp.e13")
    measured = metering(tariff, data, "fontana")
    return [evaluate(tariff, measured.usage(a, b)) for a, b in MONTHS[12:]]

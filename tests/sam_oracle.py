"""PySAM's `utilityrate5` as an oracle of US bills: the same record of the rate database through another program.

SAM's year has 8,760 hours, no daylight saving, and begins on a Monday: so does 2018 in Arizona.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.analysis.tariff.metering import meter
from kanchay.domain.bill import Bill
from kanchay.domain.interval import local_midnight
from kanchay.domain.panel import Panel
from kanchay.domain.tariff import Tariff

ZONE = "America/Phoenix"
MONTHS = [(date(2018, m, 1), date(2018 + m // 12, m % 12 + 1, 1)) for m in range(1, 13)]
HOURS = 8760
_NO_LIMIT = 1e38
_UNITS = {"kwh": 0, "kwh/kw": 1, "kwh daily": 2}
REASON = "NREL-PySAM is not installed: pip install 'kanchay[oracle]'"


def sam(record: dict[str, Any], load: np.ndarray, solar: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """Charges of each month as SAM reckons them: energy, demand, fixed, minimum, credit, and what is left."""
    utility_rate = pytest.importorskip("PySAM.Utilityrate5", reason=REASON)
    model = utility_rate.new()
    model.Lifetime.assign({"analysis_period": 1, "inflation_rate": 0, "system_use_lifetime_output": 0})
    model.SystemOutput.assign(
        {"degradation": [0], "gen": (np.zeros(HOURS) if solar is None else solar).tolist()}
    )
    model.Load.assign({"load": load.tolist()})
    model.ElectricityRates.assign(_inputs(record, solar is not None))
    model.execute(0)
    told = model.Outputs.export()
    side = "without_system" if solar is None else "with_system"
    energy = "ec_charge_without_system" if solar is None else "ec_charge_gross_with_system"
    months = {
        "energy": told[f"year1_monthly_{energy}"],
        "fixed": told[f"year1_monthly_fixed_{side}"],
        "minimum": told[f"year1_monthly_minimum_{side}"],
        "credit": told["year1_net_billing_credits"],
        "total": told[f"year1_monthly_utility_bill_w{'o' if solar is None else ''}_sys"],
    }
    flat, tou = (told.get(f"year1_monthly_dc_{kind}_{side}", np.zeros(12)) for kind in ("fixed", "tou"))
    return {**{k: np.array(v) for k, v in months.items()}, "demand": np.array(flat) + np.array(tou)}


def _inputs(record: dict[str, Any], solar: bool) -> dict[str, Any]:
    flat_week = [[0] * 24] * 12
    inputs: dict[str, Any] = {
        "en_electricity_rates": 1,
        "rate_escalation": [0],
        "ur_metering_option": 2
        if solar and "Billing" in record["dgrules"]
        else 0,  # hour by hour, or by the month
        "ur_ec_tou_mat": [
            row for n, p in enumerate(record["energyratestructure"]) for row in _tiers(n, p, energy=True)
        ],
        "ur_ec_sched_weekday": _one_up(record.get("energyweekdayschedule", flat_week)),
        "ur_ec_sched_weekend": _one_up(record.get("energyweekendschedule", flat_week)),
        "ur_monthly_fixed_charge": record.get("fixedchargefirstmeter", 0),
        "ur_monthly_min_charge": record.get("mincharge", 0),
        "ur_annual_min_charge": 0,
        "ur_dc_enable": 0,
        "ur_enable_billing_demand": 0,
        "ur_nm_yearend_sell_rate": 0,
        "ur_sell_eq_buy": 0,
        "ur_en_ts_buy_rate": 0,
        "ur_en_ts_sell_rate": 0,
        "TOU_demand_single_peak": 0,
    }
    return {**inputs, **_demand(record)}


def _one_up(table: list[list[int]]) -> list[list[int]]:
    return [[v + 1 for v in row] for row in table]


def _tiers(number: int, period: list[dict[str, Any]], *, energy: bool) -> list[list[float]]:
    rows = []
    for place, tier in enumerate(period, start=1):
        price = tier.get("rate", 0) + tier.get("adj", 0)
        most = tier.get("max", _NO_LIMIT)
        if energy:
            unit = _UNITS[tier.get("unit", "kWh").lower()]
            rows.append([number + 1, place, most, unit, price, tier.get("sell", 0)])
        else:
            rows.append([number + 1, place, most, price])
    return rows


def _demand(record: dict[str, Any]) -> dict[str, Any]:
    flat, tou = record.get("flatdemandstructure"), record.get("demandratestructure")
    if not flat and not tou:
        return {}
    months = record.get("flatdemandmonths", [0] * 12)
    flat_rows = [
        [month, *row[1:]]
        for month, n in enumerate(months)
        for row in _tiers(0, (flat or [[{"rate": 0}]])[n], energy=False)
    ]
    tou_periods = tou or [[{"rate": 0}]]
    week = [[0] * 24] * 12
    demand: dict[str, Any] = {
        "ur_dc_enable": 1,
        "ur_dc_flat_mat": flat_rows,
        "ur_dc_tou_mat": [row for n, p in enumerate(tou_periods) for row in _tiers(n, p, energy=False)],
        "ur_dc_sched_weekday": _one_up(record.get("demandweekdayschedule", week) if tou else week),
        "ur_dc_sched_weekend": _one_up(record.get("demandweekendschedule", week) if tou else week),
    }
    share = max(record.get("demandratchetpercentage", [0]))
    if share:
        demand |= {
            "ur_enable_billing_demand": 1,
            "ur_billing_demand_minimum": 0,
            "ur_billing_demand_lookback_period": 11,
            "ur_billing_demand_lookback_percentages": [[share * 100, 1]] * 12,
            "ur_dc_billing_demand_periods": [[n + 1, 1] for n in range(len(tou_periods))],
            "ur_yearzero_usage_peaks": [0] * 12,
        }
    return demand


def ours(tariff: Tariff, load: np.ndarray, solar: np.ndarray | None = None) -> list[Bill]:
    """Our bills of the same year: lines not rounded, so that a difference is one of reckoning."""
    last = replace(tariff.versions[-1], valid_from=date(2017, 1, 1), valid_to=None)
    plain = replace(
        tariff,
        timezone=ZONE,
        versions=(last,),
        rounding=replace(tariff.rounding, quantity=6, unit_price=9, line=6),
        demand_window_min=60,
    )
    net = load - (0 if solar is None else solar)
    start = local_midnight(date(2018, 1, 1), ZONE)
    taken, sent = (
        Panel.of(("m",), v[None, :], start=start, resolution_s=3600, tz=ZONE)
        for v in (np.maximum(net, 0), np.maximum(-net, 0))
    )
    metering = meter(plain, taken, export=sent)  # without the sun nothing, and measured
    bills: list[Bill] = []
    for place, (a, b) in enumerate(MONTHS):
        carried = {f"carry_in.{name}": value for name, value in bills[-1].carried} if bills else {}
        usage = metering.usage(a, b, before=MONTHS[:place][::-1])
        bills.append(evaluate(plain, usage, parameters=carried))
    return bills


def part(bills: list[Bill], *starts: str) -> np.ndarray:
    """Money of the lines whose id begins so, by month."""
    return np.array(
        [float(sum((x.amount for x in b.lines if x.id.startswith(starts)), Decimal(0))) for b in bills]
    )


def total(bills: list[Bill]) -> np.ndarray:
    return np.array([float(b.total) for b in bills])

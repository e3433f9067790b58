"""A bill of each European tariff that we ship, reckoned by hand: the sums stand beside the lines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from kanchay.adapters.library import PackageLibrary
from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.analysis.tariff.metering import meter
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.bill import Bill
from kanchay.domain.errors import BillRefused
from kanchay.domain.interval import local_midnight
from kanchay.domain.panel import Panel
from kanchay.domain.priceseries import PriceSeries
from kanchay.domain.tariff import Tariff, Usage


def shipped(key: str) -> Tariff:
    return parse_tariff(PackageLibrary().tariff_documents()[key])


def usage(start: date, end: date, before: tuple[dict[str, Decimal], ...] = (), **quantities: str) -> Usage:
    named = {name.replace("__", "."): Decimal(value) for name, value in quantities.items()}
    return Usage(start, end, named, before)


def lines(bill: Bill) -> dict[str, str]:
    assert sum(line.amount for line in bill.lines) == bill.total
    return {line.id: str(line.amount) for line in bill.lines}


def numbers(**values: str) -> dict[str, Any]:
    return {"parameters": {name: Decimal(value) for name, value in values.items()}}


def test_spain_three_periods_contracted_power_tax_on_tax() -> None:
    april = usage(
        date(2022, 4, 1), date(2022, 5, 1),
        energy_kwh="250", energy_kwh__punta="60", energy_kwh__llano="50", energy_kwh__valle="140",
    )  # fmt: skip
    bill = evaluate(shipped("es.som_energia.2_0td"), april, **numbers(kw_punta="4.6", kw_valle="4.6"))
    assert lines(bill) == {
        "power_punta": "10.58",  # 4.6 kW × 27.984 × 30 / 365
        "power_valle": "1.12",  # 4.6 kW × 2.963 × 30 / 365
        "energy.punta": "22.80",  # 60 × 0.380
        "energy.llano": "15.75",  # 50 × 0.315
        "energy.valle": "36.54",  # 140 × 0.261
        "meter": "0.81",
        "electricity_tax": "0.43",  # 0.5 % × 86.79, without the meter
        "iva": "8.80",  # 10 % × (86.79 + 0.43 + 0.81): on the tax too
    }
    assert bill.total == Decimal("96.83")


def test_spain_needs_the_contracted_power() -> None:
    april = usage(
        date(2022, 4, 1),
        date(2022, 5, 1),
        energy_kwh__punta="60",
        energy_kwh__llano="50",
        energy_kwh__valle="1",
    )
    with pytest.raises(BillRefused) as refusal:
        evaluate(shipped("es.som_energia.2_0td"), april, **numbers(kw_punta="4.6"))
    assert refusal.value.code == "bill.missing_parameter"


def test_spain_published_prices_of_each_hour() -> None:
    march = usage(date(2025, 3, 1), date(2025, 4, 1), energy_kwh="250", value__energy="40.00")  # 250 × 0.16
    bill = evaluate(shipped("es.pvpc.2_0td"), march, **numbers(kw_punta="3.45", kw_valle="3.45"))
    assert lines(bill) == {
        "power_punta": "7.89",  # 3.45 × 26.930550 × 31 / 365
        "power_valle": "0.20",  # 3.45 × 0.697588 × 31 / 365
        "margin": "0.91",  # 3.45 × 3.113 × 31 / 365
        "energy": "40.00",
        "meter": "0.81",
        "electricity_tax": "2.51",  # 5.11269632 % × 49.00
        "iva": "10.99",  # 21 % × (49.00 + 2.51 + 0.81)
    }
    assert bill.total == Decimal("63.31")


def test_belgium_capacity_spot_and_energy_sent() -> None:
    before = ({"demand_kw": Decimal("1.2")}, *({"demand_kw": Decimal(3)},) * 10)
    january = usage(
        date(2026, 1, 1), date(2026, 2, 1), before,
        energy_kwh="400", export_kwh="50", demand_kw="7.9",
        value__energy="42.40",  # 400 × (1.02 × 0.10 + 0.004)
        value__injection="4.15",  # 50 × (0.98 × 0.10 − 0.015)
    )  # fmt: skip
    bill = evaluate(shipped("be.ecopower.fluvius_west"), january)
    assert lines(bill) == {
        "subscription": "5.00",
        "data": "1.49",  # 31 × 0.048
        "energy": "42.40",
        "certificates": "5.97",  # 400 × 0.01492
        "grid": "25.28",  # 400 × 0.0631937
        "capacity": "16.28",  # (7.9 + 10 × 3 + 2.5) / 12 = 3.367 kW × 56.93 × 31 / 365
        "excise": "18.99",  # 400 × 0.04748
        "contribution": "0.77",  # 400 × 0.0019261
        "btw": "6.97",  # 6 % × 116.18
        "injection": "-4.15",
    }
    assert bill.total == Decimal("119.00")


@pytest.mark.parametrize(
    ("day", "valle"),
    [
        (date(2022, 4, 15), 8),  # Good Friday has no fixed date: a working day, valley from 0 to 8 h
        (date(2022, 1, 6), 24),
        (date(2025, 8, 15), 24),
        (date(2026, 5, 1), 24),
        (date(2027, 3, 26), 8),  # Good Friday
    ],
)
def test_spain_only_holidays_with_a_fixed_date_are_valley(day: date, valle: int) -> None:
    tariff, after = shipped("es.som_energia.2_0td"), date.fromordinal(day.toordinal() + 1)
    start = local_midnight(day, tariff.timezone)
    taken = Panel.of(("m",), np.ones((1, 24)), start=start, resolution_s=3600, tz=tariff.timezone)
    assert meter(tariff, taken).usage(day, after).quantities["energy_kwh.valle"] == valle


def test_britain_half_hours_with_markup_supplement_and_cap() -> None:
    """One kWh in each half hour of a day; one price is above the cap, one below zero."""
    tariff = shipped("gb.octopus.agile")
    start = local_midnight(date(2025, 1, 6), tariff.timezone)
    prices = np.full(48, 0.08)
    prices[32:38] = 0.30  # 16 to 19 h
    prices[4], prices[6] = 0.60, -0.05
    taken = Panel.of(("m",), np.ones((1, 48)), start=start, resolution_s=1800, tz=tariff.timezone)
    series = [PriceSeries("day_ahead.GB", "GBP", prices, start, 1800)]
    day = meter(tariff, taken).usage(date(2025, 1, 6), date(2025, 1, 7), series=series)
    bill = evaluate(tariff, day, **numbers(standing_charge="0.60"))
    assert lines(bill) == {
        "standing": "0.60",
        "energy_peak": "4.68",  # 6 × (2.20 × 0.30 + 0.12)
        "energy_other": "7.88",  # 40 × 2.20 × 0.08 + 0.952381 (2.20 × 0.60 is above it) − 2.20 × 0.05
        "vat": "0.66",  # 5 % × 13.16
    }
    assert bill.total == Decimal("13.82")


def test_britain_buying_and_selling_by_the_hour() -> None:
    june = usage(
        date(2023, 6, 1), date(2023, 7, 1), energy_kwh="250", export_kwh="150",
        energy_kwh__night="90", energy_kwh__peak="10", energy_kwh__day="150",
        export_kwh__night="0", export_kwh__peak="60", export_kwh__day="90",
    )  # fmt: skip
    bill = evaluate(shipped("gb.octopus.flux"), june, **numbers(standing_charge="0.45"))
    assert lines(bill) == {
        "standing": "13.50",  # 30 × 0.45
        "energy.night": "17.24",  # 90 × 0.2011 / 1.05 = 90 × 0.191524
        "energy.peak": "4.47",  # 10 × 0.446952
        "energy.day": "47.89",  # 150 × 0.319238
        "vat": "4.16",  # 5 % × 83.10
        "export.night": "0.00",
        "export.peak": "-21.56",  # 60 × 0.3593, without VAT
        "export.day": "-20.27",  # 90 × 0.2252
    }
    assert bill.total == Decimal("45.43")


def test_switzerland_power_and_reactive_energy() -> None:
    january = usage(
        date(2027, 1, 1), date(2027, 2, 1), energy_kwh="5000", demand_kw="22.4", reactive_kvarh="900"
    )
    bill = evaluate(shipped("ch.elektra_ueken.gn"), january)
    assert lines(bill) == {
        "grid_base": "8.00",
        "electricity_base": "2.00",
        "metering": "5.00",
        "grid_energy": "272.50",  # 5000 × 0.0545
        "electricity": "440.00",  # 5000 × 0.088
        "place_fee": "32.50",  # 5000 × 0.0065
        "power": "134.40",  # 22.4 × 6
        "reactive": "18.00",  # 900 × 0.02
    }
    assert bill.total == Decimal("912.40")

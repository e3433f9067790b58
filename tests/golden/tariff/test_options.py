"""Options with hours, demand or watts: every price is the facts' one, and one bill of each by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.domain.bill import Bill
from kanchay.domain.charges import (
    BandedCharge,
    Charge,
    ContractedCharge,
    DemandCharge,
    FixedCharge,
    ReactiveCharge,
    TouCharge,
)
from kanchay.domain.errors import BillRefused
from kanchay.domain.tariff import Tariff, Usage
from kanchay.services.money.tariffs import line_names

PLUZ = "pe.pluz.lima_norte."
OSINERGMIN = "pe.osinergmin.lima."
# Ours, and the facts' option and distributor.
FACTS = {
    f"{PLUZ}bt5a_20": ("BT5A", "pluz"),
    f"{PLUZ}bt5a_50": ("BT5A", "pluz"),
    f"{PLUZ}bt5c_ap": ("BT5C-AP", "pluz"),
    f"{PLUZ}bt6": ("BT6", "pluz"),
    f"{PLUZ}bt2": ("BT2", "pluz"),
    f"{PLUZ}bt3": ("BT3", "pluz"),
    f"{PLUZ}bt4": ("BT4", "pluz"),
    f"{OSINERGMIN}mt2": ("MT2", "lima_default_system"),
    f"{OSINERGMIN}mt3": ("MT3", "lima_default_system"),
    f"{OSINERGMIN}mt4": ("MT4", "lima_default_system"),
    "pe.enel.lima.mt2": ("MT2", "enel_lima"),
    "pe.electro_puno.sector_2.mt2": ("MT2", "electro_puno"),
}
BY_HOUR_AND_BAND = {f"{PLUZ}bt5i": "BT5I", f"{PLUZ}bt5f": "BT5F"}
SLABS = {f"{PLUZ}bt5d": "BT5D", f"{PLUZ}bt5e": "BT5E"}  # kWh by kWh in test_price_lists.py
NOT_PRICES = {
    "option", "distributor", "system", "valid_from", "igv", "source", "date", "confidence", "basis", "note",
}  # fmt: skip


def fact_of(facts: dict[str, Any], option: str, distributor: str = "pluz") -> dict[str, Any]:
    rows = facts["tariffs_other"]
    return next(r for r in rows if (r["option"], r["distributor"]) == (option, distributor))


def told(fact: dict[str, Any]) -> dict[str, Decimal]:
    """Prices of a fact by name; those of a class as ``name.class``."""
    found: dict[str, Decimal] = {}
    for name, value in fact.items():
        if name not in NOT_PRICES:
            parts = {f"{name}.{k}": v for k, v in value.items()} if isinstance(value, dict) else {name: value}
            found |= {key: Decimal(price) for key, price in parts.items()}
    return found


def ours(tariff: Tariff) -> dict[str, Decimal]:
    """Prices of a shipped tariff by the facts' names."""
    found: dict[str, Decimal | None] = {}
    for charge in tariff.versions[0].charges:
        found |= named(charge)
    return {key: price for key, price in found.items() if price is not None}


def named(charge: Charge) -> dict[str, Decimal | None]:
    match charge:
        case FixedCharge(id=key, amount=amount):
            return {key: amount}
        case BandedCharge(bands=(band,)):
            return {"energy": band.tiers[0].rate}
        case TouCharge(blocks=blocks):
            return {f"energy_{b.block}": b.tiers[0].rate for b in blocks}
        case ReactiveCharge(id=key, rate=rate):
            return {key: rate}
        case ContractedCharge(parameter=parameter, rate=rate):
            return {{"vatios": "power_per_watt", "exceso_kw": "excess_power"}[parameter]: rate}
        case DemandCharge(presence=None):
            return {f"{charge.id}_{charge.quantity.partition('.')[2]}": charge.tiers[0].rate}
        case DemandCharge(id=key, presence=presence) if presence is not None:
            both = (presence.tiers[0].rate, charge.tiers[0].rate)
            return {f"{key}.present_hp": both[0], f"{key}.present_hfp": both[1]}
        case _:
            return {}


@pytest.mark.parametrize("key", FACTS)
def test_every_price_is_that_of_the_facts(
    tariffs: dict[str, Tariff], peru_facts: dict[str, Any], key: str
) -> None:
    expected = told(fact_of(peru_facts, *FACTS[key]))
    if key.startswith(f"{PLUZ}bt5a"):  # two classes in one fact, a file for each
        kw = key[-2:]
        expected["energy_hp"] = expected[f"energy_hp_demand_20_{kw}"]
        expected = {k: v for k, v in expected.items() if "_demand_" not in k}
    assert ours(tariffs[key]) == expected


@pytest.mark.parametrize("key", BY_HOUR_AND_BAND)
def test_every_price_by_hour_and_band_is_that_of_the_facts(
    tariffs: dict[str, Tariff], peru_facts: dict[str, Any], key: str
) -> None:
    fact = fact_of(peru_facts, BY_HOUR_AND_BAND[key])
    charge = next(c for c in tariffs[key].versions[0].charges if isinstance(c, BandedCharge))
    low, high = charge.bands
    assert (low.up_to, [t.up_to for t in low.tiers], high.up_to) == (Decimal(140), [Decimal(30), None], None)
    names = ("energy_first30_up_to_140", "energy_excess_up_to_140", "energy_above_140")
    for name, tier in zip(names, (*low.tiers, *high.tiers), strict=True):
        assert tier.rates == {block: Decimal(price) for block, price in fact[name].items()}


def test_fixed_charges_of_the_options_by_hour_and_band(
    tariffs: dict[str, Tariff], peru_facts: dict[str, Any]
) -> None:
    bt5i, bt5f = (fact_of(peru_facts, o) for o in ("BT5I", "BT5F"))
    charge = next(c for c in tariffs[f"{PLUZ}bt5i"].versions[0].charges if isinstance(c, BandedCharge))
    told_amounts = [Decimal(bt5i[f"fixed_{w}_140"]) for w in ("up_to", "above")]
    assert [b.fixed for b in charge.bands] == told_amounts
    cargo = tariffs[f"{PLUZ}bt5f"].parameter("cargo_fijo")
    assert cargo is not None
    assert round(cargo.values[0].value * Decimal("1.18"), 2) == Decimal(bt5f["fixed_above_140"])
    assert "fixed_up_to_140" not in bt5f  # so that a bill of 140 kWh or less must ask


@pytest.mark.parametrize("key", [*FACTS, *BY_HOUR_AND_BAND, *SLABS])
def test_sources_are_as_sure_as_the_facts(
    tariffs: dict[str, Tariff], peru_facts: dict[str, Any], key: str
) -> None:
    option, distributor = FACTS.get(key) or ((BY_HOUR_AND_BAND | SLABS)[key], "pluz")
    fact = fact_of(peru_facts, option, distributor)
    version = tariffs[key].versions[0]
    source = version.source
    assert (source.confidence, source.basis, source.date) == (
        fact["confidence"], fact["basis"], fact["date"],
    )  # fmt: skip
    assert source.title == peru_facts["sources"][fact["source"]]["title"]
    assert version.prices_include == (("igv",) if fact["igv"] == "included" else ())
    if fact["valid_from"] is not None:
        assert str(version.valid_from) == fact["valid_from"]


def test_every_option_of_the_facts_ships(tariffs: dict[str, Tariff], peru_facts: dict[str, Any]) -> None:
    shipped = {*FACTS.values(), *((o, "pluz") for o in (*BY_HOUR_AND_BAND.values(), *SLABS.values()))}
    assert shipped == {(r["option"], r["distributor"]) for r in peru_facts["tariffs_other"]}
    assert {*FACTS, *BY_HOUR_AND_BAND, *SLABS} <= set(tariffs)


SEPTEMBER = date(2026, 9, 4), date(2026, 10, 4)
# 130 hours of peak: 30 days without four Sundays, five hours each. 3,000 kWh of 12,000 lie in it.
# Highest demand of this month and the five before: 40, 38, 44, 30, 31, 29 kW in the peak; 55, 52, 50, 61, 48, 47 off it.
PEAKS = ("38", "44", "30", "31", "29")
OFF_PEAKS = ("52", "50", "61", "48", "47")


def factory(start: date, end: date, hp: int = 3000) -> Usage:
    """A month of a workshop: 12,000 kWh, 4,200 kvarh."""
    before = [
        {"demand_kw": Decimal(off), "demand_kw.hp": Decimal(on), "demand_kw.hfp": Decimal(off)}
        for on, off in zip(PEAKS, OFF_PEAKS, strict=True)
    ]
    quantities = {
        "energy_kwh": 12000, "energy_kwh.hp": hp, "energy_kwh.hfp": 12000 - hp, "reactive_kvarh": 4200,
        "demand_kw": 55, "demand_kw.hp": 40, "demand_kw.hfp": 55, "hours.hp": 130, "hours.hfp": 590,
    }  # fmt: skip
    return Usage(start, end, {k: Decimal(v) for k, v in quantities.items()}, tuple(before))


def whole(tariff: Tariff) -> Tariff:
    """The tariff with its total left at the cent."""
    return replace(tariff, rounding=replace(tariff.rounding, total_step=None))


def lines_of(bill: Bill) -> dict[str, str]:
    return {line.id: str(line.amount) for line in bill.lines}


BT = {"reposicion": "9.50", "alumbrado": "70.00"}
MT = {"reposicion": "12.00", "alumbrado": "70.00"}
OLD = {**MT, "UIT": "4000"}  # a round number: the facts do not hold the UIT of 2017 and 2019
OSI_DAY = date(2026, 1, 1), date(2026, 1, 2)  # the day under which the list without a date is entered

BY_HAND: dict[str, tuple[Usage, dict[str, str], dict[str, str], str]] = {
    # Prices without IGV to four decimals: 0.4265 / 1.18 = 0.3614, 0.3685 → 0.3123, 73.88 → 62.6102,
    # 75.34 → 63.8475, 54.89 → 46.5169, 0.0573 → 0.0486.
    f"{PLUZ}bt2": (
        factory(*SEPTEMBER),
        BT,
        {
            "fixed": "5.05",  # 5.96 / 1.18
            "energy.hp": "1084.20",  # 3000 × 0.3614
            "energy.hfp": "2810.70",  # 9000 × 0.3123
            "power_generation": "2504.41",  # 40 kW × 62.6102
            "power_distribution": "2681.60",  # (44 + 40) / 2 = 42 kW × 63.8475
            "power_excess": "744.27",  # (61 + 55) / 2 − 42 = 16 kW × 46.5169
            "reactive": "29.16",  # 4200 − 30 % of 12000 = 600 kvarh × 0.0486
            "maintenance": "9.50",
            "public_lighting": "70.00",
            "igv": "1789.00",  # 18 % of 9938.89
            "aporte_28749": "132.00",  # 12000 × 0.0110
        },
        "11859.89",
    ),
    # 3000 / (55 × 130) = 0.42: not present in the peak. 41.16 → 34.8814, 67.76 → 57.4237.
    f"{PLUZ}bt3": (
        factory(*SEPTEMBER),
        BT,
        {
            "fixed": "4.33",  # 5.11 / 1.18
            "energy.hp": "1084.20",
            "energy.hfp": "2810.70",
            "power_generation": "1918.48",  # 55 kW × 34.8814
            "power_distribution": "3330.57",  # (61 + 55) / 2 = 58 kW × 57.4237
            "reactive": "29.16",
            "maintenance": "9.50",
            "public_lighting": "70.00",
            "igv": "1666.25",  # 18 % of 9256.94
            "aporte_28749": "132.00",
        },
        "11055.19",
    ),
    # 4000 / (55 × 130) = 0.56: present in the peak. 69.14 → 58.5932, 77.82 → 65.9492, 0.3815 → 0.3233.
    f"{PLUZ}bt4": (
        factory(*SEPTEMBER, hp=4000),
        BT,
        {
            "energy": "3879.60",  # 12000 × 0.3233
            "fixed": "4.33",
            "power_generation": "3222.63",  # 55 kW × 58.5932
            "power_distribution": "3825.05",  # 58 kW × 65.9492
            "reactive": "29.16",
            "maintenance": "9.50",
            "public_lighting": "70.00",
            "igv": "1987.25",  # 18 % of 11040.27
            "aporte_28749": "132.00",
        },
        "13159.52",
    ),
    f"{OSINERGMIN}mt2": (
        factory(*OSI_DAY),
        MT,
        {
            "fixed": "4.87",
            "energy.hp": "830.70",  # 3000 × 0.2769
            "energy.hfp": "2138.40",  # 9000 × 0.2376
            "power_generation": "2454.00",  # 40 kW × 61.35
            "power_distribution": "635.46",  # 42 kW × 15.13
            "power_excess": "248.32",  # 16 kW × 15.52
            "reactive": "28.86",  # 600 kvarh × 0.0481
            "maintenance": "12.00",
            "public_lighting": "70.00",
            "igv": "1156.07",  # 18 % of 6422.61
            "aporte_28749": "132.00",
        },
        "7710.68",
    ),
    f"{OSINERGMIN}mt3": (
        factory(*OSI_DAY, hp=4000),
        MT,
        {
            "fixed": "4.18",
            "energy.hp": "1107.60",  # 4000 × 0.2769
            "energy.hfp": "1900.80",  # 8000 × 0.2376
            "power_generation": "3084.95",  # 55 kW × 56.09, present in the peak
            "power_distribution": "951.20",  # 58 kW × 16.40
            "reactive": "28.86",
            "maintenance": "12.00",
            "public_lighting": "70.00",
            "igv": "1288.73",  # 18 % of 7159.59
            "aporte_28749": "132.00",
        },
        "8580.32",
    ),
    f"{OSINERGMIN}mt4": (
        factory(*OSI_DAY),
        {**MT, "energia_reactiva": "28.86"},
        {
            "energy": "2956.80",  # 12000 × 0.2464
            "fixed": "4.18",
            "power_generation": "1637.90",  # 55 kW × 29.78
            "power_distribution": "927.42",  # 58 kW × 15.99
            "reactive": "28.86",  # typed
            "maintenance": "12.00",
            "public_lighting": "70.00",
            "igv": "1014.69",  # 18 % of 5637.16
            "aporte_28749": "132.00",
        },
        "6783.85",
    ),
    "pe.enel.lima.mt2": (
        factory(date(2019, 8, 4), date(2019, 9, 4)),
        {**OLD, "precios_sin_igv": "1"},
        {
            "prices_confirmed": "0.00",  # 12000 × 0 × 1: a confirmation, no charge
            "fixed": "5.24",
            "energy.hp": "850.20",  # 3000 × 0.2834
            "energy.hfp": "2127.60",  # 9000 × 0.2364
            "power_generation": "2454.40",  # 40 kW × 61.36
            "power_distribution": "517.44",  # 42 kW × 12.32
            "power_excess": "197.92",  # 16 kW × 12.37
            "reactive": "32.10",  # 600 kvarh × 0.0535
            "maintenance": "12.00",
            "public_lighting": "70.00",
            "igv": "1128.04",  # 18 % of 6266.90
            "aporte_28749": "96.00",  # 12000 × 0.0080
        },
        "7490.94",
    ),
    "pe.electro_puno.sector_2.mt2": (
        factory(date(2017, 9, 4), date(2017, 10, 4)),
        OLD,
        {
            "fixed": "6.52",
            "energy.hp": "676.50",  # 3000 × 0.2255
            "energy.hfp": "1629.00",  # 9000 × 0.1810
            "power_generation": "2109.20",  # 40 kW × 52.73
            "power_distribution": "769.02",  # 42 kW × 18.31
            "power_excess": "323.84",  # 16 kW × 20.24
            "reactive": "25.32",  # 600 kvarh × 0.0422
            "maintenance": "12.00",
            "public_lighting": "70.00",
            "igv": "1011.85",  # 18 % of 5621.40
            "aporte_28749": "96.00",
        },
        "6729.25",
    ),
    # 2.1776 / 1.18 = 1.8454, 0.3685 → 0.3123, 63.78 → 54.0508.
    f"{PLUZ}bt5a_20": (
        Usage(
            *SEPTEMBER,
            {"energy_kwh": Decimal(1000), "energy_kwh.hp": Decimal(100), "energy_kwh.hfp": Decimal(900)},
        ),
        {"reposicion": "3.20", "alumbrado": "28.00", "exceso_kw": "2"},
        {
            "fixed": "4.33",
            "energy.hp": "184.54",  # 100 × 1.8454
            "energy.hfp": "281.07",  # 900 × 0.3123
            "power_excess": "108.10",  # 2 kW × 54.0508
            "maintenance": "3.20",
            "public_lighting": "28.00",
            "igv": "109.66",  # 18 % of 609.24
            "aporte_28749": "11.00",
        },
        "729.90",
    ),
    # 0.3391 / 1.18 = 0.2874. 500 W through 720 hours are 360 kWh.
    f"{PLUZ}bt6": (
        Usage.energy(*SEPTEMBER, Decimal(360)),
        {"reposicion": "1.69", "alumbrado": "14.00", "vatios": "500"},
        {
            "fixed": "2.32",  # 2.74 / 1.18
            "power": "143.70",  # 500 × 0.2874
            "maintenance": "1.69",
            "public_lighting": "14.00",
            "igv": "29.11",  # 18 % of 161.71
            "aporte_28749": "3.96",  # 360 × 0.0110
        },
        "194.78",
    ),
    # 0.8389 / 1.18 = 0.7109.
    f"{PLUZ}bt5c_ap": (
        Usage.energy(*SEPTEMBER, Decimal(2000)),
        {"reposicion": "3.20", "alumbrado": "0.00"},
        {
            "energy": "1421.80",  # 2000 × 0.7109
            "fixed": "4.25",  # 5.02 / 1.18
            "maintenance": "3.20",
            "public_lighting": "0.00",
            "igv": "257.27",  # 18 % of 1429.25
            "aporte_28749": "22.00",
        },
        "1708.52",
    ),
}


@pytest.mark.parametrize("key", BY_HAND)
def test_a_bill_worked_by_hand(tariffs: dict[str, Tariff], key: str) -> None:
    usage, typed, lines, total = BY_HAND[key]
    bill = evaluate(whole(tariffs[key]), usage, parameters={k: Decimal(v) for k, v in typed.items()})
    assert lines_of(bill) == lines
    assert str(bill.total) == total


@pytest.mark.parametrize("key", BY_HAND)
def test_every_line_has_words_in_both_languages(tariffs: dict[str, Tariff], key: str) -> None:
    words = line_names(tariffs[key])
    assert all(words[line].keys() >= {"es", "en"} for line in BY_HAND[key][2])


@pytest.mark.parametrize("key", BY_HAND)
def test_nothing_typed_is_ever_guessed(tariffs: dict[str, Tariff], key: str) -> None:
    """Without any one of its typed values a bill is refused, and the refusal names it."""
    usage, typed, _, _ = BY_HAND[key]
    for name in typed:
        rest = {k: Decimal(v) for k, v in typed.items() if k != name}
        with pytest.raises(BillRefused, match=name):
            evaluate(tariffs[key], usage, parameters=rest)


@pytest.mark.parametrize("key", [k for k in BY_HAND if "power_generation" in BY_HAND[k][2]])
def test_rules_that_nobody_verified_are_said(tariffs: dict[str, Tariff], key: str) -> None:
    usage, typed, _, _ = BY_HAND[key]
    bill = evaluate(tariffs[key], usage, parameters={k: Decimal(v) for k, v in typed.items()})
    assert "rule.unverified" in bill.warnings
    sources = {line.id: line.source for line in bill.lines}
    assert (power := sources["power_distribution"]) is not None
    assert (power.confidence, power.basis) == ("medium", "general")


def test_a_list_without_a_date_prices_no_day_unasked(tariffs: dict[str, Tariff]) -> None:
    typed = {k: Decimal(v) for k, v in MT.items()}
    for option in ("mt2", "mt3", "mt4"):
        with pytest.raises(BillRefused, match="no prices for 2026-09-04"):
            evaluate(tariffs[OSINERGMIN + option], factory(*SEPTEMBER), parameters=typed)


def test_a_list_without_a_date_is_asked_for_by_its_day(tariffs: dict[str, Tariff]) -> None:
    """The same bill as by hand, for a month of its own, and the bill says so."""
    usage, typed, lines, total = BY_HAND[f"{OSINERGMIN}mt2"]
    given = {k: Decimal(v) for k, v in typed.items()}
    asked = replace(usage, start=SEPTEMBER[0], end=SEPTEMBER[1])
    bill = evaluate(whole(tariffs[f"{OSINERGMIN}mt2"]), asked, parameters=given, as_of=OSI_DAY[0])
    assert (lines_of(bill), str(bill.total)) == (lines, total)
    assert "price.other_date" in bill.warnings


@pytest.mark.parametrize("key", [k for k in BY_HAND if "reactive" in BY_HAND[k][2]])
def test_a_verified_rule_makes_no_price_surer(tariffs: dict[str, Tariff], key: str) -> None:
    """That reactive energy counts above 30 % is official; its price is as sure as its list."""
    version = tariffs[key].versions[0]
    reactive = next(c for c in version.charges if c.id == "reactive")
    assert reactive.source is None
    if isinstance(reactive, ReactiveCharge):
        assert reactive.above_share == Decimal("0.30")


def test_reactive_energy_that_no_meter_counts_is_typed_as_money(tariffs: dict[str, Tariff]) -> None:
    usage, typed, lines, _ = BY_HAND[f"{PLUZ}bt2"]
    without = replace(usage, quantities={k: v for k, v in usage.quantities.items() if k != "reactive_kvarh"})
    given = {k: Decimal(v) for k, v in typed.items()}
    with pytest.raises(BillRefused, match="energia_reactiva"):
        evaluate(tariffs[f"{PLUZ}bt2"], without, parameters=given)
    told = evaluate(
        tariffs[f"{PLUZ}bt2"], without, parameters={**given, "energia_reactiva": Decimal("29.16")}
    )
    assert {k: v for k, v in lines_of(told).items() if k != "rounding"} == lines


def test_the_decimal_of_bt5a_is_told(tariffs: dict[str, Tariff], peru_facts: dict[str, Any]) -> None:
    """Ten times what the transcription reads, and above BT5F's peak price, which is why."""
    note = fact_of(peru_facts, "BT5A")["note"]
    above = Decimal(fact_of(peru_facts, "BT5F")["energy_above_140"]["hp"])
    for kw, read in (("20", "0.21776"), ("50", "0.22717")):
        version = tariffs[f"{PLUZ}bt5a_{kw}"].versions[0]
        price = ours(tariffs[f"{PLUZ}bt5a_{kw}"])["energy_hp"]
        assert read in note
        assert price == 10 * Decimal(read) > above
        assert (version.source.confidence, "decimal" in version.note) == ("low", True)


@pytest.mark.parametrize("answer", ["0", "1", "18"])
def test_confirming_that_prices_are_without_igv_adds_nothing(tariffs: dict[str, Tariff], answer: str) -> None:
    usage, typed, lines, _ = BY_HAND["pe.enel.lima.mt2"]
    given = {name: Decimal(value) for name, value in {**typed, "precios_sin_igv": answer}.items()}
    bill = evaluate(tariffs["pe.enel.lima.mt2"], usage, parameters=given)
    assert {name: amount for name, amount in lines_of(bill).items() if name != "rounding"} == lines


def test_without_that_confirmation_there_is_no_bill(tariffs: dict[str, Tariff]) -> None:
    usage, typed, _, _ = BY_HAND["pe.enel.lima.mt2"]
    given = {name: Decimal(value) for name, value in typed.items() if name != "precios_sin_igv"}
    with pytest.raises(BillRefused, match="precios_sin_igv"):
        evaluate(tariffs["pe.enel.lima.mt2"], usage, parameters=given)

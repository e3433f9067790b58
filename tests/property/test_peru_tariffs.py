"""What holds for every shipped option of Peru and any load: sums, bands, blending, carry, and an oracle of its own."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kanchay.adapters.library import PackageLibrary
from kanchay.analysis.tariff.evaluate import evaluate, list_price
from kanchay.analysis.tariff.metering import meter
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.domain.bill import Bill
from kanchay.domain.interval import local_midnight
from kanchay.domain.panel import Panel
from kanchay.domain.tariff import Tariff, Usage

LDS = "pe.luz_del_sur.lima_sur.bt5b"
PLUZ = "pe.pluz.lima_norte."
ENERGY_ONLY = (
    LDS,
    f"{LDS}_nores",
    *(f"{PLUZ}{o}" for o in ("bt5b", "bt5b_nores", "bt5d", "bt5e", "bt5c_ap")),
)
SHARED = {f"{PLUZ}bt5i": ("punta", "media", "base"), f"{PLUZ}bt5f": ("hp", "hfp")}
CENT = Decimal("0.01")
TYPED = {"alumbrado": Decimal("8.82"), "reposicion": Decimal("1.69")}
START = date(2026, 9, 4)
BEFORE = {"hp": "6.00", "hfp": "9.00"}  # the only month before that is known [kW]

kwhs = st.integers(0, 20000).map(lambda n: Decimal(n) / 10)
weights = st.lists(st.integers(1, 100), min_size=3, max_size=3)


@cache
def shipped(key: str) -> Tariff:
    return parse_tariff(PackageLibrary().tariff_documents()[key])


def cents(exact: Decimal, decimals: int = 2) -> Decimal:
    return exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def usage_of(key: str, kwh: Decimal, parts: list[int], start: date = START) -> Usage:
    """A month of 30 days; where hours count, shared by `parts`."""
    blocks = SHARED.get(key, ())
    shares = [Decimal(p) / sum(parts[: len(blocks)]) for p in parts[: len(blocks)]]
    energies = {f"energy_kwh.{b}": cents(kwh * s, 6) for b, s in zip(blocks, shares, strict=True)}
    return Usage(start, start + timedelta(days=30), {"energy_kwh": kwh, **energies})


def bill_of(key: str, kwh: Decimal, parts: list[int], **more: Decimal) -> Bill:
    fixed = {"cargo_fijo_recibo": Decimal("4.23")} if key.endswith("bt5f") else {}
    return evaluate(shipped(key), usage_of(key, kwh, parts), parameters={**TYPED, **fixed, **more})


@settings(max_examples=400, deadline=None)
@given(st.sampled_from([*ENERGY_ONLY, *SHARED]), kwhs, weights, st.integers(-5, 5))
@example(f"{PLUZ}bt5i", Decimal("140.0"), [1, 1, 1], 0)
@example(f"{PLUZ}bt5i", Decimal("0.0"), [1, 1, 1], 0)
@example(LDS, Decimal("140.1"), [1, 1, 1], 5)
def test_a_bill_adds_up_as_the_paper_does(key: str, kwh: Decimal, parts: list[int], carry: int) -> None:
    """Section 1.4 of the domain notes, by its own arithmetic."""
    bill = bill_of(key, kwh, parts, carry_in=carry * CENT)
    lines = {line.id: line.amount for line in bill.lines}
    taxed = [line.amount for line in bill.lines if line.taxed]
    assert bill.subtotal == sum(taxed)
    assert lines.get("igv", 0) == cents(Decimal("0.18") * bill.subtotal)
    assert lines["aporte_28749"] == cents(bill.energy_kwh * Decimal("0.0110"))
    assert sum(lines.values()) == bill.total
    assert bill.total % Decimal("0.10") == 0
    assert all(amount == cents(amount) for amount in lines.values())
    assert {"fixed", "energy", "maintenance", "public_lighting"} <= set(lines)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([*ENERGY_ONLY, *SHARED]), st.lists(kwhs, min_size=2, max_size=12), weights)
def test_what_rounding_takes_it_gives_back(key: str, months: list[Decimal], parts: list[int]) -> None:
    """Over consecutive months the exact totals less the totals paid are the last carry, never above 5 cents."""
    carry = exact = paid = Decimal("0.00")
    for kwh in months:
        bill = bill_of(key, kwh, parts, carry_in=carry)
        exact += sum((line.amount for line in bill.lines if line.kind != "rounding"), Decimal(0))
        paid += bill.total
        carry = bill.rounding_carry
        assert abs(carry) <= Decimal("0.05")
    assert exact - paid == carry


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(ENERGY_ONLY), st.integers(0, 2000))
def test_a_receipt_is_the_list_within_its_rounding(key: str, kwh: int) -> None:
    """Energy and fixed charge with IGV: prices without IGV have four decimals, lines two."""
    bill = bill_of(key, Decimal(kwh), [1, 1, 1])
    net = sum((line.amount for line in bill.lines if line.id in ("energy", "fixed")), Decimal(0))
    slack = (kwh * Decimal("0.00005") + 2 * Decimal("0.005")) * Decimal("1.18") + Decimal("0.02")
    assert abs(net * Decimal("1.18") - list_price(shipped(key), Decimal(kwh), START)) <= slack


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 60), st.integers(0, 59), st.integers(0, 600))
def test_two_lists_blend_by_days(days: int, before: int, kwh: int) -> None:
    """Luz del Sur, 4 May and 4 August 2026, by the mean written out."""
    start = date(2026, 8, 4) - timedelta(days=min(before, days))
    end = start + timedelta(days=days)
    old = (date(2026, 8, 4) - start).days
    bill = evaluate(shipped(LDS), Usage.energy(start, end, Decimal(kwh)), parameters=TYPED)

    def price(may: str, august: str) -> Decimal:
        first, second = (cents(Decimal(p) / Decimal("1.18"), 4) for p in (may, august))
        return cents((first * old + second * (days - old)) / days, 4)

    if kwh > 140:
        energy = kwh * price("0.7238", "0.7556")
    elif kwh > 30:
        amounts = (Decimal("14.84") * old + Decimal("15.51") * (days - old)) / days / Decimal("1.18")
        energy = cents(amounts) + (kwh - 30) * price("0.7068", "0.7386")
    else:
        energy = kwh * price("0.4948", "0.5170")
    assert {line.id: line.amount for line in bill.lines}["energy"] == cents(energy)


def in_the_peak(moment: datetime, holidays: list[str]) -> bool:
    """18:00 to 23:00 but on Sundays and holidays, without our calendar."""
    return 18 <= moment.hour < 23 and moment.weekday() != 6 and moment.date().isoformat() not in holidays


def bt2_by_itself(kw: np.ndarray, start: date, holidays: list[str]) -> dict[str, Decimal]:
    """Lines of BT2 by a second road: sums and maxima over a plain list of quarter hours."""
    first = datetime(start.year, start.month, start.day)
    peak = np.array([in_the_peak(first + timedelta(minutes=15 * i), holidays) for i in range(len(kw))])
    kwh = {
        name: cents(Decimal(str(round(float(kw[m].sum() / 4), 6))))
        for name, m in (("hp", peak), ("hfp", ~peak))
    }
    top = {
        name: cents(Decimal(str(round(float(kw[m].max()), 6)))) for name, m in (("hp", peak), ("hfp", ~peak))
    }
    mean = {block: (top[block] + Decimal(kw)) / 2 for block, kw in BEFORE.items()}

    def net(price: str) -> Decimal:
        return cents(Decimal(price) / Decimal("1.18"), 4)

    distribution = cents(mean["hp"])
    excess = cents(max(mean["hfp"] - distribution, Decimal(0)))
    return {
        "energy.hp": cents(kwh["hp"] * net("0.4265")),
        "energy.hfp": cents(kwh["hfp"] * net("0.3685")),
        "power_generation": cents(top["hp"] * net("73.88")),
        "power_distribution": cents(distribution * net("75.34")),
        "power_excess": cents(excess * net("54.89")),
    }


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from([date(2026, 9, 4), date(2026, 10, 4)]), st.integers(20, 31))
def test_bt2_of_any_load_agrees_with_a_second_road(
    peru_facts: dict[str, Any], seed: int, start: date, days: int
) -> None:
    holidays = next(r["value"] for r in peru_facts["locale"] if r["id"] == "holidays_2026")
    kw = np.round(np.random.default_rng(seed).gamma(1.5, 4.0, days * 96), 2)
    panel = Panel.of(
        ("m",), kw[None, :] / 4, start=local_midnight(start, "America/Lima"), resolution_s=900, tz="America/Lima"
    )  # fmt: skip
    usage = meter(shipped(f"{PLUZ}bt2"), panel).usage(start, start + timedelta(days=days))
    before = {f"demand_kw.{block}": Decimal(kw_before) for block, kw_before in BEFORE.items()}
    quantities = {**usage.quantities, "reactive_kvarh": Decimal(0)}
    usage = Usage(usage.start, usage.end, quantities, (before,))
    bill = evaluate(shipped(f"{PLUZ}bt2"), usage, parameters=TYPED)
    lines = {line.id: line.amount for line in bill.lines}
    expected = bt2_by_itself(kw, start, holidays)
    assert {key: lines[key] for key in expected} == expected
    assert "demand.short_history" in bill.warnings


@settings(max_examples=200, deadline=None)
@given(kwhs, weights)
@example(Decimal("140.0"), [1, 1, 1])
@example(Decimal("140.1"), [1, 2, 3])
def test_bt5i_of_any_shares_agrees_with_a_second_road(kwh: Decimal, parts: list[int]) -> None:
    """The mean price of the month's hours, on the first 30 kWh and on the rest, by the list itself."""
    shares = [Decimal(p) / sum(parts) for p in parts]

    def mean(punta: str, media: str, base: str) -> Decimal:
        return sum((s * Decimal(p) for s, p in zip(shares, (punta, media, base), strict=True)), Decimal(0))

    bill = bill_of(f"{PLUZ}bt5i", kwh, parts)
    kwh = bill.energy_kwh  # whole, as Pluz prints it
    if kwh > 140:
        gross = Decimal("5.11") + kwh * mean("0.8297", "0.6292", "0.6301")
    else:
        first, rest = min(kwh, Decimal(30)), max(kwh - 30, Decimal(0))
        gross = Decimal("4.99") + first * mean("0.5677", "0.4305", "0.4312")
        gross += rest * mean("0.8110", "0.6150", "0.6160")
    net = sum((line.amount for line in bill.lines if line.id in ("energy", "fixed")), Decimal(0))
    # Prices without IGV have four decimals; a block's energy is read to 1 kWh, and prices lie 0.20 apart.
    slack = kwh * Decimal("0.0001") + Decimal("0.03") + Decimal("0.20")
    assert abs(net * Decimal("1.18") - gross) <= slack


@settings(max_examples=150, deadline=None)
@given(st.integers(1, 200), st.integers(0, 26_000), st.integers(1, 200))
def test_the_class_chooses_the_price_and_nothing_else(kw: int, hp: int, other: int) -> None:
    """BT3: at 0.5 of the highest demand over the hours of the peak the dearer prices hold, just below it the others."""
    kwh = Decimal(hp + 10_000)
    quantities = {
        "energy_kwh": kwh, "energy_kwh.hp": Decimal(hp), "energy_kwh.hfp": kwh - hp, "demand_kw": Decimal(kw),
        "hours.hp": Decimal(130), "hours.hfp": Decimal(590), "reactive_kvarh": Decimal(0),
    }  # fmt: skip
    before = tuple({"demand_kw": Decimal(v)} for v in (other, 1, 1, 1, 1))
    usage = Usage(START, START + timedelta(days=30), quantities, before)
    bill = evaluate(shipped(f"{PLUZ}bt3"), usage, parameters=TYPED)
    lines = {line.id: line for line in bill.lines}
    present = 2 * hp >= kw * 130
    generation, distribution = ("58.5932", "65.9492") if present else ("34.8814", "57.4237")
    assert lines["power_generation"].amount == cents(kw * Decimal(generation))
    assert lines["power_distribution"].amount == cents(cents(Decimal(kw + other) / 2) * Decimal(distribution))
    assert "demand.short_history" not in bill.warnings

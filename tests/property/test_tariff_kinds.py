"""What holds for any tariff of any kind of charge and any load."""

from __future__ import annotations

import copy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.analysis.tariff.marginal import exact_total
from kanchay.analysis.tariff.metering import meter
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.analysis.tariff.scaling import scaled
from kanchay.domain.bill import Bill
from kanchay.domain.interval import HOUR, local_midnight
from kanchay.domain.panel import Panel
from kanchay.domain.priceseries import PriceSeries
from kanchay.domain.tariff import Tariff, Usage

START, END = date(2026, 3, 1), date(2026, 3, 31)
SOURCE = {"title": "random", "date": "2026-01-01", "confidence": "high", "basis": "official"}
TYPED = {"contracted": Decimal("3.3")}
BLOCKS = ("peak", "mid", "low")

rates = st.integers(1, 20_000).map(lambda n: str(Decimal(n) / 10_000))
amounts = st.integers(0, 3_000).map(lambda n: str(Decimal(n) / 100))
kwhs = st.integers(0, 8_000).map(lambda n: Decimal(n) / 10)
pers = st.sampled_from(["period", "day", "month", "year"])
taxes = st.sampled_from([[], ["vat"], ["duty", "vat"]])


@st.composite
def tiers(draw: st.DrawFn) -> Any:
    edges = sorted(draw(st.sets(st.integers(1, 500), max_size=2)))
    if not edges:
        return draw(rates)
    return [{"up_to": str(e), "rate": draw(rates)} for e in edges] + [{"rate": draw(rates)}]


def tou(draw: st.DrawFn) -> dict[str, Any]:
    return {"kind": "tou", "schedule": "day", "rates": {b: draw(tiers()) for b in BLOCKS}}


def shared(draw: st.DrawFn) -> dict[str, Any]:
    by_block = [
        {"up_to": "30", "rates": {b: draw(rates) for b in BLOCKS}},
        {"rates": {b: draw(rates) for b in BLOCKS}},
    ]
    bands = [{"up_to": "140", "fixed": draw(amounts), "tiers": by_block}, {"tiers": [{"rate": draw(rates)}]}]
    return {"kind": "banded", "quantity": "energy_kwh", "bands": bands}


def demand(draw: st.DrawFn) -> dict[str, Any]:
    top = draw(st.integers(1, 3))
    more: dict[str, Any] = {"statistic": {"top": top, "months": draw(st.integers(top, 6))}}
    if draw(st.booleans()):
        more["ratchet"] = {"share": "0.8", "months": 3}
    if draw(st.booleans()):
        more["minus_parameter"] = "contracted"
    quantity = draw(st.sampled_from(["demand_kw", "demand_kw.peak"]))
    return {"kind": "demand", "quantity": quantity, "rate": draw(tiers()), "per": draw(pers), **more}


def others(draw: st.DrawFn) -> dict[str, Any]:
    kinds: list[dict[str, Any]] = [
        {"kind": "contracted", "parameter": "contracted", "rate": draw(rates), "per": draw(pers)},
        {"kind": "reactive", "rate": draw(rates), "above_share": "0.30"},
        {"kind": "fixed", "amount": draw(amounts), "per": draw(pers)},
        {"kind": "minimum", "amount": draw(amounts), "per": draw(pers)},
        {"kind": "series", "series": "spot", "add": draw(rates)},
        {
            "kind": "tou",
            "quantity": "export_kwh",
            "schedule": "day",
            "credit": True,
            "rates": {b: draw(rates) for b in BLOCKS},
        },
    ]
    return draw(st.sampled_from(kinds))


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    makers = draw(st.lists(st.sampled_from([tou, shared, demand, others, others]), min_size=1, max_size=5))
    charges = [{**make(draw), "id": f"c{n}", "taxes": draw(taxes)} for n, make in enumerate(makers)]
    for charge in charges:
        if charge["kind"] == "series":  # published prices never hold a tax
            charge["tax_included"] = False
    include = draw(st.sampled_from([[], ["duty", "vat"]]))
    return {
        "schema": "tariff/1", "id": "xx", "country": "XX", "currency": "EUR", "timezone": "Europe/Madrid",
        "provider": {"id": "x", "name": "x"}, "option": {"code": "x"}, "proration": "daily_blend",
        "taxes": [
            {"id": "duty", "rate": "0.0511", "valid_from": "2000-01-01"},
            {"id": "vat", "rate": "0.16", "valid_from": "2000-01-01", "valid_to": "2026-01-01", "on": ["duty"]},
            {"id": "vat", "rate": "0.21", "valid_from": "2026-01-01", "on": ["duty"]},
        ],
        "parameters": [{"id": "contracted"}],
        "schedules": [{"id": "day", "blocks": [
            {"id": "peak", "windows": [{"days": "weekdays", "from": "18:00", "to": "22:00"}]},
            {"id": "mid", "windows": [{"from": "08:00", "to": "18:00"}]},
            {"id": "low"},
        ]}],
        "export": {"mode": "net_billing", "surplus": draw(st.sampled_from(["lose", "carry", "pay"]))},
        "versions": [{"valid_from": "2026-01-01", "prices_include": include, "source": SOURCE, "charges": charges}],
    }  # fmt: skip


@st.composite
def usages(draw: st.DrawFn) -> Usage:
    parts = {b: draw(kwhs) for b in BLOCKS}
    sent = {b: draw(kwhs) for b in BLOCKS}
    quantities = {
        "energy_kwh": sum(parts.values()),
        "export_kwh": sum(sent.values()),
        "reactive_kvarh": draw(kwhs),
    }
    quantities |= {f"energy_kwh.{b}": v for b, v in parts.items()} | {
        f"export_kwh.{b}": v for b, v in sent.items()
    }
    quantities |= {f"value.c{n}": draw(kwhs) / 10 for n in range(5)}

    def peaks() -> dict[str, Decimal]:
        high = draw(kwhs) / 10
        return {"demand_kw": high, "demand_kw.peak": high * draw(st.integers(0, 10)) / 10}

    return Usage(START, END, {**quantities, **peaks()}, tuple(peaks() for _ in range(6)))


def bill_of(document: dict[str, Any], usage: Usage) -> Bill:
    return evaluate(parse_tariff(document), usage, parameters=TYPED)


@settings(max_examples=300, deadline=None)
@given(documents(), usages())
def test_lines_are_whole_cents_and_add_up(document: dict[str, Any], usage: Usage) -> None:
    _adds_up(document, usage)


@pytest.mark.slow
@settings(max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(documents(), usages())
def test_lines_of_thousands_of_tariffs_add_up(document: dict[str, Any], usage: Usage) -> None:
    _adds_up(document, usage)


def _adds_up(document: dict[str, Any], usage: Usage) -> None:
    bill = bill_of(document, usage)
    assert sum(line.amount for line in bill.lines) == bill.total
    assert all(line.amount == line.amount.quantize(Decimal("0.01")) for line in bill.lines)
    assert bill.subtotal == sum(line.amount for line in bill.lines if line.taxed)
    assert bill.tax == sum(line.amount for line in bill.lines if line.kind == "tax")
    if document["export"]["surplus"] != "pay" and any(line.kind == "credit" for line in bill.lines):
        assert bill.total >= 0


@settings(max_examples=150, deadline=None)
@given(documents(), usages(), st.integers(1, 29))
def test_blending_equal_lists_changes_nothing(document: dict[str, Any], usage: Usage, day: int) -> None:
    cut = START + timedelta(days=day)
    twice = copy.deepcopy(document)
    later = {**copy.deepcopy(twice["versions"][0]), "valid_from": cut}
    twice["versions"] = [{**twice["versions"][0], "valid_to": cut}, later]
    once, both = bill_of(document, usage), bill_of(twice, usage)
    assert [(x.id, x.amount) for x in once.lines] == [(x.id, x.amount) for x in both.lines]


@settings(max_examples=150, deadline=None)
@given(documents(), usages())
def test_credit_that_is_carried_is_never_lost(document: dict[str, Any], usage: Usage) -> None:
    document["export"]["surplus"] = "carry"
    tariff = parse_tariff(document)
    first = evaluate(tariff, usage, parameters=TYPED)
    credit = dict(first.carried).get("credit", Decimal(0))
    second = evaluate(tariff, usage, parameters={**TYPED, "carry_in.credit": credit})
    document["export"]["surplus"] = "pay"
    paid = bill_of(document, usage).total
    assert first.total == paid + credit
    assert second.total == paid - credit + dict(second.carried).get("credit", Decimal(0))


@settings(max_examples=150, deadline=None)
@given(documents(), usages(), st.integers(1, 400))
def test_more_energy_at_the_same_hours_never_costs_less(
    document: dict[str, Any], usage: Usage, more: int
) -> None:
    """Where no price falls from one tier or band to the next, and reactive energy is not forgiven."""
    assume(usage.quantities["energy_kwh"] > 0)  # nothing used has no hours
    for charge in document["versions"][0]["charges"]:
        charge.update(_rising(charge))
    tariff = parse_tariff(document)
    plain = [c for c in tariff.versions[0].charges if type(c).__name__ != "ReactiveCharge"]
    tariff = _with(tariff, plain)
    low, high = (
        exact_total(tariff, scaled(usage, usage.quantities["energy_kwh"] + n), parameters=TYPED)
        for n in (0, more)
    )
    assert high >= low - Decimal("0.02")


def _rising(charge: dict[str, Any]) -> dict[str, Any]:
    """The charge with prices that rise from tier to tier and band to band."""
    if charge["kind"] == "tou" and not charge.get("credit"):
        return {"rates": {b: _sorted(t) for b, t in charge["rates"].items()}}
    if charge["kind"] == "banded":
        low = dict.fromkeys(BLOCKS, "0.01")
        return {
            "bands": [
                {"up_to": "140", "tiers": [{"up_to": "30", "rates": low}, {"rates": low}]},
                charge["bands"][1],
            ]
        }
    return {}


def _sorted(prices: Any) -> Any:
    if isinstance(prices, str):
        return prices
    ordered = sorted((t["rate"] for t in prices), key=Decimal)
    return [{**t, "rate": r} for t, r in zip(prices, ordered, strict=True)]


def _with(tariff: Tariff, charges: list[Any]) -> Tariff:
    from dataclasses import replace

    version = replace(tariff.versions[0], charges=tuple(charges))
    return replace(tariff, versions=(version,))


@settings(max_examples=30, deadline=None)
@given(documents(), st.integers(0, 2**32 - 1), st.sampled_from([900, 1800, 3600]))
def test_quantities_from_readings_add_up(document: dict[str, Any], seed: int, step: int) -> None:
    """Over the night on which the clocks change too."""
    tariff = parse_tariff(document)
    low, high = (local_midnight(d, tariff.timezone) for d in (START, END))
    n = (high - low) // step
    values = np.random.default_rng(seed).gamma(2.0, 0.2, (1, n)).round(3)
    panel = Panel.of(("m",), values, start=low, resolution_s=step, tz=tariff.timezone)
    spot = PriceSeries("spot", "EUR", np.full(24 * 31, 0.10), low, HOUR)
    usage = meter(tariff, panel, export=panel, reactive=panel).usage(START, END, series=[spot])
    found = usage.quantities
    assert float(found["energy_kwh"]) == _close(values.sum())
    assert float(sum(found[f"energy_kwh.{b}"] for b in BLOCKS)) == _close(values.sum())
    assert (
        sum(found[f"hours.{b}"] for b in BLOCKS) == (END - START).days * 24 - 1
    )  # an hour is missing in spring
    assert found["demand_kw"] == max(found[f"demand_kw.{b}"] for b in BLOCKS)
    assert float(found["demand_kw"]) == _close(values.max() * HOUR / step)
    bill = evaluate(tariff, Usage(START, END, found, (found,) * 6), parameters=TYPED)
    assert sum(line.amount for line in bill.lines) == bill.total


def _close(value: float) -> Any:
    return pytest.approx(value, abs=2e-5)

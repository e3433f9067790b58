"""What holds for any tariff and any load."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kanchay.analysis.tariff.evaluate import evaluate
from kanchay.analysis.tariff.parse import parse_tariff
from kanchay.analysis.tariff.steps import without_total_rounding
from kanchay.domain.bill import Bill
from kanchay.domain.errors import BillRefused
from kanchay.domain.tariff import Usage

START = date(2026, 3, 1)
SOURCE = {"title": "random", "date": "2026-01-01", "confidence": "high", "basis": "official"}

cents = st.integers(0, 2000).map(lambda n: str(Decimal(n) / 100))
rates = st.integers(1, 20000).map(lambda n: str(Decimal(n) / 10000))
kwhs = st.integers(0, 20000).map(lambda n: Decimal(n) / 10)
limits = st.lists(st.integers(1, 900), min_size=0, max_size=3, unique=True).map(sorted)


@st.composite
def bands(draw: st.DrawFn) -> list[dict[str, Any]]:
    edges = [*(str(limit) for limit in draw(limits)), None]
    return [{"up_to": e, "fixed": draw(cents), "tiers": [{"rate": draw(rates)}]} for e in edges]


def version(start: date, end: date | None, rows: list[dict[str, Any]], include: list[str]) -> dict[str, Any]:
    return {
        "valid_from": start,
        "valid_to": end,
        "prices_include": include,
        "source": SOURCE,
        "charges": [
            {"id": "energy", "kind": "banded", "quantity": "energy_kwh", "taxes": ["vat"], "bands": rows},
            {"id": "upkeep", "kind": "fixed", "parameter": "upkeep", "tax_included": False, "taxes": ["vat"]},
            {"id": "levy", "kind": "per_unit", "quantity": "energy_kwh", "product": ["0.011"], "taxes": []},
        ],
    }


def document(versions: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "schema": "tariff/1", "id": "xx", "country": "XX", "currency": "EUR", "timezone": "UTC",
        "provider": {"id": "x", "name": "x"}, "option": {"code": "x"}, "proration": "daily_blend",
        "rounding": {"total_step": "0.10", "carry": True},
        "taxes": [{"id": "vat", "rate": "0.18", "valid_from": "2000-01-01"}],
        "parameters": [{"id": "upkeep"}],
        "versions": versions,
    }  # fmt: skip


def bill_of(doc: dict[str, Any], kwh: Decimal, days: int = 30, **more: Any) -> Bill:
    usage = Usage.energy(START, START + timedelta(days=days), kwh)
    return evaluate(parse_tariff(doc), usage, parameters={"upkeep": Decimal("1.40"), **more})


included = st.sampled_from([[], ["vat"]])


@settings(max_examples=300, deadline=None)
@given(bands(), included, kwhs, st.integers(-5, 5))
def test_lines_are_whole_cents_and_add_up(
    rows: list[dict[str, Any]], include: list[str], kwh: Decimal, carry: int
) -> None:
    bill = bill_of(
        document([version(date(2026, 1, 1), None, rows, include)]), kwh, carry_in=Decimal(carry) / 100
    )
    assert sum(line.amount for line in bill.lines) == bill.total
    assert all(line.amount == line.amount.quantize(Decimal("0.01")) for line in bill.lines)
    assert bill.total % Decimal("0.10") == 0
    assert bill.subtotal == sum(line.amount for line in bill.lines if line.taxed)
    exact = bill.total - sum(line.amount for line in bill.lines if line.kind == "rounding")
    assert exact + Decimal(carry) / 100 == bill.total + bill.rounding_carry


@settings(max_examples=300, deadline=None)
@given(bands(), included, kwhs, kwhs)
def test_totals_rise_within_a_band(
    rows: list[dict[str, Any]], include: list[str], one: Decimal, other: Decimal
) -> None:
    low, high = sorted((one, other))
    if any(row["up_to"] is not None and low <= Decimal(row["up_to"]) < high for row in rows):
        return
    tariff = without_total_rounding(parse_tariff(document([version(date(2026, 1, 1), None, rows, include)])))
    end = START + timedelta(days=30)
    totals = [
        evaluate(tariff, Usage.energy(START, end, kwh), parameters={"upkeep": Decimal(1)}).total
        for kwh in (low, high)
    ]
    assert totals[0] <= totals[1]


@settings(max_examples=200, deadline=None)
@given(bands(), included, kwhs, st.integers(1, 60), st.integers(1, 59))
def test_blending_equal_versions_changes_nothing(
    rows: list[dict[str, Any]], include: list[str], kwh: Decimal, days: int, cut: int
) -> None:
    middle = START + timedelta(days=cut)
    whole = document([version(date(2026, 1, 1), None, rows, include)])
    halves = document(
        [version(date(2026, 1, 1), middle, rows, include), version(middle, None, rows, include)]
    )
    one, two = bill_of(whole, kwh, days), bill_of(halves, kwh, days)
    assert [(line.id, line.amount) for line in one.lines] == [(line.id, line.amount) for line in two.lines]
    assert one.total == two.total


@settings(max_examples=100, deadline=None)
@given(bands(), kwhs)
def test_never_a_total_without_a_parameter(rows: list[dict[str, Any]], kwh: Decimal) -> None:
    tariff = parse_tariff(document([version(date(2026, 1, 1), None, rows, [])]))
    with pytest.raises(BillRefused, match="upkeep"):
        evaluate(tariff, Usage.energy(START, START + timedelta(days=30), kwh))


@settings(max_examples=100, deadline=None)
@given(bands(), bands(), kwhs, st.integers(1, 59))
def test_a_blend_lies_between_its_parts(
    first: list[dict[str, Any]], second: list[dict[str, Any]], kwh: Decimal, cut: int
) -> None:
    """Same bands, other prices: the blended energy lies between the two, but for the rounding of a price."""
    same_edges = [{**other, "up_to": row["up_to"]} for row, other in zip(first, second * 4, strict=False)]
    middle = START + timedelta(days=cut)
    parts = [
        bill_of(document([version(date(2026, 1, 1), None, rows, [])]), kwh, 60)
        for rows in (first, same_edges)
    ]
    halves = [version(date(2026, 1, 1), middle, first, []), version(middle, None, same_edges, [])]
    energy = bill_of(document(halves), kwh, 60).lines[0].amount
    slack = kwh * Decimal("0.00005") + Decimal("0.01")
    low, high = sorted(part.lines[0].amount for part in parts)
    assert low - slack <= energy <= high + slack

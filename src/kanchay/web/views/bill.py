"""The bill line by line, the step that is dear to cross, the months before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from kanchay.domain.bill import BandStep, Bill, BillForecast, BillLine
from kanchay.domain.forecast import LEVELS
from kanchay.web.shell import Reader
from kanchay.web.views.formula import written

__all__ = [
    "BillRow",
    "Months",
    "StepView",
    "bill_rows",
    "months_view",
    "option_title",
    "provider_title",
    "said_warnings",
    "step_view",
    "tariff_title",
]


_ENERGY: Final = re.compile(r"(\d+(?:\.\d+)?) kWh")
# Warnings by how much they may change a total; the others follow.
_HEAVY: Final = ("lighting.unknown", "price.other_date", "energy.estimated", "demand.short_history", "demand.coarse",
                 "price.stale", "price.review_due")  # fmt: skip


@dataclass(frozen=True)
class BillRow:
    """One line of the table; `kind` is "line", "sum" or "total"."""

    name: str
    rule: str
    amount: str
    kind: str = "line"
    source: str = ""


@dataclass(frozen=True)
class StepView:
    """The total against the period's kWh around a step; places in percent of the drawing."""

    title: str
    jump: str
    paths: tuple[str, ...]
    jump_path: str
    zone: tuple[float, float]
    axis: tuple[tuple[float, str], ...]
    expected: tuple[float, float, str, str]
    below: tuple[float, float, str, str] | None
    saving: str
    label: str
    odds: str


@dataclass(frozen=True)
class Months:
    """Bars of the periods before and of the one that runs; heights in pixels."""

    bars: tuple[tuple[str, str, float, bool], ...]  # month, kWh, height, still expected
    line: float | None
    wide: bool  # labels too long for a bar stand upright


def tariff_title(document: dict[str, Any] | None, language: str) -> str:
    """``Luz del Sur, Lima Sur, BT5B residencial``."""
    if not document:
        return ""
    return ", ".join(part for part in (provider_title(document), option_title(document, language)) if part)


def provider_title(document: Mapping[str, Any]) -> str:
    """``Luz del Sur, Lima Sur``."""
    provider = document.get("provider", {})
    return ", ".join(str(part) for part in (provider.get("name"), provider.get("system")) if part)


def option_title(document: Mapping[str, Any], language: str) -> str:
    """``BT5B residencial``."""
    option = document.get("option", {})
    name = option.get("name", {})
    said = name.get(language, "") if isinstance(name, dict) else str(name)
    return f"{option.get('code', '')} {said[:1].lower()}{said[1:]}".strip()


def _row(line: BillLine, names: dict[str, str], r: Reader) -> BillRow:
    t, f = r.words, r.formats
    name = names.get(line.id) or (t(f"bill.line.{line.id}") if t.has(f"bill.line.{line.id}") else line.id)
    rule = (
        t("bill.rounding_rule", parts=line.formula)
        if line.kind == "rounding" and line.formula
        else line.formula
    )
    source = f"{line.source.title}, {line.source.date}" if line.source else ""
    return BillRow(
        name,
        written(rule, r),
        f.number(line.amount, 2),
        source=source,
    )


def bill_rows(bill: Bill, names: dict[str, str], r: Reader) -> list[BillRow]:
    """Taxed lines, subtotal, tax, untaxed lines, rounding, total.

    Energy of which there was none, as of the summer in winter, has no row; nor has a subtotal without tax.
    """
    t, f = r.words, r.formats
    lines = [
        line for line in bill.lines if line.amount or line.kind not in ("energy", "credit") or _is_used(line)
    ]
    taxed = [line for line in lines if line.taxed]
    rest = [line for line in lines if not line.taxed]
    rest.sort(key=lambda line: {"tax": 0, "untaxed": 1, "rounding": 2}.get(line.kind, 1))
    rows = [_row(line, names, r) for line in taxed]
    if taxed:
        rows.append(BillRow(t("bill.subtotal"), "", f.number(bill.subtotal, 2), "sum"))
    rows += [_row(line, names, r) for line in rest]
    rows.append(BillRow(t("bill.total"), "", f.money(bill.total, bill.currency), "total"))
    return rows


def _is_used(line: BillLine) -> bool:
    """Whether a line of no money still tells of energy, as at a price of zero."""
    return any(Decimal(kwh) for kwh in _ENERGY.findall(line.formula))


def said_warnings(bills: Iterable[Bill], r: Reader) -> tuple[str, ...]:
    """What to be careful with in some bills, each once, in the reader's words, what changes the total most first.

    Codes that are for programs alone say nothing, nor does one of demand where a bill has no line of it.
    """
    t = r.words
    codes = {_general(code) for bill in bills for code in bill.warnings if _concerns(code, bill)}
    ranked = sorted(codes, key=lambda code: (_HEAVY.index(code) if code in _HEAVY else len(_HEAVY), code))
    return tuple(dict.fromkeys(t(f"warning.{code}") for code in ranked if t.has(f"warning.{code}")))


def _general(code: str) -> str:
    """A price of one line that is not verified is said as any such price."""
    return "price.unverified" if code.endswith(".unverified") and code != "rule.unverified" else code


def _concerns(code: str, bill: Bill) -> bool:
    return not code.startswith("demand.") or any(line.kind == "demand" for line in bill.lines)


def step_view(
    step: BandStep, forecast: BillForecast, curve: Sequence[tuple[Decimal, Decimal]], r: Reader
) -> StepView | None:
    """Draw the total around the step from `curve`, pairs of kWh and total that rise in kWh."""
    if len(curve) < 4:
        return None
    t, f = r.words, r.formats
    xs, ys = [float(k) for k, _ in curve], [float(v) for _, v in curve]
    low_y, high_y = min(ys), max(ys)
    pad = 0.12 * (high_y - low_y or 1.0)

    def x(kwh: float) -> float:
        return min(100.0, max(0.0, 100 * (kwh - xs[0]) / (xs[-1] - xs[0])))

    def y(total: float) -> float:
        return 100 * (1 - (total - low_y + pad) / (high_y - low_y + 2 * pad))

    at = float(step.at_kwh)
    before = [(a, b) for a, b in zip(xs, ys, strict=True) if a <= at]
    after = [(a, b) for a, b in zip(xs, ys, strict=True) if a > at]
    if not before or not after:
        return None

    def path(part: list[tuple[float, float]]) -> str:
        return "M" + "L".join(f"{x(a) * 6:.0f} {y(b) * 2:.1f}" for a, b in part)

    currency = forecast.expected.currency
    expected_kwh, expected = float(forecast.expected.energy_kwh), float(forecast.expected.total)
    q = dict(zip(LEVELS, forecast.energy_quantiles, strict=True))
    over = expected_kwh > at
    below = (
        (x(at), y(before[-1][1]), f.money(before[-1][1], currency), t("bill.with", kwh=f.number(at, 0)))
        if over
        else None
    )
    ticks = [xs[0] + (xs[-1] - xs[0]) * i / 4 for i in range(5)]
    return StepView(
        title=t("bill.step_title", line=f.number(at, 0)),
        jump=f.money(step.cost, currency),
        paths=(path(before), path(after)),
        jump_path=f"M{x(at) * 6:.0f} {y(before[-1][1]) * 2:.1f}V{y(after[0][1]) * 2:.1f}",
        zone=(x(q[0.1]), x(q[0.9])),
        axis=tuple((25.0 * i, f.number(k, 0) + ("\u00a0kWh" if i == 0 else "")) for i, k in enumerate(ticks)),
        expected=(
            x(expected_kwh),
            y(expected),
            f.money(forecast.expected.total, currency),
            t("bill.with", kwh=f.number(expected_kwh, 1)),
        ),
        below=below,
        saving=f.money(forecast.expected.total - Decimal(str(before[-1][1])), currency) if over else "",
        label=t("bill.step_label", line=f.number(at, 0), cost=f.money(step.cost, currency)),
        odds=_odds(step, currency, r),
    )


def _odds(step: BandStep, currency: str, r: Reader) -> str:
    """How likely the line is passed, and what that is worth on average."""
    t, f = r.words, r.formats
    if step.probability < 0.005:
        return t("bill.odds_none")
    if step.probability > 0.995:
        return t("bill.odds_sure")
    return t("bill.odds", over=f.percent(step.probability), cost=f.money(step.expected_cost, currency))


def months_view(
    months: Sequence[tuple[date, float]], expected: tuple[date, float] | None, line: float | None, r: Reader
) -> Months | None:
    """Bars of at most thirteen periods; None where there is nothing to compare with."""
    bars = [(day, kwh, False) for day, kwh in months[-12:]] + ([(*expected, True)] if expected else [])
    if len(bars) < 2:
        return None
    top = max(kwh for _, kwh, _ in bars) or 1.0
    scale = 100.0 / max(top, line if line and line < 1.5 * top else 0.0)
    f = r.formats
    shown = tuple(
        (f.month_short(day), f.number(kwh, 0), round(kwh * scale, 1), soon) for day, kwh, soon in bars
    )
    return Months(shown, round(line * scale, 1) if line and line < 1.5 * top else None, top >= 1000)

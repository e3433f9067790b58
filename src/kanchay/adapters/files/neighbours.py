"""Neighbours: units that a column shares with what stands beside it, but not what it measures: money, heated water."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from kanchay.adapters.files.layout import RawSeries
from kanchay.adapters.files.meaning import ENERGY, FLOWING, Meaning
from kanchay.adapters.files.words import (
    ROLE_WORDS,
    direction_words,
    find_unit,
    matches,
    normal,
    quantity_words,
)
from kanchay.domain.interval import DAY, IntArray
from kanchay.domain.point import Kind
from kanchay.domain.reading import FloatArray
from kanchay.domain.units import Quantity

__all__ = ["volumes", "without_money", "without_others"]

_BURNT: Final = r"energ\w*|fuel|burn\w*"  # of volumes: water is no energy
_NOT_MEASURED: Final = (
    r"forecast\w*|predict\w*|prognos\w*|expected|budget\w*|target\w*|baseline|benchmark|similar \w+|neighbou?rs?"
    r"|last (?:year|month|week)|prev(?:ious)? (?:year|month|week|period)|prior year|year ago|vorjahr\w*|vorig jaar"
    r"|an(?:o|io) (?:anterior|pasado)|annee precedente|anno precedente|pronostic\w*|previsto|prevision\w*|objetivo"
    r"|ziel\w*|presupuesto|erwartet\w*|verwacht\w*"
)
_MEANS: Final = (
    r"avg|averages?|mean|promedio|media(?! tension)|medio|moyenne|gemiddeld\w*|durchschnitt\w*|srednia"
    r"|prumer\w*"
)
_PER_DAY: Final = re.compile(
    r"(?:/|\bper|\bpor|\bpro|\bje|\bpar)\s?(?:day|d|d[ií]a|tag|jour|dag|giorno)\b", re.I
)
_DAYS: Final = 40
_NEARLY_ALL: Final = 0.8
_MOST: Final = 50  # columns that one is compared with
# Names that are money where another column of the row is the energy, and the energy where none is.
_CURRENCY: Final = re.compile(
    r"[(\[]\s*(?:[$€£¥₹₺₽₴₪]|(?:rs|inr|npr|pkr|lkr|bdt|usd|eur|gbp|aud|cad|nzd|sgd|chf|pen|mxn|clp|cop|ars|brl|zar|kes|ngn"
    r"|sek|nok|dkk|pln|czk|huf|ron|bgn|try|jpy|cny|krw|thb|vnd|idr|php|uah|soles|pesos|rupees|euros?|dollars?)\b\.?)\s*[)\]]",
    re.I,
)
_SUMS: Final = (
    r"(?:total |net |gross |billed? |invoiced? |current |account |usage |energy )?"
    r"(?:amounts?|charges?|rates?|tarif\w*|sum|fee|bedrag|belopp|belob|monto|importo|quota|kwota|castka|osszeg|summa|tutar"
    r"|suma)(?: due| total)?"
)


def volumes(raws: Sequence[RawSeries], meanings: Sequence[Meaning]) -> list[Meaning]:
    """Cubic metres that no word calls gas: water beside water, what a heat meter lets through, or to be asked."""
    quantities = {m.quantity for m in meanings}
    gas = any(m.quantity is Quantity.GAS and not _by_unit(m) for m in meanings)
    out = []
    for raw, m in zip(raws, meanings, strict=True):
        words = {q for q, _, _ in quantity_words(normal(f"{raw.key} {raw.column}"))}
        if not _by_unit(m) or matches(_BURNT, normal(raw.column)):
            out.append(m)
        elif Quantity.HEAT in quantities and not gas:
            out.append(replace(_aside(m, "heat"), assumed=Quantity.HEAT not in words))
        elif Quantity.WATER in quantities and not gas:
            sure = _beside_water(raw, raws, meanings)
            out.append(
                replace(m, quantity=Quantity.WATER, direction=None, direction_from="", assumed=not sure)
            )
        else:
            out.append(m if gas else replace(m, assumed=True))
    return out


def _by_unit(m: Meaning) -> bool:
    """Whether nothing but a unit of volume makes it gas."""
    return m.quantity is Quantity.GAS and m.unit is not None and f"quantity: {m.unit.symbol}" in m.evidence


def _beside_water(raw: RawSeries, raws: Sequence[RawSeries], meanings: Sequence[Meaning]) -> bool:
    """Whether the same rows hold water too."""
    return any(r.key == raw.key and m.quantity is Quantity.WATER for r, m in zip(raws, meanings, strict=True))


def without_money(raws: Sequence[RawSeries], meanings: Sequence[Meaning]) -> list[Meaning]:
    """An "Amount" beside the usage of the same rows is what it costs: the unit of the row is not its own."""
    used = {r.key for r, m in zip(raws, meanings, strict=True) if _is_usage(r, m)}
    return [
        _aside(m, "amount")
        if m.quantity in FLOWING
        and (r.money or _in_currency(r) or (r.key in used and _could_be_money(r.column)))
        else m
        for r, m in zip(raws, meanings, strict=True)
    ]


def without_others(raws: Sequence[RawSeries], meanings: Sequence[Meaning]) -> list[Meaning]:
    """What was expected, what others used, and the sum of the day in each of its rows flow nowhere a second time."""
    beside: dict[tuple[str, Quantity], list[RawSeries]] = {}
    for r, m in zip(raws, meanings, strict=True):
        beside.setdefault((r.key, m.quantity), []).append(r)
    return [
        _aside(m, "not of this meter")
        if m.quantity in FLOWING
        and (_tells_of(r, beside[r.key, m.quantity]) or _is_mean(r, m, beside[r.key, m.quantity]))
        else m
        for r, m in zip(raws, meanings, strict=True)
    ]


def _is_mean(raw: RawSeries, m: Meaning, beside: Sequence[RawSeries]) -> bool:
    """Whether a column is what was used on average, a day say, beside the amounts themselves."""
    return m.quantity in ENERGY and _called_mean(raw) and not all(map(_called_mean, beside))


def _called_mean(raw: RawSeries) -> bool:
    if matches(_MEANS, normal(raw.column)):
        return True
    return _PER_DAY.search(raw.column) is not None and _step(raw) > 1.5 * DAY


def _step(raw: RawSeries) -> float:
    """The usual distance of the times of a column."""
    moments = np.unique(raw.wall)
    return float(np.median(np.diff(moments))) if len(moments) > 1 else 0.0


def _tells_of(raw: RawSeries, beside: Sequence[RawSeries]) -> bool:
    """Whether a column is a forecast, a comparison or a daily sum beside a column that was measured."""
    if len(beside) < 2:
        return False
    if matches(_NOT_MEASURED, normal(raw.column)):
        return not all(matches(_NOT_MEASURED, normal(r.column)) for r in beside)
    return _repeats(raw) and any(_sums_days(raw, r) for r in beside[:_MOST] if r is not raw)


def _repeats(raw: RawSeries) -> bool:
    """Whether values mostly stay the same from row to row, as those of a day do that stand in each of its rows."""
    changes = int(np.count_nonzero(np.diff(raw.values)))
    return bool(raw.values.any()) and 2 * changes < len(raw.values)


def _sums_days(raw: RawSeries, parts: RawSeries) -> bool:
    """Whether a column says in each row what another one adds up to on that day."""
    if len(raw.values) != len(parts.values) or not np.array_equal(raw.wall, parts.wall):
        return False
    return any(_is_day_sum(raw.values, parts.values, (raw.wall - late) // DAY) for late in (0, 1))


def _is_day_sum(values: FloatArray, parts: FloatArray, days: IntArray) -> bool:
    if len(days) < 2 * len(different := np.unique(days)) or not parts.any():
        return False
    sums = np.array([parts[days == day].sum() for day in different[:_DAYS]])
    told = [values[days == day] for day in different[:_DAYS]]
    same = [np.ptp(t) == 0 and abs(t[0] - s) <= 0.005 * abs(s) for t, s in zip(told, sums, strict=True)]
    return bool(np.mean(same) > _NEARLY_ALL)


def _is_usage(raw: RawSeries, m: Meaning) -> bool:
    """Whether the name of a column says that it is an amount of what the row measures."""
    words = normal(raw.column)
    named = find_unit(raw.column) is not None or bool(quantity_words(words)) or bool(direction_words(words))
    told = (
        m.quantity in FLOWING
        and m.kind is not Kind.CUMULATIVE
        and not matches(ROLE_WORDS["cumulative"], words)
    )
    return told and named and not _could_be_money(raw.column)


def _in_currency(raw: RawSeries) -> bool:
    """Whether the name of a column sets a currency in brackets, and no unit: "Amount (Rs)"."""
    return _CURRENCY.search(raw.column) is not None and find_unit(raw.column) is None


def _could_be_money(column: str) -> bool:
    words = normal(column)
    return find_unit(column) is None and matches(_SUMS, words) == words != ""


def _aside(m: Meaning, why: str) -> Meaning:
    """A column that is kept as a plain number."""
    return replace(
        m, quantity=Quantity.SIGNAL, unit=None, unit_from="", direction=None, direction_from="", kind=None,
        evidence=(f"quantity: {why}",), assumed=False,
    )  # fmt: skip

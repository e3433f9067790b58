"""What a file leaves open: one question each, with our guess and why. The sentences are fixed, to be translated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kanchay.adapters.files.doubts import BECAUSE as OF_COLUMNS
from kanchay.adapters.files.doubts import TOLD_UNIT, doubts
from kanchay.adapters.files.factors import APPLIED, APPLY
from kanchay.adapters.files.layout import Layout
from kanchay.adapters.files.scaling import Scaling
from kanchay.adapters.files.series import Decided
from kanchay.domain.importing import ImportQuestion
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity
from kanchay.services.ports.files import ImportOptions

__all__ = ["BECAUSE", "ask"]

BECAUSE: Final = {
    "tz.words": "The times carry no zone; the words of the file suggest this one.",
    "tz.none": "The times carry no zone and nothing in the file suggests one.",
    "unit": "No unit is written; the size of the values suggests this one.",
    "unit.profile": "No unit is written; the publisher of this layout documents this one.",
    "day_first": "Every date could be read both ways.",
    "label": "The times could mark the start or the end of each interval.",
    "direction": "No word tells the direction; a single meter usually counts what comes from the grid.",
    "direction.daylight": "No word tells the direction; values rise in daylight only, as those of a solar plant do.",
    "direction.net": "No word tells the direction; values of both signs suggest import minus export.",
    "kind": "The few values only rise, so they look like readings of a register.",
    "clock": "The file has times that the clock of this zone skips in spring, so its clock seems not to change.",
    "key": "Many times stand more than once with other values, and the last one counts. A column that tells the rows"
    " apart (a meter, a register, the hour) may have been missed.",
    "factor.register": "The file names a factor, and its values look like readings of a register, not multiplied yet.",
    "factor.amount": "The file names a factor, and nothing says whether the amounts are multiplied by it already.",
    "decimal": "Every number could be read both ways, a thousand times apart.",
    "unit.stated": "The file states two scales for the same values; this one makes the amounts of a meter.",
    "kind.stated": "The file calls these values something else than they look like: registers rise, amounts do not.",
    "direction.stated": "The format can tell the direction, but this file leaves it out.",
} | OF_COLUMNS


def ask(
    layout: Layout,
    decided: Sequence[Decided],
    options: ImportOptions,
    *,
    tz: str,
    tz_reason: str,
    label_why: str,
    scaling: Scaling,
) -> tuple[ImportQuestion, ...]:
    """All questions of a file, most consequential first."""
    found = [
        *doubts(decided, options, tz),
        *_units(decided, options),
        *_factor(scaling),
        *_kinds(decided, options),
        *_decimal(layout),
        *_dates(layout, options),
        *_zone(tz, tz_reason),
        *_clock(decided, options),
        *_labels(decided, options, label_why),
        *_directions(decided, options),
        *_keys(decided, options),
    ]
    return tuple(dict.fromkeys(found))


def _keys(decided: Sequence[Decided], options: ImportOptions) -> list[ImportQuestion]:
    """Rows that contradict each other by the dozen are rarely corrections: something tells them apart."""
    many = any(
        d.prepared.conflicts > 3 and d.prepared.conflicts > 0.02 * len(d.prepared.start) for d in decided
    )
    return (
        [ImportQuestion("key", "--map", "key=none", BECAUSE["key"])]
        if many and "key" not in options.columns
        else []
    )


def _units(decided: Sequence[Decided], options: ImportOptions) -> list[ImportQuestion]:
    choices = {
        Quantity.ELECTRIC_ENERGY: ("kWh", "Wh", "MWh", "kW", "W"),
        Quantity.POWER: ("kW", "W", "MW", "kWh"),
        Quantity.TEMPERATURE: ("degC", "degF"),
        Quantity.TEMPERATURE_SETPOINT: ("degC", "degF"),
    }
    asked: dict[Quantity, ImportQuestion] = {}
    for d in decided:
        if d.meaning.quantity in choices and _unit_is_open(d, decided):
            because = BECAUSE["unit.profile" if m.unit_from else "unit"]
            asked.setdefault(
                m.quantity, ImportQuestion("unit", "--unit", d.unit.symbol, because, choices[m.quantity])
            )
    return list(asked.values())


def _kinds(decided: Sequence[Decided], options: ImportOptions) -> list[ImportQuestion]:
    few = any(
        d.kind is Kind.CUMULATIVE and len(d.prepared.start) < 48 and d.meaning.kind is None for d in decided
    )
    if options.kind or not few:
        return []
    return [ImportQuestion("kind", "--kind", "cumulative", BECAUSE["kind"], ("cumulative", "interval"))]


def _factor(told: Scaling) -> list[ImportQuestion]:
    if not told.factor or told.because:
        return []
    because = BECAUSE["factor.register" if told.answer == APPLY else "factor.amount"]
    return [ImportQuestion("factor", "--factor", told.answer, because, (APPLY, APPLIED))]


def _decimal(layout: Layout) -> list[ImportQuestion]:
    if not layout.decimal_open:
        return []
    return [ImportQuestion("decimal", "--decimal", layout.decimal, BECAUSE["decimal"], (".", ","))]


def _dates(layout: Layout, options: ImportOptions) -> list[ImportQuestion]:
    if not layout.open_order or options.day_first is not None:
        return []
    names = {"dmy": "day_first", "mdy": "month_first", "ymd": "year_first"}
    pair = (names[layout.order], names[layout.open_order])
    return [ImportQuestion("day_first", "--day-first/--month-first", pair[0], BECAUSE["day_first"], pair)]


def _zone(tz: str, reason: str) -> list[ImportQuestion]:
    return [ImportQuestion("tz", "--tz", tz, BECAUSE[reason])] if reason else []


def _clock(decided: Sequence[Decided], options: ImportOptions) -> list[ImportQuestion]:
    if options.clock or not any(d.prepared.clock.fixed for d in decided):
        return []
    return [ImportQuestion("clock", "--clock", "standard", BECAUSE["clock"], ("standard", "local"))]


def _labels(decided: Sequence[Decided], options: ImportOptions, why: str) -> list[ImportQuestion]:
    needed = any(d.kind is Kind.INTERVAL and d.prepared.end is None for d in decided)
    if why or options.label or not needed:
        return []
    return [ImportQuestion("label", "--label", decided[0].label, BECAUSE["label"], ("start", "end"))]


def _directions(decided: Sequence[Decided], options: ImportOptions) -> list[ImportQuestion]:
    if options.direction:
        return []
    active = (Quantity.ELECTRIC_ENERGY, Quantity.POWER)
    electric = any(d.meaning.quantity in active for d in decided)
    asked = active if electric else (Quantity.REACTIVE_ENERGY,)  # gas and heat only ever come in
    for d in decided:
        m = d.meaning
        if m.quantity in asked and m.direction is not None and m.direction_from in ("", "daylight"):
            suffix = ".daylight" if m.direction_from else ".net" if m.direction is Direction.NET else ""
            choices = tuple(x.value for x in Direction)
            return [
                ImportQuestion(
                    "direction", "--direction", m.direction.value, BECAUSE[f"direction{suffix}"], choices
                )
            ]
    return []

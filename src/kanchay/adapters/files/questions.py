"""What a file leaves open: one question each, with our guess and why. The sentences are fixed, to be translated."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

import numpy as np

from kanchay.adapters.files.about import of_series, of_times, of_values
from kanchay.adapters.files.doubts import BECAUSE as OF_COLUMNS
from kanchay.adapters.files.doubts import TOLD_UNIT, doubts, names_of
from kanchay.adapters.files.evidence import SURE_OF_TOTAL
from kanchay.adapters.files.factors import APPLIED, APPLY
from kanchay.adapters.files.kinds import is_still, kind_is_open
from kanchay.adapters.files.labels import Label
from kanchay.adapters.files.layout import Layout
from kanchay.adapters.files.likely import fits_size
from kanchay.adapters.files.meaning import ENERGY
from kanchay.adapters.files.roles import Roles
from kanchay.adapters.files.scaling import Scaling
from kanchay.adapters.files.series import Decided
from kanchay.adapters.files.thousands import chance_of_sign
from kanchay.adapters.files.words import REGISTERS, matches, normal
from kanchay.domain.importing import ImportQuestion
from kanchay.domain.interval import HOUR
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity
from kanchay.services.ports.files import ImportOptions

__all__ = ["BECAUSE", "ask"]

_EACH: Final = 3  # flows whose direction is asked one by one

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
    "kind": "The values only rise, as readings of a register do, and are few or span less than a day.",
    "kind.still": "The values never change: a register that stands still, or the same amount each time.",
    "clock": "The file has times that the clock of this zone skips in spring, so its clock seems not to change.",
    "key": "Many times stand more than once with other values, and the last one counts. A column that tells the rows"
    " apart (a meter, a register, the hour) may have been missed.",
    "rows": "Rows with values have a time that cannot be read, and would be left out.",
    "rows.values": "Dates stand among the numbers, as spreadsheets make them of 1.5; their rows would be left out.",
    "factor.register": "The file names a factor, and its values look like readings of a register, not multiplied yet.",
    "factor.amount": "The file names a factor, and nothing says whether the amounts are multiplied by it already.",
    "decimal": "Every number could be read both ways, a thousand times apart.",
    "unit.stated": "The file states two scales for the same values; this one makes the amounts of a meter.",
    "kind.stated": "The file calls these values something else than they look like: registers rise, amounts do not.",
    "direction.stated": "The format can tell the direction, but this file leaves it out.",
} | OF_COLUMNS


def ask(
    layout: Layout,
    roles: Roles,
    decided: Sequence[Decided],
    options: ImportOptions,
    *,
    tz: str,
    tz_reason: str,
    label: Label,
    scaling: Scaling,
) -> tuple[ImportQuestion, ...]:
    """All questions of a file, most consequential first."""
    found = [
        *_unread(layout, options),
        *doubts(decided, options, tz),
        *_units(decided, options),
        *_factor(scaling),
        *_kinds(decided, options),
        *_decimal(layout, roles, decided, tz),
        *_dates(layout, roles, options),
        *_zone(tz, tz_reason),
        *_clock(decided, options),
        *_labels(decided, roles, options, label),
        *_directions(decided, options),
        *_keys(decided, options),
    ]
    return tuple(dict.fromkeys(found))


def _unread(layout: Layout, options: ImportOptions) -> list[ImportQuestion]:
    if options.rows or not (about := layout.unread or layout.no_numbers):
        return []
    because, left_out = BECAUSE["rows" if layout.unread else "rows.values"], ("left_out",)
    return [ImportQuestion("rows", "--rows", left_out[0], because, left_out, about)]


def _keys(decided: Sequence[Decided], options: ImportOptions) -> list[ImportQuestion]:
    """Rows that contradict each other by the dozen, or everywhere, are rarely corrections: something tells them apart."""
    many = any(_contradicts_itself(d.prepared.conflicts, len(d.prepared.start)) for d in decided)
    return (
        [ImportQuestion("key", "--map", "key=none", BECAUSE["key"])]
        if many and "key" not in options.columns
        else []
    )


def _contradicts_itself(conflicts: int, n: int) -> bool:
    return conflicts > 0.02 * n and (conflicts > 3 or 2 * conflicts >= n)


def _units(decided: Sequence[Decided], options: ImportOptions) -> list[ImportQuestion]:
    choices = {
        Quantity.ELECTRIC_ENERGY: ("kWh", "Wh", "MWh", "kW", "W"),
        Quantity.POWER: ("kW", "W", "MW", "kWh", "Wh"),
        Quantity.TEMPERATURE: ("degC", "degF"),
        Quantity.TEMPERATURE_SETPOINT: ("degC", "degF"),
    }
    told = {d.meaning.quantity for d in decided if d.meaning.unit_from in TOLD_UNIT}
    told &= {Quantity.ELECTRIC_ENERGY, Quantity.POWER}  # beside a told one these are asked by column
    asked: dict[Quantity, ImportQuestion] = {}
    for d in decided:
        if d.meaning.quantity in choices and _unit_is_open(d, told):
            because = BECAUSE["unit.profile" if d.meaning.unit_from else "unit"]
            question = ImportQuestion(
                "unit", "--unit", d.unit.symbol, because, choices[d.meaning.quantity], of_series(d), d.chance
            )
            asked.setdefault(d.meaning.quantity, question)
    return list(asked.values())


def _unit_is_open(d: Decided, told: Collection[Quantity]) -> bool:
    """Whether nobody tells a unit: neither the file nor the publisher of its layout, in sizes that can be."""
    m = d.meaning
    if m.unit_from in TOLD_UNIT:
        return False
    if m.unit_from:
        hours = (d.prepared.step or HOUR) / HOUR
        values = d.prepared.values
        return not fits_size(d.unit, [np.diff(values) if d.kind is Kind.CUMULATIVE else values], hours)
    return m.quantity not in told


def _kinds(decided: Sequence[Decided], options: ImportOptions) -> list[ImportQuestion]:
    """Amounts or a register, where the values leave it open and no other energy of the file tells it."""
    energies = [d for d in decided if d.meaning.quantity in ENERGY]
    left = [d for d in energies if kind_is_open(d.prepared, d.meaning, d.kind)]
    moving = len(energies) > sum(is_still(d.prepared) for d in energies)
    registers = any(d.kind is Kind.CUMULATIVE and d.meaning.kind is None and d not in left for d in energies)
    for d in [] if options.kind or registers else left:
        still = is_still(d.prepared)
        if not (still and moving):
            other = Kind.INTERVAL if d.kind is Kind.CUMULATIVE else Kind.CUMULATIVE
            because = BECAUSE["kind.still" if still else "kind"]
            return [ImportQuestion("kind", "--kind", d.kind.value, because, (d.kind.value, other.value))]
    return []


def _factor(told: Scaling) -> list[ImportQuestion]:
    if not told.factor or told.because:
        return []
    because = BECAUSE["factor.register" if told.answer == APPLY else "factor.amount"]
    return [ImportQuestion("factor", "--factor", told.answer, because, (APPLY, APPLIED))]


def _decimal(layout: Layout, roles: Roles, decided: Sequence[Decided], tz: str) -> list[ImportQuestion]:
    chance = chance_of_sign(decided, layout.decimal, tz) if layout.decimal_open else None
    if not layout.decimal_open or (chance or 0) >= SURE_OF_TOTAL:
        return []
    signs, about = (".", ","), of_values(roles)
    return [ImportQuestion("decimal", "--decimal", layout.decimal, BECAUSE["decimal"], signs, about, chance)]


def _dates(layout: Layout, roles: Roles, options: ImportOptions) -> list[ImportQuestion]:
    if not layout.open_order or options.day_first is not None:
        return []
    names = {"dmy": "day_first", "mdy": "month_first", "ymd": "year_first"}
    pair = (names[layout.order], names[layout.open_order])
    option, about = "--day-first/--month-first", of_times(roles)
    return [ImportQuestion("day_first", option, pair[0], BECAUSE["day_first"], pair, about)]


def _zone(tz: str, reason: str) -> list[ImportQuestion]:
    return [ImportQuestion("tz", "--tz", tz, BECAUSE[reason])] if reason else []


def _clock(decided: Sequence[Decided], options: ImportOptions) -> list[ImportQuestion]:
    if options.clock or not any(d.prepared.clock.fixed for d in decided):
        return []
    return [ImportQuestion("clock", "--clock", "standard", BECAUSE["clock"], ("standard", "local"))]


def _labels(
    decided: Sequence[Decided], roles: Roles, options: ImportOptions, label: Label
) -> list[ImportQuestion]:
    needed = any(d.kind is Kind.INTERVAL and d.prepared.end is None for d in decided)
    if label.why or options.label or not needed:
        return []
    ends, about = ("start", "end"), of_times(roles)
    return [ImportQuestion("label", "--label", label.end, BECAUSE["label"], ends, about, label.chance)]


def _directions(decided: Sequence[Decided], options: ImportOptions) -> list[ImportQuestion]:
    """Which way flows go that no word tells: one question where one answer does for all, else one for each column."""
    if options.direction:
        return []
    active = (Quantity.ELECTRIC_ENERGY, Quantity.POWER)
    electric = any(d.meaning.quantity in active for d in decided)
    asked = active if electric else (Quantity.REACTIVE_ENERGY,)  # gas and heat only ever come in
    named = zip(decided, names_of(decided), strict=True)
    found = [
        (d, n)
        for d, n in named
        if d.meaning.quantity in asked and d.meaning.direction_from in ("", "daylight")
    ]
    left, names = [d for d, _ in found], [n for _, n in found]
    each = len(left) <= _EACH and len(set(names)) == len(names) and all(names) and _may_part(left)
    return [
        _direction(d, f"direction:{name}" if each else "direction", "--map" if each else "--direction")
        for d, name in found[: len(found) if each else 1]
        if d.meaning.direction is not None
    ]


def _may_part(flows: Sequence[Decided]) -> bool:
    """Whether columns could flow different ways: no meters of one column, phases, tariffs, or one flow in two units."""
    columns = [(d.meaning.quantity, d.prepared.raw.column) for d in flows]
    alike = all(matches(REGISTERS, normal(column)) for _, column in columns)
    return not alike and len(set(columns)) > len({quantity for quantity, _ in columns})


def _direction(d: Decided, code: str, option: str) -> ImportQuestion:
    m = d.meaning
    suffix = ".daylight" if m.direction_from else ".net" if m.direction is Direction.NET else ""
    guess = m.direction.value if m.direction is not None else ""
    choices, because = tuple(x.value for x in Direction), BECAUSE[f"direction{suffix}"]
    return ImportQuestion(code, option, guess, because, choices, of_series(d))

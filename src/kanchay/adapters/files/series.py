"""Series: units, intervals, totals and counts, as a preview shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.files.meaning import FLOWS, Meaning
from kanchay.adapters.files.prepared import Prepared
from kanchay.adapters.files.words import REGISTERS, matches, normal
from kanchay.analysis.quality.derive import derive_readings, to_energy
from kanchay.domain.importing import ImportSeries
from kanchay.domain.interval import DAY, IntArray, utc_offset, wall_clock
from kanchay.domain.issue import Issue, IssueKind, Severity
from kanchay.domain.point import Direction, Kind
from kanchay.domain.reading import Observations, Quality
from kanchay.domain.units import CANONICAL, Quantity, Unit, scaled

__all__ = ["Decided", "build_series"]

_SUMMED = (Quantity.ELECTRIC_ENERGY, Quantity.POWER, Quantity.HEAT, Quantity.GAS)

# Months in so many days: one, two, a quarter, half a year, a year.
_MONTHS: Final = {
    **dict.fromkeys(range(28, 32), 1), **dict.fromkeys(range(59, 63), 2), **dict.fromkeys(range(90, 93), 3),
    **dict.fromkeys(range(181, 185), 6), 365: 12, 366: 12,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Decided:
    """Everything that was decided about one series before it is built."""

    prepared: Prepared
    meaning: Meaning
    unit: Unit
    kind: Kind
    label: str
    name: str
    chance: float | None = None  # of the unit, where it is only likely


def _target(meaning: Meaning, unit: Unit) -> str:
    """Canonical unit of the quantity; gas that is billed in kWh stays kWh."""
    if meaning.quantity is Quantity.GAS and unit.quantity is Quantity.ELECTRIC_ENERGY:
        return "kWh"
    return CANONICAL[meaning.quantity]


def _values(d: Decided) -> NDArray[np.float64]:
    """Values in the canonical unit; exports count positive."""
    plain = d.unit.factor == 1 and not d.unit.offset
    values = d.prepared.values if plain else scaled(d.prepared.values, d.unit.factor) + d.unit.offset
    outward = d.meaning.direction in (Direction.EXPORT, Direction.PRODUCTION)
    return -values if outward and values.size and values.max() <= 0 and values.min() < 0 else values


def _intervals(d: Decided, tz: str) -> tuple[IntArray, IntArray]:
    """Start and end of each interval; instants twice for what is no interval."""
    p = d.prepared
    if d.kind is not Kind.INTERVAL:
        return p.start, p.start
    if p.end is not None:
        return p.start, p.end
    step = p.step or 0
    if step >= DAY:
        return _calendar(p.start, step // DAY, d.label, tz)
    start = p.start - step if d.label == "end" else p.start
    return start, start + step


def _calendar(start: IntArray, n_days: int, label: str, tz: str) -> tuple[IntArray, IntArray]:
    """Intervals of whole local days, or of months, quarters or years where the usual step is one."""
    wall = wall_clock(start, tz)
    months = wall.astype("M8[s]").astype("M8[M]")
    inside = wall - months.astype("M8[s]").astype(np.int64)
    n_months = _MONTHS.get(n_days, 0)
    if n_months == 1 or (n_months and (inside == inside[0]).all()):
        other = (months + (-n_months if label == "end" else n_months)).astype("M8[s]").astype(
            np.int64
        ) + inside
    else:
        other = wall + (-n_days if label == "end" else n_days) * DAY
    away = other - utc_offset(other - utc_offset(other, tz), tz)
    return (away, start) if label == "end" else (start, away)


def _total(d: Decided, seen: Observations) -> tuple[float | None, list[Issue]]:
    """Energy of the series in kWh, or None where a sum has no meaning."""
    step = d.prepared.step if d.prepared.regular else None
    readings, issues = derive_readings(seen, d.kind, resolution_s=step)
    if (
        d.meaning.kind is Kind.INSTANTANEOUS
        or d.meaning.quantity not in _SUMMED
        or _target(d.meaning, d.unit) == "m3"
    ):
        return None, issues
    return float(
        (to_energy(readings) if d.meaning.quantity is Quantity.POWER else readings).value.sum()
    ), issues


def _expected(d: Decided, start: IntArray, end: IntArray, tz: str) -> int:
    """How many values a series without gaps would have."""
    step = d.prepared.step
    if step is None or not d.prepared.regular or len(start) == 0:
        return len(start)
    if step >= DAY:
        first, last = wall_clock(start[[0, -1]], tz) // DAY
        return round((last - first) / (step // DAY)) + 1 if step < 28 * DAY else len(start)
    span = int(end[-1] - start[0]) if d.kind is Kind.INTERVAL else int(start[-1] - start[0]) + step
    return max(len(start), round(span / step))


def _issues(d: Decided, seen: Observations, missing: int) -> list[Issue]:
    p, first, last = d.prepared, int(seen.start[0]), int(seen.end[-1])
    found = []

    def add(kind: IssueKind, severity: Severity, **numbers: float) -> None:
        found.append(Issue(kind, d.name, first, last, severity, numbers))

    if p.duplicates:
        severity = Severity.WARNING if p.conflicts else Severity.INFO
        add(IssueKind.DUPLICATE, severity, n_rows=float(p.duplicates), n_conflicts=float(p.conflicts))
    if p.raw.n_unreadable:
        add(IssueKind.UNREADABLE, Severity.WARNING, n_cells=float(p.raw.n_unreadable))
    if missing:
        add(IssueKind.GAP, Severity.INFO, n_intervals=float(missing), hours=missing * (p.step or 0) / 3600)
    if p.clock.holes:
        add(
            IssueKind.CLOCK_SLIP,
            Severity.WARNING,
            n_rows=float(p.clock.holes),
            standard_time=float(p.clock.fixed),
        )
    return found


def build_series(d: Decided, tz: str) -> ImportSeries:
    """The series in canonical units with all that a preview says about it."""
    start, end = _intervals(d, tz)
    quality = np.where(d.prepared.estimated, Quality.ESTIMATED, Quality.MEASURED).astype(np.int8)
    seen = Observations(d.name, start, end, _values(d), quality)
    total, derived = _total(d, seen)
    missing = _expected(d, start, end, tz) - len(start)
    regular = d.prepared.regular and (d.prepared.step or DAY) < 28 * DAY
    return ImportSeries(
        name=d.name,
        quantity=d.meaning.quantity,
        direction=d.meaning.direction if d.meaning.quantity in FLOWS else None,
        unit=_target(d.meaning, d.unit),
        kind=d.kind,
        resolution_s=d.prepared.step if regular or d.kind is Kind.INTERVAL else None,
        timezone=tz,
        start=int(start[0]),
        end=int(end[-1]),
        n=len(start),
        missing=missing,
        duplicates=d.prepared.duplicates,
        total=total,
        column=d.prepared.raw.column,
        source_unit=d.unit.symbol,
        register=matches(REGISTERS, normal(d.name)) if d.meaning.quantity in FLOWS else "",
        is_submeter=d.meaning.submeter,
        named=bool(d.prepared.raw.key or d.prepared.raw.column.strip()),
        evidence=d.meaning.evidence,
        issues=tuple(_issues(d, seen, missing) + derived),
        observations=seen,
    )

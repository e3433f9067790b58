"""Observations to readings: the step between what was received and what is analysed.

- *interval* values pass through;
- a *cumulative* register is differenced: one reading per step, from one register reading to the next. A step over a
  gap stays one long reading, marked as imputed: its total is true, but no hour can claim its share of it;
- an *instantaneous* value on a regular grid holds until the next grid point; on an irregular one the mean of both
  ends stands for the time between, and nothing stands for a pause longer than `max_hold_s`.

Mean power becomes energy by time (`to_energy`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from kanchay.analysis.quality.registers import Break, register_steps
from kanchay.domain.interval import HOUR, IntArray
from kanchay.domain.issue import Issue, IssueKind, Severity
from kanchay.domain.point import Kind
from kanchay.domain.reading import Observations, Quality, Readings

__all__ = ["complete_registers", "derive_readings", "to_energy", "usual_step"]

MAX_HOLD_S: Final = 900
_LONG_STEP_S: Final = 3900  # a step up to an hour (and some slack) says enough about its hour
_EXCLUSIVE: Final = 0.95  # of intervals in which just one tariff register counts


def usual_step(starts: IntArray) -> int | None:
    """The most frequent distance of neighbouring instants.

    Parameters
    ----------
    starts : ndarray of int64, shape (n,)
        UTC seconds, sorted. [s]

    Returns
    -------
    int or None
        None for fewer than two different instants. [s]

    Examples
    --------
    >>> usual_step(np.array([0, 900, 1800, 5400]))
    900
    """
    steps = np.diff(starts)
    steps = steps[steps > 0]
    if len(steps) == 0:
        return None
    sizes, counts = np.unique(steps, return_counts=True)
    return int(sizes[counts.argmax()])


def derive_readings(
    observations: Observations, kind: Kind, *, resolution_s: int | None = None, max_hold_s: int = MAX_HOLD_S
) -> tuple[Readings, list[Issue]]:
    """Readings of one point, derived from what was received.

    Parameters
    ----------
    observations : Observations
        Sorted by start, no start twice, no NaN.
    kind : Kind
        How the values relate to time.
    resolution_s : int, optional
        Spacing of instantaneous values; None where it is irregular. [s]
    max_hold_s : int, default 900
        Longest time an irregular instantaneous value stands for. [s]

    Returns
    -------
    readings : Readings
    issues : list of Issue
        Resets, swaps, roll-overs, glitches and corrections of a register, with numbers.

    Examples
    --------
    >>> t = np.array([0, 900, 1800])
    >>> seen = Observations("m", t, t, np.array([5.0, 5.5, 7.0]), np.zeros(3, np.int8))
    >>> derive_readings(seen, Kind.CUMULATIVE)[0].value.tolist()
    [0.5, 1.5]
    """
    if kind is Kind.CUMULATIVE:
        return _difference(observations)
    if kind is Kind.INSTANTANEOUS:
        return _hold(observations, resolution_s, max_hold_s), []
    o = observations
    return Readings(o.point_id, o.start, o.end, o.value, o.quality), []


def _difference(o: Observations) -> tuple[Readings, list[Issue]]:
    if len(o) < 2:
        return Readings.empty(o.point_id), []
    steps = register_steps(o.value)
    times, quality = o.start[steps.kept], o.quality[steps.kept]
    worst = np.maximum(quality[1:], quality[:-1])
    worst = np.where(steps.guessed, np.maximum(worst, Quality.ESTIMATED), worst).astype(np.int8)
    lengths = np.diff(times)
    long = lengths > max(1.5 * (usual_step(times) or 0), _LONG_STEP_S)
    worst = np.where(long, np.maximum(worst, Quality.IMPUTED), worst).astype(np.int8)
    known = ~np.isnan(steps.energy)
    readings = Readings(o.point_id, times[:-1][known], times[1:][known], steps.energy[known], worst[known])
    issues = [_break_issue(o, at, kind, before) for at, kind, before in steps.breaks]
    if steps.corrections:
        numbers = {"n_corrections": float(steps.corrections)}
        issues.append(
            Issue(IssueKind.RESET, o.point_id, int(o.start[0]), int(o.start[-1]), Severity.INFO, numbers)
        )
    return readings, issues


def _break_issue(o: Observations, at: int, kind: Break, before: float) -> Issue:
    start, end = int(o.start[max(at - 1, 0)]), int(o.start[at])
    numbers = {"before": before, "after": float(o.value[at])}
    if kind is Break.GLITCH:
        return Issue(
            IssueKind.SPIKE, o.point_id, start, end, Severity.WARNING, {"register": float(o.value[at])}
        )
    severity = Severity.ERROR if kind is Break.SWAP else Severity.WARNING
    return Issue(IssueKind.RESET, o.point_id, start, end, severity, numbers | {f"is_{kind.value}": 1.0})


def _hold(o: Observations, resolution_s: int | None, max_hold_s: int) -> Readings:
    if resolution_s is not None:
        return Readings(o.point_id, o.start, o.start + resolution_s, o.value, o.quality)
    near = np.diff(o.start) <= max_hold_s
    mean = (o.value[1:] + o.value[:-1]) / 2
    worst = np.maximum(o.quality[1:], o.quality[:-1])
    return Readings(o.point_id, o.start[:-1][near], o.start[1:][near], mean[near], worst[near])


def to_energy(readings: Readings) -> Readings:
    """Energy of readings that hold mean power: kW times hours.

    Parameters
    ----------
    readings : Readings
        Mean power. [kW]

    Returns
    -------
    Readings
        Of the same intervals. [kWh]

    Examples
    --------
    >>> to_energy(Readings.regular("m", 0, 900, np.array([4.0]))).value.tolist()
    [1.0]
    """
    return replace(readings, value=readings.value * (readings.end - readings.start) / HOUR)


def complete_registers(registers: list[Readings]) -> list[Readings]:
    """Zeros where only another tariff register of the same meter and direction counted.

    Day and night registers take turns. Their sum is known only where all of them are, so the silent ones get a zero,
    marked as estimated. Registers that count side by side are left as they are.

    Parameters
    ----------
    registers : list of Readings
        All tariff registers of one meter and one direction.

    Returns
    -------
    list of Readings

    Examples
    --------
    >>> day = Readings.regular("day", 0, 900, np.array([1.0, np.nan]))
    >>> night = Readings.regular("night", 0, 900, np.array([np.nan, 2.0]))
    >>> [r.value.tolist() for r in complete_registers([day, night])]
    [[1.0, 0.0], [0.0, 2.0]]
    """
    spans = [np.stack([r.start, r.end], axis=1) for r in registers]
    union, counts = np.unique(np.concatenate(spans), axis=0, return_counts=True)
    if len(registers) < 2 or len(union) == 0 or (counts == 1).mean() < _EXCLUSIVE:
        return registers
    return [_with_zeros(r, union) for r in registers]


def _with_zeros(readings: Readings, union: IntArray) -> Readings:
    absent = ~np.isin(union[:, 0], readings.start)
    start, end = (np.r_[column, union[absent, i]] for i, column in enumerate((readings.start, readings.end)))
    value = np.r_[readings.value, np.zeros(int(absent.sum()))]
    quality = np.r_[readings.quality, np.full(int(absent.sum()), Quality.ESTIMATED)].astype(np.int8)
    order = np.argsort(start, kind="stable")
    return Readings(readings.point_id, start[order], end[order], value[order], quality[order])

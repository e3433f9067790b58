"""The home or building behind a portal's export: what flowed there, and the truth about it."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from kanchay.domain.interval import HOUR, IntArray, local_midnight, to_datetime
from kanchay.domain.reading import FloatArray
from kanchay.domain.units import CANONICAL, Quantity
from kanchay.domain.units import unit as unit_of
from kanchay.simulate.exports.dice import dice
from kanchay.simulate.exports.meters import TrueSeries, drawn

__all__ = ["Paper", "Portal", "PortalCase", "Site", "lines", "plain", "site_of"]

USED: Final = ("import", "consumption")  # the papers of a grid meter call import consumption
SENT: Final = ("export", "production")  # and what a plant sends away its production


@dataclass(frozen=True, slots=True)
class PortalCase:
    """Which portal exported what days of which site."""

    seed: int
    portal: str
    tz: str
    resolution_s: int
    day: date
    n_days: int


@dataclass(frozen=True, slots=True, eq=False)
class Paper:
    """An export as a portal writes it, the truth, what it leaves open, and answers that differ from the usual ones."""

    name: str
    data: bytes
    truth: tuple[TrueSeries, ...]
    open: frozenset[str] = frozenset()
    answers: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Portal:
    """A layout of exports: who writes it, where, at which resolutions, and how.

    `changes` says that it is known what this portal writes on the days on which clocks change.
    """

    name: str
    source: str
    zones: tuple[str, ...]
    steps: tuple[int, ...]
    write: Callable[[Site], Paper]
    changes: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One site over some days: its intervals, and amounts drawn for it."""

    case: PortalCase
    starts: IntArray
    scale: float

    @property
    def step(self) -> int:
        """Length of an interval. [s]"""
        return self.case.resolution_s

    @property
    def rng(self) -> random.Random:
        """Choices of the portal, the same each time they are asked for."""
        return dice(self.case.seed, "portal")

    def used(self, unit: str, digits: int, number: int = 0) -> FloatArray:
        """What is used in each interval, rounded as the portal rounds."""
        return self._amounts(unit, digits, number, solar=False)

    def solar(self, unit: str, digits: int, number: int = 1) -> FloatArray:
        """What the sun gives in each interval, rounded as the portal rounds."""
        return self._amounts(unit, digits, number, solar=True)

    def _amounts(self, unit: str, digits: int, number: int, *, solar: bool) -> FloatArray:
        c = self.case
        kwh = drawn((c.seed, number), self.starts, c.tz, c.resolution_s, self.scale, solar=solar)
        symbol = unit_of(unit)
        hours = c.resolution_s / HOUR if symbol.quantity is Quantity.POWER else 1.0
        made: FloatArray = np.round(kwh * (1 + 0.37 * number) / hours / symbol.factor, digits)
        return made

    def register(self, unit: str, digits: int, number: int = 0, *, solar: bool = False) -> FloatArray:
        """A counter at the start of each interval."""
        symbol = unit_of(unit)
        kwh = self._amounts("kWh", 9, number, solar=solar)
        first = dice(self.case.seed, f"counter {number}").uniform(800, 60_000)
        line: FloatArray = np.round((first + np.r_[0.0, np.cumsum(kwh[:-1])]) / symbol.factor, digits)
        return line

    def at(self, shift: int = 0) -> list[datetime]:
        """The local clock at each start, moved by some seconds."""
        return [to_datetime(int(t) + shift, self.case.tz) for t in self.starts]

    def utc(self, shift: int = 0) -> list[datetime]:
        """Universal time at each start, moved by some seconds."""
        return [datetime.fromtimestamp(int(t) + shift, ZoneInfo("UTC")) for t in self.starts]

    def days(self) -> list[tuple[date, IntArray]]:
        """Each local day with the places of its intervals."""
        local = [m.date() for m in self.at()]
        return [
            (d, np.array([i for i, x in enumerate(local) if x == d], dtype=np.int64))
            for d in dict.fromkeys(local)
        ]

    def truth(
        self, name: str, values: FloatArray, unit: str, directions: tuple[str, ...] | None = USED,
        *, kind: str | None = "interval", quantity: Quantity | None = None,
    ) -> TrueSeries:  # fmt: skip
        """What a right import says of values as they were written."""
        symbol = unit_of(unit)
        is_ = quantity or symbol.quantity
        there = ~np.isnan(values)
        canonical = values[there] * symbol.factor + symbol.offset
        at = self.starts[there]
        end = (
            None
            if kind in (None, "instantaneous")
            else int(at[-1]) + (self.step if kind == "interval" else 0)
        )
        return TrueSeries(
            name, is_.value, directions, CANONICAL[is_], kind, self.step, int(there.sum()), int(at[0]), end,
            _total(canonical, is_, kind, self.step), float(canonical.sum()),
        )  # fmt: skip


def _total(canonical: FloatArray, quantity: Quantity, kind: str | None, step: int) -> float | None:
    """Energy of a series; none of what is no flow, no amount and no mean. [kWh]"""
    if kind == "cumulative":
        return float(np.maximum(np.diff(canonical), 0.0).sum())
    if kind != "interval" or quantity not in (Quantity.ELECTRIC_ENERGY, Quantity.POWER):
        return None
    return float(canonical.sum()) * (step / HOUR if quantity is Quantity.POWER else 1.0)


def plain(value: float, digits: int, decimal: str = ".") -> str:
    """A number as text; nothing where there is none."""
    return "" if np.isnan(value) else f"{value:.{digits}f}".replace(".", decimal)


def lines(rows: Iterable[Sequence[str]], delimiter: str = ",", newline: str = "\n") -> str:
    """Rows as delimited text, quoted where a cell holds the delimiter."""
    quoted = ([f'"{c}"' if delimiter in c and not c.startswith('"') else c for c in row] for row in rows)
    return newline.join(delimiter.join(row) for row in quoted) + newline


def _day(rng: random.Random, portal: Portal, tz: str, n_days: int) -> date:
    """A first day; where clocks change only for portals of which it is known what they write then."""
    for _ in range(40):
        day = date(2023, 1, 1) + timedelta(days=rng.randrange(900))
        span = local_midnight(day + timedelta(days=n_days), tz) - local_midnight(day, tz)
        if portal.changes or span == n_days * 86400:
            return day
    return date(2024, 7, 1)


def site_of(seed: int, portal: Portal) -> Site:
    """The site and the days of a seed."""
    rng = dice(seed, "site")
    tz, step = rng.choice(portal.zones), rng.choice(portal.steps)
    n_days = rng.choice((3, 5, 8)) if step < HOUR else rng.choice((5, 9, 15))
    day = _day(rng, portal, tz, n_days)
    first, last = (local_midnight(day + timedelta(days=n), tz) for n in (0, n_days))
    case = PortalCase(seed, portal.name, tz, step, day, n_days)
    return Site(case, np.arange(first, last, step, dtype=np.int64), rng.choice((0.25, 0.4, 0.8)))

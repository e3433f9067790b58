"""Truth and paper: seeded readings, the rows that vendors make of them, and what a right import says."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from kanchay.domain.interval import local_midnight
from kanchay.services.ports.files import ImportOptions

HOUR = 3600


@dataclass(frozen=True)
class Truth:
    """Intervals of one meter: starts [s, UTC] and energy [kWh]."""

    tz: str
    step: int
    start: np.ndarray
    kwh: np.ndarray

    @property
    def total(self) -> float:
        return float(self.kwh.sum())

    def local(self, shift: int = 0) -> list[datetime]:
        zone = ZoneInfo(self.tz)
        return [datetime.fromtimestamp(int(t) + shift, zone) for t in self.start]

    def register(self, first: float = 4321.5) -> np.ndarray:
        """The counter at every start and at the end. [kWh]"""
        return np.round(np.r_[first, first + np.cumsum(self.kwh)], 3)

    def moments(self) -> list[datetime]:
        """Local times of the register: every start and the end."""
        zone = ZoneInfo(self.tz)
        return [datetime.fromtimestamp(int(t), zone) for t in np.r_[self.start, self.start[-1] + self.step]]


@dataclass(frozen=True)
class Want:
    """What a right import says of one series."""

    start: int
    end: int
    n: int
    total: float | None
    quantity: str = "electric_energy"
    direction: str | None = "import"
    unit: str = "kWh"
    kind: str = "interval"
    resolution: int | None = HOUR
    name: str = ""  # a part of the series' name


@dataclass(frozen=True)
class Stranger:
    """A file nobody showed us before, its truth and the answers of somebody who knows it."""

    name: str
    data: bytes
    want: tuple[Want, ...]
    tz: str = "America/Lima"
    answers: ImportOptions = field(default_factory=ImportOptions)
    others: int = 0  # series that are no energy: prices, temperatures


STRANGERS: list[tuple[str, Callable[[], Stranger]]] = []


def stranger(make: Callable[[], Stranger]) -> Callable[[], Stranger]:
    """Register a file under the name of its function."""
    STRANGERS.append((make.__name__, make))
    return make


def truth(
    tz: str = "America/Lima",
    day: date = date(2026, 3, 2),
    days: int = 10,
    step: int = HOUR,
    seed: int = 1,
    scale: float = 1.0,
) -> Truth:
    """A home with an evening: more than nothing at every hour. [kWh]"""
    first, last = (local_midnight(day + timedelta(days=n), tz) for n in (0, days))
    start = np.arange(first, last, step)
    hour = np.array([datetime.fromtimestamp(int(t), ZoneInfo(tz)).hour for t in start])
    shape = 0.15 + 0.5 * np.exp(-((hour - 20) ** 2) / 8) + 0.2 * np.exp(-((hour - 7) ** 2) / 3)
    noise = np.random.default_rng(seed).gamma(6, 1 / 6, len(start))
    return Truth(tz, step, start, np.round(scale * shape * noise * step / HOUR + 0.011, 3))


def sun(tz: str = "America/Lima", days: int = 10, step: int = HOUR, seed: int = 5) -> Truth:
    """A roof: nothing at night. [kWh]"""
    base = truth(tz, days=days, step=step, seed=seed)
    hour = np.array([t.hour + t.minute / 60 for t in base.local()])
    shape = np.maximum(0, np.sin((hour - 6) / 12 * np.pi)) * ((hour >= 6) & (hour < 18))
    noise = np.random.default_rng(seed).uniform(0.6, 1, len(hour))
    return Truth(tz, step, base.start, np.round(2.2 * shape * noise * step / HOUR, 3))


def want(t: Truth, **changes: object) -> Want:
    """What a right import of the whole truth says."""
    facts = {
        "start": int(t.start[0]),
        "end": int(t.start[-1]) + t.step,
        "n": len(t.start),
        "total": t.total,
        "resolution": t.step,
    }
    return Want(**(facts | changes))  # type: ignore[arg-type]


def counted(t: Truth, **changes: object) -> Want:
    """The same as readings of a register: one more than intervals."""
    return want(t, **({"n": len(t.start) + 1, "kind": "cumulative"} | changes))


def num(value: float, decimal: str = ".", digits: int = 3) -> str:
    return f"{value:.{digits}f}".replace(".", decimal)


def text(
    rows: Iterable[Iterable[object]], delimiter: str = ",", *, encoding: str = "utf-8", newline: str = "\r\n"
) -> bytes:
    """Rows as a text file."""
    return (newline.join(delimiter.join(str(c) for c in row) for row in rows) + newline).encode(encoding)

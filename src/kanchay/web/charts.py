"""A chart as data: what `kanchay.js` draws and the table that stands behind it, from one description."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import numpy as np
from markupsafe import Markup

from kanchay.domain.interval import HOUR, local_midnight, to_datetime
from kanchay.web.formats import Formats

__all__ = ["Band", "Chart", "Key", "Line", "day_ticks", "hour_ticks", "nice_axis"]

Values = Sequence[float | None]
_NICE: Final = (1.0, 2.0, 2.5, 4.0, 5.0, 10.0)
_FIGURES: Final = 4  # significant digits in the page: finer than a pixel


@dataclass(frozen=True)
class Line:
    """One series. `kind` is "line", "bars" or "step"; colours are names of our custom properties."""

    name: str
    color: str
    values: Values
    kind: str = "line"
    fill: str = ""
    width: float | None = None
    dashed: bool = False
    say: bool = True
    flat: bool = False  # bars of a stack: no rounded corner


@dataclass(frozen=True)
class Band:
    """A range; where `say` is set it is read out and stands in the table. Whiskers stand on bars."""

    low: Values
    high: Values
    color: str
    say: str = ""
    whiskers: bool = False


@dataclass(frozen=True)
class Key:
    """One entry of the key: a swatch, or a line."""

    color: str
    label: str
    line: bool = False


@dataclass(frozen=True)
class Chart:
    """A figure: its finding for the ear (`label`), the sentence above it, its series and its table."""

    label: str
    sentence: str
    starts: Sequence[int]
    step_s: int
    unit: str
    lines: tuple[Line, ...]
    bands: tuple[Band, ...] = ()
    keys: tuple[Key, ...] = ()
    digits: int = 2
    height: int = 220
    days: bool = False
    clock: bool = False  # hours of any day: no date is told
    centred: bool = False  # a line through interval energy passes through the centres
    now: int | None = None
    now_low: bool = False
    ticks: Sequence[int] = ()
    ticks_narrow: Sequence[int] = ()
    rules: tuple[tuple[float, str], ...] = ()
    spans: tuple[tuple[int, int, str, str], ...] = ()  # start, end, label, colour
    labels: tuple[dict[str, Any], ...] = field(default_factory=tuple)
    points: tuple[tuple[int, float], ...] = ()  # odd points, drawn as triangles
    end: int | None = None
    right: int | None = None
    tz: str = ""  # where it is not the clock of the site
    clip: float | None = None  # highest value that the axis must show; what is above reaches beyond the edge

    def _bounds(self) -> tuple[float, float]:
        rows = (
            [line.values for line in self.lines] + [b.high for b in self.bands] + [b.low for b in self.bands]
        )
        known = [v for row in rows for v in row if v is not None] + [y for y, _ in self.rules]
        top = max([0.0, *known])
        return min([0.0, *known]), top if self.clip is None else min(top, self.clip)

    @property
    def spec(self) -> Markup:
        """The JSON in the page; ``<`` is written as an escape, so that no text can end the script element."""
        low, high = self._bounds()
        bottom, top, splits, decimals = nice_axis(low, high)
        d: dict[str, Any] = {
            "t": _times(self.starts),
            "step": self.step_s,
            "unit": self.unit,
            "dec": self.digits,
            "ydec": decimals,
            "max": _short(top),
            "ys": [_short(y) for y in splits],
            "s": [_line(line) for line in self.lines],
        }
        d |= {"min": _short(bottom)} if bottom < 0 else {}
        d |= {"mid": 1} if self.centred else {}
        d |= {"days": 1} if self.days else {}
        d |= {"clock": 1} if self.clock else {}
        d |= {"now": self.now, "nowLow": int(self.now_low)} if self.now else {}
        d |= {"end": self.end} if self.end else {}
        d |= {"right": self.right} if self.right is not None else {}
        d |= {"ticks": list(self.ticks)} if self.ticks else {}
        d |= {"ticksN": list(self.ticks_narrow)} if self.ticks_narrow else {}
        d |= {"bands": [_band(b) for b in self.bands]} if self.bands else {}
        d |= {"rules": [{"y": y, "lab": lab} for y, lab in self.rules]} if self.rules else {}
        d |= (
            {"spans": [{"a": a, "b": b, "lab": lab, "c": c} for a, b, lab, c in self.spans]}
            if self.spans
            else {}
        )
        d |= {"points": [{"t": t, "y": _short(y)} for t, y in self.points]} if self.points else {}
        d |= {"labels": list(self.labels)} if self.labels else {}
        text = json.dumps(d, ensure_ascii=False, separators=(",", ":"))
        return Markup(text.replace("<", "\\u003c").replace("&", "\\u0026"))  # noqa: S704

    def table(self, f: Formats) -> tuple[list[str], list[list[str]]]:
        """Head and rows of the table behind the chart; a dash where there is no reading."""
        said = [line for line in self.lines if line.say]
        ranged = [b for b in self.bands if b.say]
        head = [f"{line.name} ({self.unit})" for line in said] + [b.say for b in ranged]
        rows = []
        for i, start in enumerate(self.starts):
            cells = [f.number(line.values[i], self.digits) for line in said]
            cells += [_range(f, b.low[i], b.high[i], self.digits) for b in ranged]
            when = f.hhmm(start) if self.clock else f.row_time(start, days=self.days)
            rows.append([when, *cells])
        return head, rows


def _range(f: Formats, low: float | None, high: float | None, digits: int) -> str:
    return "–" if low is None or high is None else f"{f.number(low, digits)}–{f.number(high, digits)}"


def _short(value: float | None) -> float | int | None:
    if value is None or not math.isfinite(value):
        return None
    short = float(f"{value:.{_FIGURES}g}")
    return int(short) if short == int(short) else short


def _times(starts: Sequence[int]) -> Any:
    """Start, step and count where the instants are regular, else the list."""
    steps = set(np.diff(np.asarray(starts, dtype=np.int64)).tolist())
    if len(starts) > 2 and len(steps) == 1:
        return {"a": int(starts[0]), "d": steps.pop(), "n": len(starts)}
    return [int(t) for t in starts]


def _line(line: Line) -> dict[str, Any]:
    d: dict[str, Any] = {"n": line.name, "c": line.color, "y": [_short(v) for v in line.values]}
    d |= {"as": line.kind} if line.kind != "line" else {}
    d |= {"fill": line.fill} if line.fill else {}
    d |= {"w": line.width} if line.width is not None else {}
    d |= {"dash": [3, 3] if line.kind == "bars" else [6, 4]} if line.dashed else {}
    d |= {"say": 0} if not line.say else {}
    d |= {"r": 0} if line.flat else {}
    return d


def _band(band: Band) -> dict[str, Any]:
    d: dict[str, Any] = {
        "lo": [_short(v) for v in band.low],
        "hi": [_short(v) for v in band.high],
        "c": band.color,
    }
    return d | ({"say": band.say} if band.say else {}) | ({"w": 1} if band.whiskers else {})


def nice_axis(low: float, high: float) -> tuple[float, float, list[float], int]:
    """Bounds, splits and digits of a vertical axis with about four intervals that includes zero.

    Examples
    --------
    >>> nice_axis(0.0, 0.57)
    (0.0, 0.6, [0.0, 0.2, 0.4, 0.6], 1)
    """
    high = high if high - low > 1e-9 else 1.0
    span = high - min(low, 0.0)
    power = 10.0 ** math.floor(math.log10(span / 4))
    step = min((n * power for n in _NICE), key=lambda s: abs(span / s - 3.6))
    bottom, top = math.floor(low / step + 1e-9) * step, max(math.ceil(high / step - 1e-9), 1) * step
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    decimals += int(round(step * 10**decimals, 6) % 1 != 0)
    n = round((top - bottom) / step)
    return round(bottom, 6), round(top, 6), [round(bottom + i * step, 6) for i in range(n + 1)], decimals


def hour_ticks(start: int, end: int, tz: str, every: int = 6) -> list[int]:
    """Instants at which the local clock shows a whole multiple of `every` hours."""
    first = -(-start // HOUR) * HOUR
    return [t for t in range(first, end, HOUR) if to_datetime(t, tz).hour % every == 0]


def day_ticks(start: int, end: int, tz: str, every: int = 7) -> list[int]:
    """Local midnights from the first day on, each `every` days."""
    day, ticks = to_datetime(start, tz).date(), []
    while (t := local_midnight(day, tz)) < end:
        if t >= start:
            ticks.append(t)
        day += timedelta(days=every if ticks else 1)
    return ticks

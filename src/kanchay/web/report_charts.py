"""Charts of the report as SVG made by the server: no script, so that they print and travel in one file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

from kanchay.web.charts import nice_axis

__all__ = ["Bar", "Fan", "bars_svg", "evidence_svg", "fan_svg"]

Number = Callable[[float, int], str]
WIDTH: Final = 720
_LEFT, _RIGHT, _TOP, _BOTTOM = 34, 8, 14, 24


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: value, the day before it compares with, whether all of it was read, and its label on the axis."""

    value: float | None
    before: float | None
    whole: bool
    label: str
    said: str


@dataclass(frozen=True, slots=True)
class Fan:
    """A running sum: what was used, then what is expected with its band; the same instants for all. [0..1, value]"""

    used: Sequence[tuple[float, float]]
    expected: Sequence[tuple[float, float]]
    low: Sequence[float]
    high: Sequence[float]
    rule: tuple[float, str] | None
    ticks: Sequence[tuple[float, str]]
    end_labels: Sequence[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where things stand: x from 0 to 1, y in the unit of the axis."""

    top: float
    height: float
    right: float = _RIGHT

    def x(self, share: float) -> float:
        return _LEFT + share * (WIDTH - _LEFT - self.right)

    def y(self, value: float) -> float:
        return self.height - _BOTTOM - (value / self.top) * (self.height - _TOP - _BOTTOM)


def _svg(frame: _Frame, parts: Sequence[str], label: str) -> Markup:
    body = "".join(parts)
    head = (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {frame.height:.0f}" role="img" aria-label="{escape(label)}">'
    )
    return Markup(f"{head}{body}</svg>")  # noqa: S704 - every text in it is escaped where it is written


def _axis(frame: _Frame, splits: Sequence[float], decimals: int, number: Number) -> list[str]:
    rows = []
    for split in splits:
        y = frame.y(split)
        rows.append(f'<path class="hair" d="M{_LEFT} {y:.1f}H{WIDTH - frame.right:.0f}"/>')
        rows.append(
            f'<text class="tick r" x="{_LEFT - 6}" y="{y + 4:.1f}">{escape(number(split, decimals))}</text>'
        )
    return rows


def _tick(x: float, frame: _Frame, text: str, anchor: str = "m") -> str:
    return f'<text class="tick {anchor}" x="{x:.1f}" y="{frame.height - 7:.1f}">{escape(text)}</text>'


def bars_svg(bars: Sequence[Bar], *, label: str, no_data: str, number: Number, height: float = 230) -> Markup:
    """A bar a day; a day without reading is a shaded well with its words, a partly read day is hollow.

    The tick across each bar is the day that it compares with.
    """
    known = [v for b in bars for v in (b.value, b.before) if v is not None]
    _, top, splits, decimals = nice_axis(0.0, max(known, default=1.0))
    frame = _Frame(top, height)
    n = max(1, len(bars))
    wide = (frame.x(1) - frame.x(0)) / n
    parts = _axis(frame, splits, decimals, number)
    for i, bar in enumerate(bars):
        left = frame.x(i / n) + 0.14 * wide
        parts.append(_bar(bar, frame, left, 0.72 * wide))
        if bar.label:
            parts.append(_tick(left + 0.36 * wide, frame, bar.label))
    parts += _wells(bars, frame, wide, no_data)
    return _svg(frame, parts, label)


def _bar(bar: Bar, frame: _Frame, left: float, wide: float) -> str:
    base, out = frame.y(0), ""
    if bar.value is not None:
        y = frame.y(bar.value)
        kind = "bar" if bar.whole else "bar part"
        out += f'<rect class="{kind}" x="{left:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{base - y:.1f}" rx="2">'
        out += f"<title>{escape(bar.said)}</title></rect>"
    if bar.before is not None:
        y = frame.y(bar.before)
        out += f'<path class="before" d="M{left - 1.5:.1f} {y:.1f}h{wide + 3:.1f}"/>'
    return out


def _wells(bars: Sequence[Bar], frame: _Frame, wide: float, words: str) -> list[str]:
    """Stretches of days without any reading."""
    parts, i = [], 0
    while i < len(bars):
        n = 0
        while i + n < len(bars) and bars[i + n].value is None:
            n += 1
        if n:
            x, y = frame.x(0) + i * wide, frame.y(frame.top)
            parts.append(
                f'<rect class="well" x="{x:.1f}" y="{y:.1f}" width="{n * wide:.1f}" height="{frame.y(0) - y:.1f}"/>'
            )
            middle = x + n * wide / 2
            parts.append(
                f'<text class="tick m" transform="translate({middle + 4:.1f} {(y + frame.y(0)) / 2:.1f}) rotate(-90)">'
                f"{escape(words)}</text>"
            )
        i += n + 1
    return parts


def fan_svg(fan: Fan, *, label: str, number: Number, height: float = 250) -> Markup:
    """A running sum with its 80 % band and the line that costs something to cross."""
    values = [y for _, y in (*fan.used, *fan.expected)] + list(fan.high) + ([fan.rule[0]] if fan.rule else [])
    _, top, splits, decimals = nice_axis(0.0, max(values, default=1.0))
    frame = _Frame(top, height, right=64)
    parts = _axis(frame, splits, decimals, number)
    if fan.low:
        xs = [x for x, _ in fan.expected]
        there = " L".join(f"{frame.x(x):.1f} {frame.y(v):.1f}" for x, v in zip(xs, fan.high, strict=True))
        back = " L".join(
            f"{frame.x(x):.1f} {frame.y(v):.1f}" for x, v in list(zip(xs, fan.low, strict=True))[::-1]
        )
        parts.append(f'<path class="band" d="M{there} L{back}Z"/>')
    parts.append(f'<path class="used" d="{_path(fan.used, frame)}"/>')
    parts.append(f'<path class="ahead" d="{_path(fan.expected, frame)}"/>')
    if fan.rule:
        y = frame.y(fan.rule[0])
        parts.append(f'<path class="rule" d="M{_LEFT} {y:.1f}H{WIDTH - 64}"/>')
        parts.append(f'<text class="name" x="{_LEFT + 4}" y="{y - 5:.1f}">{escape(fan.rule[1])}</text>')
    parts += [_tick(frame.x(x), frame, text, "s" if x == 0 else "m") for x, text in fan.ticks]
    for y, text in _apart([(frame.y(v), said) for v, said in fan.end_labels]):
        parts.append(f'<text class="name" x="{frame.x(1) + 6:.1f}" y="{y + 4:.1f}">{escape(text)}</text>')
    return _svg(frame, parts, label)


def _path(points: Sequence[tuple[float, float]], frame: _Frame) -> str:
    return "M" + " L".join(f"{frame.x(x):.1f} {frame.y(v):.1f}" for x, v in points) if points else ""


def _apart(labels: Sequence[tuple[float, str]], gap: float = 14.0) -> list[tuple[float, str]]:
    """Labels pushed down until none stands on another."""
    placed: list[tuple[float, str]] = []
    for y, text in sorted(labels):
        placed.append((max(y, placed[-1][0] + gap) if placed else y, text))
    return placed


def evidence_svg(
    measured: Sequence[float | None],
    expected: Sequence[float | None],
    odd: Sequence[bool],
    *,
    label: str,
    number: Number,
    ticks: Sequence[tuple[float, str]],
    height: float = 150,
) -> Markup:
    """Measured against the usual; the odd part alone has a colour, a missing value is a break."""
    known = [v for v in (*measured, *expected) if v is not None]
    _, top, splits, decimals = nice_axis(0.0, max(known, default=1.0))
    frame = _Frame(top, height)
    n = max(1, len(measured))
    wide = (frame.x(1) - frame.x(0)) / n
    parts = _axis(frame, splits, decimals, number)
    thin = 0.8 * wide if wide > 4 else wide
    for i, (value, strange) in enumerate(zip(measured, odd, strict=True)):
        if value is not None:
            y, kind = frame.y(max(0.0, value)), "odd" if strange else "load"
            parts.append(
                f'<rect class="{kind}" x="{frame.x(i / n):.1f}" y="{y:.1f}" width="{thin:.2f}"'
                f' height="{frame.y(0) - y:.1f}"/>'
            )
    parts.append(f'<path class="usual" d="{_steps(expected, frame)}"/>')
    parts += [_tick(frame.x(x), frame, text) for x, text in ticks]
    return _svg(frame, parts, label)


def _steps(values: Sequence[float | None], frame: _Frame) -> str:
    """A stepped line that breaks where nothing is expected."""
    n, path, drawing = max(1, len(values)), [], False
    for i, value in enumerate(values):
        if value is None:
            drawing = False
            continue
        y = frame.y(max(0.0, value))
        path.append(f"{'L' if drawing else 'M'}{frame.x(i / n):.1f} {y:.1f}H{frame.x((i + 1) / n):.1f}")
        drawing = True
    return "".join(path)

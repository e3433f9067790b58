"""What the export page shows: kinds of file with what each is for, meters, the days that are held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from kanchay.domain.interval import to_datetime
from kanchay.domain.point import Point
from kanchay.web.downloads import offered
from kanchay.web.gather import Gathered
from kanchay.web.shell import Reader
from kanchay.web.views.common import point_name

__all__ = ["Choice", "ExportView", "export_view"]

_UNITS: Final = {"degC": "°C", "m3": "m³"}
_RESOLUTIONS: Final = ("", "15min", "30min", "1h", "1d")


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: its value, its name, a line about it."""

    value: str
    label: str
    note: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class ExportView:
    """`first` and `last` bound the days that are held; `start` and `end` are what was typed."""

    formats: tuple[Choice, ...]
    points: tuple[Choice, ...]
    resolutions: tuple[Choice, ...]
    first: str
    last: str
    start: str
    end: str
    held: str


def export_view(known: Gathered, r: Reader, given: Any) -> ExportView:
    """The form, as it was filled in the last time."""
    t, first, last = (
        r.words,
        min(s.start for s in known.spans.values()),
        max(s.end for s in known.spans.values()),
    )
    days = [to_datetime(at, known.site.tz).date() for at in (first, last - 1)]
    n = sum(s.n for s in known.spans.values())
    return ExportView(
        formats=_formats(r, given.get("format") or ("csv-es" if r.language == "es" else "csv")),
        points=_points(known, r, set(given.getlist("point"))),
        resolutions=tuple(
            Choice(v, t(f"export.every.{v or 'kept'}"), chosen=v == given.get("resolution", ""))
            for v in _RESOLUTIONS
        ),
        first=days[0].isoformat(),
        last=days[1].isoformat(),
        start=given.get("from", "")[:10],
        end=given.get("to", "")[:10],
        held=t(
            "export.held",
            n=r.formats.number(n, 0),
            first=r.formats.day_year(days[0]),
            last=r.formats.day_year(days[1]),
        ),
    )


def _formats(r: Reader, chosen: str) -> tuple[Choice, ...]:
    t = r.words
    rows = {f.name: r.formats.number(f.most_rows, 0) for f in offered()}
    return tuple(
        Choice(name, t(f"export.format.{name}"), t(f"export.format.{name}.why", most=most), name == chosen)
        for name, most in rows.items()
    )


def _points(known: Gathered, r: Reader, chosen: set[str]) -> tuple[Choice, ...]:
    """The meters with readings; all are chosen until somebody chooses."""
    held = [p for p in known.points if p.id in known.spans]
    return tuple(Choice(p.id, point_name(p, r), _said(p, r), not chosen or p.id in chosen) for p in held)


def _said(point: Point, r: Reader) -> str:
    """What a meter measures: ``energía · de la red · kWh``."""
    parts = [r.words(f"quantity.{point.quantity}")]
    parts += [r.words(f"direction.{point.direction}")] if point.direction else []
    return " · ".join(
        [*parts, r.words(f"unit.{point.unit}") if r.words.has(f"unit.{point.unit}") else point.unit]
    )

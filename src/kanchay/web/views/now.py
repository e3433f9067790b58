"""The card *now*: what flows this moment, by the last reading of each point."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from kanchay.domain.interval import HOUR
from kanchay.domain.point import Direction, Point, Role
from kanchay.domain.units import Quantity
from kanchay.web.formats import Formats
from kanchay.web.gather import Gathered
from kanchay.web.i18n import Words
from kanchay.web.shell import Reader
from kanchay.web.views.common import point_name
from kanchay.web.views.flow import Flow, Part, flow_view

__all__ = ["Now", "age_text", "icon_of", "now_view"]

_WINDOW_S: Final = 900  # power is the mean over at least a quarter of an hour
_STALE_S: Final = 3 * HOUR

# Words in the name of a point, in the languages people name their plugs in.
_ICONS: Final = (
    ("water", ("terma", "water", "calentador", "boiler")),
    ("shower", ("ducha", "shower")),
    ("fridge", ("refri", "fridge", "nevera", "freezer", "congel")),
    ("light", ("luz", "luces", "light", "foco", "ilumin")),
    (
        "screen",
        (
            "tv",
            "tele",
            "comput",
            "pc",
            "screen",
            "internet",
            "plug",
            "cómputo",
            "enchufe",
            "oficina",
            "equip",
        ),
    ),
    ("washer", ("lavad", "wash", "secad", "dryer")),
    ("fan", ("aire", "hvac", "cool", "vent", "fan", "server", "servid", "climat")),
    ("car", ("car", "auto", "ev", "vehíc", "camion")),
)


@dataclass(frozen=True)
class Now:
    """The flow with its age; `note` says what is missing where there is no flow."""

    flow: Flow | None
    age: str
    note: str
    stale: bool


def icon_of(name: str) -> str:
    lower = name.lower()
    return next((icon for icon, words in _ICONS if any(w in lower for w in words)), "plug")


def age_text(seconds: int, t: Words, f: Formats) -> str:
    """``hace 4 s``, ``hace 12 min``, ``hace 3 h``, ``hace 2 días``."""
    for size, key in ((365 * 86400, "year"), (86400, "day"), (HOUR, "hour"), (60, "minute")):
        if seconds >= size:
            return t.many(f"ago.{key}", seconds // size)
    return t.many("ago.second", max(1, seconds))


def _powers(known: Gathered, points: list[Point], end: int) -> dict[str, float]:
    """Mean power of each point over the last quarter of an hour or its own interval. [kW]"""
    step = max([_WINDOW_S, *(p.resolution_s or 0 for p in points)])
    start = end - step
    panel = known.panel(points, start, end, step)
    kw = {}
    for i, point in enumerate(points):
        value = panel.values[i, -1] if panel.n_intervals else np.nan
        if not np.isnan(value):
            kw[point.id] = float(value) * (1.0 if point.quantity is Quantity.POWER else HOUR / step)
    return kw


def _part(point: Point, kw: float, r: Reader) -> Part:
    return Part(point_name(point, r), kw, "load", icon_of(point.name))


def _sides(known: Gathered, kw: dict[str, float], r: Reader) -> tuple[list[Part], list[Part]]:
    """Sources and uses that add up to the same number; grid + sun + battery = load."""
    t = r.words
    sources, uses = known.parts()
    grid = kw.get(known.meter.id, 0.0)
    exported = sum(
        kw.get(p.id, 0.0) for p in known.points if p.role is Role.GRID and p.direction is Direction.EXPORT
    )
    sun = sum(max(0.0, kw.get(p.id, 0.0)) for p in sources if p.role is Role.PV)
    battery = sum(kw.get(p.id, 0.0) for p in sources if p.role is Role.BATTERY)
    left = [
        Part(t("flow.sun"), sun, "solar", "solar"),
        Part(t("flow.battery_out"), max(0.0, battery), "discharge", "battery"),
        Part(t("flow.grid"), max(0.0, grid), "grid", "grid"),
    ]
    right = [_part(p, max(0.0, kw[p.id]), r) for p in uses if p.id in kw]
    charging, sent = max(0.0, -battery), max(0.0, exported, -grid)
    total = sum(p.kw for p in left)
    rest = total - charging - sent - sum(p.kw for p in right)
    if rest < 0:  # sub-meters a little above the meter: they count in proportion
        scale = max(0.0, total - charging - sent) / sum(p.kw for p in right)
        right, rest = [Part(p.name, p.kw * scale, p.color, p.icon) for p in right], 0.0
    right.append(
        Part(
            t("flow.rest") if uses else t("flow.home"),
            rest,
            "rest" if uses else "load",
            "rest" if uses else "home",
        )
    )
    right.append(Part(t("flow.battery_in"), charging, "charge", "battery"))
    right.append(Part(t("flow.sent"), sent, "export", "grid"))
    return left, right


def now_view(known: Gathered, r: Reader) -> Now:
    """What flows now; a flow older than three hours is not called now."""
    t, f = r.words, r.formats
    if known.span is None or known.main is None:
        return Now(None, "", t("now.none"), False)
    sources, uses = known.parts()
    others = [p for p in known.points if p.direction is Direction.EXPORT]
    points = list({p.id: p for p in [known.main, *sources, *uses, *others]}.values())
    age = known.age_s or 0
    kw = _powers(known, points, known.span.end)
    flow = flow_view(*_sides(known, kw, r), t, f) if kw else None
    stale = age > _STALE_S
    note = t("now.stale", when=f.when(known.span.end)) if stale else "" if flow else t("now.quiet")
    return Now(flow, age_text(age, t, f), note, stale)

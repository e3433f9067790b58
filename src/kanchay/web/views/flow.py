"""The flow of energy right now: ribbons as thick as the watts, sources left, uses right. Both sides add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from kanchay.web.formats import Formats
from kanchay.web.i18n import Words

__all__ = ["Flow", "Part", "Ribbon", "flow_view"]

_HEIGHT: Final = 230.0  # of the drawing, in its own units
_BAR: Final = 44.0  # height of the bar in the middle: all the watts
_MIDDLE: Final = (48.0, 52.0)
_MOVING: Final = 0.1  # share of the watts from which dots run along a ribbon
_SEEN: Final = 1e-3  # below a watt nothing flows that one could draw [kW]
_USES: Final = 5  # on the right; what is smaller joins the rest


@dataclass(frozen=True)
class Part:
    """A source or a use with its power. `color` is grid, solar, discharge, load, rest or charge. [kW]"""

    name: str
    kw: float
    color: str
    icon: str


@dataclass(frozen=True)
class Ribbon:
    path: str
    color: str
    dots: str = ""
    strongest: bool = False


@dataclass(frozen=True)
class Row:
    name: str
    power: str
    color: str
    icon: str


@dataclass(frozen=True)
class Flow:
    sources: tuple[Row, ...]
    uses: tuple[Row, ...]
    ribbons: tuple[Ribbon, ...]
    label: str
    sentence: str
    sum_line: str = field(default="")
    idle: str = ""
    bar_top: float = (_HEIGHT - _BAR) / 2
    bar_height: float = _BAR


def _curve(x0: float, y0: float, y1: float, x1: float, thickness: float) -> str:
    """A ribbon whose upper edge goes from (x0, y0) to (x1, y1) in one soft bend."""
    mid = (x0 + x1) / 2
    back0, back1 = y0 + thickness, y1 + thickness
    return (
        f"M{x0:.0f} {y0:.1f}C{mid:.0f} {y0:.1f} {mid:.0f} {y1:.1f} {x1:.0f} {y1:.1f}V{back1:.1f}"
        f"C{mid:.0f} {back1:.1f} {mid:.0f} {back0:.1f} {x0:.0f} {back0:.1f}z"
    )


def _centre(x0: float, y0: float, y1: float, x1: float) -> str:
    mid = (x0 + x1) / 2
    return f"M{x0:.0f} {y0:.1f}C{mid:.0f} {y0:.1f} {mid:.0f} {y1:.1f} {x1:.0f} {y1:.1f}"


def _side(parts: Sequence[Part], total: float, *, left: bool) -> list[Ribbon]:
    stack = (_HEIGHT - _BAR) / 2
    ribbons = []
    largest = max((p.kw for p in parts if p.color == "load"), default=0.0)
    for i, part in enumerate(parts):
        thick = _BAR * part.kw / total
        out = _HEIGHT * (i + 0.5) / len(parts) - thick / 2
        ends = (0.0, out, stack, _MIDDLE[0]) if left else (_MIDDLE[1], stack, out, 100.0)
        dots = (
            _centre(ends[0], ends[1] + thick / 2, ends[2] + thick / 2, ends[3])
            if part.kw > _MOVING * total
            else ""
        )
        strongest = not left and part.color == "load" and part.kw == largest
        ribbons.append(Ribbon(_curve(*ends, thick), f"c-{part.color}", dots, strongest))
        stack += thick
    return ribbons


def _fold(uses: Sequence[Part], rest_name: str) -> list[Part]:
    """The largest uses; the smaller ones join what has no name, which stands last among the loads."""
    loads = sorted((u for u in uses if u.color == "load" and u.kw >= _SEEN), key=lambda u: -u.kw)
    rest = sum(u.kw for u in uses if u.color == "rest") + sum(u.kw for u in loads[_USES - 1 :])
    shown = loads[: _USES - 1]
    shown += [Part(rest_name, rest, "rest", "rest")] if rest >= _SEEN else []
    return shown + [u for u in uses if u.color not in ("load", "rest") and u.kw >= _SEEN]


def flow_view(sources: Sequence[Part], uses: Sequence[Part], t: Words, f: Formats) -> Flow | None:
    """Draw the flow; None where nothing flows or nothing is known."""
    left = [s for s in sources if s.kw >= _SEEN]
    total = sum(s.kw for s in left)
    right = _fold(uses, t("flow.rest"))
    if total <= 0 or not right:
        return None
    rows = [tuple(Row(p.name, f.power(p.kw), f"c-{p.color}", p.icon) for p in side) for side in (left, right)]
    ribbons = (*_side(left, total, left=True), *_side(right, total, left=False))
    top = max(right, key=lambda p: p.kw)
    sources_said = ", ".join(f"{p.name} {f.power(p.kw)}" for p in left)
    return Flow(
        rows[0],
        rows[1],
        ribbons,
        label=t("flow.label", sources=sources_said, use=top.name, power=f.power(top.kw)),
        sentence=_sentence(top, total, t),
        sum_line=_sum_line(left, right, f) if len(left) > 1 else "",
        idle=_idle(uses, t),
    )


def _idle(uses: Sequence[Part], t: Words) -> str:
    """The metered uses that use nothing now: named, not drawn."""
    names = [u.name for u in uses if u.color == "load" and u.kw < _SEEN]
    return t("flow.idle", names=", ".join(names)) if names else ""


def _sentence(top: Part, total: float, t: Words) -> str:
    tenths = round(10 * top.kw / total)
    if top.color != "load" or top.icon == "home" or tenths < 3:
        return ""
    return t("flow.top", use=top.name, tenths=tenths) if tenths < 10 else t("flow.all", use=top.name)


def _sum_line(left: Sequence[Part], right: Sequence[Part], f: Formats) -> str:
    """``3.90 + 0.24 = 3.14 + 1.00``: what comes in equals what is used plus what is stored or sent."""
    load = sum(p.kw for p in right if p.color in ("load", "rest"))
    other = [p.kw for p in right if p.color not in ("load", "rest")]
    sides = [" + ".join(f.number(v, 2) for v in side) for side in ([p.kw for p in left], [load, *other])]
    return " = ".join(sides)

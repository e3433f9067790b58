"""Green Button (ESPI): readings in an Atom feed, with their unit, power of ten, direction, intervals and local time.

Entries name each other by links. Numbers of units, ways and kinds are those of the schema: 72 is Wh, 19 is reverse.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.formats.espi_zone import zone_of
from kanchay.adapters.files.formats.statement import Stated, Statement, TextFormat
from kanchay.adapters.files.markup import Element, elements
from kanchay.adapters.files.questions import BECAUSE
from kanchay.adapters.files.refusal import refuse
from kanchay.analysis.quality.derive import usual_step
from kanchay.domain.importing import ImportQuestion
from kanchay.domain.interval import HOUR
from kanchay.domain.issue import Issue, IssueKind, Severity
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import SUMMED, Quantity, scaled

__all__ = ["FORMAT"]

_TITLE: Final = "Green Button (ESPI)"
_Q = Quantity
# uom: quantity, our unit, and the factor to it.
_UOM: Final = {
    72: (_Q.ELECTRIC_ENERGY, "Wh", 1.0),
    38: (_Q.POWER, "W", 1.0),
    73: (_Q.REACTIVE_ENERGY, "varh", 1.0),
    63: (_Q.REACTIVE_POWER, "var", 1.0),
    29: (_Q.VOLTAGE, "V", 1.0),
    5: (_Q.CURRENT, "A", 1.0),
    23: (_Q.TEMPERATURE, "degC", 1.0),
    279: (_Q.TEMPERATURE, "degF", 1.0),
    42: (_Q.GAS, "m3", 1.0),
    119: (_Q.GAS, "m3", 0.028316846592),  # cubic feet
    169: (_Q.GAS, "kWh", 29.300111),  # therms, as sold in the United States
    132: (_Q.GAS, "kWh", 0.00029307107),  # British thermal units
}
_WAYS: Final = {1: Direction.IMPORT, 19: Direction.EXPORT, 4: Direction.NET}
_KINDS: Final = {
    1: Kind.CUMULATIVE,
    3: Kind.CUMULATIVE,
    9: Kind.CUMULATIVE,
    6: Kind.INSTANTANEOUS,
    12: Kind.INSTANTANEOUS,
}
_ESTIMATED: Final = frozenset(
    (7, 8, 9, 11, 12, 13, 15)
)  # edited, estimated, derived, projected, mixed, normalised
_EXTREME: Final = frozenset((8, 9))  # data qualifier maximum, minimum
_Row = tuple[int, int, float, int, int | None]


@dataclass(slots=True)
class _Meter:
    """A MeterReading: its links, what its readings are, and the readings in file order."""

    name: str
    title: str
    links: frozenset[str]
    point: str = ""
    type: Element | None = None
    rows: list[_Row] = field(default_factory=list)


def _begins(head: bytes) -> bool:
    return (
        head.startswith(b"<")
        and re.search(rb"naesb\.org/espi|<(\w+:)?(IntervalBlock|UsagePoint)\b", head) is not None
    )


def _links(entry: Element, *kinds: str) -> list[str]:
    """Where an entry points to, without host and closing slash."""
    found = [e.attributes for e in entry.all("link") if e.attributes.get("rel") in kinds]
    return [re.sub(r"^https?://[^/]+", "", a.get("href", "")).rstrip("/") for a in found]


def _power(scale: int | None, what: str, name: str) -> float:
    """Ten to the power that a file names, if it is one of the schema's."""
    if scale is not None and not -12 <= scale <= 12:
        raise refuse("contradicts", name, title=_TITLE, what=f"{what} has the power of ten {scale}")
    return float(10.0 ** (scale or 0))


class _Feed:
    """The entries of a feed, joined by their links."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.meters: list[_Meter] = []
        self.types: list[tuple[list[str], list[str], Element]] = []
        self.blocks: list[tuple[list[str], _Meter | None, list[_Row]]] = []
        self.times: list[Element] = []
        self.points: dict[str, str] = {}  # link of a usage point, and its title
        self.waiting: list[_Row] = []  # readings of the entry that is being read
        self.n_rows = 0
        self.left_out: list[str] = []

    def add(self, entry: Element) -> None:
        """One entry; what it holds is told by the tag of its content."""
        for content in [c for box in entry.all("content") for c in box.children]:
            if content.tag == "MeterReading":
                self._meter(entry)
            elif content.tag == "ReadingType":
                self.types.append((_links(entry, "self"), _links(entry, "up"), content))
            elif content.tag == "UsagePoint":
                own = next(iter(_links(entry, "self")), "")
                self.points[own] = entry.said("title") or "/".join(own.split("/")[-2:])
            elif content.tag == "LocalTimeParameters":
                self.times.append(content)
            elif content.tag == "IntervalBlock":
                last = self.meters[-1] if self.meters else None
                self.blocks.append((_links(entry, "up", "self"), last, self.waiting))
                self.waiting = []

    def _meter(self, entry: Element) -> None:
        own, title = next(iter(_links(entry, "self")), ""), entry.said("title")
        name = "/".join(own.split("/")[-2:]) or title or f"MeterReading {len(self.meters) + 1}"
        self.meters.append(_Meter(name, title, frozenset(_links(entry, "self", "related"))))

    def reading(self, reading: Element) -> None:
        """A reading of the entry to come: start, duration, value, quality and a power of ten of its own."""
        start, value = reading.number("timePeriod", "start"), reading.number("value")
        if start is None or value is None:
            what = "a reading has no start or no value that is a whole number"
            raise refuse("contradicts", self.name, title=_TITLE, what=what)
        qualities = [e.number() or 0 for e in reading.all("ReadingQuality", "quality")] + [
            reading.number("quality") or 0
        ]
        guessed = int(any(q in _ESTIMATED for q in qualities))
        duration = reading.number("timePeriod", "duration") or 0
        own = reading.number("powerOfTenMultiplier")
        self.waiting.append((start, duration, float(value), guessed, own))
        self.n_rows += 1

    def join(self) -> None:
        """Give every meter its type and its readings."""
        if not self.meters and self.blocks:
            self.meters.append(_Meter("electricity", "", frozenset()))
        for meter in self.meters:
            above = (p for p in self.points if any(_below(href, frozenset([p])) for href in meter.links))
            meter.point = next(above, "")
            fitting = [t for own, up, t in self.types if meter.links.intersection(own + up)]
            alone = self.types[0][2] if len(self.types) == 1 else None
            meter.type = fitting[0] if fitting else alone
        for links, before, rows in self.blocks:
            linked = (m for m in self.meters if any(_below(href, m.links) for href in links))
            meter = next(linked, before or self.meters[0])
            meter.rows.extend(rows)

    def name_of(self, meter: _Meter) -> str:
        """The title of a meter, with its link where others share the title, and its point where there are several."""
        shared = sum(m.title == meter.title and m.point == meter.point for m in self.meters) > 1
        title = meter.title if meter.title and not shared else f"{meter.title} {meter.name}"
        point = self.points.get(meter.point, "") if len(self.points) > 1 else ""
        return title if point == title else f"{point} {title}".strip()


def _below(href: str, links: frozenset[str]) -> bool:
    """Whether a link is one of those of a meter, or leads below one."""
    parts = href.split("/")
    return any("/".join(parts[:n]) in links for n in range(1, len(parts) + 1))


def _by_position(start: np.ndarray, step: int) -> np.ndarray | None:
    """Starts counted from the first reading, where labels slip by an hour around changes of the clock only.

    Some feeds write the hours of those days with the wrong offset: one label twice, another never. Nothing is missing
    then, and the last reading stands where counting puts it.
    """
    counted = start[0] + np.arange(len(start)) * step
    slips = np.abs(start - counted)
    twice = len(np.unique(start)) < len(start)
    return counted if twice and slips[-1] == 0 and np.isin(slips, (0, HOUR)).all() else None


def _intervals(meter: _Meter, length: int | None) -> tuple[np.ndarray, np.ndarray, tuple[Issue, ...]]:
    """Start and end of each reading, mended where the labels slip around a change of the clock."""
    start = np.array([r[0] for r in meter.rows], dtype=np.int64)
    lengths = np.array([r[1] for r in meter.rows], dtype=np.int64)
    usual = int(np.median(lengths[lengths > 0])) if (lengths > 0).any() else length
    step = usual or usual_step(np.unique(start)) or 0
    counted = _by_position(start, step) if step else None
    if counted is None:
        return start, start + np.where(lengths > 0, lengths, step), ()
    numbers = {"n_rows": float((counted != start).sum()), "standard_time": 0.0}
    issue = Issue(IssueKind.CLOCK_SLIP, meter.name, int(start[0]), int(start[-1]), Severity.WARNING, numbers)
    return counted, counted + step, (issue,)


def _stated(meter: _Meter, feed: _Feed) -> Stated | None:
    """A meter reading as a series; None where its unit measures nothing of ours."""
    said = meter.type or Element("ReadingType")
    quantity, symbol, factor = _UOM.get(said.number("uom") or -1, (None, "", 1.0))
    name = feed.name_of(meter)
    if quantity is None or not meter.rows:
        feed.left_out.append(f"{name} (uom {said.said('uom') or 'none'})")
        return None
    scale = factor * _power(said.number("powerOfTenMultiplier"), name, feed.name)
    start, end, issues = _intervals(meter, said.number("intervalLength"))
    extreme = quantity is Quantity.POWER and said.number("dataQualifier") in _EXTREME
    kind = _KINDS.get(said.number("accumulationBehaviour") or 0, Kind.INTERVAL)
    if quantity is Quantity.POWER and kind is not Kind.INTERVAL:
        kind = Kind.INTERVAL if (end > start).all() else Kind.INSTANTANEOUS
    way = said.number("flowDirection")
    return Stated(
        name, quantity, symbol, _WAYS.get(way or 0), kind, start, scaled(np.array([r[2] for r in meter.rows]), scale),
        None if kind is Kind.CUMULATIVE else end, np.array([bool(r[3]) for r in meter.rows]),
        column=meter.title, unsummed=extreme,
        evidence=(f"unit: uom {said.said('uom')}, 10^{said.number('powerOfTenMultiplier') or 0}",
                  *((f"direction: flowDirection {way}",) if way in _WAYS else ()),
                  f"kind: accumulationBehaviour {said.said('accumulationBehaviour')}"),
        issues=issues,
    )  # fmt: skip


def _counted_once(told: list[tuple[_Meter, Stated]], feed: _Feed) -> list[Stated]:
    """Without registers of what intervals tell; power beside energy of the same point is never summed."""
    energy = {(m.point, s.direction) for m, s in told if s.quantity in SUMMED and s.kind is Kind.INTERVAL}
    kept = []
    for meter, series in told:
        if series.kind is Kind.CUMULATIVE and (meter.point, series.direction) in energy:
            feed.left_out.append(f"{series.name} (the register of intervals beside it)")
            continue
        beside = any(point == meter.point for point, _ in energy)
        power = series.quantity is Quantity.POWER and beside
        kept.append(replace(series, unsummed=True) if power else series)
    return kept


def _torn(meters: list[_Meter]) -> bool:
    """Whether readings carry a power of ten that is not the one of their type."""
    return any(
        r[4] is not None and r[4] != ((m.type.number("powerOfTenMultiplier") or 0) if m.type else 0)
        for m in meters
        for r in m.rows
    )


def _read(text: bytes, name: str, limits: Limits) -> Statement:
    """The meter readings of a feed; raises `FileRefused` where it contradicts the format."""
    feed = _Feed(name)
    for element in elements(text, name, "IntervalReading", "entry"):
        if element.tag == "entry":
            feed.add(element)
        else:
            feed.reading(element)
    feed.join()
    told = [(m, s) for m in feed.meters if (s := _stated(m, feed)) is not None]
    series = _counted_once(told, feed)
    questions: tuple[ImportQuestion, ...] = ()
    if _torn(feed.meters):
        questions = (ImportQuestion("unit", "--unit", "Wh", BECAUSE["unit.stated"], ("Wh", "kWh")),)
    zones = {zone_of(t) for t in feed.times}
    facts = tuple(("left_out", what) for what in feed.left_out)
    return Statement(tuple(series), feed.n_rows, zones.pop() if len(zones) == 1 else "", facts, questions)


FORMAT: Final = TextFormat(
    "green-button",
    _TITLE,
    _begins,
    _read,
    "NAESB REQ.21, Energy Services Provider Interface (schema espiDerived)",
)

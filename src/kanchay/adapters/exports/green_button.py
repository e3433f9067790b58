"""Green Button (NAESB ESPI): an Atom feed of interval readings, with unit, direction, quality and the local clock.

Values are whole numbers of a thousandth of a watt-hour, rounded so that their running sum is that of the readings:
totals keep to the last digit. Meanings of the codes are those of the ESPI schema (`espi.xsd`).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape

import numpy as np

from kanchay.adapters.exports.clocks import utc_texts
from kanchay.adapters.exports.espi_clock import local_time
from kanchay.domain.interval import IntArray
from kanchay.domain.point import Direction, Point
from kanchay.domain.reading import FloatArray, Quality, Readings
from kanchay.domain.units import SUMMED, Quantity
from kanchay.services.ports.exports import Export, ExportFormat, ExportSeries

__all__ = ["GREEN_BUTTON"]

_MOST: Final = 1_000_000  # about 200 bytes each: what our importer takes of XML
_BLOCK: Final = 2_976  # readings: a month of quarters of an hour
_SPACE: Final = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # RFC 9562, names that are addresses


@dataclass(frozen=True, slots=True)
class _Measure:
    """How ESPI tells a quantity: kind of service, commodity, unit of measure, power of ten, and ours to that unit."""

    service: int
    commodity: int
    uom: int
    power: int
    factor: float


_MEASURES: Final = {
    Quantity.ELECTRIC_ENERGY: _Measure(0, 1, 72, -3, 1e6),  # Wh
    Quantity.REACTIVE_ENERGY: _Measure(0, 1, 73, -3, 1e6),  # varh
    Quantity.POWER: _Measure(0, 1, 38, -3, 1e6),  # W
    Quantity.GAS: _Measure(1, 7, 42, -6, 1e6),  # m3
}
# A meter of what was produced or consumed inside the house has no way in ESPI: it is not told rather than wrong.
_WAYS: Final = {Direction.IMPORT: 1, Direction.EXPORT: 19, Direction.NET: 4}
_QUALITIES: Final = {
    Quality.MEASURED: 0, Quality.ESTIMATED: 8, Quality.IMPUTED: 9, Quality.SUSPECT: 10,
}  # fmt: skip


def write_feed(export: Export, language: str) -> Iterator[bytes]:
    """The feed: local time, then for every meter its usage point, reading, type and blocks of intervals."""
    stamp = utc_texts(np.array([export.made_at]))[0]
    yield _head(export, stamp).encode()
    yield _entry(
        f"{_root(export)}/LocalTimeParameters/1",
        "",
        export.site.tz,
        local_time(export.site.tz, export.end),
        stamp,
    )
    for number, series in enumerate(export.series, 1):
        measure = _MEASURES[series.point.quantity]
        yield from _meter(export, series, measure, number, stamp)
        href = f"{_root(export)}/UsagePoint/{number}/MeterReading/1"
        for n, block in enumerate(_blocks(export, series, measure), 1):
            yield _entry(f"{href}/IntervalBlock/{n}", href, "", block, stamp)
    yield b"</feed>\n"


def _root(export: Export) -> str:
    return f"/kanchay/{escape(export.site.id)}"


def _head(export: Export, stamp: str) -> str:
    title = escape(export.site.name + (" (simulated)" if export.site.simulated else ""))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom">'
        f"<id>urn:uuid:{uuid.uuid5(_SPACE, export.site.id)}</id><title>{title}</title><updated>{stamp}</updated>"
        f'<link rel="self" href="{_root(export)}"/>\n'
    )


def _entry(href: str, up: str, title: str, content: str, stamp: str, *related: str) -> bytes:
    links = [("self", href), *([("up", up)] if up else []), *(("related", r) for r in related)]
    told = "".join(f'<link rel="{rel}" href="{to}"/>' for rel, to in links)
    return (
        f"<entry><id>urn:uuid:{uuid.uuid5(_SPACE, href)}</id>{told}<title>{escape(title)}</title>"
        f"<content>{content}</content><published>{stamp}</published><updated>{stamp}</updated></entry>\n"
    ).encode()


def _meter(export: Export, series: ExportSeries, m: _Measure, number: int, stamp: str) -> Iterator[bytes]:
    """The three entries that say what the readings are."""
    point, up = f"{_root(export)}/UsagePoint/{number}", f"{_root(export)}/UsagePoint"
    clock, reading, kind = (
        f"{_root(export)}/LocalTimeParameters/1",
        f"{point}/MeterReading/1",
        f"{point}/ReadingType/1",
    )
    usage = f"<ServiceCategory><kind>{m.service}</kind></ServiceCategory>"
    name = series.point.name
    yield _entry(point, up, name, _espi("UsagePoint", usage), stamp, f"{point}/MeterReading", clock)
    blocks = f"{reading}/IntervalBlock"
    yield _entry(reading, f"{point}/MeterReading", name, _espi("MeterReading", ""), stamp, kind, blocks)
    yield _entry(kind, f"{point}/ReadingType", name, _espi("ReadingType", _type(series, m)), stamp)


def _espi(tag: str, inside: str) -> str:
    return f'<{tag} xmlns="http://naesb.org/espi">{inside}</{tag}>'


def _type(series: ExportSeries, m: _Measure) -> str:
    """What the readings are, in the order of the schema: delta or mean, commodity, way, interval, power, unit."""
    summed = series.point.quantity in SUMMED
    way = _WAYS.get(series.point.direction) if series.point.direction else None
    told = {
        "accumulationBehaviour": 4 if summed else 12,
        "commodity": m.commodity,
        "dataQualifier": 12 if summed else 2,  # normal, mean
        "flowDirection": way,
        "intervalLength": series.step_s,
        "powerOfTenMultiplier": m.power,
        "uom": m.uom,
    }
    return "".join(f"<{tag}>{value}</{tag}>" for tag, value in told.items() if value is not None)


def _blocks(export: Export, series: ExportSeries, m: _Measure) -> Iterator[str]:
    left = 0.0  # what rounding has left of the running sum
    for r in export.read(series):
        for low in range(0, len(r), _BLOCK):
            part = slice(low, low + _BLOCK)
            whole, left = _whole(r.value[part] * m.factor, left)
            yield _block(r, part, whole)


def _whole(values: FloatArray, left: float) -> tuple[IntArray, float]:
    """Whole numbers whose running sum is the rounded one of the values; what is left for the next block."""
    running = np.cumsum(values) + left
    rounded = np.rint(running)
    return np.diff(rounded, prepend=0.0).astype(np.int64), float(running[-1] - rounded[-1])


def _block(r: Readings, part: slice, values: IntArray) -> str:
    start, end, quality = r.start[part].tolist(), r.end[part].tolist(), r.quality[part].tolist()
    rows = "".join(
        f"<IntervalReading><ReadingQuality><quality>{_QUALITIES[Quality(q)]}</quality></ReadingQuality>"
        f"<timePeriod><duration>{e - s}</duration><start>{s}</start></timePeriod><value>{v}</value></IntervalReading>"
        for s, e, q, v in zip(start, end, quality, values.tolist(), strict=True)
    )
    span = f"<interval><duration>{end[-1] - start[0]}</duration><start>{start[0]}</start></interval>"
    return _espi("IntervalBlock", span + rows)


def _takes(point: Point) -> bool:
    return point.quantity in _MEASURES and (point.quantity is not Quantity.GAS or point.unit == "m3")


GREEN_BUTTON = ExportFormat("green-button", ".xml", "application/atom+xml", write_feed, _takes, _MOST)

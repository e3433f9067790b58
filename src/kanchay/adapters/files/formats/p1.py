"""Telegrams of the P1 port of Dutch, Belgian and Luxembourgish meters (DSMR, eMUCS), one after the other in a file.

A line is an OBIS code and its values in brackets; times say summer or winter, so they need no zone. From version 4 a
telegram ends with a checksum, and one whose checksum is wrong does not count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.formats.gather import Gathered, Means
from kanchay.adapters.files.formats.statement import Statement, TextFormat
from kanchay.adapters.files.refusal import refuse
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity

__all__ = ["FORMAT"]

_TITLE: Final = "DSMR (telegrams of a P1 port)"
_Q, _D = Quantity, Direction
_END: Final = re.compile(rb"!([0-9A-Fa-f]{4})?")
_LINE: Final = re.compile(rb"^(\d-\d+:\d+\.\d+\.\d+)((?:\([^)\r\n]*\))+)", re.M)
_TIME: Final = re.compile(r"(\d{12})([SW])")
_VALUE: Final = re.compile(r"([+-]?\d+(?:\.\d+)?)\*(\w+)")
_WAYS: Final = {"1": ("Import", _D.IMPORT), "2": ("Export", _D.EXPORT)}
_REACTIVE: Final = {"3": ("Reactive import", _D.IMPORT), "4": ("Reactive export", _D.EXPORT)}
_DEVICES: Final = {"003": ("Gas", _Q.GAS, "m3"), "007": ("Water", _Q.WATER, "m3")}
_PHASES: Final = {"3": "L1", "5": "L2", "7": "L3"}
_SUMMER: Final = {"S": 2 * 3600, "W": 3600}  # ahead of UTC


def _begins(head: bytes) -> bool:
    return re.match(rb"/[A-Za-z]{3}[\dA-Za-z]", head) is not None and _LINE.search(head) is not None


def _remainder(byte: int) -> int:
    for _ in range(8):
        byte = byte >> 1 ^ (0xA001 if byte & 1 else 0)
    return byte


_REMAINDERS: Final = tuple(map(_remainder, range(256)))


def _crc(data: bytes) -> int:
    """CRC-16/ARC, as the meter counts it."""
    crc = 0
    for byte in data:
        crc = crc >> 8 ^ _REMAINDERS[(crc ^ byte) & 0xFF]
    return crc


def _intact(telegram: bytes, checksum: bytes | None) -> bool:
    """Whether the checksum is right, also where somebody turned the line ends; without one nothing can be said."""
    if not checksum:
        return True
    said = int(checksum, 16)
    return _crc(telegram) == said or _crc(telegram.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")) == said


def _moment(text: str) -> int | None:
    """UTC seconds of a time such as ``240331020000W``; None where it is none."""
    found = _TIME.search(text)
    if found is None:
        return None
    try:
        clock = datetime.strptime(found[1], "%y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return int(clock.timestamp()) - _SUMMER[found[2]]


def _means(code: str) -> tuple[str, Means] | None:
    """Name and meaning of a code of electricity; None for those that tell nothing over time."""
    a, b, c = code.partition(":")[2].split(".")
    tariff = "" if c == "0" else f" T{c}"
    if b == "8" and a in _WAYS:
        return _WAYS[a][0] + tariff, Means(_Q.ELECTRIC_ENERGY, "kWh", _WAYS[a][1], Kind.CUMULATIVE)
    if b == "8" and a in _REACTIVE:
        return _REACTIVE[a][0] + tariff, Means(_Q.REACTIVE_ENERGY, "kvarh", _REACTIVE[a][1], Kind.CUMULATIVE)
    if b == "7" and a in _WAYS:
        way, direction = _WAYS[a]
        return f"{way} power", Means(_Q.POWER, "kW", direction, Kind.INSTANTANEOUS, unsummed=True)
    if b == "7" and a in ("32", "52", "72"):
        return f"Voltage {_PHASES[a[0]]}", Means(_Q.VOLTAGE, "V", None, Kind.INSTANTANEOUS)
    if b == "7" and a in ("31", "51", "71"):
        return f"Current {_PHASES[a[0]]}", Means(_Q.CURRENT, "A", None, Kind.INSTANTANEOUS)
    return None


def _device(code: str, cells: str, kinds: dict[str, str], into: Gathered) -> None:
    """A reading of a device behind the meter, with a time of its own."""
    at, value = _moment(cells), _VALUE.search(cells)
    channel = code.partition(":")[0]
    name, quantity, unit = _DEVICES.get(kinds.get(channel, "003"), ("", _Q.GAS, ""))
    if at is not None and value is not None and value[2] == unit:
        means = Means(quantity, unit, Direction.IMPORT, Kind.CUMULATIVE)
        if into.last(f"{name} {channel.partition('-')[2]}") == at:
            return  # every telegram of the hour repeats it
        into.add(f"{name} {channel.partition('-')[2]}", means, at, float(value[1]), column=code)


def _telegram(lines: list[tuple[str, str]], into: Gathered) -> bool:
    """Gather what one telegram tells; False where it has no time."""
    at = next((_moment(cells) for code, cells in lines if code.endswith(":1.0.0")), None)
    if at is None:
        return False
    kinds = {code.partition(":")[0]: cells.strip("()") for code, cells in lines if code.endswith(":24.1.0")}
    for code, cells in lines:
        if code.endswith((":24.2.1", ":24.2.3")):
            _device(code, cells, kinds, into)
            continue
        found, value = _means(code) if code.startswith("1-") else None, _VALUE.search(cells)
        if found is None or value is None:
            continue
        name, means = found
        if value[2].lower() != means.unit.lower():
            continue
        into.add(name, means, at, float(value[1]), column=code)
    return True


def _telegrams(text: bytes) -> Iterator[tuple[bytes, bytes | None]]:
    """Each telegram, from its slash to its exclamation mark, and its checksum."""
    before = 0
    for end in _END.finditer(text):
        start = text.find(b"/", before, end.start())
        before = end.end()
        if start >= 0:
            yield text[start : end.start() + 1], end[1]


def _read(text: bytes, name: str, limits: Limits) -> Statement:
    """The registers of all telegrams; raises `FileRefused` where no checksum is right or no telegram has a time."""
    gathered, wrong, timeless, n = Gathered(), 0, 0, 0
    for telegram, checksum in _telegrams(text):
        n += 1
        if not _intact(telegram, checksum):
            wrong += 1
            continue
        lines = [(m[1].decode(), m[2].decode("utf-8", errors="replace")) for m in _LINE.finditer(telegram)]
        timeless += not _telegram(lines, gathered)
    if n and wrong == n:
        raise refuse("contradicts", name, title=_TITLE, what="no telegram matches its checksum")
    if n and wrong + timeless == n:
        raise refuse(
            "contradicts", name, title=_TITLE, what="no telegram says when it was sent (DSMR 2 and 3)"
        )
    facts = (("rows_unread", f"{wrong + timeless}"),) if wrong + timeless else ()
    return Statement(tuple(gathered.series()), n, "Europe/Amsterdam", facts)


FORMAT: Final = TextFormat(
    "p1",
    _TITLE,
    _begins,
    _read,
    "Netbeheer Nederland, DSMR P1 Companion Standard 5.0; Fluvius and Luxmetering, eMUCS",
)

"""Messages of Tasmota devices, one a line, with or without topic: the part ENERGY is that of a meter.

`Total` is a register in kWh. What counts from midnight on (`Today`, `Yesterday`, `Period`) repeats it and stays out.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any, Final

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.formats.gather import Gathered, Means
from kanchay.adapters.files.formats.statement import Statement, TextFormat
from kanchay.adapters.files.refusal import refuse
from kanchay.domain.point import Direction, Kind
from kanchay.domain.units import Quantity

__all__ = ["FORMAT"]

_TITLE: Final = "Tasmota (messages of a meter)"
_TOPIC: Final = re.compile(r"[\w-]+(?:/[\w-]+)+")
_BEFORE: Final = 200  # characters before a message in which its topic is looked for
_Q = Quantity
_FIELDS: Final = {
    "Total": Means(_Q.ELECTRIC_ENERGY, "kWh", None, Kind.CUMULATIVE),
    "ExportActive": Means(_Q.ELECTRIC_ENERGY, "kWh", Direction.EXPORT, Kind.CUMULATIVE),
    "Power": Means(_Q.POWER, "W", None, Kind.INSTANTANEOUS, unsummed=True),
    "Voltage": Means(_Q.VOLTAGE, "V", None, Kind.INSTANTANEOUS),
    "Current": Means(_Q.CURRENT, "A", None, Kind.INSTANTANEOUS),
}


def _begins(head: bytes) -> bool:
    lines = head.splitlines()[:20]
    return any(b'"ENERGY"' in line and b'"Time"' in line and b"{" in line for line in lines)


def _moment(text: str) -> tuple[int, bool] | None:
    """Seconds of a time and whether it says its offset; None where it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = moment.tzinfo is not None
    return int((moment if aware else moment.replace(tzinfo=UTC)).timestamp()), aware


def _channels(field: str, value: Any) -> list[tuple[str, float]]:
    """A number under the name of its field; a list of several channels numbered."""
    if isinstance(value, list):
        return [(f"{field} {i + 1}", float(v)) for i, v in enumerate(value) if _is_number(v)]
    return [(field, float(value))] if _is_number(value) else []


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _message(text: bytes) -> dict[str, Any] | None:
    """The message of a line; None where it is no sensor's."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    said = said.get("StatusSNS", said) if isinstance(said, dict) else {}
    right = (
        isinstance(said, dict) and isinstance(said.get("ENERGY"), dict) and isinstance(said.get("Time"), str)
    )
    return said if right else None


def _device(before: str) -> str:
    """The device that a topic before the message names; "" where there is none."""
    topics = _TOPIC.findall(before)
    return topics[-1].removesuffix("/SENSOR").removeprefix("tele/") if topics else ""


def _read(text: bytes, name: str, limits: Limits) -> Statement:
    """The registers and powers of all messages; raises `FileRefused` where their times are of two kinds."""
    gathered, n, kinds = Gathered(clock=True), 0, set()
    for line in text.splitlines():
        at = line.find(b"{")
        said = _message(line[at : line.rfind(b"}") + 1]) if at >= 0 else None
        moment = _moment(said["Time"]) if said else None
        if said is None or moment is None:
            continue
        n += 1
        kinds.add(moment[1])
        device = _device(line[max(0, at - _BEFORE) : at].decode("utf-8", errors="replace"))
        for field, means in _FIELDS.items():
            for channel, value in _channels(field, said["ENERGY"].get(field)):
                gathered.add(f"{device} {channel}".strip(), means, moment[0], value, column=field)
    if len(kinds) > 1:
        raise refuse(
            "contradicts", name, title=_TITLE, what="some of its times say their zone and some do not"
        )
    gathered.clock = kinds == {False}
    return Statement(tuple(gathered.series()), n)


FORMAT: Final = TextFormat(
    "tasmota", _TITLE, _begins, _read, "Tasmota documentation, power monitoring and MQTT (tele/…/SENSOR)"
)

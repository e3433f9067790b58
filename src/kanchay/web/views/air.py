"""Whether a forecast read the outdoor temperature, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from kanchay.domain.forecast import TemperatureUse
from kanchay.domain.point import Point
from kanchay.web.shell import Reader
from kanchay.web.views.common import point_name

__all__ = ["air_fact", "air_named", "air_note"]


def air_named(use: TemperatureUse, points: Iterable[Point], r: Reader) -> TemperatureUse:
    """The same with the sensor's name as pages call it."""
    sensor = next((p for p in points if p.id == use.point_id), None)
    return use if sensor is None else replace(use, name=point_name(sensor, r))


def air_fact(use: TemperatureUse, r: Reader) -> tuple[str, str, str]:
    """Its line on the forecast card."""
    return r.words("air.title"), r.words("air.used" if use.used else "air.unused"), _sentence(use, r)


def air_note(use: TemperatureUse | None, r: Reader) -> str:
    """Its sentence beside the hours ahead; nothing where there is no sensor to speak of."""
    if use is None or use.because == "no_sensor":
        return ""
    title, used, sentence = air_fact(use, r)
    return f"{title}: {used}. {sentence}"


def _sentence(use: TemperatureUse, r: Reader) -> str:
    key = use.ahead if use.used else use.because
    return r.words(f"air.{key}", name=f"«{use.name}»", known=r.formats.number(use.known_hours, 0))

"""OpenEI's load profiles of reference buildings: hours of a typical year, which no year is named for: refused."""

from __future__ import annotations

from typing import Final

from kanchay.adapters.files.container import Limits
from kanchay.adapters.files.formats.statement import Statement, TextFormat
from kanchay.adapters.files.refusal import refuse

__all__ = ["FORMAT"]

_TITLE: Final = "OpenEI, load profile of a typical year"


def _begins(head: bytes) -> bool:
    line = head.splitlines()[0] if head else b""
    return line.startswith(b"Date/Time") and b":Facility [k" in line


def _read(text: bytes, name: str, limits: Limits) -> Statement:
    """Always refused: which year the hours stand for is nowhere told."""
    what = f"it is {_TITLE}, and its times have no year (write one before each date, as in 2018/01/01 01:00)"
    raise refuse("no_meter_data", name, what=what)


FORMAT: Final = TextFormat(
    "openei-typical",
    _TITLE,
    _begins,
    _read,
    "OpenEI, commercial and residential hourly load profiles for all TMY3 locations",
)

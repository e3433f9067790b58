"""The sum under a line of a bill, as people write it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from kanchay.web.shell import Reader

__all__ = ["written"]

_LONG_NUMBER: Final = re.compile(r"(?<![\d.])\d{4,}")
_FINE: Final = re.compile(r"\d+\.\d{3,}(?= kWh| kW\b)")
_FIRST_PART: Final = re.compile(r"([\d.]+) \(([\d.]+) kWh\)")
_TIME: Final = re.compile(r"([\d.]+) (day|month|year)\b")
_SERIES: Final = re.compile(r"× [a-z]\w*\.\w+")
_LIMITS: Final = {"> ": "bill.above", "≤ ": "bill.up_to"}


def written(formula: str, r: Reader) -> str:
    """Thousands apart, energy to two decimals, no break before units; in words what is a code, as a limit or days."""
    t = r.words
    said = _FINE.sub(lambda found: f"{Decimal(found[0]):.2f}", formula)
    said = _LONG_NUMBER.sub(lambda found: f"{int(found[0]):,}", said)
    said = _FIRST_PART.sub(lambda found: t("bill.first_part", amount=found[1], kwh=found[2]), said)
    said = _TIME.sub(lambda found: _time(found[1], found[2], r), said)
    said = _SERIES.sub(f"× {t('bill.by_the_hour')}", said)
    said = said.replace(" kWh", "\u00a0kWh").replace(" kW ", "\u00a0kW ").replace(" %", "\u00a0%")
    limit = _LIMITS.get(said[:2])
    return t(limit, kwh=said[2:]) if limit else said


def _time(n: str, unit: str, r: Reader) -> str:
    return r.words(f"bill.time.{unit}.{'one' if n == '1' else 'other'}", n=n)

"""Parts of dates: columns that are called a year, a month, a day, an hour, in thirty languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

import numpy as np

from kanchay.adapters.files.vocabulary import folded
from kanchay.adapters.files.words import matches, normal
from kanchay.domain.reading import FloatArray

__all__ = ["CLOCK_WORDS", "is_part_of_time", "is_parted", "part_of_time"]

_PARTS: Final = {part: folded(words) for part, words in {
    "year": r"year|yr|yyyy|ano|anio|jahr|annee|anno|jaar|aar|rok|vuosi|yil|год|рік|年|leto|godina|aasta|metai",
    "month": r"month|mon|mm|mes|monat|mois|mese|maand|manad|maned|miesiac|mesic|kuukausi|honap|ay|месяц|місяць|月|mesec"
    r"|mjesec|kuu|menuo|luna",
    "day": r"day|dd|dia|tag|jour|giorno|dag|dzien|den|paiva|nap|gun|день|日|dan|paev|diena|zi|day of month",
    "hour": r"hour|hr|hh|hora|stunde|heure|ora|uur|timme|time|godzina|hodina|tunti|saat|час|година|时|時|ura|tund",
    "minute": r"minute|minutes|minuto|minuut|minuutti|minut|minuta|dakika|минута|分",
    "quarter": r"quarter|cuarto|quarto|quart|viertelstunde|viertel|kwartier|kvart|kwadrans",
    "place": r"interval|interval no|interval number|period|period no|trading period|settlement period|slot|intervalo"
    r"|periodo",
    "week": r"week|week number|semana|woche|semaine|settimana|nsm|day of year|doy|yearday|weekday|day of week",
}.items()}  # fmt: skip
_NO_NAME: Final = re.compile(r"\d|.{40}", re.S)  # the cells of a long file are not looked up one by one
_RANGES: Final = {
    "year": (1975, 2100), "month": (1, 12), "day": (1, 31), "hour": (0, 25), "minute": (0, 59), "quarter": (0, 4),
    "place": (0, 300), "week": (0, 86_400),
}  # fmt: skip
CLOCK_WORDS: Final = (
    rf"{_PARTS['hour']}|time|clock|hhmm|hhmmss|time hhmm|start time|end time|interval|hour minute|tijd|zeit|uhrzeit"
    r"|tid|cas"
)


@lru_cache(maxsize=4096)
def part_of_time(name: str) -> str:
    """Which part of a moment a column names, with nothing else in its name."""
    if _NO_NAME.search(name):
        return ""
    words = normal(name)
    return next((part for part, known in _PARTS.items() if matches(known, words) == words != ""), "")


def is_part_of_time(name: str, numbers: FloatArray) -> bool:
    """Whether a column is called a year, a month, an hour or the like and nothing else, and holds such numbers."""
    part = part_of_time(name)
    known = numbers[~np.isnan(numbers)]
    if not part or not len(known):
        return False
    low, high = _RANGES[part]
    return bool((known == np.round(known)).all() and low <= known.min() and known.max() <= high)


def is_parted(names: Sequence[str]) -> bool:
    """Whether the names of columns have a year and a month in them, so that together they tell days."""
    return {"year", "month"} <= {part_of_time(n) for n in names}

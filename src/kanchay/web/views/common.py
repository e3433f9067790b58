"""Small shapes that several pages show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np

from kanchay.domain.importing import ImportSeries
from kanchay.domain.interval import HOUR
from kanchay.domain.panel import Panel
from kanchay.domain.point import Point
from kanchay.domain.reading import FloatArray
from kanchay.web.i18n import LOCALES, catalogue
from kanchay.web.shell import Reader

__all__ = ["Tile", "floats", "model_name", "point_name", "same_weekday_profile", "series_name", "span_of"]


@dataclass(frozen=True)
class Tile:
    """A label with its period, a value with its unit, a comparison. `tone` is "good", "bad" or ""."""

    label: str
    value: str
    unit: str = ""
    note: str = ""
    before: str = ""  # a currency sign stands before its number
    tone: str = ""


def model_name(model: str, r: Reader) -> str:
    """A forecaster as pages call it; one we have no words for by its own name."""
    key = f"model.{model}"
    return r.words(key) if r.words.has(key) else model


def point_name(point: Point, r: Reader) -> str:
    """A meter's name: in the reader's language where we gave it, as it was typed or read from a file elsewhere."""
    word = point.our_name
    ours = word and point.name in (word, *(catalogue(locale).get(f"meter.{word}") for locale in LOCALES))
    return _plain_word(word, r) or point.name if ours else point.name


def series_name(series: ImportSeries, r: Reader) -> str:
    """The same for a series of a file that is not stored yet."""
    return series.name if series.named else _plain_word(series.name, r) or series.name


def span_of(series: Sequence[ImportSeries], r: Reader) -> str:
    """The days that series of a file reach over: ``5 jun 2026 – 6 jul 2026``."""
    f = r.at(series[0].zone(r.formats.tz)).formats
    start, end = min(s.start for s in series), max(s.end for s in series)
    first, last = f.moment(start).date(), f.moment(max(end - 1, start)).date()
    return f"{f.day_short(first)} {first.year} – {f.day_short(last)} {last.year}"


def _plain_word(word: str, r: Reader) -> str:
    """A meter's plain name by its part in the house, or by what it measures; "" where there is no word for it."""
    key = next((key for key in (f"meter.{word}", f"quantity.{word}") if r.words.has(key)), "")
    said = r.words(key) if key else ""
    return said[:1].upper() + said[1:]


def floats(values: FloatArray) -> list[float | None]:
    """Values for a chart: what is not known is None."""
    return [None if isnan(v) else float(v) for v in values.tolist()]


def same_weekday_profile(panel: Panel, day_start: int, n_hours: int, weeks: int = 4) -> FloatArray:
    """Mean of the same hours on the same weekday of the weeks before, shape (n_hours,); NaN where never measured."""
    week = 7 * 24 * HOUR
    rows = [
        panel.slice(day_start - w * week, day_start - w * week + n_hours * HOUR).values[0]
        for w in range(1, weeks + 1)
    ]
    stack = np.vstack(rows)
    n = np.sum(~np.isnan(stack), axis=0)
    sums = np.nansum(stack, axis=0)
    return np.where(n > 0, sums / np.maximum(n, 1), np.nan)

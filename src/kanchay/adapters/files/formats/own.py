"""Our own table of readings (CSV of both dialects, Excel, Parquet), read back exactly: points, qualities, times, values.

A table that somebody has changed so that a cell no longer says what we write is left to the general reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.exports.ourtable import COLUMNS, LOCAL, TableWords, table_words, unguarded
from kanchay.adapters.files.table import Column, Table
from kanchay.analysis.quality.derive import to_energy
from kanchay.domain.importing import ImportPreview, ImportSeries
from kanchay.domain.interval import DAY, IntArray
from kanchay.domain.point import Direction, Kind, Point, Role
from kanchay.domain.reading import FloatArray, Observations, QualityArray, Readings
from kanchay.domain.units import SUMMED, Quantity

__all__ = ["read_own"]

_TITLE: Final = "Kanchay"
_SOURCE: Final = "the how-to on exporting readings"
_LANGUAGES: Final = ("en", "es")


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """The table by column: labels as codes and words, the rest as arrays."""

    start: IntArray
    end: IntArray
    value: FloatArray
    quality: QualityArray
    labels: dict[str, tuple[IntArray, tuple[str, ...]]]

    def said(self, name: str, row: int) -> str:
        codes, words = self.labels[name]
        return words[codes[row]] if codes[row] >= 0 else ""


def read_own(tables: Sequence[Table], name: str, encoding: str | None) -> ImportPreview | None:
    """The preview of a file that we wrote; None where it is none, or one that was changed."""
    found = [(t, words) for t in tables if (words := _language(t)) is not None]
    if not found or len(found) < len(tables):
        return None
    try:
        series = [s for t, words in found for s in _series(_rows(t, words), words)]
    except (ValueError, KeyError):
        return None
    return ImportPreview(
        file_name=name,
        format="kanchay",
        encoding=encoding,
        n_rows=sum(t.n_rows for t, _ in found),
        series=tuple(series),
        facts=(("named_format", _TITLE), ("documented_by", _SOURCE)),
    )


def _language(table: Table) -> TableWords | None:
    """The words of the language whose titles are all there."""
    names = {c.name for c in table.columns}
    every = (table_words(language) for language in _LANGUAGES)
    return next((w for w in every if {w.titles[c] for c in COLUMNS} <= names), None)


def _rows(table: Table, words: TableWords) -> _Rows:
    columns = {c.name: c for c in table.columns}
    by_key = {key: columns[title] for key, title in words.titles.items() if title in columns}
    local = all(key in by_key for key in LOCAL)
    start, end = (_instants(by_key[f"{key}_utc" if local else key]) for key in ("start", "end"))
    value = by_key["value"].values("," if words.said and by_key["value"].texts is not None else ".")
    labels = {key: _labels(by_key[key]) for key in COLUMNS if key not in ("start", "end", "value")}
    quality = _qualities(*labels["quality"], words)
    if np.isnan(value).any() or (end <= start).any():
        raise ValueError(table.sheet)
    return _Rows(start, end, value, quality, labels)


def _instants(column: Column) -> IntArray:
    """UTC seconds; ValueError where a cell is no time."""
    if column.instants is not None:
        if column.known is not None and not column.known.all():
            raise ValueError(column.name)
        return column.instants
    texts = [t.removesuffix("Z") for t in column.texts.to_pylist() if t]
    if column.texts is None or len(texts) < len(column.texts):
        raise ValueError(column.name)
    return np.array(texts, dtype="M8[s]").astype(np.int64)


def _labels(column: Column) -> tuple[IntArray, tuple[str, ...]]:
    """A column as codes and words, as written: no word of a name means *missing*."""
    import pyarrow.compute as pc

    if column.codes is None and column.texts is not None and column.texts.null_count < len(column.texts):
        coded = pc.dictionary_encode(column.texts)
        codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
        return codes, tuple(unguarded(w) for w in coded.dictionary.to_pylist())
    codes, words = column.keys()
    return codes, tuple(unguarded(w) for w in words)


def _qualities(codes: IntArray, words: tuple[str, ...], told: TableWords) -> QualityArray:
    """ValueError or KeyError where a word is none of ours."""
    values = np.array([told.qualities.index(w) for w in words], dtype=np.int8)
    if (codes < 0).any():
        raise ValueError("quality")
    return values[codes]


def _series(rows: _Rows, words: TableWords) -> list[ImportSeries]:
    """One series a point, in the order of the file."""
    codes, names = rows.labels["point"]
    order = np.argsort(codes, kind="stable")
    edges = np.searchsorted(codes[order], np.arange(len(names) + 1))
    firsts = [int(order[low]) for low in edges[:-1].tolist()]
    each = {
        f: order[low:high]
        for f, low, high in zip(firsts, edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    }
    return [_one(rows, each[first], words) for first in sorted(each)]


def _point(rows: _Rows, row: int, words: TableWords) -> Point:
    def meant(name: str) -> str:
        return words.meant(name, rows.said(name, row))

    return Point(
        id=rows.said("point", row),
        site_id=rows.said("site", row),
        name=rows.said("name", row),
        quantity=Quantity(meant("quantity")),
        unit=rows.said("unit", row),
        kind=Kind(meant("kind")),
        resolution_s=int(rows.said("resolution_s", row)) if rows.said("resolution_s", row) else None,
        direction=Direction(meant("direction")) if meant("direction") else None,
        role=Role(meant("role")),
        register=rows.said("register", row),
        parent_id=rows.said("parent", row) or None,
        tags=tuple(t for t in rows.said("tags", row).split("|") if t),
    )


def _one(rows: _Rows, mine: NDArray[np.int64], words: TableWords) -> ImportSeries:
    point = _point(rows, int(mine[0]), words)
    mine = mine[np.argsort(rows.start[mine], kind="stable")]
    start = rows.start[mine]
    last = np.r_[start[1:] != start[:-1], True]
    kept = mine[last]
    columns = (rows.start[kept], rows.end[kept], rows.value[kept], rows.quality[kept])
    return ImportSeries(
        name=point.name,
        quantity=point.quantity,
        direction=point.direction,
        unit=point.unit,
        kind=Kind.INTERVAL,
        resolution_s=point.resolution_s,
        timezone=rows.said("zone", int(mine[0])),
        start=int(columns[0][0]),
        end=int(columns[1].max()),
        n=len(kept),
        missing=_missing(columns[0], columns[1], point.resolution_s),
        duplicates=int((~last).sum()),
        total=_total(point, Readings(point.id, *columns)),
        source_unit=point.unit,
        register=point.register,
        is_submeter=point.role is Role.SUBMETER,
        evidence=(f"named format: {_TITLE}",),
        observations=Observations(point.name, *columns),
        own=point,
    )


def _missing(start: IntArray, end: IntArray, step: int | None) -> int:
    """Intervals that a regular series lacks; days are not counted, they have 23 to 25 hours."""
    if step is None or step >= DAY:
        return 0
    return max(0, round((int(end.max()) - int(start[0])) / step) - len(start))


def _total(point: Point, readings: Readings) -> float | None:
    if point.quantity is Quantity.POWER:
        return float(to_energy(readings).value.sum())
    return float(readings.value.sum()) if point.quantity in SUMMED and point.unit != "m3" else None

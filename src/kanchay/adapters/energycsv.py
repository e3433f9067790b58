"""Plain energy tables in CSV without Arrow: reading a home's year needs neither its 40 MiB nor its threads.

Only what is written one way is read here: commas, no quotes, times like ``2026-08-22T18:00:00Z``, plain numbers. All
else is left to Arrow, which gives the same answer for what both can read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.domain.interval import IntArray
from kanchay.domain.reading import FloatArray

__all__ = ["EnergyColumns", "joined", "read_plain_csv"]

_LARGEST: Final = 8 * 2**20  # beyond it Arrow is faster even with its import
_TIMES: Final = re.compile(r"(?:\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?Z?\n)+", re.ASCII)
_NUMBERS: Final = re.compile(r"(?:(?:-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)?\n)+", re.ASCII)
_NO_NAME: Final = frozenset(  # what Arrow takes for missing
    ("", "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "N/A", "NA",
     "NULL", "NaN", "n/a", "nan", "null")
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class EnergyColumns:
    """The columns of an energy table as they stand, row by row.

    `seconds` counts from 1970 on the clock of the file; `aware` says that this clock is UTC. `codes` are places in
    `meters`, -1 for none; without a column of meters both are None.
    """

    seconds: IntArray
    known: NDArray[np.bool_]
    aware: bool
    value: FloatArray
    meters: tuple[str, ...] | None = None
    codes: IntArray | None = None

    def only(self, chosen: NDArray[np.bool_]) -> EnergyColumns:
        """The rows of some meters, `chosen` of shape (n_meters,)."""
        if self.meters is None or self.codes is None:
            return self
        rows = np.flatnonzero((self.codes >= 0) & chosen[self.codes])
        place = np.cumsum(chosen) - 1
        return EnergyColumns(
            self.seconds[rows],
            self.known[rows],
            self.aware,
            self.value[rows],
            tuple(meter for meter, kept in zip(self.meters, chosen, strict=True) if kept),
            place[self.codes[rows]],
        )


def joined(first: EnergyColumns, second: EnergyColumns) -> EnergyColumns:
    """The rows of both, one after the other."""
    if not len(first.value):
        return second
    places: dict[str, int] = {}
    parts = []
    for each in (first, second):
        own = [places.setdefault(meter, len(places)) for meter in each.meters or ()]
        codes = np.zeros(0, np.int64) if each.codes is None else each.codes
        parts.append(np.where(codes >= 0, np.asarray([*own, -1], dtype=np.int64)[codes], -1))
    return EnergyColumns(
        np.concatenate([first.seconds, second.seconds]),
        np.concatenate([first.known, second.known]),
        second.aware,
        np.concatenate([first.value, second.value]),
        tuple(places),
        np.concatenate(parts),
    )


def read_plain_csv(path: Path, wanted: list[str]) -> EnergyColumns | None:
    """Columns `wanted` (meter_id where there is one, time, value, in this order); None where Arrow has to look."""
    if path.stat().st_size > _LARGEST:
        return None
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return None
    if '"' in text or "\r" in text:
        return None
    head, *lines = text.split("\n")
    names = head.split(",")
    rows = [line.split(",") for line in lines if line]
    if len(set(names)) != len(names) or not set(wanted) <= set(names) or not rows:
        return None
    if any(len(row) != len(names) for row in rows):
        return None
    return _columns([[row[names.index(name)] for row in rows] for name in wanted])


def _columns(texts: list[list[str]]) -> EnergyColumns | None:
    seconds, value = _seconds(texts[-2]), _values(texts[-1])
    if seconds is None or value is None:
        return None
    known, aware = np.ones(len(value), dtype=np.bool_), texts[-2][0].endswith("Z")
    if len(texts) == 2:
        return EnergyColumns(seconds, known, aware, value)
    places: dict[str, int] = {}
    codes = [places.setdefault(name, len(places)) for name in texts[0]]
    if not places.keys().isdisjoint(_NO_NAME):
        return None
    return EnergyColumns(seconds, known, aware, value, tuple(places), np.asarray(codes, dtype=np.int64))


def _seconds(texts: list[str]) -> IntArray | None:
    """Times all written alike, with or without seconds and ``Z``; None for all others."""
    zulu = texts[0].endswith("Z")
    alike = len(set(map(len, texts))) == 1 and all(text.endswith("Z") == zulu for text in texts)
    if not alike or not _TIMES.fullmatch("\n".join(texts) + "\n"):
        return None
    try:
        return np.array([t[:-1] for t in texts] if zulu else texts, dtype="datetime64[s]").astype(np.int64)
    except ValueError:
        return None  # the 31st of February


def _values(texts: list[str]) -> FloatArray | None:
    """Numbers, NaN where nothing is written; None for anything else."""
    if not _NUMBERS.fullmatch("\n".join(texts) + "\n"):
        return None
    values: FloatArray = np.array([text or "nan" for text in texts], dtype=np.float64)
    return np.where(np.isfinite(values), values, np.nan)

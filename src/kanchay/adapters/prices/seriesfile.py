"""Published prices from a small table: a head ``start,NAME``, then a time with its offset and a price in each row."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np

from kanchay.domain.errors import FileRefused
from kanchay.domain.priceseries import PriceSeries

__all__ = ["read_series"]

_MOST_BYTES: Final = 20_000_000  # four years of quarters of an hour have 5 MB
_MOST_STEPS: Final = 4_000_000
_HINT: Final = 'Write a head "start,NAME" and rows such as 2026-08-03T05:00:00Z,0.21, by rising time.'


def read_series(path: Path, currency: str) -> PriceSeries:
    """The prices of a file on the grid of its shortest step; what it leaves out is not known.

    Raises
    ------
    FileRefused
        A head or a row that is none, times that fall, or steps that do not fit one grid; the row is named.
    """
    if path.stat().st_size > _MOST_BYTES:
        raise FileRefused(
            f"{path.name} is larger than {_MOST_BYTES // 1_000_000} MB.", hint="Send fewer years."
        )
    try:
        name, read = _read(path)
    except (UnicodeDecodeError, csv.Error) as error:
        raise FileRefused(f"{path.name} is no table of text.", hint=_HINT) from error
    starts, prices = [s for s, _ in read], [p for _, p in read]
    step = _step(starts, path.name)
    values = np.full((starts[-1] - starts[0]) // step + 1, np.nan)
    values[[(s - starts[0]) // step for s in starts]] = prices
    return PriceSeries(name, currency, values, starts[0], step)


def _read(path: Path) -> tuple[str, list[tuple[int, float]]]:
    """The name in the head, and each start with its price."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.reader(file)
        head = [cell.strip() for cell in next(rows, [])]
        if len(head) != 2 or head[0].lower() != "start" or not head[1]:
            raise FileRefused(f"{path.name} has no head of prices.", hint=_HINT)
        return head[1], list(_rows(rows, path.name))


def _step(starts: list[int], name: str) -> int:
    steps = [b - a for a, b in pairwise(starts)]
    step = min(steps, default=0)
    if step <= 0 or any(s % step for s in steps) or (starts[-1] - starts[0]) // step > _MOST_STEPS:
        raise FileRefused(f"The times of {name} do not rise by one step.", hint=_HINT)
    return step


def _rows(rows: Iterator[list[str]], name: str) -> Iterator[tuple[int, float]]:
    for number, row in enumerate(rows, start=2):
        if not row:
            continue
        try:
            moment, price = datetime.fromisoformat(row[0].strip()), float(row[1])
        except (ValueError, IndexError):
            moment, price = None, math.nan
        if moment is None or moment.tzinfo is None or not math.isfinite(price):
            told = ",".join(row)[:60]
            raise FileRefused(f"{name}, row {number}: {told!r} is no time with its price.", hint=_HINT)
        yield int(moment.timestamp()), price

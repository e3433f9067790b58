"""Explained: readings of a register that stand beside what it rose by, row by row: they say nothing new."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Final

import numpy as np

from kanchay.adapters.files.layout import RawSeries
from kanchay.adapters.files.meaning import ENERGY, FLOWING, Meaning
from kanchay.adapters.files.words import matches, normal
from kanchay.domain.point import Kind
from kanchay.domain.reading import FloatArray
from kanchay.domain.units import Quantity

__all__ = ["steps_are", "told_at", "without_explained"]

_NEARLY_ALL: Final = 0.9
_RUNNING: Final = (  # sums of what stands in the same rows, unlike what a meter shows
    r"cumul\w*|acumul\w*|kumul\w*|running|running sum|to date|year to date|month to date|ytd|mtd|lopend\w*|narastaj\w*"
)
_LEAST: Final = 4  # rows
_MOST: Final = 8  # columns of one meter that are compared


def without_explained(raws: Sequence[RawSeries], meanings: Sequence[Meaning]) -> list[Meaning]:
    """Meanings in which columns that nothing names, but whose steps are the amounts beside them, are told as readings."""
    explained = set(_explained(raws, meanings))
    return [
        replace(
            m,
            quantity=Quantity.SIGNAL,
            unit=None,
            unit_from="",
            evidence=("quantity: readings of what is beside",),
        )
        if i in explained
        else m
        for i, m in enumerate(meanings)
    ]


def _explained(raws: Sequence[RawSeries], meanings: Sequence[Meaning]) -> Iterator[int]:
    by_key: dict[str, list[int]] = {}
    for i, raw in enumerate(raws):
        by_key.setdefault(raw.key, []).append(i)
    for mine in by_key.values():
        amounts = [
            i for i in mine if meanings[i].quantity in ENERGY and meanings[i].kind is not Kind.CUMULATIVE
        ]
        others = [i for i in mine if meanings[i].quantity not in FLOWING or _is_running_sum(raws[i])]
        for used in amounts[:_MOST]:
            known = [i for i in others[:_MOST] if i != used and np.array_equal(raws[i].wall, raws[used].wall)]
            yield from (i for i in known if steps_are(raws[i].values, raws[used].values))
            for old, new in permutations(known, 2):
                if _same(raws[new].values - raws[old].values, raws[used].values):
                    yield from (old, new)


def _is_running_sum(raw: RawSeries) -> bool:
    return bool(matches(_RUNNING, normal(raw.column)))


def steps_are(register: FloatArray, amounts: FloatArray) -> bool:
    """Whether a register rises by the amounts beside it, each told at the beginning or the end of its interval."""
    return bool(told_at(register, amounts))


def told_at(register: FloatArray, amounts: FloatArray) -> str:
    """Which time of their interval amounts have beside the register they are steps of: "start", "end", "either" or ""."""
    steps = np.diff(register)
    if len(steps) < _LEAST:
        return ""
    end, start = _same(steps, amounts[1:]), _same(steps, amounts[:-1])
    return "either" if end and start else "end" if end else "start" if start else ""


def _same(steps: FloatArray, amounts: FloatArray) -> bool:
    """Whether nearly all amounts that are not zero are the steps beside them."""
    some = amounts != 0
    near = np.abs(steps - amounts) <= 0.005 * np.abs(amounts) + 1e-6
    return bool(some.sum() >= _LEAST and near[some].mean() >= _NEARLY_ALL)

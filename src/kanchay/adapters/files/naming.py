"""Naming: which labels of rows name a series, and which only describe the rows or repeat another label."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from kanchay.adapters.files.table import Column
from kanchay.adapters.files.words import ROLE_WORDS, direction_words, matches, normal, quantity_words
from kanchay.domain.interval import IntArray

__all__ = ["by_place", "independent", "is_place", "naming"]

_HEAD: Final = 2_000
_DESCRIBES: Final = (  # what day or hour a row is of
    r"day of week|dayofweek|weekday|week ?day|day name|day type|week status|season|month name|wochentag|holiday|weekend"
    r"|dia (?:de la )?semana|jour (?:de la )?semaine|giorno (?:della )?settimana|veckodag|ugedag|ukedag|dzien tygodnia"
    r"|load type"
)


def naming(keys: Sequence[Column], wall: IntArray, ok: NDArray[np.bool_]) -> tuple[Column, ...]:
    """The labels that name series; of those that describe rows (a load type, a weekday) each time has one alone.

    `wall` are the moments of all rows, `ok` those that were read.
    """
    named = [c for c in keys if _names_series(c)]
    if len(named) == len(keys):
        return tuple(keys)
    ordered = np.sort(wall[ok])  # many times faster than a set of a million moments
    if (ordered[1:] != ordered[:-1]).all():
        return tuple(named)
    order = np.argsort(wall[ok], kind="stable")
    again = np.diff(wall[ok][order]) == 0
    return tuple(c for c in keys if c in named or not _by_time(c.keys()[0][ok][order], again))


def _names_series(column: Column) -> bool:
    words = normal(column.name)
    describes = bool(matches(_DESCRIBES, words))
    return not describes and any(matches(ROLE_WORDS[r], words) for r in ("id", "register"))


def _by_time(codes: IntArray, again: NDArray[np.bool_]) -> bool:
    """Whether rows of the same time always bear the same label."""
    return bool((np.diff(codes)[again] == 0).all())


def independent(keys: Sequence[Column]) -> list[Column]:
    """Without columns that only repeat what another one says (a meter's serial beside its name).

    What tells a medium, a unit or a direction says more than a serial, and stays.
    """
    kept: list[Column] = []
    for column in keys:
        codes, words = column.keys()
        for other in kept:
            others, names = other.keys()
            pairs = np.unique(codes * (len(names) + 1) + others)
            if len(pairs) <= max(len(words), len(names)) and (_tells_flow(names) or not _tells_flow(words)):
                break
        else:
            kept.append(column)
    return kept


def _tells_flow(words: Sequence[str]) -> bool:
    """Whether labels tell what flows or which way."""
    return any(quantity_words(w) or direction_words(w) for w in map(normal, words[:20]))


def by_place(columns: Sequence[Column], values: Sequence[Column]) -> list[Column]:
    """Columns of values, those without a name but the first amounts by their place: "#3" is the third."""
    places = {id(c): i for i, c in enumerate(columns, 1)}
    nameless = [c for c in values if not c.name.strip()]
    first = next((c for c in nameless if not _is_flag(c)), None)
    nameless = [c for c in nameless if c is not first]
    return [replace(c, name=f"#{places[id(c)]}") if c in nameless and id(c) in places else c for c in values]


def _is_flag(column: Column) -> bool:
    """Whether a column begins with one or two different numbers, again and again."""
    known = column.head(_HEAD).values(".")
    return len(known) > _HEAD // 100 and len(np.unique(known[np.isfinite(known)])) <= 2


def is_place(name: str) -> bool:
    """Whether a name is a place."""
    return name.startswith("#") and name[1:].isdigit()

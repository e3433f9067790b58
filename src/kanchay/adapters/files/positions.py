"""Rows that only number their place in a block which tells its start and its step: each gets a start of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from kanchay.adapters.files.words import ROLE_WORDS, matches, normal
from kanchay.domain.errors import InputError
from kanchay.domain.interval import parse_duration

__all__ = ["RESOLUTION", "positioned"]

RESOLUTION: Final = r"resolution|resolucion|step|interval length|periodicity"
_PLACE: Final = r"position|pos|sequence|seq|intervalo? (?:no|number|nr)"
_START: Final = rf"{ROLE_WORDS['start']}|start ?date ?time|startdatetime|startzeitpunkt"
_END: Final = rf"{ROLE_WORDS['end']}|end ?date ?time|enddatetime"
_DURATION: Final = re.compile(r"P(T?\d.*)", re.I)

Row = dict[str, Any]


def positioned(rows: Sequence[Row]) -> Sequence[Row]:
    """The rows with a start each; as they are where they do not count, or where no start or step is told."""
    at = _key(rows[0], _PLACE)
    begin, end = _key(rows[0], _START, timed=True), _key(rows[0], _END, timed=True)
    if at is None or begin is None or not _counts([r.get(at) for r in rows]):
        return rows
    found = [r for block in _blocks(rows, at, begin) for r in _placed(block, at, begin, end)]
    return found or rows


def _key(row: Row, words: str, *, timed: bool = False) -> str | None:
    """The key that says one of the words, of those that hold a moment where one is wanted."""
    keys = [
        k for k in row if matches(words, normal(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", k).replace(".", " ")))
    ]
    if timed:  # what stands nearest to the rows counts
        return next((k for k in reversed(keys) if _moment(row[k]) is not None), None)
    return next(iter(keys), None)


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value.strip())
    except (ValueError, AttributeError):
        return None


def _counts(places: Sequence[Any]) -> bool:
    """Whether the cells number something: whole numbers that mostly go up by one."""
    if not all(str(p).isdigit() and len(str(p)) < 7 for p in places):
        return False
    numbers = [int(p) for p in places]
    ups = sum(b - a == 1 for a, b in pairwise(numbers))
    return len(numbers) > 2 and ups > 0.5 * (len(numbers) - 1)


def _blocks(rows: Sequence[Row], at: str, begin: str) -> list[list[Row]]:
    """Rows of one start, as they follow each other; a count that starts again starts a block too."""
    blocks: list[list[Row]] = []
    for row in rows:
        last = blocks[-1][-1] if blocks else None
        if last is not None and last.get(begin) == row.get(begin) and int(last[at]) < int(row[at]):
            blocks[-1].append(row)
        else:
            blocks.append([row])
    return blocks


def _placed(block: list[Row], at: str, begin: str, end: str | None) -> list[Row]:
    """The rows of a block with their starts; none where its step is not told."""
    start, until = _moment(block[0].get(begin)), _moment(block[0].get(end)) if end else None
    step = _step(block, at, start, until)
    if start is None or step is None:
        return []
    first = 0 if int(block[0][at]) == 0 else 1
    left_out = {at, begin, end}
    return [
        {k: v for k, v in row.items() if k not in left_out}
        | {"start": (start + step * (int(row[at]) - first)).isoformat()}
        for row in block
    ]


def _step(block: list[Row], at: str, start: datetime | None, until: datetime | None) -> timedelta | None:
    """The step that is told as a duration, else the length of the block over its last place."""
    told = next((v for k, v in block[0].items() if matches(RESOLUTION, normal(k.replace(".", " ")))), None)
    if isinstance(told, str) and _DURATION.fullmatch(told):
        try:
            return timedelta(seconds=parse_duration(told))
        except InputError:
            return None
    if start is None or until is None or (start.tzinfo is None) != (until.tzinfo is None):
        return None
    step = (until - start) / int(block[-1][at])
    whole = step.total_seconds()
    return step if whole >= 60 and whole == int(whole) else None

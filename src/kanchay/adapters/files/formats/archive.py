"""An archive of files of one named format: the months of a portal, joined to the series they are parts of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from kanchay.adapters.files.container import Content, Limits
from kanchay.adapters.files.encoding import decode
from kanchay.adapters.files.formats.registry import find_format
from kanchay.adapters.files.formats.statement import Stated, Statement, TextFormat

__all__ = ["read_archive"]


def read_archive(
    members: Iterable[tuple[str, Content]], limits: Limits
) -> tuple[TextFormat, Statement, str] | None:
    """Format, joined statement and encoding; None where no file of the archive has a named format that states series.

    Only files of the first such format count; others are told as left out. A file that contradicts the format refuses
    the whole archive.
    """
    named: TextFormat | None = None
    parts: list[Statement] = []
    encoding, left_out = "", []
    for member, content in members:
        found = find_format(content.data) if content.kind == "text" else None
        said = None
        if found is not None and (named is None or found is named):
            text, encoding = decode(content.data, member)
            said = found.read(text, member, limits)
        if isinstance(said, Statement):
            named = found
            parts.append(said)
        else:
            left_out.append(member)
    if named is None:
        return None
    facts = (*dict.fromkeys(f for p in parts for f in p.facts), *(("left_out", m) for m in left_out))
    questions = tuple(dict.fromkeys(q for p in parts for q in p.questions))
    zones = {p.tz for p in parts}
    joined = Statement(
        tuple(_joined(parts)),
        sum(p.n_rows for p in parts),
        zones.pop() if len(zones) == 1 else "",
        facts,
        questions,
    )
    return named, joined, encoding


def _joined(parts: Sequence[Statement]) -> list[Stated]:
    """Series of one name, quantity and direction as one, in the order of the files."""
    groups: dict[tuple[object, ...], list[Stated]] = {}
    for part in parts:
        for s in part.series:
            groups.setdefault((s.name, s.quantity, s.direction, s.kind, s.unit, s.end is None), []).append(s)
    return [_one(group) for group in groups.values()]


def _one(group: Sequence[Stated]) -> Stated:
    first = group[0]
    if len(group) == 1:
        return first
    ends = [s.end for s in group if s.end is not None]
    flags = [np.zeros(len(s.start), bool) if s.estimated is None else s.estimated for s in group]
    return replace(
        first,
        start=np.concatenate([s.start for s in group]),
        values=np.concatenate([s.values for s in group]),
        end=np.concatenate(ends) if ends else None,
        estimated=np.concatenate(flags),
        issues=tuple(i for s in group for i in s.issues),
    )

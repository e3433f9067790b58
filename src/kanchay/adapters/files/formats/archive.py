"""Files of one named format in an archive: the months of a portal, joined to the series they are parts of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kanchay.adapters.files.formats.statement import Stated, Statement

__all__ = ["join_statements"]


def join_statements(parts: Sequence[Statement]) -> Statement:
    """What several files of a format state, as one file would; the zone counts where all agree on it."""
    zones = {p.tz for p in parts}
    return Statement(
        tuple(_joined(parts)),
        sum(p.n_rows for p in parts),
        zones.pop() if len(zones) == 1 else "",
        tuple(dict.fromkeys(f for p in parts for f in p.facts)),
        tuple(dict.fromkeys(q for p in parts for q in p.questions)),
    )


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

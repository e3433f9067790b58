"""Which meters of a site balance: a meter with the sources beside it on one side, its sub-meters on the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kanchay.domain.point import Direction, Point, Role, VirtualPoint

__all__ = ["MeterBalance", "balances"]


@dataclass(frozen=True, slots=True)
class MeterBalance:
    """Ids of sources with their signs, the parent first, and of the sub-meters that are parts of their sum."""

    sources: tuple[str, ...]
    signs: tuple[int, ...]
    parts: tuple[str, ...]


def balances(points: Sequence[Point], virtual: Sequence[VirtualPoint] = ()) -> list[MeterBalance]:
    """Every balance of a site that can be drawn up.

    A sum of registers stands for them. What is exported came from a roof or a battery: where neither is metered, the
    consumption is not known and nothing is compared. Sources without a parent belong to the site's only grid meter.
    """
    summed = {term.point_id for each in virtual for term in each.terms}
    meters = [p for p in points if p.id not in summed] + [each.point for each in virtual]
    mains = [p for p in meters if _is_main(p)]
    found = []
    for parent in (p for p in meters if _source_sign(p) is None):
        near = [p for p in meters if p is not parent and p.quantity is parent.quantity]
        alone = len([m for m in mains if m.quantity is parent.quantity]) == 1 and _is_main(parent)
        beside = [p for p in near if p.parent_id == parent.id or (alone and p.parent_id is None)]
        sources = [p for p in beside if _source_sign(p) is not None]
        parts = [p.id for p in beside if _source_sign(p) is None and p.parent_id == parent.id]
        makes = any(_source_sign(p) == 1 for p in sources)
        if (parts or makes) and (makes or not sources):
            signs = (1, *(_source_sign(p) or 1 for p in sources))
            found.append(MeterBalance((parent.id, *(p.id for p in sources)), signs, tuple(parts)))
    return found


def _is_main(point: Point) -> bool:
    """A meter at the grid that counts what comes in."""
    return point.role is Role.GRID and point.parent_id is None and _source_sign(point) is None


def _source_sign(point: Point) -> int | None:
    """+1 for what brings energy beside the grid, -1 for what takes it away; None for meters of use."""
    if point.role is Role.BATTERY:
        return -1 if point.direction in (Direction.IMPORT, Direction.CONSUMPTION) else 1
    if point.role is Role.PV or point.direction is Direction.PRODUCTION:
        return -1 if point.direction is Direction.CONSUMPTION else 1
    return -1 if point.direction is Direction.EXPORT else None

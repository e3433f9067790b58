"""From series of a file to points of a site: stable ids, roles, and sums of registers that count nothing twice."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from kanchay.domain.importing import ImportSeries
from kanchay.domain.names import slug
from kanchay.domain.point import OUR_NAME, Direction, Kind, Point, Role, Term, VirtualPoint
from kanchay.domain.units import CANONICAL, Quantity

__all__ = ["as_energy", "point_id", "point_of", "register_sums", "told_apart"]

_FLOWS = (Quantity.ELECTRIC_ENERGY, Quantity.POWER)


def point_id(site_id: str, series: ImportSeries) -> str:
    """The same for the same series of the same site in every file; of our own export the point's own."""
    if series.own is not None:
        return _moved(series.own.id, series.own.site_id, site_id)
    parts = [site_id, _ident(series.name)]
    if series.direction is not None:
        parts.append(series.direction.value)
    return ".".join(parts)


def told_apart(series: Sequence[ImportSeries]) -> tuple[ImportSeries, ...]:
    """Series of one file under names that make a point of each: stored as one, the last would replace the others."""
    taken: Counter[str] = Counter()
    out = []
    for s in series:
        ident, named = point_id("", s), s
        while taken[point_id("", named)] and s.own is None:
            taken[ident] += 1
            named = replace(s, name=f"{s.name} ({taken[ident]})")
        taken[point_id("", named)] += 1
        out.append(named)
    return tuple(out)


def _ident(name: str) -> str:
    """A name as part of an id; a word in letters that no id has, such as those of 厨房, becomes a few of its own."""
    words = re.split(r"[\s!-/:-@\[-`{-~]+", name)
    return slug(" ".join(_mark(w) if _is_foreign(w) else w for w in words), otherwise="series")


def _is_foreign(word: str) -> bool:
    letters = (c for c in unicodedata.normalize("NFKD", word) if c.isalpha())
    return any(not unicodedata.name(c, "LATIN").startswith("LATIN") for c in letters)


def _mark(word: str) -> str:
    plain = unicodedata.normalize("NFKC", word).casefold()
    return hashlib.sha256(plain.encode()).hexdigest()[:6]


def as_energy(series: ImportSeries) -> bool:
    """Mean power over intervals is kept as energy: that is what is forecast, billed and summed. A peak is not."""
    mean = series.quantity is Quantity.POWER and series.kind is Kind.INTERVAL
    return mean and series.total is not None and series.own is None


def _moved(name: str, before: str, site_id: str) -> str:
    """The id of a point in another site: what follows the site's id stays."""
    rest = name.removeprefix(before)
    return name if before == site_id else site_id + (rest if rest[:1] in (".", ":") else f".{name}")


def _own_point(own: Point, site_id: str) -> Point:
    """A point of our own export, in this site."""
    parent = _moved(own.parent_id, own.site_id, site_id) if own.parent_id else None
    return replace(own, id=_moved(own.id, own.site_id, site_id), site_id=site_id, parent_id=parent)


def _role(series: ImportSeries, submeter: bool) -> Role:
    if series.quantity not in (
        *_FLOWS,
        Quantity.REACTIVE_ENERGY,
        Quantity.GAS,
        Quantity.HEAT,
        Quantity.WATER,
    ):
        return Role.SENSOR
    if submeter:
        return Role.SUBMETER
    return Role.PV if series.direction is Direction.PRODUCTION else Role.GRID


def point_of(site_id: str, series: ImportSeries, parent_id: str | None) -> Point:
    """The point of a series; `parent_id` is set for sub-meters."""
    if series.own is not None:
        return _own_point(series.own, site_id)
    quantity = Quantity.ELECTRIC_ENERGY if as_energy(series) else series.quantity
    return Point(
        id=point_id(site_id, series),
        site_id=site_id,
        name=series.name,
        quantity=quantity,
        unit=CANONICAL[quantity] if as_energy(series) else series.unit,
        kind=series.kind,
        resolution_s=series.resolution_s,
        direction=series.direction,
        role=_role(series, parent_id is not None),
        register=series.register,
        parent_id=parent_id,
        tags=_tags(series),
    )


def _tags(series: ImportSeries) -> tuple[str, ...]:
    unit = (f"source_unit:{series.source_unit}",) if series.source_unit else ()
    return unit if series.named else (*unit, OUR_NAME + series.name)


def register_sums(
    site_id: str, series: Sequence[ImportSeries]
) -> list[tuple[VirtualPoint, list[ImportSeries]]]:
    """Sums of the tariff registers (or phases) of one meter and direction, with their parts.

    A group whose sum another series of the file already is gets no sum of its own.
    """
    groups: dict[tuple[str, Direction | None, Kind], list[ImportSeries]] = defaultdict(list)
    for s in series:
        if s.register and (s.quantity is Quantity.ELECTRIC_ENERGY or as_energy(s)):
            base = _ident(s.name).replace(_ident(s.register), "", 1).strip("-").replace("--", "-")
            groups[base, s.direction, s.kind].append(s)
    sums = []
    for (base, direction, _), parts in groups.items():
        if len(parts) < 2 or _has_total(parts, series):
            continue
        name = " + ".join(p.name for p in parts)
        way = direction.value if direction else "net"
        kind, step = Kind.INTERVAL, parts[0].resolution_s
        ident = f"{site_id}.{base or 'grid'}-sum.{way}"
        point = Point(ident, site_id, name, resolution_s=step, direction=direction, kind=kind)
        point = replace(point, role=Role.PV if direction is Direction.PRODUCTION else Role.GRID)
        sums.append((VirtualPoint(point, tuple(Term(1, point_id(site_id, p)) for p in parts)), parts))
    return sums


def _has_total(parts: Sequence[ImportSeries], series: Sequence[ImportSeries]) -> bool:
    """Whether another series of the same direction has the total of the parts, to half a per cent."""
    whole = sum(p.total or 0.0 for p in parts)
    others = (
        s for s in series if s not in parts and s.direction is parts[0].direction and s.quantity in _FLOWS
    )
    return whole > 0 and any(abs((s.total or 0.0) - whole) <= 0.005 * whole for s in others)

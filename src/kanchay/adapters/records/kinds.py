"""What is kept, and what of it stands in columns of its own: the same for every place that keeps rows.

A row is a dictionary: `id`, `organisation_id`, `site_id`, the key columns of its kind, and `document`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from kanchay.domain.bill import Bill
from kanchay.domain.finding import Finding, Recommendation
from kanchay.domain.forecast import Forecast
from kanchay.domain.point import Organisation, Point, Site, VirtualPoint
from kanchay.domain.run import Run
from kanchay.domain.scope import Permission
from kanchay.services.ports.records import AuditEntry, ImportRecord, User

__all__ = ["KINDS", "Kind", "Place"]

# Where a row belongs, looked up through its fields: ("site", id), ("run", id), ("point", id), or itself.
Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of row.

    `key` gives the id, `place` what leads to the row's site and organisation, `columns` the fields (name and
    type) that are searched by the database; other fields are searched in Python.
    """

    name: str
    holds: type[Any]
    key: Callable[[Any], str]
    place: Callable[[Any], Place]
    columns: tuple[tuple[str, type], ...] = ()
    read: Permission = Permission.READ
    write: Permission | None = Permission.WRITE
    append_only: bool = False
    unique: str = ""  # a column in which no two rows are alike, over all organisations


def _id(row: Any) -> str:
    return str(row.id)


def _by_site(row: Any) -> Place:
    return "site", row.site_id


_RESULT: Final = (("point_id", str), ("run_id", str))

KINDS: Final = (
    Kind("organisations", Organisation, _id, lambda row: ("organisation", row.id), write=Permission.ADMIN),
    Kind("sites", Site, _id, lambda row: ("new_site", row.organisation_id), (("name", str),)),
    Kind("points", Point, _id, _by_site, (("quantity", str), ("role", str))),
    Kind("virtual_points", VirtualPoint, lambda row: row.point.id, lambda row: ("site", row.point.site_id)),
    Kind(
        "users",
        User,
        _id,
        lambda row: ("organisation", row.actor.organisation_id or ""),
        (("email", str),),
        read=Permission.ADMIN,
        write=Permission.ADMIN,
        unique="email",
    ),
    Kind("runs", Run, _id, _by_site, (("kind", str), ("started_at", int))),
    # A run may forecast many points, so both make the key: "RUN/POINT".
    Kind(
        "forecasts",
        Forecast,
        lambda row: f"{row.run_id}/{row.point_id}",
        lambda row: ("run", row.run_id),
        (*_RESULT, ("issued_at", int), ("model", str)),
    ),
    Kind("findings", Finding, _id, _by_site, (*_RESULT, ("kind", str), ("status", str), ("found_at", int))),
    Kind("recommendations", Recommendation, _id, _by_site, (*_RESULT, ("state", str), ("made_at", int))),
    Kind("bills", Bill, lambda row: row.run_id, lambda row: ("run", row.run_id), (("run_id", str),)),
    Kind("imports", ImportRecord, _id, _by_site, (("sha256", str), ("at", int))),
    Kind(
        "audit",
        AuditEntry,
        _id,
        lambda row: ("audit", row.organisation_id),
        (("at", int), ("actor_id", str), ("action", str)),
        read=Permission.ADMIN,
        write=None,
        append_only=True,
    ),
)

"""Everything that is not a reading: organisations, sites, points, people, results, runs, audit."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from kanchay.domain.bill import Bill
from kanchay.domain.finding import Finding, Recommendation
from kanchay.domain.forecast import Forecast
from kanchay.domain.point import Organisation, Point, Site, VirtualPoint
from kanchay.domain.run import Run
from kanchay.domain.scope import Actor, Scope

__all__ = ["AuditEntry", "ImportRecord", "Records", "Repository", "UnitOfWork", "User"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class User:
    """A person who signs in. `password_hash` is Argon2id."""

    id: str
    email: str
    actor: Actor
    password_hash: str
    created_at: int


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what, when, to what; append-only."""

    id: str
    at: int
    actor_id: str
    organisation_id: str
    site_id: str
    action: str
    subject: str


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """An import: the name under which its readings can be taken back is its id.

    `state` is "storing" until all of it is in the store, then "stored", then perhaps "undone". `layout` tells files
    of the same kind, and `answers` are what somebody said about this one, to be taken for the next of its kind; those
    about its numbers where they are of the same `sizes`: name of a series, and how large it usually is [log10].
    """

    id: str
    site_id: str
    file_name: str
    sha256: str
    at: int
    format: str
    n_new: int
    n_revised: int
    n_unchanged: int
    point_ids: tuple[str, ...] = ()
    state: str = "stored"
    undoable: bool = False  # not what was stored before imports could be undone
    undone_at: int = 0
    n_restored: int = 0  # readings that stood again when it was undone
    n_gone: int = 0
    layout: str = ""
    answers: tuple[tuple[str, str], ...] = ()
    sizes: tuple[tuple[str, float], ...] = ()


class Repository(Protocol[T]):
    """Rows of one kind, seen through the scope of the unit of work."""

    def get(self, key: str) -> T:
        """The row with that id; `NotFound` where there is none within the scope."""

    def find(self, *, order: str = "", limit: int | None = None, **equal: Any) -> list[T]:
        """Rows whose fields equal these, for example ``find(site_id="casa", order="-made_at", limit=5)``."""

    def put(self, row: T) -> None:
        """Insert, or replace the row of that id."""

    def remove(self, key: str) -> None:
        """Delete it; `NotFound` where there is none."""


class UnitOfWork(Protocol):
    """All repositories in one transaction: committed on a clean exit, rolled back on an error."""

    organisations: Repository[Organisation]
    sites: Repository[Site]
    points: Repository[Point]
    virtual_points: Repository[VirtualPoint]
    users: Repository[User]
    runs: Repository[Run]
    forecasts: Repository[Forecast]
    findings: Repository[Finding]
    recommendations: Repository[Recommendation]
    bills: Repository[Bill]
    imports: Repository[ImportRecord]
    audit: Repository[AuditEntry]

    def setting(self, name: str, default: str = "") -> str:
        """A stored setting, secret token or cursor; organisation-free."""

    def set_setting(self, name: str, value: str) -> None: ...

    def lease(self, name: str, holder: str, now: int, seconds: int) -> bool:
        """Take or renew a lease; false while somebody else holds it."""


class Records(Protocol):
    """Opens units of work."""

    def unit(self, scope: Scope) -> AbstractContextManager[UnitOfWork]: ...

    def close(self) -> None: ...

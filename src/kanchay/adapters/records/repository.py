"""Repositories that see through a scope: one set of rules over any table of rows. Deny by default."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, Protocol, TypeVar

from kanchay.adapters.records.codec import decode, encode
from kanchay.adapters.records.kinds import KINDS, Kind
from kanchay.domain.errors import AccessDenied, Conflict, InputError, NotFound
from kanchay.domain.scope import Permission, Scope

__all__ = ["Row", "ScopedRepository", "ScopedUnit", "Table", "Tables"]

T = TypeVar("T")
Row = dict[str, Any]

_PLACES = ("organisation_id", "site_id")


class Table(Protocol):
    """Rows of one kind, unscoped."""

    def fetch(self, key: str) -> Row | None: ...

    def select(
        self, equal: Row, within: dict[str, frozenset[str]], order: str, limit: int | None
    ) -> Iterable[Row]:
        """Rows whose columns equal `equal` and lie within the sets; all rows in the order they were first put
        unless `order` (a column, "-" before it for descending) says otherwise."""

    def upsert(self, row: Row) -> None: ...

    def delete(self, key: str) -> None: ...


class Tables(Protocol):
    """All tables of one transaction, settings and leases too."""

    def table(self, kind: Kind) -> Table: ...

    def setting(self, name: str) -> str | None: ...

    def set_setting(self, name: str, value: str) -> None: ...

    def lease(self, name: str, holder: str, now: int, seconds: int) -> bool: ...


class ScopedRepository(Generic[T]):
    """`Repository`: encodes, decodes, and keeps everybody within their scope."""

    def __init__(self, scope: Scope, kind: Kind, unit: ScopedUnit) -> None:
        self._scope, self._kind, self._unit = scope, kind, unit
        self._columns = {"id", *_PLACES, *(name for name, _ in kind.columns)}

    @property
    def _table(self) -> Table:
        return self._unit.tables.table(self._kind)

    def get(self, key: str) -> T:
        self._scope.require(self._kind.read)
        row = self._table.fetch(key)
        if row is None or not self._visible(row):
            raise self._absent(key)
        return self._decode(row)

    def find(self, *, order: str = "", limit: int | None = None, **equal: Any) -> list[T]:
        self._scope.require(self._kind.read)
        field = order.lstrip("-")
        for name in (*equal, *([field] if field else ())):
            self._check_field(name)
        in_columns = {k: encode(v) for k, v in equal.items() if k in self._columns}
        others = {k: v for k, v in equal.items() if k not in self._columns}
        in_table = field in self._columns and not others
        rows = self._table.select(
            in_columns,
            self._bounds(),
            order if in_table else "",
            limit if in_table or not (others or field) else None,
        )
        found = [self._decode(row) for row in rows]
        if in_table or not (others or field):
            return found
        found = [row for row in found if all(_get(row, k) == v for k, v in others.items())]
        if field:
            found.sort(key=lambda row: _sortable(_get(row, field)), reverse=order.startswith("-"))
        return found[:limit]

    def put(self, row: T) -> None:
        if self._kind.write is not None:
            self._scope.require(self._kind.write)
        new = self._row(row)
        if not self._visible(new):
            raise AccessDenied(f"{self._scope.actor.name} may not write {self._kind.name} there.")
        old = self._table.fetch(new["id"])
        if old is not None:
            self._check_replacement(old, new)
        self._check_unique(new)
        self._table.upsert(new)

    def remove(self, key: str) -> None:
        if self._kind.append_only:
            raise AccessDenied(f"Rows of '{self._kind.name}' are never removed.")
        self._scope.require(self._kind.write or Permission.ADMIN)
        self.get(key)
        self._table.delete(key)

    def _check_replacement(self, old: Row, new: Row) -> None:
        if self._kind.append_only:
            raise Conflict(f"'{new['id']}' is in {self._kind.name} already; nothing there is changed.")
        if not self._visible(old) or any(old[place] != new[place] for place in _PLACES):
            raise Conflict(f"The id '{new['id']}' is taken.", hint="Choose another id.")

    def _check_unique(self, new: Row) -> None:
        field = self._kind.unique
        if field and any(
            row["id"] != new["id"] for row in self._table.select({field: new[field]}, {}, "", 2)
        ):
            raise Conflict(f"The {field} '{new[field]}' is taken.", hint="Use another.")

    def _check_field(self, name: str) -> None:
        known = {*self._columns, *getattr(self._kind.holds, "__dataclass_fields__", {})}
        if name not in known:
            raise InputError(f"'{self._kind.name}' has no field '{name}'.", hint=f"Fields: {sorted(known)}.")

    def _bounds(self) -> dict[str, frozenset[str]]:
        """What the scope adds to every search."""
        bounds = {}
        if self._scope.organisation_id is not None:
            bounds["organisation_id"] = frozenset({self._scope.organisation_id})
        if self._scope.site_ids is not None:
            # Rows of the organisation itself have no site: who may see some sites only sees of them its name,
            # and may write to its audit log.
            own = {""} if self._kind.name in ("organisations", "audit") else set()
            bounds["site_id"] = frozenset(self._scope.site_ids | own)
        return bounds

    def _visible(self, row: Row) -> bool:
        return all(row[place] in allowed for place, allowed in self._bounds().items())

    def _row(self, value: Any) -> Row:
        if not isinstance(value, self._kind.holds):
            raise TypeError(
                f"'{self._kind.name}' takes {self._kind.holds.__name__}, not {type(value).__name__}."
            )
        organisation_id, site_id = self._unit.place(self._kind, value)
        document = encode(value)
        columns = {name: document[name] for name, _ in self._kind.columns}
        key = self._kind.key(value)
        return {
            "id": key,
            "organisation_id": organisation_id,
            "site_id": site_id,
            **columns,
            "document": document,
        }

    def _decode(self, row: Row) -> T:
        value: T = decode(self._kind.holds, row["document"])
        return value

    def _absent(self, key: str) -> NotFound:
        return NotFound(f"There is no '{key}' in {self._kind.name} here.")


class ScopedUnit:
    """`UnitOfWork`: a repository for every kind, over the tables of one transaction."""

    def __init__(self, scope: Scope, tables: Tables) -> None:
        if not isinstance(scope, Scope):
            raise AccessDenied("No record is shown without a scope.", hint="Make one with policy.scope_for.")
        self.tables = tables
        self._scope = scope
        for kind in KINDS:
            setattr(self, kind.name, ScopedRepository(scope, kind, self))

    def place(self, kind: Kind, value: Any) -> tuple[str, str]:
        """Organisation and site of a row; `NotFound` where what it hangs on is not there."""
        what, name = kind.place(value)
        if what == "organisation":
            return name, ""
        if what == "new_site":
            return name, value.id
        if what == "audit":
            return name, value.site_id
        if what == "run" and not name:
            raise InputError(f"A row of '{kind.name}' needs the id of its run.", hint="Store its run first.")
        parent = self._kind_of(what + "s")
        row = self.tables.table(parent).fetch(name)
        if row is None:
            raise NotFound(f"There is no {what} '{name}' here.", hint=f"Store the {what} first.")
        return row["organisation_id"], row["site_id"]

    @staticmethod
    def _kind_of(name: str) -> Kind:
        return next(kind for kind in KINDS if kind.name == name)

    def _require_machine(self) -> None:
        if self._scope.organisation_id is not None or self._scope.site_ids is not None:
            raise AccessDenied("Settings and leases belong to the machine.", hint="Use the operator's scope.")

    def setting(self, name: str, default: str = "") -> str:
        self._require_machine()
        found = self.tables.setting(name)
        return default if found is None else found

    def set_setting(self, name: str, value: str) -> None:
        self._require_machine()
        self._scope.require(Permission.WRITE)
        self.tables.set_setting(name, value)

    def lease(self, name: str, holder: str, now: int, seconds: int) -> bool:
        self._require_machine()
        self._scope.require(Permission.WRITE)
        return self.tables.lease(name, holder, now, seconds)


def _get(row: Any, name: str) -> Any:
    return getattr(row, name)


def _sortable(value: Any) -> tuple[bool, Any]:
    return value is not None, value

"""Records in dictionaries: for tests and for a single file. No database, the same rules."""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, cast

from kanchay.adapters.records.kinds import Kind
from kanchay.adapters.records.repository import Row, ScopedUnit
from kanchay.domain.scope import Scope
from kanchay.services.ports.records import UnitOfWork

__all__ = ["MemoryRecords"]


class MemoryRecords:
    """`Records` over dictionaries; a unit writes to copies and puts them in place at its end."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._data: dict[str, dict[str, Any]] = {}

    @contextmanager
    def unit(self, scope: Scope) -> Iterator[UnitOfWork]:
        with self._lock:
            tables = _Tables(self._data)
            yield cast(UnitOfWork, ScopedUnit(scope, tables))
            self._data.update(tables.written)

    def close(self) -> None:
        """Nothing to release."""


class _Tables:
    """What was committed, and copies of the tables written since."""

    def __init__(self, committed: dict[str, dict[str, Any]]) -> None:
        self._committed = committed
        self.written: dict[str, dict[str, Any]] = {}

    def read(self, name: str) -> dict[str, Any]:
        return self.written.get(name, self._committed.get(name, {}))

    def write(self, name: str) -> dict[str, Any]:
        if name not in self.written:
            self.written[name] = dict(self._committed.get(name, {}))
        return self.written[name]

    def table(self, kind: Kind) -> _Table:
        return _Table(self, kind.name)

    def setting(self, name: str) -> str | None:
        value: str | None = self.read("setting").get(name)
        return value

    def set_setting(self, name: str, value: str) -> None:
        self.write("setting")[name] = value

    def lease(self, name: str, holder: str, now: int, seconds: int) -> bool:
        held = self.read("lease").get(name)
        if held and held[0] != holder and held[1] > now:
            return False
        self.write("lease")[name] = (holder, now + seconds)
        return True


class _Table:
    def __init__(self, tables: _Tables, name: str) -> None:
        self._tables, self._name = tables, name

    def fetch(self, key: str) -> Row | None:
        row: Row | None = self._tables.read(self._name).get(key)
        return row

    def select(
        self, equal: Row, within: dict[str, frozenset[str]], order: str, limit: int | None
    ) -> Iterable[Row]:
        rows = [
            row
            for row in self._tables.read(self._name).values()
            if all(row[k] == v for k, v in equal.items()) and all(row[k] in v for k, v in within.items())
        ]
        if order:
            field = order.lstrip("-")
            rows.sort(key=lambda row: (row[field] is not None, row[field]), reverse=order.startswith("-"))
        return rows[:limit]

    def upsert(self, row: Row) -> None:
        self._tables.write(self._name)[row["id"]] = copy.deepcopy(row)

    def delete(self, key: str) -> None:
        del self._tables.write(self._name)[key]

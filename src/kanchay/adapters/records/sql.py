"""Records in a database by SQLAlchemy Core: SQLite inside the embedded product.

Reads see what is committed; the first write of a unit takes the file's write lock: units that only read never
wait for each other. Do not open a second writing unit inside a writing one: they wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, Select, create_engine, delete, event, insert, select, update
from sqlalchemy.exc import IntegrityError

from kanchay.adapters.records.kinds import Kind
from kanchay.adapters.records.repository import Row, ScopedUnit
from kanchay.adapters.records.tables import LEASES, ROWS, SETTINGS
from kanchay.adapters.wal import write_ahead
from kanchay.domain.errors import Conflict, KanchayError
from kanchay.domain.scope import Scope
from kanchay.services.ports.records import UnitOfWork

__all__ = ["HEAD", "SqlRecords"]

HEAD = (
    "0001"  # newest revision in `migrations/versions`: known here so that Alembic is loaded only when needed
)


class SqlRecords:
    """`Records` in a SQLite file."""

    def __init__(self, path: Path) -> None:
        self._engine = _engine(path)
        migrate(self._engine)

    @contextmanager
    def unit(self, scope: Scope) -> Iterator[UnitOfWork]:
        with self._engine.connect() as connection:
            tables = _Tables(connection)
            try:
                yield cast(UnitOfWork, ScopedUnit(scope, tables))
                tables.end("COMMIT")
            except BaseException:
                tables.end("ROLLBACK")
                raise

    def close(self) -> None:
        self._engine.dispose()


def _engine(path: Path) -> Engine:
    engine = create_engine(f"sqlite:///{path}", isolation_level="AUTOCOMMIT", connect_args={"timeout": 30.0})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        write_ahead(connection)
        connection.execute("PRAGMA synchronous = FULL")

    return engine


def migrate(engine: Engine) -> None:
    """Bring the tables to the newest revision; where they are there already, Alembic is not even loaded."""
    with engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'"
        ).scalar()
        at = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() if found else None
        if at == HEAD:
            return
    if at is not None and at > HEAD:  # revisions are numbered: 0001, 0002 …
        raise KanchayError(
            f"{Path(engine.url.database or '').name} has layout {at}, this Kanchay knows {HEAD}.",
            hint="Use the version that wrote it, or a newer one.",
        )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with engine.connect() as connection:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        connection.exec_driver_sql("COMMIT")


class _Tables:
    """All tables of one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._writing = False

    def begin(self) -> None:
        """Take the write lock, once."""
        if not self._writing:
            self.connection.exec_driver_sql("BEGIN IMMEDIATE")
            self._writing = True

    def end(self, how: str) -> None:
        if self._writing:
            self._writing = False
            self.connection.exec_driver_sql(how)

    def table(self, kind: Kind) -> _Table:
        return _Table(self, kind)

    def setting(self, name: str) -> str | None:
        query = select(SETTINGS.c.value).where(SETTINGS.c.name == name)
        value: str | None = self.connection.execute(query).scalar()
        return value

    def set_setting(self, name: str, value: str) -> None:
        self.begin()
        done = self.connection.execute(update(SETTINGS).where(SETTINGS.c.name == name).values(value=value))
        if done.rowcount == 0:
            self.connection.execute(insert(SETTINGS).values(name=name, value=value))

    def lease(self, name: str, holder: str, now: int, seconds: int) -> bool:
        self.begin()
        held = self.connection.execute(select(LEASES).where(LEASES.c.name == name)).one_or_none()
        if held is not None and held.holder != holder and held.until > now:
            return False
        if held is None:
            self.connection.execute(insert(LEASES).values(name=name, holder=holder, until=now + seconds))
        else:
            mine = update(LEASES).where(LEASES.c.name == name)
            self.connection.execute(mine.values(holder=holder, until=now + seconds))
        return True


class _Table:
    def __init__(self, tables: _Tables, kind: Kind) -> None:
        self._tables, self._kind, self._table = tables, kind, ROWS[kind.name]

    def fetch(self, key: str) -> Row | None:
        query = select(self._table).where(self._table.c.id == key)
        row = self._tables.connection.execute(query).mappings().one_or_none()
        return None if row is None else dict(row)

    def select(
        self, equal: Row, within: dict[str, frozenset[str]], order: str, limit: int | None
    ) -> Iterable[Row]:
        query = select(self._table)
        for name, value in equal.items():
            query = query.where(self._table.c[name] == value)
        for name, values in within.items():
            query = query.where(self._table.c[name].in_(sorted(values)))
        rows = self._tables.connection.execute(self._ordered(query, order).limit(limit)).mappings()
        return [dict(row) for row in rows]

    def _ordered(self, query: Select[Any], order: str) -> Select[Any]:
        if not order:
            return query.order_by(self._table.c.seq)
        column = self._table.c[order.lstrip("-")]
        if order.startswith("-"):
            return query.order_by(column.desc().nulls_last(), self._table.c.seq)
        return query.order_by(column.asc().nulls_first(), self._table.c.seq)

    def upsert(self, row: Row) -> None:
        self._tables.begin()
        run = self._tables.connection.execute
        try:
            done = run(update(self._table).where(self._table.c.id == row["id"]).values(**row))
            if done.rowcount == 0:
                run(insert(self._table).values(**row))
        except IntegrityError as error:
            raise Conflict(f"A row of '{self._kind.name}' with the same name is there already.") from error

    def delete(self, key: str) -> None:
        self._tables.begin()
        self._tables.connection.execute(delete(self._table).where(self._table.c.id == key))

"""Every adapter of a port takes that port's suite: add yours to `READING_STORES` or `RECORDS`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kanchay.adapters.readings.memory import MemoryReadingStore
from kanchay.adapters.readings.sqlite import SqliteReadingStore
from kanchay.adapters.records.memory import MemoryRecords
from kanchay.adapters.records.sql import SqlRecords
from kanchay.domain.scope import Actor, Purpose, Role, Scope
from kanchay.services.people.policy import scope_for
from kanchay.services.ports.readings import ReadingStore
from kanchay.services.ports.records import Records

READING_STORES: dict[str, Callable[[Path], ReadingStore]] = {
    "memory": lambda folder: MemoryReadingStore(),
    "sqlite": lambda folder: SqliteReadingStore(folder / "readings.sqlite"),
}
RECORDS: dict[str, Callable[[Path], Records]] = {
    "memory": lambda folder: MemoryRecords(),
    "sql": lambda folder: SqlRecords(folder / "records.sqlite"),
}


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file that the migrations have made: copied for every test, for they take a while."""
    path = tmp_path_factory.mktemp("records") / "records.sqlite"
    SqlRecords(path).close()
    return path


@pytest.fixture(params=READING_STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ReadingStore]:
    made = READING_STORES[request.param](tmp_path)
    yield made
    made.close()


@pytest.fixture(params=RECORDS)
def records(request: pytest.FixtureRequest, tmp_path: Path, migrated: Path) -> Iterator[Records]:
    shutil.copy(migrated, tmp_path)
    made = RECORDS[request.param](tmp_path)
    yield made
    made.close()


@pytest.fixture
def person() -> Callable[..., Scope]:
    """``person("org", "site", role=…, purpose=…)``: the scope of somebody of that organisation."""

    def make(
        organisation: str, *sites: str, role: Role = Role.OWNER, purpose: Purpose = Purpose.ADMINISTER
    ) -> Scope:
        return scope_for(Actor("p", "P", role, organisation, frozenset(sites)), purpose)

    return make

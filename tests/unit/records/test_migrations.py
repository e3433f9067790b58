"""The migrations make the tables that the code expects."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kanchay.adapters.records import sql
from kanchay.adapters.records.sql import HEAD, SqlRecords
from kanchay.adapters.records.tables import METADATA


@pytest.fixture
def records(tmp_path):
    made = SqlRecords(tmp_path / "records.sqlite")
    yield made
    made.close()


def scripts():
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(sql.__file__).parent / "migrations"))
    return ScriptDirectory.from_config(config)


def test_there_is_one_head_and_the_code_knows_it():
    assert scripts().get_heads() == [HEAD]


def test_the_migrated_tables_are_the_declared_ones(records):
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with records._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert context.get_current_revision() == HEAD
        assert compare_metadata(context, METADATA) == []


def test_every_revision_can_be_undone_and_done_again(records):
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(sql.__file__).parent / "migrations"))
    with records._engine.connect() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars()
        assert set(names) <= {"alembic_version", "sqlite_sequence"}
        command.upgrade(config, "head")


def test_a_file_that_is_up_to_date_is_opened_without_alembic(tmp_path):
    SqlRecords(tmp_path / "r.sqlite").close()
    code = (
        "import sys; from pathlib import Path; from kanchay.adapters.records.sql import SqlRecords;"
        f"SqlRecords(Path({str(tmp_path / 'r.sqlite')!r})).close(); print('alembic' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_opening_twice_at_once_migrates_once(tmp_path):
    import threading

    errors = []

    def open_it():
        try:
            SqlRecords(tmp_path / "r.sqlite").close()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []

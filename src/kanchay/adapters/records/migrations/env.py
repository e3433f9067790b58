"""Run by Alembic; the connection comes from `kanchay.adapters.records.sql.migrate`."""

from __future__ import annotations

from alembic import context

from kanchay.adapters.records.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=False,  # the caller holds the transaction
    render_as_batch=True,
)
context.run_migrations()

"""Tables of the records in SQLAlchemy Core. A change here needs a migration (`migrations/versions`)."""

from __future__ import annotations

from typing import Final

from sqlalchemy import JSON, BigInteger, Column, Index, Integer, MetaData, String, Table

from kanchay.adapters.records.kinds import KINDS, Kind

__all__ = ["LEASES", "METADATA", "ROWS", "SETTINGS"]

METADATA: Final = MetaData()
_SQL: Final = {str: String, int: BigInteger}


def _table(kind: Kind) -> Table:
    return Table(
        kind.name,
        METADATA,
        # The order in which rows were first put; sorts what nobody sorted.
        Column("seq", Integer, primary_key=True, autoincrement=True),
        Column("id", String, nullable=False, unique=True),
        Column("organisation_id", String, nullable=False),
        Column("site_id", String, nullable=False),
        *(Column(name, _SQL[kind_of]) for name, kind_of in kind.columns),
        Column("document", JSON, nullable=False),
        Index(f"{kind.name}_place", "organisation_id", "site_id"),
    )


ROWS: Final = {kind.name: _table(kind) for kind in KINDS}
SETTINGS: Final = Table(
    "setting", METADATA, Column("name", String, primary_key=True), Column("value", String, nullable=False)
)
LEASES: Final = Table(
    "lease",
    METADATA,
    Column("name", String, primary_key=True),
    Column("holder", String, nullable=False),
    Column("until", BigInteger, nullable=False),
)
Index("forecasts_newest", ROWS["forecasts"].c.point_id, ROWS["forecasts"].c.issued_at)
Index("users_email", ROWS["users"].c.email, unique=True)

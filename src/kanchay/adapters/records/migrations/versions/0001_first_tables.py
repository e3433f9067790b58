"""The first tables: one for every kind of row, settings, leases."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# What stands here is history: it does not follow later changes of `kinds.py`.
_TEXT: dict[str, tuple[str, ...]] = {
    "organisations": (),
    "sites": ("name",),
    "points": ("quantity", "role"),
    "virtual_points": (),
    "users": ("email",),
    "runs": ("kind",),
    "forecasts": ("point_id", "run_id", "model"),
    "findings": ("point_id", "run_id", "kind", "status"),
    "recommendations": ("point_id", "run_id", "state"),
    "bills": ("run_id",),
    "imports": ("sha256",),
    "audit": ("actor_id", "action"),
}
_TIME: dict[str, str] = {
    "runs": "started_at",
    "forecasts": "issued_at",
    "findings": "found_at",
    "recommendations": "made_at",
    "imports": "at",
    "audit": "at",
}


def upgrade() -> None:
    for name, texts in _TEXT.items():
        op.create_table(
            name,
            sa.Column("seq", sa.Integer, primary_key=True, autoincrement=True),
            sa.Column("id", sa.String, nullable=False, unique=True),
            sa.Column("organisation_id", sa.String, nullable=False),
            sa.Column("site_id", sa.String, nullable=False),
            *(sa.Column(text, sa.String) for text in texts),
            *((sa.Column(_TIME[name], sa.BigInteger),) if name in _TIME else ()),
            sa.Column("document", sa.JSON, nullable=False),
        )
        op.create_index(f"{name}_place", name, ["organisation_id", "site_id"])
    op.create_index("forecasts_newest", "forecasts", ["point_id", "issued_at"])
    op.create_index("users_email", "users", ["email"], unique=True)
    op.create_table(
        "setting",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.String, nullable=False),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    for name in (*_TEXT, "setting", "lease"):
        op.drop_table(name)

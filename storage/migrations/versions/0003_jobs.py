"""
The processes that carry out jobs.

Revision: 0003, after 0002. Guards are away while this runs. The tables of the jobs themselves are
no business of a migration: see `storage.jobs_schema`.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, TEXT

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "executor",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("beats", BIG, nullable=False),
        sa.Column("seen_at", BIG, nullable=False),
        sa.CheckConstraint("beats > 0", name=op.f("ck_executor_beats_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_executor")),
        sqlite_strict=True,
    )

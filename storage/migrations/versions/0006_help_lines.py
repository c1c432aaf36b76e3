"""
Help lines: which the operator has called, and when.

Revision: 0006, after 0005. Guards are away while this runs.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, BLOB, TEXT

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "helpline_check",
        sa.Column("id", BIG, nullable=False),
        sa.Column("line_id", TEXT, nullable=False),
        sa.Column("line_sha256", BLOB, nullable=False),
        sa.Column("checked_at", BIG, nullable=False),
        sa.Column("checked_by", TEXT, nullable=False),
        sa.CheckConstraint(
            "length(line_sha256) = 32", name=op.f("ck_helpline_check_sha256_has_32_bytes")
        ),
        sa.CheckConstraint(
            "length(checked_by) BETWEEN 1 AND 60",
            name=op.f("ck_helpline_check_somebody_checked"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_helpline_check")),
        sqlite_strict=True,
    )

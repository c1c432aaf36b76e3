"""
Who has looked at which warning of the gate.

Revision: 0020, after 0019. Guards are away while this runs.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, BLOB

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    op.create_table(
        "warning_look",
        sa.Column("case_id", BIG, autoincrement=False, nullable=False),
        sa.Column("mark", BLOB, nullable=False),
        sa.Column("staff_id", BIG, autoincrement=False, nullable=False),
        sa.Column("looked_at", BIG, nullable=False),
        sa.CheckConstraint("length(mark) = 32", name=op.f("ck_warning_look_mark_has_32_bytes")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_warning_look_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_warning_look_staff_id")),
        sa.PrimaryKeyConstraint("case_id", "mark", "staff_id", name=op.f("pk_warning_look")),
        sqlite_strict=True,
    )

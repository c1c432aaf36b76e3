"""
Keyed hashes of words that must be nowhere in what is told of a case.

Revision: 0018, after 0017. Guards are away while this runs.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, BLOB

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.create_table(
        "case_secret",
        sa.Column("id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("print", BLOB, nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("kept_at", BIG, nullable=False),
        sa.CheckConstraint("length(print) = 17", name=op.f("ck_case_secret_print_has_17_bytes")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_secret_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_case_secret_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_secret")),
        sa.UniqueConstraint("case_id", "print", name=op.f("uq_case_secret_case_id_print")),
        sqlite_strict=True,
    )

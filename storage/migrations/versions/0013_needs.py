"""
A need grows after the first gift only with a note to its donors; an act opens one case.

Revision: 0013, after 0012. Guards are away while this runs.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, BLOB, TEXT

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    with op.batch_alter_table("case_name", table_kwargs={"sqlite_strict": True}) as table:
        table.add_column(sa.Column("request_key", TEXT, nullable=True))
    with op.batch_alter_table("case_name", table_kwargs={"sqlite_strict": True}) as table:
        table.create_unique_constraint(op.f("uq_case_name_request_key"), ["request_key"])
    op.create_table(
        "need_note",
        sa.Column("id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("line", TEXT, nullable=False),
        sa.Column("before_minor", BIG, nullable=False),
        sa.Column("after_minor", BIG, nullable=False),
        sa.Column("notes_sealed", BLOB, nullable=False),
        sa.Column("month", TEXT, nullable=False),
        sa.Column("staff_id", BIG, nullable=False),
        sa.Column("noted_at", BIG, nullable=False),
        sa.CheckConstraint("before_minor >= 0", name=op.f("ck_need_note_before_not_negative")),
        sa.CheckConstraint("after_minor > before_minor", name=op.f("ck_need_note_it_grew")),
        sa.CheckConstraint("length(month) = 7", name=op.f("ck_need_note_month_only")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_need_note_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_need_note_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_note")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_need_note_case_id"), "need_note", ["case_id"], unique=False)

"""
How a person reads: with or without pictures, and which story she has open.

Revision: 0007, after 0006. Guards are away while this runs.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, INT

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    with op.batch_alter_table("person", table_kwargs={"sqlite_strict": True}) as table:
        table.add_column(sa.Column("text_only", INT, nullable=False, server_default="0"))
        table.add_column(sa.Column("reading", BIG, nullable=True))
    with op.batch_alter_table("person", table_kwargs={"sqlite_strict": True}) as table:
        table.alter_column("text_only", server_default=None)
        table.create_check_constraint(op.f("ck_person_text_only_is_a_flag"), "text_only IN (0, 1)")
        table.create_foreign_key(op.f("fk_person_reading"), "cases", ["reading"], ["id"])
    op.create_index(op.f("ix_place_case_id"), "place", ["case_id"], unique=False)

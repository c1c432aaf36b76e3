"""
Cases of somebody under 18: who looks after the child, and the two who agreed to open them.

Revision: 0019, after 0018. Guards are away while this runs.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, TEXT

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    op.create_table(
        "minor_case",
        sa.Column("case_id", BIG, autoincrement=False, nullable=False),
        sa.Column("guardian", TEXT, nullable=False),
        sa.Column("month", TEXT, nullable=False),
        sa.Column("asked_by", BIG, nullable=False),
        sa.Column("asked_at", BIG, nullable=False),
        sa.CheckConstraint(
            "guardian IN ('guardian', 'court', 'child_protection_service', 'best_interest_panel')",
            name=op.f("ck_minor_case_known_guardian"),
        ),
        sa.CheckConstraint("length(month) = 7", name=op.f("ck_minor_case_month_only")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_minor_case_case_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_minor_case_asked_by")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_minor_case")),
        sa.UniqueConstraint("case_id", "asked_by", name=op.f("uq_minor_case_case_id_asked_by")),
        sqlite_strict=True,
    )
    op.create_table(
        "minor_confirmation",
        sa.Column("case_id", BIG, autoincrement=False, nullable=False),
        sa.Column("asked_by", BIG, nullable=False),
        sa.Column("confirmed_by", BIG, nullable=False),
        sa.Column("confirmed_at", BIG, nullable=False),
        sa.CheckConstraint(
            "confirmed_by <> asked_by", name=op.f("ck_minor_confirmation_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "asked_by"],
            ["minor_case.case_id", "minor_case.asked_by"],
            name=op.f("fk_minor_confirmation_exact_request"),
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["staff.id"], name=op.f("fk_minor_confirmation_confirmed_by")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_minor_confirmation")),
        sqlite_strict=True,
    )

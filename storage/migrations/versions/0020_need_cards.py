"""
Need cards: who asks for one, who decides, and which are shown.

Revision: 0020, after 0019. Guards are away while this runs.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, BLOB, INT

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    _need_card()
    _need_card_decision()
    op.create_table(
        "need_card_shown",
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("decision_id", BIG, nullable=False),
        sa.Column("approved", INT, nullable=False),
        sa.Column("shown_since", BIG, nullable=False),
        sa.CheckConstraint("approved = 1", name=op.f("ck_need_card_shown_somebody_approved_it")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_need_card_shown_case_id")),
        sa.ForeignKeyConstraint(
            ["decision_id", "case_id", "approved"],
            [
                "need_card_decision.id",
                "need_card_decision.case_id",
                "need_card_decision.approved",
            ],
            name="fk_need_card_shown_approved",
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_need_card_shown")),
        sqlite_strict=True,
    )


def _need_card() -> None:
    op.create_table(
        "need_card",
        sa.Column("id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("content_sha256", BLOB, nullable=False),
        sa.Column("asked_by", BIG, nullable=False),
        sa.Column("asked_at", BIG, nullable=False),
        sa.CheckConstraint(
            "length(content_sha256) = 32", name=op.f("ck_need_card_sha256_has_32_bytes")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_need_card_case_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["staff.id"], name=op.f("fk_need_card_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_card")),
        sa.UniqueConstraint(
            "id", "case_id", "content_sha256", "asked_by", name="uq_need_card_exact"
        ),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_need_card_case_id"), "need_card", ["case_id"])


def _need_card_decision() -> None:
    op.create_table(
        "need_card_decision",
        sa.Column("id", BIG, nullable=False),
        sa.Column("need_card_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("content_sha256", BLOB, nullable=False),
        sa.Column("asked_by", BIG, nullable=False),
        sa.Column("approved", INT, nullable=False),
        sa.Column("decided_by", BIG, nullable=False),
        sa.Column("decided_at", BIG, nullable=False),
        sa.CheckConstraint(
            "approved = 0 OR decided_by <> asked_by", name=op.f("ck_need_card_decision_four_eyes")
        ),
        sa.CheckConstraint(
            "approved IN (0, 1)", name=op.f("ck_need_card_decision_approved_is_a_flag")
        ),
        sa.ForeignKeyConstraint(
            ["need_card_id", "case_id", "content_sha256", "asked_by"],
            ["need_card.id", "need_card.case_id", "need_card.content_sha256", "need_card.asked_by"],
            name="fk_need_card_decision_exact_card",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["staff.id"], name=op.f("fk_need_card_decision_decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_need_card_decision")),
        sa.UniqueConstraint("need_card_id", name=op.f("uq_need_card_decision_need_card_id")),
        sa.UniqueConstraint("id", "case_id", "approved", name="uq_need_card_decision_of_case"),
        sqlite_strict=True,
    )

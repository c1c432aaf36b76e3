"""
Recalls, and the cards in people's chats that show a story.

Revision: 0010, after 0009. Guards are away while this runs.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, BLOB, INT, TEXT

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "recall",
        sa.Column("id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("staff_id", BIG, nullable=True),
        sa.Column("recalled_at", BIG, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_recall_case_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_recall_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_recall_case_id"), "recall", ["case_id"])
    op.create_table(
        "story_card",
        sa.Column("message_hash", BLOB, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("message_sealed", BLOB, nullable=False),
        sa.Column("has_picture", INT, nullable=False),
        sa.Column("recall_id", BIG, nullable=True),
        sa.Column("state", TEXT, nullable=False),
        sa.CheckConstraint(
            "state IN ('shown', 'reached', 'unreached')", name=op.f("ck_story_card_known_state")
        ),
        sa.CheckConstraint(
            "state = 'shown' OR recall_id IS NOT NULL",
            name=op.f("ck_story_card_reached_by_a_recall"),
        ),
        sa.CheckConstraint(
            "has_picture IN (0, 1)", name=op.f("ck_story_card_has_picture_is_a_flag")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_story_card_case_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_story_card_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["recall_id"], ["recall.id"], name=op.f("fk_story_card_recall_id")),
        sa.PrimaryKeyConstraint("message_hash", name=op.f("pk_story_card")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_story_card_case_id"), "story_card", ["case_id"])
    op.create_index(op.f("ix_story_card_recall_id"), "story_card", ["recall_id", "state"])
    op.create_index(op.f("ix_story_card_person_id"), "story_card", ["person_id"])

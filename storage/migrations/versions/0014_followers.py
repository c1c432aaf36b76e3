"""
Who follows whom, how often they want to hear of it, and when they want quiet.

Revision: 0014, after 0013. Guards are away while this runs.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, INT, TEXT

revision = "0014"
down_revision = "0013"

_CHECKS = {
    "known_pace": "pace IN ('at_once', 'weekly')",
    "clocks_go_so": "offset_minutes BETWEEN -720 AND 840 AND offset_minutes % 15 = 0",
    "quiet_from_a_minute": "quiet_from BETWEEN 0 AND 1439",
    "quiet_until_a_minute": "quiet_until BETWEEN 0 AND 1439",
    "quiet_for_a_while": "quiet_from <> quiet_until",
    "quiet_has_two_ends": "(quiet_from IS NULL) = (quiet_until IS NULL)",
    "quiet_in_their_own_time": "(quiet_from IS NULL) = (offset_minutes IS NULL)",
    "follows_new_is_a_flag": "follows_new IN (0, 1)",
}


def upgrade() -> None:
    op.create_table(
        "follower",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("pace", TEXT, nullable=False),
        sa.Column("follows_new", INT, nullable=False),
        sa.Column("offset_minutes", BIG, nullable=True),
        sa.Column("quiet_from", BIG, nullable=True),
        sa.Column("quiet_until", BIG, nullable=True),
        *(
            sa.CheckConstraint(rule, name=op.f(f"ck_follower_{name}"))
            for name, rule in _CHECKS.items()
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_follower_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_follower")),
        sqlite_strict=True,
    )
    op.create_table(
        "subscription",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("case_id", BIG, nullable=False),
        sa.Column("since", BIG, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_subscription_case_id")),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["follower.person_id"],
            name=op.f("fk_subscription_person_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("person_id", "case_id", name=op.f("pk_subscription")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_subscription_case_id"), "subscription", ["case_id"], unique=False)

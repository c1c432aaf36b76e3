"""
Broadcasts, a row for each whom they are told, and how fast all processes together may send.

Revision: 0015, after 0014. Guards are away while this runs.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, BLOB, INT, TEXT

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    _broadcast()
    _delivery()
    op.create_table(
        "send_rate",
        sa.Column("key", TEXT, nullable=False),
        sa.Column("tat", BIG, nullable=False),
        sa.CheckConstraint("tat >= 0", name=op.f("ck_send_rate_tat_not_negative")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_send_rate")),
        sqlite_strict=True,
    )


def _broadcast() -> None:
    op.create_table(
        "broadcast",
        sa.Column("id", BIG, nullable=False),
        sa.Column("fact", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("case_id", BIG, nullable=True),
        sa.Column("subject_id", BIG, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("wanted_at", BIG, nullable=False),
        sa.Column("starts_at", BIG, nullable=False),
        sa.Column("made_at", BIG, nullable=True),
        sa.CheckConstraint(
            "kind IN ('update', 'funded', 'spent', 'complete', 'ended', 'new_case', 'digest')",
            name=op.f("ck_broadcast_known_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('wanted', 'paused', 'running', 'cancelled', 'done')",
            name=op.f("ck_broadcast_known_state"),
        ),
        sa.CheckConstraint(
            "(kind = 'digest') = (case_id IS NULL)", name=op.f("ck_broadcast_digest_of_no_case")
        ),
        sa.CheckConstraint(
            "state NOT IN ('running', 'done') OR made_at IS NOT NULL",
            name=op.f("ck_broadcast_made_before_it_runs"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_broadcast_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast")),
        sa.UniqueConstraint("fact", name=op.f("uq_broadcast_fact")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_broadcast_case_id"), "broadcast", ["case_id"])
    op.create_index("ix_broadcast_state", "broadcast", ["state", "starts_at"])


def _delivery() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", BIG, nullable=False),
        sa.Column("broadcast_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("attempts", BIG, nullable=False),
        sa.Column("due_at", BIG, nullable=False),
        sa.Column("message_sealed", BLOB, nullable=True),
        sa.Column("opened", INT, nullable=False),
        sa.Column("last_error", TEXT, nullable=True),
        sa.CheckConstraint(
            "state IN ('pending', 'sending', 'sent', 'gone', 'dead', 'held', 'retracted',"
            " 'unsaid')",
            name=op.f("ck_delivery_known_state"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("ck_delivery_attempts_not_negative")),
        sa.CheckConstraint("opened IN (0, 1)", name=op.f("ck_delivery_opened_is_a_flag")),
        sa.ForeignKeyConstraint(
            ["broadcast_id"], ["broadcast.id"], name=op.f("fk_delivery_broadcast_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_delivery_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "broadcast_id", "person_id", name=op.f("uq_delivery_broadcast_id_person_id")
        ),
        sqlite_strict=True,
    )
    op.create_index("ix_delivery_broadcast_id", "delivery", ["broadcast_id", "state", "due_at"])
    op.create_index("ix_delivery_person_id", "delivery", ["person_id", "state", "due_at"])

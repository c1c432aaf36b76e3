"""
Reconciliation: how far the account at Stripe was read, its payouts, and what no gift explains.

Revision: 0005, after 0004. Guards are away while this runs.
"""

import sqlalchemy as sa
from alembic import op

from storage.columns import BIG, INT, TEXT

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _events()
    _cursors()
    _payouts()
    _strays()


def _events() -> None:
    """Whether an event came by itself. All that came before did."""
    with op.batch_alter_table("stripe_event", table_kwargs={"sqlite_strict": True}) as table:
        table.add_column(sa.Column("delivered", INT, nullable=False, server_default="1"))
    with op.batch_alter_table("stripe_event", table_kwargs={"sqlite_strict": True}) as table:
        table.alter_column("delivered", server_default=None)
        table.create_check_constraint(
            op.f("ck_stripe_event_delivered_is_a_flag"), "delivered IN (0, 1)"
        )


def _cursors() -> None:
    op.create_table(
        "stripe_cursor",
        sa.Column("statement", TEXT, nullable=False),
        sa.Column("read_until", BIG, nullable=False),
        sa.CheckConstraint(
            "statement IN ('events', 'transactions')",
            name=op.f("ck_stripe_cursor_known_statement"),
        ),
        sa.PrimaryKeyConstraint("statement", name=op.f("pk_stripe_cursor")),
        sqlite_strict=True,
    )


def _payouts() -> None:
    op.create_table(
        "stripe_payout",
        sa.Column("id", TEXT, nullable=False),
        sa.Column("currency", TEXT, nullable=False),
        sa.Column("amount_minor", BIG, nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("automatic", INT, nullable=False),
        sa.Column("itemised", INT, nullable=False),
        sa.Column("created_at", BIG, nullable=False),
        sa.Column("arrives_at", BIG, nullable=False),
        sa.CheckConstraint(
            "status IN ('pending', 'in_transit', 'paid', 'failed', 'canceled')",
            name=op.f("ck_stripe_payout_known_status"),
        ),
        sa.CheckConstraint(
            "itemised = 0 OR automatic = 1", name=op.f("ck_stripe_payout_itemised_is_automatic")
        ),
        sa.CheckConstraint(
            "automatic IN (0, 1)", name=op.f("ck_stripe_payout_automatic_is_a_flag")
        ),
        sa.CheckConstraint("itemised IN (0, 1)", name=op.f("ck_stripe_payout_itemised_is_a_flag")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stripe_payout")),
        sqlite_strict=True,
    )


def _strays() -> None:
    op.create_table(
        "stray",
        sa.Column("transaction_id", TEXT, nullable=False),
        sa.Column("payment_id", TEXT, nullable=True),
        sa.Column("word", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["transaction_id"], ["stripe_transaction.id"], name=op.f("fk_stray_transaction_id")
        ),
        sa.PrimaryKeyConstraint("transaction_id", name=op.f("pk_stray")),
        sqlite_strict=True,
    )
    op.create_index(op.f("ix_stray_payment_id"), "stray", ["payment_id"], unique=False)

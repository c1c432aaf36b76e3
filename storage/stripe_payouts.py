"""
Payouts: what Stripe sent to the bank, and whether it is the sum of what it says it is made of.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from storage.columns import BIG, TEXT, Flag, UnixTime
from storage.database import Connection, insert_ignoring
from storage.schema import table
from storage.stripe_facts import stripe_transaction
from values.money import Money


class PayoutStatus(StrEnum):
    """
    Stripe's words for where a payout is. One that is `paid` may still come back, and then `failed`.

    Source: the stripe package 16.1.0, `stripe.Payout.status`.
    """

    PENDING = "pending"
    IN_TRANSIT = "in_transit"
    PAID = "paid"
    FAILED = "failed"
    CANCELED = "canceled"


UNFINISHED = (PayoutStatus.PENDING, PayoutStatus.IN_TRANSIT)
"""A payout that stands here is read again until it has arrived or has not."""

stripe_payout = table(
    "stripe_payout",
    sa.Column("id", TEXT, primary_key=True),
    sa.Column("currency", TEXT, nullable=False),
    sa.Column("amount_minor", BIG, nullable=False),
    sa.Column("status", TEXT, nullable=False),
    sa.Column("automatic", Flag, nullable=False),
    sa.Column("itemised", Flag, nullable=False),
    sa.Column("created_at", UnixTime, nullable=False),
    sa.Column("arrives_at", UnixTime, nullable=False),
    sa.CheckConstraint(
        "status IN ('pending', 'in_transit', 'paid', 'failed', 'canceled')", name="known_status"
    ),
    sa.CheckConstraint("itemised = 0 OR automatic = 1", name="itemised_is_automatic"),
)


@dataclass(frozen=True, slots=True)
class Payout:
    """
    A payout as Stripe has it now.

    Attributes:
        automatic: It was made by the account's schedule. Of what one by hand is made up, nobody
            can tell. Source: docs.stripe.com/payouts/reconciliation (read 2026-11).
        itemised: Stripe can list all it is made of.
        arrives_at: When it was or is expected at the bank.
    """

    id: str
    amount: Money
    status: PayoutStatus
    automatic: bool
    itemised: bool
    created_at: dt.datetime
    arrives_at: dt.datetime


async def keep(connection: Connection, payout: Payout) -> None:
    """Keep what Stripe says of a payout now; later readings replace earlier ones."""
    now_known = {
        "amount_minor": payout.amount.amount_minor,
        "status": payout.status,
        "itemised": payout.itemised,
        "arrives_at": payout.arrives_at,
    }
    added = await connection.execute(
        insert_ignoring(connection, stripe_payout).values(
            id=payout.id,
            currency=payout.amount.currency,
            automatic=payout.automatic,
            created_at=payout.created_at,
            **now_known,
        )
    )
    if not added.rowcount:
        await connection.execute(
            sa.update(stripe_payout).where(stripe_payout.c.id == payout.id).values(**now_known)
        )


async def contain(connection: Connection, payout_id: str, transaction_ids: list[str]) -> None:
    """Write down that these transactions left in this payout."""
    await connection.execute(
        sa.update(stripe_transaction)
        .where(stripe_transaction.c.id.in_(transaction_ids))
        .values(payout_id=payout_id)
    )


async def unfinished(connection: Connection) -> list[str]:
    """The payouts of which more is to be heard: under way, or not itemised yet; oldest first."""
    payout = stripe_payout.c
    rows = await connection.execute(
        sa.select(payout.id)
        .where(
            sa.or_(
                payout.status.in_(UNFINISHED),
                sa.and_(
                    payout.status == PayoutStatus.PAID,
                    payout.automatic == True,  # noqa: E712
                    payout.itemised == False,  # noqa: E712
                ),
            )
        )
        .order_by(payout.created_at, payout.id)
    )
    return list(rows.scalars())


async def that_differ(connection: Connection) -> list[tuple[str, Money, Money]]:
    """
    Payouts that are not the sum of what they are made of: (id, what was paid out, the sum).

    The sum is of what stayed of each after its fee, without the payout's own transaction.
    """
    payout, moved = stripe_payout.c, stripe_transaction.c
    total = sa.func.coalesce(sa.func.sum(moved.net_minor), 0)
    is_its_own = sa.and_(moved.kind == "payout", moved.source_id == payout.id)
    rows = await connection.execute(
        sa.select(payout.id, payout.currency, payout.amount_minor, total.label("sum_minor"))
        .outerjoin(stripe_transaction, sa.and_(moved.payout_id == payout.id, sa.not_(is_its_own)))
        .where(payout.itemised == True, payout.status == PayoutStatus.PAID)  # noqa: E712
        .group_by(payout.id, payout.currency, payout.amount_minor, payout.created_at)
        .having(total != payout.amount_minor)
        .order_by(payout.created_at, payout.id)
    )
    return [
        (row.id, Money(row.amount_minor, row.currency), Money(int(row.sum_minor), row.currency))
        for row in rows
    ]

"""
How far the account at Stripe was read, and which of its transactions no gift explains.

A transaction that no gift explains is a stray. Its money stands in suspense, or among what left
unexplained, until a gift turns out to be its cause.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from storage.columns import TEXT, UnixTime
from storage.database import Connection, insert_ignoring
from storage.refund_orders import RefundState, refund_order
from storage.schema import table
from storage.stripe_facts import (
    OVER,
    DisputeStatus,
    stripe_charge,
    stripe_dispute,
    stripe_transaction,
)
from values.money import Money


class Statement(StrEnum):
    """What is read of the account, each as far as its own mark."""

    EVENTS = "events"
    TRANSACTIONS = "transactions"


stripe_cursor = table(
    "stripe_cursor",
    sa.Column("statement", TEXT, primary_key=True),
    sa.Column("read_until", UnixTime, nullable=False),
    sa.CheckConstraint("statement IN ('events', 'transactions')", name="known_statement"),
)

stray = table(
    "stray",
    sa.Column("transaction_id", TEXT, sa.ForeignKey("stripe_transaction.id"), primary_key=True),
    sa.Column("payment_id", TEXT, index=True),
    sa.Column("word", TEXT, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Stray:
    """
    A transaction that no gift explains.

    Attributes:
        amount: Signed: negative where money left.
        payment_id: Stripe's id of the payment it belongs to, if it belongs to any.
        word: Stripe's own word for it, such as "charge" or "topup".
    """

    transaction_id: str
    amount: Money
    payment_id: str | None
    word: str


async def read_until(connection: Connection, statement: Statement) -> dt.datetime | None:
    """Up to which moment of Stripe's everything was dealt with; None before the first time."""
    found: dt.datetime | None = await connection.scalar(
        sa.select(stripe_cursor.c.read_until).where(stripe_cursor.c.statement == statement)
    )
    return found


async def move_on(connection: Connection, statement: Statement, moment: dt.datetime) -> None:
    """Everything up to *moment* was dealt with. The mark never goes back."""
    mark = stripe_cursor.c
    await connection.execute(
        insert_ignoring(connection, stripe_cursor).values(statement=statement, read_until=moment)
    )
    await connection.execute(
        sa.update(stripe_cursor)
        .where(mark.statement == statement, mark.read_until < moment)
        .values(read_until=moment)
    )


async def add_stray(
    connection: Connection, transaction_id: str, payment_id: str | None, word: str
) -> None:
    """Note that no gift explains this transaction."""
    await connection.execute(
        sa.insert(stray).values(transaction_id=transaction_id, payment_id=payment_id, word=word)
    )


async def forget_stray(connection: Connection, transaction_id: str) -> None:
    """It is explained now."""
    await connection.execute(sa.delete(stray).where(stray.c.transaction_id == transaction_id))


async def strays(connection: Connection) -> list[Stray]:
    """All that no gift explains, oldest first."""
    moved = stripe_transaction.c
    rows = await connection.execute(
        sa.select(stray, moved.currency, moved.amount_minor)
        .join(stripe_transaction, moved.id == stray.c.transaction_id)
        .order_by(moved.created_at, moved.id)
    )
    return [
        Stray(row.transaction_id, Money(row.amount_minor, row.currency), row.payment_id, row.word)
        for row in rows
    ]


async def unfinished_gifts(connection: Connection) -> list[int]:
    """
    The holds of gifts of which more is to be heard although nothing may move: a refund that Stripe
    has and that is not through; a dispute that is not decided; a stray transaction of a payment of
    ours.
    """
    charge = stripe_charge.c
    undecided = set(DisputeStatus) - {*OVER, DisputeStatus.LOST}
    ids = sa.union(
        sa.select(stripe_dispute.c.charge_id).where(stripe_dispute.c.status.in_(sorted(undecided))),
        sa.select(stray.c.payment_id).where(stray.c.payment_id.is_not(None)),
        sa.select(charge.id)
        .join(refund_order, refund_order.c.hold_id == charge.hold_id)
        .where(refund_order.c.state == RefundState.ASKED),
    )
    rows = await connection.execute(
        sa.select(charge.hold_id).where(charge.id.in_(ids)).order_by(charge.hold_id)
    )
    return list(rows.scalars())


async def sums(connection: Connection) -> dict[str, Money]:
    """What the account at Stripe holds, by currency: all that is known to have moved, together."""
    moved = stripe_transaction.c
    rows = await connection.execute(
        sa.select(moved.currency, sa.func.sum(moved.net_minor).label("minor")).group_by(
            moved.currency
        )
    )
    return {row.currency: Money(int(row.minor), row.currency) for row in rows}


async def oldest_charge_after(
    connection: Connection, moment: dt.datetime | None
) -> dt.datetime | None:
    """When the first payment of ours after *moment* (None: of all) was made; None if none was."""
    made = stripe_charge.c.created_at
    query = sa.select(made).order_by(made).limit(1)
    found: dt.datetime | None = await connection.scalar(
        query if moment is None else query.where(made > moment)
    )
    return found

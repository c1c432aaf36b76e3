"""
What Stripe told us, keyed by Stripe's own ids.

Of an event only its id, type, object and times are kept: its body holds names and e-mails of
donors. Everything else is read again from Stripe when it is needed.
"""

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from storage.columns import BIG, TEXT, Flag, UnixTime
from storage.database import Connection, insert_ignoring
from storage.schema import table
from values.money import Money

stripe_event = table(
    "stripe_event",
    sa.Column("id", TEXT, primary_key=True),
    sa.Column("type", TEXT, nullable=False),
    sa.Column("object_id", TEXT, nullable=False),
    sa.Column("created_at", UnixTime, nullable=False),
    sa.Column("received_at", UnixTime, nullable=False),
    sa.Column("outcome", TEXT),
    sa.CheckConstraint("outcome IN ('handled', 'ignored', 'set_aside')", name="known_outcome"),
)

stripe_charge = table(
    "stripe_charge",
    sa.Column("id", TEXT, primary_key=True),
    sa.Column("hold_id", BIG, sa.ForeignKey("hold.id"), nullable=False, index=True),
    sa.Column("payment_intent_id", TEXT, nullable=False),
    sa.Column("currency", TEXT, nullable=False),
    sa.Column("amount_minor", BIG, nullable=False),
    sa.Column("refunded_minor", BIG, nullable=False),
    sa.Column("disputed", Flag, nullable=False),
    sa.Column("created_at", UnixTime, nullable=False),
)

stripe_balance_transaction = table(
    "stripe_balance_transaction",
    sa.Column("id", TEXT, primary_key=True),
    sa.Column("charge_id", TEXT, sa.ForeignKey("stripe_charge.id"), nullable=False, unique=True),
    sa.Column("currency", TEXT, nullable=False),
    sa.Column("amount_minor", BIG, nullable=False),
    sa.Column("fee_minor", BIG, nullable=False),
    sa.Column("net_minor", BIG, nullable=False),
    sa.Column("available_at", UnixTime, nullable=False),
    sa.CheckConstraint("amount_minor - fee_minor = net_minor", name="net_is_gross_less_fee"),
)


@dataclass(frozen=True, slots=True)
class Charge:
    """A payment that succeeded, as Stripe has it now."""

    id: str
    payment_intent_id: str
    amount: Money
    refunded_minor: int
    disputed: bool
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class BalanceTransaction:
    """What a charge brought, in the settlement currency: `gross` less `fee`."""

    id: str
    charge_id: str
    gross: Money
    fee: Money
    available_at: dt.datetime


async def remember_event(
    connection: Connection,
    *,
    event_id: str,
    event_type: str,
    object_id: str,
    created_at: dt.datetime,
    now: dt.datetime,
) -> str | None:
    """Remember that the event came; hand back its outcome, None if it is still to be dealt with."""
    await connection.execute(
        insert_ignoring(connection, stripe_event).values(
            id=event_id,
            type=event_type,
            object_id=object_id,
            created_at=created_at,
            received_at=now,
        )
    )
    outcome: str | None = await connection.scalar(
        sa.select(stripe_event.c.outcome).where(stripe_event.c.id == event_id)
    )
    return outcome


async def set_event_outcome(connection: Connection, event_id: str, outcome: str) -> None:
    """Write down what became of an event: handled, ignored or set_aside."""
    await connection.execute(
        sa.update(stripe_event).where(stripe_event.c.id == event_id).values(outcome=outcome)
    )


async def keep_charge(connection: Connection, hold_id: int, charge: Charge) -> None:
    """Keep what Stripe says of a charge now; later readings replace earlier ones."""
    now_known = {"refunded_minor": charge.refunded_minor, "disputed": charge.disputed}
    await connection.execute(
        insert_ignoring(connection, stripe_charge).values(
            id=charge.id,
            hold_id=hold_id,
            payment_intent_id=charge.payment_intent_id,
            currency=charge.amount.currency,
            amount_minor=charge.amount.amount_minor,
            created_at=charge.created_at,
            **now_known,
        )
    )
    await connection.execute(
        sa.update(stripe_charge).where(stripe_charge.c.id == charge.id).values(**now_known)
    )


async def keep_balance_transaction(connection: Connection, fact: BalanceTransaction) -> None:
    """Keep what a charge brought. It never changes."""
    await connection.execute(
        insert_ignoring(connection, stripe_balance_transaction).values(
            id=fact.id,
            charge_id=fact.charge_id,
            currency=fact.gross.currency,
            amount_minor=fact.gross.amount_minor,
            fee_minor=fact.fee.amount_minor,
            net_minor=(fact.gross - fact.fee).amount_minor,
            available_at=fact.available_at,
        )
    )


async def settlement_of(connection: Connection, hold_id: int) -> BalanceTransaction | None:
    """What the gift of this hold brought, or None while that is not known."""
    rows = await connection.execute(
        sa.select(stripe_balance_transaction)
        .join(stripe_charge, stripe_charge.c.id == stripe_balance_transaction.c.charge_id)
        .where(stripe_charge.c.hold_id == hold_id)
    )
    row = rows.first()
    if row is None:
        return None
    return BalanceTransaction(
        row.id,
        row.charge_id,
        Money(row.amount_minor, row.currency),
        Money(row.fee_minor, row.currency),
        row.available_at,
    )


async def hold_of_charge(connection: Connection, charge_id: str) -> int | None:
    """The hold that this charge paid, or None."""
    found: int | None = await connection.scalar(
        sa.select(stripe_charge.c.hold_id).where(stripe_charge.c.id == charge_id)
    )
    return found

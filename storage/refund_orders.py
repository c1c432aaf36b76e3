"""
Refund orders: money that was decided to go back to its donor, until it is there.

The order, with its idempotency key, is committed before the request goes out, and the money is set
apart in the ledger with it. What then happened is read from the payment provider.
"""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from storage import rows
from storage.columns import BIG, TEXT, UnixTime
from storage.database import Connection
from storage.schema import table
from values.money import Money


class RefundState(StrEnum):
    """
    Where a refund is.

    WANTED: decided, to be asked for. ASKED: the provider has it. GONE: the money is with the donor.
    FAILED: it did not go through and is still owed. CANCELLED: called off, nothing is owed.
    """

    WANTED = "wanted"
    ASKED = "asked"
    GONE = "gone"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RefundReason(StrEnum):
    """
    Why money goes back.

    OVER_GOAL: the plan was full. ENDED: the plan ended, or cost less. ASKED: the donor wanted it.
    AT_STRIPE: somebody decided it in the provider's dashboard.
    """

    OVER_GOAL = "over_goal"
    ENDED = "ended"
    ASKED = "asked"
    AT_STRIPE = "at_stripe"


UNFINISHED = (RefundState.WANTED, RefundState.ASKED, RefundState.FAILED)
"""States in which the money is set apart and not gone."""

refund_order = table(
    "refund_order",
    sa.Column("id", BIG, primary_key=True),
    sa.Column("reference", TEXT, nullable=False, unique=True),
    sa.Column("hold_id", BIG, sa.ForeignKey("hold.id"), nullable=False, index=True),
    sa.Column("currency", TEXT, nullable=False),
    sa.Column("amount_minor", BIG, nullable=False),
    sa.Column("charge_currency", TEXT, nullable=False),
    sa.Column("charge_minor", BIG, nullable=False),
    sa.Column("reason", TEXT, nullable=False),
    sa.Column("state", TEXT, nullable=False),
    sa.Column("attempt", BIG, nullable=False),
    sa.Column("stripe_refund_id", TEXT, unique=True),
    sa.Column("decided_at", UnixTime, nullable=False),
    sa.CheckConstraint("amount_minor > 0 AND charge_minor > 0", name="amount_positive"),
    sa.CheckConstraint(
        "reason IN ('over_goal', 'ended', 'asked', 'at_stripe')", name="known_reason"
    ),
    sa.CheckConstraint(
        "state IN ('wanted', 'asked', 'gone', 'failed', 'cancelled')", name="known_state"
    ),
    sa.CheckConstraint("attempt > 0", name="attempt_positive"),
    sa.CheckConstraint(
        "state NOT IN ('asked', 'gone') OR stripe_refund_id IS NOT NULL", name="asked_has_refund"
    ),
)


@dataclass(frozen=True, slots=True)
class RefundOrder:
    """
    A decision that money goes back.

    Attributes:
        reference: Names it in the ledger and at the provider.
        amount: In the plan's currency: what was set apart.
        charge: In the currency that was paid: what the provider is asked for.
        attempt: Counts the idempotency keys that were used.
        stripe_refund_id: None until the provider has it.
    """

    id: int
    reference: str
    hold_id: int
    amount: Money
    charge: Money
    reason: RefundReason
    state: RefundState
    attempt: int
    stripe_refund_id: str | None
    decided_at: dt.datetime

    @property
    def idempotency_key(self) -> str:
        """The key of the present attempt."""
        return f"homeward:{self.reference}:refund:{self.attempt}"


async def add(
    connection: Connection,
    *,
    reference: str,
    hold_id: int,
    amount: Money,
    charge: Money,
    reason: RefundReason,
    now: dt.datetime,
    stripe_refund_id: str | None = None,
) -> RefundOrder:
    """Write down a decision; with *stripe_refund_id* one that the provider has already."""
    state = RefundState.WANTED if stripe_refund_id is None else RefundState.ASKED
    order_id = await rows.add(
        connection,
        refund_order,
        reference=reference,
        hold_id=hold_id,
        currency=amount.currency,
        amount_minor=amount.amount_minor,
        charge_currency=charge.currency,
        charge_minor=charge.amount_minor,
        reason=reason,
        state=state,
        attempt=1,
        stripe_refund_id=stripe_refund_id,
        decided_at=now,
    )
    return RefundOrder(
        order_id, reference, hold_id, amount, charge, reason, state, 1, stripe_refund_id, now
    )


async def by_id(
    connection: Connection, order_id: int, *, locked: bool = False
) -> RefundOrder | None:
    """The order with this id, or None; *locked*: its row is held until the transaction ends."""
    return await _one(connection, refund_order.c.id == order_id, locked=locked)


async def by_reference(connection: Connection, reference: str) -> RefundOrder | None:
    """The order with this reference, or None; its row is held until the transaction ends."""
    return await _one(connection, refund_order.c.reference == reference, locked=True)


async def by_refund(connection: Connection, stripe_refund_id: str) -> RefundOrder | None:
    """The order that became this refund, or None; its row is held until the transaction ends."""
    return await _one(connection, refund_order.c.stripe_refund_id == stripe_refund_id, locked=True)


async def of_hold(connection: Connection, hold_id: int) -> list[RefundOrder]:
    """Every order of one gift, oldest first."""
    found = await connection.execute(
        sa.select(refund_order).where(refund_order.c.hold_id == hold_id).order_by(refund_order.c.id)
    )
    return [_order(row) for row in found]


async def wanted_before(connection: Connection, moment: dt.datetime) -> list[int]:
    """The orders decided before *moment* that the provider does not have yet, oldest first."""
    found = await connection.execute(
        sa.select(refund_order.c.id)
        .where(refund_order.c.state == RefundState.WANTED, refund_order.c.decided_at < moment)
        .order_by(refund_order.c.id)
    )
    return list(found.scalars())


async def update(connection: Connection, order_id: int, **values: object) -> None:
    """Write down what became of an order: `state`, `attempt`, `stripe_refund_id`."""
    await connection.execute(
        sa.update(refund_order).where(refund_order.c.id == order_id).values(**values)
    )


async def _one(
    connection: Connection, where: sa.ColumnElement[bool], *, locked: bool
) -> RefundOrder | None:
    query = sa.select(refund_order).where(where)
    row = (
        await connection.execute(query.with_for_update(key_share=True) if locked else query)
    ).one_or_none()
    return None if row is None else _order(row)


def _order(row: sa.Row[tuple[object, ...]]) -> RefundOrder:
    return RefundOrder(
        row.id,
        row.reference,
        row.hold_id,
        Money(row.amount_minor, row.currency),
        Money(row.charge_minor, row.charge_currency),
        RefundReason(row.reason),
        RefundState(row.state),
        row.attempt,
        row.stripe_refund_id,
        row.decided_at,
    )

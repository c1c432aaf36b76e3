"""
What Stripe told us of money, keyed by Stripe's own ids: where the money physically is.

Charges, refunds and disputes are as they were when last read. A transaction (Stripe calls it a
balance transaction) is what really moved on the account at Stripe; it never changes.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import sqlalchemy as sa

from storage.columns import BIG, TEXT, Flag, UnixTime
from storage.database import Connection, insert_ignoring
from storage.schema import table
from values.money import Money


class TransactionKind(StrEnum):
    """Why money moved on the account at Stripe. OTHER is everything that no gift caused."""

    CHARGE = "charge"
    REFUND = "refund"
    REFUND_FAILURE = "refund_failure"
    DISPUTE = "dispute"
    DISPUTE_REVERSAL = "dispute_reversal"
    FEE = "fee"
    PAYOUT = "payout"
    OTHER = "other"


class RefundStatus(StrEnum):
    """Stripe's words for where a refund is. Source: docs.stripe.com/api/refunds/object."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"


class DisputeStatus(StrEnum):
    """
    Stripe's words for where a dispute is. `lost` is not the end: the appeal may follow.

    Source: the stripe package 16.1.0, `stripe.Dispute.status`.
    """

    WARNING_NEEDS_RESPONSE = "warning_needs_response"
    WARNING_UNDER_REVIEW = "warning_under_review"
    WARNING_CLOSED = "warning_closed"
    NEEDS_RESPONSE = "needs_response"
    UNDER_REVIEW = "under_review"
    WON = "won"
    LOST = "lost"
    PREVENTED = "prevented"
    APPEAL_NEEDS_RESPONSE = "appeal_needs_response"
    APPEAL_UNDER_REVIEW = "appeal_under_review"


OVER = (DisputeStatus.WARNING_CLOSED, DisputeStatus.WON, DisputeStatus.PREVENTED)
"""A dispute that stands here takes nothing and forbids nothing."""

LOST = (
    DisputeStatus.LOST,
    DisputeStatus.APPEAL_NEEDS_RESPONSE,
    DisputeStatus.APPEAL_UNDER_REVIEW,
)
"""The bank has kept the money; an appeal may still bring it back."""

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

stripe_transaction = table(
    "stripe_transaction",
    sa.Column("id", TEXT, primary_key=True),
    sa.Column("kind", TEXT, nullable=False),
    sa.Column("source_id", TEXT, nullable=False, index=True),
    sa.Column("charge_id", TEXT, sa.ForeignKey("stripe_charge.id"), index=True),
    sa.Column("payout_id", TEXT, index=True),
    sa.Column("currency", TEXT, nullable=False),
    sa.Column("amount_minor", BIG, nullable=False),
    sa.Column("fee_minor", BIG, nullable=False),
    sa.Column("net_minor", BIG, nullable=False),
    sa.Column("created_at", UnixTime, nullable=False),
    sa.Column("available_at", UnixTime, nullable=False),
    sa.CheckConstraint("amount_minor - fee_minor = net_minor", name="net_is_gross_less_fee"),
    sa.CheckConstraint(
        "kind IN ('charge', 'refund', 'refund_failure', 'dispute', 'dispute_reversal', 'fee',"
        " 'payout', 'other')",
        name="known_kind",
    ),
    sa.CheckConstraint(
        "kind NOT IN ('charge', 'refund', 'refund_failure', 'dispute', 'dispute_reversal')"
        " OR charge_id IS NOT NULL",
        name="of_a_charge",
    ),
    sa.Index("stripe_transaction_currency", "currency"),
)

stripe_refund = table(
    "stripe_refund",
    sa.Column("id", TEXT, primary_key=True),
    sa.Column("charge_id", TEXT, sa.ForeignKey("stripe_charge.id"), nullable=False, index=True),
    sa.Column("order_id", BIG, sa.ForeignKey("refund_order.id")),
    sa.Column("currency", TEXT, nullable=False),
    sa.Column("amount_minor", BIG, nullable=False),
    sa.Column("status", TEXT, nullable=False),
    sa.Column("created_at", UnixTime, nullable=False),
)

stripe_dispute = table(
    "stripe_dispute",
    sa.Column("id", TEXT, primary_key=True),
    sa.Column("charge_id", TEXT, sa.ForeignKey("stripe_charge.id"), nullable=False, index=True),
    sa.Column("currency", TEXT, nullable=False),
    sa.Column("amount_minor", BIG, nullable=False),
    sa.Column("status", TEXT, nullable=False),
    sa.Column("created_at", UnixTime, nullable=False),
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
class Transaction:
    """
    What moved on the account at Stripe, in the settlement currency.

    Attributes:
        source_id: Stripe's id of what caused it.
        gross: Signed: negative where money left. `net = gross - fee`.
        fee: What Stripe kept of it; negative where a fee came back.
        available_at: From when it can be paid out.
        charge_id: The payment it belongs to; None where it belongs to none of ours.
    """

    id: str
    kind: TransactionKind
    source_id: str
    gross: Money
    fee: Money
    created_at: dt.datetime
    available_at: dt.datetime
    charge_id: str | None = None

    @property
    def net(self) -> Money:
        """What the account at Stripe has more by it; less if negative."""
        return self.gross - self.fee


@dataclass(frozen=True, slots=True)
class Refund:
    """
    A refund as Stripe has it now.

    Attributes:
        amount: In the currency that was paid.
        order_reference: The refund order it carries out; None if it was made at the dashboard.
        gone: The money that left; None while none has.
        came_back: The money that returned because the refund failed; None if none did.
    """

    id: str
    charge_id: str
    amount: Money
    status: RefundStatus
    order_reference: str | None
    gone: Transaction | None
    came_back: Transaction | None
    created_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Dispute:
    """
    A dispute as Stripe has it now.

    Attributes:
        amount: In the currency that was paid; it may differ from the payment's.
        transactions: What was withdrawn (negative) and given back, oldest first; none for an
            inquiry.
    """

    id: str
    charge_id: str
    amount: Money
    status: DisputeStatus
    transactions: tuple[Transaction, ...]
    created_at: dt.datetime


async def keep_charge(connection: Connection, hold_id: int, charge: Charge) -> None:
    """Keep what Stripe says of a charge now; later readings replace earlier ones."""
    now_known = {"refunded_minor": charge.refunded_minor, "disputed": charge.disputed}
    added = await connection.execute(
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
    if not added.rowcount:
        await connection.execute(
            sa.update(stripe_charge).where(stripe_charge.c.id == charge.id).values(**now_known)
        )


async def keep_transaction(connection: Connection, fact: Transaction) -> bool:
    """Keep what moved, once. It never changes. True if it was not known before."""
    added = await connection.execute(
        insert_ignoring(connection, stripe_transaction).values(
            id=fact.id,
            kind=fact.kind,
            source_id=fact.source_id,
            charge_id=fact.charge_id,
            currency=fact.gross.currency,
            amount_minor=fact.gross.amount_minor,
            fee_minor=fact.fee.amount_minor,
            net_minor=fact.net.amount_minor,
            created_at=fact.created_at,
            available_at=fact.available_at,
        )
    )
    return bool(added.rowcount)


async def explain(connection: Connection, fact: Transaction) -> bool:
    """
    Write down whose a transaction is that nobody could explain when it was kept.

    True if it was such a one. Its amounts stay as they are.
    """
    known = stripe_transaction.c
    changed = await connection.execute(
        sa.update(stripe_transaction)
        .where(known.id == fact.id, known.kind == TransactionKind.OTHER)
        .values(kind=fact.kind, charge_id=fact.charge_id)
    )
    return bool(changed.rowcount)


async def keep_refund(connection: Connection, refund: Refund, order_id: int | None) -> None:
    """
    Keep what Stripe says of a refund now; later readings replace earlier ones.

    Args:
        order_id: The order it carries out; None for a refund of money in suspense.
    """
    await _keep_status(connection, stripe_refund, refund, order_id=order_id)


async def order_of_refund(connection: Connection, refund_id: str) -> int | None:
    """The order that this refund carries out, or None if it is not known."""
    found: int | None = await connection.scalar(
        sa.select(stripe_refund.c.order_id).where(stripe_refund.c.id == refund_id)
    )
    return found


async def transactions_of_order(
    connection: Connection, order_id: int
) -> list[tuple[str, str | None]]:
    """The transactions by which the money of a refund order left, each with its coming back."""
    sent, back = stripe_transaction.alias("sent"), stripe_transaction.alias("back")
    rows = await connection.execute(
        sa.select(sent.c.id.label("sent_id"), back.c.id.label("back_id"))
        .select_from(stripe_refund)
        .join(sent, sa.and_(sent.c.source_id == stripe_refund.c.id, sent.c.kind == "refund"))
        .outerjoin(
            back,
            sa.and_(back.c.source_id == stripe_refund.c.id, back.c.kind == "refund_failure"),
        )
        .where(stripe_refund.c.order_id == order_id)
        .order_by(sent.c.created_at, sent.c.id)
    )
    return [(row.sent_id, row.back_id) for row in rows]


async def keep_dispute(connection: Connection, dispute: Dispute) -> None:
    """Keep what Stripe says of a dispute now; later readings replace earlier ones."""
    await _keep_status(connection, stripe_dispute, dispute)


async def settlement_of(connection: Connection, hold_id: int) -> Transaction | None:
    """What the gift of this hold brought, or None while that is not known."""
    rows = await connection.execute(
        sa.select(stripe_transaction)
        .join(stripe_charge, stripe_charge.c.id == stripe_transaction.c.charge_id)
        .where(stripe_charge.c.hold_id == hold_id, stripe_transaction.c.kind == "charge")
    )
    row = rows.first()
    return None if row is None else _transaction(row)


async def transaction(connection: Connection, transaction_id: str) -> Transaction | None:
    """The transaction with this id, or None."""
    return (await transactions(connection, (transaction_id,))).get(transaction_id)


async def transactions(
    connection: Connection, transaction_ids: Collection[str]
) -> dict[str, Transaction]:
    """Those of the transactions that are known, by their ids."""
    rows = await connection.execute(
        sa.select(stripe_transaction).where(stripe_transaction.c.id.in_(transaction_ids))
    )
    return {row.id: _transaction(row) for row in rows}


async def hold_of_charge(connection: Connection, charge_id: str) -> int | None:
    """The hold that this charge paid, or None."""
    found: int | None = await connection.scalar(
        sa.select(stripe_charge.c.hold_id).where(stripe_charge.c.id == charge_id)
    )
    return found


async def charge_of_hold(connection: Connection, hold_id: int) -> str | None:
    """Stripe's id of the payment of this hold, or None."""
    found: str | None = await connection.scalar(
        sa.select(stripe_charge.c.id).where(stripe_charge.c.hold_id == hold_id)
    )
    return found


async def was_taken_back(connection: Connection, hold_id: int) -> bool:
    """Whether any refund or dispute of this gift is known: then both are read with it."""
    mine = sa.select(stripe_charge.c.id).where(stripe_charge.c.hold_id == hold_id)
    for fact in (stripe_refund, stripe_dispute):
        found = await connection.execute(
            sa.select(fact.c.id).where(fact.c.charge_id.in_(mine)).limit(1)
        )
        if found.first() is not None:
            return True
    return False


async def disputes_of(connection: Connection, hold_id: int) -> list[DisputeStatus]:
    """Where every dispute of this gift is, oldest first."""
    rows = await connection.execute(
        sa.select(stripe_dispute.c.status)
        .join(stripe_charge, stripe_charge.c.id == stripe_dispute.c.charge_id)
        .where(stripe_charge.c.hold_id == hold_id)
        .order_by(stripe_dispute.c.created_at, stripe_dispute.c.id)
    )
    return [DisputeStatus(status) for status in rows.scalars()]


async def _keep_status(
    connection: Connection, of: sa.Table, fact: Refund | Dispute, **first_known: object
) -> None:
    added = await connection.execute(
        insert_ignoring(connection, of).values(
            id=fact.id,
            charge_id=fact.charge_id,
            currency=fact.amount.currency,
            amount_minor=fact.amount.amount_minor,
            status=fact.status,
            created_at=fact.created_at,
            **first_known,
        )
    )
    if not added.rowcount:
        await connection.execute(
            sa.update(of)
            .where(of.c.id == fact.id)
            .values(status=fact.status, amount_minor=fact.amount.amount_minor)
        )


def _transaction(row: sa.Row[tuple[object, ...]]) -> Transaction:
    return Transaction(
        row.id,
        TransactionKind(row.kind),
        row.source_id,
        Money(row.amount_minor, row.currency),
        Money(row.fee_minor, row.currency),
        row.created_at,
        row.available_at,
        row.charge_id,
    )

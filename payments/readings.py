"""From Stripe's objects to what the ledger needs to know, checked at this one edge."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from stripe import BalanceTransaction, PaymentIntent
from stripe import Charge as StripeCharge
from stripe import Dispute as StripeDispute
from stripe import Payout as StripePayout
from stripe import Refund as StripeRefund
from stripe.checkout import Session

from payments.gateway import CASE_KEY, REFERENCE_KEY, REFUND_KEY, moment
from services.reading import (
    Charge,
    Dispute,
    DisputeStatus,
    Reading,
    Refund,
    RefundStatus,
    SessionStatus,
    Transaction,
    TransactionKind,
)
from services.stripe_account import Payout, PayoutStatus
from values.currencies import CURRENCIES
from values.money import Money

_Word = TypeVar("_Word", bound=StrEnum)


class Unreadable(ValueError):
    """Stripe said something that this program does not know; nothing is concluded from it."""


def reading(
    session: Session,
    refunds: Sequence[StripeRefund] = (),
    disputes: Sequence[StripeDispute] = (),
    *,
    is_live: bool,
) -> Reading:
    """
    What *session*, with its payment expanded, says; with what was taken back of the payment.

    Args:
        is_live: Whether our key moves real money.

    Raises:
        Unreadable: a status or currency that is not known here.
    """
    intent = session.payment_intent
    charge = _charge(intent) if isinstance(intent, PaymentIntent) else None
    return Reading(
        session_id=session.id,
        status=_word(SessionStatus, session.status, "session"),
        is_of_our_mode=session.livemode is is_live,
        reference=_reference(session),
        case_code=_marked(session, CASE_KEY),
        amount=_money(session.amount_total, session.currency),
        is_paid=session.payment_status == "paid",
        has_failed=_has_failed(session, intent),
        charge=charge,
        settlement=_settlement(intent, charge) if isinstance(intent, PaymentIntent) else None,
        refunds=tuple(refund_fact(refund) for refund in refunds),
        disputes=tuple(dispute_fact(dispute) for dispute in disputes),
    )


def refund_fact(refund: StripeRefund) -> Refund:
    """
    A refund, with its money expanded.

    Raises:
        Unreadable: a status or currency that is not known here.
    """
    charge_id = id_of(refund.charge)
    marks = refund.metadata.to_dict() if refund.metadata else {}
    amount = _money(refund.amount, refund.currency)
    if charge_id is None or amount is None:
        raise Unreadable(f"refund {refund.id} is of no payment")
    back = refund.failure_balance_transaction if "failure_balance_transaction" in refund else None
    return Refund(
        id=refund.id,
        charge_id=charge_id,
        amount=amount,
        status=_word(RefundStatus, refund.status, "refund"),
        order_reference=marks.get(REFUND_KEY),
        gone=_moved(refund.balance_transaction, TransactionKind.REFUND, charge_id),
        came_back=_moved(back, TransactionKind.REFUND_FAILURE, charge_id),
        created_at=moment(refund.created),
    )


def dispute_fact(dispute: StripeDispute) -> Dispute:
    """
    A dispute, with the money it moved.

    Raises:
        Unreadable: a status or currency that is not known here.
    """
    charge_id = id_of(dispute.charge)
    amount = _money(dispute.amount, dispute.currency)
    if charge_id is None or amount is None:
        raise Unreadable(f"dispute {dispute.id} is of no payment")
    moved = [_dispute_transaction(one, charge_id) for one in dispute.balance_transactions]
    return Dispute(
        id=dispute.id,
        charge_id=charge_id,
        amount=amount,
        status=_word(DisputeStatus, dispute.status, "dispute"),
        transactions=tuple(sorted(moved, key=lambda one: (one.created_at, one.gross))),
        created_at=moment(dispute.created),
    )


def payout_fact(payout: StripePayout) -> Payout:
    """
    A payout.

    Raises:
        Unreadable: a status or currency that is not known here.
    """
    amount = _money(payout.amount, payout.currency)
    if amount is None:
        raise Unreadable(f"payout {payout.id} says no amount")
    return Payout(
        id=payout.id,
        amount=amount,
        status=_word(PayoutStatus, payout.status, "payout"),
        automatic=payout.automatic,
        itemised=payout.automatic and payout.reconciliation_status == "completed",
        created_at=moment(payout.created),
        arrives_at=moment(payout.arrival_date),
    )


def transaction(
    brought: BalanceTransaction, kind: TransactionKind, charge_id: str | None
) -> Transaction:
    """
    What moved on the account at Stripe.

    Raises:
        Unreadable: the currency is not in the table.
    """
    gross, fee = _money(brought.amount, brought.currency), _money(brought.fee, brought.currency)
    if gross is None or fee is None:
        raise Unreadable(f"transaction {brought.id} says no amount")
    return Transaction(
        id=brought.id,
        kind=kind,
        source_id=id_of(brought.source) or brought.id,
        gross=gross,
        fee=fee,
        created_at=moment(brought.created),
        available_at=moment(brought.available_on),
        charge_id=charge_id,
    )


def _dispute_transaction(brought: BalanceTransaction, charge_id: str) -> Transaction:
    taken = brought.amount < 0
    kind = TransactionKind.DISPUTE if taken else TransactionKind.DISPUTE_REVERSAL
    return transaction(brought, kind, charge_id)


def _moved(
    brought: BalanceTransaction | str | None, kind: TransactionKind, charge_id: str
) -> Transaction | None:
    if brought is None:
        return None
    if isinstance(brought, str):
        raise Unreadable(f"transaction {brought} came without what it says")
    return transaction(brought, kind, charge_id)


def id_of(of: object) -> str | None:
    """The id of an object that Stripe gives whole or as its id alone."""
    return of if of is None or isinstance(of, str) else str(getattr(of, "id", "")) or None


def _word(words: type[_Word], said: str | None, of: str) -> _Word:
    try:
        return words(said or "")
    except ValueError as error:
        raise Unreadable(f"{of} status {said!r}") from error


def _marked(session: Session, key: str) -> str | None:
    marks = session.metadata.to_dict() if session.metadata else {}
    found = marks.get(key)
    return found if isinstance(found, str) else None


def _reference(session: Session) -> str | None:
    """The reference, if both places where it was put agree; an address can be tampered with."""
    marked = _marked(session, REFERENCE_KEY)
    return marked if marked == session.client_reference_id else None


def _has_failed(session: Session, intent: PaymentIntent | str | None) -> bool:
    """A finished page whose payment then failed: a slow method that was given up."""
    return (
        session.status == "complete"
        and session.payment_status == "unpaid"
        and isinstance(intent, PaymentIntent)
        and intent.status in ("requires_payment_method", "canceled")
    )


def _charge(intent: PaymentIntent) -> Charge | None:
    latest = intent.latest_charge
    if not isinstance(latest, StripeCharge) or not (latest.paid and latest.captured):
        return None
    amount = _money(latest.amount, latest.currency)
    if amount is None or latest.status != "succeeded":
        return None
    return Charge(
        id=latest.id,
        payment_intent_id=intent.id,
        amount=amount,
        refunded_minor=latest.amount_refunded,
        disputed=latest.disputed,
        created_at=moment(latest.created),
    )


def _settlement(intent: PaymentIntent, charge: Charge | None) -> Transaction | None:
    latest = intent.latest_charge
    if charge is None or not isinstance(latest, StripeCharge):
        return None
    brought = latest.balance_transaction
    if brought is None or isinstance(brought, str):
        return None
    return transaction(brought, TransactionKind.CHARGE, charge.id)


def _money(amount_minor: int | None, currency: str | None) -> Money | None:
    """
    An amount as Stripe gives it, whose minor units are those of `values.currencies`.

    Raises:
        Unreadable: the currency is not in the table.
    """
    if amount_minor is None or currency is None:
        return None
    if currency.upper() not in CURRENCIES:
        raise Unreadable(f"currency {currency!r}")
    return Money(amount_minor, currency.upper())

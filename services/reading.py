"""What the payment provider says of one gift at one moment, all of it together."""

from dataclasses import dataclass
from enum import StrEnum

from storage.stripe_facts import (
    Charge,
    Dispute,
    DisputeStatus,
    Refund,
    RefundStatus,
    Transaction,
    TransactionKind,
)
from values.money import Money

__all__ = [
    "Charge",
    "Dispute",
    "DisputeStatus",
    "Reading",
    "Refund",
    "RefundStatus",
    "SessionStatus",
    "Transaction",
    "TransactionKind",
]


class SessionStatus(StrEnum):
    """Where a payment page is: it can be paid, it was used, or it cannot be paid any more."""

    OPEN = "open"
    COMPLETE = "complete"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Reading:
    """
    What Stripe says of one payment page now.

    Attributes:
        session_id: Stripe's id of the page.
        status: Where the page is.
        is_of_our_mode: It moves real money exactly if our key does.
        reference: The receipt reference that the page carries; None if it carries none.
        case_code: The case that the page carries; None if it carries none.
        amount: What the page asks for.
        is_paid: Stripe says that it is paid.
        has_failed: A slow payment was given up; no money will come.
        charge: The payment; None while there is none.
        settlement: What it brought; None while Stripe has not settled it.
        refunds, disputes: All there are, where they were asked for.
    """

    session_id: str
    status: SessionStatus
    is_of_our_mode: bool
    reference: str | None
    case_code: str | None
    amount: Money | None
    is_paid: bool
    has_failed: bool
    charge: Charge | None
    settlement: Transaction | None
    refunds: tuple[Refund, ...] = ()
    disputes: tuple[Dispute, ...] = ()

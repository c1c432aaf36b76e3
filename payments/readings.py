"""From Stripe's objects to what the ledger needs to know, checked at this one edge."""

from stripe import Charge as StripeCharge
from stripe import PaymentIntent
from stripe.checkout import Session

from payments.gateway import REFERENCE_KEY, moment
from services.settling import BalanceTransaction, Charge, Reading, SessionStatus
from values.currencies import CURRENCIES
from values.money import Money


class Unreadable(ValueError):
    """Stripe said something that this program does not know; nothing is concluded from it."""


def reading(session: Session) -> Reading:
    """
    What *session*, with its payment expanded, says.

    Raises:
        Unreadable: a status or currency that is not known here.
    """
    try:
        status = SessionStatus(session.status or "")
    except ValueError as error:
        raise Unreadable(f"session status {session.status!r}") from error
    intent = session.payment_intent
    charge = _charge(intent) if isinstance(intent, PaymentIntent) else None
    return Reading(
        session_id=session.id,
        status=status,
        reference=_reference(session),
        amount=_money(session.amount_total, session.currency),
        is_paid=session.payment_status == "paid",
        has_failed=_has_failed(session, intent),
        charge=charge,
        settlement=_settlement(intent, charge) if isinstance(intent, PaymentIntent) else None,
    )


def _reference(session: Session) -> str | None:
    """The reference, if both places where it was put agree; an address can be tampered with."""
    marked = session.metadata.to_dict().get(REFERENCE_KEY) if session.metadata else None
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


def _settlement(intent: PaymentIntent, charge: Charge | None) -> BalanceTransaction | None:
    latest = intent.latest_charge
    if charge is None or not isinstance(latest, StripeCharge):
        return None
    brought = latest.balance_transaction
    if brought is None or isinstance(brought, str):
        return None
    gross, fee = _money(brought.amount, brought.currency), _money(brought.fee, brought.currency)
    if gross is None or fee is None:
        return None
    return BalanceTransaction(brought.id, charge.id, gross, fee, moment(brought.available_on))


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

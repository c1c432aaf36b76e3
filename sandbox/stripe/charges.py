"""Payment intents and charges: how a checkout's money comes, comes later, or does not come."""

from __future__ import annotations

from typing import Any

from sandbox.stripe import balance
from sandbox.stripe.world import Obj, World

CARD = "card"
DECLINED = "Your card was declined."
NOT_ARRIVED = "The bank returned the payment."


def open_intent(world: World, session: Obj) -> Obj:
    """The session's payment intent; made when somebody first tries to pay, as Stripe does it."""
    if session["payment_intent"] is not None:
        return world.get("payment_intent", session["payment_intent"])
    data = world.notes[session["id"]]["payment_intent_data"]
    intent_id = world.new_id("pi")
    intent = {
        "id": intent_id,
        "object": "payment_intent",
        "amount": session["amount_total"],
        "amount_capturable": 0,
        "amount_details": {"tip": {}},
        "amount_received": 0,
        "application": None,
        "application_fee_amount": None,
        "automatic_payment_methods": None,
        "canceled_at": None,
        "cancellation_reason": None,
        "capture_method": "automatic_async",
        "client_secret": world.new_id(f"{intent_id}_secret", 25),
        "confirmation_method": "automatic",
        "created": world.now(),
        "currency": session["currency"],
        "customer": session["customer"],
        "description": data.get("description"),
        "excluded_payment_method_types": session["excluded_payment_method_types"],
        "last_payment_error": None,
        "latest_charge": None,
        "livemode": world.livemode,
        "metadata": data.get("metadata", {}),
        "next_action": None,
        "on_behalf_of": None,
        "payment_method": None,
        "payment_method_configuration_details": None,
        "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
        "payment_method_types": list(session["payment_method_types"]),
        "processing": None,
        "receipt_email": data.get("receipt_email"),
        "review": None,
        "setup_future_usage": None,
        "shipping": None,
        "source": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": data.get("statement_descriptor_suffix"),
        "status": "requires_payment_method",
        "transfer_data": None,
        "transfer_group": None,
    }
    world.add(intent)
    world.change(session, payment_intent=intent_id)
    world.emit("payment_intent.created", intent)
    return intent


def cancel_intent(world: World, intent: Obj) -> None:
    """The checkout it belonged to is over, and no money came."""
    before = world.change(
        intent, status="canceled", canceled_at=world.now(), cancellation_reason="automatic"
    )
    world.emit("payment_intent.canceled", intent, before)


def decline(world: World, intent: Obj) -> Obj:
    """A card is refused. The intent waits for another one. Returns the failed charge."""
    charge = _charge(world, intent, CARD)
    charge.update(
        status="failed",
        failure_code="card_declined",
        failure_message=DECLINED,
        outcome=_outcome("declined_by_network", "issuer_declined", DECLINED, "generic_decline"),
    )
    world.add(charge)
    world.emit("charge.failed", charge)
    _failed(world, intent, charge, "card_declined", DECLINED, decline_code="generic_decline")
    return charge


def pay_by_card(world: World, intent: Obj, settle_after_s: float) -> Obj:
    """A card pays at once; what it comes to after fees is known only later. Returns the charge."""
    charge = world.add(_charge(world, intent, CARD))
    _succeeded(world, intent, charge, settle_after_s)
    return charge


def begin_transfer(world: World, intent: Obj, method: str) -> Obj:
    """A bank payment is on its way. Returns the pending charge."""
    charge = world.add(_charge(world, intent, method))
    before = world.change(
        intent,
        status="processing",
        latest_charge=charge["id"],
        payment_method=charge["payment_method"],
        last_payment_error=None,
    )
    world.emit("payment_intent.processing", intent, before)
    world.emit("charge.pending", charge)
    return charge


def arrive(world: World, intent: Obj, settle_after_s: float) -> Obj:
    """The bank payment is here. Returns the charge."""
    charge = world.get("charge", intent["latest_charge"])
    _succeeded(world, intent, charge, settle_after_s)
    return charge


def never_arrive(world: World, intent: Obj) -> Obj:
    """The bank sent the payment back. Returns the failed charge."""
    charge = world.get("charge", intent["latest_charge"])
    before = world.change(
        charge,
        status="failed",
        failure_code="insufficient_funds",
        failure_message=NOT_ARRIVED,
        outcome=_outcome("declined_by_network", "insufficient_funds", NOT_ARRIVED, None),
    )
    world.emit("charge.failed", charge, before)
    _failed(world, intent, charge, "payment_intent_payment_attempt_failed", NOT_ARRIVED)
    return charge


def settle(world: World, charge: Obj) -> None:
    """Give the charge its balance transaction, if it has none yet."""
    if charge["balance_transaction"] is not None or charge["status"] != "succeeded":
        return
    currency, rate = balance.settled_in(world, charge["currency"])
    amount = balance.converted(charge["amount"], charge["currency"], currency, rate)
    by_card = charge["payment_method_details"]["type"] == CARD
    transaction = balance.add_transaction(
        world,
        amount=amount,
        currency=currency,
        fee=balance.fee_minor(amount, currency),
        kind="charge" if by_card else "payment",
        source=charge["id"],
        category="charge",
        rate=rate,
        description=charge["description"],
    )
    before = world.change(charge, balance_transaction=transaction["id"])
    world.emit("charge.updated", charge, before)


def _succeeded(world: World, intent: Obj, charge: Obj, settle_after_s: float) -> None:
    before = world.change(
        charge,
        status="succeeded",
        paid=True,
        captured=True,
        amount_captured=charge["amount"],
        outcome=_outcome("approved_by_network", None, "Payment complete.", None),
    )
    world.emit("charge.succeeded", charge, before if before["status"] == "pending" else None)
    before = world.change(
        intent,
        status="succeeded",
        amount_received=intent["amount"],
        latest_charge=charge["id"],
        payment_method=charge["payment_method"],
        last_payment_error=None,
    )
    world.emit("payment_intent.succeeded", intent, before)
    world.later(world.moment() + settle_after_s, "settle", charge["id"])


def _failed(world: World, intent: Obj, charge: Obj, code: str, message: str, **more: Any) -> None:
    error = {
        "charge": charge["id"],
        "code": code,
        "message": message,
        "type": "card_error" if code == "card_declined" else "invalid_request_error",
        **more,
    }
    before = world.change(
        intent,
        status="requires_payment_method",
        latest_charge=charge["id"],
        payment_method=None,
        last_payment_error=error,
    )
    world.emit("payment_intent.payment_failed", intent, before)


def _outcome(network: str, reason: str | None, message: str, decline_code: str | None) -> Obj:
    approved = network == "approved_by_network"
    return {
        "advice_code": None if approved else "try_again_later",
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": network,
        "reason": decline_code or reason,
        "risk_level": "normal",
        "risk_score": 12,
        "seller_message": message,
        "type": "authorized" if approved else "issuer_declined",
    }


def _charge(world: World, intent: Obj, method: str) -> Obj:
    return {
        "id": world.new_id("ch" if method == CARD else "py"),
        "object": "charge",
        "amount": intent["amount"],
        "amount_captured": 0,
        "amount_refunded": 0,
        "application": None,
        "application_fee": None,
        "application_fee_amount": None,
        "balance_transaction": None,
        "billing_details": _billing_details(),
        "calculated_statement_descriptor": "STAND-IN",
        "captured": False,
        "created": world.now(),
        "currency": intent["currency"],
        "customer": intent["customer"],
        "description": intent["description"],
        "disputed": False,
        "failure_balance_transaction": None,
        "failure_code": None,
        "failure_message": None,
        "fraud_details": {},
        "livemode": world.livemode,
        "metadata": dict(intent["metadata"]),
        "on_behalf_of": None,
        "outcome": None,
        # A pending bank payment is neither successful nor authorised, which is what `paid` means.
        "paid": False,
        "payment_intent": intent["id"],
        "payment_method": world.new_id("pm"),
        "payment_method_details": {"type": method, method: _method_details(method)},
        "radar_options": {},
        "receipt_email": intent["receipt_email"],
        "receipt_number": None,
        "receipt_url": None,
        "refunded": False,
        "review": None,
        "shipping": None,
        "source": None,
        "source_transfer": None,
        "statement_descriptor": None,
        "statement_descriptor_suffix": intent["statement_descriptor_suffix"],
        "status": "pending",
        "transfer_data": None,
        "transfer_group": None,
    }


def _billing_details() -> Obj:
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    return {
        "address": address,
        "email": "payer@stand-in.example",
        "name": "Stand-in Payer",
        "phone": None,
        "tax_id": None,
    }


def _method_details(method: str) -> Obj:
    if method == CARD:
        return {
            "amount_authorized": None,
            "authorization_code": "000000",
            "brand": "visa",
            "checks": {
                "address_line1_check": None,
                "address_postal_code_check": None,
                "cvc_check": "pass",
            },
            "country": "US",
            "exp_month": 12,
            "exp_year": 2034,
            "fingerprint": "standinstandin00",
            "funding": "credit",
            "installments": None,
            "last4": "4242",
            "mandate": None,
            "network": "visa",
            "network_token": {"used": False},
            "network_transaction_id": "000000000000000",
            "regulated_status": "unregulated",
            "three_d_secure": None,
            "wallet": None,
        }
    if method == "konbini":
        return {"store": {"chain": "lawson"}}
    return {"fingerprint": "standinstandin01", "last4": "6789", "mandate": None}

"""Refunds, by the API or as if from Stripe's dashboard, with every way they can go."""

from __future__ import annotations

from typing import Literal

from sandbox.stripe import balance, charges
from sandbox.stripe.currencies import shown
from sandbox.stripe.errors import Invalid, Refused, missing
from sandbox.stripe.params import EXPAND, Integer, Metadata, OneOf, Record, Text
from sandbox.stripe.vocabulary import REFUND_REASONS, words
from sandbox.stripe.world import Obj, World

Outcome = Literal["succeeded", "pending", "waiting", "failed"]
"""
How a new refund stands: done; under way (the balance is already debited); waiting for the balance
to suffice (nothing debited yet); or refused by the bank at once.
"""

CREATE = Record(
    {
        "amount": Integer(least=1),
        "charge": Text(),
        "expand": EXPAND,
        "metadata": Metadata(),
        "payment_intent": Text(),
        "reason": OneOf(REFUND_REASONS),
    },
    unplayed=words(
        "currency customer instructions_email origin refund_application_fee reverse_transfer"
    ),
)


def charge_of(world: World, asked: Obj) -> Obj:
    """
    The charge that *asked* wants refunded.

    Raises:
        Refused: neither, or not exactly one, of charge and payment_intent; or no such object.
    """
    if "charge" in asked and "payment_intent" in asked:
        raise Invalid("Send only one of charge and payment_intent.", param="charge")
    if "charge" in asked:
        return world.get("charge", asked["charge"], "charge", status=404)
    if "payment_intent" not in asked:
        raise missing("payment_intent")
    intent = world.get("payment_intent", asked["payment_intent"], "payment_intent", status=404)
    if intent["latest_charge"] is None:
        raise Refused("This PaymentIntent has no successful charge to refund.")
    return world.get("charge", intent["latest_charge"])


def create(world: World, charge: Obj, asked: Obj, outcome: Outcome) -> Obj:
    """
    Refund a part or what is left of *charge*.

    Raises:
        Refused: there is not so much left, or the charge cannot be refunded.
    """
    left = charge["amount"] - charge["amount_refunded"]
    amount: int = asked.get("amount", left)
    _check(world, charge, amount, left)
    # The money's own transaction comes first, else the rate of the refund would be unknown.
    charges.settle(world, charge)
    by_card = charge["payment_method_details"]["type"] == charges.CARD
    refund = world.add(
        {
            "id": world.new_id("re" if by_card else "pyr"),
            "object": "refund",
            "amount": amount,
            "balance_transaction": None,
            "charge": charge["id"],
            "created": world.now(),
            "currency": charge["currency"],
            "destination_details": _destination(charge),
            "metadata": asked.get("metadata", {}),
            "payment_intent": charge["payment_intent"],
            "reason": asked.get("reason"),
            "receipt_number": None,
            "source_transfer_reversal": None,
            "status": "succeeded" if outcome == "succeeded" else "pending",
            "transfer_reversal": None,
        }
    )
    if outcome == "waiting":
        refund["pending_reason"] = "insufficient_funds"
    else:
        _debit(world, refund, charge)
        if outcome == "pending":
            refund["pending_reason"] = "processing"
    world.emit("refund.created", refund)
    _tell_charge(world, charge, amount)
    if outcome == "failed":
        finish(world, refund, succeed=False)
    return refund


def finish(world: World, refund: Obj, *, succeed: bool) -> Obj:
    """
    Bring a refund to its end. One that succeeded may still fail: banks send money back.

    Raises:
        ValueError: it has failed already, or is to succeed a second time.
    """
    if refund["status"] == "failed" or (succeed and refund["status"] == "succeeded"):
        raise ValueError(f"refund {refund['id']} is {refund['status']}; nothing can follow")
    charge = world.get("charge", refund["charge"])
    refund.pop("pending_reason", None)
    if succeed:
        before = world.change(refund, status="succeeded")
        if refund["balance_transaction"] is None:
            _debit(world, refund, charge)
            before["balance_transaction"] = None
        world.emit("refund.updated", refund, before)
        return refund
    before = world.change(refund, status="failed")
    refund["failure_reason"] = "lost_or_stolen_card"
    _return(world, refund)
    _tell_charge(world, charge, -refund["amount"])
    world.emit("refund.failed", refund, before)
    world.emit("refund.updated", refund, before)
    return refund


def _check(world: World, charge: Obj, amount: int, left: int) -> None:
    if charge["status"] != "succeeded":
        raise Refused(f"Charge {charge['id']} is {charge['status']} and cannot be refunded.")
    if charge["refunded"]:
        raise Refused(
            f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded"
        )
    disputes = [d for d in world.all("dispute") if d["charge"] == charge["id"]]
    if not all(dispute["is_charge_refundable"] for dispute in disputes):
        raise Refused(f"Charge {charge['id']} has been charged back.", code="charge_disputed")
    if amount > left:
        raise Refused(
            f"Refund amount ({shown(amount, charge['currency'])}) is greater than unrefunded "
            f"amount on charge ({shown(left, charge['currency'])})",
            param="amount",
        )


def _tell_charge(world: World, charge: Obj, amount: int) -> None:
    refunded = charge["amount_refunded"] + amount
    before = world.change(charge, amount_refunded=refunded, refunded=refunded == charge["amount"])
    world.emit("charge.refunded" if amount > 0 else "charge.updated", charge, before)


def _debit(world: World, refund: Obj, charge: Obj) -> None:
    paid = world.get("balance_transaction", charge["balance_transaction"])
    amount = balance.converted(
        refund["amount"], refund["currency"], paid["currency"], paid["exchange_rate"]
    )
    transaction = balance.add_transaction(
        world,
        amount=-amount,
        currency=paid["currency"],
        fee=0,
        kind="refund" if paid["type"] == "charge" else "payment_refund",
        source=refund["id"],
        category="refund",
        rate=paid["exchange_rate"],
        description="REFUND FOR CHARGE",
    )
    world.change(refund, balance_transaction=transaction["id"])


def _return(world: World, refund: Obj) -> None:
    if refund["balance_transaction"] is None:
        return
    debit = world.get("balance_transaction", refund["balance_transaction"])
    transaction = balance.add_transaction(
        world,
        amount=-debit["amount"],
        currency=debit["currency"],
        fee=0,
        kind="refund_failure",
        source=refund["id"],
        category="refund_failure",
        rate=debit["exchange_rate"],
        description="REFUND FAILURE",
    )
    refund["failure_balance_transaction"] = transaction["id"]
    world.when_changed()


def _destination(charge: Obj) -> Obj:
    method = charge["payment_method_details"]["type"]
    if method == charges.CARD:
        card = {"reference_status": "pending", "reference_type": "acquirer_reference_number"}
        return {"card": {**card, "type": "refund"}, "type": "card"}
    return {"type": method}

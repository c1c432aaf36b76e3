"""Disputes, made on demand: an inquiry, money withdrawn, won, lost, appealed."""

from __future__ import annotations

from sandbox.stripe import balance, charges
from sandbox.stripe.world import Obj, World

FEE_MINOR = 1500
RESPONSE_DUE_S = 7 * 86_400

_NEXT = {
    "warning_needs_response": {"warning_under_review", "warning_closed", "needs_response"},
    "warning_under_review": {"warning_closed", "needs_response"},
    "needs_response": {"under_review", "won", "lost"},
    "under_review": {"won", "lost"},
    "lost": {"appeal_needs_response", "appeal_under_review"},
    "appeal_needs_response": {"appeal_under_review", "lost"},
    "appeal_under_review": {"won", "lost"},
}
_CLOSED = frozenset(["won", "lost", "warning_closed", "prevented"])


def create(
    world: World, charge: Obj, amount: int | None, *, inquiry: bool, reason: str, fee: int
) -> Obj:
    """
    The payer's bank disputes *charge*.

    Args:
        amount: In the charge's currency; None for all of it. It may exceed the charge, as a bank
            that converts currencies makes it do.
        inquiry: Only a question so far: no money moves.
        fee: Minor units of the settlement currency, taken with the money.

    Raises:
        ValueError: the charge did not succeed.
    """
    if charge["status"] != "succeeded":
        raise ValueError(f"charge {charge['id']} is {charge['status']}; only a success is disputed")
    charges.settle(world, charge)
    dispute = world.add(_dispute(world, charge, amount, reason, inquiry=inquiry))
    world.notes[dispute["id"]] = {"fee": fee}
    world.change(charge, disputed=True)
    if inquiry:
        world.emit("charge.dispute.created", dispute)
    else:
        _move_money(world, dispute, charge, out=True)
        world.emit("charge.dispute.created", dispute)
        world.emit("charge.dispute.funds_withdrawn", dispute)
    world.emit("charge.updated", charge, {"disputed": False})
    return dispute


def move(world: World, dispute: Obj, to: str) -> Obj:
    """
    Bring the dispute to its next status, and the money with it.

    Raises:
        ValueError: that status cannot follow the present one.
    """
    if to not in _NEXT.get(dispute["status"], set()):
        raise ValueError(f"dispute {dispute['id']} is {dispute['status']}; {to} cannot follow")
    charge = world.get("charge", dispute["charge"])
    before = world.change(dispute, status=to, is_charge_refundable=to.startswith("warning_"))
    if to == "needs_response":
        _move_money(world, dispute, charge, out=True)
        world.emit("charge.dispute.funds_withdrawn", dispute)
    if to == "won":  # it follows a withdrawal only, see _NEXT
        _move_money(world, dispute, charge, out=False)
        world.emit("charge.dispute.funds_reinstated", dispute)
    world.emit("charge.dispute.updated", dispute, before)
    if to in _CLOSED:
        world.emit("charge.dispute.closed", dispute)
    return dispute


def _move_money(world: World, dispute: Obj, charge: Obj, *, out: bool) -> None:
    paid = world.get("balance_transaction", charge["balance_transaction"])
    amount = balance.converted(
        dispute["amount"], dispute["currency"], paid["currency"], paid["exchange_rate"]
    )
    transaction = balance.add_transaction(
        world,
        amount=-amount if out else amount,
        currency=paid["currency"],
        # Won or lost, the fee is not given back.
        fee=world.notes[dispute["id"]]["fee"] if out else 0,
        kind="adjustment",
        source=dispute["id"],
        category="dispute" if out else "dispute_reversal",
        rate=paid["exchange_rate"],
        description=f"Chargeback {'withdrawal' if out else 'reversal'} for {charge['id']}",
    )
    dispute["balance_transactions"].append(transaction["id"])
    world.when_changed()


def _dispute(world: World, charge: Obj, amount: int | None, reason: str, *, inquiry: bool) -> Obj:
    evidence = (
        "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure "
        "cancellation_rebuttal customer_communication customer_email_address customer_name "
        "customer_purchase_ip customer_signature duplicate_charge_documentation "
        "duplicate_charge_explanation duplicate_charge_id product_description receipt "
        "refund_policy refund_policy_disclosure refund_refusal_explanation service_date "
        "service_documentation shipping_address shipping_carrier shipping_date "
        "shipping_documentation shipping_tracking_number uncategorized_file uncategorized_text"
    )
    by_card = charge["payment_method_details"]["type"] == charges.CARD
    card = {
        "brand": "visa",
        "case_type": "inquiry" if inquiry else "chargeback",
        "network": "visa",
        "network_reason_code": "10.4",
    }
    dispute: Obj = {
        "id": world.new_id("du"),
        "object": "dispute",
        "amount": charge["amount"] if amount is None else amount,
        "balance_transactions": [],
        "charge": charge["id"],
        "created": world.now(),
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(evidence.split()), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": world.now() + RESPONSE_DUE_S,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "is_charge_refundable": inquiry,
        "livemode": world.livemode,
        "metadata": {},
        "payment_intent": charge["payment_intent"],
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
    }
    if by_card:
        dispute["payment_method_details"] = {"card": card, "type": "card"}
    return dispute

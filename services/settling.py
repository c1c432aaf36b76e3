"""
What Stripe says of a gift becomes facts, transfers and a receipt, in one transaction.

State is derived from what was read, never from the order in which events came: the same reading
twice, or an old one after a new one, posts nothing new. Money facts win from any state, also from
a hold that was released: money that arrived is never dropped.
"""

import datetime as dt
import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

from services.progress import progress_of
from storage import alarms, checkouts, holds, ledger, outbox, stripe_facts
from storage import cases as case_rows
from storage.checkouts import Checkout
from storage.database import Connection
from storage.holds import RESERVING, Hold, HoldState
from storage.ledger import ORGANISATION_BOOK, Leg, Posting
from storage.stripe_facts import BalanceTransaction, Charge
from values.money import Money

__all__ = ["BalanceTransaction", "Charge", "Reading", "SessionStatus", "apply"]


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
        reference: The receipt reference that the page carries; None if it carries none.
        amount: What the page asks for.
        is_paid: Stripe says that it is paid.
        has_failed: A slow payment was given up; no money will come.
        charge: The payment; None while there is none.
        settlement: What it brought; None while Stripe has not settled it.
    """

    session_id: str
    status: SessionStatus
    reference: str | None
    amount: Money | None
    is_paid: bool
    has_failed: bool
    charge: Charge | None
    settlement: BalanceTransaction | None


async def apply(
    connection: Connection, hold: Hold, checkout: Checkout, reading: Reading, now: dt.datetime
) -> HoldState:
    """
    Write down what *reading* says, post what is missing, and hand back the hold's state.

    The caller holds the lease of this gift. An amount, currency or reference other than ours, a
    refund or a dispute is set aside with an alarm: nothing is posted for it.
    """
    if reading.is_paid and reading.charge is not None:
        return await _paid(connection, hold, checkout, reading, reading.charge, now)
    if reading.status is SessionStatus.EXPIRED or reading.has_failed:
        if hold.state in (HoldState.PAID, HoldState.SETTLED):
            return hold.state
        await checkouts.done(connection, checkout)
        return await _move(connection, hold, HoldState.RELEASED)
    if reading.status is SessionStatus.COMPLETE and hold.state is HoldState.OPEN:
        return await _move(connection, hold, HoldState.PROMISED)
    return hold.state


async def _paid(
    connection: Connection,
    hold: Hold,
    checkout: Checkout,
    reading: Reading,
    charge: Charge,
    now: dt.datetime,
) -> HoldState:
    problem = _mismatch(hold, reading, charge)
    if problem is not None:
        await alarms.ring(connection, problem, charge.id, now)
        await checkouts.done(connection, checkout)
        return await _move(connection, hold, HoldState.PAID)
    await stripe_facts.keep_charge(connection, hold.id, charge)
    if hold.state is HoldState.SETTLED:
        await checkouts.done(connection, checkout)
        return hold.state
    person_id = await holds.giver_of(connection, hold.id)
    if person_id is not None:
        await outbox.enqueue(connection, "receipt", hold.id, person_id, now)
    if reading.settlement is None:
        return await _move(connection, hold, HoldState.PAID)
    await stripe_facts.keep_balance_transaction(connection, reading.settlement)
    await _post(connection, hold, reading.settlement, now)
    await checkouts.done(connection, checkout)
    return await _move(connection, hold, HoldState.SETTLED)


def _mismatch(hold: Hold, reading: Reading, charge: Charge) -> str | None:
    """The name of the alarm if this is not the payment that *hold* asked for, or not whole."""
    if reading.reference != hold.reference:
        return "payment_for_another_gift"
    if reading.amount != hold.amount or charge.amount != hold.amount:
        return "payment_of_another_amount"
    if charge.refunded_minor or charge.disputed:
        return "payment_refunded_or_disputed"
    settled = reading.settlement
    if settled is not None and settled.gross != hold.amount:
        return "payment_settled_in_another_amount"
    return None


async def _post(
    connection: Connection, hold: Hold, settlement: BalanceTransaction, now: dt.datetime
) -> None:
    """
    Credit the case with the gross and the organisation with the fee.

    The case's row is locked, so that what is missing cannot change while it is decided how much
    belongs to the plan and how much is more than it needs.
    """
    await case_rows.lock(connection, hold.case_id)
    room = await _room_for(connection, hold)
    to_plan = settlement.gross if settlement.gross <= room else room
    over = settlement.gross - to_plan
    legs = []
    if to_plan:
        legs.append(Leg(hold.case_id, "world", "fund", to_plan))
    if over:
        legs.append(Leg(hold.case_id, "world", "over_goal", over))
    await ledger.post(
        connection,
        Posting(
            "stripe",
            f"donation:{settlement.charge_id}",
            "donation",
            legs,
            _hash(settlement),
        ),
        now,
    )
    if settlement.fee:
        fee = Leg(ORGANISATION_BOOK, "own_means", "fees", settlement.fee)
        await ledger.post(
            connection,
            Posting("stripe", f"fee:{settlement.id}", "fee", [fee], _hash(settlement)),
            now,
        )
    if over:
        await alarms.ring(connection, "more_than_the_plan_needs", settlement.charge_id, now)


async def _room_for(connection: Connection, hold: Hold) -> Money:
    """How much of the need is left for this hold: what is missing, and what it reserved itself."""
    case = await case_rows.by_id(connection, hold.case_id)
    if case is None:
        raise LookupError(f"hold {hold.id} belongs to case {hold.case_id}, which does not exist")
    progress = (await progress_of(connection, (case,)))[case.id]
    room = progress.missing
    if hold.state in RESERVING:
        taken = progress.funded + progress.arriving + progress.promised + progress.held
        room = progress.need - (taken - hold.amount)
    return room if room.amount_minor > 0 else Money(0, room.currency)


async def _move(connection: Connection, hold: Hold, state: HoldState) -> HoldState:
    if hold.state is HoldState.SETTLED:
        return hold.state
    if hold.state is not state:
        await holds.set_state(connection, hold.id, state)
    return state


def _hash(settlement: BalanceTransaction) -> bytes:
    facts = [
        settlement.id,
        settlement.charge_id,
        settlement.gross.currency,
        settlement.gross.amount_minor,
        settlement.fee.amount_minor,
    ]
    return hashlib.sha256(json.dumps(facts).encode()).digest()

"""
What Stripe says of a gift becomes facts, transfers and a receipt, in one transaction.

State is derived from what was read, never from the order in which events came: the same reading
twice, or an old one after a new one, posts nothing new. Money facts win from any state, also from
a hold that was released: money that arrived is never dropped.
"""

import datetime as dt

from services import booking, strays, taking_back
from services.house import House
from services.postings import STRIPE, is_posted, name_of
from services.reading import Charge, Reading, SessionStatus
from storage import alarms, checkouts, holds, outbox, stripe_facts
from storage.checkouts import Checkout
from storage.database import Connection
from storage.holds import Hold, HoldState
from storage.stripe_facts import Transaction

__all__ = ["apply"]


async def apply(
    house: House,
    connection: Connection,
    hold: Hold,
    checkout: Checkout,
    reading: Reading,
    case_code: str,
) -> HoldState:
    """
    Write down what *reading* says, post what is missing, and hand back the hold's state.

    The caller holds the lease of this gift and the lock of its row. A payment that is not the one
    that was asked for goes into suspense with an alarm: it is not the plan's, and not lost.

    Args:
        case_code: Of the case that the hold is for.
    """
    if reading.is_paid and reading.charge is not None:
        return await _paid(house, connection, hold, checkout, reading, reading.charge, case_code)
    if reading.status is SessionStatus.EXPIRED or reading.has_failed:
        if hold.state in _PAID:
            return hold.state
        await checkouts.done(connection, checkout)
        return await _move(connection, hold, HoldState.RELEASED)
    if reading.status is SessionStatus.COMPLETE and hold.state is HoldState.OPEN:
        return await _move(connection, hold, HoldState.PROMISED)
    return hold.state


_PAID = (HoldState.PAID, HoldState.SETTLED, HoldState.SET_ASIDE)


async def _paid(
    house: House,
    connection: Connection,
    hold: Hold,
    checkout: Checkout,
    reading: Reading,
    charge: Charge,
    case_code: str,
) -> HoldState:
    now = house.clock()
    await stripe_facts.keep_charge(connection, hold.id, charge)
    settlement = reading.settlement
    problem = None if hold.state is HoldState.SETTLED else _mismatch(hold, reading, case_code)
    aside = problem is not None or await _is_in_suspense(connection, hold, settlement)
    was_stray = False
    if settlement is not None:
        was_stray = await strays.keep(connection, settlement)
        await checkouts.done(connection, checkout)
    if problem is not None:
        await alarms.ring(connection, problem, charge.id, now)
    if aside:
        if settlement is not None:
            await booking.set_aside(connection, settlement, now)
        await taking_back.of_set_aside(connection, reading, now)
        return await _move(connection, hold, HoldState.SET_ASIDE)
    if settlement is None:
        await _thank(connection, hold, now)
        return await _move(connection, hold, HoldState.PAID)
    hold = await _settle(house, connection, hold, settlement)
    if was_stray:
        await strays.take_back(connection, settlement, now)
    await taking_back.apply(house, connection, hold, reading)
    return hold.state


async def _settle(
    house: House, connection: Connection, hold: Hold, settlement: Transaction
) -> Hold:
    """The gift in the ledger: booked now, or before."""
    if hold.state is HoldState.SETTLED:
        return hold
    await _thank(connection, hold, house.clock())
    await booking.book(house, connection, hold, settlement)
    settled = await holds.by_id(connection, hold.id)
    if settled is None:
        raise LookupError(f"hold {hold.id} was settled and does not exist")
    return settled


async def _is_in_suspense(
    connection: Connection, hold: Hold, settlement: Transaction | None
) -> bool:
    """What was set aside stays so whatever is read later, else it would be booked twice."""
    if hold.state is not HoldState.SET_ASIDE or settlement is None:
        return False
    return await is_posted(connection, STRIPE, name_of("suspense", settlement.id))


def _mismatch(hold: Hold, reading: Reading, case_code: str) -> str | None:
    """The name of the alarm if this is not the payment that *hold* asked for."""
    if not reading.is_of_our_mode:
        return "payment_of_another_mode"
    if reading.reference != hold.reference:
        return "payment_for_another_gift"
    if reading.case_code != case_code:
        return "payment_for_another_case"
    charge, settled = reading.charge, reading.settlement
    if reading.amount != hold.charge or charge is None or charge.amount != hold.charge:
        return "payment_of_another_amount"
    if settled is None:
        return None
    if settled.gross.currency != hold.amount.currency or settled.gross.amount_minor <= 0:
        return "payment_settled_in_another_currency"
    if hold.charge.currency == hold.amount.currency and settled.gross != hold.charge:
        return "payment_settled_in_another_amount"
    return None


async def _thank(connection: Connection, hold: Hold, now: dt.datetime) -> None:
    person_id = await holds.giver_of(connection, hold.id)
    if person_id is not None:
        await outbox.enqueue(connection, "receipt", hold.id, person_id, now)


async def _move(connection: Connection, hold: Hold, state: HoldState) -> HoldState:
    if hold.state is HoldState.SETTLED:
        return hold.state
    if hold.state is not state:
        await holds.set_state(connection, hold.id, state)
    return state

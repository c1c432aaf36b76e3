"""
The payment page of a hold, from wanted to done: each step one short transaction.

The requests to Stripe lie between these steps and outside of every transaction; `payments` makes
them. Whatever dies in between, the next step finds in the tables what was meant.
"""

import datetime as dt
import secrets
from dataclasses import dataclass, replace

from services import giving, settling
from services.house import Connection, House
from services.landing import case_of
from services.reading import Reading
from storage import alarms, checkouts, holds, stripe_facts
from storage import cases as case_rows
from storage.checkouts import Checkout, CheckoutState
from storage.holds import Hold, HoldState

__all__ = ["Checkout", "CheckoutState", "Hold", "LeaseTaken", "Order"]

_LEASE_LASTS = dt.timedelta(seconds=30)
_LOOK_AGAIN = (20, 40, 60, 120, 300, 600)
"""Seconds until an unfinished payment page is read again, if no event comes first."""
_LOOK_OFTEN = (5,)
"""The same where no event can come."""


class LeaseTaken(Exception):
    """Another process is working on this gift at this moment; come again in a second."""


@dataclass(frozen=True, slots=True)
class Order:
    """A payment page that is wanted or exists, with what its request needs."""

    hold: Hold
    checkout: Checkout
    case_code: str
    is_invented: bool


async def order_of(house: House, hold_id: int) -> Order | None:
    """The newest attempt at a payment page for this hold, or None."""
    async with house.read() as connection:
        hold = await holds.by_id(connection, hold_id)
        checkout = await checkouts.newest(connection, hold_id)
        if hold is None or checkout is None:
            return None
        case = await case_rows.by_id(connection, hold.case_id)
        return None if case is None else Order(hold, checkout, case.code, case.invented)


async def hold_id_of(house: House, reference: str) -> int | None:
    """The id of the hold with this reference, or None."""
    async with house.read() as connection:
        hold = await holds.by_reference(connection, reference)
    return None if hold is None else hold.id


async def opened(house: House, order: Order, *, stripe_session_id: str, url: str) -> None:
    """The page exists. A gift that was paid before we heard of its page is left as it is."""
    async with house.write() as connection:
        if await _still_wanted(connection, order) is not None:
            await checkouts.opened(
                connection, order.checkout, stripe_session_id=stripe_session_id, url=url
            )


async def refused(house: House, order: Order, alarm: str | None) -> None:
    """
    Stripe refused to make the page, for certain: release the hold.

    Not if somebody else got the page meanwhile, or if an event said that it was used.

    Args:
        alarm: What the operator is told; None if there is nothing for her to do.
    """
    async with house.write() as connection:
        hold = await _still_wanted(connection, order)
        if hold is None or hold.state is not HoldState.OPEN:
            return
        await checkouts.done(connection, order.checkout)
        await holds.set_state(connection, hold.id, HoldState.RELEASED)
        if alarm is not None:
            await alarms.ring(connection, alarm, order.checkout.idempotency_key, house.clock())


async def another_attempt(house: House, order: Order) -> None:
    """The request failed under its key for good; want the page under a new one, once."""
    async with house.write() as connection:
        if await _still_wanted(connection, order) is None:
            return
        await checkouts.done(connection, order.checkout)
        await giving.want_checkout(
            connection, order.hold, attempt=order.checkout.attempt + 1, now=house.clock()
        )


async def was_taken_back(house: House, hold_id: int) -> bool:
    """Whether any refund or dispute of this gift is known."""
    async with house.read() as connection:
        return await stripe_facts.was_taken_back(connection, hold_id)


async def lease(house: House, hold_id: int) -> str:
    """
    Take the right to work on this gift for half a minute; hand back its token.

    Raises:
        LeaseTaken: somebody else has it.
    """
    token, now = secrets.token_hex(8), house.clock()
    async with house.write() as connection:
        if not await holds.take_lease(connection, hold_id, token, now, now + _LEASE_LASTS):
            raise LeaseTaken(LeaseTaken.__doc__)
    return token


async def give_lease_back(house: House, hold_id: int, token: str) -> None:
    """Let others work on this gift again."""
    async with house.write() as connection:
        await holds.give_lease_back(connection, hold_id, token)


async def write_down(house: House, hold_id: int, token: str, reading: Reading) -> HoldState:
    """
    Write down what Stripe says of this gift, and give the lease back.

    Raises:
        LeaseTaken: the lease ran out while Stripe was asked; the reading may be old and is dropped.
    """
    async with house.write() as connection:
        if not await holds.still_leased(connection, hold_id, token):
            raise LeaseTaken(LeaseTaken.__doc__)
        hold = await holds.by_id(connection, hold_id)
        checkout = await checkouts.newest(connection, hold_id)
        if hold is None or checkout is None:
            raise LookupError(f"hold {hold_id} was leased and has no checkout")
        case = await case_of(connection, hold.case_id)
        if checkout.stripe_session_id is None:
            await checkouts.found(connection, checkout, reading.session_id)
        state = await settling.apply(house, connection, hold, checkout, reading, case.code)
        if state is not hold.state:
            checkout = replace(checkout, looks=0)  # what comes next may come soon
        await _look_later(house, connection, checkout)
        await holds.give_lease_back(connection, hold_id, token)
    return state


async def postpone(house: House, hold_id: int, alarm: str | None = None) -> None:
    """
    Look at this gift later: it could not be read now.

    Args:
        alarm: What the operator is told; None if there is nothing for her to do.
    """
    now = house.clock()
    async with house.write() as connection:
        checkout = await checkouts.newest(connection, hold_id)
        if checkout is None:
            return
        await _look_later(house, connection, checkout)
        if alarm is not None:
            await alarms.ring(connection, alarm, checkout.idempotency_key, now)


async def due(house: House, limit: int = 20) -> list[int]:
    """The holds whose payment page should be looked at now."""
    async with house.read() as connection:
        return await checkouts.due(connection, house.clock(), limit)


async def look_at_all_soon(house: House) -> None:
    """Have every unfinished payment page looked at now: nobody knows what was missed meanwhile."""
    async with house.write() as connection:
        await checkouts.make_due(connection, house.clock())


async def _still_wanted(connection: Connection, order: Order) -> Hold | None:
    """The hold of *order*, its row locked, if exactly this attempt is still wanted; else None."""
    hold = await holds.locked(connection, order.hold.id)
    newest = await checkouts.newest(connection, order.hold.id)
    if newest is None or newest.attempt != order.checkout.attempt:
        return None
    return hold if newest.state is CheckoutState.WANTED else None


async def _look_later(house: House, connection: Connection, checkout: Checkout) -> None:
    waits = _LOOK_AGAIN if house.hears_events else _LOOK_OFTEN
    wait = dt.timedelta(seconds=waits[min(checkout.looks, len(waits) - 1)])
    await checkouts.look_later(connection, checkout, house.clock() + wait)

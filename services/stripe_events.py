"""Events of the payment provider: remembered once, with what became of each."""

import datetime as dt
from dataclasses import dataclass

from services.house import House
from storage import alarms, checkouts, holds, stripe_events, stripe_facts


@dataclass(frozen=True, slots=True)
class Event:
    """
    What is kept of an event, and what it points to. Its body is not kept.

    Attributes:
        object_id: Of what it tells.
        reference: The receipt reference it carries; None if it carries none.
        charge_id: The payment it is about, if it names one.
        session_id: The payment page it is about, if it names one.
    """

    id: str
    type: str
    object_id: str
    created_at: dt.datetime
    reference: str | None = None
    charge_id: str | None = None
    session_id: str | None = None


async def remember(house: House, event: Event, *, delivered: bool = True) -> bool:
    """
    Remember *event*; True if it is still to be dealt with.

    Args:
        delivered: It came by itself; else it was missed and asked for.
    """
    async with house.write() as connection:
        outcome = await stripe_events.remember(
            connection,
            event_id=event.id,
            event_type=event.type,
            object_id=event.object_id,
            created_at=event.created_at,
            now=house.clock(),
            delivered=delivered,
        )
    return outcome is None


async def hold_of(house: House, event: Event) -> int | None:
    """The hold that *event* is about; None if it is none of ours (the account may have others)."""
    async with house.read() as connection:
        if event.reference is not None:
            hold = await holds.by_reference(connection, event.reference)
            if hold is not None:
                return hold.id
        if event.session_id is not None:
            return await checkouts.hold_of_session(connection, event.session_id)
        if event.charge_id is not None:
            return await stripe_facts.hold_of_charge(connection, event.charge_id)
    return None


async def finish(house: House, event: Event, outcome: str, alarm: str | None = None) -> None:
    """
    Write down what became of *event*.

    Args:
        outcome: "handled", "ignored" (none of ours) or "set_aside" (the operator must look).
        alarm: What the operator is told; None if there is nothing for her to do.
    """
    async with house.write() as connection:
        await stripe_events.set_outcome(connection, event.id, outcome)
        if alarm is not None:
            await alarms.ring(connection, alarm, event.object_id, house.clock())

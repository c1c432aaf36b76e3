"""
News to followers: what wants to be told, when it begins, and who gets it.

A fact that followers want to hear of wants its broadcast in its own transaction. It rests for a
while, in which staff can look at it and stop it; then a durable job makes a delivery for each
follower and the senders begin (`services.delivering`).
"""

import datetime as dt

from services.house import House
from services.news_notices import FUNDED_AT
from storage import alarms, broadcasts, deliveries, jobs
from storage.broadcasts import BroadcastState, Kind
from storage.cases import Outcome
from storage.database import Connection

__all__ = ["Kind"]

MAKE_BROADCAST = "make_broadcast"
"""The job that makes the deliveries of a broadcast; its subject is the broadcast."""
_DIGEST_WEEKDAY, _DIGEST_HOUR = 0, 9  # Monday, UTC


async def want(
    house: House,
    connection: Connection,
    kind: Kind,
    case_id: int | None,
    subject_id: int = 0,
    *,
    public_from: dt.datetime | None = None,
) -> None:
    """
    Tell followers of this, once; what it is about is in `Kind`.

    Args:
        public_from: When it may be told; None: now.
    """
    now = house.clock()
    starts_at = (now if public_from is None else public_from) + house.terms.broadcast_after
    wanted = await broadcasts.want(
        connection, kind, case_id, subject_id, now=now, starts_at=starts_at
    )
    if wanted is not None and starts_at <= now:
        await jobs.enqueue(connection, MAKE_BROADCAST, wanted, key=f"{wanted}")


async def want_funded(house: House, connection: Connection, case_id: int, percent: int) -> None:
    """
    Tell how far the plan is funded, if it has come to a step since the last that was told.

    Where one gift takes several steps, the last alone is told.

    Args:
        percent: Of settled money.
    """
    reached = [step for step in FUNDED_AT if step <= percent]
    if not reached:
        return
    *passed, newest = reached
    now = house.clock()
    await want(house, connection, Kind.FUNDED, case_id, newest)
    for step in passed:
        await broadcasts.want(
            connection,
            Kind.FUNDED,
            case_id,
            step,
            now=now,
            starts_at=now,
            state=BroadcastState.CANCELLED,
        )


async def want_ended(house: House, connection: Connection, case_id: int, outcome: Outcome) -> None:
    """Tell that a plan is complete, or that it has ended."""
    kind = Kind.COMPLETE if outcome is Outcome.COMPLETE else Kind.ENDED
    await want(house, connection, kind, case_id)


async def want_digest(house: House) -> bool:
    """Tell those who hear once a week what the last one brought; whether it was not wanted yet."""
    now = house.clock()
    monday = (now - dt.timedelta(days=(now.weekday() - _DIGEST_WEEKDAY) % 7)).replace(
        hour=_DIGEST_HOUR, minute=0, second=0, microsecond=0
    )
    if monday > now:
        monday -= dt.timedelta(days=7)
    since = int((monday - dt.timedelta(days=7)).timestamp())
    async with house.write() as connection:
        wanted = await broadcasts.want(
            connection,
            Kind.DIGEST,
            None,
            since,
            now=now,
            starts_at=now + house.terms.broadcast_after,
        )
    return wanted is not None


async def make(house: House, broadcast_id: int) -> int | None:
    """Make the deliveries, if it is time; hand back how many, or None if it is not."""
    async with house.write() as connection:
        return await broadcasts.make(connection, broadcast_id, house.clock())


async def start_due(house: House) -> int:
    """Let everything begin that has rested long enough; hand back how many."""
    async with house.read() as connection:
        due = await broadcasts.due_to_start(connection, house.clock())
    return sum([await make(house, each.id) is not None for each in due])


async def finish(house: House) -> int:
    """End what is all told, and ring an alarm for what is left of it; hand back how many ended."""
    now = house.clock()
    async with house.write() as connection:
        ended = await broadcasts.finish(connection, now)
        unsure = await deliveries.count_uncertain(connection, now, ended)
        for broadcast_id in ended:
            states = await broadcasts.states(connection, broadcast_id)
            if unsure.get(broadcast_id):
                await alarms.ring(connection, "deliveries_uncertain", f"{broadcast_id}", now)
            if states.get(broadcasts.DeliveryState.DEAD):
                await alarms.ring(connection, "deliveries_dead", f"{broadcast_id}", now)
    return len(ended)

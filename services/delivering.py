"""
Deliveries in the hand of a sender: taken, allowed to go out, and what became of each.

The functions take several at a time, because each is one transaction. The right to send is asked
for in the transaction that takes a turn of the common pace, right before the message goes out.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from services import pacing
from services.house import House
from storage import alarms, broadcasts, deliveries, people, send_rate
from storage.broadcasts import DeliveryState, Kind
from storage.database import Connection
from storage.deliveries import Delivery, Hearer
from storage.followers import Pace, Quiet

__all__ = ["Delivery", "DeliveryState", "Hearer", "Kind"]

ATTEMPTS_ALLOWED = 8
CLAIM_LASTS = dt.timedelta(seconds=20)
"""What a dead sender had in hand is taken up by others after that time."""
_ON_ITS_WAY = dt.timedelta(seconds=60)
"""Longer than a request with a picture may take."""
_LONGEST_WAIT_S = 600


@dataclass(frozen=True, slots=True)
class Arrived:
    """It stands in the chat as this message."""

    mine: Delivery
    message_id: int
    has_picture: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """
    It was certainly refused.

    Attributes:
        reason: A fixed word or an error's class; never a text of Telegram's.
        is_gone: The chat takes nothing any more.
    """

    mine: Delivery
    reason: str
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class ToldToWait:
    """The whole bot was told to wait so long."""

    mine: Delivery
    wait_s: float


@dataclass(frozen=True, slots=True)
class LostSight:
    """Nobody answered: it may have arrived or not."""

    mine: Delivery


@dataclass(frozen=True, slots=True)
class NotNow:
    """It never went out: *state* says what it is from now on, `PENDING` that it is due later."""

    mine: Delivery
    state: DeliveryState
    reason: str | None = None
    due_at: dt.datetime | None = None


Outcome = Arrived | Refused | ToldToWait | LostSight | NotNow


async def claim(house: House, most: int) -> list[Delivery]:
    """Take about *most* due deliveries in hand; others do not get them for a while."""
    async with house.read() as connection:
        if not await broadcasts.any_runs(connection):
            return []
    now = house.clock()
    async with house.write() as connection:
        return await deliveries.claim(connection, now, now + CLAIM_LASTS, most)


async def hearers(house: House, mine: Sequence[Delivery]) -> list[Hearer | None]:
    """For each of *mine* whom it is for, as they are now; None: nobody, or gone."""
    async with house.read() as connection:
        found = await deliveries.hearers(
            connection, house.seal, sorted({each.person_id for each in mine})
        )
    return [found.get(each.person_id) for each in mine]


def unwanted(hearer: Hearer, mine: Delivery, now: dt.datetime) -> NotNow | None:
    """Why it is not to be told to *hearer* now; None: it is."""
    if hearer.pace is Pace.WEEKLY and mine.kind not in broadcasts.AT_ONCE_TO_ALL:
        return NotNow(mine, DeliveryState.HELD)
    until = None if hearer.quiet is None else quiet_until(hearer.quiet, now)
    return None if until is None else NotNow(mine, DeliveryState.PENDING, due_at=until)


def quiet_until(quiet: Quiet, now: dt.datetime) -> dt.datetime | None:
    """When the quiet hours that *now* lies in are over; None if it lies in none."""
    here = now + dt.timedelta(minutes=quiet.offset_minutes)
    minute = here.hour * 60 + here.minute
    if quiet.from_minute < quiet.until_minute:
        is_quiet = quiet.from_minute <= minute < quiet.until_minute
    else:
        is_quiet = minute >= quiet.from_minute or minute < quiet.until_minute
    if not is_quiet:
        return None
    rest = dt.timedelta(minutes=(quiet.until_minute - minute) % (24 * 60))
    return (now + rest).replace(second=0, microsecond=0)


async def let_out(house: House, mine: Sequence[Delivery]) -> set[int] | float:
    """
    Take a turn of the common pace for each of *mine*, and let them be on their way.

    Returns:
        The ids of those that are to be sent now, at once. The others are given back: stopped,
        paused, or the chat was written to a moment ago. Or, if it is not time: how many seconds
        it is until the next turn.
    """
    now = house.clock()
    async with house.write() as connection:
        wait_s = await send_rate.take(connection, pacing.BOT, pacing.every_s(house), len(mine))
        if wait_s:
            return wait_s
        begun = await deliveries.begin(connection, mine, now, now + _ON_ITS_WAY)
        kept_back = [each for each in mine if each.id not in begun]
        if kept_back:
            await deliveries.give_back(connection, kept_back, now + deliveries.BETWEEN_TWO)
    return begun


async def note(house: House, outcomes: Sequence[Outcome]) -> None:
    """Write down what became of deliveries."""
    now = house.clock()
    arrived = [each for each in outcomes if isinstance(each, Arrived)]
    async with house.write() as connection:
        if arrived:
            messages = [(each.mine, each.message_id, each.has_picture) for each in arrived]
            await deliveries.sent(connection, house.seal, messages, now)
        for each in arrived:
            await _digest_ended(connection, each.mine, DeliveryState.SENT, now)
        for outcome in outcomes:
            if not isinstance(outcome, Arrived):
                await _note(connection, outcome, now)


async def give_back(house: House, mine: Sequence[Delivery]) -> None:
    """Let others have what this sender will not come to."""
    if mine:
        async with house.write() as connection:
            await deliveries.give_back(connection, mine, house.clock())


async def _note(
    connection: Connection,
    outcome: Refused | ToldToWait | LostSight | NotNow,
    now: dt.datetime,
) -> None:
    mine = outcome.mine
    match outcome:
        case ToldToWait(_, wait_s):
            await send_rate.push(connection, pacing.BOT, wait_s)
            due_at = now + dt.timedelta(seconds=wait_s)
            await deliveries.asked_to_wait(connection, mine, due_at)
        case LostSight():
            await deliveries.lost_sight(connection, mine, now)
        case Refused(_, reason, is_gone):
            await _refused(connection, mine, reason, now, is_gone=is_gone)
        case NotNow(_, state, reason, later):
            if later is not None:
                await deliveries.give_back(connection, [mine], later)
            else:
                await deliveries.settle(connection, mine, state, reason)
                await _digest_ended(connection, mine, state, now)


async def _refused(
    connection: Connection, mine: Delivery, reason: str, now: dt.datetime, *, is_gone: bool
) -> None:
    if is_gone:
        await people.set_gone(connection, mine.person_id, gone=True)
        await deliveries.ended(connection, mine, DeliveryState.GONE, reason)
    elif mine.attempts + 1 >= ATTEMPTS_ALLOWED:
        await deliveries.ended(connection, mine, DeliveryState.DEAD, reason)
        await alarms.ring(connection, "deliveries_dead", f"{mine.broadcast_id}", now)
    else:
        wait = dt.timedelta(seconds=min(2 ** (mine.attempts + 1), _LONGEST_WAIT_S))
        await deliveries.again(connection, mine, now + wait, reason)


async def _digest_ended(
    connection: Connection, mine: Delivery, state: DeliveryState, now: dt.datetime
) -> None:
    if mine.kind is Kind.DIGEST and state in (DeliveryState.SENT, DeliveryState.UNSAID):
        await deliveries.end_held(connection, mine.person_id, now, state)

"""
What staff see of broadcasts, and what they do with them; alike for the desk and the command line.

Anybody of the staff may stop what is being sent; to let it go on, to take it back and to send again
is for those who answer for what is told.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.house import House
from services.permits import Act, NotAllowed
from services.staff_acts import Unknown, permitted, wrote
from storage import broadcasts, deliveries, jobs, people, updates
from storage import cases as case_rows
from storage import staff as staff_rows
from storage.broadcasts import Broadcast, BroadcastState, DeliveryState, Kind
from storage.database import Connection
from storage.deliveries import SentMessage, Uncertain

__all__ = [
    "Broadcast",
    "BroadcastState",
    "DeliveryState",
    "Kind",
    "NotAllowed",
    "SentMessage",
    "Uncertain",
    "Unknown",
]

RETRACT = "retract_broadcast"
"""The job that edits away the messages of a broadcast; its subject is the broadcast."""
_LISTED = 30


@dataclass(frozen=True, slots=True)
class NotNow:
    """
    It cannot be done with a broadcast in this state.

    Attributes:
        state: Which state it is in.
    """

    state: BroadcastState


@dataclass(frozen=True, slots=True)
class Seen:
    """
    A broadcast as staff see it.

    Attributes:
        case_code: None for a digest.
        languages: How many would be told now, by the language they chose (None: none); empty once
            the deliveries are made.
        untranslated: Of these languages, those in which the note of an update is not written.
        states: How many deliveries are in which state; empty before they are made.
        uncertain: Of those on their way, how many may have arrived or not.
        opened: How many have opened it.
        takes: How long what waits will take at the pace that is set, if nobody slows it down.
    """

    broadcast: Broadcast
    case_code: str | None
    languages: Mapping[str | None, int]
    untranslated: tuple[str, ...]
    states: Mapping[DeliveryState, int]
    uncertain: int
    opened: int
    takes: dt.timedelta = field(default_factory=dt.timedelta)


async def listed(house: House) -> list[Seen]:
    """The last broadcasts, newest first."""
    async with house.read() as connection:
        found = await broadcasts.newest(connection, _LISTED)
        return [await _seen(house, connection, each) for each in found]


async def show(house: House, broadcast_id: int) -> Seen | Unknown:
    """All there is to see of one broadcast."""
    async with house.read() as connection:
        found = await broadcasts.by_id(connection, broadcast_id)
        return _unknown(broadcast_id) if found is None else await _seen(house, connection, found)


async def uncertain(house: House, broadcast_id: int) -> list[Uncertain] | Unknown:
    """The deliveries of which nobody knows whether they arrived, oldest first."""
    async with house.read() as connection:
        if await broadcasts.by_id(connection, broadcast_id) is None:
            return _unknown(broadcast_id)
        return await deliveries.uncertain(connection, broadcast_id, house.clock())


async def pause(
    house: House, broadcast_id: int, *, by: str
) -> Broadcast | NotNow | Unknown | NotAllowed:
    """Send nothing more of it, until it is let go on."""
    allowed = (BroadcastState.WANTED, BroadcastState.RUNNING)
    return await _move(house, broadcast_id, by, Act.STOP_NEWS, allowed, BroadcastState.PAUSED)


async def go_on(
    house: House, broadcast_id: int, *, by: str
) -> Broadcast | NotNow | Unknown | NotAllowed:
    """Let what was paused go on where it stood."""
    async with house.read() as connection:
        found = await broadcasts.by_id(connection, broadcast_id)
    is_made = found is not None and found.made_at is not None
    then = BroadcastState.RUNNING if is_made else BroadcastState.WANTED
    allowed = (BroadcastState.PAUSED,)
    return await _move(house, broadcast_id, by, Act.DIRECT_NEWS, allowed, then)


async def cancel(
    house: House, broadcast_id: int, *, by: str
) -> Broadcast | NotNow | Unknown | NotAllowed:
    """Send nothing more of it, for good. What was sent stays."""
    allowed = (BroadcastState.WANTED, BroadcastState.PAUSED, BroadcastState.RUNNING)
    return await _move(house, broadcast_id, by, Act.DIRECT_NEWS, allowed, BroadcastState.CANCELLED)


async def retract(
    house: House, broadcast_id: int, *, by: str
) -> Broadcast | NotNow | Unknown | NotAllowed:
    """Drop what was not sent, and edit away what was, as fast as Telegram allows."""
    async with house.write() as connection:
        staff_id = await permitted(connection, by, Act.DIRECT_NEWS)
        found = await broadcasts.lock(connection, broadcast_id)
        if not isinstance(staff_id, int):
            return staff_id
        if found is None:
            return _unknown(broadcast_id)
        await broadcasts.set_state(connection, broadcast_id, BroadcastState.CANCELLED)
        await deliveries.drop_waiting(connection, broadcast_id)
        await jobs.enqueue(connection, RETRACT, broadcast_id, key=_now_and_then(house, found))
        await _wrote(house, connection, by, "news.retracted", found)
        return await broadcasts.by_id(connection, broadcast_id) or found


async def resend(
    house: House, broadcast_id: int, *, by: str, ids: Sequence[int] | None = None
) -> int | NotNow | Unknown | NotAllowed:
    """
    Send again what may have arrived or not, or what was given up; hand back how many.

    Args:
        ids: Which deliveries; None: all that are uncertain.
    """
    async with house.write() as connection:
        staff_id = await permitted(connection, by, Act.DIRECT_NEWS)
        found = await broadcasts.lock(connection, broadcast_id)
        if not isinstance(staff_id, int):
            return staff_id
        if found is None:
            return _unknown(broadcast_id)
        if found.state not in (BroadcastState.RUNNING, BroadcastState.DONE):
            return NotNow(found.state)
        again = await deliveries.resend(connection, broadcast_id, house.clock(), ids)
        if again:
            await broadcasts.set_state(connection, broadcast_id, BroadcastState.RUNNING)
            await _wrote(house, connection, by, "news.sent_again", found)
        return again


async def refused(house: House, by: str) -> Unknown | NotAllowed | None:
    """Why *by* may not look at what is to be told; None if they may."""
    async with house.read() as connection:
        staff_id = await permitted(connection, by, Act.STOP_NEWS)
    return None if isinstance(staff_id, int) else staff_id


async def chat_of_member(house: House, by: str) -> tuple[int, str | None] | Unknown | NotAllowed:
    """The chat of a member of staff, and the language they chose there; for a rehearsal."""
    async with house.read() as connection:
        staff_id = await permitted(connection, by, Act.STOP_NEWS)
        if not isinstance(staff_id, int):
            return staff_id
        chat_id = await staff_rows.chat_of(connection, house.seal, staff_id)
        if chat_id is None:
            return Unknown("chat of staff", by)
        person = await people.find(connection, house.seal, chat_id)
    return chat_id, None if person is None else person.locale


async def to_edit_away(
    house: House, broadcast_id: int, most: int
) -> list[tuple[SentMessage, int, str]]:
    """Messages that stand in chats, each with its chat and the language read there now."""
    async with house.read() as connection:
        found = []
        for message in await deliveries.standing(connection, house.seal, broadcast_id, most):
            chat_id = await people.chat_of(connection, house.seal, message.person_id)
            person = await people.by_id(connection, message.person_id)
            if chat_id is not None and person is not None:
                found.append((message, chat_id, person.locale or "en"))
        return found


async def edited_away(house: House, became: Mapping[int, bool]) -> None:
    """What became of messages, by delivery; see `deliveries.retracted`."""
    async with house.write() as connection:
        await deliveries.retracted(connection, became)


async def may_still_arrive(house: House, broadcast_id: int) -> bool:
    """Whether a message of it is on its way."""
    async with house.read() as connection:
        return await deliveries.on_their_way(connection, broadcast_id, house.clock())


async def opened(house: House, person_id: int, case_id: int) -> None:
    """The person has opened what she was told of this case."""
    async with house.write() as connection:
        await deliveries.open_all(connection, person_id, case_id)


async def _move(
    house: House,
    broadcast_id: int,
    by: str,
    act: Act,
    allowed: Sequence[BroadcastState],
    state: BroadcastState,
) -> Broadcast | NotNow | Unknown | NotAllowed:
    async with house.write() as connection:
        staff_id = await permitted(connection, by, act)
        found = await broadcasts.lock(connection, broadcast_id)
        if not isinstance(staff_id, int):
            return staff_id
        if found is None:
            return _unknown(broadcast_id)
        if found.state not in allowed:
            return NotNow(found.state)
        await broadcasts.set_state(connection, broadcast_id, state)
        await _wrote(house, connection, by, f"news.{state}", found)
        return await broadcasts.by_id(connection, broadcast_id) or found


async def _seen(house: House, connection: Connection, found: Broadcast) -> Seen:
    case = None if found.case_id is None else await case_rows.by_id(connection, found.case_id)
    states = await broadcasts.states(connection, found.id)
    languages: Mapping[str | None, int] = {}
    if found.made_at is None:
        languages = await broadcasts.languages(connection, found.kind, found.case_id)
    waiting = sum(languages.values()) + states.get(DeliveryState.PENDING, 0)
    unsure = await deliveries.count_uncertain(connection, house.clock(), [found.id])
    return Seen(
        broadcast=found,
        case_code=None if case is None else case.code,
        languages=languages,
        untranslated=await _untranslated(house, connection, found),
        states=states,
        uncertain=unsure.get(found.id, 0),
        opened=await broadcasts.opened(connection, found.id),
        takes=dt.timedelta(seconds=round(waiting / house.terms.broadcast_rate)),
    )


async def _untranslated(house: House, connection: Connection, found: Broadcast) -> tuple[str, ...]:
    if found.kind is not Kind.UPDATE:
        return ()
    update = await updates.by_id(connection, house.seal, found.subject_id)
    if update is None or not update.notes:
        return ()
    read = await broadcasts.languages(connection, found.kind, found.case_id)
    return tuple(sorted({locale or "en" for locale in read} - update.notes.keys()))


async def _wrote(house: House, connection: Connection, by: str, act: str, found: Broadcast) -> None:
    case = None if found.case_id is None else await case_rows.by_id(connection, found.case_id)
    await wrote(house, connection, by, act, case, found.id, "broadcast")


def _now_and_then(house: House, found: Broadcast) -> str:
    """A key for each time it is asked for: more may have been sent since the last."""
    return f"{found.id}:{house.clock().timestamp():.0f}"


def _unknown(broadcast_id: int) -> Unknown:
    return Unknown("broadcast", str(broadcast_id))

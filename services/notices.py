"""Messages that nobody asked for: claimed for sending, and what became of each."""

import datetime as dt
from dataclasses import dataclass

from services.house import House, Person
from services.receipts import Receipt, receipt_of_hold
from storage import alarms, outbox, people
from storage.outbox import Message

__all__ = ["ATTEMPTS_ALLOWED", "Message", "Notice", "again", "claim", "give_up", "prepare", "sent"]

ATTEMPTS_ALLOWED = 8
_CLAIM_LASTS = dt.timedelta(seconds=60)
_LONGEST_WAIT_S = 600


@dataclass(frozen=True, slots=True)
class Notice:
    """
    A message ready to be worded.

    Attributes:
        receipt: The fact it tells, as it is now.
    """

    message: Message
    person: Person
    chat_id: int
    receipt: Receipt


async def claim(house: House, limit: int = 10) -> list[Message]:
    """Take messages that are due; another process does not get them for a minute."""
    now = house.clock()
    async with house.write() as connection:
        return await outbox.claim(connection, now, now + _CLAIM_LASTS, limit)


async def prepare(house: House, message: Message) -> Notice | None:
    """Read what *message* tells and to whom; None if that is gone or the chat refuses us."""
    async with house.read() as connection:
        person = await people.by_id(connection, message.person_id)
        chat_id = await people.chat_of(connection, house.seal, message.person_id)
        receipt = await receipt_of_hold(
            connection, house.shelf, "bot", house.clock(), message.subject_id
        )
    if person is None or chat_id is None or receipt is None or person.gone:
        return None
    return Notice(message, person, chat_id, receipt)


async def sent(house: House, message: Message) -> None:
    """The message arrived."""
    async with house.write() as connection:
        await outbox.sent(connection, message.id)


async def give_up(house: House, message: Message, reason: str) -> None:
    """The message can never be delivered."""
    async with house.write() as connection:
        await outbox.dead(connection, message.id, reason)


async def again(house: House, message: Message, reason: str, wait_s: float | None = None) -> None:
    """
    The message was not delivered: try again later, or give it up with an alarm after many times.

    Args:
        reason: A fixed word or an error's class; never a text of Telegram's.
        wait_s: How long Telegram asks us to wait; None to double the time with each attempt.
    """
    now = house.clock()
    if wait_s is None:
        wait_s = min(2**message.attempts, _LONGEST_WAIT_S)
    async with house.write() as connection:
        if message.attempts >= ATTEMPTS_ALLOWED:
            await outbox.dead(connection, message.id, reason)
            await alarms.ring(connection, "message_undeliverable", str(message.id), now)
        else:
            await outbox.again(connection, message.id, now + dt.timedelta(seconds=wait_s), reason)

"""Messages that nobody asked for: claimed for sending, and what became of each."""

import datetime as dt
from dataclasses import dataclass

from services.house import House, Person
from services.receipts import Asked, Receipt, receipt_of_hold
from storage import alarms, holds, ledger, outbox, people, refund_orders, surplus
from storage.database import Connection
from storage.outbox import Message
from storage.refund_orders import RefundOrder, RefundState
from values.money import Money

__all__ = [
    "ATTEMPTS_ALLOWED",
    "Asked",
    "Message",
    "MovedOn",
    "Notice",
    "RefundOrder",
    "RefundState",
    "Unsaid",
    "again",
    "claim",
    "give_up",
    "prepare",
    "sent",
]

ATTEMPTS_ALLOWED = 8
_CLAIM_LASTS = dt.timedelta(seconds=60)
_LONGEST_WAIT_S = 600


@dataclass(frozen=True, slots=True)
class MovedOn:
    """So much of a gift moved from one plan to another."""

    amount: Money
    from_case_id: int
    to_case_id: int


Fact = Asked | MovedOn | RefundOrder | None
"""What a notice tells beside the gift: a question, a move, money that goes back; or nothing."""


@dataclass(frozen=True, slots=True)
class Notice:
    """
    A message ready to be worded.

    Attributes:
        receipt: The gift it is about, as it is now.
        fact: What it tells of it; None for the receipt itself.
    """

    message: Message
    person: Person
    chat_id: int
    receipt: Receipt
    fact: Fact = None


@dataclass(frozen=True, slots=True)
class Unsaid:
    """
    Nothing is to be said.

    Attributes:
        reason: A fixed word: `nobody_to_tell`, or `nothing_to_tell` where it is no longer so.
    """

    reason: str


async def claim(house: House, limit: int = 10) -> list[Message]:
    """Take messages that are due; another process does not get them for a minute."""
    now = house.clock()
    async with house.write() as connection:
        return await outbox.claim(connection, now, now + _CLAIM_LASTS, limit)


async def prepare(house: House, message: Message) -> Notice | Unsaid:
    """Read what *message* tells and to whom, as it is now."""
    async with house.read() as connection:
        person = await people.by_id(connection, message.person_id)
        chat_id = await people.chat_of(connection, house.seal, message.person_id)
        if person is None or chat_id is None or person.gone:
            return Unsaid("nobody_to_tell")
        hold_id, fact = await _subject(connection, message)
        receipt = None
        if hold_id is not None:
            receipt = await receipt_of_hold(connection, house.shelf, "bot", house.clock(), hold_id)
    if receipt is not None and message.kind == "question":
        fact = next((one for one in receipt.questions if one.id == message.subject_id), None)
    if receipt is None or (fact is None and message.kind != "receipt"):
        return Unsaid("nothing_to_tell")
    return Notice(message, person, chat_id, receipt, fact)


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

    Where Telegram asks to wait, that is no fault of the message, and does not count.

    Args:
        reason: A fixed word or an error's class; never a text of Telegram's.
        wait_s: How long Telegram asks us to wait; None to double the time with each attempt.
    """
    now = house.clock()
    async with house.write() as connection:
        if wait_s is not None:
            due_at = now + dt.timedelta(seconds=wait_s)
            await outbox.asked_to_wait(connection, message.id, due_at, reason)
        elif message.attempts >= ATTEMPTS_ALLOWED:
            await outbox.dead(connection, message.id, reason)
            await alarms.ring(connection, "message_undeliverable", str(message.id), now)
        else:
            pause_s = min(2**message.attempts, _LONGEST_WAIT_S)
            await outbox.again(connection, message.id, now + dt.timedelta(seconds=pause_s), reason)


async def _subject(connection: Connection, message: Message) -> tuple[int | None, Fact]:
    """The hold that *message* is about, and what it tells; no hold if it is no longer so."""
    match message.kind:
        case "question":
            question = await surplus.question(connection, message.subject_id)
            return (None if question is None else question.hold_id), None
        case "moved":
            return await _move(connection, message.subject_id)
        case "refund" | "refund_failed":
            order = await refund_orders.by_id(connection, message.subject_id)
            state = RefundState.GONE if message.kind == "refund" else RefundState.FAILED
            if order is None or order.state is not state:
                return None, None
            return order.hold_id, order
        case _:
            return message.subject_id, None


async def _move(connection: Connection, posting_id: int) -> tuple[int | None, Fact]:
    """What the two legs of a re-earmark say: out of one plan, into another."""
    legs = await ledger.legs_of(connection, posting_id)
    left = next((leg for leg in legs if leg.credit == "moved_out"), None)
    arrived = next((leg for leg in legs if leg.debit == "moved_in"), None)
    if left is None or arrived is None or left.donation_id is None:
        return None, None
    hold = await holds.by_donation(connection, left.donation_id)
    moved = MovedOn(left.amount, left.book_id, arrived.book_id)
    return (None if hold is None else hold.id), moved

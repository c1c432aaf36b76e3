"""
Money that a plan does not need belongs to its donor: to another person's plan, or back.

A consent given before paying is applied at once; else the donor is asked, and without an answer it
goes back when the time is over. It is never pooled.
"""

import hashlib
from dataclasses import dataclass

from services import refunds
from services.house import DatabaseUnavailable, House
from services.landing import landing
from services.postings import HOUSE, digest
from services.refunds import NoRefund, RefundReason
from services.shares import Share, standing_of
from services.surplus_questions import ask
from storage import alarms, holds, ledger, outbox, surplus
from storage import cases as case_rows
from storage.database import Connection
from storage.holds import Hold
from storage.refund_orders import RefundOrder
from storage.surplus import Choice, Consent, Question, Why
from values.money import Money

__all__ = ["Choice", "Question", "Why"]


@dataclass(frozen=True, slots=True)
class Wish:
    """
    What a donor says shall become of money that is left.

    Attributes:
        to_case_code: Where it shall move to; None: back.
        locale: The language of the words.
        text_sha256: Of the exact words the donor saw (`digest_of_words`).
    """

    to_case_code: str | None
    locale: str
    text_sha256: bytes


@dataclass(frozen=True, slots=True)
class Moved:
    """So much went to the other plan; what it had no room for is still to be decided."""

    amount: Money
    left: Money


@dataclass(frozen=True, slots=True)
class GoesBack:
    """It is on its way back."""

    order: RefundOrder


@dataclass(frozen=True, slots=True)
class NoRoom:
    """The other plan takes nothing at the moment: it is full, has ended, or is the same one."""


@dataclass(frozen=True, slots=True)
class NotAsked:
    """There is no open question: it was answered, or its time is over."""


Answer = Moved | GoesBack | NoRoom | NotAsked | NoRefund


def digest_of_words(words: str) -> bytes:
    """The digest of the words that a donor saw and agreed to."""
    return hashlib.sha256(words.encode()).digest()


async def consent(
    house: House, connection: Connection, hold_id: int, wish: Wish, *, before_paying: bool
) -> Consent | None:
    """Write *wish* down; None if the plan it names is not there."""
    to_case = None
    if wish.to_case_code is not None:
        to_case = await case_rows.by_code(connection, wish.to_case_code)
        if to_case is None:
            return None
    return await surplus.add_consent(
        connection,
        hold_id=hold_id,
        choice=Choice.REFUND if to_case is None else Choice.MOVE,
        to_case_id=None if to_case is None else to_case.id,
        before_paying=before_paying,
        locale=wish.locale,
        text_sha256=wish.text_sha256,
        now=house.clock(),
    )


async def agreed_case(connection: Connection, hold_id: int) -> int | None:
    """Where the donor agreed before paying that this gift may move to; None if nowhere."""
    agreed = await surplus.consent_before_paying(connection, hold_id)
    return None if agreed is None else agreed.to_case_id


async def arrived(house: House, connection: Connection, hold_id: int) -> None:
    """A gift, or a part of it, came over the goal of its plan: as its donor agreed, or ask."""
    hold = await _locked(connection, hold_id)
    agreed = await surplus.consent_before_paying(connection, hold.id)
    if agreed is not None and agreed.to_case_id is not None:
        await _move(house, connection, hold, hold.case_id, agreed)
    left = await over_goal_of(connection, hold, hold.case_id)
    if not left:
        return
    if agreed is not None and agreed.choice is Choice.REFUND:
        done = await _refund(house, connection, hold, hold.case_id, RefundReason.OVER_GOAL)
        if isinstance(done, RefundOrder):
            return
    await ask(house, connection, hold, hold.case_id, Why.OVER_GOAL)


async def answer(house: House, connection: Connection, question_id: int, wish: Wish) -> Answer:
    """
    Do with what is left as its donor wishes.

    The caller has made sure that it is the donor who asks: by the chat, or by the receipt's
    reference.
    """
    question = await surplus.question(connection, question_id, locked=True)
    if question is None:
        return NotAsked()
    hold = await _locked(connection, question.hold_id)
    # All at once: nothing changes meanwhile, and two that move crosswise do not deadlock.
    to_case_id = await _named(connection, wish)
    await refunds.lock_gift(connection, hold, to_case_id)
    if not await over_goal_of(connection, hold, question.case_id):
        await surplus.close(connection, question.id, house.clock())
        return NotAsked()
    if wish.to_case_code is None:
        done = await _refund(house, connection, hold, question.case_id, _reason(question))
        if not isinstance(done, RefundOrder):
            return done
        await consent(house, connection, hold.id, wish, before_paying=False)
        await surplus.close(connection, question.id, house.clock())
        return GoesBack(done)
    if not await _room_in(connection, to_case_id, hold, question.case_id):
        return NoRoom()
    agreed = await consent(house, connection, hold.id, wish, before_paying=False)
    if agreed is None:
        return NoRoom()
    moved = await _move(house, connection, hold, question.case_id, agreed)
    left = await over_goal_of(connection, hold, question.case_id)
    if not left:
        await surplus.close(connection, question.id, house.clock())
    return Moved(moved, left)


async def answer_about(
    house: House, connection: Connection, hold_id: int, question_id: int, wish: Wish
) -> Answer:
    """
    Answer a question, if it is open and about this gift.

    It is named, so that the same answer twice never answers the next question as well.
    """
    open_ones = await surplus.questions_of(connection, hold_id)
    if question_id not in [question.id for question in open_ones]:
        return NotAsked()
    return await answer(house, connection, question_id, wish)


async def answer_by_receipt(
    house: House, connection: Connection, reference: str, question_id: int, wish: Wish
) -> Answer:
    """Whoever has the receipt answers for a gift made on the page; in the chat only its giver."""
    hold = await holds.by_reference(connection, reference)
    if hold is None or hold.origin != "web":
        return NotAsked()
    return await answer_about(house, connection, hold.id, question_id, wish)


async def lapse(house: House, limit: int = 500) -> int:
    """Send back what nobody answered for in time; hand back how many questions that closed."""
    async with house.read() as connection:
        due = await surplus.lapsed(connection, house.clock(), limit)
    lapsed = 0
    for question in due:
        try:
            async with house.write() as connection:
                await _lapse(house, connection, question.id)
            lapsed += 1
        except DatabaseUnavailable:
            raise
        except Exception as error:
            # The oldest come first: one that always fails would hold up all others.
            subject = f"{question.id} {type(error).__name__}"
            async with house.write() as connection:
                await alarms.ring(connection, "surplus_cannot_lapse", subject, house.clock())
    return lapsed


async def lapse_all(house: House) -> None:
    """Send back everything that nobody answered for in time."""
    while await lapse(house):
        pass


async def over_goal_of(connection: Connection, hold: Hold, case_id: int) -> Money:
    """What of this gift stands over the goal of the case."""
    standing = await standing_of(connection, hold)
    return standing.get((case_id, "over_goal"), Money(0, hold.amount.currency))


async def _lapse(house: House, connection: Connection, question_id: int) -> None:
    question = await surplus.question(connection, question_id, locked=True)
    if question is None:
        return
    hold = await _locked(connection, question.hold_id)
    done = await _refund(house, connection, hold, question.case_id, _reason(question))
    if not isinstance(done, RefundOrder) and await over_goal_of(connection, hold, question.case_id):
        await alarms.ring(connection, "surplus_cannot_go_back", str(hold.id), house.clock())
    await surplus.close(connection, question.id, house.clock())


def _reason(question: Question) -> RefundReason:
    return RefundReason.OVER_GOAL if question.why is Why.OVER_GOAL else RefundReason.ENDED


async def _refund(
    house: House, connection: Connection, hold: Hold, case_id: int, reason: RefundReason
) -> RefundOrder | NoRefund:
    """Send back what stands over the goal of the case; with all of the gift also its cover."""
    await refunds.lock_gift(connection, hold)
    standing = await standing_of(connection, hold)
    back = [
        Share(book, kind, has)
        for (book, kind), has in standing.items()
        if (book, kind) == (case_id, "over_goal")
    ]
    others = [kind for place, kind in standing if (place, kind) != (case_id, "over_goal")]
    if back and "fund" not in others and "over_goal" not in others:
        back += [
            Share(book, kind, has) for (book, kind), has in standing.items() if kind == "covered"
        ]
    return await refunds.decide(house, connection, hold, back, reason)


async def _named(connection: Connection, wish: Wish) -> int | None:
    """The plan that *wish* names, if there is one."""
    if wish.to_case_code is None:
        return None
    to_case = await case_rows.by_code(connection, wish.to_case_code)
    return None if to_case is None else to_case.id


async def _room_in(
    connection: Connection, to_case_id: int | None, hold: Hold, from_case: int
) -> Money:
    """What the plan that the caller has locked can take of what is over the goal of *from_case*."""
    left = await over_goal_of(connection, hold, from_case)
    nothing = Money(0, left.currency)
    if to_case_id is None or to_case_id == from_case:
        return nothing
    to_case = await case_rows.by_id(connection, to_case_id)
    if to_case is None or not to_case.is_open or to_case.currency != left.currency:
        return nothing
    return (await landing(connection, to_case_id, left)).to_plan


async def _move(
    house: House, connection: Connection, hold: Hold, from_case: int, agreed: Consent
) -> Money:
    """
    Move what stands over the goal to the plan that was agreed to, as far as it has room.

    The caller has locked both plans.
    """
    to_case_id = agreed.to_case_id
    amount = await _room_in(connection, to_case_id, hold, from_case)
    if hold.donation_id is None or to_case_id is None or not amount:
        return amount
    posted = await ledger.re_earmark(
        connection,
        source=HOUSE,
        external_ref=f"re-earmark:{agreed.id}",
        payload_sha256=digest([agreed.id, from_case, to_case_id]),
        donation_id=hold.donation_id,
        from_case=from_case,
        to_case=to_case_id,
        amount=amount,
        consent_ref=agreed.reference,
        consent_sha256=agreed.text_sha256,
        now=house.clock(),
        out_of="over_goal",
    )
    person_id = await holds.giver_of(connection, hold.id)
    if person_id is not None:
        await outbox.enqueue(connection, "moved", posted.id, person_id, house.clock())
    return amount


async def _locked(connection: Connection, hold_id: int) -> Hold:
    hold = await holds.locked(connection, hold_id)
    if hold is None:
        raise LookupError(f"there is no hold {hold_id}")
    return hold

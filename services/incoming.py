"""
An incoming telegram update that changes something: claimed, carried out and answered once.

Claim, change and the route of the answer are one transaction; the answer is sent after it.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from services import acts, arrivals
from services.acts import Act, Outcome
from services.house import Connection, House, Person
from storage import alarms, people, telegram_updates

FAILURES_ALLOWED = 3
KEPT_FOR = dt.timedelta(days=2)
"""Telegram repeats an update for a day at most; a claim is of no use after that."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """
    What is to be answered.

    Attributes:
        route: The answer's route in its short form; None if the update was finished before.
        outcome: What came of the act; None if there was none, or it was carried out before.
    """

    route: str | None
    outcome: Outcome | None


async def find_person(house: House, connection: Connection, chat_id: int) -> Person | None:
    """The person of this chat, or None."""
    return await people.find(connection, house.seal, chat_id)


async def carry_out(
    house: House,
    *,
    update_id: int,
    chat_id: int,
    act: Act | None,
    locale: str,
    route_after: Callable[[Outcome | None], str],
) -> Claimed:
    """
    Claim the update and carry out *act* for the chat's person; a repeat carries out nothing.

    Args:
        act: None for an update that only wants to be answered once; nothing is then kept of who
            sent it.
        route_after: The answer's route in its short form, from what came of the act.
    """
    now = house.clock()
    async with house.write() as connection:
        claim = await telegram_updates.claim(connection, update_id, now)
        if not claim.is_new:
            return Claimed(claim.answer_route, None)
        outcome: Outcome | None = None
        if act is not None:
            outcome = await acts.perform(
                house,
                connection,
                await people.ensure(connection, house.seal, chat_id),
                act,
                locale=locale,
                request_key=f"telegram:{update_id}",
            )
        route = route_after(outcome)
        await telegram_updates.keep_answer(connection, update_id, route)
    return Claimed(route, outcome)


async def answered(house: House, update_id: int) -> None:
    """The answer was sent."""
    async with house.write() as connection:
        await telegram_updates.answered(connection, update_id, house.clock())


async def failed(house: House, update_id: int) -> bool:
    """
    Count a failure of this update; True if it is given up now.

    After `FAILURES_ALLOWED` it is set aside with an alarm, so that it cannot block its sender.
    """
    now = house.clock()
    async with house.write() as connection:
        if await telegram_updates.failed(connection, update_id, now) < FAILURES_ALLOWED:
            return False
        await telegram_updates.set_aside(connection, update_id, now)
        await alarms.ring(connection, "telegram_update_set_aside", str(update_id), now)
    return True


async def remember_place(
    house: House, person_id: int, case_id: int, step: int, locale: str
) -> None:
    """Remember where the person is in a story; a campaign counts that she came so far."""
    async with house.write() as connection:
        await people.remember_place(connection, person_id, case_id, step)
        await arrivals.got_to(
            connection, person_id, arrivals.Stage.STEP + step, locale, house.clock()
        )


async def saw_plan(house: House, person_id: int, locale: str) -> None:
    """The person sees what a plan needs; for the campaign by whose link she came."""
    async with house.write() as connection:
        await arrivals.got_to(connection, person_id, arrivals.Stage.NEED, locale, house.clock())


async def set_gone(house: House, chat_id: int, *, gone: bool) -> None:
    """Remember that a chat refuses our messages, or takes them again. An unknown one stays so."""
    async with house.write() as connection:
        person = await people.find(connection, house.seal, chat_id)
        if person is not None and person.gone is not gone:
            await people.set_gone(connection, person.id, gone)


async def forget_old_claims(house: House) -> int:
    """Delete claims that no repeat can ask for any more; hand back how many."""
    async with house.write() as connection:
        return await telegram_updates.forget_before(connection, house.clock() - KEPT_FOR)

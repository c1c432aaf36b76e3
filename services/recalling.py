"""
Taking a case back, its story and its need card: at once everywhere we serve it, then card by card
in people's chats.

No reason is asked and nobody approves. From the end of the transaction on no page, no screen and no
message shows the story; payment pages that are open for it are closed; and a durable job changes
the cards that stand in chats to a neutral line. Coming back needs a new approval.
"""

import datetime as dt
import itertools
from dataclasses import dataclass

from protection.consent import allowed_locales
from services import audit, need_cards, permits
from services.closing_pages import close_pages
from services.house import House
from services.permits import Act, NoSuchMember, NotAllowed
from storage import alarms, broadcasts, jobs, people, recalls
from storage import cases as case_rows
from storage import need_cards as card_rows
from storage import stories as story_rows
from storage.cases import Case
from storage.database import Connection
from storage.recalls import Card, CardState, Reach, Recall

__all__ = ["Card", "CardState", "NoSuchMember", "NotAllowed", "Reach", "Recall", "Report"]

RECALL_CARDS = "recall_cards"
"""The job that changes the cards of a recall; its subject is the recall."""
TELL_STORY = "tell_story"
WARNED_BEFORE = (dt.timedelta(days=30), dt.timedelta(days=7))
CHANNELS = ("bot", "web")


@dataclass(frozen=True, slots=True)
class Report:
    """A recall, and how far it has come."""

    recall: Recall
    reach: Reach


@dataclass(frozen=True, slots=True)
class NoSuchCase:
    """There is no case of this code or address."""

    named: str


@dataclass(frozen=True, slots=True)
class NeverRecalled:
    """The story of this case was never taken back."""


@dataclass(frozen=True, slots=True)
class Ending:
    """
    A consent on a channel ends at a time, in all its languages.

    Attributes:
        purpose: "tell_story", or "show_need" of a case with a need card.
    """

    case_code: str
    channel: str
    ends_at: dt.datetime
    purpose: str = TELL_STORY


async def recall(
    house: House, named: str, *, by: str
) -> Report | NoSuchCase | NotAllowed | NoSuchMember:
    """
    Take the story of a case back. Done twice it is done once.

    Args:
        named: The case's code or address.
        by: The code of any member of staff.
    """
    async with house.write() as connection:
        member = await permits.allowed(connection, by, Act.RECALL)
        if isinstance(member, NotAllowed | NoSuchMember):
            return member
        case = await _case(connection, named)
        if case is None:
            return NoSuchCase(named)
        # In one line with an approval: none can be under way that this does not see.
        await case_rows.lock(connection, case.id)
        last = await recalls.newest(connection, case.id)
        if last is None or await recalls.is_public(connection, case.id):
            last = await _take_back(house, connection, case, by=by, staff_id=member.id)
        return Report(last, await recalls.reach(connection, last.id))


async def take_back(
    house: House, connection: Connection, case: Case, *, by: str, staff_id: int
) -> None:
    """Take the story of the case back if it is public, for a reason that another act has found."""
    if await recalls.is_public(connection, case.id):
        await _take_back(house, connection, case, by=by, staff_id=staff_id)


async def report(house: House, named: str) -> Report | NoSuchCase | NeverRecalled:
    """How far the last recall of the case has come."""
    async with house.read() as connection:
        case = await _case(connection, named)
        if case is None:
            return NoSuchCase(named)
        last = await recalls.newest(connection, case.id)
        if last is None:
            return NeverRecalled()
        return Report(last, await recalls.reach(connection, last.id))


async def remember_card(
    house: House, *, person_id: int, chat_id: int, message_id: int, case_id: int, has_picture: bool
) -> None:
    """A message shows the story of a case; if it was taken back meanwhile, the card goes too."""
    async with house.write() as connection:
        recall_id = await recalls.remember(
            connection,
            house.seal,
            person_id=person_id,
            chat_id=chat_id,
            message_id=message_id,
            case_id=case_id,
            has_picture=has_picture,
        )
        if recall_id is not None:
            key = f"{RECALL_CARDS}:{recall_id}:{chat_id}:{message_id}"
            mark = house.seal.fingerprint("job", key).hex()
            await jobs.enqueue(connection, RECALL_CARDS, recall_id, key=f"{recall_id}:{mark}")


async def forget_card(house: House, chat_id: int, message_id: int) -> None:
    """A message shows no story any more."""
    async with house.write() as connection:
        await recalls.forget(connection, house.seal, chat_id, message_id)


async def cards_to_change(house: House, recall_id: int, most: int) -> list[tuple[Card, int, str]]:
    """
    Cards that the recall has still to go to, each with its chat and the language read there now.
    """
    async with house.read() as connection:
        found = []
        for card in await recalls.to_change(connection, house.seal, recall_id, most):
            chat_id = await people.chat_of(connection, house.seal, card.person_id)
            person = await people.by_id(connection, card.person_id)
            if chat_id is not None and person is not None:
                found.append((card, chat_id, person.locale or "en"))
        return found


async def cards_changed(house: House, states: dict[bytes, CardState]) -> None:
    """What became of cards."""
    async with house.write() as connection:
        await recalls.changed(connection, states)


async def end_with_consent(house: House) -> int:
    """
    Take back every story whose consent has ended or was withdrawn; hand back how many.

    Where only the consent for the chat has ended, the page goes on showing it, and the cards in
    chats go.
    """
    async with house.read() as connection:
        cases = await case_rows.all_cases(connection)
    return sum([await _end_one(house, case) for case in cases])


async def warn_of_endings(house: House) -> int:
    """Ring an alarm for each consent that ends within 30 days, and within 7; once each."""
    rung = 0
    for before in WARNED_BEFORE:
        for ending in await endings(house, before):
            what = "" if ending.purpose == TELL_STORY else f"{ending.purpose} "
            subject = f"{ending.case_code} {what}{ending.channel} {ending.ends_at:%Y-%m-%d}"
            kind = f"consent_ends_in_{before.days}_days"
            async with house.write() as connection:
                rung += await alarms.ring(connection, kind, subject, house.clock())
    return rung


async def endings(house: House, within: dt.timedelta) -> list[Ending]:
    """Consents of public cases that end on a channel within so long, soonest first."""
    now = house.clock()
    async with house.read() as connection:
        cases = {case.id: case for case in await case_rows.all_cases(connection)}
        public = {
            TELL_STORY: set(await story_rows.published(connection, list(cases))),
            need_cards.PURPOSE: set(await card_rows.shown(connection, list(cases))),
        }
        consents = await story_rows.consents(connection, list(set().union(*public.values())))
    found = []
    for case_id, given in consents.items():
        for purpose, channel in itertools.product(public, CHANNELS):
            ends = [
                consent.valid_until
                for consent in given
                if (consent.purpose, consent.channel) == (purpose, channel)
                and consent.withdrawn_at is None
                and consent.valid_until > now
            ]
            if case_id in public[purpose] and ends and max(ends) <= now + within:
                found.append(Ending(cases[case_id].code, channel, max(ends), purpose))
    return sorted(found, key=lambda ending: ending.ends_at)


async def _end_one(house: House, case: Case) -> int:
    """Take the case's story back as far as no consent carries it; 1 if something was."""
    async with house.write() as connection:
        await case_rows.lock(connection, case.id)
        return int(await follow_consent(house, connection, case, by=audit.PROGRAM, staff_id=None))


async def follow_consent(
    house: House, connection: Connection, case: Case, *, by: str, staff_id: int | None
) -> bool:
    """
    Take the case's story, or its need card, back as far as no consent carries it; whether something
    was. A need card that stands behind a public story just goes.

    Args:
        by, staff_id: Who withdrew a consent; `audit.PROGRAM` and None: its time was over.
    """
    now = house.clock()
    told = bool(await story_rows.published(connection, [case.id]))
    needed = bool(await card_rows.shown(connection, [case.id]))
    carries_story = await _carried(connection, case, TELL_STORY, now)
    carries_need = await _carried(connection, case, need_cards.PURPOSE, now)
    carried = carries_story if told else carries_need if needed else carries_story
    if (told or needed) and not carried:
        await _take_back(house, connection, case, by=by, staff_id=staff_id)
        return True
    if needed and not carries_need:
        await card_rows.hide(connection, case.id)
        about = audit.of_case(case)
        await audit.record(connection, by=by, act="need_card.ended", about=about, now=now)
    if "bot" in carried or not await recalls.are_shown(connection, case.id):
        return False
    last = await recalls.cards_only(connection, case.id, now)
    await broadcasts.cancel_of_case(connection, case.id)
    await _want_cards_changed(connection, last)
    return True


async def _carried(connection: Connection, case: Case, purpose: str, now: dt.datetime) -> list[str]:
    """The channels on which a consent carries it in any language."""
    given = (await story_rows.consents(connection, [case.id]))[case.id]
    return [
        channel
        for channel in CHANNELS
        if allowed_locales(given, purpose=purpose, channel=channel, now=now)
    ]


async def _take_back(
    house: House, connection: Connection, case: Case, *, by: str, staff_id: int | None
) -> Recall:
    now = house.clock()
    taken = await recalls.take_back(connection, case.id, staff_id, now)
    await broadcasts.cancel_of_case(connection, case.id)
    await close_pages(connection, case.id)
    await _want_cards_changed(connection, taken)
    await audit.record(
        connection,
        by=by,
        act="story.recalled",
        about=audit.of_case(case),
        detail={"recall": taken.id},
        now=now,
    )
    return taken


async def _want_cards_changed(connection: Connection, taken: Recall) -> None:
    await jobs.enqueue(connection, RECALL_CARDS, taken.id, key=f"{taken.id}")


async def _case(connection: Connection, named: str) -> Case | None:
    found = await case_rows.by_code(connection, named)
    return found or await case_rows.by_slug(connection, named)

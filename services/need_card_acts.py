"""
Acts of staff on need cards, by the codes they go by: one asks, somebody else approves.

An approval holds for exactly the facts, lines and pseudonym that the approver saw. From then on the
case is shown, until one of them changes, the consent ends, or anybody takes the case back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from services import disclosing, need_cards, secret_words
from services.disclosing import Disclosure
from services.house import House
from services.need_cards import CHANNELS, NeedCard
from services.permits import Act, NotAllowed
from services.staff_acts import Unknown, case_named, permitted, wrote
from storage import cases as case_rows
from storage import need_cards as card_rows
from storage import staff as staff_rows
from storage import stories as story_rows
from storage.cases import Case
from storage.database import Connection
from storage.need_cards import Asked

__all__ = ["Asked", "CardPage", "CardState", "NotAllowed", "NotDecided", "NotReady", "Unknown"]


class CardState(StrEnum):
    """
    Where a need card stands.

    NEVER: nobody has asked for it. WAITING: for somebody else to approve it. CHANGED: what it says
    is not any more what was asked for or approved. SHOWN. BLOCKED: approved, and something stands
    against it now. TURNED_DOWN. TAKEN_BACK: it needs a new approval.
    """

    NEVER = "never"
    WAITING = "waiting"
    CHANGED = "changed"
    SHOWN = "shown"
    BLOCKED = "blocked"
    TURNED_DOWN = "turned_down"
    TAKEN_BACK = "taken_back"


STATES: Mapping[CardState, str] = MappingProxyType(
    {
        CardState.NEVER: "Nobody has asked for it to be shown.",
        CardState.WAITING: "It waits for somebody else to approve it.",
        CardState.CHANGED: "It is not shown: it says something else now. Ask for it anew.",
        CardState.SHOWN: "It is approved and shown.",
        CardState.BLOCKED: "It is approved, and not shown as long as something stands against it.",
        CardState.TURNED_DOWN: "It was turned down.",
        CardState.TAKEN_BACK: "It is taken back. It needs a new approval.",
    }
)
"""What staff are told of where a card stands."""

NOT_DECIDED: Mapping[str, str] = MappingProxyType(
    {
        "nothing_waits": "Nothing waits for a decision. Ask for it first.",
        "same_person": "You asked for it. Somebody else approves it.",
        "changed": "It says something else now than what was asked for. Ask for it anew.",
    }
)
"""What staff are told why nothing was decided, by the word in `NotDecided`."""


@dataclass(frozen=True, slots=True)
class NotReady:
    """
    The card may not be shown.

    Attributes:
        reasons: What is missing or stands against it, a line each.
    """

    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotDecided:
    """
    Nothing was decided.

    Attributes:
        why: A fixed word: `nothing_waits`, `same_person` (who asked cannot approve) or `changed`
            (it would say something else now than what was asked for).
    """

    why: str


@dataclass(frozen=True, slots=True)
class CardPage:
    """
    All that there is to see of the need card of a case.

    Attributes:
        card: None while something of it was never said.
        against: What stands against showing it, a line each.
        locales: Channel to the languages in which it may be shown there.
        told: What is told together with it, and for how many people that stands.
        asked: What was asked for last; None if nothing ever was.
        asker, decider: The codes of who asked and decided; empty if nobody did.
    """

    case: Case
    card: NeedCard | None
    against: tuple[str, ...]
    locales: Mapping[str, frozenset[str]]
    told: Disclosure
    asked: Asked | None
    asker: str
    decider: str
    state: CardState


async def page(house: House, named: str) -> CardPage | Unknown:
    """The need card of the case with this code or address."""
    async with house.read() as connection:
        case = await case_named(connection, named)
        if isinstance(case, Unknown):
            return case
        card, against, locales = await _now(house, connection, case, used=0)
        told = await disclosing.of_need_card(connection, house.seal, case)
        asked = await card_rows.newest(connection, case.id)
        is_up = bool(await card_rows.shown(connection, [case.id]))
        codes = {each.id: each.code for each in await staff_rows.everybody(connection)}
    return CardPage(
        case,
        card,
        against,
        locales,
        told,
        asked,
        "" if asked is None else codes[asked.asked_by],
        "" if asked is None or asked.decided_by is None else codes[asked.decided_by],
        _state(case, card, asked, is_up=is_up, is_blocked=bool(against)),
    )


async def ask(house: House, named: str, *, by: str) -> Asked | NotReady | Unknown | NotAllowed:
    """Ask for the card to be shown as it would be now. Asked twice it is asked once."""
    async with house.write() as connection:
        case, staff_id = (
            await case_named(connection, named),
            await permitted(connection, by, Act.WRITE_STORY),
        )
        if isinstance(case, Unknown):
            return case
        if not isinstance(staff_id, int):
            return staff_id
        case = await _held(connection, case)
        ready = await _ready(house, connection, case)
        if isinstance(ready, NotReady):
            return ready
        sha256 = ready.sha256(case)
        last = await card_rows.newest(connection, case.id)
        if last is not None and last.approved is None and last.content_sha256 == sha256:
            return last
        if (await card_rows.shown(connection, [case.id])).get(case.id, (b"",))[0] == sha256:
            return NotReady(("It is shown already.",))
        number = await card_rows.ask(
            connection, case.id, sha256, staff_id=staff_id, now=house.clock()
        )
        await wrote(house, connection, by, "need_card.asked", case, number, "need_card")
        asked = await card_rows.newest(connection, case.id)
        assert asked is not None  # it was asked for just now  # noqa: S101
        return asked


async def approve(
    house: House, named: str, *, by: str, number: int | None = None
) -> Asked | NotReady | NotDecided | Unknown | NotAllowed:
    """
    Show the card that somebody else asked for, from now on.

    Args:
        number: The one that was seen; None: whatever waits.
    """
    async with house.write() as connection:
        found = await _waiting(connection, named, by, number)
        if not isinstance(found, tuple):
            return found
        case, asked, staff_id = found
        if asked.asked_by == staff_id:
            return NotDecided("same_person")
        ready = await _ready(house, connection, case)
        if isinstance(ready, NotReady):
            return ready
        if ready.sha256(case) != asked.content_sha256:
            return NotDecided("changed")
        now = house.clock()
        decision_id = await card_rows.decide(
            connection, asked, approved=True, staff_id=staff_id, now=now
        )
        await card_rows.show(connection, case.id, decision_id, now)
        await wrote(house, connection, by, "need_card.approved", case, asked.id, "need_card")
        return asked


async def turn_down(
    house: House, named: str, *, by: str, number: int | None = None
) -> Asked | NotDecided | Unknown | NotAllowed:
    """Do not show what was asked for; who asked may do that, too."""
    async with house.write() as connection:
        found = await _waiting(connection, named, by, number)
        if not isinstance(found, tuple):
            return found
        case, asked, staff_id = found
        await card_rows.decide(
            connection, asked, approved=False, staff_id=staff_id, now=house.clock()
        )
        await wrote(house, connection, by, "need_card.turned_down", case, asked.id, "need_card")
        return asked


async def _waiting(
    connection: Connection, named: str, by: str, number: int | None
) -> tuple[Case, Asked, int] | NotDecided | Unknown | NotAllowed:
    """What waits for a decision, and who decides. The case is held until the transaction ends."""
    case, staff_id = (
        await case_named(connection, named),
        await permitted(connection, by, Act.APPROVE_STORY),
    )
    if isinstance(case, Unknown):
        return case
    if not isinstance(staff_id, int):
        return staff_id
    case = await _held(connection, case)
    asked = await card_rows.newest(connection, case.id)
    if asked is None or asked.approved is not None:
        return NotDecided("nothing_waits")
    if number is not None and number != asked.id:
        return NotDecided("changed")
    return case, asked, staff_id


async def _held(connection: Connection, case: Case) -> Case:
    """
    The case as it is now, held until the transaction ends: in one line with a recall, a withdrawal
    and a change of the plan, so that what is read after this still holds.
    """
    await case_rows.lock(connection, case.id)
    return (await case_rows.by_ids(connection, [case.id]))[case.id]


async def _ready(house: House, connection: Connection, case: Case) -> NeedCard | NotReady:
    used = await card_rows.times_approved(connection, case.id)
    card, against, locales = await _now(house, connection, case, used=used)
    found = list(against)
    secret = await secret_words.found_in(connection, house.seal, case, {})
    found += [f"{finding.where}: {finding.remedy}" for finding in secret]
    if case.outcome is not None:
        found.append("The plan has ended.")
    told = await disclosing.of_need_card(connection, house.seal, case)
    if told.obstacle is not None:
        found.append(told.obstacle)
    if not any(locales.values()):
        found.append("No consent to show the need is valid now.")
    return NotReady(tuple(found)) if found or card is None else card


async def _now(
    house: House, connection: Connection, case: Case, *, used: int
) -> tuple[NeedCard | None, tuple[str, ...], dict[str, frozenset[str]]]:
    card, against = await need_cards.card_now(connection, case)
    given = (await story_rows.consents(connection, [case.id]))[case.id]
    now = house.clock()
    locales = {
        channel: need_cards.consented(given, channel=channel, now=now, used=used)
        for channel in CHANNELS
    }
    return card, tuple(against), locales


def _state(
    case: Case, card: NeedCard | None, asked: Asked | None, *, is_up: bool, is_blocked: bool
) -> CardState:
    if asked is None:
        return CardState.NEVER
    if asked.approved is False:
        return CardState.TURNED_DOWN
    if asked.approved and not is_up:
        return CardState.TAKEN_BACK
    if card is None or card.sha256(case) != asked.content_sha256:
        return CardState.CHANGED
    if asked.approved is None:
        return CardState.WAITING
    return CardState.BLOCKED if is_blocked else CardState.SHOWN

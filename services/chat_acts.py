"""
Acts of staff in the chat, and what the menu there shows.

The chat has no session, so that what wants a code at the desk wants one here in the same message,
and takes it in the transaction of the act: a code that is right does one thing, and a repeat of the
message finds what was done.
"""

import datetime as dt
from dataclasses import dataclass

from services import desk, desk_home, recalling, spending, staff_acts, words_acts
from services.desk import Locked, WrongCode
from services.desk_home import SpendingAtDesk
from services.house import House
from services.permits import Act, Member, NotAllowed, may
from services.spending import Disbursement, Spendable
from services.staff_acts import Case, Unknown
from services.updating import NotDecided, NotWritten, Update
from storage import alarms, disbursements, people, updates
from storage import cases as case_rows
from storage import need_cards as card_rows
from storage import stories as story_rows
from storage.database import Connection
from values.lines import BudgetLine
from values.money import Money

__all__ = [
    "Case",
    "Disbursement",
    "Locked",
    "Member",
    "NotAllowed",
    "NotDecided",
    "NotWritten",
    "Unknown",
    "Update",
    "WrongCode",
]


_A_WEEK = dt.timedelta(days=7)


@dataclass(frozen=True, slots=True)
class UpdateAtDesk:
    """
    News on which somebody must decide.

    Attributes:
        is_own: Who looks wrote it, and somebody else must approve it.
    """

    update: Update
    case: Case
    is_own: bool


@dataclass(frozen=True, slots=True)
class Menu:
    """
    What waits for a member of staff; what they may not decide on is empty for them.

    Attributes:
        alarms: How many rang in the last week.
    """

    spending: tuple[SpendingAtDesk, ...]
    updates: tuple[UpdateAtDesk, ...]
    alarms: int


@dataclass(frozen=True, slots=True)
class LineLeft:
    """A line of a plan, and what the plan still has for it."""

    line: BudgetLine
    left: Money


@dataclass(frozen=True, slots=True)
class Plan:
    """A case as spending is recorded on it."""

    case: Case
    lines: tuple[LineLeft, ...]
    spendable: Spendable


async def member_of(house: House, chat_id: int) -> Member | None:
    """Who of the staff writes from this chat; None: nobody."""
    return await desk.of_chat(house, chat_id)


async def menu(house: House, member: Member) -> Menu:
    """What waits for *member*."""
    rung = 0
    if may(member.roles, Act.MANAGE_ROLES) or may(member.roles, Act.SEE_AUDIT):
        async with house.read() as connection:
            rung = len(await alarms.since(connection, house.clock() - _A_WEEK))
    home = await desk_home.look(house, member)
    return Menu(home.waiting_spending, await _updates(house, member), rung)


async def open_cases(house: House) -> list[Case]:
    """Every case whose plan goes on, newest first."""
    async with house.read() as connection:
        found = await case_rows.all_cases(connection)
    return [case for case in reversed(found) if case.outcome is None]


async def cases_to_recall(house: House) -> list[Case]:
    """Every case whose story or need card is public, by its address."""
    async with house.read() as connection:
        found = {case.id: case for case in await case_rows.all_cases(connection)}
        stories = await story_rows.published(connection, list(found))
        public = {*stories, *await card_rows.shown(connection, list(found))}
    return sorted((found[case_id] for case_id in public), key=lambda case: case.slug)


async def plan(house: House, case_code: str) -> Plan | Unknown:
    """The lines of a case, and what may be spent of it now."""
    async with house.read() as connection:
        case = await staff_acts.case_named(connection, case_code)
        if isinstance(case, Unknown):
            return case
        lines = [
            LineLeft(line, await spending.left_on(connection, case, line)) for line, _ in case.lines
        ]
        return Plan(case, tuple(lines), await spending.spendable(house, connection, case))


async def record_spending(
    house: House,
    *,
    member: Member,
    code: str,
    case: str,
    line: BudgetLine,
    amount: Money,
    month: str,
    request_key: str,
) -> Disbursement | spending.NotSpent | Unknown | NotAllowed | WrongCode | Locked:
    """
    Record spending, if *code* is the one that the member's app shows now.

    Args:
        request_key: The same records once, and then asks for no code.
    """
    async with house.write() as connection:
        known = await disbursements.by_request(connection, f"spending:{request_key}")
        if known is not None:
            return known
        refusal = await desk.prove(house, connection, member, code)
        if refusal is not None:
            return refusal
        return await staff_acts.record_spending_in(
            house,
            connection,
            case=case,
            line=line,
            amount=amount,
            month=month,
            by=member.code,
            request_key=request_key,
        )


async def decide_spending(
    house: House, number: int, *, approves: bool, member: Member, code: str
) -> Disbursement | spending.NotSpent | Unknown | NotAllowed | WrongCode | Locked:
    """Approve what somebody else recorded, or turn it down, with a code."""
    async with house.write() as connection:
        if await disbursements.decided_by(connection, number) == (member.id, approves):
            return await _decided(connection, number)
        refusal = await desk.prove(house, connection, member, code)
        if refusal is not None:
            return refusal
        return await staff_acts.decide_spending_in(
            house, connection, number, approves=approves, by=member.code
        )


async def write_milestone(
    house: House, *, member: Member, case: str, milestone: str, month: str
) -> Update | NotWritten | Unknown | NotAllowed:
    """Write news without a note. A note is written at the desk: no draft passes through a chat."""
    return await words_acts.write_update(
        house, case=case, milestone=milestone, month=month, notes={}, by=member.code
    )


async def decide_update(
    house: House, number: int, *, approves: bool, member: Member, code: str
) -> Update | NotDecided | Unknown | NotAllowed | WrongCode | Locked:
    """
    Approve news that somebody else wrote, or turn it down, with a code.

    News with a note is `NotDecided` as "note": whoever approves has to read it, at the desk.
    """
    async with house.write() as connection:
        seen = await updates.by_id(connection, house.seal, number)
        if seen is not None and seen.notes and approves:
            return NotDecided("note")
        before = await updates.decided_by(connection, number)
        if before != (member.id, approves):
            refusal = await desk.prove(house, connection, member, code)
            if refusal is not None:
                return refusal
            decide = words_acts.approve_update_in if approves else words_acts.turn_down_update_in
            done = await decide(house, connection, number, by=member.code)
            if isinstance(done, NotDecided | Unknown | NotAllowed):
                return done
        found = await updates.by_id(connection, house.seal, number)
    return NotDecided("unknown") if found is None else found


async def recall(
    house: House, case_code: str, *, member: Member
) -> recalling.Report | recalling.NoSuchCase | recalling.NoSuchMember | NotAllowed:
    """Take a story back. No code, no reason, nobody approves."""
    return await recalling.recall(house, case_code, by=member.code)


async def wait_for(house: House, chat_id: int, asked: str | None) -> None:
    """Remember what the next typed message of the chat will mean; None: nothing of the staff's."""
    async with house.write() as connection:
        person = await people.ensure(connection, house.seal, chat_id)
        await people.set_awaiting(connection, person.id, asked)


async def _updates(house: House, member: Member) -> tuple[UpdateAtDesk, ...]:
    if not may(member.roles, Act.APPROVE_UPDATE):
        return ()
    async with house.read() as connection:
        waiting = await updates.waiting(connection, house.seal)
        cases = await case_rows.by_ids(connection, {update.case_id for update in waiting})
    return tuple(
        UpdateAtDesk(update, cases[update.case_id], update.author_id == member.id)
        for update in waiting
    )


async def _decided(connection: Connection, number: int) -> Disbursement | spending.NotSpent:
    return await disbursements.by_id(connection, number) or spending.AlreadyDecided()

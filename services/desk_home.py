"""What the desk shows on its pages: what waits for whom, and the cases as staff see them."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from services import audit, minors, overdue, permits, recalling, spending
from services.audit import Entry
from services.catalogue import public_case, public_cases
from services.house import House
from services.permits import Act
from services.recalling import WARNED_BEFORE, Ending
from services.spending import Spendable
from services.staff_acts import Unknown, case_named
from storage import case_sheets, disbursements
from storage import cases as case_rows
from storage import minors as minor_rows
from storage import needs as need_rows
from storage import staff as staff_rows
from storage.cases import Case
from storage.database import Connection
from storage.disbursements import Disbursement
from storage.needs import NeedNote
from storage.staff import Member, Request
from values.bands import Guardian

_ENTRIES = 8


@dataclass(frozen=True, slots=True)
class CaseAtDesk:
    """
    A case as staff see it in a list.

    Attributes:
        is_shown: Its story is public on the web now.
        waits: It is of somebody under 18, and closed until another protection officer confirms.
    """

    case: Case
    is_shown: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class MinorAtDesk:
    """
    What stands beside a case of somebody under 18, for who may see its file.

    Attributes:
        month: Of the guardian's or best-interest record: "2026-11".
        asker: The code of who asked for the case.
        is_own: Who looks asked for it, and somebody else must confirm it.
    """

    guardian: Guardian
    month: str
    asker: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class SpendingAtDesk:
    """
    A record of spending.

    Attributes:
        recorder: The code of who recorded it.
        is_own: Who looks recorded it, and somebody else must approve it.
    """

    spending: Disbursement
    case: Case
    recorder: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class Unsaid:
    """An open case of which something must be said before anything of it can be published."""

    case: Case
    facts: bool
    risk: bool


@dataclass(frozen=True, slots=True)
class Home:
    """
    What the first page shows; what somebody may not do or see is empty for them.

    Attributes:
        unconfirmed: Cases of somebody under 18 that others asked for.
        unsaid: Cases that lack their facts or their risk form.
        endings: Consents of public stories that end within 30 days, soonest first.
    """

    waiting_spending: tuple[SpendingAtDesk, ...]
    waiting_roles: tuple[Request, ...]
    unconfirmed: tuple[Case, ...]
    unsaid: tuple[Unsaid, ...]
    endings: tuple[Ending, ...]
    cases: tuple[CaseAtDesk, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class CasePage:
    """
    What the page of one case shows.

    Attributes:
        pseudonym: None for a case that came with an imported story.
        minor: None for somebody grown up, and for who may not see the file.
        unsaid: What must still be said of it; None if nothing must.
        silent_since: Since when nothing was told, if that is too long; else None.
        entries: What was done to it lately, for who may see the log.
    """

    at_desk: CaseAtDesk
    pseudonym: str | None
    minor: MinorAtDesk | None
    unsaid: Unsaid | None
    spendable: Spendable
    records: tuple[SpendingAtDesk, ...]
    entries: tuple[Entry, ...]
    silent_since: dt.datetime | None


@dataclass(frozen=True, slots=True)
class NeedPage:
    """
    What the page of a need shows.

    Attributes:
        has_gifts: Somebody has given or is paying: a line grows only with a note.
        notes: How lines grew, oldest first.
        told_in: The languages in which the story is told now, and a note with it; empty if no story
            is shown.
    """

    case: Case
    has_gifts: bool
    notes: tuple[NeedNote, ...]
    told_in: frozenset[str]


@dataclass(frozen=True, slots=True)
class EndPage:
    """
    What is to be known before a plan ends.

    Attributes:
        undecided: How many records of spending nobody has decided on.
        answer_days: So long each donor may say what becomes of the money.
    """

    case: Case
    spendable: Spendable
    undecided: int
    answer_days: int
    is_shown: bool


async def look(house: House, member: Member) -> Home:
    """What waits for *member*."""
    async with house.read() as connection:
        found = await case_rows.all_cases(connection)
        spent = await _spending(connection, member) if _may(member, Act.DECIDE_SPENDING) else ()
        roles = await _roles(connection, member)
        entries = await _entries(connection, member)
        waiting = await minor_rows.unconfirmed(connection)
        unconfirmed = await _unconfirmed(connection, member, waiting)
        unsaid = await _unsaid(connection, member, [c for c in found if c.id not in waiting])
        shown = await _shown(house, connection)
    keeps = _may(member, Act.KEEP_CONSENT)
    endings = await recalling.endings(house, WARNED_BEFORE[0]) if keeps else []
    at_desk = tuple(CaseAtDesk(case, case.id in shown, case.id in waiting) for case in found)
    return Home(spent, roles, unconfirmed, unsaid, tuple(endings), at_desk, entries)


async def case_page(house: House, member: Member, named: str) -> CasePage | None:
    """The case with this code, or None; records of spending only for who may see them."""
    async with house.read() as connection:
        case = await case_rows.by_code(connection, named)
        if case is None:
            return None
        records: tuple[SpendingAtDesk, ...] = ()
        if _may(member, Act.SEE_SPENDING):
            recorded = await disbursements.of_case(connection, case.id)
            records = await _at_desk(connection, member, recorded)
        spendable = await spending.spendable(house, connection, case)
        pseudonym = await case_sheets.pseudonym_of(connection, case.id)
        minor = await _minor(connection, member, case)
        unsaid = next(iter(await _unsaid(connection, member, (case,))), None)
        entries = await _entries(connection, member, case)
        shown = await _shown(house, connection)
        waits = await minors.waits(connection, case.id)
        now = house.clock()
        silent = await overdue.silent_since(connection, house.seal, now, [case])
    at_desk = CaseAtDesk(case, case.id in shown, waits)
    since = silent.get(case.id)
    is_long = since is not None and since + overdue.REMIND_AFTER <= now
    told_last = since if is_long else None
    return CasePage(at_desk, pseudonym, minor, unsaid, spendable, records, entries, told_last)


async def need_page(house: House, named: str) -> NeedPage | None:
    """The need of the case with this code, or None."""
    async with house.read() as connection:
        case = await _confirmed(connection, named)
        if case is None:
            return None
        notes = await need_rows.notes_of(connection, house.seal, case.id, case.currency)
        has_gifts = await need_rows.was_given_to(connection, case.id)
        shown = await public_case(connection, house.shelf, "web", house.clock(), case)
    has_story = shown is not None and shown.story is not None
    told_in = shown.locales if shown is not None and has_story else frozenset[str]()
    return NeedPage(case, has_gifts, tuple(notes), told_in)


async def end_page(house: House, named: str) -> EndPage | None:
    """What is to be known before the plan with this code ends, or None."""
    async with house.read() as connection:
        case = await _confirmed(connection, named)
        if case is None:
            return None
        records = await disbursements.of_case(connection, case.id)
        spendable = await spending.spendable(house, connection, case)
        shown = await _shown(house, connection)
    undecided = sum(record.approved is None for record in records)
    return EndPage(case, spendable, undecided, house.terms.answer_within.days, case.id in shown)


async def _confirmed(connection: Connection, named: str) -> Case | None:
    """The case, unless it is closed until somebody confirms it."""
    found = await case_named(connection, named)
    return None if isinstance(found, Unknown) else found


def _may(member: Member, act: Act) -> bool:
    return permits.may(member.roles, act)


async def _spending(connection: Connection, member: Member) -> tuple[SpendingAtDesk, ...]:
    return await _at_desk(connection, member, await disbursements.waiting(connection))


async def _at_desk(
    connection: Connection, member: Member, recorded: list[Disbursement]
) -> tuple[SpendingAtDesk, ...]:
    cases = await case_rows.by_ids(connection, {each.case_id for each in recorded})
    codes = {each.id: each.code for each in await staff_rows.everybody(connection)}
    return tuple(
        SpendingAtDesk(
            each, cases[each.case_id], codes[each.recorder_id], each.recorder_id == member.id
        )
        for each in recorded
    )


async def _roles(connection: Connection, member: Member) -> tuple[Request, ...]:
    if not _may(member, Act.MANAGE_ROLES):
        return ()
    return tuple(await staff_rows.requests_waiting(connection))


async def _unconfirmed(
    connection: Connection, member: Member, waiting: Sequence[int]
) -> tuple[Case, ...]:
    if not _may(member, Act.OPEN_MINOR_CASE):
        return ()
    cases = await case_rows.by_ids(connection, waiting)
    beside = {case_id: await minor_rows.of_case(connection, case_id) for case_id in waiting}
    return tuple(
        cases[case_id]
        for case_id, minor in beside.items()
        if minor is not None and minor.asked_by != member.id
    )


async def _minor(connection: Connection, member: Member, case: Case) -> MinorAtDesk | None:
    found = await minor_rows.of_case(connection, case.id)
    if found is None or not _may(member, Act.SEE_FILE):
        return None
    codes = {each.id: each.code for each in await staff_rows.everybody(connection)}
    own = found.asked_by == member.id
    return MinorAtDesk(found.guardian, found.month, codes[found.asked_by], own)


async def _unsaid(
    connection: Connection, member: Member, cases: Sequence[Case]
) -> tuple[Unsaid, ...]:
    """An invented case was never a person's, so nobody has to say anything of it."""
    if not _may(member, Act.OPEN_CASE):
        return ()
    facts, risk = await case_sheets.said(connection)
    return tuple(
        Unsaid(case, case.id not in facts, case.id not in risk)
        for case in cases
        if case.outcome is None and not case.invented and not (case.id in facts and case.id in risk)
    )


async def _entries(
    connection: Connection, member: Member, case: Case | None = None
) -> tuple[Entry, ...]:
    if not _may(member, Act.SEE_AUDIT):
        return ()
    about = None if case is None else audit.of_case(case)
    return tuple(await audit.newest(connection, about=about, most=_ENTRIES))


async def _shown(house: House, connection: Connection) -> set[int]:
    public = await public_cases(connection, house.shelf, "web", house.clock())
    return {shown.case.id for shown in public}

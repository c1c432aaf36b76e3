"""What the desk shows on its pages: what waits for whom, and the cases as staff see them."""

import datetime as dt
from dataclasses import dataclass

from services import audit, overdue, permits, spending
from services.audit import Entry
from services.catalogue import public_cases
from services.house import House
from services.permits import Act
from services.spending import Spendable
from storage import cases as case_rows
from storage import disbursements
from storage import staff as staff_rows
from storage.cases import Case
from storage.database import Connection
from storage.disbursements import Disbursement
from storage.staff import Member, Request

_ENTRIES = 8


@dataclass(frozen=True, slots=True)
class CaseAtDesk:
    """
    A case as staff see it in a list.

    Attributes:
        is_shown: Its story is public on the web now.
    """

    case: Case
    is_shown: bool


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
class Home:
    """What the first page shows; what somebody may not do or see is empty for them."""

    waiting_spending: tuple[SpendingAtDesk, ...]
    waiting_roles: tuple[Request, ...]
    cases: tuple[CaseAtDesk, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class CasePage:
    """
    What the page of one case shows.

    Attributes:
        silent_since: Since when nothing was told, if that is too long; else None.
    """

    at_desk: CaseAtDesk
    spendable: Spendable
    records: tuple[SpendingAtDesk, ...]
    silent_since: dt.datetime | None


async def look(house: House, member: Member) -> Home:
    """What waits for *member*."""
    async with house.read() as connection:
        found = await case_rows.all_cases(connection)
        spent = await _spending(connection, member) if _may(member, Act.DECIDE_SPENDING) else ()
        roles = await _roles(connection, member)
        entries = await _entries(connection, member)
        shown = await _shown(house, connection)
    return Home(spent, roles, tuple(CaseAtDesk(case, case.id in shown) for case in found), entries)


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
        shown = await _shown(house, connection)
        now = house.clock()
        silent = await overdue.silent_since(connection, house.seal, now, [case])
    since = silent.get(case.id)
    is_long = since is not None and since + overdue.REMIND_AFTER <= now
    at_desk = CaseAtDesk(case, case.id in shown)
    return CasePage(at_desk, spendable, records, since if is_long else None)


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


async def _entries(connection: Connection, member: Member) -> tuple[Entry, ...]:
    if not _may(member, Act.SEE_AUDIT):
        return ()
    return tuple(await audit.newest(connection, most=_ENTRIES))


async def _shown(house: House, connection: Connection) -> set[int]:
    public = await public_cases(connection, house.shelf, "web", house.clock())
    return {shown.case.id for shown in public}

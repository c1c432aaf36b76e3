"""
Acts of staff on the caseload and on what may be disclosed, by the codes they go by.

Each finds who acts and on what, does it in one short transaction, and hands back what came of it.
"""

from services import audit, disclosing
from services.caseload_files import Rows
from services.disclosing import Caseload, NotAsked, NotGranted, Override
from services.house import House
from services.permits import Act, NotAllowed
from services.reviewing import NoSuchVersion
from services.staff_acts import Unknown, case_named, permitted, wrote
from storage import caseloads, overrides
from storage import cases as case_rows
from storage import stories as story_rows
from storage import updates as update_rows
from storage.caseloads import CountsDoNotAddUp
from storage.cases import Case
from storage.database import Connection
from stories.pack import Pack

__all__ = [
    "Caseload", "CountsDoNotAddUp", "NoSuchVersion", "NotAllowed", "NotAsked", "NotGranted",
    "Override", "Unknown",
]  # fmt: skip


async def bring_in(house: House, rows: Rows, *, by: str) -> Caseload | Unknown | NotAllowed:
    """Keep *rows* as the caseload from now on, in place of the one before."""
    async with house.write() as connection:
        staff_id = await permitted(connection, by, Act.IMPORT_CASELOAD)
        if not isinstance(staff_id, int):
            return staff_id
        now = house.clock()
        caseload_id = await caseloads.add(connection, rows.counts, staff_id=staff_id, now=now)
        detail = {"caseload": caseload_id, "people": rows.people}
        await audit.record(connection, by=by, act="caseload.imported", detail=detail, now=now)
        kept = await caseloads.newest(connection)
        assert kept is not None  # it was written just now  # noqa: S101
        return kept


async def newest(house: House) -> Caseload | None:
    """The caseload that counts now, or None. Raises CountsDoNotAddUp."""
    async with house.read() as connection:
        return await caseloads.newest(connection)


async def ask_override_of_story(
    house: House, version_id: int, *, reason: str, by: str
) -> Override | NotAsked | NoSuchVersion | Unknown | NotAllowed:
    """Ask that a version be published although what is told fits few people."""
    async with house.write() as connection:
        staff_id = await permitted(connection, by, Act.OVERRIDE_DISCLOSURE)
        if not isinstance(staff_id, int):
            return staff_id
        version = await story_rows.version(connection, house.seal, version_id)
        if version is None:
            return NoSuchVersion()
        case = await _case(connection, version.case_id)
        lines = [line for line, _ in Pack.from_json(version.pack).lines]
        told = await disclosing.of_story(connection, house.seal, case, lines)
        return await _ask(house, connection, case, told, reason, by, staff_id)


async def ask_override_of_update(
    house: House, update_id: int, *, reason: str, by: str
) -> Override | NotAsked | Unknown | NotAllowed:
    """Ask that an update be shown although what is told fits few people."""
    async with house.write() as connection:
        staff_id = await permitted(connection, by, Act.OVERRIDE_DISCLOSURE)
        if not isinstance(staff_id, int):
            return staff_id
        update = await update_rows.by_id(connection, house.seal, update_id)
        if update is None:
            return Unknown("update", f"{update_id}")
        case = await _case(connection, update.case_id)
        told = await disclosing.of_update(connection, house.seal, case, update)
        return await _ask(house, connection, case, told, reason, by, staff_id)


async def ask_override_of_need_card(
    house: House, named: str, *, reason: str, by: str
) -> Override | NotAsked | Unknown | NotAllowed:
    """Ask that the need card of a case be shown although what is told fits few people."""
    async with house.write() as connection:
        case = await case_named(connection, named)
        staff_id = await permitted(connection, by, Act.OVERRIDE_DISCLOSURE)
        if isinstance(case, Unknown):
            return case
        if not isinstance(staff_id, int):
            return staff_id
        told = await disclosing.of_need_card(connection, house.seal, case)
        return await _ask(house, connection, case, told, reason, by, staff_id)


async def grant_override(
    house: House, override_id: int, *, by: str
) -> Override | NotGranted | Unknown | NotAllowed:
    """Allow what another protection officer asked for."""
    async with house.write() as connection:
        staff_id = await permitted(connection, by, Act.OVERRIDE_DISCLOSURE)
        if not isinstance(staff_id, int):
            return staff_id
        # Two who grant at once would both find it open.
        asked = await overrides.by_id(connection, house.seal, override_id)
        if asked is not None:
            await case_rows.lock(connection, asked.case_id)
        done = await disclosing.grant_override(house, connection, override_id, staff_id=staff_id)
        if isinstance(done, Override):
            case = await _case(connection, done.case_id)
            act = "disclosure.override_granted"
            await wrote(house, connection, by, act, case, done.id, "override")
        return done


async def overrides_of(house: House, case: str) -> list[Override] | Unknown:
    """Every override of a case, granted or not, oldest first."""
    async with house.read() as connection:
        found = await case_named(connection, case)
        if isinstance(found, Unknown):
            return found
        return await overrides.of_case(connection, house.seal, found.id)


async def _ask(
    house: House,
    connection: Connection,
    case: Case,
    told: disclosing.Disclosure,
    reason: str,
    by: str,
    staff_id: int,
) -> Override | NotAsked:
    done = await disclosing.ask_override(
        house, connection, case, told, reason=reason, staff_id=staff_id
    )
    if isinstance(done, Override):
        act = "disclosure.override_asked"
        await wrote(house, connection, by, act, case, done.id, "override")
    return done


async def _case(connection: Connection, case_id: int) -> Case:
    return (await case_rows.by_ids(connection, [case_id]))[case_id]

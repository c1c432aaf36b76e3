"""
Acts of staff on stories, reviews and news, by the codes they go by.

Each finds who acts and on what, does it in one short transaction, and hands back what came of it.
"""

from collections.abc import Mapping

from services import drafting, reviewing, updating
from services.house import House
from services.permits import Act, NotAllowed
from services.reviewing import NoSuchVersion, NotApproved, NotNow, Review
from services.staff_acts import Unknown, case_named, permitted, wrote
from services.updating import NotDecided, NotWritten, Update
from storage import updates as update_rows
from storage.cases import Case
from storage.database import Connection

__all__ = [
    "NoSuchVersion",
    "NotAllowed",
    "NotApproved",
    "NotDecided",
    "NotNow",
    "NotWritten",
    "Review",
    "Unknown",
    "Update",
]


async def begin_draft(
    house: House, *, case: str, by: str
) -> drafting.Draft | drafting.NotBegun | Unknown | NotAllowed:
    """Begin an empty draft with the facts and the need of its case."""
    async with house.write() as connection:
        found, staff_id = (
            await case_named(connection, case),
            await permitted(connection, by, Act.WRITE_STORY),
        )
        if isinstance(found, Unknown):
            return found
        if not isinstance(staff_id, int):
            return staff_id
        done = await drafting.begin(house, connection, found.id, author_id=staff_id)
        if isinstance(done, drafting.Draft):
            await wrote(house, connection, by, "draft.begun", found, done.revision, "revision")
        return done


async def read_draft(house: House, case: str) -> drafting.Draft | drafting.NotBegun | Unknown:
    """The draft of the case as it stands."""
    async with house.read() as connection:
        found = await case_named(connection, case)
        if isinstance(found, Unknown):
            return found
        return await drafting.read(house, connection, found.id)


async def save_draft(
    house: House, *, case: str, edit: drafting.Edit, revision: int, by: str
) -> drafting.Draft | drafting.Overtaken | drafting.NotBegun | Unknown | NotAllowed:
    """Make one change to the draft. Raises NotEditable."""
    async with house.write() as connection:
        found, staff_id = (
            await case_named(connection, case),
            await permitted(connection, by, Act.WRITE_STORY),
        )
        if isinstance(found, Unknown):
            return found
        if not isinstance(staff_id, int):
            return staff_id
        done = await drafting.save(
            house, connection, found.id, edit, revision=revision, editor_id=staff_id
        )
        if isinstance(done, drafting.Draft):
            await wrote(house, connection, by, "draft.saved", found, done.revision, "revision")
        return done


async def submit_draft(
    house: House, *, case: str, by: str
) -> drafting.Submitted | drafting.NotReady | drafting.NotBegun | Unknown | NotAllowed:
    """Hand the draft in for a review, as it stands."""
    async with house.write() as connection:
        found, staff_id = (
            await case_named(connection, case),
            await permitted(connection, by, Act.WRITE_STORY),
        )
        if isinstance(found, Unknown):
            return found
        if not isinstance(staff_id, int):
            return staff_id
        done = await drafting.submit(house, connection, found.id)
        if isinstance(done, drafting.Submitted):
            await wrote(house, connection, by, "draft.submitted", found, done.version_id, "version")
        return done


async def review_queue(house: House) -> list[tuple[int, Case]]:
    """(version id, case) of what waits for a review, oldest first."""
    async with house.read() as connection:
        return await reviewing.queue(connection)


async def review(house: House, version_id: int) -> Review | NoSuchVersion:
    """All that there is to see of a version."""
    async with house.read() as connection:
        return await reviewing.review(house, connection, version_id)


async def approve_story(
    house: House, version_id: int, *, by: str
) -> reviewing.Approved | NotApproved | NotNow | NoSuchVersion | Unknown | NotAllowed:
    """Approve exactly this version; it becomes public after the operator's delay."""
    async with house.write() as connection:
        staff_id = await permitted(connection, by, Act.APPROVE_STORY)
        if not isinstance(staff_id, int):
            return staff_id
        return await reviewing.approve(house, connection, version_id, approver_id=staff_id)


async def return_story(
    house: House, version_id: int, *, note: str, by: str
) -> reviewing.Done | NotNow | NoSuchVersion | Unknown | NotAllowed:
    """Return a version to its author with a note."""
    async with house.write() as connection:
        staff_id = await permitted(connection, by, Act.APPROVE_STORY)
        if not isinstance(staff_id, int):
            return staff_id
        done = await reviewing.give_back(
            house, connection, version_id, staff_id=staff_id, note=note
        )
        if isinstance(done, reviewing.Done):
            await wrote(house, connection, by, "story.returned", None, version_id, "version")
        return done


async def stop_story(
    house: House, version_id: int, *, by: str
) -> reviewing.Done | NotNow | Unknown | NotAllowed:
    """Stop an approved version before it is public."""
    async with house.write() as connection:
        staff_id = await permitted(connection, by, Act.STOP_PUBLICATION)
        if not isinstance(staff_id, int):
            return staff_id
        done = await reviewing.stop(house, connection, version_id, staff_id=staff_id)
        if isinstance(done, reviewing.Done):
            await wrote(house, connection, by, "story.stopped", None, version_id, "version")
        return done


async def write_update(
    house: House, *, case: str, milestone: str, month: str, notes: Mapping[str, str], by: str
) -> Update | NotWritten | Unknown | NotAllowed:
    """Keep an update of a case, to be approved by somebody else."""
    async with house.write() as connection:
        found, staff_id = (
            await case_named(connection, case),
            await permitted(connection, by, Act.WRITE_UPDATE),
        )
        if isinstance(found, Unknown):
            return found
        if not isinstance(staff_id, int):
            return staff_id
        done = await updating.write(
            house,
            connection,
            case_id=found.id,
            milestone=milestone,
            month=month,
            notes=notes,
            author_id=staff_id,
        )
        if isinstance(done, Update):
            await wrote(house, connection, by, "update.written", found, done.id, "update")
        return done


async def approve_update(
    house: House, update_id: int, *, by: str
) -> Update | NotDecided | Unknown | NotAllowed:
    """Approve an update that somebody else wrote."""
    async with house.write() as connection:
        return await approve_update_in(house, connection, update_id, by=by)


async def approve_update_in(
    house: House, connection: Connection, update_id: int, *, by: str
) -> Update | NotDecided | Unknown | NotAllowed:
    """The same in the caller's transaction."""
    staff_id = await permitted(connection, by, Act.APPROVE_UPDATE)
    if not isinstance(staff_id, int):
        return staff_id
    done = await updating.approve(house, connection, update_id, approver_id=staff_id)
    if isinstance(done, Update):
        await wrote(house, connection, by, "update.approved", None, done.id, "update")
    return done


async def turn_down_update(
    house: House, update_id: int, *, by: str
) -> updating.Done | NotDecided | Unknown | NotAllowed:
    """Turn an update down."""
    async with house.write() as connection:
        return await turn_down_update_in(house, connection, update_id, by=by)


async def turn_down_update_in(
    house: House, connection: Connection, update_id: int, *, by: str
) -> updating.Done | NotDecided | Unknown | NotAllowed:
    """The same in the caller's transaction."""
    staff_id = await permitted(connection, by, Act.APPROVE_UPDATE)
    if not isinstance(staff_id, int):
        return staff_id
    done = await updating.turn_down(house, connection, update_id, decider_id=staff_id)
    if isinstance(done, updating.Done):
        await wrote(house, connection, by, "update.turned_down", None, update_id, "update")
    return done


async def stop_update(
    house: House, update_id: int, *, by: str
) -> updating.Done | NotDecided | Unknown | NotAllowed:
    """An approved update is not shown, or not any more."""
    async with house.write() as connection:
        staff_id = await permitted(connection, by, Act.STOP_PUBLICATION)
        if not isinstance(staff_id, int):
            return staff_id
        done = await updating.stop(house, connection, update_id, staff_id=staff_id)
        if isinstance(done, updating.Done):
            await wrote(house, connection, by, "update.stopped", None, update_id, "update")
        return done


async def updates_of(house: House, case: str) -> list[Update] | Unknown:
    """Every update of a case, whatever became of it, oldest first."""
    async with house.read() as connection:
        found = await case_named(connection, case)
        if isinstance(found, Unknown):
            return found
        return await update_rows.of_case(connection, house.seal, found.id)

"""
Acts of staff on stories, reviews and news, by the codes they go by.

Each finds who acts and on what, does it in one short transaction, and hands back what came of it.
"""

from collections.abc import Collection, Mapping, Sequence

from services import audit, drafting, looking, reviewing, signing, updating
from services.house import House
from services.looking import Looked, NoSuchMark, Warned
from services.permits import Act, NotAllowed
from services.reviewing import NoSuchVersion, NotApproved, NotNow, Review
from services.staff_acts import Unknown, case_named, permitted, wrote
from services.updating import NotDecided, NotWritten, Update
from storage import cases as case_rows
from storage import stories as story_rows
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
    house: House, *, case: str, edits: Sequence[drafting.Edit], revision: int, by: str
) -> drafting.Draft | drafting.Overtaken | drafting.NotBegun | Unknown | NotAllowed:
    """Make changes to the draft, all of them or none. Raises NotEditable."""
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
            house, connection, found.id, edits, revision=revision, editor_id=staff_id
        )
        if isinstance(done, drafting.Draft) and done.revision != revision:
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
        done = await drafting.submit(house, connection, found.id, staff_id=staff_id)
        if isinstance(done, drafting.Submitted):
            await wrote(house, connection, by, "draft.submitted", found, done.version_id, "version")
        return done


async def look_at_draft(
    house: House, *, case: str, marks: Collection[str] | None, by: str
) -> Looked | NoSuchMark | drafting.NotBegun | Unknown | NotAllowed:
    """Write down that warnings of the draft were looked at; None: all of them."""
    async with house.write() as connection:
        found, staff_id = (
            await case_named(connection, case),
            await permitted(connection, by, Act.SEE_DRAFT),
        )
        if isinstance(found, Unknown):
            return found
        if not isinstance(staff_id, int):
            return staff_id
        draft = await drafting.read(house, connection, found.id)
        if isinstance(draft, drafting.NotBegun):
            return draft
        return await _look(house, connection, found, draft.warnings, marks, by, staff_id)


async def look_at_story(
    house: House, version_id: int, *, marks: Collection[str] | None, by: str
) -> Looked | NoSuchMark | NoSuchVersion | Unknown | NotAllowed:
    """Write down that warnings of a version were looked at; None: all of them."""
    async with house.write() as connection:
        staff_id = await permitted(connection, by, Act.SEE_DRAFT)
        if not isinstance(staff_id, int):
            return staff_id
        seen = await reviewing.review(house, connection, version_id)
        if isinstance(seen, NoSuchVersion):
            return seen
        return await _look(house, connection, seen.case, seen.warnings, marks, by, staff_id)


async def look_at_update(
    house: House, update_id: int, *, marks: Collection[str] | None, by: str
) -> Looked | NoSuchMark | Unknown | NotAllowed:
    """Write down that warnings of an update were looked at; None: all of them."""
    async with house.write() as connection:
        staff_id = await permitted(connection, by, Act.SEE_DRAFT)
        if not isinstance(staff_id, int):
            return staff_id
        update = await update_rows.by_id(connection, house.seal, update_id)
        if update is None:
            return Unknown("update", f"{update_id}")
        case = (await case_rows.by_ids(connection, [update.case_id]))[update.case_id]
        seen = await updating.warned(house, connection, update)
        return await _look(house, connection, case, seen, marks, by, staff_id)


async def warnings_of_update(house: House, update_id: int) -> tuple[Warned, ...] | Unknown:
    """What the gate warns of in an update, and who has looked."""
    async with house.read() as connection:
        update = await update_rows.by_id(connection, house.seal, update_id)
        if update is None:
            return Unknown("update", f"{update_id}")
        return await updating.warned(house, connection, update)


async def _look(
    house: House,
    connection: Connection,
    case: Case,
    seen: Sequence[Warned],
    marks: Collection[str] | None,
    by: str,
    staff_id: int,
) -> Looked | NoSuchMark:
    await case_rows.lock(connection, case.id)
    done = await looking.look(house, connection, case.id, seen, marks, staff_id=staff_id)
    if isinstance(done, Looked):
        await wrote(house, connection, by, "warnings.looked_at", case, done.new, "new")
    return done


async def review_queue(house: House) -> list[tuple[int, Case]]:
    """(version id, case) of what waits for a review, oldest first."""
    async with house.read() as connection:
        return await reviewing.queue(connection)


async def review(house: House, version_id: int) -> Review | NoSuchVersion:
    """All that there is to see of a version."""
    async with house.read() as connection:
        return await reviewing.review(house, connection, version_id)


async def languages_of(house: House, version_id: int) -> list[signing.Signed]:
    """Who wrote each language of a version last, and who approved it."""
    async with house.read() as connection:
        return await signing.by_codes(connection, version_id)


async def approve_language(
    house: House, version_id: int, locale: str, *, by: str
) -> reviewing.Done | signing.NotSigned | NoSuchVersion | Unknown | NotAllowed:
    """Approve exactly the texts that a version has in one language."""
    async with house.write() as connection:
        staff_id = await permitted(connection, by, Act.APPROVE_STORY)
        if not isinstance(staff_id, int):
            return staff_id
        version = await story_rows.version(connection, house.seal, version_id)
        if version is None:
            return NoSuchVersion()
        await case_rows.lock(connection, version.case_id)
        why = await signing.approve(house, connection, version, locale, approver_id=staff_id)
        if why is not None:
            return why
        case = await case_rows.by_id(connection, version.case_id)
        await audit.record(
            connection, by=by, act="story.language_approved",
            about="" if case is None else audit.of_case(case),
            detail={"version": version_id, "locale": locale}, now=house.clock(),
        )  # fmt: skip
        return reviewing.Done()


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

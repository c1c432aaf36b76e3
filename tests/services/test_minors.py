"""A case of somebody under 18 needs two protection officers, and no story of it is ever told."""

import dataclasses

import pytest

from services import (
    audit,
    case_acts,
    drafting,
    giving,
    publishing,
    staff_acts,
    updating,
    words_acts,
)
from services.case_acts import CannotOpen, NotAllowed, Opened, Unknown
from services.catalogue import Shelf
from services.house import House
from services.minors import Confirmed, Guardian, NotConfirmed, Record
from services.permits import NEEDED, Act
from services.updating import NotDecided, NotWritten
from storage import minors
from storage.errors import Refused
from stories.editing import SetText
from tests.services.desk import FACTS, a_desk, a_story
from tests.staff import a_member
from values.facts import AgeBand
from values.lines import BudgetLine
from values.money import Money

A_CHILD = dataclasses.replace(FACTS, age_band=AgeBand.UNDER_18)
LINES = ((BudgetLine.SHELTER, Money(30_000, "USD")),)
COURT = Record(Guardian.COURT, "2026-05")


@pytest.fixture
async def desk(database):
    return await a_desk(database)


@pytest.fixture
async def house(desk):
    async with desk.database.write() as connection:
        for code in ("first", "second"):
            await a_member(connection, code, "protection_officer")
        await a_member(connection, "case officer", "case_officer")
    return House(
        desk.database, desk.seal, Shelf(desk.seal), "Safe", "http://x.example",
        clock=lambda: desk.now,
    )  # fmt: skip


async def asked(house, *, facts=A_CHILD, guardian=COURT, by="first", training=False):
    return await case_acts.open_case(
        house, facts=facts, lines=LINES, training=training, guardian=guardian, by=by
    )


async def sheet(house, opened):
    """What staff know of a child's case."""
    found = await case_acts.sheet(house, opened.slug)
    assert isinstance(found, case_acts.Sheet)
    return found


async def confirmed(house):
    """A child's case that two opened."""
    opened = await asked(house)
    assert await case_acts.confirm_case(house, case=opened.slug, by="second") == Confirmed()
    return opened


async def test_case_is_asked_for_by_one_and_opened_by_another(house):
    opened = await asked(house)
    before = await sheet(house, opened)
    waiting = await case_acts.waiting(house)

    done = await case_acts.confirm_case(house, case=opened.slug, by="second")

    after = await sheet(house, opened)
    assert isinstance(opened, Opened)
    assert opened.waits
    assert [case.slug for case in waiting] == [opened.slug]
    assert not before.case.is_open
    assert before.minor.confirmed_by is None
    assert done == Confirmed()
    assert after.case.is_open
    assert (after.minor.guardian, after.minor.month) == (Guardian.COURT, "2026-05")
    assert await case_acts.waiting(house) == []
    async with house.read() as connection:
        log = await audit.newest(connection)
    assert [entry.act for entry in log[:2]] == ["case.confirmed", "case.asked_for"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"guardian": None, "by": "case officer"}, "under_18"),
        ({"facts": FACTS}, "not_under_18"),
        ({"guardian": Record(Guardian.COURT, "2026-13")}, "guardian_month"),
        ({"guardian": Record(Guardian.COURT, "2099-01")}, "guardian_month"),
        ({"guardian": Record(Guardian.COURT, "2026-05-03")}, "guardian_month"),
        ({"guardian": Record(Guardian.COURT, "")}, "guardian_month"),
    ],
)
async def test_case_without_a_sound_record_is_not_opened(house, changes, why):
    assert await asked(house, **changes) == CannotOpen(why)


async def test_only_protection_officers_ask_and_confirm(house):
    assert isinstance(await asked(house, by="case officer"), NotAllowed)
    opened = await asked(house)

    refused = await case_acts.confirm_case(house, case=opened.slug, by="case officer")

    assert isinstance(refused, NotAllowed)
    assert NEEDED[Act.OPEN_MINOR_CASE] == {"protection_officer"}


async def test_nobody_confirms_alone_and_nobody_twice(house):
    opened = await asked(house)

    alone = await case_acts.confirm_case(house, case=opened.slug, by="first")
    done = await case_acts.confirm_case(house, case=opened.slug, by="second")
    again = await case_acts.confirm_case(house, case=opened.slug, by="second")
    other = await case_acts.confirm_case(house, case="mala", by="second")

    assert (alone, done) == (NotConfirmed("same_person"), Confirmed())
    assert (again, other) == (NotConfirmed("confirmed"), NotConfirmed("not_asked"))


async def test_database_confirms_nothing_by_one_person(house):
    opened = await asked(house)
    async with house.read() as connection:
        minor = await minors.of_case(connection, opened.case_id)
    assert minor is not None

    with pytest.raises(Refused) as refusal:
        async with house.write() as connection:
            await minors.confirm(
                connection, opened.case_id, minor, confirmed_by=minor.asked_by, now=house.clock()
            )

    assert refusal.value.constraint == "ck_minor_confirmation_two_people"


async def test_case_that_waits_is_closed_to_everything(house):
    opened = await asked(house)
    closed = Unknown("confirmed case", opened.slug)
    named = {"case": opened.slug, "by": "first"}

    assert await case_acts.say_facts(house, facts=A_CHILD, **named) == closed
    assert await case_acts.keep_secrets(house, words=["Hoa"], **named) == closed
    assert await words_acts.begin_draft(house, **named) == closed
    assert await words_acts.updates_of(house, opened.slug) == closed
    assert await staff_acts.find_case(house, opened.slug) == closed
    assert await staff_acts.find_case(house, opened.code) == Unknown("confirmed case", opened.code)
    async with house.write() as connection:
        taken = await giving.take_hold(
            house, connection, case_code=opened.code, amount=Money(1_000, "USD"), locale="en",
            request_key="one",
        )  # fmt: skip
    assert not isinstance(taken, giving.Held)


async def test_no_story_and_no_news_of_a_child(house, desk):
    opened = await confirmed(house)

    draft = await words_acts.begin_draft(house, case=opened.slug, by="first")
    news = await words_acts.write_update(
        house, case=opened.slug, milestone="job_found", month="2026-05", notes={}, by="first"
    )
    async with house.write() as connection:
        pack = a_story().model_copy(update={"slug": opened.slug})
        with pytest.raises(publishing.UnderAge):
            await publishing.bring_in(
                connection, house.seal, pack, author_code="first", now=desk.now
            )

    assert draft == drafting.NotBegun("under_18")
    assert news == NotWritten("under_18")


async def test_database_keeps_no_version_of_a_child(house, desk):
    desk.case_id = (await confirmed(house)).case_id

    with pytest.raises(Refused) as refusal:
        await desk.draft(a_story())

    assert refusal.value.constraint == "under_18"


async def test_database_keeps_no_draft_of_a_child(house, desk):
    opened = await confirmed(house)

    with pytest.raises(Refused) as refusal:
        await desk.run(
            "INSERT INTO story_draft (case_id, revision, author_id, last_editor_id,"
            " content_sealed, edited_at) VALUES (:case, 1, :by, :by, :content, 1)",
            case=opened.case_id, by=desk.author, content=b"{}",
        )  # fmt: skip

    assert refusal.value.constraint == "under_18"


async def test_story_of_somebody_who_turns_out_to_be_a_child_is_taken_back(house, desk):
    await desk.consent()
    await desk.published(a_story())
    async with house.write() as connection:
        await drafting.begin(house, connection, desk.case_id, author_id=desk.author)
    desk.now += house.terms.publish_after

    done = await case_acts.say_facts(house, case="mala", facts=A_CHILD, by="case officer")

    assert not isinstance(done, Unknown | NotAllowed)
    assert await desk.shown() is None
    async with house.write() as connection:
        saved = await drafting.save(
            house, connection, desk.case_id, [SetText("en", "title", "A paper")], revision=1,
            editor_id=desk.author,
        )  # fmt: skip
        submitted = await drafting.submit(house, connection, desk.case_id, staff_id=desk.author)
    assert saved == submitted == drafting.NotBegun("under_18")


async def test_news_of_somebody_who_turns_out_to_be_a_child_is_not_approved(house, desk):
    await desk.consent(purpose="publish_updates")
    async with house.write() as connection:
        update = await updating.write(
            house, connection, case_id=desk.case_id, milestone="job_found", month="2026-05",
            notes={}, author_id=desk.author,
        )  # fmt: skip
    assert isinstance(update, updating.Update)
    await desk.facts(A_CHILD)

    async with house.write() as connection:
        told = await updating.approve(house, connection, update.id, approver_id=desk.reviewer)

    assert told == NotDecided("under_18")


async def test_child_who_grows_up_stays_one_here(house):
    opened = await confirmed(house)

    await case_acts.say_facts(house, case=opened.slug, facts=FACTS, by="case officer")

    begun = await words_acts.begin_draft(house, case=opened.slug, by="first")
    assert begun == drafting.NotBegun("under_18")

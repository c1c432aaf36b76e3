"""Nothing is published that fits few people; two protection officers may allow exactly that."""

import dataclasses
import datetime as dt
import json

import pytest
import sqlalchemy as sa

from services import audit, caseload_acts, disclosing, publishing, reviewing, updating
from services.caseload_acts import NotAllowed, NotAsked, NotGranted, Override
from services.caseload_files import Rows
from services.catalogue import Shelf
from services.house import House
from services.reviewing import Approved, NoSuchVersion, NotApproved
from services.terms import Terms
from services.updating import NotDecided
from storage import alarms, overrides
from storage.errors import Refused
from stories.pack import Pack
from tests.services.desk import FACTS, Desk, a_desk, a_story, counted
from tests.staff import a_member
from values.bands import COLUMNS, Gender


@dataclasses.dataclass
class Counted:
    """A desk, and the house in which what it tells is counted."""

    desk: Desk
    house: House

    async def act(self, act, *arguments, **named):
        async with self.house.write() as connection:
            return await act(self.house, connection, *arguments, **named)

    async def approve(self, version):
        return await self.act(reviewing.approve, version, approver_id=self.desk.reviewer)

    async def seen(self, version):
        async with self.house.read() as connection:
            seen = await reviewing.review(self.house, connection, version)
        assert isinstance(seen, reviewing.Review)
        return seen.disclosure

    async def news(self, milestone="job_found", notes=None):
        """News that waits for approval."""
        written = await self.act(
            updating.write, case_id=self.desk.case_id, milestone=milestone, month="2026-05",
            notes=notes or {}, author_id=self.desk.author,
        )  # fmt: skip
        assert isinstance(written, updating.Update), written
        return written

    async def approve_news(self, update):
        return await self.act(updating.approve, update.id, approver_id=self.desk.reviewer)

    async def override(self, version, reason="Her lawyer asks for it.", by="first"):
        return await caseload_acts.ask_override_of_story(self.house, version, reason=reason, by=by)

    async def grant(self, override, by="second"):
        return await caseload_acts.grant_override(self.house, override.id, by=by)

    async def allowed(self, version):
        """Both have allowed what *version* tells."""
        return await self.grant(await self.override(version))


async def a_room(database, *, counts=True):
    desk = await a_desk(database, counts=counts)
    desk.now = dt.datetime(2026, 7, 10, tzinfo=dt.UTC)
    await desk.consent()
    await desk.consent(purpose="publish_updates")
    async with database.write() as connection:
        for code in ("first", "second"):
            await a_member(connection, code, "protection_officer")
        await a_member(connection, "officer without protection", "case_officer", "admin")
    house = House(
        database, desk.seal, Shelf(desk.seal), "Safe", "http://x.example",
        clock=lambda: desk.now, terms=Terms(publish_after=dt.timedelta()),
    )  # fmt: skip
    return Counted(desk, house)


@pytest.fixture
async def room(database):
    return await a_room(database)


@pytest.fixture
async def bare(database):
    """The same without any caseload."""
    return await a_room(database, counts=False)


async def test_story_that_fits_ten_people_is_not_approved(room):
    await room.desk.caseload(counted(10), counted(90, gender="man"))
    version = await room.desk.draft(a_story())

    told = await room.approve(version)

    assert isinstance(told, NotApproved)
    [reason] = told.reasons
    assert "region mainland_south_east_asia, age_band 18_29, exploitation domestic_work" in reason
    assert "gender woman, period_band 6_24_months. That fits 10 of" in reason
    assert "homeward caseload override" in reason
    seen = await room.seen(version)
    assert (seen.people, seen.is_enough, seen.is_overridden) == (10, False, False)


async def test_story_that_fits_eleven_people_is_approved_and_published(room):
    version = await room.desk.draft(a_story())

    assert isinstance(await room.approve(version), Approved)

    assert await reviewing.publish_due(room.house) == 1
    assert (await room.seen(version)).people == 11


async def test_without_any_caseload_nothing_real_is_published(bare):
    version = await bare.desk.draft(a_story())
    update = await bare.news()

    story, news = await bare.approve(version), await bare.approve_news(update)

    [reason] = story.reasons
    assert "`homeward caseload import`" in reason
    assert news == NotDecided("disclosure", (reason,))
    assert (await bare.seen(version)).people is None
    assert await bare.override(version) == NotAsked("no_count")


async def test_invented_story_needs_no_caseload(bare):
    await bare.desk.run("UPDATE cases SET invented = 1")
    version = await bare.desk.draft(a_story(invented=True))

    assert isinstance(await bare.approve(version), Approved)
    assert not (await bare.seen(version)).is_bound
    assert await bare.override(version) == NotAsked("not_needed")


async def test_case_whose_facts_nobody_said_is_not_published(room):
    version = await _other_case(room)

    told = await room.approve(version)

    assert "Nobody has said the facts of the case: `homeward cases facts`." in told.reasons


@pytest.mark.parametrize("column", COLUMNS)
async def test_each_fact_that_is_told_counts(room, column):
    await room.desk.caseload(counted(10), counted(500, **{column: _other(column)}))

    assert isinstance(await room.approve(await room.desk.draft(a_story())), NotApproved)


async def test_length_counts_once_something_tells_it(room):
    """A plan without law help does not tell how long it was; news of wages does."""
    await room.desk.run("DELETE FROM need_line WHERE line = 'legal'")
    await room.desk.caseload(counted(10), counted(90, period_band="over_24_months"))
    story = _without_legal()
    version = await room.desk.draft(story)
    assert isinstance(await room.approve(version), Approved)
    assert await reviewing.publish_due(room.house) == 1

    wages = await room.approve_news(await room.news("wages_claimed"))
    work = await room.approve_news(await room.news("job_found"))

    assert (wages.why, len(wages.reasons)) == ("disclosure", 1)
    assert "period_band 6_24_months. That fits 10" in wages.reasons[0]
    assert work.approved


async def test_news_that_is_approved_counts_for_the_story_that_follows(room):
    await room.desk.run("DELETE FROM need_line WHERE line = 'legal'")
    news = await room.approve_news(await room.news("wages_claimed"))
    assert news.approved
    await room.desk.caseload(counted(10), counted(90, period_band="over_24_months"))
    version = await room.desk.draft(_without_legal())

    before = await room.approve(version)
    await room.act(updating.stop, news.id, staff_id=room.desk.author)
    after = await room.approve(version)

    assert isinstance(before, NotApproved)
    assert isinstance(after, Approved)


async def test_note_tells_her_gender_where_no_story_does(room):
    await room.desk.run("DELETE FROM need_line WHERE line = 'legal'")
    await room.desk.caseload(counted(10), counted(90, gender="man"))

    silent = await room.approve_news(await room.news())
    told = await room.approve_news(await room.news(notes={"en": "She has work again."}))

    assert silent.approved
    assert told.why == "disclosure"


async def test_two_protection_officers_allow_exactly_these_facts(room):
    await room.desk.caseload(counted(3))
    version = await room.desk.draft(a_story())

    asked = await room.override(version)
    before = await room.approve(version)
    granted = await room.grant(asked)
    after = await room.approve(version)

    assert isinstance(asked, Override)
    assert (asked.people, asked.granted_by) == (3, None)
    assert isinstance(before, NotApproved)
    assert granted.granted_by is not None
    assert isinstance(after, Approved)
    assert (await room.seen(version)).is_overridden
    assert await reviewing.publish_due(room.house) == 1


@pytest.mark.parametrize("change", ["caseload", "facts", "other case"])
async def test_override_is_void_with_a_new_caseload_or_other_facts(room, change):
    await room.desk.caseload(counted(3))
    version = await room.desk.draft(a_story())
    await room.allowed(version)
    if change == "caseload":
        await room.desk.caseload(counted(3))
    elif change == "facts":
        await room.desk.facts(dataclasses.replace(FACTS, gender=Gender.MAN))
    else:
        version = await _other_case(room)
        await room.desk.facts(FACTS)

    assert isinstance(await room.approve(version), NotApproved)


async def test_override_of_a_story_does_not_cover_news_that_tells_more(room):
    await room.desk.run("DELETE FROM need_line WHERE line = 'legal'")
    await room.desk.caseload(counted(3))
    version = await room.desk.draft(_without_legal())
    await room.allowed(version)
    assert isinstance(await room.approve(version), Approved)
    await reviewing.publish_due(room.house)
    update = await room.news("wages_claimed")

    before = await room.approve_news(update)
    asked = await caseload_acts.ask_override_of_update(
        room.house, update.id, reason="She wants it told.", by="first"
    )
    assert isinstance(asked, Override)
    await room.grant(asked)
    after = await room.approve_news(update)

    assert before.why == "disclosure"
    assert "period_band" in asked.facts
    assert after.approved


async def test_new_caseload_during_the_delay_keeps_the_story_back(room):
    await room.desk.caseload(counted(3))
    version = await room.desk.draft(a_story())
    await room.allowed(version)
    assert isinstance(await room.approve(version), Approved)

    await room.desk.caseload(counted(3))

    assert await reviewing.publish_due(room.house) == 0
    assert await room.desk.shown() is None


async def test_alarm_is_raised_once_when_what_is_public_tells_too_much(room):
    await room.approve(await room.desk.draft(a_story()))
    await reviewing.publish_due(room.house)
    assert await disclosing.watch(room.house) == 0

    await room.desk.caseload(counted(10))

    assert await disclosing.watch(room.house) == 1
    assert await disclosing.watch(room.house) == 0
    assert await room.desk.shown()
    async with room.house.read() as connection:
        [alarm] = await alarms.since(connection, room.desk.now)
    assert alarm.kind == "tells_too_much"
    await room.desk.caseload(counted(9))
    assert await disclosing.watch(room.house) == 1


async def test_nobody_grants_what_they_asked_for(room):
    await room.desk.caseload(counted(3))
    version = await room.desk.draft(a_story())
    asked = await room.override(version)

    assert await room.grant(asked, by="first") == NotGranted("same_person")
    assert isinstance(await room.grant(asked, by="officer without protection"), NotAllowed)
    with pytest.raises(Refused) as refusal:
        async with room.house.write() as connection:
            await overrides.grant(connection, asked, granted_by=asked.asked_by, now=room.desk.now)
    assert refusal.value.constraint == "ck_disclosure_grant_two_people"
    assert isinstance(await room.approve(version), NotApproved)


async def test_override_is_granted_once_and_not_by_an_old_caseload(room):
    await room.desk.caseload(counted(3))
    version = await room.desk.draft(a_story())
    asked, late = await room.override(version), await room.override(version)
    await room.grant(asked)

    assert await room.grant(asked) == NotGranted("granted")
    await room.desk.caseload(counted(3))
    assert await room.grant(late) == NotGranted("void")
    assert await caseload_acts.grant_override(room.house, 99, by="second") == NotGranted("unknown")


async def test_override_needs_a_reason_and_a_need(room):
    version = await room.desk.draft(a_story())

    assert await room.override(version) == NotAsked("not_needed")
    await room.desk.caseload(counted(3))
    assert await room.override(version, reason="  ") == NotAsked("reason")
    too_long = "x" * (disclosing.MOST_OF_A_REASON + 1)
    assert await room.override(version, reason=too_long) == NotAsked("reason")
    assert await room.override(99) == NoSuchVersion()
    assert isinstance(await room.override(version, by="officer without protection"), NotAllowed)


async def test_reason_is_sealed_and_not_in_the_log(room):
    await room.desk.caseload(counted(3))
    await room.allowed(await room.desk.draft(a_story()))

    async with room.house.read() as connection:
        [(kept,)] = await connection.execute(
            sa.text("SELECT reason_sealed FROM disclosure_override")
        )
        log = await audit.newest(connection)

    assert b"lawyer" not in kept
    assert [entry.act for entry in log[:2]] == [
        "disclosure.override_granted", "disclosure.override_asked",
    ]  # fmt: skip
    assert "lawyer" not in str(log)


async def test_counts_that_do_not_add_up_count_for_nothing(room):
    """Somebody with the database adds to the caseload what was never imported."""
    await room.desk.caseload(counted(3))
    version = await room.desk.draft(a_story())
    await room.desk.run(
        "INSERT INTO caseload_count SELECT MAX(caseload_id), region, age_band, exploitation, 'man',"
        " period_band, 50 FROM caseload_count GROUP BY region, age_band, exploitation, period_band"
    )

    told = await room.approve(version)

    assert "are not those that were imported" in told.reasons[0]
    with pytest.raises(caseload_acts.CountsDoNotAddUp):
        await caseload_acts.newest(room.house)


async def test_caseload_is_brought_in_by_a_protection_officer_alone(room):
    rows = Rows(tuple(COLUMNS), (counted(7), counted(5, gender="man")))

    refused = await caseload_acts.bring_in(room.house, rows, by="officer without protection")
    kept = await caseload_acts.bring_in(room.house, rows, by="first")

    assert isinstance(refused, NotAllowed)
    assert isinstance(kept, caseload_acts.Caseload)
    assert kept.people == 12
    assert await caseload_acts.newest(room.house) == kept
    async with room.house.read() as connection:
        [entry, *_] = await audit.newest(connection)
    assert (entry.act, entry.by) == ("caseload.imported", "first")


async def _other_case(room):
    """The version of another case, of which nobody said the facts."""
    await room.desk.run("UPDATE cases SET slug = 'another'")
    async with room.house.write() as connection:
        room.desk.case_id = await publishing.open_case(connection, a_story(), room.desk.now)
    return await room.desk.draft(a_story())


def _without_legal():
    story = json.loads(a_story().to_json())
    del story["texts"]["en"]["lines"]["legal"]
    budget = story["budget"]
    budget["lines"] = [line for line in budget["lines"] if line["line"] != "legal"]
    return Pack.from_json(json.dumps(story))


def _other(column):
    """Another word of the column than the case has."""
    return next(word.value for word in COLUMNS[column] if word != getattr(FACTS, column))

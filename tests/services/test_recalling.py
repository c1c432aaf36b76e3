"""Who may take a story back, what goes with it, and the whole way it needs to come back."""

import dataclasses
import datetime as dt

import pytest
import sqlalchemy as sa

from services import audit, case_acts, publishing, recalling
from services.catalogue import Shelf
from services.house import House
from services.publishing import NotPublishable
from services.recalling import NeverRecalled, NoSuchCase, NoSuchMember, NotAllowed, Report
from storage import recalls, stories
from storage.errors import Refused
from storage.staff import Role
from tests.services.desk import EVERYWHERE, a_desk, a_story
from tests.staff import a_member

DAY = dt.timedelta(days=1)


@pytest.fixture
async def desk(database):
    desk = await a_desk(database)
    await desk.consent()
    await desk.published(a_story())
    async with database.write() as connection:
        await a_member(connection, "anybody", Role.FINANCE)
        await a_member(connection, "nobody")
    return desk


@pytest.fixture
def house(desk):
    house = House(desk.database, desk.seal, Shelf(desk.seal), "Safe Harbour", "http://page.example")
    return dataclasses.replace(house, clock=lambda: desk.now)


async def slug(house):
    async with house.read() as connection:
        return await connection.scalar(sa.text("SELECT slug FROM cases"))


async def jobs(house):
    async with house.read() as connection:
        found = await connection.execute(sa.text("SELECT COUNT(*) FROM recall"))
        return found.scalar_one()


async def test_anybody_of_the_staff_takes_a_story_back_at_once(desk, house):
    desk.now += dt.timedelta(minutes=1)

    done = await recalling.recall(house, await slug(house), by="anybody")

    assert isinstance(done, Report)
    for channel in EVERYWHERE:
        assert await desk.shown(channel) is None
    async with house.read() as connection:
        assert await recalls.is_taken_back(connection, await slug(house))
        (entry, *_) = await audit.newest(connection)
    assert (entry.by, entry.act) == ("anybody", "story.recalled")


async def test_done_twice_it_is_done_once(desk, house):
    desk.now += dt.timedelta(minutes=1)
    first = await recalling.recall(house, await slug(house), by="anybody")
    second = await recalling.recall(house, await slug(house), by="anybody")

    assert first == second
    assert await jobs(house) == 1


async def test_who_is_not_of_the_staff_may_not(desk, house):
    named = await slug(house)

    assert isinstance(await recalling.recall(house, named, by="nobody"), NotAllowed)
    assert isinstance(await recalling.recall(house, named, by="stranger"), NoSuchMember)
    assert await recalling.recall(house, "nowhere", by="anybody") == NoSuchCase("nowhere")
    assert await recalling.report(house, named) == NeverRecalled()
    assert await desk.shown("web") is not None


async def test_it_comes_back_only_with_a_new_approval(desk, house):
    desk.now += dt.timedelta(minutes=1)
    await recalling.recall(house, await slug(house), by="anybody")
    async with house.read() as connection:
        version_id = await connection.scalar(sa.text("SELECT MAX(id) FROM story_version"))
        approval_id = await connection.scalar(sa.text("SELECT MAX(id) FROM approval"))
        case_id = await connection.scalar(sa.text("SELECT id FROM cases"))

    async with house.write() as connection:
        with pytest.raises(NotPublishable, match="Nobody but the author"):
            await publishing.publish(connection, desk.seal, version_id=version_id, now=desk.now)
    with pytest.raises(Refused) as refused:
        async with house.write() as connection:
            await stories.publish(connection, case_id, version_id, approval_id, desk.now)
    desk.now += DAY
    await desk.published(a_story(title="Told anew"))

    assert refused.value.constraint == "recalled"
    assert (await desk.shown("web")).story.title("en").text == "Told anew"
    async with house.read() as connection:
        assert not await recalls.is_taken_back(connection, await slug(house))


async def test_when_the_consent_ends_the_story_goes_by_itself(desk, house):
    ends = await last_consent(house)
    desk.now = ends - dt.timedelta(seconds=1)
    before = await recalling.end_with_consent(house)
    desk.now = ends

    ended = await recalling.end_with_consent(house)
    again = await recalling.end_with_consent(house)

    assert (before, ended, again) == (0, 1, 0)
    found = await recalling.report(house, await slug(house))
    assert isinstance(found, Report)
    assert found.recall.staff_id is None


async def test_consent_that_is_withdrawn_takes_the_story_back_in_the_same_moment(desk, house):
    async with house.write() as connection:
        await a_member(connection, "keeper", Role.CASE_OFFICER)
    named = await slug(house)
    desk.now += dt.timedelta(minutes=1)

    async def withdraw(channel):
        return await case_acts.withdraw_consent(
            house, case=named, purpose="tell_story", channel=channel, locale=None, by="keeper"
        )

    page = await withdraw("web")
    between = [await desk.shown("bot"), await desk.shown("web")]
    rest = await withdraw(None)

    assert isinstance(page, case_acts.Withdrawn)
    assert isinstance(rest, case_acts.Withdrawn)
    assert (page.recalled, rest.recalled) == (False, True)
    assert (between[0] is None, between[1] is None) == (False, True)
    assert await desk.shown("bot") is None
    assert await recalling.end_with_consent(house) == 0
    async with house.read() as connection:
        logged = [(entry.by, entry.act) for entry in await audit.newest(connection, most=3)]
    assert logged == [
        ("keeper", "consent.withdrawn"),
        ("keeper", "story.recalled"),
        ("keeper", "consent.withdrawn"),
    ]


async def test_only_who_keeps_consents_may_write_a_withdrawal_down(desk, house):
    refused = await case_acts.withdraw_consent(
        house, case=await slug(house), purpose="tell_story", channel=None, locale=None,
        by="anybody",
    )  # fmt: skip

    assert isinstance(refused, NotAllowed)
    assert await desk.shown("web") is not None


async def test_where_only_the_chat_may_not_tell_it_any_more_the_page_goes_on(desk, house):
    async with house.write() as connection:
        await connection.execute(
            sa.text("UPDATE consent SET withdrawn_at = given_at WHERE channel = 'bot'")
        )
        person = await connection.execute(
            sa.text(
                "INSERT INTO person (chat_hash, chat_sealed, gone, text_only)"
                " VALUES (:hash, :sealed, 0, 0) RETURNING id"
            ),
            {"hash": b"h", "sealed": b"s"},
        )
        case_id = await connection.scalar(sa.text("SELECT id FROM cases"))
        await recalls.remember(
            connection, desk.seal, person_id=person.scalar_one(), chat_id=1, message_id=2,
            case_id=case_id, has_picture=True,
        )  # fmt: skip

    ended = await recalling.end_with_consent(house)
    again = await recalling.end_with_consent(house)

    assert (ended, again) == (1, 0)
    assert await desk.shown("web") is not None
    found = await recalling.report(house, await slug(house))
    assert isinstance(found, Report)
    assert found.reach.to_go == 1


async def test_staff_are_warned_a_month_and_a_week_before_once_each(desk, house):
    ends = await last_consent(house)
    rung = []
    for days in (31, 30, 29, 8, 7, 1):
        desk.now = ends - days * DAY
        rung.append(await recalling.warn_of_endings(house))

    assert rung == [0, 2, 0, 0, 2, 0]
    assert [ending.channel for ending in await recalling.endings(house, DAY)] == ["bot", "web"]


async def test_consent_to_something_else_hides_no_ending(desk, house):
    ends = await last_consent(house)
    await desk.consent(purpose="publish_updates", valid_until=ends + 90 * DAY)
    desk.now = ends - 10 * DAY

    found = await recalling.endings(house, 30 * DAY)

    assert [(ending.channel, ending.ends_at) for ending in found] == [("bot", ends), ("web", ends)]


async def last_consent(house):
    async with house.read() as connection:
        (case_id,) = (await connection.execute(sa.text("SELECT id FROM cases"))).scalars()
        given = (await stories.consents(connection, [case_id]))[case_id]
    return max(consent.valid_until for consent in given)

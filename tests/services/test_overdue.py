"""Money is held and nothing is told for long: staff are reminded, then readers see it."""

import dataclasses
import datetime as dt

import pytest

from services import overdue
from services.catalogue import Shelf
from services.house import House
from storage import alarms, cases, updates
from storage.ledger import Leg, Posting, post
from tests.services.desk import a_desk, a_story
from values.money import Money

DAY = dt.timedelta(days=1)


class Silence:
    def __init__(self, desk):
        self.desk = desk
        house = House(desk.database, desk.seal, Shelf(desk.seal), "Safe", "http://x")
        self.house = dataclasses.replace(house, clock=lambda: desk.now)

    async def money(self):
        async with self.house.write() as connection:
            leg = Leg(self.desk.case_id, "world", "fund", Money(500, "USD"))
            await post(
                connection, Posting("test", "gift", "donation", [leg], b"h" * 32), self.desk.now
            )

    async def news(self):
        async with self.house.write() as connection:
            update_id = await updates.add(
                connection, self.desk.seal, case_id=self.desk.case_id, milestone="job_found",
                month="2026-11", notes={}, content_sha256=b"h" * 32, author_id=self.desk.author,
                now=self.desk.now,
            )  # fmt: skip
            update = await updates.by_id(connection, self.desk.seal, update_id)
            assert update is not None
            await updates.decide(
                connection, update, decider_id=self.desk.reviewer, public_from=self.desk.now,
                now=self.desk.now,
            )  # fmt: skip

    async def is_shown(self):
        async with self.house.read() as connection:
            case = await cases.by_id(connection, self.desk.case_id)
            assert case is not None
            return await overdue.is_shown(connection, self.desk.seal, self.desk.now, case)


@pytest.fixture
async def silence(database):
    desk = await a_desk(database)
    await desk.consent(valid_until=desk.now + 300 * DAY)
    await desk.published(a_story())
    return Silence(desk)


async def test_after_sixty_days_staff_are_reminded_once_and_a_week_later_readers_see_it(silence):
    await silence.money()
    silence.desk.now += 59 * DAY
    assert await overdue.remind(silence.house) == 0

    silence.desk.now += DAY
    assert [await overdue.remind(silence.house) for _ in range(2)] == [1, 0]
    assert not await silence.is_shown()
    silence.desk.now += 7 * DAY
    assert await silence.is_shown()
    async with silence.house.read() as connection:
        (alarm,) = await alarms.since(connection, silence.desk.now - 30 * DAY)
    assert alarm.kind == "update_due"


async def test_news_ends_the_silence_and_the_next_one_is_told_again(silence):
    await silence.money()
    silence.desk.now += 70 * DAY
    await overdue.remind(silence.house)

    await silence.news()

    assert not await silence.is_shown()
    assert await overdue.remind(silence.house) == 0
    silence.desk.now += 60 * DAY
    assert await overdue.remind(silence.house) == 1


async def test_a_plan_that_holds_nothing_owes_no_news(silence):
    silence.desk.now += 100 * DAY

    assert await overdue.remind(silence.house) == 0
    assert not await silence.is_shown()


async def test_a_story_that_is_not_public_owes_no_news(silence):
    await silence.money()
    silence.desk.now += 100 * DAY
    async with silence.house.write() as connection:
        await connection.exec_driver_sql("DELETE FROM publication")

    assert await overdue.remind(silence.house) == 0

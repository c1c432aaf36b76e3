"""News is written by one person, approved by another, and shown when nobody can tell from when."""

import dataclasses
import datetime as dt

import pytest
import sqlalchemy as sa

from services import news, updating
from services.catalogue import Shelf
from services.house import House
from services.terms import Terms
from storage import case_sheets
from storage.case_sheets import Risk
from tests.services.desk import EVERYWHERE, Desk, a_desk
from values.bands import Limit, RiskLevel

A_DAY = dt.timedelta(days=1)
THREE_HOURS = dt.timedelta(hours=3)


@dataclasses.dataclass
class Newsroom:
    """A desk, and the house in which its news is written."""

    desk: Desk
    house: House

    async def act(self, act, *arguments, **named):
        async with self.house.write() as connection:
            return await act(self.house, connection, *arguments, **named)

    async def write(self, milestone="job_found", month="2026-05", notes=None):
        return await self.act(
            updating.write, case_id=self.desk.case_id, milestone=milestone, month=month,
            notes=notes or {}, author_id=self.desk.author,
        )  # fmt: skip

    async def approve(self, update, by=None):
        return await self.act(
            updating.approve, update.id, approver_id=by or self.desk.reviewer,
            wait=lambda: THREE_HOURS,
        )  # fmt: skip

    async def stop(self, update):
        return await self.act(updating.stop, update.id, staff_id=self.desk.author)

    async def shown(self, channel="bot"):
        async with self.house.read() as connection:
            found = await news.news_of(
                connection, self.house.seal, channel, self.house.clock(), [self.desk.case_id]
            )
        return found[self.desk.case_id]


@pytest.fixture
async def room(database):
    desk = await a_desk(database)
    desk.now = dt.datetime(2026, 7, 10, tzinfo=dt.UTC)
    await desk.consent(purpose="publish_updates")
    house = House(
        database, desk.seal, Shelf(desk.seal), "Safe Way Home", "http://page.example",
        clock=lambda: desk.now, terms=Terms(update_after=14 * A_DAY),
    )  # fmt: skip
    return Newsroom(desk, house)


async def test_approved_news_is_shown_a_while_later_and_not_before(room):
    update = await room.write(notes={"en": "She has work again."})

    approved = await room.approve(update)

    assert approved.public_from == room.desk.now + THREE_HOURS
    assert await room.shown() == []
    room.desk.now += THREE_HOURS
    for channel in EVERYWHERE:
        [news] = await room.shown(channel)
        assert (news.milestone, news.month) == ("job_found", "2026-05")
        assert news.notes == {"en": "She has work again."}
        assert news.locales == {"en"}


async def test_news_of_a_young_month_waits_until_it_is_old_enough(room):
    approved = await room.approve(await room.write(month="2026-06"))
    now = await room.approve(await room.write(month="2026-07"))

    assert approved.public_from == dt.datetime(2026, 7, 15, tzinfo=dt.UTC) + THREE_HOURS
    assert now.public_from == dt.datetime(2026, 8, 15, tzinfo=dt.UTC) + THREE_HOURS


async def test_without_a_delay_news_of_this_month_is_shown_a_while_later(room):
    house = dataclasses.replace(room.house, terms=Terms(update_after=0 * A_DAY))
    quick = dataclasses.replace(room, house=house)

    approved = await quick.approve(await quick.write(month="2026-07"))

    assert approved.public_from == room.desk.now + THREE_HOURS


def test_the_wait_is_random_and_at_most_a_day():
    waits = {updating.wait_a_while() for _ in range(200)}

    assert len(waits) > 50
    assert all(dt.timedelta() < wait <= A_DAY for wait in waits)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"milestone": "won_the_lottery"}, "milestone"),
        ({"month": "2026-08"}, "month"),
        ({"month": "2026-05-03"}, "month"),
        ({"notes": {"xx": "Work again."}}, "locale"),
        ({"notes": {"en": "x" * 351}}, "note"),
        ({"notes": {"en": "Work again, she is 19 now."}}, "gate"),
    ],
)
async def test_what_is_no_news_is_not_kept(room, said, why):
    told = await room.write(**said)

    assert told.why == why
    async with room.house.read() as connection:
        assert await connection.scalar(sa.text("SELECT COUNT(*) FROM case_update")) == 0


async def test_author_does_not_approve_and_nobody_decides_twice(room):
    update = await room.write()

    assert await room.approve(update, by=room.desk.author) == updating.NotDecided("author")
    await room.approve(update)
    assert await room.approve(update) == updating.NotDecided("decided")
    missing = dataclasses.replace(update, id=99)
    assert await room.approve(missing) == updating.NotDecided("unknown")
    assert await room.stop(missing) == updating.NotDecided("unknown")


async def test_stopped_news_is_not_shown_any_more(room):
    update = await room.write()
    assert await room.stop(update) == updating.NotDecided("not_approved")
    await room.approve(update)
    room.desk.now += A_DAY
    assert await room.shown()

    assert await room.stop(update) == updating.Done()

    assert await room.shown() == []
    assert await room.stop(update) == updating.NotDecided("stopped")


async def test_news_that_is_turned_down_is_never_shown(room):
    update = await room.write()

    assert (
        await room.act(updating.turn_down, update.id, decider_id=room.desk.author)
        == updating.Done()
    )

    room.desk.now += 100 * A_DAY
    assert await room.shown() == []
    assert await room.approve(update) == updating.NotDecided("decided")


@pytest.mark.parametrize(
    ("level", "limits", "why"),
    [(RiskLevel.HIGH, (), "risk"), (RiskLevel.LOW, (Limit.UPDATES,), "limit")],
)
async def test_risk_and_her_own_limit_stand_against_news(room, level, limits, why):
    update = await room.write()
    form = Risk(False, False, False, False, frozenset(limits), level)
    async with room.house.write() as connection:
        await case_sheets.say_risk(
            connection, room.desk.case_id, form, staff_id=room.desk.author, now=room.desk.now
        )

    assert await room.approve(update) == updating.NotDecided(why)


async def test_news_needs_a_consent_of_its_own_in_each_language(room):
    french = await room.write(notes={"fr": "Elle a du travail."})
    assert await room.approve(french) == updating.NotDecided("consent")
    await room.desk.consent(locales=["fr"])  # which is to tell the story
    assert await room.approve(french) == updating.NotDecided("consent")
    await room.desk.consent(locales=["fr"], purpose="publish_updates")

    await room.approve(french)

    room.desk.now += A_DAY
    assert [news.notes for news in await room.shown()] == [{"fr": "Elle a du travail."}]
    await room.desk.run("UPDATE consent SET withdrawn_at = given_at WHERE locale = 'fr'")
    assert [news.notes for news in await room.shown()] == [{}]
    await room.desk.run("UPDATE consent SET withdrawn_at = given_at")
    assert await room.shown() == []


async def test_newest_month_comes_first(room):
    for month in ("2026-05", "2026-06", "2026-04"):
        await room.approve(await room.write(month=month))
    room.desk.now += 20 * A_DAY

    assert [news.month for news in await room.shown()] == ["2026-06", "2026-05", "2026-04"]


async def test_note_is_sealed(room):
    await room.write(notes={"en": "She has work again."})

    async with room.house.read() as connection:
        [(kept,)] = await connection.execute(sa.text("SELECT notes_sealed FROM case_update"))

    assert b"work" not in kept

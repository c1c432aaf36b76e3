"""A version is seen whole, decided by another, and public only when nobody has stopped it."""

import dataclasses
import datetime as dt

import pytest
import sqlalchemy as sa

from services import reviewing
from services.catalogue import Shelf
from services.house import House
from services.terms import Terms
from tests.services.desk import Desk, a_desk, a_story, in_two_languages
from values.bands import RiskLevel

AN_HOUR = dt.timedelta(hours=1)


@dataclasses.dataclass
class Reviewers:
    """A desk, and the house in which its versions are reviewed."""

    desk: Desk
    house: House

    async def act(self, act, *arguments, **named):
        async with self.house.write() as connection:
            return await act(self.house, connection, *arguments, **named)

    async def approve(self, version, by=None):
        by = by or self.desk.reviewer
        return await self.act(reviewing.approve, version, approver_id=by)

    async def give_back(self, version, note="Leave the market out."):
        return await self.act(reviewing.give_back, version, staff_id=self.desk.reviewer, note=note)

    async def stop(self, version):
        return await self.act(reviewing.stop, version, staff_id=self.desk.author)

    async def seen(self, version):
        async with self.house.read() as connection:
            return await reviewing.review(self.house, connection, version)

    async def waiting(self):
        async with self.house.read() as connection:
            return [version for version, _ in await reviewing.queue(connection)]

    async def after(self, wait):
        """Carry out the job when so much time is over; hand back how many became public."""
        self.desk.now += wait
        return await reviewing.publish_due(self.house)


@pytest.fixture
async def room(database):
    desk = await a_desk(database)
    await desk.consent()
    house = House(
        database, desk.seal, Shelf(desk.seal), "Safe Way Home", "http://page.example",
        clock=lambda: desk.now, terms=Terms(publish_after=AN_HOUR),
    )  # fmt: skip
    return Reviewers(desk, house)


async def test_approved_story_is_public_after_the_delay_and_not_before(room):
    version = await room.desk.draft(a_story())

    approved = await room.approve(version)

    assert approved.due_at == room.desk.now + AN_HOUR
    assert await room.after(AN_HOUR - dt.timedelta(seconds=2)) == 0
    assert await room.desk.shown() is None
    assert await room.after(dt.timedelta(seconds=2)) == 1
    assert (await room.desk.shown()).locales == {"en"}
    assert await room.after(AN_HOUR) == 0


async def test_stopped_story_does_not_become_public(room):
    version = await room.desk.draft(a_story())
    await room.approve(version)

    assert await room.stop(version) == reviewing.Done()

    assert await room.after(2 * AN_HOUR) == 0
    assert await room.desk.shown() is None
    assert await room.stop(version) == reviewing.NotNow("not_waiting")


async def test_public_story_cannot_be_stopped(room):
    version = await room.desk.draft(a_story())
    await room.approve(version)
    await room.after(AN_HOUR)

    assert await room.stop(version) == reviewing.NotNow("not_waiting")
    assert await room.desk.shown()


async def test_whoever_stops_while_the_job_has_read_it_wins(room):
    version = await room.desk.draft(a_story())
    await room.approve(version)
    [plan] = (await room.seen(version)).plans
    await room.stop(version)

    assert await reviewing._publish(room.house, plan) is False
    assert await room.desk.shown() is None


@pytest.mark.parametrize("change", ["risk", "consent"])
async def test_what_changed_during_the_delay_is_found_when_it_is_over(room, change):
    version = await room.desk.draft(a_story())
    await room.approve(version)
    if change == "risk":
        await room.desk.risk(RiskLevel.HIGH)
    else:
        await room.desk.run("UPDATE consent SET withdrawn_at = given_at")

    assert await room.after(AN_HOUR) == 0

    assert await room.desk.shown() is None
    assert [plan.state for plan in (await room.seen(version)).plans] == ["refused"]
    await room.desk.risk(RiskLevel.LOW)
    assert await room.after(AN_HOUR) == 0  # and it is not tried again by itself


@pytest.mark.parametrize("who", ["author", "reviewer"])
async def test_neither_author_nor_last_editor_approves(room, who):
    desk = room.desk
    version = await desk.draft(a_story(), last_editor=desk.reviewer)

    told = await room.approve(version, by=getattr(desk, who))

    assert isinstance(told, reviewing.NotApproved)
    assert len(told.reasons) == 1
    assert await room.waiting() == [version]


async def test_returned_version_is_neither_approved_nor_returned_again(room):
    version = await room.desk.draft(a_story())

    assert await room.give_back(version) == reviewing.Done()

    assert (await room.seen(version)).returned.note == "Leave the market out."
    assert await room.approve(version) == reviewing.NotNow("returned")
    assert await room.give_back(version) == reviewing.NotNow("returned")
    assert await room.waiting() == []
    changed = await room.desk.draft(a_story(title="Another title"))
    assert await room.waiting() == [changed]


@pytest.mark.parametrize("note", ["", "  ", "x" * (reviewing.MOST_OF_A_NOTE + 1)])
async def test_note_says_something_and_not_too_much(room, note):
    version = await room.desk.draft(a_story())

    assert await room.give_back(version, note) == reviewing.NotNow("empty_note")
    assert await room.waiting() == [version]


async def test_note_to_the_author_is_sealed(room, database):
    version = await room.desk.draft(a_story())
    await room.give_back(version, "Leave the market out.")

    async with database.read() as connection:
        [(kept,)] = await connection.execute(sa.text("SELECT note_sealed FROM story_return"))

    assert b"market" not in kept


async def test_approved_version_is_decided(room):
    version = await room.desk.draft(a_story())
    await room.approve(version)

    assert await room.approve(version) == reviewing.NotNow("approved")
    assert await room.give_back(version) == reviewing.NotNow("approved")
    assert await room.waiting() == []


async def test_version_that_is_not_there_is_told(room):
    assert await room.seen(99) == reviewing.NoSuchVersion()
    assert await room.approve(99) == reviewing.NoSuchVersion()
    assert await room.give_back(99) == reviewing.NoSuchVersion()
    assert await room.stop(99) == reviewing.NotNow("not_waiting")


async def test_review_says_what_stands_against_it(room):
    await room.desk.risk(RiskLevel.HIGH)
    version = await room.desk.draft(in_two_languages(a_story(title="On 3 May 2019")))

    seen = await room.seen(version)

    assert [finding.where for finding in seen.findings] == ["en: title"]
    assert "The risk is high." in seen.obstacles
    assert "No consent to tell it in fr on bot is valid now." in seen.obstacles
    assert isinstance(await room.approve(version), reviewing.NotApproved)
    assert len(seen.consents) == 2


async def test_review_says_what_changed_since_it_was_public(room):
    first = await room.desk.draft(a_story())
    assert len((await room.seen(first)).changed) > 20
    await room.approve(first)
    await room.after(AN_HOUR)

    second = await room.desk.draft(a_story(title="Another title"))

    assert (await room.seen(second)).changed == ("en: title",)
    assert (await room.seen(first)).changed == ()


async def test_consent_to_one_use_is_used_up(room):
    await room.desk.run("UPDATE consent SET uses = 1")
    first = await room.desk.draft(a_story())
    await room.approve(first)
    await room.after(AN_HOUR)
    second = await room.desk.draft(a_story(title="Another title"))

    told = await room.approve(second)

    assert await room.desk.shown()
    assert told.reasons == (
        "No consent to tell it in en on bot is valid now.",
        "No consent to tell it in en on web is valid now.",
    )

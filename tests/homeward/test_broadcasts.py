"""`homeward broadcasts`, over a real database."""

import dataclasses

import pytest

from services import broadcasting, delivering
from services.broadcasting import Kind
from services.delivering import Arrived, LostSight
from storage import deliveries
from storage.sealing import Seal, new_data_key
from tests.crowd import a_crowd, a_follower
from tests.services.desk import Desk, a_story, counted
from values.clock import utc_now


@pytest.fixture
async def told(till):
    """A broadcast of spending, to three who follow in two languages; its case."""
    case = await till.case()
    async with till.house.write() as connection:
        await a_crowd(
            connection, till.house.seal, 3, case.id, locales=("en", "th"), now=till.clock()
        )
        await broadcasting.want(till.house, connection, Kind.SPENT, case.id, 7)
    return case


async def begin(till):
    async with till.house.write() as connection:
        await connection.exec_driver_sql("UPDATE broadcast SET starts_at = wanted_at")
    assert await broadcasting.start_due(till.house) == 1


async def out(till):
    mine = await delivering.claim(till.house, 10)
    for each in mine:
        async with till.house.write() as connection:
            await deliveries.begin(connection, [each], till.clock(), till.clock())
    return mine


async def test_before_it_is_sent_staff_see_how_many_in_which_languages_and_how_long(
    till, told, run
):
    listed = await run("broadcasts", "list")
    shown = await run("broadcasts", "show", "1")

    assert listed[0] == 0
    assert f"1: spent 7 of {told.code}, wanted" in listed[1]
    assert "Followers now: 3 (en 2, th 1)" in shown[1]
    assert "At this pace it takes 0:00:00." in shown[1]
    assert await run("broadcasts", "show", "9") == (2, "There is no broadcast '9'.\n")


async def test_it_is_paused_by_anybody_and_goes_on_by_who_answers_for_it(till, told, run):
    paused = await run("broadcasts", "pause", "1", "--by", "one")
    twice = await run("broadcasts", "pause", "1", "--by", "one")
    async with till.house.write() as connection:
        await connection.exec_driver_sql("UPDATE broadcast SET starts_at = wanted_at")
    assert await broadcasting.start_due(till.house) == 0
    stranger = await run("broadcasts", "go-on", "1", "--by", "stranger")
    gone_on = await run("broadcasts", "go-on", "1", "--by", "one")

    assert "paused" in paused[1]
    assert twice == (2, "Not now: the broadcast paused.\n")
    assert stranger == (2, "There is no staff 'stranger'.\n")
    assert "rests" in gone_on[1]
    assert await broadcasting.start_due(till.house) == 1


async def test_what_came_of_it_is_shown_and_what_is_uncertain_is_sent_again(till, told, run):
    await begin(till)
    one, other, third = await out(till)
    await delivering.note(till.house, [Arrived(one, 5, has_picture=False), LostSight(other)])

    shown = await run("broadcasts", "show", "1")
    listed = await run("broadcasts", "uncertain", "1")
    again = await run("broadcasts", "resend", "1", str(other.id), "--by", "one")
    after = await run("broadcasts", "uncertain", "1")

    assert "Delivered 1, of whom 0 opened it." in shown[1]
    assert "Uncertain 2" in shown[1]
    assert f"{other.id}: since" in listed[1]
    assert "Telegram did not answer" in listed[1]
    assert again == (0, "1 will be sent again. Who had it already gets it twice.\n")
    assert "Telegram did not answer" not in after[1]
    assert f"{third.id}: since" in after[1]


async def test_what_is_taken_back_is_not_sent(till, told, run):
    await begin(till)

    done = await run("broadcasts", "retract", "1", "--by", "one")

    assert "cancelled" in done[1]
    assert "taken back 3" in done[1]
    assert await delivering.claim(till.house, 10) == []
    assert await till.rows("SELECT act FROM audit_entry ORDER BY seq DESC LIMIT 1") == [
        ("news.retracted",)
    ]


async def test_its_words_are_shown_in_the_languages_that_are_read(database, till, run, monkeypatch):
    key = new_data_key()
    monkeypatch.setenv("DATA_KEY", key)
    desk = Desk(database, Seal(key), utc_now())
    await desk.open()
    await desk.caseload(counted(11))
    await desk.consent()
    await desk.published(a_story())
    house = dataclasses.replace(till.house, seal=desk.seal)
    async with house.write() as connection:
        await a_follower(connection, desk.seal, 5, None, locale="fr", now=desk.now)
        await broadcasting.want(house, connection, Kind.NEW_CASE, desk.case_id)

    shown = await run("broadcasts", "preview", "1", "--by", "one")
    stranger = await run("broadcasts", "preview", "1", "--by", "stranger")

    assert shown[0] == 0
    assert shown[1].startswith("-- fr\n")
    assert "Mala" in shown[1]
    assert stranger[0] == 2


async def test_nothing_to_preview_of_what_may_not_be_shown(till, told, run):
    assert await run("broadcasts", "preview", "1", "--by", "one") == (
        2,
        "Nothing would be sent now: it may not be shown (yet, or any more).\n",
    )

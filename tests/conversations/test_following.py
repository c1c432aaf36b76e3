"""Whose news one gets: begun and ended with a press, at one's own pace, in one's own hours."""

import datetime as dt

import pytest
import sqlalchemy as sa

from conversations.following_routes import (
    ChoosePace,
    Clock,
    EndQuiet,
    Follow,
    Follows,
    Hours,
    Newcomers,
    NewsList,
    SetQuiet,
    Unfollow,
    UnfollowAll,
)
from conversations.notices import worded
from conversations.routes import Cases, Gift, Give, Lost, Need, Step, Welcome, Who, folded
from conversations.visit import SentSomething
from services import notices
from services.following import Pace, Quiet
from storage.holds import HoldState
from storage.outbox import Message
from tests.conversations.rig import (
    Chat,
    both_engines,
    case_of,
    close_case,
    count_people,
    move,
    said,
    tell_news,
    unpublish,
)
from tests.provider import Provider, end

BEGIN, STOP = "Get news of {name}", "No more news of {name}"
ASKED = "Shall we tell you when there is news of {name}?"
NONE = "<b>You get no news of anybody.</b>"


async def follows(chat):
    person = await chat.person()
    async with chat.house.looking() as look:
        return person and await look.follows(person.id)


async def kept(house):
    async with house.read() as connection:
        return [
            await connection.scalar(sa.text(f"SELECT COUNT(*) FROM {table}"))
            for table in ("follower", "subscription")
        ]


def labels(chat):
    return [button.label.msgid for button in chat.buttons]


@both_engines
async def test_one_press_begins_and_one_press_stops(chat, house, code):
    await chat.tap(Who(code))
    await chat.press(BEGIN)

    assert "<b>You get news of {name} now.</b>" in chat.says
    assert [one.code for one in (await follows(chat)).people] == [code]
    assert await kept(house) == [1, 1]

    await chat.press(STOP)
    assert await kept(house) == [0, 0]
    assert labels(chat)[:2] == ["← Back", BEGIN]


async def test_one_may_begin_at_the_person_the_plan_and_the_end_of_the_story(chat, packs, code):
    mala = next(pack for pack in packs if pack.slug == "mala")
    last = len(mala.steps) - 1
    for route in (Who(code), Need(code), Step(code, last)):
        await chat.tap(route)
        assert Follow(code, folded(route)) in chat.routes

        await chat.tap(Follow(code, folded(route)))
        assert route in chat.routes
        await chat.tap(route)
        assert Unfollow(code, folded(route)) in chat.routes
        await chat.tap(Unfollow(code))

    await chat.tap(Step(code, last - 1))
    assert BEGIN not in labels(chat)


async def test_nothing_is_kept_of_who_only_looks(chat, house, code):
    for route in (Who(code), Follows(), Clock(), Hours(720)):
        await chat.tap(route)

    assert await count_people(house) == 0


async def test_of_a_story_that_is_not_shown_no_news_begins_but_it_can_be_stopped(chat, house, code):
    await chat.tap(Follow(code))
    await unpublish(house)

    await chat.tap(Follows())
    assert Unfollow(code, folded(Follows())) in chat.routes
    assert all("Mala" not in str(button.label) for button in chat.buttons)

    other = Chat(house, chat.languages, "en")
    await other.tap(Follow(code))
    assert said(other.screen)[0] == "This story is not shown at the moment."
    assert await kept(house) == [1, 1]

    await chat.tap(Unfollow(code))
    assert chat.says == ["<b>You get no news of this person.</b>"]
    assert await kept(house) == [0, 0]


async def test_a_plan_that_has_ended_begins_nothing(chat, house, code):
    await close_case(house)
    await chat.tap(Follow(code))
    await end(house, await case_of(house))

    await chat.tap(Need(code))
    assert STOP in labels(chat)
    await chat.press(STOP)
    await chat.tap(Need(code))
    assert BEGIN not in labels(chat)


@both_engines
async def test_all_that_one_gets_stands_in_one_list_and_ends_with_one_press(chat, house, code):
    arif = (await case_of(house, "arif")).code
    await chat.command("follows")
    assert chat.says[0] == NONE
    await chat.press("Tell me of new people")
    house.clock.now += dt.timedelta(minutes=1)
    await chat.tap(Follow(code))
    house.clock.now += dt.timedelta(minutes=1)
    await chat.tap(Follow(arif))

    await chat.command("follows")
    assert chat.says.count("News of {name}") == 2
    assert "News of anyone new" in chat.says
    back = folded(Follows())
    assert chat.routes[:2] == [Unfollow(code, back), Unfollow(arif, back)]

    await chat.press("No news of new people")
    assert "News of anyone new" not in chat.says
    assert await kept(house) == [1, 2]
    await chat.press("No more news at all")
    assert chat.says[0] == NONE
    assert await kept(house) == [0, 0]


async def test_a_long_list_is_shown_a_page_at_a_time(chat, house, monkeypatch, code):
    monkeypatch.setattr("conversations.following._A_PAGE", 1)
    arif = (await case_of(house, "arif")).code
    await chat.tap(Follow(code))
    house.clock.now += dt.timedelta(minutes=1)
    await chat.tap(Follow(arif))

    await chat.tap(Follows())
    assert chat.routes[:2] == [Unfollow(code, folded(Follows())), Follows(1)]
    await chat.press("Next →")
    assert chat.routes[:2] == [Unfollow(arif, folded(Follows(1))), Follows(0)]
    await chat.tap(Follows(99))
    assert chat.routes[0] == Unfollow(arif, folded(Follows(1)))


async def test_whom_one_follows_nobody_else_sees(chat, house, code):
    await chat.tap(Follow(code))
    other = Chat(house, chat.languages, "en")

    await other.tap(Follows())

    assert other.says[0] == NONE


@pytest.mark.parametrize("start", [Cases(), Follows()])
async def test_one_can_hear_of_new_people_without_following_anybody(chat, start):
    await chat.tap(start)
    await chat.press("Tell me of new people")

    found = await follows(chat)
    assert (found.people, found.anyone_new) == ((), True)


async def test_news_comes_at_once_or_once_a_week(chat, code):
    await chat.tap(Follow(code))
    assert (await follows(chat)).pace is Pace.AT_ONCE

    await chat.tap(Follows())
    await chat.press("Once a week")
    assert (await follows(chat)).pace is Pace.WEEKLY
    assert "It comes once a week, all together." in chat.says
    await chat.tap(ChoosePace("hourly"))
    assert (await follows(chat)).pace is Pace.WEEKLY

    await chat.press("At once")
    assert (await follows(chat)).pace is Pace.AT_ONCE


@both_engines
async def test_quiet_hours_are_found_by_what_the_clock_shows(chat, house, code):
    """At 12:10 UTC it is 17:55 in Nepal."""
    house.clock.now = dt.datetime(2026, 11, 23, 12, 10, tzinfo=dt.UTC)
    await chat.tap(Follow(code))
    await chat.tap(Follows())
    await chat.press("Quiet hours")
    await press_time(chat, "18:10")
    assert times(chat) == ["17:40", "17:55", "18:10", "18:40"]
    await press_time(chat, "17:55")
    assert "With you it is {time} now." in chat.says

    await chat.tap(next(r for r in chat.routes if isinstance(r, SetQuiet) and r.until_minute == 480
                        and r.from_minute == 1260))  # fmt: skip

    assert (await follows(chat)).quiet == Quiet(345, 1260, 480)
    assert "It never comes between {start} and {end}, in your own time." in chat.says
    await chat.tap(Clock())
    await chat.press("News at any hour")
    assert (await follows(chat)).quiet is None
    assert "It may come at any hour." in chat.says


async def test_every_hour_of_the_day_is_offered_once_in_order(chat, house):
    house.clock.now = dt.datetime(2026, 11, 23, 22, 37, tzinfo=dt.UTC)

    await chat.tap(Clock())

    assert times(chat) == [f"{hour}:37" for hour in range(24)]


@pytest.mark.parametrize(
    "route",
    [SetQuiet(10**15, 1, 2), SetQuiet(721, 1, 2), SetQuiet(720, 60, 60), SetQuiet(720, 1440, 3)],
)
async def test_hours_of_no_clock_are_not_kept(chat, code, route):
    await chat.tap(Follow(code))

    await chat.tap(route)

    assert chat.act is None
    assert (await follows(chat)).quiet is None


async def test_pace_and_hours_are_not_kept_of_who_follows_nobody(chat, house):
    for route in (ChoosePace("weekly"), SetQuiet(720, 1260, 480), EndQuiet(), UnfollowAll()):
        await chat.tap(route)
        assert chat.says[0] == NONE

    assert await kept(house) == [0, 0]


async def test_a_screen_to_go_back_to_that_is_none_is_left_out(chat, code):
    await chat.tap(f"1:fo:{code}:zz.nonsense")

    assert type(chat.route) is Follow
    assert labels(chat) == [STOP, "The news you get", "Help"]


async def test_the_way_in_leads_to_the_news_one_gets(chat):
    await chat.tap(Welcome())

    assert Follows() in chat.routes


async def test_her_news_is_reached_where_there_is_any(chat, house, code):
    for route in (Who(code), Need(code)):
        await chat.tap(route)
        assert NewsList(code) not in chat.routes
    await tell_news(house)

    for route in (Who(code), Need(code)):
        await chat.tap(route)
        assert NewsList(code) in chat.routes


async def receipt(chat, reference):
    """The receipt as it is sent when the gift has arrived."""
    async with chat.house.read() as connection:
        found = (
            await connection.execute(
                sa.text("SELECT hold_id, person_id FROM giver JOIN hold ON hold.id = hold_id"
                        " WHERE reference = :reference"), {"reference": reference}
            )
        ).one()  # fmt: skip
    message = Message(1, "receipt", found.hold_id, found.person_id, 1)
    notice = await notices.prepare(chat.house, message)
    assert isinstance(notice, notices.Notice)
    async with chat.house.looking() as look:
        chat.screen = await worded(await chat.talk(look, SentSomething()), notice)
    return chat.screen


@pytest.fixture
async def given(chat, house, code):
    """The reference of a gift of hers that has arrived."""
    await chat.tap(Give(code, 2500))
    await Provider(house).settle(chat.route.reference)
    return chat.route.reference


async def test_whoever_gave_is_asked_and_not_enrolled(chat, house, given, code):
    await receipt(chat, given)

    assert ASKED in chat.says
    assert chat.routes[:2] == [Follow(code, folded(Gift(given))), Gift(given)]
    assert await kept(house) == [0, 0]


async def test_a_yes_begins_and_leads_back_to_the_gift(chat, house, given):
    await receipt(chat, given)

    await chat.press("Yes, please")

    assert await kept(house) == [1, 1]
    assert Gift(given) in chat.routes
    await receipt(chat, given)
    assert ASKED not in chat.says


async def test_a_no_shows_the_gift_and_keeps_nothing(chat, house, given):
    await receipt(chat, given)

    await chat.press("No, thanks")

    assert chat.act is None
    assert ASKED not in chat.says
    assert BEGIN in labels(chat)
    assert await kept(house) == [0, 0]


async def test_of_a_gift_that_did_not_arrive_nothing_is_asked(chat, house, code):
    await chat.tap(Give(code, 2500))
    reference = chat.route.reference
    await move(house, reference, HoldState.RELEASED)

    await receipt(chat, reference)
    assert ASKED not in chat.says
    await chat.tap(Gift(reference))
    assert BEGIN not in labels(chat)


async def test_of_a_story_that_is_not_shown_nothing_is_asked(chat, house, given):
    await unpublish(house)

    await receipt(chat, given)

    assert ASKED not in chat.says


async def test_newcomers_off_is_not_lost(chat):
    await chat.tap(Newcomers("off"))

    assert chat.route != Lost("gone")
    assert chat.says[0] == NONE


def times(chat):
    shown = [button.label.values.get("time") for button in chat.buttons]
    return [time for time in shown if time is not None]


async def press_time(chat, time):
    [route] = [b.route for b in chat.buttons if b.label.values.get("time") == time]
    await chat.tap(route)

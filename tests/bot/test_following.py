"""Following over real HTTP: each press comes twice, what is sent is protected, a recall reaches."""

from dataclasses import replace

import pytest

from bot.recalling import Recaller
from bot.rendering import render
from conversations.news_notice import worded
from conversations.routes import Who, encode
from conversations.visit import SentSomething, Talk, Visit
from locales.text import Name
from services import news_notices
from services.news_notices import Kind, NewsNotice, Unsaid
from tests.bot.test_recalling import NEUTRAL, Watch, take_back
from tests.conversations.rig import both_engines, case_of, stop_news, tell_news

MALA = Name("Mala")
KEPT = "SELECT case_id FROM subscription"


@pytest.fixture
async def follower(office, layla):
    """Somebody who gets news of Mala."""
    await office.arrive(layla)
    code = (await case_of(office.house)).code
    await layla.press_data(layla.last["message_id"], encode(Who(code)))
    await office.telegram.settled()
    await office.press(layla, "Get news of {name}", name=MALA)
    return layla


async def notice_of(office, update_id):
    ((person_id,),) = await office.rows("SELECT id FROM person")
    case = await case_of(office.house)
    return await news_notices.prepare(office.house, Kind.UPDATE, case.id, update_id, person_id)


async def send(office, update_id):
    """Send the message that there is news, as it is worded."""
    notice = await notice_of(office, update_id)
    assert isinstance(notice, NewsNotice)
    async with office.house.looking() as look:
        talk = Talk(Visit(notice.person, "en", SentSomething()), look, office.languages)
        screen = worded(talk, notice)
    if notice.person.text_only:
        screen = replace(screen, picture=None)
    rendered = render(screen, office.languages.i18n("en"), office.house.public_url)
    await office.bot.sender.show(notice.chat_id, rendered, None)


@both_engines
async def test_a_press_that_comes_twice_begins_one_follow(office, follower):
    assert await office.rows(KEPT) == [((await case_of(office.house)).id,)]
    assert follower.last_text.startswith("You get news of \u2068Mala\u2069 now.")

    await office.press(follower, "No more news of {name}", name=MALA)

    assert await office.rows(KEPT) == []
    assert follower.last_text.startswith("You get no news of \u2068Mala\u2069.")


@both_engines
async def test_news_opens_in_the_message_that_told_of_it_and_a_recall_reaches_it(office, follower):
    update_id = await tell_news(office.house, notes={"en": "She can sew shirts now."})
    await send(office, update_id)
    told = follower.last
    assert told["has_protected_content"]
    assert "She can sew" not in told["caption"]

    await office.press(follower, "Read the news")

    opened = follower.last
    assert opened["message_id"] == told["message_id"]
    assert "She can sew shirts now." in opened["caption"]
    assert opened["photo"] != told["photo"]
    taken = await take_back(office)
    await Recaller(office.house, office.languages, office.bot.sender, Watch()).carry_out(taken.id)
    assert follower.last["message_id"] == told["message_id"]
    assert follower.last["caption"] == NEUTRAL


async def test_news_that_is_stopped_opens_to_a_gentle_line(office, follower):
    update_id = await tell_news(office.house, notes={"en": "She can sew shirts now."})
    await send(office, update_id)
    await stop_news(office.house, update_id)

    await office.press(follower, "Read the news")

    assert follower.last_text.startswith("This story is not shown at the moment.")


async def test_whoever_wants_no_pictures_reads_news_without(office, follower):
    await office.send(follower, "/start")
    await office.press(follower, "See the stories")
    await office.change("UPDATE person SET text_only = 1")
    await send(office, await tell_news(office.house))

    await office.press(follower, "Read the news")

    assert "Course finished" in follower.last["text"]


@both_engines
async def test_who_is_gone_hears_nothing_and_start_brings_the_follows_back(office, follower):
    update_id = await tell_news(office.house)
    await follower.block()
    await office.telegram.settled()
    assert await notice_of(office, update_id) == Unsaid("nobody_to_tell")
    assert len(await office.rows(KEPT)) == 1

    await office.send(follower, "/start")

    assert isinstance(await notice_of(office, update_id), NewsNotice)


async def test_the_list_is_a_command(office, follower):
    await office.send(follower, "/follows")

    assert follower.last_text.startswith("The news you get")
    assert "No more news of \u2068Mala\u2069" in follower.buttons

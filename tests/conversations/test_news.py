"""The news of a person: opened at a press, in the reader's language, and gone when it is taken."""

import pytest

from conversations.following_routes import Follow, News, NewsList, Unfollow
from conversations.routes import Amounts, Need, Who
from conversations.screens import NewsPicture, Share, Told
from locales.text import Month
from tests.conversations.rig import (
    Chat,
    both_engines,
    case_of,
    close_case,
    pieces,
    stop_news,
    tell_news,
    unpublish,
    values,
    withdraw,
)

NOTE = "She can sew shirts and skirts now."
GONE = "This story is not shown at the moment."
HEADING = "<b>{name} · {month}</b>"


def told(screen):
    return [piece.words for piece in pieces(screen) if isinstance(piece, Told)]


@both_engines
async def test_news_is_a_card_with_what_happened_the_month_and_the_note(chat, house, code):
    update_id = await tell_news(house, notes={"en": NOTE})

    screen = await chat.tap(News(code, update_id))

    assert values(screen, HEADING)["month"] == Month(2026, 9)
    assert "Course finished" in chat.says
    assert told(screen) == [NOTE]
    assert screen.picture == NewsPicture("certificate")
    assert screen.is_story
    assert screen.case_id == (await case_of(house)).id
    assert "Funded: {funded} of {need} ({percent})" in chat.says


async def test_from_the_news_one_can_look_give_share_and_stop(chat, house, code):
    update_id = await tell_news(house)
    await chat.tap(Follow(code))

    await chat.tap(News(code, update_id))

    stop = Unfollow(code, f"nw.{code}.{update_id}")
    assert {Need(code), Amounts(code), stop, Who(code)} <= set(chat.routes)
    assert [b for row in chat.screen.keyboard for b in row if isinstance(b, Share)]


async def test_nothing_can_be_given_to_a_plan_that_takes_nothing(chat, house, code):
    update_id = await tell_news(house)
    await close_case(house)

    await chat.tap(News(code, update_id))

    assert Amounts(code) not in chat.routes


@pytest.mark.parametrize(
    ("notes", "shown", "language"),
    [
        ({"en": NOTE, "ar": "تعلمت الخياطة."}, "تعلمت الخياطة.", None),
        ({"fr": "Elle coud.", "en": NOTE}, NOTE, "English"),
        ({"fr": "Elle coud."}, "Elle coud.", "Français"),
    ],
)
async def test_a_note_is_in_the_readers_language_or_marked(
    house, languages, code, notes, shown, language
):
    update_id = await tell_news(house, notes=notes)
    chat = Chat(house, languages, "ar")

    screen = await chat.tap(News(code, update_id))

    assert told(screen) == [shown]
    marked = [
        p for p in pieces(screen) if getattr(p, "msgid", "") == "<i>Written in {language}.</i>"
    ]
    assert [mark.values["language"].text for mark in marked] == ([language] if language else [])


async def test_a_note_in_a_language_without_consent_is_not_shown(chat, house, code):
    update_id = await tell_news(house, notes={"th": "ดี"})

    assert told(await chat.tap(News(code, update_id))) == []


@both_engines
@pytest.mark.parametrize("taken", ["stopped", "recalled", "withdrawn"])
async def test_news_that_was_taken_back_is_not_shown_any_more(chat, house, code, taken):
    update_id = await tell_news(house, notes={"en": NOTE})
    if taken == "stopped":
        await stop_news(house, update_id)
    elif taken == "recalled":
        await unpublish(house)
    else:
        await withdraw(house)

    screen = await chat.tap(News(code, update_id))

    assert chat.says[0] == GONE
    assert not screen.is_story
    assert told(screen) == []


async def test_news_of_one_is_not_opened_by_the_code_of_another(chat, house):
    update_id = await tell_news(house, "arif")

    await chat.tap(News((await case_of(house, "mala")).code, update_id))

    assert chat.says[0] == GONE


async def test_all_her_news_stands_in_a_list_the_newest_first(chat, house, code, monkeypatch):
    monkeypatch.setattr("conversations.news._A_PAGE", 2)
    august, october, september = [
        await tell_news(house, month=month) for month in ("2026-08", "2026-10", "2026-09")
    ]

    await chat.tap(NewsList(code))
    assert chat.routes[:3] == [News(code, october), News(code, september), NewsList(code, 1)]
    assert chat.screen.is_story
    await chat.press("Next →")
    assert chat.routes[:2] == [News(code, august), NewsList(code, 0)]
    await chat.tap(News(code, august))
    assert NewsList(code) in chat.routes


async def test_a_list_whose_news_was_taken_back_says_that_there_is_none(chat, house, code):
    await stop_news(house, await tell_news(house))

    await chat.tap(NewsList(code))
    assert "There is no news at the moment." in chat.says

    await unpublish(house)
    await chat.tap(NewsList(code))
    assert chat.says[0] == GONE

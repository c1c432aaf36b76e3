"""Help in one tap, and by words: countries, their numbers, and nothing that was not called."""

import datetime as dt
from typing import Any

import pytest

from conversations.routes import Help, HelpIn, Lost, Welcome
from conversations.screens import Button
from locales.text import Country
from protection.helplines import directory
from services import helplines
from tests.conversations.rig import NOW, Chat, both_engines, said


def countries(screen):
    return [
        button.route.country
        for row in screen.keyboard
        for button in row
        if isinstance(button, Button) and isinstance(button.route, HelpIn)
    ]


async def called(house, line_id, at=NOW):
    async with house.write() as connection:
        assert await helplines.check(connection, line_id, "an officer", at) is not None


async def test_that_someone_may_read_along_comes_first(chat):
    screen = await chat.command("help")

    assert said(screen)[0] == "<b>If someone may read this phone</b>"
    assert said(await chat.tap(HelpIn("TH")))[1] == "<b>If someone may read this phone</b>"


@pytest.mark.parametrize("text", ["help", "Please help me!", "ساعدوني"])
async def test_words_lead_to_help_in_whatever_language_one_reads(chat, text):
    await chat.write(text)

    assert chat.route == Help()
    assert await chat.person() is None


async def test_a_plea_is_no_amount(asked):
    await asked.write("help me")

    assert asked.route == Help()


async def test_other_words_are_not_help(chat):
    await chat.write("What a story")

    assert chat.route == Lost()


async def test_every_country_can_be_chosen_a_page_at_a_time(chat):
    seen: list[str] = []
    route: Any = Help()
    while route is not None:
        screen = await chat.tap(route)
        seen += countries(screen)
        further = [
            button.route
            for row in screen.keyboard
            for button in row
            if isinstance(button, Button) and button.label.msgid == "More countries →"
        ]
        route = further[0] if further else None

    assert sorted(seen) == sorted(helplines.countries())


async def test_a_readers_own_country_stands_first(house, languages):
    arab = Chat(house, languages, "ar")

    assert countries(await arab.command("help"))[:2] == ["AE", "LB"]


async def test_a_line_that_nobody_called_is_not_shown(chat):
    screen = await chat.tap(HelpIn("IT"))

    assert "<b>{number}</b>" not in said(screen)
    assert "We have called no help line of this country lately, so we show none." in said(screen)
    assert "<b>Emergency number: {number}</b>" in said(screen)


@both_engines
async def test_a_line_that_was_called_is_shown_with_all_that_one_should_know(house, chat):
    await called(house, "vn-111")

    screen = await chat.tap(HelpIn("VN"))

    assert said(screen)[3:] == [
        "<b>{number}</b>",
        "Day and night, every day.",
        "Languages: {languages}",
        "The call is free.",
        "Calls are recorded.",
        "We called this number on {date}. Source: {source}",
        "<b>Emergency number of the police: {number}</b>",
    ]


async def test_a_check_that_is_too_old_no_longer_counts(house, chat):
    await called(house, "th-1300", NOW - dt.timedelta(days=181))
    assert "<b>{number}</b>" not in said(await chat.tap(HelpIn("TH")))

    await called(house, "th-1300")

    assert "<b>{number}</b>" in said(await chat.tap(HelpIn("TH")))


async def test_a_check_of_another_text_does_not_count(house, chat, monkeypatch):
    await called(house, "th-1300")
    known = directory()
    (line,) = known.lines_in("TH")
    rewritten = line.model_copy(update={"numbers": ("1301",)})
    changed = known.model_copy(update={"line": (rewritten,)})
    monkeypatch.setattr(helplines, "directory", lambda: changed)

    assert "<b>{number}</b>" not in said(await chat.tap(HelpIn("TH")))


async def test_a_country_that_is_not_known_leads_to_the_list(chat):
    screen = await chat.tap(HelpIn("XX"))

    assert countries(screen)


async def test_the_way_back_is_there(chat):
    screen = await chat.tap(HelpIn("TH"))

    routes = [b.route for row in screen.keyboard for b in row if isinstance(b, Button)]
    assert Help() in routes
    assert Welcome() in routes
    assert screen.blocks[0][0].values == {"country": Country("TH")}

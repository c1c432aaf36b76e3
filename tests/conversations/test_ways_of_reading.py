"""Where one is, without pictures, once more, in a fair order; and languages that are drafts."""

import pytest

from bot.rendering import render
from conversations.routes import (
    Cases,
    Help,
    Languages,
    Map,
    Note,
    Pictures,
    Report,
    SetLanguage,
    Step,
    Welcome,
    Who,
)
from conversations.screens import Binding, Button
from locales.catalog import I18n
from tests.conversations.rig import Chat, both_engines, case_of, said, values


def ways(screen):
    return [b.route for row in screen.keyboard for b in row if isinstance(b, Button)]


async def alarms(house):
    async with house.read() as connection:
        found = await connection.exec_driver_sql("SELECT kind, subject FROM alarm ORDER BY id")
        return [tuple(row) for row in found]


# Where one is


async def test_the_map_says_where_one_is_and_leads_to_each_chapter(chat, code):
    screen = await chat.tap(Map(code, 7))

    here = values(screen, "<b>● {chapter} · {step} of {steps}</b>")
    assert (here["step"], here["steps"]) == (3, 4)
    assert said(screen).count("✓ {chapter}") == 1
    assert said(screen).count("○ {chapter}") == 2
    assert ways(screen)[0] == Step(code, 7)
    assert {Step(code, 0), Note(code), Step(code, 9), Step(code, 13)} <= {*ways(screen)}


async def test_the_map_passes_the_note_before_the_hard_chapter(chat, code):
    routes = ways(await chat.tap(Map(code, 0)))

    assert Note(code) in routes
    assert Step(code, 5) not in routes


async def test_there_is_no_map_of_a_card_that_is_not_there(chat, code):
    await chat.tap(Map(code, 99))

    assert "This story is not shown at the moment." in said(chat.screen)


# Without pictures, and once more


@both_engines
async def test_pictures_can_be_switched_off_and_on(chat, house):
    await chat.tap(Pictures("off"))
    assert (await chat.person()).text_only
    assert "With pictures" in [b.label.msgid for b in chat.buttons]

    await chat.tap(Pictures("on"))

    assert not (await chat.person()).text_only
    assert "Without pictures" in [b.label.msgid for b in chat.buttons]


@both_engines
async def test_the_card_that_was_read_last_is_shown_again(chat, house, code):
    await chat.tap(SetLanguage("en"))
    other = (await case_of(house, "arif")).code
    await chat.tap(Step(other, 2))
    await chat.tap(Step(code, 3))

    await chat.command("repeat")

    assert chat.route == Step(code, 3)


async def test_who_has_read_nothing_is_welcomed(chat):
    await chat.command("repeat")

    assert chat.route == Welcome()


# A fair order


@both_engines
async def test_what_fewest_have_opened_comes_first_and_what_one_has_opened_last(
    house, languages, code
):
    other = (await case_of(house, "arif")).code
    first, second, third = (Chat(house, languages, "en") for _ in range(3))
    for reader in (first, second, third):
        await reader.tap(SetLanguage("en"))
    for reader in (first, second):
        await reader.tap(Step(other, 0))

    await third.tap(Cases())
    assert [route.code for route in ways(third.screen) if isinstance(route, Who)] == [code, other]

    await third.tap(Step(code, 0))
    await third.tap(Cases())
    assert [route.code for route in ways(third.screen) if isinstance(route, Who)] == [other, code]


# A language in a link


async def test_a_link_can_carry_a_language(chat, code):
    await chat.command("start", f"{code}_ar")

    assert chat.route == Who(code)
    assert (await chat.person()).locale == "ar"


async def test_a_link_changes_no_language_that_was_chosen(chat, code):
    await chat.tap(SetLanguage("en"))

    await chat.command("start", f"{code}_ar")

    assert chat.route == Who(code)
    assert (await chat.person()).locale == "en"


@pytest.mark.parametrize("tag", ["xx", "", "ar_ar", "AR"])
async def test_a_language_that_is_not_offered_is_asked_for(chat, code, tag):
    await chat.command("start", f"{code}_{tag}")

    assert chat.route == Languages(f"wh.{code}")


# Another language on the way


async def test_another_language_chosen_on_the_way_shows_the_very_card_again(chat, code):
    await chat.tap(SetLanguage("en"))
    await chat.tap(Step(code, 3))
    await chat.tap(Map(code, 3))
    (choose,) = (route for route in chat.routes if isinstance(route, Languages))
    await chat.tap(choose)
    (arabic,) = (r for r in chat.routes if isinstance(r, SetLanguage) and r.locale == "ar")

    await chat.tap(arabic)

    assert chat.route == Step(code, 3)
    assert (await chat.person()).locale == "ar"


async def test_the_command_for_languages_comes_back_to_where_one_reads(chat, code):
    await chat.tap(SetLanguage("en"))
    await chat.tap(Step(code, 3))

    await chat.command("language")

    assert SetLanguage("ar", f"st.{code}.3") in chat.routes


async def test_help_stays_help_in_another_language(chat):
    await chat.tap(Help(1))
    assert Languages("he.1") in chat.routes

    await chat.tap(SetLanguage("ar", "he.1"))

    assert chat.route == Help(1)


@pytest.mark.parametrize("then", ["xx", "st", "st.a.b", "..", "1.he"])
async def test_what_cannot_be_unfolded_leads_to_the_way_in(chat, then):
    await chat.tap(SetLanguage("ar", then))

    assert chat.route == Welcome()


# Drafts


DRAFT = "<i>No native reader has checked this translation yet.</i>"


@pytest.fixture
async def arab(house, languages):
    """Somebody who reads a language that nobody has signed."""
    assert languages.i18n("ar").is_draft
    chat = Chat(house, languages, "ar")
    await chat.tap(SetLanguage("ar"))
    return chat


async def test_readers_of_a_draft_are_told_so_and_readers_of_english_are_not(arab, chat, code):
    assert DRAFT in said(await arab.tap(Welcome()))
    assert DRAFT in said(await arab.tap(Who(code)))
    assert DRAFT not in said(await chat.tap(Welcome()))
    assert DRAFT not in said(await chat.tap(Who(code)))


@both_engines
async def test_a_problem_of_a_translation_reaches_the_staff_once(arab, house, code):
    await arab.tap(Report(code))
    await arab.tap(Report(code))
    await arab.tap(Report())

    assert await alarms(house) == [
        ("translation_problem", f"ar:{code}"),
        ("translation_problem", "ar:welcome"),
    ]


async def test_thanks_lead_back_to_where_it_was_seen(arab, code):
    assert ways(await arab.tap(Report(code)))[0] == Who(code)
    assert ways(await arab.tap(Report()))[0] == Welcome()


async def test_what_binds_stands_in_english_beside_a_draft(arab, chat, house):
    screen = await chat.command("privacy")
    (line,) = [
        piece.text
        for block in screen.blocks
        for piece in block
        if isinstance(piece, Binding) and piece.text.msgid.startswith("Which gifts are yours")
    ]
    arabic, english = (arab.languages.i18n(locale) for locale in ("ar", "en"))

    shown = render(screen, arabic, "").html

    assert f"{arabic.html(line)}\n<i>{english.html(line)}</i>" in shown
    assert render(screen, english, "").html.count(line.msgid) == 1


async def test_without_words_for_help_nobody_is_led_into_the_hard_chapter(chat, code, monkeypatch):
    monkeypatch.setattr(I18n, "says", lambda _self, _sentence: False)

    assert Step(code, 5) not in ways(await chat.tap(Note(code)))
    assert "<b>Before you read on</b>" in said(await chat.tap(Step(code, 6)))

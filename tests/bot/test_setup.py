"""What Telegram is told once: every language, in the codes and lengths that it takes."""

import pytest
from telegram.constants import BotDescriptionLimit

from bot.setup import COMMANDS, remove_webhook, tell_about
from conversations.dialog import decide
from conversations.routes import Lost
from conversations.visit import Commanded, Talk, Visit
from locales.known import KNOWN, with_catalog


async def test_commands_are_set_in_two_letter_codes_and_once_for_all_others(office):
    await tell_about(office.bot.application.bot, office.languages)

    told = {
        call.params.get("language_code"): call.params["commands"]
        for call in office.telegram.calls
        if call.method == "setMyCommands"
    }
    assert told.keys() == {None, *(KNOWN[locale].telegram for locale in office.languages.offered)}
    assert all(code is None or len(code) == 2 for code in told)
    assert {command["command"] for command in told[None]} == {name for name, _ in COMMANDS}
    assert told[None] == told["en"]
    assert told["ar"][0]["description"] == office.languages.i18n("ar").t("Start")
    assert office.telegram.refused == []


async def test_telling_twice_is_no_harm(office):
    for _ in range(2):
        await tell_about(office.bot.application.bot, office.languages)

    assert office.telegram.refused == []


@pytest.mark.parametrize("locale", with_catalog())
async def test_the_descriptions_of_every_language_fit(office, locale):
    await tell_about(office.bot.application.bot, office.languages)

    described = {
        (call.method, call.params.get("language_code")): call.params
        for call in office.telegram.calls
    }
    code = KNOWN[locale].telegram
    whole = described["setMyDescription", code]["description"]
    short = described["setMyShortDescription", code]["short_description"]
    assert 0 < len(whole) <= BotDescriptionLimit.MAX_DESCRIPTION_LENGTH
    assert 0 < len(short) <= BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH


def test_no_two_languages_share_a_code():
    codes = [language.telegram for language in KNOWN.values()]

    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("name", [name for name, _ in COMMANDS])
async def test_every_command_of_the_menu_means_something(house, languages, name):
    async with house.looking() as look:
        decision = await decide(Talk(Visit(None, "en", Commanded(name, "")), look, languages))

    assert type(decision.route) is not Lost


async def test_without_a_webhook_updates_wait_to_be_fetched(office, layla):
    await remove_webhook(office.bot.application.bot)

    await layla.send("/start")

    (update,) = await office.bot.application.bot.get_updates()
    assert update.message.text == "/start"

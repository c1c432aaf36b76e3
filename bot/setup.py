"""What Telegram is told about the bot once, at deployment: commands, descriptions, the webhook."""

from collections.abc import Sequence

from telegram import Bot, BotCommand

from bot.app import ALLOWED_UPDATES
from bot.webhook import PATH
from locales.catalog import I18n, Languages
from locales.text import Text, say

COMMANDS: Sequence[tuple[str, Text]] = (
    ("start", say("Start")),
    ("stories", say("See the stories")),
    ("gifts", say("My gifts")),
    ("follows", say("The news you get")),
    ("repeat", say("Show the card again")),
    ("language", say("Language")),
    ("help", say("Help")),
    ("privacy", say("What is kept of me")),
)

_DESCRIPTION = say(
    "Follow the stories of survivors of human trafficking, icon by icon, in your language. "
    "You can fund one person's plan to go home."
)
_SHORT = say("Stories of survivors, and one person's way home.")


async def tell_about(bot: Bot, languages: Languages) -> None:
    """
    Set commands and descriptions in every language, and English for all others.

    Telegram takes two-letter codes only (core.telegram.org/bots/api#setmycommands), so Filipino
    goes as tl and simplified Chinese as zh.
    """
    await _tell(bot, languages.i18n("en"), None)
    for locale in languages.offered:
        i18n = languages.i18n(locale)
        await _tell(bot, i18n, i18n.language.telegram)


async def set_webhook(bot: Bot, public_url: str, secret: str) -> None:
    """Have Telegram deliver updates to *public_url* with *secret*."""
    await bot.set_webhook(
        f"{public_url}{PATH}", secret_token=secret, allowed_updates=ALLOWED_UPDATES
    )


async def remove_webhook(bot: Bot) -> None:
    """Have Telegram keep updates until they are fetched."""
    await bot.delete_webhook()


async def _tell(bot: Bot, i18n: I18n, language_code: str | None) -> None:
    commands = [BotCommand(name, i18n.text(about)) for name, about in COMMANDS]
    await bot.set_my_commands(commands, language_code=language_code)
    await bot.set_my_description(i18n.text(_DESCRIPTION), language_code=language_code)
    await bot.set_my_short_description(i18n.text(_SHORT), language_code=language_code)

"""Telling Telegram about the bot: a step of deployment, not of every start."""

from bot.app import build_application
from bot.setup import set_webhook, tell_about
from bot.starting import initialize, talking
from homeward.settings import Settings, reveal
from locales.catalog import Languages


async def bot_username(settings: Settings) -> str:
    """
    The bot's name in links, without @.

    Raises:
        CannotTalk: Telegram does not answer, or refuses the token.
    """
    application = build_application(reveal(settings.telegram_bot_token), settings.telegram_api_base)
    await initialize(application)
    try:
        return str(application.bot.username)
    finally:
        await application.shutdown()


async def tell_telegram(settings: Settings) -> str:
    """
    Set webhook, commands and descriptions; hand back the bot's username.

    Raises:
        CannotTalk: Telegram does not answer, or refuses the token or the address.
    """
    application = build_application(reveal(settings.telegram_bot_token), settings.telegram_api_base)
    await initialize(application)
    try:
        async with talking():
            await tell_about(application.bot, Languages.load())
            await set_webhook(
                application.bot, settings.public_url or "", reveal(settings.telegram_webhook_secret)
            )
        return str(application.bot.username)
    finally:
        await application.shutdown()

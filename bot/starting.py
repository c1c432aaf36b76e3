"""
Beginning to talk with Telegram, and what can be wrong with that, told without the library's words:
they repeat the token.

    CannotTalk
        TelegramAnswersNot      nobody answers, or somebody who is not Telegram
        TelegramRefuses         it does not know the token, or will not have the webhook
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError
from telegram.ext import Application


class CannotTalk(Exception):
    """Base of what can be wrong at the start."""


class TelegramAnswersNot(CannotTalk):
    """Nobody answers, or somebody who is not Telegram."""


class TelegramRefuses(CannotTalk):
    """
    Telegram answers and refuses.

    Attributes:
        setting: The setting it is about.
    """

    def __init__(self, setting: str, remedy: str) -> None:
        super().__init__(remedy)
        self.setting = setting


@asynccontextmanager
async def talking() -> AsyncIterator[None]:
    """
    Turn the library's errors into those above.

    Raises:
        CannotTalk: see there.
    """
    try:
        yield
    except (InvalidToken, Forbidden):
        remedy = "Telegram does not know this token. BotFather gives it: https://t.me/BotFather."
        raise TelegramRefuses("TELEGRAM_BOT_TOKEN", remedy) from None
    except BadRequest as error:
        remedy = f"Telegram refuses this address ({error.message}). Set one with https."
        raise TelegramRefuses("PUBLIC_URL", remedy) from None
    except TelegramError:
        raise TelegramAnswersNot("Telegram does not answer") from None


async def initialize(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """
    Connect; asks Telegram once who this bot is. What was opened is closed again if that fails.

    Raises:
        CannotTalk: see there.
    """
    try:
        async with talking():
            await application.initialize()
    except BaseException:
        # The application forgets what it opened when it could not finish.
        await application.bot.shutdown()
        raise

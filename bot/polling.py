"""Fetching updates ourselves, where there is no public address for a webhook."""

import asyncio
from http import HTTPStatus

import structlog
from telegram import Update
from telegram.error import RetryAfter, TelegramError

from bot.app import ALLOWED_UPDATES, TelegramBot
from bot.lanes import wait_s

log = structlog.get_logger("bot")

_LONG_POLL_S = 25
_AGAIN_AFTER_S = 3.0


async def poll(bot: TelegramBot) -> None:
    """
    Fetch updates and answer them, one after the other, until cancelled.

    An update is confirmed to Telegram only by fetching the next, that is after it was answered;
    one that should come again is simply answered again.
    """
    offset: int | None = None
    while True:
        try:
            updates = await bot.application.bot.get_updates(
                offset=offset, timeout=_LONG_POLL_S, allowed_updates=ALLOWED_UPDATES
            )
        except RetryAfter as refusal:
            await asyncio.sleep(wait_s(refusal))
            continue
        except TelegramError as error:
            log.warning("polling_failed", error=type(error).__name__)
            await asyncio.sleep(_AGAIN_AFTER_S)
            continue
        for update in updates:
            await _answer(bot, update)
            offset = update.update_id + 1


async def _answer(bot: TelegramBot, update: Update) -> None:
    while True:
        verdict = await bot.take(update.to_dict())
        if verdict.status is HTTPStatus.OK:
            return
        await asyncio.sleep(verdict.retry_after_s or _AGAIN_AFTER_S)

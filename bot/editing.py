"""
Editing what stands in chats, many at a time, at the pace that all bulk messages share.

Edits count as messages. Source: github.com/tdlib/td/issues/3034 (read 2026-11).
"""

import asyncio

from telegram.error import RetryAfter, TelegramError

from bot.lanes import wait_s
from bot.pace import Pace, Sleep
from bot.rendering import Rendered
from bot.sending import Sender, Shown
from services.house import House

_MOST_FAILURES = 8


class Editor:
    """Edits one message after the other."""

    def __init__(self, house: House, sender: Sender, sleep: Sleep = asyncio.sleep) -> None:
        self._sender = sender
        self._sleep = sleep
        self._pace = Pace(house, sleep)

    async def edit(self, chat_id: int, screen: Rendered, shown: Shown) -> bool:
        """
        Show *screen* in place of *shown*, when it is its turn; false if that can never be.

        Raises:
            TelegramError: Telegram is away or fails for no reason of one message's; again later.
        """
        failures = 0
        while True:
            await self._pace.turn()
            try:
                return await self._sender.change(chat_id, screen, shown)
            except RetryAfter as refusal:
                # It is said to the whole bot: everything that nobody asked for waits.
                await self._pace.told_to_wait(wait_s(refusal))
            except TelegramError:
                failures += 1
                if failures == _MOST_FAILURES:
                    raise
                await self._sleep(min(2.0**failures / 4, 30.0))

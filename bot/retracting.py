"""
Editing away the messages of a broadcast that was taken back, as fast as Telegram allows.

It may be begun again at any time: a message that was edited before says so ("not modified").
"""

import asyncio

import structlog

from bot.editing import Editor
from bot.pace import Sleep
from bot.rendering import render
from bot.sending import Sender, Shown
from conversations.recalled import taken_back
from locales.catalog import Languages
from services import broadcast_acts
from services.broadcast_acts import SentMessage
from services.house import House

log = structlog.get_logger("bot")

_AT_ONCE = 25


class Retractor:
    """Edits messages away."""

    def __init__(
        self, house: House, languages: Languages, sender: Sender, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._house = house
        self._languages = languages
        self._sleep = sleep
        self._editor = Editor(house, sender, sleep)

    async def carry_out(self, broadcast_id: int) -> None:
        """
        Edit away every message of the broadcast that stands in a chat, or is on its way there.

        Raises:
            TelegramError: Telegram is away or fails for no reason of one message's; again later.
        """
        while True:
            # Asked first: what arrives after the last look at the messages is seen by the next.
            may_arrive = await broadcast_acts.may_still_arrive(self._house, broadcast_id)
            messages = await broadcast_acts.to_edit_away(self._house, broadcast_id, _AT_ONCE)
            if not messages:
                if not may_arrive:
                    break
                await self._sleep(1.0)
            became: dict[int, bool] = {}
            try:
                for message, chat_id, locale in messages:
                    became[message.delivery_id] = await self._edit(message, chat_id, locale)
            finally:
                await broadcast_acts.edited_away(self._house, became)
        log.info("broadcast_retracted", broadcast_id=broadcast_id)

    async def _edit(self, message: SentMessage, chat_id: int, locale: str) -> bool:
        screen = render(
            taken_back(with_picture=message.has_picture),
            self._languages.i18n(locale),
            self._house.public_url,
        )
        shown = Shown(message.message_id, message.has_picture, is_protected=True)
        return await self._editor.edit(chat_id, screen, shown)

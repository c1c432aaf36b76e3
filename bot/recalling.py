"""
Changing the cards of a story that was taken back, as fast as Telegram allows.

It may be begun again at any time: a card that was changed before says so ("not modified"), and is
counted as reached.
"""

import asyncio

import structlog

from bot.editing import Editor
from bot.pace import Sleep
from bot.rendering import render
from bot.sending import Sender, Shown
from conversations.recalled import recalled
from locales.catalog import Languages
from services import recalling
from services.house import House
from services.recalling import Card, CardState

log = structlog.get_logger("bot")

_AT_ONCE = 25


class Recaller:
    """Changes cards at the pace that all bulk messages share: edits count as messages."""

    def __init__(
        self, house: House, languages: Languages, sender: Sender, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._house = house
        self._languages = languages
        self._editor = Editor(house, sender, sleep)
        self._turn = asyncio.Lock()

    async def carry_out(self, recall_id: int) -> None:
        """
        Change every card of the recall that is not changed yet.

        Raises:
            TelegramError: Telegram is away or fails for no reason of one card's; again later.
        """
        async with self._turn:
            while cards := await recalling.cards_to_change(self._house, recall_id, _AT_ONCE):
                states: dict[bytes, CardState] = {}
                try:
                    for card, chat_id, locale in cards:
                        states[card.message_hash] = await self._change(card, chat_id, locale)
                finally:
                    await recalling.cards_changed(self._house, states)
        log.info("recall_carried_out", recall_id=recall_id)

    async def _change(self, card: Card, chat_id: int, locale: str) -> CardState:
        screen = render(
            recalled(with_picture=card.has_picture),
            self._languages.i18n(locale),
            self._house.public_url,
        )
        shown = Shown(card.message_id, card.has_picture, is_protected=True)
        reached = await self._editor.edit(chat_id, screen, shown)
        return CardState.REACHED if reached else CardState.UNREACHED

"""
Changing the cards of a story that was taken back, as fast as Telegram allows.

It may be begun again at any time: a card that was changed before says so ("not modified"), and is
counted as reached.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from telegram.error import RetryAfter, TelegramError

from bot.lanes import wait_s
from bot.pace import Pace
from bot.rendering import render
from bot.sending import Sender, Shown
from conversations.recalled import recalled
from locales.catalog import Languages
from services import recalling
from services.house import House
from services.recalling import Card, CardState

log = structlog.get_logger("bot")

_AT_ONCE = 25
_MOST_FAILURES = 8

Sleep = Callable[[float], Awaitable[None]]


class Recaller:
    """Changes cards at the pace that all bulk messages share: edits count as messages."""

    def __init__(
        self, house: House, languages: Languages, sender: Sender, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._house = house
        self._languages = languages
        self._sender = sender
        self._sleep = sleep
        self._pace = Pace(house, sleep)
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
        failures = 0
        while True:
            await self._pace.turn()
            try:
                reached = await self._sender.change(chat_id, screen, shown)
            except RetryAfter as refusal:
                # It is said to the whole bot: everything here waits.
                await self._pace.told_to_wait(wait_s(refusal))
            except TelegramError:
                failures += 1
                if failures == _MOST_FAILURES:
                    raise
                await self._sleep(min(2.0**failures / 4, 30.0))
            else:
                return CardState.REACHED if reached else CardState.UNREACHED

"""
Fast taps folded: one edit under way for a chat, and the last state wins.

Whoever taps Next five times wants the fifth card, not four edits that Telegram would answer with
"too many requests". When it does, the chat waits as long as Telegram asks, in the background, and
then shows what the person wants by then. What waits here is only what a screen shows; nothing is
lost with the process but a picture of a card, and the next tap brings it.
"""

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog
from telegram.error import RetryAfter, TelegramError

log = structlog.get_logger("bot")

Show = Callable[[], Awaitable[None]]


@dataclass
class _Lane:
    newest: Show | None = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    pause: asyncio.Task[None] | None = None
    guests: int = 0


class Lanes:
    """One lane for each chat in which something is being shown."""

    def __init__(self) -> None:
        self._lanes: dict[int, _Lane] = {}

    async def show(self, chat_id: int, show: Show) -> None:
        """
        Run *show*, unless a newer one of the same chat comes before its turn.

        Returns at once while the chat has to wait; the newest is then shown at the end of it.
        """
        lane = self._lanes.setdefault(chat_id, _Lane())
        lane.newest = show
        if lane.pause is not None:
            return
        lane.guests += 1
        try:
            async with lane.turn:
                if lane.newest is show and lane.pause is None:
                    await self._run(chat_id, lane, show)
        finally:
            lane.guests -= 1
            self._clear(chat_id, lane)

    async def close(self) -> None:
        """Give up what still waits."""
        pauses = [lane.pause for lane in self._lanes.values() if lane.pause is not None]
        for pause in pauses:
            pause.cancel()
        await asyncio.gather(*pauses, return_exceptions=True)

    async def _run(self, chat_id: int, lane: _Lane, show: Show) -> None:
        try:
            await show()
        except RetryAfter as refusal:
            lane.pause = asyncio.create_task(self._later(chat_id, lane, wait_s(refusal)))

    async def _later(self, chat_id: int, lane: _Lane, seconds: float) -> None:
        await asyncio.sleep(seconds)
        lane.pause = None
        show = lane.newest
        if show is not None:
            try:
                await self.show(chat_id, show)
            except TelegramError as refusal:
                log.warning("late_screen_refused", error=type(refusal).__name__)

    def _clear(self, chat_id: int, lane: _Lane) -> None:
        if lane.guests == 0 and lane.pause is None:
            self._lanes.pop(chat_id, None)


def wait_s(refusal: RetryAfter) -> float:
    """How many seconds Telegram asks to wait."""
    asked = refusal.retry_after
    return asked.total_seconds() if isinstance(asked, dt.timedelta) else float(asked)

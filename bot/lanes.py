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
from telegram.error import RetryAfter

log = structlog.get_logger("bot")

Show = Callable[[], Awaitable[None]]
Sleep = Callable[[float], Awaitable[None]]


@dataclass
class _Lane:
    newest: Show | None = None
    newest_update: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    pause: asyncio.Task[None] | None = None
    guests: int = 0


class Lanes:
    """One lane for each chat in which something is being shown."""

    def __init__(self, sleep: Sleep = asyncio.sleep) -> None:
        self._sleep = sleep
        self._lanes: dict[int, _Lane] = {}
        self._late: set[asyncio.Task[None]] = set()

    async def show(self, chat_id: int, update_id: int, show: Show) -> None:
        """
        Run *show*, unless a newer one of the same chat comes before its turn.

        Returns at once while the chat has to wait; the newest is then shown at the end of it.

        Args:
            update_id: What it answers; of two that come at once the higher is the newer.
        """
        lane = self._lanes.setdefault(chat_id, _Lane())
        if update_id < lane.newest_update:
            return
        lane.newest, lane.newest_update = show, update_id
        lane.guests += 1
        try:
            async with lane.turn:
                if lane.newest is show and lane.pause is None:
                    await self._run(chat_id, lane, show)
        finally:
            lane.guests -= 1
            self._clear(chat_id, lane)

    async def show_now(self, chat_id: int, update_id: int, show: Show) -> None:
        """
        Run *show* in its turn whatever comes after it; what waited in the chat is forgotten.

        For what must be shown, and is asked for again if Telegram refuses it now.
        """
        lane = self._lanes.setdefault(chat_id, _Lane())
        if update_id >= lane.newest_update:
            lane.newest, lane.newest_update = None, update_id
        lane.guests += 1
        try:
            async with lane.turn:
                await show()
        finally:
            lane.guests -= 1
            self._clear(chat_id, lane)

    async def close(self) -> None:
        """Give up what still waits."""
        late = tuple(self._late)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _run(self, chat_id: int, lane: _Lane, show: Show) -> None:
        try:
            await show()
        except RetryAfter as refusal:
            lane.pause = asyncio.create_task(self._later(chat_id, lane, wait_s(refusal)))
            self._late.add(lane.pause)
            lane.pause.add_done_callback(self._late.discard)

    async def _later(self, chat_id: int, lane: _Lane, seconds: float) -> None:
        await self._sleep(seconds)
        lane.pause = None
        try:
            if lane.newest is not None:
                await self.show(chat_id, lane.newest_update, lane.newest)
        except Exception as error:
            # The update was answered long ago and nobody waits; the next tap brings the screen.
            log.warning("late_screen_failed", error=type(error).__name__)
        finally:
            self._clear(chat_id, lane)

    def _clear(self, chat_id: int, lane: _Lane) -> None:
        if lane.guests == 0 and lane.pause is None:
            self._lanes.pop(chat_id, None)


def wait_s(refusal: RetryAfter) -> float:
    """How many seconds Telegram asks to wait."""
    asked = refusal.retry_after
    return asked.total_seconds() if isinstance(asked, dt.timedelta) else float(asked)

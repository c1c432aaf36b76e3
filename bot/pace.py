"""
The pace of all that nobody asked for: broadcasts, and the edits of a recall, of all processes.

Answers and receipts do not wait for it; Telegram limits only bulk messages of a bot, to about 30 a
second. Whoever is told "too many requests" tells everybody.
"""

import asyncio
from collections.abc import Awaitable, Callable

from services import pacing
from services.house import House

Sleep = Callable[[float], Awaitable[None]]

LONGEST_LOOK_AWAY_S = 0.25
"""So long at most until it is looked again whether somebody was told to wait, or to go on."""


class Pace:
    """The common pace, as one process keeps it."""

    def __init__(self, house: House, sleep: Sleep = asyncio.sleep) -> None:
        self._house = house
        self._sleep = sleep

    async def turn(self) -> None:
        """Wait until one message may go out, and take that turn."""
        while wait_s := await pacing.take_turn(self._house):
            await self._sleep(min(wait_s, LONGEST_LOOK_AWAY_S))

    async def told_to_wait(self, wait_s: float) -> None:
        """Nothing goes out for so long, from no process."""
        await pacing.wait(self._house, wait_s)

"""
How fast one chat may be written to.

Telegram says about one message a second, with short bursts; edits count.
Source: core.telegram.org/bots/faq#my-bot-is-hitting-limits (read 2026-11).
"""

import math

from sandbox.telegram.refusals import too_many_requests
from sandbox.telegram.world import Clock


class ChatPace:
    """
    A limit for each chat.

    Args:
        interval_s: The steady distance of two messages.
        burst: How many may come at once after a rest.
    """

    def __init__(self, clock: Clock, *, interval_s: float = 1.0, burst: int = 5) -> None:
        self._clock = clock
        self._interval_s = interval_s
        self._burst = burst
        self._due_at: dict[int, float] = {}

    def spend(self, chat_id: int) -> None:
        """
        Count one message.

        Raises:
            Refusal: 429; the message is not counted.
        """
        now = self._clock()
        due_at = max(self._due_at.get(chat_id, now), now)
        early_s = due_at - now - (self._burst - 1) * self._interval_s
        if early_s > 0:
            raise too_many_requests(math.ceil(early_s))
        self._due_at[chat_id] = due_at + self._interval_s

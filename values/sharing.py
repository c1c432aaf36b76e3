"""
Many who ask for the same thing at the same time are answered by one look at it.

Who asks joins a look only if that has not begun: what it gets is never older than the question. It
is how databases write many commits by one flush.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Sharing(Generic[T]):
    """Who asks for the same thing at the same time."""

    def __init__(self) -> None:
        self._waiting: dict[Hashable, asyncio.Task[T]] = {}
        self._running: dict[Hashable, asyncio.Task[T]] = {}

    async def get(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        """
        What *make* gives, or what another's gives that begins after this call.

        Raises:
            Exception: what *make* raised, to everybody who waits for it.
        """
        waiting = self._waiting.get(key)
        if waiting is None:
            waiting = asyncio.create_task(self._make(key, make))
            self._waiting[key] = waiting
        # Whoever goes away takes nothing from the others.
        return await asyncio.shield(waiting)

    async def _make(self, key: Hashable, make: Callable[[], Awaitable[T]]) -> T:
        mine = self._waiting[key]
        try:
            if (before := self._running.get(key)) is not None:
                await asyncio.wait((before,))
        finally:
            del self._waiting[key]
        self._running[key] = mine
        try:
            return await make()
        finally:
            if self._running.get(key) is mine:
                del self._running[key]

"""
Many who ask at once are answered by one act.

Whoever asks while an act is under way waits for it to end; the next act then answers all who wait.
So one who asks alone is answered at once, and a crowd costs few transactions.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answered = TypeVar("Answered")


class Together(Generic[Asked, Answered]):
    """
    Answers by *act*, which takes what is asked and hands back an answer for each, in order.

    Args:
        most: So many are answered by one act at most.
    """

    def __init__(
        self, act: Callable[[Sequence[Asked]], Awaitable[Sequence[Answered]]], most: int = 100
    ) -> None:
        self._act = act
        self._most = most
        self._line: deque[tuple[Asked, asyncio.Future[Answered]]] = deque()
        self._serving: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Answered:
        """The answer. What the act raises is raised for all whom it was to answer."""
        future: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._line.append((asked, future))
        if self._serving is None or self._serving.done():
            self._serving = asyncio.create_task(self._serve())
        return await future

    async def _serve(self) -> None:
        while self._line:
            many = min(len(self._line), self._most)
            asked = [self._line.popleft() for _ in range(many)]
            try:
                answers = await self._act([each for each, _ in asked])
            except Exception as error:
                for _, future in asked:
                    if not future.done():
                        future.set_exception(error)
            else:
                for (_, future), answer in zip(asked, answers, strict=True):
                    if not future.done():
                        future.set_result(answer)

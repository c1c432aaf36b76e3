"""
A storm: all that Stripe has to tell comes five times, in any order, some of it never, while
mischief is done to the program or its database.
"""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from http import HTTPStatus

from storage import stripe_events as event_rows
from storage.errors import DatabaseUnavailable

TIMES = 5
LOST = 0.02
AT_ONCE = 8


class Storm:
    """
    The storm.

    Args:
        mischief: What is done meanwhile, see `tests.journeys.mischief`.
        unheard_of: A hold of which Stripe never tells anything.

    Attributes:
        lost: Ids of the events that Stripe never brought.
        taken: How often each event was answered with 200.
        answers: How often each status was answered; None is no answer.
        problems: What must not be, a line each: an answer that no sender understands, an event
            that was acknowledged and not kept, a ledger that was not sound.
    """

    def __init__(self, till, mischief, *, unheard_of, seed=6):
        self.lost = set()
        self.taken: Counter[str] = Counter()
        self.answers: Counter[int | None] = Counter()
        self.problems = []
        self._till = till
        self._unheard_of = unheard_of
        self._mischief = mischief
        self._chance = random.Random(seed)  # noqa: S311 - mischief, no secret
        self._known = set()
        self._pool = []
        self._under_way = 0
        self._tasks: list[asyncio.Task[None]] = []

    async def rages(self, *waves):
        """
        Let *waves* happen at Stripe one after the other, each into the news of the one before.

        It is over when all is delivered and mischief enough was done, or with the first problem.
        """
        acts = (
            self._mischief.does(self._till),
            self._audit(),
            *(self._deliver() for _ in range(AT_ONCE)),
        )
        self._tasks = [asyncio.create_task(act) for act in acts]
        try:
            for wave in waves:
                await wave()
                self._pour()
                await self._until(lambda: len(self._pool) < len(self._known))
            await self._until(
                lambda: not self._pool and not self._under_way and self._mischief.is_enough
            )
        finally:
            for task in self._tasks:
                task.cancel()
            for ended in await asyncio.gather(*self._tasks, return_exceptions=True):
                if isinstance(ended, Exception):
                    raise ended

    async def _until(self, true):
        """Wait for something, but not behind a problem, nor when a task has failed."""
        while not (  # noqa: ASYNC110 - no event tells of all this
            true()
            or self.problems
            or self._mischief.problems
            or any(task.done() for task in self._tasks)
        ):
            await asyncio.sleep(0.02)

    def _pour(self):
        """What happened since the last time, five times each, but for the events that get lost."""
        new = [event["id"] for event in self._till.stripe.events if event["id"] not in self._known]
        lost = {
            *self._chance.sample(new, round(len(new) * LOST)),
            *(event["id"] for event in self._till.happened(self._unheard_of)),
        }
        self._known.update(new)
        self.lost.update(lost)
        self._pool += [event_id for event_id in new if event_id not in self.lost] * TIMES

    async def _deliver(self):
        while True:
            if not self._pool:
                await asyncio.sleep(0.02)
                continue
            event_id = self._pool.pop(self._chance.randrange(len(self._pool)))
            self._under_way += 1
            try:
                if not await self._bring(event_id):
                    self._pool.append(event_id)
                    await asyncio.sleep(0.1)
            finally:
                self._under_way -= 1

    async def _bring(self, event_id):
        """Bring an event once; whether it need not be brought again."""
        status = await self._till.stripe.redeliver(event_id)
        self.answers[status] += 1
        if status == HTTPStatus.OK:
            self.taken[event_id] += 1
            if not await self._is_dealt_with(event_id):
                self.problems.append(f"{event_id} was acknowledged and is not dealt with")
            return True
        if status in (None, HTTPStatus.SERVICE_UNAVAILABLE):
            return False
        self.problems.append(f"{event_id} was answered with {status}")
        return True

    async def _is_dealt_with(self, event_id):
        while True:
            with suppress(DatabaseUnavailable):
                async with self._till.house.read() as connection:
                    return await event_rows.dealt_with(connection, [event_id])
            await asyncio.sleep(0.05)

    async def _audit(self):
        """Whoever reads, at whatever moment, also when the server is dead, sees sound books."""
        while True:
            with suppress(DatabaseUnavailable):
                self.problems += map(str, await self._till.verify())
            await asyncio.sleep(0.05)

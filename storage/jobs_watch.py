"""
The watch that processes with jobs keep over one another.

Each gives signs of life. Who finds an executor silent gives back what it had taken, so that others
do it. Who could give no sign itself stops its own work before that happens: one that comes back
late must not do what others do by then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from storage import alarms, executors
from storage.database import Database
from storage.errors import DatabaseUnavailable
from values.clock import Clock

if TYPE_CHECKING:
    from storage.jobs_dbos import Claim, Runtime

log = structlog.get_logger("jobs")

MOST_ATTEMPTS = 20
"""Who took a job so often and never finished it died of it; nobody takes it again."""

_UNKNOWN_ATTEMPTS = 5
"""A job that nobody here knows may be known to the next release; by then that should be there."""


@dataclass(frozen=True, slots=True)
class Pace:
    """
    How fast the processes notice what there is to do, and one another.

    Attributes:
        poll_s: How long a job waits at most until somebody takes it.
        beat_s: How often an executor gives a sign of life and looks at the others.
        dead_after_s: An executor that is silent for so long is dead, and others do its work.
    """

    poll_s: float = 1.0
    beat_s: float = 5.0
    dead_after_s: float = 30.0

    @property
    def fenced_after_s(self) -> float:
        """Who could give no sign for so long stops its work."""
        return self.dead_after_s * 2 / 3


USUAL_PACE = Pace()


class UnderWay:
    """The acts that this process is at, and which job each belongs to."""

    def __init__(self) -> None:
        self._keys: dict[asyncio.Task[Any], str] = {}

    @contextmanager
    def noted(self, key: str) -> Iterator[None]:
        """Note that the current task is at the job *key* while the block lasts."""
        task = asyncio.current_task()
        if task is None:
            raise AssertionError("an act is awaited in a task")
        self._keys[task] = key
        try:
            yield
        finally:
            del self._keys[task]

    def __contains__(self, key: str) -> bool:
        return key in self._keys.values()

    def cancel(self) -> int:
        """Cancel all; hand back how many there were."""
        for task in self._keys:
            task.cancel()
        return len(self._keys)

    async def ended(self) -> None:
        """Wait until all have ended."""
        await asyncio.gather(*self._keys, return_exceptions=True)


class Watch:
    """The watch of one executor."""

    def __init__(
        self,
        database: Database,
        runtime: Runtime,
        executor_id: str,
        pace: Pace,
        clock: Clock,
        under_way: UnderWay,
    ) -> None:
        self._database = database
        self._runtime = runtime
        self._id = executor_id
        self._pace = pace
        self._clock = clock
        self._under_way = under_way
        self._fence: asyncio.TimerHandle | None = None
        self._others = executors.Silence(pace.dead_after_s)
        self._own_claims = executors.Silence(pace.dead_after_s)

    async def beat(self) -> None:
        """
        Give a sign of life.

        Raises:
            DatabaseUnavailable: none could be given.
        """
        loop = asyncio.get_running_loop()
        begun = loop.time()  # nobody saw it earlier than that
        async with self._database.write() as connection:
            await executors.beat(connection, self._id, self._clock())
        self._take_fence_away()
        self._fence = loop.call_at(begun + self._pace.fenced_after_s, self._stop_work)

    def _stop_work(self) -> None:
        """
        No sign could be given for too long. A timer calls this, and again until one can be given.

        Not the loop of `keep`: that may hang in the very request that is late.
        """
        stopped = self._under_way.cancel()
        if stopped:
            log.error("executor_fenced", jobs=stopped)
        loop = asyncio.get_running_loop()
        self._fence = loop.call_later(self._pace.beat_s, self._stop_work)

    def _take_fence_away(self) -> None:
        if self._fence is not None:
            self._fence.cancel()
            self._fence = None

    async def keep(self) -> None:
        """Keep the watch until cancelled."""
        while True:
            await asyncio.sleep(self._pace.beat_s)
            try:
                async with asyncio.timeout(self._pace.fenced_after_s / 2):
                    await self.beat()
                    await self._look_around()
            except (DatabaseUnavailable, SQLAlchemyError, TimeoutError):
                log.error("database_unavailable", task="jobs")
            except Exception:
                log.exception("task_failed", task="jobs")

    async def leave(self) -> None:
        """
        Give back what this executor has not finished, and take its row away.

        Raises:
            DatabaseUnavailable, SQLAlchemyError: it could not be told.
        """
        self._take_fence_away()
        claims = await asyncio.to_thread(self._runtime.claims)
        own = [claim for claim in claims if claim.executor_id == self._id]
        await asyncio.to_thread(self._runtime.give_back, own)
        async with self._database.write() as connection:
            await executors.forget(connection, {self._id})

    async def _look_around(self) -> None:
        """Give back what the dead had taken, and what we took ourselves and are not at."""
        claims = await asyncio.to_thread(self._runtime.claims)
        async with self._database.read() as connection:
            beats = await executors.beats(connection)
        known = {claim.executor_id for claim in claims} | set(beats)
        dead = self._others.among({name: beats.get(name) for name in known - {self._id}})
        # Its outcome could not be noted, its act was cancelled, or we do not know this job.
        idle = self._own_claims.among(
            {
                claim.key: claim.attempt
                for claim in claims
                if claim.executor_id == self._id and claim.key not in self._under_way
            }
        )
        left = [claim for claim in claims if claim.executor_id in dead or claim.key in idle]
        if left:
            await self._give_back(left)
        if dead:
            log.warning("executors_dead", executors=len(dead), jobs=len(left))
            async with self._database.write() as connection:
                await executors.forget(connection, dead)

    async def _give_back(self, claims: list[Claim]) -> None:
        known = [claim for claim in claims if self._runtime.knows(claim)]
        hopeless = [claim for claim in known if claim.attempt >= MOST_ATTEMPTS]
        for claim in hopeless:
            await self._ring("job_failed", claim.key)
        await asyncio.to_thread(self._runtime.give_up, hopeless)
        for claim in claims:
            if claim not in known and claim.attempt >= _UNKNOWN_ATTEMPTS:
                await self._ring("job_unknown", claim.job)
        left = [claim for claim in claims if claim not in hopeless]
        await asyncio.to_thread(self._runtime.give_back, left)

    async def _ring(self, kind: str, subject: str) -> None:
        async with self._database.write() as connection:
            await alarms.ring(connection, kind, subject, self._clock())

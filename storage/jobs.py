"""
Durable jobs: what must finish although machines die.

A job is a name and the id of the thing it is about. It is wanted in the transaction of the fact
that wants it (`enqueue`) and carried out, at least once, by a process that runs `Jobs`. Any number
of processes may; what one of them leaves behind as it dies is done by the others.

Nothing here shows which library does the work; see `storage.jobs_dbos`.
"""

from __future__ import annotations

import asyncio
import contextvars
import datetime as dt
import uuid
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from storage import alarms
from storage.database import Connection, Database
from storage.errors import DatabaseUnavailable, StorageError
from storage.jobs_watch import USUAL_PACE, Pace, UnderWay, Watch
from values.clock import Clock, utc_now

if TYPE_CHECKING:
    from storage.jobs_dbos import Runtime

__all__ = ["JobFailed", "Jobs", "JobsRunAlready", "Pace", "Patience", "enqueue", "load"]

log = structlog.get_logger("jobs")

_Result = TypeVar("_Result")

KEPT_FOR = dt.timedelta(days=90)
"""How long a finished job is remembered, and with it that its key was used."""

_AFTER_NO_DATABASE_S = 5.0


class JobsRunAlready(StorageError):
    """Another `Jobs` of this process is started; there is one at a time."""


class JobFailed(StorageError):
    """A job ended without success, and an alarm was rung."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How often an act that fails is tried in all, and how long to wait before each repeat."""

    attempts: int = 6
    first_pause_s: float = 1.0
    factor: float = 5.0

    def pause_s(self, failures: int) -> float:
        """How long to wait after so many failures, one or more."""
        return float(self.first_pause_s * self.factor ** (failures - 1))


async def enqueue(connection: Connection, job: str, subject_id: int, *, key: str) -> None:
    """
    Want *job* done for the thing with the id *subject_id*; it is undone with the transaction.

    Args:
        key: Names the wish among those of this job; the second with the same key does nothing,
            for as long as the first is remembered (`KEPT_FOR` after its end).
    """
    await connection.run_sync(_library().enqueue, job, subject_id, f"{job}:{key}")


async def load() -> None:
    """
    Load the library, which takes half a second, in a thread.

    Not needed, but else the first `enqueue` of a process does it in its transaction.
    """
    await asyncio.to_thread(_library)


def _library() -> ModuleType:
    # Half a second and 25 MB, which a process without jobs need not pay.
    from storage import jobs_dbos  # noqa: PLC0415

    return jobs_dbos


class Jobs:
    """
    The jobs of one database, carried out by this process. One can be started at a time.

    Register all acts, then `start`. They are awaited in the event loop that called `start`, each
    at least once: a process may die, or be thought dead, between the act and the note that it is
    done. So an act must bear to be done again, and to be cancelled.
    """

    _started: Jobs | None = None

    def __init__(
        self, database: Database, *, pace: Pace = USUAL_PACE, clock: Clock = utc_now
    ) -> None:
        self._database = database
        self._pace = pace
        self._clock = clock
        self._jobs: dict[str, Callable[[str, int], Awaitable[None]]] = {}
        self._schedules: dict[str, tuple[str, Callable[[str], Awaitable[None]]]] = {}
        self._under_way = UnderWay()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._runtime: Runtime | None = None
        self._watch: Watch | None = None
        self._watching: asyncio.Task[None] | None = None
        self.schedule("forget_finished_jobs", "23 * * * *", self._forget_finished)

    def register(
        self,
        name: str,
        act: Callable[[int], Awaitable[object]],
        patience: Patience = Patience(),
    ) -> None:
        """
        Say what carries out the job *name*: *act* is awaited with the subject's id.

        If it fails it is repeated with patience; after the last failure the job has failed for
        good and the alarm `job_failed` is rung for it. That the database is unavailable is no
        failure; then it is repeated until it is not.
        """

        async def run(key: str, subject_id: int) -> None:
            await self._here(self._carry_out(key, key, partial(act, subject_id), patience))

        self._jobs[name] = run

    def schedule(
        self,
        name: str,
        cron: str,
        act: Callable[[], Awaitable[object]],
        patience: Patience = Patience(),
    ) -> None:
        """
        Say what is done again and again: *act* is awaited at the times of *cron*, in UTC.

        One process does it for all. A time at which nobody lives is left out. Failures are those
        of `register`; the alarm is one for the schedule.
        """

        async def run(key: str) -> None:
            await self._here(self._carry_out(key, name, act, patience))

        self._schedules[name] = (cron, run)

    async def start(self) -> None:
        """
        Begin to carry out what is wanted; returns when that is under way.

        Raises:
            DatabaseUnavailable: it cannot be reached now; nothing was started.
            JobsRunAlready: see there.
        """
        if Jobs._started is not None:
            raise JobsRunAlready("close the others first")
        Jobs._started = self
        self._loop = asyncio.get_running_loop()
        try:
            await self._start()
        except BaseException as error:
            await self.close()
            if isinstance(error, SQLAlchemyError):
                raise DatabaseUnavailable(str(error)) from error
            raise

    async def _start(self) -> None:
        await self._database.ping()
        await load()
        executor_id = f"executor-{uuid.uuid4()}"
        address = self._database.address
        runtime = _library().Runtime(address, executor_id, self._pace.poll_s)
        self._runtime = runtime
        self._watch = Watch(
            self._database, runtime, executor_id, self._pace, self._clock, self._under_way
        )
        await self._watch.beat()  # before anything is taken, so that nobody finds us unknown
        await _to_its_end(partial(runtime.launch, self._jobs, self._schedules))
        self._watching = asyncio.create_task(self._watch.keep())

    async def close(self) -> None:
        """
        Stop. What is under way is cancelled, and given back for others to do.

        May be called at any time, also twice.
        """
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
            self._watching = None
        try:
            if self._runtime is not None:
                await _to_its_end(self._runtime.stop)
                self._under_way.cancel()
                await self._under_way.ended()
            if self._watch is not None:
                await self._watch.leave()
        except (DatabaseUnavailable, SQLAlchemyError):
            log.error("database_unavailable", task="jobs")  # others find us silent after a while
        finally:
            if self._runtime is not None:
                self._runtime.dispose()
            self._runtime = self._watch = None
            if Jobs._started is self:
                Jobs._started = None

    async def _here(self, work: Coroutine[Any, Any, None]) -> None:
        """
        Await *work* in our event loop; called in the library's.

        In a context of its own: what the library notes in its own would reach our acts.
        """
        if self._loop is None:
            raise AssertionError("nothing is carried out before the start")
        future = contextvars.Context().run(asyncio.run_coroutine_threadsafe, work, self._loop)
        await asyncio.wrap_future(future)

    async def _carry_out(
        self, key: str, subject: str, act: Callable[[], Awaitable[object]], patience: Patience
    ) -> None:
        """
        Await *act* until it succeeds or patience ends.

        Raises:
            JobFailed: it ended; the alarm about *subject* was rung.
        """
        with self._under_way.noted(key):
            failures = 0
            while failures < patience.attempts:
                try:
                    await _with_database(key, act)
                except Exception:
                    failures += 1
                    log.exception("job_attempt_failed", job=key, failures=failures)
                    if failures < patience.attempts:
                        await asyncio.sleep(patience.pause_s(failures))
                else:
                    return
            await _with_database(key, partial(self._ring, subject))
        # The library keeps this error: no text of another may be in it.
        raise JobFailed(f"{key} failed {failures} times")

    async def _ring(self, subject: str) -> None:
        async with self._database.write() as connection:
            await alarms.ring(connection, "job_failed", subject, self._clock())

    async def _forget_finished(self) -> None:
        if self._runtime is not None:
            before = self._clock() - KEPT_FOR
            while await asyncio.to_thread(self._runtime.forget_before, before):
                continue


async def _with_database(key: str, act: Callable[[], Awaitable[object]]) -> None:
    """Await *act*, again and again while the database is unavailable."""
    while True:
        try:
            await act()
        except DatabaseUnavailable:
            log.error("database_unavailable", job=key)
            await asyncio.sleep(_AFTER_NO_DATABASE_S)
        else:
            return


async def _to_its_end(act: Callable[[], _Result]) -> _Result:
    """Run *act* in a thread; a cancellation meanwhile is raised when it has ended, not before."""
    running = asyncio.create_task(asyncio.to_thread(act))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise

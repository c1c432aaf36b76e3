"""
DBOS, the library behind `storage.jobs`, which alone uses this module and loads it late.

The library is one for a whole process, works in threads of its own and keeps no promise about the
loop a coroutine runs in; what stands here hides that. It is told nothing of the world: no
telemetry, no server, no console of its makers. What it logs holds values, so only the place in
its code is passed on.

Its names that begin with an underscore are used where it offers no other way; its version is
pinned, and the tests stand on each of these places.
"""

import datetime as dt
import logging
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, ParamSpec

import structlog
from dbos import DBOS, DBOSClient, DBOSConfig, DBOSPortableJSONSerializer, ScheduleInput
from sqlalchemy import URL, Connection, Engine, create_engine

from storage import engines
from storage.jobs_schema import SCHEMA

log = structlog.get_logger("jobs")

_P = ParamSpec("_P")
_Workflow = Callable[_P, Coroutine[Any, Any, None]]

_APPLICATION = "homeward"
_VERSION = "1"
"""
The library gives work only to processes of the version that wanted it. Ours never changes: a job
is its name and a number, which the next release understands too.
"""

_QUEUE = "jobs"
_UNDER_WAY_AT_ONCE = 10
_THREADS = 16
_FINISHED = ["SUCCESS", "ERROR", "CANCELLED"]
_MOST_FORGOTTEN = 1000
_MOST_WAITING_S = 10.0

_JSON = DBOSPortableJSONSerializer()
"""Not the library's default, pickle: who can write to the database could make us run anything."""


@dataclass(frozen=True, slots=True)
class Claim:
    """
    A job that some executor took and has not finished.

    Attributes:
        key: Names it among all.
        job: The name under which it was made known to the library.
        attempt: Counts how often it was taken.
    """

    key: str
    job: str
    executor_id: str
    attempt: int


class _Placing(logging.Handler):
    """Logs where the library had something to say, each place once a minute, and not what."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._last: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        if record.module == "_outcome":
            return  # it was cancelled, by us: that is how we close, and fence
        at, now = f"{record.module}:{record.lineno}", time.monotonic()
        if now - self._last.get(at, -60.0) >= 60.0:
            self._last[at] = now
            log.warning("jobs_library", at=at)


_logger = logging.getLogger("dbos")
_logger.handlers[:] = [_Placing()]  # with one there, the library adds none that prints
_logger.propagate = False


@cache
def _client(dialect: str) -> DBOSClient:
    """What writes the library's rows over a connection of ours. Its own engine stays unused."""
    engine = create_engine("sqlite://" if dialect == "sqlite" else "postgresql+psycopg://")
    return DBOSClient(
        system_database_engine=engine,
        dbos_system_schema=SCHEMA,
        serializer=_JSON,
        application_name=_APPLICATION,
        lazy=True,
    )


def enqueue(connection: Connection, job: str, subject_id: int, key: str) -> None:
    """Want *job* for *subject_id* in the transaction of *connection*, once for each *key*."""
    client = _client(connection.dialect.name)
    client.enqueue_in_transaction(
        connection,
        {
            "workflow_name": job,
            "queue_name": _QUEUE,
            "workflow_id": key,
            "app_version": _VERSION,
        },
        subject_id,
    )
    # The library lets its names be translated on this connection, which costs our own statements.
    connection.execution_options(schema_translate_map=None)


class Runtime:
    """
    The library at work in this process, for one database. All methods block: call them in threads.

    Only one can be launched at a time.
    """

    def __init__(self, address: URL, executor_id: str, poll_s: float) -> None:
        self._executor_id = executor_id
        self._poll_s = poll_s
        self._engine: Engine = engines.threaded(address)
        self._dbos: DBOS | None = None
        self._names: frozenset[str] = frozenset()
        # Without patience: while the database is away the library's own would wait for it.
        self._client = DBOSClient(
            system_database_engine=self._engine,
            dbos_system_schema=SCHEMA,
            serializer=_JSON,
            application_name=_APPLICATION,
            lazy=True,
            retry_connection_errors=False,
        )

    def launch(
        self,
        jobs: Mapping[str, Callable[[str, int], Awaitable[None]]],
        schedules: Mapping[str, tuple[str, Callable[[str], Awaitable[None]]]],
    ) -> None:
        """
        Begin to carry out *jobs*, and *schedules* at the times of their cron, each by its name.

        They are awaited in an event loop of the library, with the key of what is carried out; a
        job also with its subject.
        """
        for name, run in jobs.items():
            _registered(name, _workflow(run))
        times: list[ScheduleInput] = [
            {
                "schedule_name": name,
                "workflow_fn": _registered(_schedule(name), _scheduled_workflow(run)),
                "schedule": cron,
                "context": None,
            }
            for name, (cron, run) in schedules.items()
        ]
        self._names = frozenset(jobs) | {_schedule(name) for name in schedules}
        self._client.register_queue(
            _QUEUE,
            worker_concurrency=_UNDER_WAY_AT_ONCE,
            polling_interval_sec=self._poll_s,
            on_conflict="always_update",
        )
        self._dbos = DBOS(config=self._config())
        DBOS.launch()
        for known in DBOS.list_schedules():
            if known["schedule_name"] not in schedules:
                DBOS.delete_schedule(known["schedule_name"])
        DBOS.apply_schedules(times)

    def _config(self) -> DBOSConfig:
        return {
            "name": _APPLICATION,
            "application_version": _VERSION,
            "executor_id": self._executor_id,
            "system_database_engine": self._engine,
            "dbos_system_schema": SCHEMA,
            "run_migrations": False,
            "use_listen_notify": False,
            "enable_otlp": False,
            "log_level": "WARNING",
            "serializer": _JSON,
            "max_executor_threads": _THREADS,
            # How long closing takes: a thread that has nothing to do here sleeps so long.
            "notification_listener_polling_interval_sec": 0.25,
        }

    def stop(self) -> None:
        """
        Stop, also where `launch` came only half the way. What is under way is cancelled.

        Afterwards `claims` and `give_back` still serve.
        """
        try:
            if self._dbos is not None:
                self._take_no_more(self._dbos)
        finally:
            DBOS.destroy(destroy_registry=True)
        _wait_for("dbos-executor-")

    def _take_no_more(self, dbos: DBOS) -> None:
        """Else the library might take a job and find its own event loop gone."""
        for event in dbos.background_thread_stop_events:
            event.set()
        _wait_for("queue-worker-")
        system = dbos._sys_db_field  # noqa: SLF001 - see above
        if system is not None:
            # While the database is away the library would wait for it, and the process with it.
            system._retry_connection_errors = False  # noqa: SLF001 - see above

    def dispose(self) -> None:
        """Close the connections; the last call."""
        self._engine.dispose()

    def knows(self, claim: Claim) -> bool:
        """Whether this process can carry out what was taken."""
        return claim.job in self._names

    def claims(self) -> list[Claim]:
        """All jobs that are taken and not finished, by whomever."""
        found = self._client.list_workflows(status="PENDING", load_input=False, load_output=False)
        return [
            Claim(each.workflow_id, each.name, each.executor_id or "", each.recovery_attempts or 0)
            for each in found
        ]

    def give_back(self, claims: Iterable[Claim]) -> None:
        """
        Let each of *claims* be taken by whoever is first.

        Nothing happens to one that was finished, or taken by another executor meanwhile: so it
        does no harm that several processes find the same executor dead. (The library's public
        `resume_workflows` does not look, and would start a job a second time.)
        """
        system = self._client._sys_db  # noqa: SLF001 - see above
        for claim in claims:
            system.reenqueue_for_recovery(claim.key, [claim.executor_id], _QUEUE)

    def give_up(self, claims: Iterable[Claim]) -> None:
        """Let nobody take *claims* again."""
        keys = [claim.key for claim in claims]
        if keys:
            self._client.cancel_workflows(keys)

    def forget_before(self, moment: dt.datetime) -> int:
        """Delete what was finished before *moment*, a thousand at most; hand back how many."""
        old = self._client.list_workflows(
            status=_FINISHED,
            completed_before=moment.isoformat(),
            limit=_MOST_FORGOTTEN,
            load_input=False,
            load_output=False,
        )
        self._client.delete_workflows([each.workflow_id for each in old])
        return len(old)


def _wait_for(threads: str) -> None:
    """
    Wait for the threads whose names begin so; a while, for the database may be away.

    Not by joining them, which fails for one that has not quite begun.
    """
    until = time.monotonic() + _MOST_WAITING_S
    while time.monotonic() < until:
        if not any(thread.name.startswith(threads) for thread in threading.enumerate()):
            return
        time.sleep(0.01)


def _schedule(name: str) -> str:
    """A schedule's name among those of the jobs."""
    return f"schedule {name}"


def _registered(name: str, workflow: _Workflow[_P]) -> _Workflow[_P]:
    """
    *workflow*, made known to the library as *name*.

    How often it may be taken is counted by us: the library gives up without telling anybody.
    """
    return DBOS.workflow(name=name, max_recovery_attempts=None)(workflow)


def _workflow(
    run: Callable[[str, int], Awaitable[None]],
) -> _Workflow[[int]]:
    async def workflow(subject_id: int) -> None:
        await run(_key(), subject_id)

    return workflow


def _scheduled_workflow(
    run: Callable[[str], Awaitable[None]],
) -> _Workflow[[dt.datetime, Any]]:
    async def workflow(_scheduled_at: dt.datetime, _context: object) -> None:
        await run(_key())

    return workflow


def _key() -> str:
    key = DBOS.workflow_id
    if key is None:
        raise AssertionError("the library awaits this inside a workflow only")
    return key

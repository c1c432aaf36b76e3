"""The background process: delivers messages, looks at payment pages, carries out jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from homeward.assembly import Parts
from homeward.workflows import carry_out_jobs
from services.broadcasting import finish
from services.checkouts import look_at_all_soon
from services.house import DatabaseUnavailable

log = structlog.get_logger("worker")

Task = Callable[[], Awaitable[int]]

_AFTER_A_FAILURE_S = 5.0


async def work(parts: Parts) -> None:
    """
    Work until cancelled.

    Everything to do is a row that is due, taken with a lease, or a durable job; any number of
    these may run, and one that dies leaves what it had taken to the others.
    """
    await _look_at_all(parts)
    async with asyncio.TaskGroup() as group:
        group.create_task(_repeat("outbox", parts.postman.deliver_due, 0.5))
        group.create_task(_repeat("broadcasts", parts.broadcaster.deliver_due, 0.5))
        group.create_task(_repeat("ends of broadcasts", lambda: finish(parts.house), 5.0))
        group.create_task(_repeat("payments", parts.gifts.look_at_due, 2.0))
        group.create_task(carry_out_jobs(parts))


async def _look_at_all(parts: Parts) -> None:
    """Begin with what may have been missed; if the database is away the repeats wait for it."""
    try:
        await look_at_all_soon(parts.house)
    except DatabaseUnavailable:
        log.error("database_unavailable", task="start")


async def _repeat(name: str, task: Task, pause_s: float) -> None:
    """Do *task* again and again; at once while there was something to do."""
    while True:
        try:
            done = await task()
        except DatabaseUnavailable:
            log.error("database_unavailable", task=name)
            await asyncio.sleep(_AFTER_A_FAILURE_S)
        except Exception:
            log.exception("task_failed", task=name)
            await asyncio.sleep(_AFTER_A_FAILURE_S)
        else:
            if not done:
                await asyncio.sleep(pause_s)

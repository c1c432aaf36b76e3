"""What tests of jobs have in common: acts that note what they did, and looking at what is kept."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace

import sqlalchemy as sa
from dbos import DBOS

from storage import alarms
from storage.jobs import Jobs, Pace, Patience, enqueue
from storage.jobs_schema import SCHEMA

PACE = Pace(poll_s=0.05, beat_s=0.1, dead_after_s=60.0)
QUICK = replace(PACE, dead_after_s=0.8)
AT_ONCE = Patience(attempts=3, first_pause_s=0.0)


@asynccontextmanager
async def carried_out(jobs):
    """*jobs*, started, for as long as the block lasts."""
    await jobs.start()
    try:
        yield
    finally:
        await jobs.close()


class Doing:
    """An act that notes what it did."""

    def __init__(self, *, failures=0):
        self.subjects = []
        self.loops = set()
        self.seen_of_the_library = set()
        self._failures = failures

    async def __call__(self, subject_id=None):
        self.loops.add(asyncio.get_running_loop())
        self.seen_of_the_library.add(DBOS.workflow_id)
        self.subjects.append(subject_id)
        if len(self.subjects) <= self._failures:
            raise ValueError("words of a person")

    async def until(self, count):
        """Wait until so much was done, and a little longer for what should not be."""
        await until(lambda: len(self.subjects) >= count)
        await asyncio.sleep(0.2)
        return self.subjects


def with_job(database, act, patience=AT_ONCE, pace=PACE):
    jobs = Jobs(database, pace=pace)
    jobs.register("act", act, patience)
    return jobs


async def want(database, subject_id, key=None, job="act"):
    async with database.write() as connection:
        await enqueue(connection, job, subject_id, key=key or str(subject_id))


async def want_in_vain(database, subject_id):
    async with database.write() as connection:
        await enqueue(connection, "act", subject_id, key=str(subject_id))
        raise KeyError


async def rows(database, table="workflow_status", columns="*"):
    prefix = f"{SCHEMA}." if database.dialect == "postgresql" else ""
    async with database.read() as connection:
        return (await connection.execute(sa.text(f"SELECT {columns} FROM {prefix}{table}"))).all()


async def states(database):
    """The state of each job, by its key, without the schedules'."""
    found = await rows(database, columns="workflow_uuid, status")
    return {key: state for key, state in found if not key.startswith("sched-")}


async def until_states(database, wanted):
    async def are():
        return await states(database) == wanted

    await until(are)


async def until(true, timeout_s=15.0):
    """Wait until *true* gives something true."""
    deadline = asyncio.get_running_loop().time() + timeout_s
    while asyncio.get_running_loop().time() < deadline:
        found = true()
        if await found if asyncio.iscoroutine(found) else found:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"waited {timeout_s} s")


async def alarms_of(database):
    async with database.read() as connection:
        found = await connection.execute(sa.select(alarms.alarm.c.kind, alarms.alarm.c.subject))
        return sorted(tuple(row) for row in found)

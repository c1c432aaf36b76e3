"""
A process with jobs, for tests that need a real one: `python -m tests.storage.jobs_process URL NAME`

Its job `work` writes a line with the process's name when it begins and when it is done, and in
between the process `slow` waits until there is a line `go`. The lines are alarms, because every
database has that table.
"""

import asyncio
import signal
import sys

import sqlalchemy as sa
import structlog

from storage import alarms
from storage.database import Database
from storage.jobs import Jobs, Pace
from values.clock import utc_now

PACE = Pace(poll_s=0.05, beat_s=0.1, dead_after_s=1.0)


async def note(database, kind, subject):
    """Write a line that stays."""
    async with database.write() as connection:
        await alarms.ring(connection, kind, subject, utc_now())


async def until_go(database):
    """Wait until there is a line `go`."""
    query = sa.select(alarms.alarm.c.id).where(alarms.alarm.c.kind == "go")
    while True:
        async with database.read() as connection:
            if await connection.scalar(query) is not None:
                return
        await asyncio.sleep(0.05)


async def main(url, name):
    """Carry out jobs until SIGTERM."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    database = Database.open(url)
    ticks = iter(range(1_000_000))

    async def work(subject_id):
        await note(database, "begun", f"{subject_id} by {name}")
        if name == "slow":
            await until_go(database)
        await note(database, "done", f"{subject_id} by {name}")

    async def tick():
        await note(database, "tick", f"{next(ticks)} of {name}")

    jobs = Jobs(database, pace=PACE)
    jobs.register("work", work)
    jobs.schedule("tick", "* * * * * *", tick)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await jobs.start()
    sys.stdout.write("started\n")
    sys.stdout.flush()
    await stop.wait()
    await jobs.close()
    await database.close()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))

"""Jobs and real processes: killed, frozen and coming back late, two at once, and what they open."""

import asyncio
import json
import signal
import sys

import pytest
import sqlalchemy as sa

from storage import alarms
from storage.jobs import enqueue
from storage.jobs_schema import SCHEMA
from tests.storage.jobs_process import note

# Writes down every address that this process opens a socket for, or asks the name of.
WATCHED = """
import atexit, json, runpy, sys
seen = []
def hear(event, args):
    if event in ("socket.bind", "socket.connect", "socket.getaddrinfo", "socket.sendto"):
        seen.append([event, repr(args[1:] if event != "socket.getaddrinfo" else args)])
sys.addaudithook(hear)
atexit.register(lambda: print(json.dumps(seen)))
runpy.run_module("tests.storage.jobs_process", run_name="__main__", alter_sys=True)
"""

# On SQLite a process that is frozen with the right to write lets no other write, so nobody can do
# its work. That it stops by itself, on both engines, is in test_jobs.
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


class Crowd:
    """Processes with jobs over one database; none outlives the test."""

    def __init__(self, url):
        self._url = url
        self._all = {}

    async def start(self, name, *how):
        """Start one under *name*, and wait until it is at work."""
        how = how or ("-m", "tests.storage.jobs_process")
        process = self._all[name] = await asyncio.create_subprocess_exec(
            sys.executable, "-W", "error", *how, self._url, name,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 20) == b"started\n"

    def send(self, name, sign):
        self._all[name].send_signal(sign)

    async def stop(self, name):
        """Ask it to end; hand back what it printed and what it logged."""
        self.send(name, signal.SIGTERM)
        said = await asyncio.wait_for(self._all[name].communicate(), 10)
        assert self._all[name].returncode == 0, said
        return [part.decode() for part in said]

    async def end(self):
        for process in self._all.values():
            if process.returncode is None:
                process.kill()
                await process.communicate()


@pytest.fixture
async def crowd(database_url):
    crowd = Crowd(database_url)
    yield crowd
    await crowd.end()


async def want(database, subject_id):
    async with database.write() as connection:
        await enqueue(connection, "work", subject_id, key=str(subject_id))


async def lines(database, *kinds):
    async with database.read() as connection:
        found = await connection.execute(sa.select(alarms.alarm.c.kind, alarms.alarm.c.subject))
        return sorted(" ".join(row) for row in found if row.kind in kinds)


async def until_lines(database, wanted):
    async def are():
        return await lines(database, "begun", "done")

    await until(are, wanted)


async def until_state(database, key, wanted):
    await until(lambda: state(database, key), wanted)


async def until(look, wanted):
    for _ in range(300):
        if await look() == wanted:
            return
        await asyncio.sleep(0.05)
    assert await look() == wanted


async def state(database, key):
    prefix = f"{SCHEMA}." if database.dialect == "postgresql" else ""
    async with database.read() as connection:
        return await connection.scalar(
            sa.text(f"SELECT status FROM {prefix}workflow_status WHERE workflow_uuid = :key"),
            {"key": key},
        )


async def scheduled(database, name):
    """The second for which each run of the schedule was wanted."""
    prefix = f"{SCHEMA}." if database.dialect == "postgresql" else ""
    async with database.read() as connection:
        keys = await connection.scalars(
            sa.text(f"SELECT workflow_uuid FROM {prefix}workflow_status")
        )
        return [key.partition(name)[2] for key in keys if key.startswith(f"sched-{name}-")]


async def test_what_a_killed_process_was_at_is_done_by_another_that_lives(database, crowd):
    await crowd.start("slow")
    await want(database, 41)
    await until_lines(database, ["begun 41 by slow"])
    await crowd.start("other")

    crowd.send("slow", signal.SIGKILL)

    await until_lines(database, ["begun 41 by other", "begun 41 by slow", "done 41 by other"])
    assert (await crowd.stop("other"))[1].count("executors_dead") == 1
    assert await state(database, "work:41") == "SUCCESS"


@on_postgresql
async def test_who_comes_back_late_stops_what_others_did_meanwhile(database, crowd):
    await crowd.start("slow")
    await want(database, 41)
    await until_lines(database, ["begun 41 by slow"])
    await crowd.start("other")
    crowd.send("slow", signal.SIGSTOP)
    done = ["begun 41 by other", "begun 41 by slow", "done 41 by other"]
    await until_lines(database, done)

    await note(database, "go", "on")
    crowd.send("slow", signal.SIGCONT)
    await want(database, 42)

    await until_state(database, "work:42", "SUCCESS")
    assert [line for line in await lines(database, "begun", "done") if " 41 " in line] == done
    assert await state(database, "work:41") == "SUCCESS"
    assert "executor_fenced" in (await crowd.stop("slow"))[1]
    await crowd.stop("other")


async def test_a_process_that_ends_gives_back_what_it_was_at(database, crowd):
    await crowd.start("slow")
    await want(database, 41)
    await until_lines(database, ["begun 41 by slow"])

    await crowd.stop("slow")

    assert await state(database, "work:41") == "ENQUEUED"


async def test_two_processes_do_one_scheduled_run_once(database, crowd):
    async def are_enough():
        return len(await lines(database, "tick")) >= 4

    await asyncio.gather(crowd.start("one"), crowd.start("two"))
    await until(are_enough, True)
    await asyncio.gather(crowd.stop("one"), crowd.stop("two"))

    done = len(await lines(database, "tick"))
    keys = await scheduled(database, "tick")
    # The last may not have been taken, or not have been noted as done.
    assert len(keys) - 1 <= done <= len(keys)


async def test_a_process_with_jobs_opens_nothing_but_its_database(database, database_url, crowd):
    await crowd.start("other", "-c", WATCHED)
    await want(database, 41)
    await until_lines(database, ["begun 41 by other", "done 41 by other"])

    printed, logged = await crowd.stop("other")

    opened = [address for event, address in json.loads(printed)]
    own = sa.make_url(database_url).port
    assert [address for address in opened if own is None or str(own) not in address] == []
    assert logged == ""

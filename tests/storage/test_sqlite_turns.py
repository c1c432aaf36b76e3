"""Writers of one SQLite file that share a COMMIT: each is told the truth about its own block."""

import asyncio
import resource
import sqlite3
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import sqlite_turns
from storage.columns import BIG
from storage.database import Database
from storage.errors import DatabaseUnavailable, Refused, UndoneWithAnother

note = sa.Table(
    "note",
    sa.MetaData(),
    sa.Column("id", BIG, primary_key=True, autoincrement=False),
    sa.Column("of", BIG, sa.ForeignKey("note.id", deferrable=True, initially="DEFERRED")),
    sa.CheckConstraint("id > 0", name="positive"),
)


@pytest.fixture
async def notes(sqlite_url):
    """A database on SQLite with an empty table `note`, whose rows may belong to one another."""
    database = Database.open(sqlite_url)
    async with database.write() as connection:
        await connection.run_sync(note.create)
    yield database
    await database.close()


@pytest.fixture
def commits(notes):
    """A list that grows with every transaction that is committed."""
    made: list[object] = []
    sa.event.listen(notes._writer.sync_engine, "commit", made.append)
    return made


async def write(database, number, of=None):
    async with database.write() as connection:
        await connection.execute(note.insert().values(id=number, of=of))


async def all_at_once(*blocks):
    return await asyncio.gather(*blocks, return_exceptions=True)


async def kept(database):
    async with database.read() as connection:
        return list(await connection.scalars(sa.select(note.c.id).order_by(note.c.id)))


async def test_writers_that_stand_in_line_share_a_commit(notes, commits):
    await all_at_once(*(write(notes, number) for number in range(1, 21)))

    assert await kept(notes) == list(range(1, 21))
    assert len(commits) == 1


async def test_a_group_has_an_end(notes, commits, monkeypatch):
    monkeypatch.setattr(sqlite_turns, "MOST", 8)

    await all_at_once(*(write(notes, number) for number in range(1, 21)))

    assert await kept(notes) == list(range(1, 21))
    assert len(commits) == 3


async def test_writers_come_in_the_order_in_which_they_asked(notes):
    came = []

    async def one(number):
        async with notes.write():
            came.append(number)

    await all_at_once(*(one(number) for number in range(10)))

    assert came == list(range(10))


async def test_nobody_is_told_before_the_commit(notes, commits):
    told = []

    async def one(number):
        await write(notes, number)
        told.append((number, len(commits)))

    await all_at_once(*(one(number) for number in range(1, 6)))

    assert told == [(number, 1) for number in range(1, 6)]


async def test_refused_block_does_not_take_its_neighbours_with_it(notes, commits):
    told = await all_at_once(write(notes, 1), write(notes, 2), write(notes, -3), write(notes, 4))

    assert [type(one) for one in told] == [type(None), type(None), Refused, type(None)]
    assert await kept(notes) == [1, 2, 4]
    assert len(commits) == 1


async def test_block_that_fails_halfway_leaves_nothing(notes):
    async def stumble():
        async with notes.write() as connection:
            await connection.execute(note.insert().values(id=2))
            raise LookupError

    told = await all_at_once(write(notes, 1), stumble(), write(notes, 3))

    assert [type(one) for one in told] == [type(None), LookupError, type(None)]
    assert await kept(notes) == [1, 3]


async def test_cancelled_block_is_not_kept_and_its_neighbours_are(notes):
    inside = asyncio.Event()

    async def hang():
        async with notes.write() as connection:
            await connection.execute(note.insert().values(id=2))
            inside.set()
            await asyncio.sleep(60)

    first = asyncio.create_task(write(notes, 1))
    hanging = asyncio.create_task(hang())
    last = asyncio.create_task(write(notes, 3))
    await inside.wait()
    assert not first.done()
    hanging.cancel()
    told = await all_at_once(first, hanging, last)

    assert [type(one) for one in told] == [type(None), asyncio.CancelledError, type(None)]
    assert await kept(notes) == [1, 3]


async def test_writer_that_gave_up_waiting_is_passed_over(notes):
    async with notes.write():
        waiting = asyncio.create_task(write(notes, 1))
        other = asyncio.create_task(write(notes, 2))
        await asyncio.sleep(0)
        waiting.cancel()
    await all_at_once(waiting, other)

    assert await kept(notes) == [2]


async def test_deferred_constraint_is_told_to_the_block_that_broke_it(notes):
    """SQLite looks at it in the COMMIT alone, when all blocks have ended."""
    told = await all_at_once(
        write(notes, 1), write(notes, 2, of=1), write(notes, 3, of=77), write(notes, 4)
    )

    assert [type(one) for one in told] == [type(None), type(None), Refused, UndoneWithAnother]
    assert await kept(notes) == [1, 2]


async def test_two_broken_deferred_constraints_leave_what_came_before_the_first(notes):
    told = await all_at_once(
        write(notes, 1), write(notes, 2, of=77), write(notes, 3), write(notes, 4, of=88)
    )

    assert isinstance(told[1], Refused)
    assert await kept(notes) == [1]


async def test_act_undone_with_another_is_done_again(notes):
    def act(number, of=None):
        async def insert(connection):
            await connection.execute(note.insert().values(id=number, of=of))

        return notes.in_write(insert)

    told = await all_at_once(act(1), act(2, of=77), act(3), act(4))

    assert [type(one) for one in told] == [type(None), Refused, type(None), type(None)]
    assert await kept(notes) == [1, 3, 4]


@contextmanager
def no_room_for(file):
    """No file of this process can grow beyond the size that *file* has."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (Path(file).stat().st_size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


async def test_commit_that_fails_is_told_to_every_block_and_keeps_nothing(notes):
    with no_room_for(f"{notes._writer.url.database}-wal"):
        told = await all_at_once(*(write(notes, number) for number in range(1, 6)))
    nothing = await kept(notes)
    await write(notes, 9)

    assert [type(one) for one in told] == [DatabaseUnavailable] * 5
    assert nothing == []
    assert await kept(notes) == [9]


async def test_disk_that_is_full_for_one_block_is_not_for_its_neighbours(notes):
    async def fill():
        async with notes.write() as connection:
            await connection.execute(sa.text("PRAGMA max_page_count = 1"))
            await connection.execute(sa.text("CREATE TABLE filler (words TEXT) STRICT"))
            words = {"words": "x" * 1_000_000}
            await connection.execute(sa.text("INSERT INTO filler VALUES (:words)"), words)

    told = await all_at_once(write(notes, 1), fill(), write(notes, 3))

    assert [type(one) for one in told] == [type(None), DatabaseUnavailable, type(None)]
    assert await kept(notes) == [1, 3]


async def test_transaction_that_sqlite_ends_by_itself_is_told_to_all_who_were_in_it(notes):
    """A statement outside of one would be kept at once, whatever becomes of its block."""

    async def go_on():
        async with notes.write() as connection:
            await connection.exec_driver_sql("ROLLBACK")
            await connection.execute(note.insert().values(id=2))

    told = await all_at_once(write(notes, 1), go_on(), write(notes, 3))

    assert [type(one) for one in told] == [DatabaseUnavailable, DatabaseUnavailable, type(None)]
    assert await kept(notes) == [3]


async def test_block_that_does_not_notice_is_told_that_nothing_was_kept(notes):
    async def go_on():
        async with notes.write() as connection:
            await connection.exec_driver_sql("ROLLBACK")

    told = await all_at_once(write(notes, 1), go_on(), write(notes, 3))

    assert [type(one) for one in told] == [DatabaseUnavailable, DatabaseUnavailable, type(None)]
    assert await kept(notes) == [3]


async def test_what_a_block_left_running_does_not_write_into_the_next_one(notes):
    left = []

    async def first():
        async with notes.write() as connection:
            left.append(connection)

    async def second():
        async with notes.write():
            await left[0].execute(note.insert().values(id=1))

    told = await all_at_once(first(), second())

    assert told[0] is None
    assert isinstance(told[1], sa.exc.InvalidRequestError)
    assert await kept(notes) == []


async def test_waiting_for_another_process_holds_nobody_up(sqlite_url, notes):
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    writing = asyncio.create_task(write(notes, 1))
    await asyncio.sleep(0.1)
    assert await kept(notes) == []
    assert not writing.done()
    other.execute("COMMIT")
    other.close()
    await writing

    assert await kept(notes) == [1]


async def test_closing_waits_for_the_last_block(notes):
    inside, go = asyncio.Event(), asyncio.Event()

    async def slow():
        async with notes.write() as connection:
            inside.set()
            await go.wait()
            await connection.execute(note.insert().values(id=1))

    writing = asyncio.create_task(slow())
    await inside.wait()
    closing = asyncio.create_task(notes.close())
    await asyncio.sleep(0)
    go.set()
    await all_at_once(writing, closing)

    assert await kept(notes) == [1]


def test_database_that_was_closed_can_be_used_and_closed_in_another_event_loop(sqlite_url):
    database = Database.open(sqlite_url)

    async def make_and_close():
        async with database.write() as connection:
            await connection.run_sync(note.create)
        await database.close()

    async def close_unused():
        await database.close()

    async def write_and_close():
        await write(database, 1)
        await database.close()

    asyncio.run(make_and_close())
    asyncio.run(close_unused())
    asyncio.run(write_and_close())

    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as found:
        assert found.execute("SELECT id FROM note").fetchall() == [(1,)]
    found.close()

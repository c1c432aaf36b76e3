import asyncio
import datetime as dt
import sqlite3
import sys

import pytest
import sqlalchemy as sa

from storage import engines, sqlite_library, sqlite_turns
from storage.columns import BIG, Flag, UnixTime
from storage.database import Database, insert, insert_ignoring, insert_once
from storage.errors import (
    CommitUncertain,
    DatabaseUnavailable,
    NestedWrite,
    Refused,
    is_unavailable,
)

note = sa.Table(
    "note",
    sa.MetaData(),
    sa.Column("id", BIG, primary_key=True, autoincrement=False),
    sa.Column("at", UnixTime()),
    sa.Column("done", Flag()),
)


@pytest.fixture
async def notes(database):
    """A database with an empty table `note`."""
    async with database.write() as connection:
        await connection.run_sync(note.create)
    return database


async def ids(database):
    async with database.read() as connection:
        return list(await connection.scalars(sa.select(note.c.id).order_by(note.c.id)))


async def test_write_that_ends_is_kept(notes):
    async with notes.write() as connection:
        await connection.execute(note.insert().values(id=1))

    assert await ids(notes) == [1]


async def test_write_that_fails_is_undone(notes):
    class Stumble(Exception):
        pass

    async def stumble(connection):
        await connection.execute(note.insert().values(id=1))
        raise Stumble

    with pytest.raises(Stumble):
        await notes.in_write(stumble)

    assert await ids(notes) == []


async def test_write_that_is_cancelled_is_undone_and_the_next_one_works(notes):
    inside = asyncio.Event()

    async def hang():
        async with notes.write() as connection:
            await connection.execute(note.insert().values(id=1))
            inside.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(hang())
    await inside.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    async with notes.write() as connection:
        await connection.execute(note.insert().values(id=2))

    assert await ids(notes) == [2]


async def test_read_cannot_write(notes):
    with pytest.raises((DatabaseUnavailable, sa.exc.DBAPIError)):
        async with notes.read() as connection:
            await connection.execute(note.insert().values(id=1))

    assert await ids(notes) == []


async def test_write_inside_a_write_is_a_mistake_that_is_told(notes):
    async with notes.write():
        with pytest.raises(NestedWrite):
            async with notes.write():
                pass


async def test_refusal_tells_the_constraint(notes):
    with pytest.raises(Refused) as refusal:
        async with notes.write() as connection:
            await connection.execute(sa.text("INSERT INTO book (id, kind) VALUES (5000, 'pot')"))

    assert refusal.value.constraint == "ck_book_kind"
    assert not is_unavailable(refusal.value)


async def test_commit_that_was_refused_holds_up_no_other_writer(notes, database_url):
    other = Database.open(database_url)
    async with notes.write() as connection:
        await connection.run_sync(_remark().create)
    for _ in range(2):
        with pytest.raises(Refused):
            async with notes.write() as connection:
                await connection.execute(sa.text("INSERT INTO remark (note_id) VALUES (5)"))

    async with other.write() as connection:
        await connection.execute(note.insert().values(id=1))
    async with notes.write() as connection:
        await connection.execute(note.insert().values(id=2))

    assert await ids(notes) == [1, 2]
    await other.close()


def _remark():
    """A table whose reference to `note` is looked at when the transaction ends."""
    of_note = sa.ForeignKey(note.c.id, deferrable=True, initially="DEFERRED")
    return sa.Table("remark", sa.MetaData(), sa.Column("note_id", BIG, of_note))


async def test_insert_ignoring_keeps_the_first(notes):
    async with notes.write() as connection:
        counts = [
            (await connection.execute(insert_ignoring(connection, note).values(id=1))).rowcount
            for _ in range(2)
        ]

    assert counts == [1, 0]


async def test_insert_can_update_on_conflict(notes):
    async with notes.write() as connection:
        for done in (False, True):
            upsert = insert(connection, note).values(id=1, done=done)
            await connection.execute(
                upsert.on_conflict_do_update(
                    index_elements=["id"], set_={"done": upsert.excluded.done}
                )
            )
        assert await connection.scalar(sa.select(note.c.done)) is True


async def test_insert_once_tells_whether_it_was_the_first(notes):
    async with notes.write() as connection:
        first = await insert_once(connection, note, {"id": 1}, key=["id"])
        second = await insert_once(connection, note, {"id": 1}, key=["id"])

    assert (first, second) == (True, False)


async def test_time_comes_back_aware_and_in_whole_seconds(notes):
    bangkok = dt.timezone(dt.timedelta(hours=7))
    moment = dt.datetime(2026, 11, 1, 19, 30, 15, 999_999, tzinfo=bangkok)

    async with notes.write() as connection:
        await connection.execute(note.insert().values(id=1, at=moment, done=True))
        row = (await connection.execute(note.select())).one()

    assert row == (1, dt.datetime(2026, 11, 1, 12, 30, 15, tzinfo=dt.UTC), True)
    assert row.at.tzinfo is dt.UTC


async def test_naive_time_is_refused(notes):
    naive = dt.datetime(2026, 11, 1)  # noqa: DTZ001

    with pytest.raises(sa.exc.StatementError, match="expected an aware datetime"):
        async with notes.write() as connection:
            await connection.execute(note.insert().values(id=1, at=naive))


async def test_ping_of_a_database_that_is_there(database):
    await database.ping()


@pytest.mark.parametrize(
    "url", ["postgresql://nobody@127.0.0.1:1/none", "sqlite:////nowhere/at/all.db"]
)
async def test_database_that_cannot_be_reached_is_unavailable(url):
    database = Database.open(url)

    with pytest.raises(DatabaseUnavailable):
        await database.ping()
    with pytest.raises(DatabaseUnavailable):
        async with database.write():
            pass

    await database.close()


async def test_database_that_is_not_there_is_unavailable(postgresql):
    database = Database.open(postgresql + "not_there")

    with pytest.raises(DatabaseUnavailable):
        await database.ping()

    await database.close()


async def test_file_locked_by_another_process_is_unavailable(sqlite_url, monkeypatch):
    monkeypatch.setattr(engines, "BUSY_TIMEOUT_S", 0.05)
    database = Database.open(sqlite_url)
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(DatabaseUnavailable, match="locked"):
        async with database.write():
            pass
    await database.ping()

    other.close()
    await database.close()


async def test_waiting_too_long_for_the_writers_before_is_unavailable(sqlite_url, monkeypatch):
    monkeypatch.setattr(sqlite_turns, "WAIT_S", 0.05)
    database = Database.open(sqlite_url)

    async def second():
        async with database.write():
            pass

    async with database.write():
        with pytest.raises(DatabaseUnavailable, match="waited"):
            await asyncio.create_task(second())
    await second()

    await database.close()


async def test_full_disk_is_unavailable(sqlite_url):
    database = Database.open(sqlite_url)

    async def fill(connection):
        await connection.execute(sa.text("PRAGMA max_page_count = 1"))
        await connection.execute(sa.text("CREATE TABLE filler (words TEXT) STRICT"))
        words = {"words": "x" * 1_000_000}
        await connection.execute(sa.text("INSERT INTO filler VALUES (:words)"), words)

    with pytest.raises(DatabaseUnavailable, match="full"):
        await database.in_write(fill)

    await database.close()


async def _end_other_sessions(connection):
    await connection.execute(
        sa.text(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    )


async def test_connection_lost_before_the_commit_is_repeated(postgresql_url):
    database, other = Database.open(postgresql_url), Database.open(postgresql_url)
    attempts = []

    async def act(connection):
        attempts.append(1)
        if len(attempts) == 1:
            async with other.write() as killer:
                await _end_other_sessions(killer)
        await connection.execute(sa.text("INSERT INTO book (id, kind) VALUES (5000, 'case')"))

    await database.in_write(act)

    assert len(attempts) == 2
    await database.close()
    await other.close()


async def test_connection_lost_while_committing_is_uncertain_and_not_repeated(postgresql_url):
    database, other = Database.open(postgresql_url), Database.open(postgresql_url)
    attempts = []

    async def act(connection):
        attempts.append(1)
        await connection.execute(sa.text("INSERT INTO book (id, kind) VALUES (5000, 'case')"))
        async with other.write() as killer:
            await _end_other_sessions(killer)

    with pytest.raises(CommitUncertain):
        await database.in_write(act)

    assert len(attempts) == 1
    await database.close()
    await other.close()


async def test_deadlock_is_repeated(postgresql_url):
    database = Database.open(postgresql_url)
    async with database.write() as connection:
        await connection.run_sync(note.create)
        await connection.execute(note.insert(), [{"id": 1}, {"id": 2}])
    met = asyncio.Barrier(2)
    attempts = []

    def crossing(first, second):
        async def act(connection):
            attempts.append(first)
            await connection.execute(note.update().where(note.c.id == first).values(done=True))
            if len(attempts) <= 2:
                await met.wait()
            await connection.execute(note.update().where(note.c.id == second).values(done=True))

        return act

    await asyncio.gather(database.in_write(crossing(1, 2)), database.in_write(crossing(2, 1)))

    assert len(attempts) == 3
    await database.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y"])
def test_other_databases_are_refused(url):
    with pytest.raises(engines.UnsupportedDatabase):
        Database.open(url)


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///a.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:///a.db", "sqlite+aiosqlite"),
        ("postgresql://u@h/d?sslmode=require", "postgresql+asyncpg"),
        ("postgres://u@h/d", "postgresql+asyncpg"),
        ("postgresql+asyncpg://u@h/d", "postgresql+asyncpg"),
    ],
)
def test_address_names_the_driver_we_use(url, driver):
    parsed = engines.parse(url)

    assert parsed.drivername == driver
    assert "sslmode" not in parsed.query


async def test_engine_and_python_use_one_sqlite_library(sqlite_url):
    database = Database.open(sqlite_url)
    async with database.read() as connection:
        ours = await connection.scalar(sa.text("SELECT sqlite_source_id()"))
    await database.close()
    plain = sys.modules["sqlite3"].connect(":memory:")

    (theirs,) = plain.execute("SELECT sqlite_source_id()").fetchone()

    plain.close()
    assert ours == theirs


@pytest.mark.skipif("pysqlite3" not in sys.modules, reason="no bundled SQLite on this platform")
def test_sqlite_is_past_the_corruption_of_its_log():
    assert sys.modules["sqlite3"].sqlite_version_info >= (3, 51, 3)


def test_second_sqlite_library_is_told(monkeypatch):
    monkeypatch.setattr(sys.modules["aiosqlite.core"], "sqlite3", object())

    with pytest.raises(sqlite_library.TwoSqliteLibraries):
        sqlite_library.use_one()


async def test_acknowledged_writes_are_synced_to_disk(sqlite_url):
    database = Database.open(sqlite_url)

    async with database.write() as connection:
        pragmas = [
            await connection.scalar(sa.text(f"PRAGMA {name}"))
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]

    assert pragmas == ["wal", 2, 1]
    await database.close()

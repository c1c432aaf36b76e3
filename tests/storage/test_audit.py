"""The audit log: a chain that holds, that cannot fork, and that tells where it was broken."""

import asyncio
import datetime as dt

import pytest
import sqlalchemy as sa

from storage import audit, guards
from storage.audit import Broken, Sound
from storage.errors import Refused
from storage.models import GUARDS
from tests.storage.schemas import run

NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)


async def wrote(database, count=1, about="case abc"):
    for number in range(count):
        async with database.write() as connection:
            await audit.append(
                connection, by="one", act="spending.recorded", about=about,
                detail={"spending": number}, now=NOW,
            )  # fmt: skip


async def verified(database):
    async with database.read() as connection:
        return await audit.verify(connection)


async def tampered(url, sql):
    """Change the log as somebody can who may drop triggers, and put the guards back."""

    def change(connection):
        guards.drop(connection)
        connection.exec_driver_sql(sql)
        guards.create(connection, GUARDS)

    await run(url, change)


async def test_log_that_nobody_has_written_in_holds(database):
    assert await verified(database) == Sound(0, audit.BEGINNING)


async def test_each_entry_follows_the_one_before(database):
    await wrote(database, 3)

    async with database.read() as connection:
        third, second, first = await audit.newest(connection)

    assert [first.seq, second.seq, third.seq] == [1, 2, 3]
    assert first.previous_sha256 == audit.BEGINNING
    assert (second.previous_sha256, third.previous_sha256) == (first.sha256, second.sha256)
    assert (third.by, third.act, third.about, third.at) == (
        "one", "spending.recorded", "case abc", NOW,
    )  # fmt: skip
    assert third.detail == {"spending": 2}
    assert await verified(database) == Sound(3, third.sha256)


async def test_entries_about_one_thing_are_found(database):
    await wrote(database, 2)
    await wrote(database, 1, about="case other")

    async with database.read() as connection:
        mine = await audit.newest(connection, about="case abc")
        newest = await audit.newest(connection, most=1)

    assert [entry.seq for entry in mine] == [2, 1]
    assert [entry.seq for entry in newest] == [3]


@pytest.mark.parametrize(
    ("sql", "seq"),
    [
        ("UPDATE audit_entry SET actor = 'two' WHERE seq = 2", 2),
        ("UPDATE audit_entry SET act = 'role.granted' WHERE seq = 2", 2),
        ("UPDATE audit_entry SET about = 'case other' WHERE seq = 2", 2),
        ("UPDATE audit_entry SET detail = '{}' WHERE seq = 2", 2),
        ("UPDATE audit_entry SET done_at = done_at + 1 WHERE seq = 3", 3),
        ("UPDATE audit_entry SET seq = 9 WHERE seq = 3", 9),
        ("DELETE FROM audit_entry WHERE seq = 3", None),
    ],
)
async def test_change_behind_the_guards_is_named_by_its_first_row(database, database_url, sql, seq):
    await wrote(database, 3)
    assert isinstance(before := await verified(database), Sound)

    await tampered(database_url, sql)

    found = await verified(database)
    if seq is None:
        # What is cut off the end shows against a hash that was noted before.
        assert isinstance(found, Sound)
        assert found.last_sha256 != before.last_sha256
    else:
        assert isinstance(found, Broken)
        assert found.seq == seq


async def test_row_that_was_taken_out_of_the_middle_is_missed(database, database_url):
    await wrote(database, 3)
    out = "DELETE FROM audit_entry WHERE seq = 2"

    if database.dialect == "postgresql":
        with pytest.raises(sa.exc.IntegrityError):
            await tampered(database_url, out)
    else:
        # Who may drop triggers may also switch foreign keys off.
        await tampered(database_url, out)
        assert await verified(database) == Broken(3, "the row before it is missing")


async def test_many_writers_at_once_make_one_chain(database):
    await asyncio.gather(*(wrote(database, 3, about=f"case {number}") for number in range(12)))

    assert isinstance(found := await verified(database), Sound)
    assert found.length == 36


async def test_act_that_is_undone_leaves_no_entry(database):
    await wrote(database)

    async def undone():
        async with database.write() as connection:
            await audit.append(connection, by="one", act="never", about="", detail={}, now=NOW)
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError):
        await undone()

    assert isinstance(found := await verified(database), Sound)
    assert found.length == 1


async def test_writer_without_the_lock_cannot_fork_the_chain(database):
    await wrote(database, 2)
    fork = sa.insert(audit.audit_entry).values(
        seq=9, done_at=NOW, actor="two", act="role.granted", about="", detail="{}",
        previous_sha256=audit.BEGINNING, sha256=b"\x01" * 32,
    )  # fmt: skip

    with pytest.raises(Refused):
        async with database.write() as connection:
            await connection.execute(fork)

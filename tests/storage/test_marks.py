"""The mark of what is committed: the same as long as nothing is, another after every commit."""

import asyncio

import pytest
import sqlalchemy as sa

from storage import engines
from storage.database import Database
from storage.marks import SqliteMarks


@pytest.fixture
async def notes(database):
    async with database.write() as connection:
        await connection.execute(sa.text("CREATE TABLE note (id integer)"))
    return database


async def write(database, *, keep=True):
    async with database.write() as connection:
        await connection.execute(sa.text("INSERT INTO note VALUES (1)"))
        if not keep:
            raise LookupError


async def test_mark_is_the_same_while_nothing_is_committed(notes):
    first = await notes.mark()
    async with notes.read() as connection:
        await connection.execute(sa.text("SELECT * FROM note"))

    assert first is not None
    assert await notes.mark() == first


async def test_mark_changes_with_a_commit_of_this_process(notes):
    first = await notes.mark()

    await write(notes)

    assert await notes.mark() != first


async def test_mark_changes_with_a_commit_of_another_process(notes):
    other = Database.open(notes.address.render_as_string(hide_password=False))
    first = await notes.mark()

    await write(other)
    await other.close()

    assert await notes.mark() != first


async def test_mark_that_was_asked_during_a_write_does_not_hold_after_it(notes):
    async with notes.write() as connection:
        await connection.execute(sa.text("INSERT INTO note VALUES (1)"))
        during = await asyncio.create_task(notes.mark())

    assert await notes.mark() != during


async def test_what_was_undone_is_seen_by_nobody_and_a_mark_may_stay(notes):
    with pytest.raises(LookupError):
        await write(notes, keep=False)
    before = await notes.mark()

    assert await notes.mark() == before


async def test_marks_of_two_connections_are_never_taken_for_one_another(sqlite_url):
    file = engines.file_of(engines.parse(sqlite_url))
    one, other = SqliteMarks(file), SqliteMarks(file)

    marks = [await one.now(), await other.now()]
    one.close()
    marks.append(await one.now())

    assert len(set(marks)) == 3
    one.close()
    other.close()


async def test_where_no_file_is_there_is_no_mark(tmp_path):
    assert await SqliteMarks(f"file:{tmp_path / 'nothing.db'}").now() is None

"""The library behind the jobs: what it uses of ours, and what it may tell."""

import asyncio
import logging
import sqlite3
from contextlib import closing

import pytest
import sqlalchemy as sa
import structlog
from dbos import _dbos

from storage import jobs_dbos
from storage.database import Database
from storage.engines import parse, threaded
from storage.jobs import Jobs
from tests.storage.jobs_rig import PACE, carried_out

pytestmark = pytest.mark.usefixtures("no_thread_of_the_library_left")


async def test_a_sqlite_that_the_library_uses_is_the_one_that_we_use(sqlite_url):
    database = Database.open(sqlite_url)
    async with carried_out(Jobs(database, pace=PACE)):
        theirs = await asyncio.to_thread(_looked_at, _dbos._get_dbos_instance()._sys_db.engine)
    async with database.read() as connection:
        ours = await connection.scalar(sa.text("SELECT sqlite_source_id()"))
    await database.close()

    assert theirs == {
        "SELECT sqlite_source_id()": ours,
        "PRAGMA journal_mode": "wal",
        "PRAGMA synchronous": 2,
        "PRAGMA foreign_keys": 1,
        "PRAGMA busy_timeout": 10_000,
    }


def _looked_at(engine):
    asked = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
    questions = ["SELECT sqlite_source_id()", *(f"PRAGMA {name}" for name in asked)]
    with engine.connect() as connection:
        return {each: connection.exec_driver_sql(each).scalar() for each in questions}


async def test_a_transaction_of_the_library_has_the_right_to_write_from_its_beginning(sqlite_url):
    address = parse(sqlite_url)
    engine = threaded(address)
    other = sqlite3.connect(str(address.database), timeout=0)
    with engine.connect() as connection, closing(other):
        connection.exec_driver_sql("SELECT 1")

        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
    engine.dispose()


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("u:w@host:5/name?sslmode=require", "u:w@host:5/name?sslmode=require"),
        ("u:w@host/name?ssl=verify-full", "u:w@host/name?sslmode=verify-full"),
        ("u@host/name?prepared_statement_cache_size=0", "u@host/name"),
    ],
)
def test_the_library_is_led_to_the_same_server_in_the_words_of_its_driver(ours, theirs):
    engine = threaded(parse(f"postgresql://{ours}"))

    assert engine.url.render_as_string(hide_password=False) == f"postgresql+psycopg://{theirs}"


async def test_of_what_the_library_says_only_the_place_is_logged():
    with structlog.testing.capture_logs() as logged:
        for _ in range(2):
            logging.getLogger("dbos").warning("the job of %s failed", "Layla")

    ((at,)) = [entry.pop("at") for entry in logged]
    assert logged == [{"event": "jobs_library", "log_level": "warning"}]
    assert at.startswith("test_jobs_library:")
    # What reads along in the tests is pytest's.
    handlers = {type(each) for each in logging.getLogger("dbos").handlers}
    assert {each for each in handlers if not each.__module__.startswith("_pytest")} == {
        jobs_dbos._Placing
    }
    assert not logging.getLogger("dbos").propagate

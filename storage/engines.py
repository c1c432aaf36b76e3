"""SQLAlchemy engines for both databases, set up so that what is acknowledged is kept."""

import asyncio
import os
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from storage.errors import DatabaseUnavailable
from storage.sqlite_inline import InlineConnection, opener

BUSY_TIMEOUT_S = 10
CONNECT_TIMEOUT_S = 10
READERS = 4


class UnsupportedDatabase(ValueError):
    """The address names an engine that is not supported, or a SQLite database without a file."""


def parse(url: str) -> URL:
    """
    Read `sqlite:///path` or `postgresql://...` into an address with the driver we use.

    Raises:
        UnsupportedDatabase: another engine, or SQLite in memory (readers could not see it), or no
            address at all.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        # From None, and without the text: it may hold a password.
        raise UnsupportedDatabase("expected sqlite:///... or postgresql://...") from None
    kind = parsed.get_backend_name()
    if kind == "sqlite":
        if parsed.database in {None, "", ":memory:"}:
            raise UnsupportedDatabase(f"{url} names no file; write sqlite:////path/to/file.db")
        return parsed.set(drivername="sqlite+aiosqlite")
    if kind in {"postgresql", "postgres"}:
        # asyncpg calls libpq's sslmode ssl.
        query = {"ssl" if key == "sslmode" else key: value for key, value in parsed.query.items()}
        return parsed.set(drivername="postgresql+asyncpg", query=query)
    raise UnsupportedDatabase(f"expected sqlite:///... or postgresql://..., got {kind}://...")


def without_password(url: str) -> str:
    """The address *url* as it may be shown: no password, and no query, which may hold one."""
    at = make_url(url)
    shown = URL.create(at.drivername, at.username, None, at.host, at.port, at.database)
    return shown.render_as_string()


def holds_nothing(url: str) -> bool:
    """Whether *url* is a SQLite file that is not there yet, or is empty."""
    parsed = parse(url)
    if parsed.get_backend_name() != "sqlite":
        return False
    file = Path(str(parsed.database))
    return not file.exists() or file.stat().st_size == 0


def create_private(url: URL) -> None:
    """Make the SQLite file of *url*, empty, for its owner alone, unless it is there."""
    if url.get_backend_name() != "sqlite":
        return
    # What cannot be made cannot be opened either, and that is told better.
    with suppress(OSError):
        handle = os.open(str(url.database), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        os.fchmod(handle, 0o600)  # open's mode is what the umask leaves of it
        os.close(handle)


def writer(url: URL) -> AsyncEngine:
    """An engine for write transactions."""
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(
            url,
            pool_size=1,
            max_overflow=0,
            async_creator=opener(file_of(url), BUSY_TIMEOUT_S, InlineConnection),
        )
        prepare_sqlite(engine.sync_engine, begin="BEGIN IMMEDIATE")
        return engine
    return create_async_engine(
        url,
        isolation_level="READ COMMITTED",
        pool_size=10,
        max_overflow=10,
        pool_timeout=CONNECT_TIMEOUT_S,
        connect_args={
            "timeout": CONNECT_TIMEOUT_S,
            "server_settings": {
                "application_name": "homeward",
                "lock_timeout": f"{BUSY_TIMEOUT_S}s",
                "synchronous_commit": "on",
                # Statements here are short; compiling them costs more than it gives.
                "jit": "off",
            },
        },
    )


def reader(url: URL, writing: AsyncEngine) -> AsyncEngine:
    """
    An engine for reading: it cannot write, and sees one moment for as long as a block lasts.

    On PostgreSQL it shares the pool of *writing*.
    """
    if url.get_backend_name() == "sqlite":
        engine = create_async_engine(
            url,
            pool_size=READERS,
            max_overflow=READERS,
            async_creator=opener(f"{file_of(url)}?mode=ro", BUSY_TIMEOUT_S),
        )
        prepare_sqlite(engine.sync_engine, begin="BEGIN")
        return engine
    return writing.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


async def connect(engine: AsyncEngine) -> AsyncConnection:
    """
    A connection of *engine*.

    Raises:
        DatabaseUnavailable: there is none to be had. While connecting, every failure means the
            same; asyncpg lets plain OSErrors through.
    """
    try:
        return await engine.connect()
    except (OSError, SQLAlchemyError) as error:
        raise DatabaseUnavailable(str(error)) from error


async def close(connection: AsyncConnection) -> None:
    """Undo what was not committed and give the connection back, even when cancelled meanwhile."""
    await asyncio.shield(asyncio.create_task(connection.close()))


def file_of(url: URL) -> str:
    """The file of a SQLite address, as SQLite itself is told it."""
    return f"file:{quote(str(url.database))}"


def migrator(url: URL) -> AsyncEngine:
    """
    An engine for changing tables.

    On SQLite foreign keys are not enforced meanwhile, because a table is rebuilt by dropping it;
    `storage.migrate` checks them all before it commits.
    """
    if url.get_backend_name() != "sqlite":
        return create_async_engine(url, connect_args={"timeout": CONNECT_TIMEOUT_S})
    engine = create_async_engine(url, async_creator=opener(file_of(url), BUSY_TIMEOUT_S))
    prepare_sqlite(engine.sync_engine, begin="BEGIN IMMEDIATE", foreign_keys=False)
    return engine


def threaded(url: URL) -> Engine:
    """
    An engine for what runs in threads and knows no event loop: the library behind the jobs.

    On SQLite each of its transactions asks for the right to write as it begins, also one that
    only reads: the library reads and then writes, and could not wait for its turn in between.
    """
    if url.get_backend_name() == "sqlite":

        def connect() -> Any:
            import sqlite3  # noqa: PLC0415 - only after the SQLite library was chosen, above

            return sqlite3.connect(
                file_of(url), timeout=BUSY_TIMEOUT_S, uri=True, check_same_thread=False
            )

        engine = create_engine(url.set(drivername="sqlite"), creator=connect)
        prepare_sqlite(engine, begin="BEGIN IMMEDIATE")
        return engine
    # libpq calls asyncpg's ssl sslmode, and knows nothing of what concerns SQLAlchemy's asyncpg.
    query = {
        "sslmode" if key == "ssl" else key: value
        for key, value in url.query.items()
        if not key.startswith("prepared_statement_")
    }
    return create_engine(
        url.set(drivername="postgresql+psycopg", query=query),
        isolation_level="READ COMMITTED",
        pool_size=5,
        max_overflow=5,
        pool_timeout=CONNECT_TIMEOUT_S,
        pool_pre_ping=True,
        connect_args={
            "connect_timeout": CONNECT_TIMEOUT_S,
            "application_name": "homeward jobs",
            "options": f"-c lock_timeout={BUSY_TIMEOUT_S}s -c synchronous_commit=on -c jit=off",
        },
    )


def prepare_sqlite(engine: Engine, begin: str, *, foreign_keys: bool = True) -> None:
    """
    Make each connection of *engine* durable and strict, and let us say how a transaction begins.

    Python's sqlite3 begins transactions by itself and late: two that read and then write lose
    updates. So it is told not to, and *begin* is sent instead.

    Raises (when connecting):
        RuntimeError: a PRAGMA did not take effect; money must not be booked on such a file.
    """

    @event.listens_for(engine, "connect")
    def set_up(dbapi_connection: Any, _record: object) -> None:
        dbapi_connection.isolation_level = None
        cursor = dbapi_connection.cursor()
        for pragma, wanted in (*_PRAGMAS, ("foreign_keys", int(foreign_keys))):
            cursor.execute(f"PRAGMA {pragma} = {wanted}")
            cursor.execute(f"PRAGMA {pragma}")
            found = cursor.fetchone()[0]
            if found != wanted:
                raise RuntimeError(f"SQLite keeps {pragma} = {found!r}, expected {wanted!r}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    @event.listens_for(engine, "checkin")
    def end_transaction(dbapi_connection: Any, _record: object) -> None:
        # Where a COMMIT is refused SQLite keeps the transaction, and SQLAlchemy takes it for ended:
        # nobody else could write, and whoever got the connection next would fail in its place.
        if dbapi_connection is not None:  # it is None where the connection was given up
            driver = getattr(dbapi_connection, "driver_connection", dbapi_connection)
            if driver.in_transaction:
                dbapi_connection.rollback()


# 2 is FULL: without it the last commits can be lost when the power goes.
_PRAGMAS: tuple[tuple[str, str | int], ...] = (
    ("journal_mode", "wal"),
    ("synchronous", 2),
    ("ignore_check_constraints", 0),
    ("trusted_schema", 1),
)

"""
The database: one place to read from, one place to write to, the same on SQLite and PostgreSQL.

Reading sees one moment and cannot write. Writing is one transaction that is undone unless its
block ends normally. Errors are those of `storage.errors`.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, Literal, TypeVar, cast

from sqlalchemy import URL, Table, and_, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage import engines
from storage.errors import (
    CommitUncertain,
    DatabaseUnavailable,
    NestedWrite,
    is_worth_repeating,
    told,
)

Connection = AsyncConnection
"""What `read` and `write` give. Other rooms pass it on and never import SQLAlchemy."""

Dialect = Literal["sqlite", "postgresql"]
_Result = TypeVar("_Result")

_WAIT_FOR_TURN_S = 30
_ATTEMPTS = 6


class Database:
    """
    The engines of one database. Make it with `open`, in the event loop that uses it.

    Attributes:
        dialect: "sqlite" or "postgresql".
    """

    def __init__(self, dialect: Dialect, writer: AsyncEngine, reader: AsyncEngine) -> None:
        self.dialect = dialect
        self._writer = writer
        self._reader = reader
        self._writing: set[asyncio.Task[Any] | None] = set()
        self._turn = asyncio.Lock()

    @classmethod
    def open(cls, url: str) -> Database:
        """
        Prepare to use the database at *url*; nothing is connected yet.

        Args:
            url: `sqlite:///relative`, `sqlite:////absolute` or `postgresql://user:word@host/name`.

        Raises:
            UnsupportedDatabase: another engine, or SQLite without a file.
        """
        address = engines.parse(url)
        writer = engines.writer(address)
        dialect = cast("Dialect", address.get_backend_name())
        return cls(dialect, writer, engines.reader(address, writer))

    @property
    def address(self) -> URL:
        """Where the database is. It may hold a password: not to be shown, nor logged."""
        return self._writer.url

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Connection]:
        """
        Read; all statements of the block see the same moment.

        Raises:
            DatabaseUnavailable: the database cannot serve now.
        """
        connection = await _connect(self._reader)
        try:
            async with connection.begin():
                yield connection
        except Exception as error:
            _tell(error)
        finally:
            await _close(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        """
        Write in one transaction; it is kept only if the block ends normally.

        On SQLite one block of the process runs at a time, and other processes are waited for.

        Raises:
            DatabaseUnavailable: the database cannot serve now; nothing was kept.
            CommitUncertain: the connection was lost while committing.
            Refused: a constraint or guard forbids it; nothing was kept.
            NestedWrite: this task is already writing.
        """
        async with self._taking_turns():
            connection = await _connect(self._writer)
            try:
                await connection.begin()
                yield connection
                await _commit(connection)
            except Exception as error:
                _tell(error)
            finally:
                await _close(connection)

    async def in_write(self, act: Callable[[Connection], Awaitable[_Result]]) -> _Result:
        """
        Run *act* in a write transaction, and again from its start if it lost against another.

        Repeated are deadlocks, serialization failures and connections lost before the commit. So
        *act* must do nothing but database work. Errors are those of `write`.
        """
        for attempt in range(_ATTEMPTS):
            try:
                async with self.write() as connection:
                    return await act(connection)
            except DatabaseUnavailable as error:
                if not is_worth_repeating(error) or attempt == _ATTEMPTS - 1:
                    raise
            await asyncio.sleep(random.uniform(0, 0.02) * 2**attempt)  # noqa: S311 - no secret
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def ping(self) -> None:
        """
        Ask the database for a sign of life.

        Raises:
            DatabaseUnavailable: it gave none.
        """
        async with self.read() as connection:
            await connection.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Close all connections. On SQLite this also folds the write-ahead log into the file."""
        await self._reader.dispose()
        await self._writer.dispose()

    @asynccontextmanager
    async def _taking_turns(self) -> AsyncIterator[None]:
        task = asyncio.current_task()
        if task in self._writing:
            raise NestedWrite("a write inside a write; pass the connection on")
        self._writing.add(task)
        try:
            if self.dialect == "sqlite":
                await self._wait_for_turn()
            try:
                yield
            finally:
                if self.dialect == "sqlite":
                    self._turn.release()
        finally:
            self._writing.discard(task)

    async def _wait_for_turn(self) -> None:
        try:
            # Not wait_for: until Python 3.12 it forgets a cancellation that comes in as it ends.
            async with asyncio.timeout(_WAIT_FOR_TURN_S):
                await self._turn.acquire()
        except TimeoutError as error:
            message = f"waited {_WAIT_FOR_TURN_S} s for the writers before"
            raise DatabaseUnavailable(message) from error


async def _connect(engine: AsyncEngine) -> Connection:
    # While connecting, every failure means the same; asyncpg lets plain OSErrors through.
    try:
        return await engine.connect()
    except (OSError, SQLAlchemyError) as error:
        raise DatabaseUnavailable(str(error)) from error


async def _close(connection: Connection) -> None:
    """Undo what was not committed and give the connection back, even when cancelled meanwhile."""
    await asyncio.shield(asyncio.create_task(connection.close()))


async def _commit(connection: Connection) -> None:
    try:
        await connection.commit()
    except DBAPIError as error:
        if error.connection_invalidated:
            raise CommitUncertain(str(error)) from error
        raise


def _tell(error: Exception) -> None:
    """Raise *error* as this room's own where it is about the database, as it is where not."""
    ours = told(error)
    if ours is error:
        raise error
    raise ours from error


def insert(connection: Connection, table: Table) -> postgresql.Insert:
    """
    An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update` on both engines.

    Name the columns (`index_elements`), not a constraint: SQLite knows only those. On a table
    with append-only guards use `insert_once`: on SQLite a guard refuses before the conflict clause
    is looked at.
    """
    if connection.dialect.name == "sqlite":
        # Both dialects' inserts have the same two methods; one type serves the callers.
        return cast("postgresql.Insert", sqlite.insert(table))
    return postgresql.insert(table)


def insert_ignoring(connection: Connection, table: Table) -> postgresql.Insert:
    """
    An INSERT that does nothing, `rowcount` 0, where a row with one of its keys is there already.

    Not for tables with append-only guards; see `insert`.
    """
    return insert(connection, table).on_conflict_do_nothing()


async def insert_once(
    connection: Connection, table: Table, values: Mapping[str, Any], key: Sequence[str]
) -> bool:
    """
    Insert *values* unless a row with the same *key* is there; true if it was inserted.

    Args:
        key: The columns of a UNIQUE constraint or of the primary key.

    Raises:
        IntegrityError: another constraint refuses (told as `Refused` at the end of the write).
    """
    if connection.dialect.name == "postgresql":
        statement = (
            postgresql.insert(table).values(values).on_conflict_do_nothing(index_elements=key)
        )
        return (await connection.execute(statement)).rowcount == 1
    # SQLite has one writer at a time, so nobody comes between the question and the insert.
    same = and_(*(table.c[name] == values[name] for name in key))
    if (await connection.execute(select(1).select_from(table).where(same))).first():
        return False
    await connection.execute(table.insert().values(values))
    return True

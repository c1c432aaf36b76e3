"""
The database: one place to read from, one place to write to, the same on SQLite and PostgreSQL.

Reading sees one moment and cannot write. Writing is one transaction that is undone unless its
block ends normally. Errors are those of `storage.errors`.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from typing import Any, Literal, TypeVar, cast

from sqlalchemy import URL, Table, and_, select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage import engines
from storage.errors import (
    CommitUncertain,
    DatabaseUnavailable,
    NestedWrite,
    is_worth_repeating,
    told,
)
from storage.marks import Mark, PostgresqlMarks, SqliteMarks
from storage.sqlite_turns import Turns

Connection = AsyncConnection
"""What `read` and `write` give. Other rooms pass it on and never import SQLAlchemy."""

Dialect = Literal["sqlite", "postgresql"]
_Result = TypeVar("_Result")

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
        self._turns = Turns(writer) if dialect == "sqlite" else None
        self._marks = (
            SqliteMarks(engines.file_of(writer.url))
            if dialect == "sqlite"
            else PostgresqlMarks(writer)
        )

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
        connection = await engines.connect(self._reader)
        try:
            async with connection.begin():
                yield connection
        except Exception as error:
            _tell(error)
        finally:
            await engines.close(connection)

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Connection]:
        """
        Write in one transaction; it is kept only if the block ends normally.

        On SQLite one block of the process runs at a time, other processes are waited for, and
        blocks that stood in line together are committed together (`storage.sqlite_turns`).

        Raises:
            DatabaseUnavailable: the database cannot serve now; nothing was kept.
            CommitUncertain: the connection was lost while committing.
            Refused: a constraint or guard forbids it; nothing was kept.
            NestedWrite: this task is already writing.
        """
        with self._one_at_a_time():
            try:
                async with self._transaction() as connection:
                    yield connection
            except Exception as error:
                _tell(error)

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

    async def mark(self) -> Mark | None:
        """
        A mark of what is committed now, by any process; None if there is none to be had.

        Equal marks: nothing was committed in between. Different ones say nothing.

        Raises:
            DatabaseUnavailable: the database cannot serve now.
        """
        try:
            return await self._marks.now()
        except Exception as error:
            _tell(error)
            raise

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
        self._marks.close()
        if self._turns is not None:
            await self._turns.close()
        await self._reader.dispose()
        await self._writer.dispose()

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        task = asyncio.current_task()
        if task in self._writing:
            raise NestedWrite("a write inside a write; pass the connection on")
        self._writing.add(task)
        try:
            yield
        finally:
            self._writing.discard(task)

    def _transaction(self) -> AbstractAsyncContextManager[Connection]:
        if self._turns is not None:
            return self._turns.turn()
        return _own_transaction(self._writer)


@asynccontextmanager
async def _own_transaction(engine: AsyncEngine) -> AsyncIterator[Connection]:
    connection = await engines.connect(engine)
    try:
        await connection.begin()
        yield connection
        await _commit(connection)
    finally:
        await engines.close(connection)


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

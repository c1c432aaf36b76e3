"""
Connections to a SQLite file, in the shape SQLAlchemy knows, and one for writing that does not hop.

aiosqlite hands every call to a thread: four hops a statement, which cost ten times what SQLite
takes for it. The readers keep that, because a long read must not hold up everybody else.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any

from storage import sqlite_library

sqlite_library.use_one()  # before anybody imports aiosqlite; SQLAlchemy does so for an engine

import sqlite3  # noqa: E402

import aiosqlite  # noqa: E402


class InlineConnection(aiosqlite.Connection):
    """
    Carries out the statements of a transaction where they are called, all else in its thread.

    What may wait waits in the thread: opening the file, BEGIN IMMEDIATE (for the lock of another
    process), COMMIT and ROLLBACK (for the disk). Inside a transaction the lock is ours, SQLite
    writes into memory and the system's cache, and a statement takes microseconds. So keep the
    statements of a write block short: while one runs, nothing else of the process does.

    Safe because a connection has one user at a time, who awaits each call: the thread and the
    event loop never use it together. A call that was cancelled while in the thread is followed
    only by COMMIT, ROLLBACK or closing, which stand in the thread's queue behind it.

    Attributes:
        needs_a_transaction: A statement outside of one, which SQLite would keep at once and for
            ever, is refused.
    """

    needs_a_transaction = False

    @property
    def is_in_transaction(self) -> bool:
        """Whether a transaction is open; SQLite ends one by itself when, say, the disk is full."""
        return self._connection is not None and bool(self._connection.in_transaction)

    def say(self, statement: str) -> None:
        """Carry out SAVEPOINT, RELEASE or ROLLBACK TO."""
        self._conn.execute(statement)

    async def commit_if_sound(self) -> None:
        """Commit, unless a deferred constraint forbids it; then the transaction stays open."""
        with suppress(sqlite3.IntegrityError):
            await self.commit()

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self.is_in_transaction and fn not in {
            self._conn.commit,
            self._conn.rollback,
            self._conn.close,
        }:
            return fn(*args, **kwargs)
        if self.needs_a_transaction:
            raise sqlite3.InterfaceError("SQLite ended the transaction by itself")
        return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]


def opener(
    address: str, timeout_s: float, kind: type[aiosqlite.Connection] = aiosqlite.Connection
) -> Callable[[], Awaitable[aiosqlite.Connection]]:
    """
    A function that opens the SQLite file at *address*, a `file:` URI.

    aiosqlite gives each connection a thread. When it cannot open the file it tells the thread to
    end and does not wait; the thread may then answer to an event loop that is closed. So we wait.

    Args:
        timeout_s: How long to wait for another connection's lock.
    """

    async def connect() -> aiosqlite.Connection:
        # SQLite itself is built for use by several threads; Python need not see to it.
        opened = partial(
            sqlite3.connect, address, timeout=timeout_s, uri=True, check_same_thread=False
        )
        connection = kind(opened, iter_chunk_size=64)
        thread = connection._thread  # noqa: SLF001 - SQLAlchemy does the same, it is not told else
        thread.daemon = True
        try:
            return await connection
        except BaseException:
            thread.join(1)
            raise

    return connect

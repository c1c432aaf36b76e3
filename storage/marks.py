"""
A mark of what has been committed: where two are equal, nothing was committed in between.

So what was made out of the database may be shown again as long as the mark is the same, whichever
process commits. Asking costs microseconds on SQLite and one short question on PostgreSQL.
"""

from collections.abc import Hashable
from itertools import count

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import engines, sqlite_library
from values.sharing import Sharing

sqlite_library.use_one()

import sqlite3  # noqa: E402 - after the library was chosen

Mark = Hashable

_VISIBLE = sa.text("SELECT pg_current_snapshot()::text")
_numbers = count()


class SqliteMarks:
    """
    Asks a connection of its own, where it is called: SQLite looks into shared memory, not on disk.

    Source: sqlite.org/pragma.html#pragma_data_version (read 2026-11).
    """

    def __init__(self, file: str) -> None:
        self._file = file
        self._connection: sqlite3.Connection | None = None
        self._number = 0

    async def now(self) -> Mark | None:
        """The mark; None if the database cannot say it now."""
        try:
            if self._connection is None:
                # It never waits: who cannot get a mark looks into the database itself.
                self._connection = sqlite3.connect(
                    f"{self._file}?mode=ro", uri=True, timeout=0, isolation_level=None
                )
                # What one connection counts means nothing to another.
                self._number = next(_numbers)
            found = self._connection.execute("PRAGMA data_version").fetchone()
        except sqlite3.Error:
            self.close()
            return None
        return self._number, found[0]

    def close(self) -> None:
        """Close the connection; the next question opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class PostgresqlMarks:
    """
    Asks which transactions are visible: with the same ones, the same is seen. Those who want to
    know at the same time ask together.

    Source: postgresql.org/docs/current/functions-info.html, pg_current_snapshot (read 2026-11).
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")
        self._asking: Sharing[Mark | None] = Sharing()

    async def now(self) -> Mark | None:
        """The mark."""
        return await self._asking.get("mark", self._ask)

    async def _ask(self) -> Mark | None:
        connection = await engines.connect(self._engine)
        try:
            found: str | None = await connection.scalar(_VISIBLE)
            return found
        finally:
            await engines.close(connection)

    def close(self) -> None:
        """It has nothing of its own."""

"""
Plain connections: what anybody who has one can do, and in which words each engine refuses.

No SQLAlchemy, no guard of the program's own: what is refused here the database itself refuses.
"""

import asyncio
import re
import sqlite3
from collections.abc import Coroutine, Iterable, Iterator
from functools import cache
from itertools import groupby
from typing import Any, Protocol, TypeVar

import asyncpg
import sqlalchemy as sa

from storage import guards, ledger
from storage.database import Database
from storage.models import GUARDS, METADATA

Statement = tuple[str, dict[str, Any]]
"""SQL with `:name` for each value, and the values."""


_Result = TypeVar("_Result")


class Arena(Protocol):
    """
    One connection to a migrated database.

    Attributes:
        dialect: "sqlite" or "postgresql".
    """

    dialect: str

    def attempt(
        self, statements: Iterable[Statement], before: Iterable[str] = (), *, keep: bool = True
    ) -> str | None:
        """
        Carry *statements* out in one transaction and commit it.

        Args:
            keep: False: undo it even if nothing is refused.
            before: PRAGMAs of this connection, or the first statements of the transaction; for
                this attempt alone.

        Returns the word of the refusal, after which nothing is changed; None: it is all there.
        """

    def trials(
        self, first: Iterable[Statement], tries: Iterable[Statement]
    ) -> Iterator[str | None]:
        """
        The word of the refusal of each of *tries*, each alone, on top of *first*.

        Nothing is kept. What the engine looks at only when it commits is not seen.
        """

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a SELECT finds."""

    def verify(self) -> list[ledger.Difference]:
        """What `ledger verify` finds."""


class Lite:
    """A connection to SQLite."""

    dialect = "sqlite"

    def __init__(self, path: str) -> None:
        self.path = path
        self.plain = sqlite3.connect(path, isolation_level=None)
        # Only the order of writes to the disk; nothing here outlives a power cut.
        self.plain.execute("PRAGMA synchronous = OFF")
        self._as_it_was()

    def attempt(
        self, statements: Iterable[Statement], before: Iterable[str] = (), *, keep: bool = True
    ) -> str | None:
        for pragma in before:
            self.plain.execute(pragma)
        try:
            self.plain.execute("BEGIN IMMEDIATE")
            for sql, values in statements:
                self.plain.execute(sql, values)
            self.plain.execute("COMMIT" if keep else "ROLLBACK")
        except sqlite3.IntegrityError as refusal:
            return _sqlite_word(refusal)
        finally:
            if self.plain.in_transaction:
                self.plain.execute("ROLLBACK")
            self._as_it_was()
        return None

    def trials(
        self, first: Iterable[Statement], tries: Iterable[Statement]
    ) -> Iterator[str | None]:
        self.plain.execute("BEGIN IMMEDIATE")
        for sql, values in first:
            self.plain.execute(sql, values)
        self.plain.execute("SAVEPOINT before_it")
        for sql, values in tries:
            try:
                self.plain.execute(sql, values)
            except sqlite3.IntegrityError as refusal:
                yield _sqlite_word(refusal)
            else:
                yield None
                self.plain.execute("ROLLBACK TO before_it")
        self.plain.execute("ROLLBACK")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.plain.execute(sql)]

    def verify(self) -> list[ledger.Difference]:
        return asyncio.run(_verify(f"sqlite:///{self.path}"))

    def close(self) -> None:
        self.plain.close()

    def _as_it_was(self) -> None:
        for pragma in ("foreign_keys = ON", "ignore_check_constraints = OFF"):
            self.plain.execute(f"PRAGMA {pragma}")


class Big:
    """A connection to PostgreSQL."""

    dialect = "postgresql"

    def __init__(self, url: str) -> None:
        self.url = url
        self._loop = asyncio.Runner()
        self.plain = self._loop.run(asyncpg.connect(url, statement_cache_size=1000))

    def attempt(
        self, statements: Iterable[Statement], before: Iterable[str] = (), *, keep: bool = True
    ) -> str | None:
        return self.wait_for(self._attempt(statements, before, keep=keep))

    async def _attempt(
        self, statements: Iterable[Statement], before: Iterable[str], *, keep: bool
    ) -> str | None:
        await self.plain.execute("; ".join(["BEGIN", *before]))
        try:
            await self.carry_out(statements)
            await self.plain.execute("COMMIT" if keep else "SET CONSTRAINTS ALL IMMEDIATE")
        except asyncpg.IntegrityConstraintViolationError as refusal:
            return postgresql_word(refusal)
        finally:
            if self.plain.is_in_transaction():
                await self.plain.execute("ROLLBACK")
        return None

    def trials(
        self, first: Iterable[Statement], tries: Iterable[Statement]
    ) -> Iterator[str | None]:
        self.run("BEGIN")
        self.wait_for(self.carry_out(first))
        # On the server, for a way to and fro would take longer than the try itself.
        self.run("CREATE TEMP TABLE tried (number int, sql text) ON COMMIT DROP")
        self.run("CREATE TEMP TABLE told (number serial, word text) ON COMMIT DROP")
        texts = [(number, _literal(*statement)) for number, statement in enumerate(tries)]
        self.wait_for(self.plain.executemany("INSERT INTO tried VALUES ($1, $2)", texts))
        self.run(_TRIALS)
        yield from [word for (word,) in self.rows("SELECT word FROM told ORDER BY number")]
        self.run("ROLLBACK")

    async def carry_out(self, statements: Iterable[Statement]) -> None:
        """Carry *statements* out, those that are alike and stand together at once."""
        for sql, group in groupby(statements, key=lambda statement: statement[0]):
            text, names = _numbered(sql)
            several = [[values[name] for name in names] for _, values in group]
            if len(several) == 1:
                await self.plain.execute(text, *several[0])
            else:
                await self.plain.executemany(text, several)

    def run(self, sql: str) -> None:
        """Carry out statements without values, outside of any attempt."""
        self.wait_for(self.plain.execute(sql))

    def wait_for(self, act: Coroutine[Any, Any, _Result]) -> _Result:
        """What *act* comes to."""
        return self._loop.run(act)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.wait_for(self.plain.fetch(sql))]

    def verify(self) -> list[ledger.Difference]:
        return self.wait_for(_verify(self.url))

    def close(self) -> None:
        self.wait_for(self.plain.close())
        self._loop.close()


_TRIALS = """
DO $$ DECLARE try text; refusal text; BEGIN
 FOR try IN SELECT sql FROM tried ORDER BY number LOOP
  BEGIN
   EXECUTE try;
   RAISE EXCEPTION USING ERRCODE = 'ZZ001';
  EXCEPTION
   WHEN SQLSTATE 'ZZ001' THEN refusal := NULL;
   WHEN integrity_constraint_violation THEN
    GET STACKED DIAGNOSTICS refusal = CONSTRAINT_NAME;
  END;
  INSERT INTO told (word) VALUES (refusal);
 END LOOP; END $$
"""


def _literal(sql: str, values: dict[str, Any]) -> str:
    """*sql* with the values, which are numbers, words of ours or nothing, written out."""
    said = {name: "NULL" if value is None else repr(value) for name, value in values.items()}
    return re.sub(r"(?<!:):(\w+)", lambda found: said[found[1]], sql)


async def _verify(url: str) -> list[ledger.Difference]:
    database = Database.open(url)
    try:
        async with database.read() as connection:
            return await ledger.verify(connection)
    finally:
        await database.close()


@cache
def _numbered(sql: str) -> tuple[str, list[str]]:
    """*sql* with `$1` for each `:name`, and the names in their order."""
    names = re.findall(r"(?<!:):(\w+)", sql)
    numbers = iter(range(1, len(names) + 1))
    return re.sub(r"(?<!:):\w+", lambda _: f"${next(numbers)}", sql), names


def _sqlite_word(refusal: sqlite3.IntegrityError) -> str:
    """SQLite names CHECKs, tells the columns of keys, and nothing of foreign keys."""
    return str(refusal).rpartition("failed: ")[2]


def postgresql_word(refusal: asyncpg.PostgresError) -> str:
    """PostgreSQL names the constraint, and so do our guards."""
    # PostgreSQL 18 names a NOT NULL too, by a name that nobody gave.
    if isinstance(refusal, asyncpg.NotNullViolationError):
        return f"{refusal.table_name}.{refusal.column_name}"
    return str(refusal.constraint_name)


def told_as(by: str, dialect: str) -> set[str]:
    """
    The words in which an engine tells of *by*.

    Args:
        by: Names of constraints or words of guards, "|" between what may come first.
    """
    names = by.split("|")
    return set(names) if dialect == "postgresql" else {_in_sqlite(name) for name in names}


def _in_sqlite(name: str) -> str:
    if name.startswith("fk_"):
        return "FOREIGN KEY constraint failed"
    key = _keys().get(name)
    if key is None:
        return name
    table, columns = key
    # A key that is taken is refused by the guard of an append-only table, before SQLite looks.
    # The index is partial: no INSERT OR REPLACE could make use of it.
    if table in append_only() and not name.startswith("ix_"):
        return "append_only"
    return ", ".join(f"{table}.{column}" for column in columns)


@cache
def _keys() -> dict[str, tuple[str, list[str]]]:
    """Every key of the schema by its name: its table and its columns."""
    keys: dict[str, tuple[str, list[str]]] = {}
    for table in METADATA.tables.values():
        for key in (*table.constraints, *(index for index in table.indexes if index.unique)):
            if isinstance(key, sa.UniqueConstraint | sa.PrimaryKeyConstraint | sa.Index):
                keys[str(key.name)] = table.name, [column.name for column in key.columns]
    return keys


@cache
def append_only() -> frozenset[str]:
    """The tables to which rows are added once and for ever."""
    return frozenset(
        str(found[1])
        for guard in GUARDS
        for statement in guard.postgresql
        if (found := re.match(r"CREATE TRIGGER guard_(\w+)_append_only", statement))
    )


def without_guards(path: str, sql: str) -> None:
    """Run *sql* on a SQLite file without guards and constraints; then the guards are put back."""
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        guards.drop(connection)
        connection.exec_driver_sql(sql)
        guards.create(connection, GUARDS)
    engine.dispose()

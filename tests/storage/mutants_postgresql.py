"""
Mutants of the schema on PostgreSQL: one thing is dropped in a transaction that is never committed.

So no copy is needed: each case runs behind a savepoint, and what PostgreSQL puts off until a commit
is asked for by SET CONSTRAINTS.
"""

import re
from collections.abc import Iterable, Iterator

import asyncpg
import sqlalchemy as sa

from storage import ledger
from storage.database import Database
from tests.storage.arenas import Big, Statement, postgresql_word
from tests.storage.claims import Claim
from tests.storage.mutants import Fate, Mutant, noticed, without_refusal
from tests.storage.world import World

_KINDS = {"c": "check", "f": "foreign key", "u": "key", "p": "key"}

_CONSTRAINTS = """
SELECT contype::text, conname::text, conrelid::regclass::text FROM pg_constraint
 WHERE connamespace = 'public'::regnamespace AND contype IN ('c', 'f', 'u', 'p')
   AND conrelid <> 'alembic_version'::regclass ORDER BY conrelid::regclass::text, conname"""

_INDEXES = """
SELECT i.indexrelid::regclass::text, i.indrelid::regclass::text FROM pg_index i
  JOIN pg_class c ON c.oid = i.indexrelid
 WHERE c.relnamespace = 'public'::regnamespace AND i.indisunique
   AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = i.indexrelid) ORDER BY 1"""

_COLUMNS = """
SELECT c.relname::text, a.attname::text FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0
   AND a.attnotnull AND a.attgenerated = '' AND c.relname <> 'alembic_version'
   AND NOT EXISTS (SELECT 1 FROM pg_constraint k
                    WHERE k.conrelid = c.oid AND k.contype = 'p' AND a.attnum = ANY (k.conkey))
 ORDER BY 1, 2"""

_TRIGGERS = """
SELECT tgname::text, tgrelid::regclass::text FROM pg_trigger
  JOIN pg_class c ON c.oid = tgrelid
 WHERE NOT tgisinternal AND c.relnamespace = 'public'::regnamespace ORDER BY 1"""

_FUNCTIONS = """
SELECT proname::text, pg_get_functiondef(oid) FROM pg_proc
 WHERE pronamespace = 'public'::regnamespace AND starts_with(proname, 'guard_') ORDER BY 1"""


class Mutated(Big):
    """A connection to a mutant, inside the transaction that makes it: any error is an answer."""

    making = ""

    def make(self, sql: str, before: Iterable[str] = ()) -> None:
        """Make the database the mutant that *sql* says, until it is undone."""
        self.run("; ".join(["BEGIN", *before, sql, "SAVEPOINT before_it"]))
        self.making = sql

    def undo(self) -> None:
        """Make the database whole again."""
        self.run("ROLLBACK")

    def attempt(
        self,
        statements: Iterable[Statement],
        before: Iterable[str] = (),
        *,
        keep: bool = True,  # noqa: ARG002 - nothing is ever kept here
    ) -> str | None:
        if not before:
            return self.wait_for(self._try(statements))
        # What must be said first in a transaction: it is begun anew.
        self.undo()
        self.make(self.making, before)
        word = self.wait_for(self._try(statements))
        self.undo()
        self.make(self.making)
        return word

    async def _try(self, statements: Iterable[Statement]) -> str | None:
        try:
            await self.carry_out(statements)
            await self.plain.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except asyncpg.IntegrityConstraintViolationError as refusal:
            return postgresql_word(refusal)
        except asyncpg.PostgresError as error:
            return str(error)
        finally:
            await self.plain.execute("ROLLBACK TO before_it")
        return None


class PostgresqlLaboratory:
    """Makes mutants in a migrated database of its own, which has a world in it."""

    dialect = "postgresql"

    def __init__(self, url: str) -> None:
        self._arena = Mutated(url)
        plain = Big(url)
        self._world = World(plain).settle()
        self._world.arena = self._arena
        plain.close()

    def close(self) -> None:
        """End the connection."""
        self._arena.close()

    def mutants(self) -> list[Mutant]:
        return list(self._all())

    def _all(self) -> Iterator[Mutant]:
        find = self._arena.rows
        for kind, name, table in find(_CONSTRAINTS):
            sql = f"ALTER TABLE {table} DROP CONSTRAINT {name} CASCADE"
            yield Mutant(_KINDS[kind], name, table, sql)
        for name, table in find(_INDEXES):
            yield Mutant("key", name, table, f"DROP INDEX {name}")
        for table, column in find(_COLUMNS):
            sql = f"ALTER TABLE {table} ALTER COLUMN {column} DROP NOT NULL"
            yield Mutant("not null", f"{table}.{column}", table, sql)
        for name, table in find(_TRIGGERS):
            yield Mutant("trigger", name, table, f"DROP TRIGGER {name} ON {table}")
        for name, body in find(_FUNCTIONS):
            yield Mutant("function", name, "", f"DROP FUNCTION {name}() CASCADE")
            yield from _refusals(name, body)

    def fate(self, mutant: Mutant, claims: Iterable[Claim]) -> Fate:
        self._arena.make(mutant.change)
        try:
            failed = noticed(self._world, mutant, claims)
        finally:
            self._arena.undo()
        if failed is not None:
            return Fate(mutant, *failed)
        return Fate(mutant, "", "named by verify" if self._verify(mutant) else "survived")

    def _verify(self, mutant: Mutant) -> list[ledger.Difference]:
        return self._arena.wait_for(_verify(self._arena.url, mutant.change))


class _Undo(Exception):
    """Nothing of it is to be kept."""


async def _verify(url: str, sql: str) -> list[ledger.Difference]:
    """What `ledger verify` says of the mutant that *sql* makes."""
    database = Database.open(url)
    found = []
    try:
        async with database.write() as connection:
            await connection.execute(sa.text(sql.replace(":", "\\:")))
            found = await ledger.verify(connection)
            raise _Undo
    except _Undo:
        return found
    finally:
        await database.close()


def _refusals(name: str, body: str) -> Iterator[Mutant]:
    """Each RAISE of a function; where it was the end, the row goes through."""
    for refusal in re.finditer(r"RAISE EXCEPTION '(\w+).*?;", body, re.DOTALL):
        is_end = body[refusal.end() :].lstrip().startswith("END $")
        instead = "RETURN COALESCE(NEW, OLD);" if is_end else "NULL;"
        sql = without_refusal(body, refusal, instead)
        yield Mutant("refusal", f"{name}: {refusal[1]}", "", sql)

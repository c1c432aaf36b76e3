"""Mutants of the schema on SQLite: the CREATE statements with one thing left out, carried out."""

import re
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from storage import jobs_schema, ledger
from tests.storage.arenas import Lite, Statement
from tests.storage.claims import Claim
from tests.storage.mutants import Fate, Mutant, noticed, without_refusal
from tests.storage.world import World

_KINDS = {"CHECK": "check", "FOREIGN": "foreign key", "UNIQUE": "key", "PRIMARY": "key"}


class Part(NamedTuple):
    """A thing of the schema: its type and name as in sqlite_master, and how it is made."""

    type: str
    name: str
    table: str
    sql: str


class Mutated(Lite):
    """A connection to a mutant: any error is an answer."""

    def attempt(
        self, statements: Iterable[Statement], before: Iterable[str] = (), *, keep: bool = True
    ) -> str | None:
        try:
            return super().attempt(statements, before, keep=keep)
        except sqlite3.Error as error:
            return str(error)


@dataclass(frozen=True, slots=True)
class SqliteLaboratory:
    """
    Makes mutants in memory.

    Attributes:
        schema: Of the migrated database.
        rows: What the migrations put into it, by table.
    """

    schema: tuple[Part, ...]
    rows: dict[str, list[tuple[Any, ...]]]
    dialect: str = "sqlite"

    @classmethod
    def of(cls, path: Path) -> "SqliteLaboratory":
        """The laboratory for the migrated database at *path*."""
        plain = sqlite3.connect(path)
        # What the library behind the jobs keeps is not ours to change.
        schema = tuple(
            Part(*row)
            for row in plain.execute(
                "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL"
                " AND name <> 'alembic_version'"
                " ORDER BY type = 'trigger', type = 'view', type = 'index', rowid"
            )
            if row[2] not in jobs_schema.TABLES
        )
        tables = [part.name for part in schema if part.type == "table"]
        rows = {table: plain.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
        plain.close()
        return cls(schema, {table: found for table, found in rows.items() if found})

    def mutants(self) -> list[Mutant]:
        return [mutant for part in self.schema for mutant in _of_part(part)]

    def fate(self, mutant: Mutant, claims: Iterable[Claim]) -> Fate:
        arena = Mutated(":memory:")
        try:
            world = self._settled(arena, mutant)
            if world is None:
                return Fate(mutant, "", "nothing lawful works")
            failed = noticed(world, mutant, claims)
            if failed is not None:
                return Fate(mutant, *failed)
            named = _verify(arena)
            return Fate(mutant, "", "named by verify" if named else "survived")
        finally:
            arena.close()

    def _settled(self, arena: Mutated, mutant: Mutant) -> World | None:
        """A world in the mutant; None if nothing can be settled in it."""
        arena.plain.execute("PRAGMA foreign_keys = OFF")
        filled = False
        for part in self.schema:
            if part.type != "table" and not filled:
                self._fill(arena)
                filled = True
            sql = mutant.change[1] if mutant.change[0] == part else part.sql
            if sql:
                arena.plain.execute(sql)
        arena.plain.execute("PRAGMA foreign_keys = ON")
        world = World(arena)
        try:
            world.settle()
        except AssertionError:
            return None
        return world

    def _fill(self, arena: Mutated) -> None:
        for table, rows in self.rows.items():
            places = ", ".join("?" * len(rows[0]))
            arena.plain.executemany(f"INSERT INTO {table} VALUES ({places})", rows)


def _of_part(part: Part) -> Iterator[Mutant]:
    if part.type == "table":
        yield from _of_table(part)
    elif part.type == "index" and part.sql.startswith("CREATE UNIQUE"):
        yield Mutant("key", part.name, part.table, (part, ""))
    elif part.type == "trigger":
        yield Mutant("trigger", part.name, part.table, (part, ""))
        yield from _refusals(part)


def _of_table(part: Part) -> Iterator[Mutant]:
    head, body = part.sql.split("\n", 1)
    body, tail = body.split("\n)", 1)
    lines = [line.strip().rstrip(",") for line in body.split("\n")]
    assert all(line.count("(") == line.count(")") for line in lines), "a line is one clause"

    def changed(number: int, line: str) -> tuple[Part, str]:
        left = [*lines[:number], *([line] if line else []), *lines[number + 1 :]]
        return part, f"{head}\n{', '.join(left)}\n){tail}"

    keys = _primary(lines)
    for number, line in enumerate(lines):
        column, *rest = line.split()
        if column == "CONSTRAINT":
            yield Mutant(_KINDS[rest[1]], rest[0], part.name, changed(number, ""))
        elif " NOT NULL" in line and "GENERATED" not in line and column not in keys:
            change = changed(number, line.replace(" NOT NULL", ""))
            yield Mutant("not null", f"{part.name}.{column}", part.name, change)


def _primary(lines: list[str]) -> list[str]:
    """The columns of the primary key: in a STRICT table NOT NULL says nothing new of them."""
    key = re.search(r"PRIMARY KEY \((.*)\)", "\n".join(lines))
    return key[1].split(", ") if key else []


def _refusals(part: Part) -> Iterator[Mutant]:
    """Each RAISE of a trigger that does more than this one."""
    found = list(re.finditer(r"SELECT RAISE\(ABORT, '(\w+)'\).*?;", part.sql, re.DOTALL))
    if part.sql.count(";") <= 2:
        return
    seen: dict[str, int] = {}
    for refusal in found:
        word = refusal[1]
        seen[word] = seen.get(word, 0) + 1
        name = f"{part.name}: {word}" + (f" {seen[word]}" if seen[word] > 1 else "")
        yield Mutant("refusal", name, part.table, (part, without_refusal(part.sql, refusal, "")))


def _verify(arena: Mutated) -> list[ledger.Difference]:
    """What `ledger verify` says of the mutant, for which it must be a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/mutant.db"
        copy = sqlite3.connect(path)
        arena.plain.backup(copy)
        copy.execute("PRAGMA journal_mode = WAL")
        copy.close()
        on_file = Lite(path)
        try:
            return on_file.verify()
        finally:
            on_file.close()

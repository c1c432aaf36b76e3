"""
The floor for booking gifts: the raw drivers carrying out the very statements that ours did.

What ours sends is recorded from two gifts to two cases. Where the two recordings are the same the
value is always the same; where they differ it must be one of the things by which two gifts differ
(reference, book, accounts, postings). So the floor follows whatever the ledger comes to do.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

Told = dict[str, object]
"""By what one gift differs from another, by name."""

_POSTING = "INSERT INTO posting "


@dataclass(frozen=True)
class Named:
    """A value that is another one for each gift."""

    name: str


@dataclass(frozen=True)
class Json:
    """A JSON array in which there may be such values."""

    values: object


@dataclass(frozen=True)
class Step:
    """One statement, with its rows of constants and `Named` values."""

    sql: str
    many: bool
    rows: tuple[tuple[object, ...], ...]

    def filled(self, told: Told) -> list[tuple[object, ...]]:
        """The rows with what is *told* in the place of its names."""
        return [tuple(_fill(value, told) for value in row) for row in self.rows]


def _fill(value: object, told: Told) -> object:
    match value:
        case Named(name):
            return told[name]
        case Json(values):
            return json.dumps(_fill(values, told))
        case list():
            return [_fill(each, told) for each in value]
    return value


@contextmanager
def recording(engine: AsyncEngine) -> Iterator[list[Step]]:
    """A list that gets every statement that *engine* carries out meanwhile."""
    steps: list[Step] = []

    def note(_c: object, _u: object, sql: str, given: Any, _x: object, many: bool) -> None:
        if not sql.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            rows = tuple(tuple(row) for row in given) if many else (tuple(given),)
            steps.append(Step(sql, many, rows))

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    try:
        yield steps
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)


def template(
    first: list[Step], of_first: Told, second: list[Step], of_second: Told
) -> tuple[Step, ...]:
    """
    The statements of any gift, from those of two.

    Raises:
        ValueError: the two differ by something that was not told.
    """
    names = {(of_first[name], of_second[name]): Named(name) for name in of_first}

    def value(one: object, other: object) -> object:
        if isinstance(one, list) and isinstance(other, list):
            return [value(*pair) for pair in zip(one, other, strict=True)]
        if (one, other) in names:
            return names[one, other]
        if one == other:
            return one
        if _is_array(one) and _is_array(other):
            return Json(value(json.loads(str(one)), json.loads(str(other))))
        raise ValueError(f"two gifts differ by {one!r} and {other!r}; say what that is")

    made = []
    for one, other in zip(first, second, strict=True):
        if (one.sql, one.many) != (other.sql, other.many):
            raise ValueError(f"two gifts take different statements: {one.sql} and {other.sql}")
        rows = tuple(
            tuple(value(*pair) for pair in zip(*rows, strict=True))
            for rows in zip(one.rows, other.rows, strict=True)
        )
        made.append(Step(one.sql, one.many, rows))
    return tuple(made)


def _is_array(value: object) -> bool:
    return isinstance(value, str) and value.startswith("[")


def open_sqlite(path: str) -> sqlite3.Connection:
    """A connection of the bundled library with the settings of our writer."""
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = wal", "synchronous = 2", "foreign_keys = 1"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def give_sqlite(connection: sqlite3.Connection, steps: tuple[Step, ...], told: Told) -> None:
    """One gift in one transaction."""
    known = dict(told)
    connection.execute("BEGIN IMMEDIATE")
    for step in steps:
        rows = step.filled(known)
        if step.many:
            connection.executemany(step.sql, rows)
        else:
            _learn(known, step, connection.execute(step.sql, rows[0]).fetchall())
    connection.execute("COMMIT")


async def give_postgresql(
    connection: asyncpg.Connection, steps: tuple[Step, ...], told: Told
) -> None:
    """One gift in one transaction."""
    known = dict(told)
    async with connection.transaction():
        for step in steps:
            rows = step.filled(known)
            if step.many:
                await connection.executemany(step.sql, rows)
            else:
                _learn(known, step, await connection.fetch(step.sql, *rows[0]))


def _learn(known: Told, step: Step, found: Sequence[Sequence[object]]) -> None:
    """A new posting's number is in the statements that follow."""
    if _POSTING in step.sql:
        number = sum(name.startswith("posting") for name in known) + 1
        known[f"posting {number}"] = found[0][0]

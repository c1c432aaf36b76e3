"""The ledger on the command line: proving it, a case's statement, everything for an auditor."""

import csv
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from typing import IO, Literal

from homeward.errors import CannotVerify, NoSuchCase, OperatorError, SchemaIsOld
from homeward.explaining import explaining
from homeward.settings import Settings
from services.statements import CaseStatement, Exported, export, statement
from services.verifying import counted, verify
from storage.database import Connection, Database
from storage.migrate import schema_is_current

Form = Literal["csv", "jsonl"]
COLUMNS = tuple(
    name
    for field in fields(Exported)
    for name in (("amount", "currency") if field.name == "amount" else (field.name,))
)
"""The columns of an export, in their order."""


@dataclass(frozen=True)
class Verified:
    """
    What was looked at and found.

    Attributes:
        differences: A line for each place where balances, holds or gifts are not what rows say.
        plans: How many cases there are.
        gifts: How many gifts are booked.
    """

    differences: list[str]
    plans: int
    gifts: int


async def verified(settings: Settings) -> Verified:
    """
    Recompute the ledger.

    Raises:
        OperatorError: it could not be looked at, which says nothing of its soundness.
    """
    try:
        async with _reading(settings) as connection:
            return Verified(await verify(connection), *await counted(connection))
    except OperatorError:
        raise
    except Exception as error:
        raise CannotVerify(
            f"The ledger could not be verified ({type(error).__name__}). Check DATABASE_URL."
        ) from error


async def differences(settings: Settings) -> list[str]:
    """The differences alone; errors as for `verified`."""
    return (await verified(settings)).differences


async def statement_of(settings: Settings, case: str, most: int) -> CaseStatement:
    """
    The book of the case with this code or address, with at most so many transfers.

    Raises:
        NoSuchCase: there is none.
        OperatorError: the database cannot be read.
    """
    async with _reading(settings) as connection:
        found = await statement(connection, case, most)
    if found is None:
        raise NoSuchCase(f"There is no case {case!r}. Name its code or its address on the page.")
    return found


async def export_to(settings: Settings, file: IO[str], form: Form) -> int:
    """
    Write every transfer to *file*, oldest first; hand back how many there were.

    Raises:
        OperatorError: the database cannot be read.
    """
    written = 0
    async with _reading(settings) as connection:
        write = _csv(file) if form == "csv" else _json_lines(file)
        async for row in export(connection):
            write(_columns(row))
            written += 1
    return written


def _columns(row: Exported) -> dict[str, object]:
    values = {field.name: getattr(row, field.name) for field in fields(row)}
    amount = values.pop("amount")
    values |= {"amount": str(amount.decimal), "currency": amount.currency}
    return {name: values[name] for name in COLUMNS}


def _csv(file: IO[str]) -> Callable[[dict[str, object]], None]:
    writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
    writer.writeheader()
    return writer.writerow


def _json_lines(file: IO[str]) -> Callable[[dict[str, object]], None]:
    return lambda row: print(json.dumps(row), file=file)


@asynccontextmanager
async def _reading(settings: Settings) -> AsyncIterator[Connection]:
    """A connection that sees one moment of a database at the current schema."""
    with explaining(settings.database):
        database = Database.open(settings.database)
        try:
            if not await schema_is_current(database):
                raise SchemaIsOld(SchemaIsOld.__doc__)
            async with database.read() as connection:
                yield connection
        finally:
            await database.close()

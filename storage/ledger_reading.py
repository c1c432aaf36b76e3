"""Reading the ledger: balances of one account or of many cases, statements, one gift's trace."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage.database import Connection
from storage.ledger_rules import AccountKind, PostingKind
from storage.ledger_tables import account, posting, transfer
from storage.ledger_tables import balance as balance_table
from values.money import Money


@dataclass(frozen=True, slots=True)
class Entry:
    """
    One transfer as it stands in a statement.

    Attributes:
        donation_id: The posting of the donation whose money moved, or None.
        reverses: The seq of the transfer it takes back, or None.
    """

    seq: int
    posting_id: int
    posting_kind: PostingKind
    book_id: int
    debit: AccountKind
    credit: AccountKind
    amount: Money
    donation_id: int | None
    reverses: int | None
    recorded_at: dt.datetime


async def balance(connection: Connection, book_id: int, kind: AccountKind, currency: str) -> Money:
    """What is in one account; zero if it was never used."""
    found = await balances(connection, (book_id,), (kind,))
    return found.get((book_id, kind, currency), Money(0, currency))


async def balances(
    connection: Connection, book_ids: Collection[int], kinds: Collection[AccountKind]
) -> dict[tuple[int, str, str], Money]:
    """
    What is in the accounts of these *kinds* in all these books, by one statement.

    By book, kind and currency; an account that was never used is not there.
    """
    statement = (
        sa.select(
            account.c.book_id, account.c.kind, account.c.currency, balance_table.c.amount_minor
        )
        .join(balance_table, balance_table.c.account_id == account.c.id)
        .where(account.c.book_id.in_(book_ids), account.c.kind.in_(kinds))
    )
    return {
        (row.book_id, row.kind, row.currency): Money(row.amount_minor, row.currency)
        for row in await connection.execute(statement)
    }


async def totals(
    connection: Connection, kinds: Collection[AccountKind]
) -> dict[tuple[str, str], Money]:
    """What is in the accounts of these *kinds* in all cases' books together, by kind, currency."""
    minor = sa.func.sum(balance_table.c.amount_minor).label("minor")
    statement = (
        sa.select(account.c.kind, account.c.currency, minor)
        .join(balance_table, balance_table.c.account_id == account.c.id)
        .where(account.c.book_kind == "case", account.c.kind.in_(kinds))
        .group_by(account.c.kind, account.c.currency)
    )
    return {
        (row.kind, row.currency): Money(int(row.minor), row.currency)
        for row in await connection.execute(statement)
    }


async def statement(connection: Connection, book_id: int, limit: int | None = None) -> list[Entry]:
    """The transfers of one book, newest first; at most *limit*, all if it is None."""
    return await _entries(connection, transfer.c.book_id == book_id, limit)


async def trace(connection: Connection, donation_id: int) -> list[Entry]:
    """Every transfer of one donation's money, in whichever book, newest first."""
    return await _entries(connection, transfer.c.donation_id == donation_id, None)


async def standing(
    connection: Connection, donation_id: int
) -> dict[tuple[int, AccountKind], Money]:
    """
    Where one donation's money stands: by book and kind of account, nothing for nothing.

    Spending is the plan's and not one gift's, so a gift stands in its fund also when the fund has
    been spent: what may be paid back or move on is never more than the fund holds as well.
    """
    total = sa.func.sum(
        sa.case((transfer.c.credit_id == account.c.id, transfer.c.amount_minor), else_=0)
        - sa.case((transfer.c.debit_id == account.c.id, transfer.c.amount_minor), else_=0)
    )
    statement = (
        sa.select(account.c.book_id, account.c.kind, account.c.currency, total.label("minor"))
        .join(transfer, account.c.id.in_((transfer.c.debit_id, transfer.c.credit_id)))
        .where(transfer.c.donation_id == donation_id, account.c.floored == True)  # noqa: E712
        .group_by(account.c.id)
        .order_by(account.c.id)
    )
    return {
        (row.book_id, row.kind): Money(int(row.minor), row.currency)
        for row in await connection.execute(statement)
        if row.minor
    }


async def given_before(
    connection: Connection, book_id: int, donation_id: int, currency: str
) -> Money:
    """What stands in the fund of a book of donations older than this one."""
    in_fund = account.c.id.in_((transfer.c.debit_id, transfer.c.credit_id))
    minor = await connection.scalar(
        sa.select(
            sa.func.sum(
                sa.case(
                    (transfer.c.credit_id == account.c.id, transfer.c.amount_minor),
                    else_=-transfer.c.amount_minor,
                )
            )
        )
        .select_from(account)
        .join(transfer, in_fund)
        .where(
            account.c.book_id == book_id,
            account.c.kind == "fund",
            account.c.currency == currency,
            transfer.c.donation_id < donation_id,
        )
    )
    return Money(int(minor or 0), currency)


async def legs_of(connection: Connection, posting_id: int) -> list[Entry]:
    """The transfers of one posting, in their order."""
    entries = await _entries(connection, transfer.c.posting_id == posting_id, None)
    return sorted(entries, key=lambda entry: entry.seq)


async def _entries(
    connection: Connection, which: sa.ColumnElement[bool], limit: int | None
) -> list[Entry]:
    statement = (
        sa.select(transfer, posting.c.recorded_at)
        .join(posting, posting.c.id == transfer.c.posting_id)
        .where(which)
        .order_by(transfer.c.seq.desc())
        .limit(limit)
    )
    return [entry_of(row) for row in await connection.execute(statement)]


def entry_of(row: sa.Row[Any]) -> Entry:
    """A transfer, out of a row of its table and `recorded_at` of its posting."""
    return Entry(
        seq=row.seq,
        posting_id=row.posting_id,
        posting_kind=row.posting_kind,
        book_id=row.book_id,
        debit=row.debit_kind,
        credit=row.credit_kind,
        amount=Money(row.amount_minor, row.currency),
        donation_id=row.donation_id,
        reverses=row.reverses,
        recorded_at=row.recorded_at,
    )

"""Posting to the ledger: once, whole, or not at all."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from storage import ledger_statements as statements
from storage.database import Connection, insert_once
from storage.errors import StorageError
from storage.ledger_rules import AccountKind, BookKind, PostingKind
from storage.ledger_tables import (
    account,
    account_kind,
    book,
)
from storage.ledger_tables import (
    balance as balance_table,
)
from storage.ledger_tables import (
    crossing as crossing_table,
)
from values.money import Money

ORGANISATION_BOOK = 1
"""The id of the organisation's book."""


class DifferentPayload(StorageError):
    """This external reference was posted before with other content; nothing was posted now."""


class NoSuchAccount(StorageError):
    """There is no such book, or books of its kind have no such account."""


@dataclass(frozen=True, slots=True)
class Leg:
    """
    One transfer of a posting: value leaves *debit* and arrives in *credit*.

    Attributes:
        amount: Positive.
        donation_id: The posting of the donation whose money this is; None where it is nobody's
            gift, and in a donation itself, which is its own.
        reverses: The seq of the transfer that this leg takes back, in a reversal; else None.
    """

    book_id: int
    debit: AccountKind
    credit: AccountKind
    amount: Money
    donation_id: int | None = None
    reverses: int | None = None


@dataclass(frozen=True, slots=True)
class Crossing:
    """
    Value leaves one book for another: `storage.ledger_crossings` makes these.

    Attributes:
        donation_id: The donation that moves on; None for a contribution of the organisation.
        consent_ref: What the donor agreed to, and `consent_sha256` the digest of its words.
    """

    from_book: int
    to_book: int
    amount: Money
    donation_id: int | None = None
    consent_ref: str | None = None
    consent_sha256: bytes | None = None


@dataclass(frozen=True, slots=True)
class Posting:
    """
    What happened, once: 1 to 8 legs that are booked together or not at all.

    Attributes:
        source: Who says so: "stripe", "desk".
        external_ref: Its name there; with *source* it makes a repeat harmless.
        payload_sha256: Digest of everything the posting says, 32 bytes; a repeat must bring the
            same.
        crossing: With kind re-earmark and contribution; the first leg leaves `from_book`, the
            second arrives in `to_book`.
    """

    source: str
    external_ref: str
    kind: PostingKind
    legs: Sequence[Leg]
    payload_sha256: bytes
    crossing: Crossing | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """
    A posting that is in the ledger.

    Attributes:
        is_new: It was posted now; False if it was there already.
    """

    id: int
    is_new: bool


async def open_book(connection: Connection, kind: BookKind) -> int:
    """Open a book and hand back its id. There is one of the organisation already."""
    statement = sa.insert(book).values(kind=kind).returning(book.c.id)
    return int((await connection.execute(statement)).scalar_one())


async def account_id(connection: Connection, book_id: int, kind: AccountKind, currency: str) -> int:
    """
    The id of one account, opened now if nobody did before.

    Raises:
        NoSuchAccount: there is no such book, or books of its kind have no such account.
    """
    ids = await _account_ids(connection, {(book_id, kind, currency)})
    return ids[book_id, kind, currency]


async def post(connection: Connection, posting: Posting, now: dt.datetime) -> Posted:
    """
    Book *posting*, or find that it was booked before.

    Args:
        now: When it is recorded.

    Raises:
        DifferentPayload: the same source and reference were posted with another payload or kind.
        NoSuchAccount: a leg names an account that its book cannot have.
        IntegrityError: the database refuses a leg (told as `Refused` at the end of the write).
    """
    for currency in _organisations(posting.legs):
        await lock_organisation(connection, currency)
    claimed = await _claim(connection, posting, now)
    if claimed is None:
        found = await _find(connection, posting.source, posting.external_ref)
        if found is None:
            raise AssertionError(f"posting {posting.external_ref!r} is neither new nor there")
        return Posted(_same(found, posting), is_new=False)
    if not claimed.n_booked and not await _booked_at_once(connection, posting, claimed.id):
        await _book(connection, posting, claimed.id)
    return Posted(claimed.id, is_new=True)


async def posting_id(connection: Connection, source: str, external_ref: str) -> int | None:
    """The id of the posting with this reference, or None."""
    found = await _find(connection, source, external_ref)
    return None if found is None else int(found.id)


_Claimed = sa.Row[Any, Any]
"""The id of a new posting, and how many legs it has already."""


async def _claim(connection: Connection, posting: Posting, now: dt.datetime) -> _Claimed | None:
    """Insert the posting's row, with its legs if one statement can; None if it is there already."""
    row = {
        "source": posting.source,
        "external_ref": posting.external_ref,
        "payload_sha256": posting.payload_sha256,
        "kind": posting.kind,
        "n_legs": len(posting.legs),
        "recorded_at": now,
    }
    if connection.dialect.name == "sqlite":
        claim: sa.Executable = statements.CLAIM_ON_SQLITE
    elif posting.crossing is not None:
        claim = statements.CLAIM_ON_POSTGRESQL
    else:
        legs = [_said(leg) for leg in posting.legs]
        arrays = {name: [leg[at] for leg in legs] for at, name in enumerate(statements.LEG)}
        claim, row = statements.CLAIM_AND_BOOK, row | arrays
    return (await connection.execute(claim, row)).one_or_none()


async def _booked_at_once(connection: Connection, posting: Posting, posting_id: int) -> bool:
    """Insert the legs by one statement, on SQLite, if there is no crossing and no new account."""
    if connection.dialect.name != "sqlite" or posting.crossing is not None:
        return False
    row = {
        "posting_id": posting_id,
        "kind": posting.kind,
        "n_legs": len(posting.legs),
        "legs": json.dumps([_said(leg) for leg in posting.legs]),
    }
    return (await connection.execute(statements.BOOK_ON_SQLITE, row)).rowcount > 0


def _said(leg: Leg) -> tuple[int | str | None, ...]:
    return (
        leg.book_id,
        leg.amount.currency,
        leg.debit,
        leg.credit,
        leg.amount.amount_minor,
        leg.donation_id,
        leg.reverses,
    )


async def _book(connection: Connection, posting: Posting, posting_id: int) -> None:
    """Insert the crossing, if there is one, and the legs."""
    ids = await _account_ids(connection, _accounts(posting.legs))
    if len(ids) > 2:
        await _lock(connection, ids.values())
    if posting.crossing is not None:
        await _cross(connection, posting_id, posting)
    await connection.execute(
        statements.BOOK,
        [
            _row(posting, posting_id, number, leg, ids)
            for number, leg in enumerate(posting.legs, start=1)
        ],
    )


_Found = sa.Row[Any, Any, Any]
"""Id, payload_sha256 and kind of a posting."""


async def _find(connection: Connection, source: str, external_ref: str) -> _Found | None:
    named = {"source": source, "external_ref": external_ref}
    return (await connection.execute(statements.FIND, named)).one_or_none()


def _same(found: _Found, posting: Posting) -> int:
    if found.payload_sha256 != posting.payload_sha256 or found.kind != posting.kind:
        raise DifferentPayload(
            f"{posting.source} {posting.external_ref!r} was posted with other content"
            f" (posting_id={found.id})"
        )
    return int(found.id)


_Key = tuple[int, str, str]
"""Book, kind of account, currency."""


def _accounts(legs: Iterable[Leg]) -> set[_Key]:
    return {
        (leg.book_id, kind, leg.amount.currency) for leg in legs for kind in (leg.debit, leg.credit)
    }


async def _account_ids(connection: Connection, wanted: set[_Key]) -> dict[_Key, int]:
    """The ids of all *wanted* accounts; those that are not there are opened."""
    ids = await _known_accounts(connection, wanted)
    missing = sorted(wanted - ids.keys())
    for key in missing:
        await _open_account(connection, *key)
    if missing:
        ids |= await _known_accounts(connection, set(missing))
    return ids


async def _known_accounts(connection: Connection, wanted: set[_Key]) -> dict[_Key, int]:
    """The ids of the *wanted* accounts that are there, by one statement for each book."""
    found = {}
    for book_id, currency in sorted({(book_id, currency) for book_id, _, currency in wanted}):
        of_book = {"book_id": book_id, "currency": currency}
        for row in await connection.execute(statements.ACCOUNTS, of_book):
            found[book_id, row.kind, currency] = row.id
    return {key: found[key] for key in wanted if key in found}


async def _open_account(connection: Connection, book_id: int, kind: str, currency: str) -> None:
    statement = (
        sa.select(book.c.kind.label("book_kind"), account_kind.c.floored)
        .join(account_kind, account_kind.c.book_kind == book.c.kind)
        .where(book.c.id == book_id, account_kind.c.kind == kind)
    )
    allowed = (await connection.execute(statement)).one_or_none()
    if allowed is None:
        raise NoSuchAccount(f"no account {kind!r} in a book {book_id}")
    await insert_once(
        connection,
        account,
        {
            "book_id": book_id,
            "book_kind": allowed.book_kind,
            "kind": kind,
            "currency": currency,
            "floored": allowed.floored,
        },
        key=("book_id", "kind", "currency"),
    )


async def lock_organisation(connection: Connection, currency: str) -> None:
    """
    Hold still what the organisation has in *currency* until the transaction ends.

    A fee, which comes with every gift, takes these two accounts and no other of that book. Whoever
    needs others as well takes these first: so all wait in one line, and none crosswise.
    """
    if connection.dialect.name == "sqlite":
        return
    await connection.execute(
        sa.select(balance_table.c.account_id)
        .join(account, account.c.id == balance_table.c.account_id)
        .where(
            account.c.book_id == ORGANISATION_BOOK,
            account.c.kind.in_(_WITH_EVERY_GIFT),
            account.c.currency == currency,
        )
        .order_by(balance_table.c.account_id)
        .with_for_update(key_share=True, of=balance_table)
    )


_WITH_EVERY_GIFT = ("fees", "own_means")


def _organisations(legs: Iterable[Leg]) -> set[str]:
    """The currencies in which *legs* touch the organisation's book, other than by a fee alone."""
    return {
        leg.amount.currency
        for leg in legs
        if leg.book_id == ORGANISATION_BOOK and not {leg.debit, leg.credit} <= set(_WITH_EVERY_GIFT)
    }


async def _lock(connection: Connection, ids: Iterable[int]) -> None:
    """
    Take all balances of a posting in one order, so that two postings wait and do not deadlock.

    SQLite has one writer and knows no such lock; SQLAlchemy leaves the words out there.
    """
    if connection.dialect.name == "sqlite":
        return
    columns = balance_table.c
    await connection.execute(
        sa.select(columns.account_id)
        .where(columns.account_id.in_(sorted(ids)))
        .order_by(columns.account_id)
        .with_for_update(key_share=True)
    )


async def _cross(connection: Connection, posting_id: int, posting: Posting) -> None:
    crossing = posting.crossing
    if crossing is None:
        return
    kinds = {
        row.id: row.kind
        for row in await connection.execute(
            sa.select(book).where(book.c.id.in_((crossing.from_book, crossing.to_book)))
        )
    }
    for book_id in (crossing.from_book, crossing.to_book):
        if book_id not in kinds:
            raise NoSuchAccount(f"no book {book_id}")
    await connection.execute(
        sa.insert(crossing_table).values(
            posting_id=posting_id,
            kind=posting.kind,
            from_book=crossing.from_book,
            from_kind=kinds[crossing.from_book],
            to_book=crossing.to_book,
            to_kind=kinds[crossing.to_book],
            currency=crossing.amount.currency,
            amount_minor=crossing.amount.amount_minor,
            donation_id=crossing.donation_id,
            consent_ref=crossing.consent_ref,
            consent_sha256=crossing.consent_sha256,
        )
    )


def _row(
    posting: Posting, posting_id: int, number: int, leg: Leg, ids: dict[_Key, int]
) -> dict[str, object]:
    currency = leg.amount.currency
    crosses = posting.crossing is not None
    return {
        "posting_id": posting_id,
        "posting_kind": posting.kind,
        "n_legs": len(posting.legs),
        "leg": number,
        "book_id": leg.book_id,
        "currency": currency,
        "debit_id": ids[leg.book_id, leg.debit, currency],
        "debit_kind": leg.debit,
        "credit_id": ids[leg.book_id, leg.credit, currency],
        "credit_kind": leg.credit,
        "amount_minor": leg.amount.amount_minor,
        "donation_id": posting_id if posting.kind == "donation" else leg.donation_id,
        "cross_out": posting_id if crosses and number == 1 else None,
        "cross_in": posting_id if crosses and number > 1 else None,
        "reverses": leg.reverses,
    }

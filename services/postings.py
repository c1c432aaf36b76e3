"""
How acts are named in the ledger, so that each is booked once whoever comes a second time.

What a transaction at Stripe causes is named `kind:transaction`, so that `ledger verify` can hold
one against the other. What this house decides is named after the decision.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from itertools import count, islice

from storage import ledger
from storage.database import Connection
from storage.ledger import ORGANISATION_BOOK, Entry, Leg, Posting, PostingKind
from storage.stripe_facts import Transaction
from values.money import Money

STRIPE = "stripe"
"""The source of what happened at Stripe."""
HOUSE = "homeward"
"""The source of what was decided here."""
_MOST_LEGS = 8


def name_of(kind: PostingKind, of: str | int) -> str:
    """The name of a posting: `dispute:txn_1`, `refund_decided:x7k2`."""
    return f"{kind}:{of}"


async def is_posted(connection: Connection, source: str, name: str) -> bool:
    """Whether *name* is in the ledger already."""
    return await ledger.posting_id(connection, source, name) is not None


async def post_stripe(
    connection: Connection,
    kind: PostingKind,
    transaction: Transaction,
    legs: Sequence[Leg],
    now: dt.datetime,
) -> int:
    """Book what *transaction* caused, once; hand back the id of the (first) posting."""
    facts = [
        transaction.id,
        transaction.source_id,
        transaction.gross.currency,
        transaction.gross.amount_minor,
        transaction.fee.amount_minor,
    ]
    name = name_of(kind, transaction.id)
    return await _post(connection, STRIPE, name, kind, legs, facts, now)


async def post_decision(
    connection: Connection,
    kind: PostingKind,
    of: str | int,
    legs: Sequence[Leg],
    now: dt.datetime,
) -> int:
    """Book what was decided here as *of*, once; hand back the id of the (first) posting."""
    return await _post(connection, HOUSE, name_of(kind, of), kind, legs, [kind, of], now)


async def post_more(
    connection: Connection,
    kind: PostingKind,
    of: str | int,
    legs: Sequence[Leg],
    now: dt.datetime,
) -> None:
    """
    Book *legs* behind what was booked as *of* before, if anything was.

    Not harmless when repeated: the caller has looked how much is still to be booked.
    """
    name = name_of(kind, of)
    booked = 0
    for part in _names(name):
        if not await is_posted(connection, HOUSE, part):
            break
        booked += 1
    await _post(connection, HOUSE, name, kind, legs, [kind, of], now, behind=booked)


async def post_fee(connection: Connection, transaction: Transaction, now: dt.datetime) -> None:
    """What Stripe kept of *transaction*, or gave back of it, on the organisation's account."""
    kept = transaction.fee
    if kept.amount_minor > 0:
        leg = Leg(ORGANISATION_BOOK, "own_means", "fees", kept)
        await post_stripe(connection, "fee", transaction, [leg], now)
    elif kept.amount_minor < 0:
        leg = Leg(ORGANISATION_BOOK, "fees", "own_means", opposite(kept))
        await post_stripe(connection, "fee_returned", transaction, [leg], now)


async def legs_of(connection: Connection, source: str, name: str) -> list[Entry]:
    """The transfers that were booked as *name*, in their order; none if nothing was."""
    found: list[Entry] = []
    for part in _names(name):
        posting_id = await ledger.posting_id(connection, source, part)
        if posting_id is None:
            return found
        found += await ledger.legs_of(connection, posting_id)
    return found


def opposite(amount: Money) -> Money:
    """The same amount with the other sign."""
    return Money(-amount.amount_minor, amount.currency)


def digest(facts: Sequence[object]) -> bytes:
    """The SHA-256 of facts that JSON can say."""
    return hashlib.sha256(json.dumps(facts).encode()).digest()


async def _post(
    connection: Connection,
    source: str,
    name: str,
    kind: PostingKind,
    legs: Sequence[Leg],
    facts: Sequence[object],
    now: dt.datetime,
    behind: int = 0,
) -> int:
    """
    Post *legs* under *name*, and under `name:2` and so on what does not fit into one posting.

    The digest is of the facts and not of the legs: how a sum is made up depends on what was there
    when it was booked.
    """
    first: int | None = None
    parts = [legs[at : at + _MOST_LEGS] for at in range(0, len(legs), _MOST_LEGS)]
    for part_name, part in zip(islice(_names(name), behind, None), parts, strict=False):
        posted = await ledger.post(
            connection, Posting(source, part_name, kind, part, digest(facts)), now
        )
        first = posted.id if first is None else first
    if first is None:
        raise ValueError(f"{name} has no legs")
    return first


def _names(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}:{number}" for number in count(2))

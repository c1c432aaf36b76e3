"""
What moved on the account at Stripe and no gift explains: into suspense what arrived, out of the
organisation's own means what left, each once and with an alarm.

When a gift turns out to be the cause, that booking is taken back and the gift's own takes its
place.
"""

import datetime as dt

from services.postings import (
    HOUSE,
    STRIPE,
    digest,
    legs_of,
    name_of,
    opposite,
    post_fee,
    post_stripe,
)
from storage import alarms, ledger, reconciliation, stripe_facts
from storage.database import Connection
from storage.ledger import ORGANISATION_BOOK, Leg, Posting, PostingKind
from storage.stripe_facts import Transaction

UNEXPLAINED = "unexplained"
"""The alarm, and what a report calls it."""
_KINDS: tuple[PostingKind, ...] = ("suspense", "unexplained")


async def keep(connection: Connection, fact: Transaction) -> bool:
    """
    Keep what a gift's reading says has moved; the caller books it.

    True if nobody could explain it before: what was booked for that is still there, and is to be
    taken back, unless it may stay.
    """
    if await stripe_facts.keep_transaction(connection, fact):
        return False
    if not await stripe_facts.explain(connection, fact):
        return False
    await reconciliation.forget_stray(connection, fact.id)
    return True


async def take_back(connection: Connection, fact: Transaction, now: dt.datetime) -> None:
    """
    Take back what was booked for a transaction when nobody could explain it.

    The caller has locked the cases that it works with: the organisation's book is locked last. The
    fee stays where it is; it is booked under the same name either way.
    """
    for kind in _KINDS:
        booked = await legs_of(connection, STRIPE, name_of(kind, fact.id))
        if not booked:
            continue
        legs = [
            Leg(leg.book_id, leg.credit, leg.debit, leg.amount, leg.donation_id, reverses=leg.seq)
            for leg in booked
        ]
        name = name_of("reversal", fact.id)
        reversal = Posting(HOUSE, name, "reversal", legs, digest([name, kind]))
        await ledger.post(connection, reversal, now)


async def book(
    connection: Connection, fact: Transaction, payment_id: str | None, word: str, now: dt.datetime
) -> bool:
    """
    Book *fact* (its kind is OTHER) as what nobody can explain; False if somebody else kept it.

    Args:
        payment_id: Stripe's id of the payment it belongs to, if it belongs to any.
        word: Stripe's own word for it.
    """
    if not await stripe_facts.keep_transaction(connection, fact):
        return False
    await reconciliation.add_stray(connection, fact.id, payment_id, word)
    await alarms.ring(connection, UNEXPLAINED, fact.id, now)
    if fact.gross.amount_minor > 0:
        leg = Leg(ORGANISATION_BOOK, "world", "suspense", fact.gross)
        await post_stripe(connection, "suspense", fact, [leg], now)
    elif fact.gross.amount_minor < 0:
        leg = Leg(ORGANISATION_BOOK, "own_means", "unexplained", opposite(fact.gross))
        await post_stripe(connection, "unexplained", fact, [leg], now)
    await post_fee(connection, fact, now)
    return True

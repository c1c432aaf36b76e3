"""
What the account at Stripe says of itself, written down: its transactions, fees and payouts, how
far it was read, and which gift a payment belongs to.

Each function is one short transaction. `payments` reads at Stripe in between.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace

from services import strays
from services.house import House
from services.postings import opposite, post_fee, post_stripe
from storage import checkouts, holds, ledger, reconciliation, stripe_events, stripe_facts
from storage import stripe_payouts as payout_rows
from storage.database import Connection
from storage.errors import Refused
from storage.ledger import ORGANISATION_BOOK, DifferentPayload, Leg
from storage.reconciliation import Statement
from storage.stripe_facts import Transaction, TransactionKind
from storage.stripe_payouts import Payout, PayoutStatus
from values.money import Money

__all__ = [
    "Movement",
    "NotBooked",
    "Payment",
    "Payout",
    "PayoutStatus",
    "Statement",
    "Transaction",
    "TransactionKind",
    "Window",
]


class NotBooked(Exception):
    """The books refuse a transaction: it contradicts what is in them. A person must look at it."""


_OVERLAPS = {
    # What was made in one second need not appear in it.
    Statement.EVENTS: dt.timedelta(hours=1),
    Statement.TRANSACTIONS: dt.timedelta(days=3),
}


@dataclass(frozen=True, slots=True)
class Payment:
    """
    A payment at Stripe, ours or not.

    Attributes:
        reference: The receipt reference it carries; None if it carries none.
        payment_intent_id: By which its payment page is found; None if it has none.
    """

    charge_id: str
    reference: str | None
    payment_intent_id: str | None


@dataclass(frozen=True, slots=True)
class Movement:
    """
    One transaction of the account, as it is listed.

    Attributes:
        currency: Stripe's word for it, in capitals.
        fact: Its kind is what Stripe takes for its cause; it names no payment. None for a currency
            that is not in our table.
        word: Stripe's own word for it, such as "charge" or "topup".
        payment: The payment that caused it, if the list brought it along.
    """

    id: str
    created_at: dt.datetime
    currency: str
    fact: Transaction | None
    word: str
    payment: Payment | None


@dataclass(frozen=True, slots=True)
class Window:
    """
    What is to be read of a statement.

    Attributes:
        since: From when on; None for everything.
        is_gapless: Everything before was dealt with, so the mark may move on behind it.
    """

    since: dt.datetime | None
    is_gapless: bool


async def window(house: House, statement: Statement, since: dt.datetime | None) -> Window:
    """
    What is to be read now: from the mark on and a little before it, or from *since* on.

    What lies between the mark and a later *since* stays unread; so the mark then stays too.
    """
    async with house.read() as connection:
        mark = await reconciliation.read_until(connection, statement)
    if since is not None:
        return Window(since, is_gapless=mark is not None and since <= mark)
    return Window(None if mark is None else mark - _OVERLAPS[statement], is_gapless=True)


async def move_on(house: House, statement: Statement, moment: dt.datetime) -> None:
    """Everything up to *moment* of Stripe's was dealt with."""
    async with house.write() as connection:
        await reconciliation.move_on(connection, statement, moment)


async def events_dealt_with(house: House, event_ids: Collection[str]) -> set[str]:
    """Those of the events that need nothing more."""
    async with house.read() as connection:
        return await stripe_events.dealt_with(connection, event_ids)


async def known(house: House, transaction_ids: Collection[str]) -> dict[str, Transaction]:
    """Those of the transactions that are kept already, by their ids."""
    async with house.read() as connection:
        return await stripe_facts.transactions(connection, transaction_ids)


async def hold_of_payment(house: House, payment: Payment) -> int | None:
    """The hold that this payment paid, as far as it can be told from the payment itself."""
    async with house.read() as connection:
        hold_id = await stripe_facts.hold_of_charge(connection, payment.charge_id)
        if hold_id is not None or payment.reference is None:
            return hold_id
        hold = await holds.by_reference(connection, payment.reference)
        return None if hold is None else hold.id


async def hold_of_page(house: House, session_id: str, reference: str | None) -> int | None:
    """The hold that this payment page was made for, or None if it is none of ours."""
    async with house.read() as connection:
        hold_id = await checkouts.hold_of_session(connection, session_id)
        if hold_id is not None or reference is None:
            return hold_id
        hold = await holds.by_reference(connection, reference)
        return None if hold is None else hold.id


async def keep_payout_transaction(house: House, fact: Transaction) -> bool:
    """Keep what a payout took from the account or brought back; False if it was there."""

    async def act(connection: Connection) -> bool:
        if not await stripe_facts.keep_transaction(connection, fact):
            return False
        await post_fee(connection, fact, house.clock())
        return True

    return await _booked(house, act)


async def book_fee(house: House, movement: Movement, fact: Transaction) -> bool:
    """
    Book a fee that Stripe takes of the account itself, or gives back; False if it was there.

    More than was ever taken cannot be given back: that is a stray.
    """
    kept = opposite(fact.net)

    async def act(connection: Connection) -> bool:
        if await _is_more_than_was_taken(connection, opposite(kept)):
            other = replace(fact, kind=TransactionKind.OTHER)
            return await strays.book(connection, other, None, movement.word, house.clock())
        if not await stripe_facts.keep_transaction(connection, fact):
            return False
        if kept.amount_minor > 0:
            leg = Leg(ORGANISATION_BOOK, "own_means", "fees", kept)
            await post_stripe(connection, "fee", fact, [leg], house.clock())
        elif kept.amount_minor < 0:
            leg = Leg(ORGANISATION_BOOK, "fees", "own_means", opposite(kept))
            await post_stripe(connection, "fee_returned", fact, [leg], house.clock())
        return True

    return await _booked(house, act)


async def _is_more_than_was_taken(connection: Connection, given_back: Money) -> bool:
    if given_back.amount_minor <= 0:
        return False
    return given_back > await ledger.balance(
        connection, ORGANISATION_BOOK, "fees", given_back.currency
    )


async def book_stray(
    house: House, movement: Movement, fact: Transaction, payment: Payment | None
) -> bool:
    """Book what no gift explains; False if it was there."""
    other = replace(fact, kind=TransactionKind.OTHER)
    payment_id = None if payment is None else payment.charge_id

    async def act(connection: Connection) -> bool:
        return await strays.book(connection, other, payment_id, movement.word, house.clock())

    return await _booked(house, act)


async def contain(house: House, payout_id: str, transaction_ids: list[str]) -> None:
    """These transactions left in this payout."""
    async with house.write() as connection:
        await payout_rows.contain(connection, payout_id, transaction_ids)


async def keep_payout(house: House, payout: Payout) -> None:
    """Keep a payout as it is now; one that is itemised when all it is made of is written down."""
    async with house.write() as connection:
        await payout_rows.keep(connection, payout)


async def unfinished_payouts(house: House) -> list[str]:
    """The payouts of which more is to be heard, oldest first."""
    async with house.read() as connection:
        return await payout_rows.unfinished(connection)


async def _booked(house: House, act: Callable[[Connection], Awaitable[bool]]) -> bool:
    """
    Do *act* in a write of its own, again if it lost against another.

    Raises:
        NotBooked: it contradicts what is in the books.
    """
    try:
        return await house.database.in_write(act)
    except (Refused, DifferentPayload) as refusal:
        raise NotBooked(str(refusal)) from refusal

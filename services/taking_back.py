"""
Refunds and disputes of a gift, booked from what Stripe says of them, in the order it happened.

Each transaction at Stripe is booked once, under its own id. What a bank takes is taken from where
the gift stands; what was spent already the organisation bears: never another case, never the
survivor.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial

from services import disputes, refunds, strays
from services.house import House
from services.postings import STRIPE, is_posted, name_of, opposite, post_fee, post_stripe
from services.reading import Dispute, Reading, Refund, Transaction
from storage import stripe_facts
from storage.database import Connection
from storage.holds import Hold
from storage.ledger import ORGANISATION_BOOK, Leg
from values.money import Money


@dataclass(frozen=True, slots=True)
class _Step:
    """
    Something that happened to the money, and how it is booked.

    Attributes:
        rank: Of two things of one second, which is booked first.
    """

    at: dt.datetime
    rank: int
    id: str
    book: Callable[[], Awaitable[None]]


async def apply(house: House, connection: Connection, hold: Hold, reading: Reading) -> None:
    """Book what was taken back of a gift that is in the ledger, whatever of it is new."""
    if not reading.refunds and not reading.disputes:
        return
    await refunds.lock_gift(connection, hold)
    steps = [
        *(_of_refund(house, connection, hold, refund) for refund in reading.refunds),
        *(_of_dispute(house, connection, hold, dispute) for dispute in reading.disputes),
    ]
    in_order = sorted(
        (step for each in steps for step in each), key=lambda step: (step.at, step.rank, step.id)
    )
    for step in in_order:
        await step.book()
    for refund in reading.refunds:
        await refunds.conclude(house, connection, hold, refund)
    for dispute in reading.disputes:
        await disputes.conclude(house, connection, hold, dispute)


async def of_set_aside(connection: Connection, reading: Reading, now: dt.datetime) -> None:
    """
    Book what was taken back of a payment that stands in suspense.

    Never out of what stands there of another payment: what goes beyond this one is the
    organisation's, and unexplained.
    """
    if reading.settlement is None:
        return
    moves: list[Transaction] = []
    for refund in reading.refunds:
        await stripe_facts.keep_refund(connection, refund, None)
        moves += [moved for moved in (refund.gone, refund.came_back) if moved is not None]
    for dispute in reading.disputes:
        await stripe_facts.keep_dispute(connection, dispute)
        moves += dispute.transactions
    there = reading.settlement.gross
    for moved in sorted(moves, key=lambda one: (one.created_at, one.id)):
        there += await _move_suspense(connection, moved, there, now)


def _of_refund(house: House, connection: Connection, hold: Hold, refund: Refund) -> Iterator[_Step]:
    async def adopt() -> None:
        order = await refunds.adopt(house, connection, hold, refund)
        await stripe_facts.keep_refund(connection, refund, order.id)

    async def book_gone(gone: Transaction) -> None:
        await _keep(house, connection, gone)
        order = await refunds.adopt(house, connection, hold, refund)
        await refunds.gone(house, connection, hold, order, gone)

    async def book_came_back(back: Transaction) -> None:
        await _keep(house, connection, back)
        await refunds.came_back(house, connection, refund, back)

    yield _Step(refund.created_at, 0, refund.id, adopt)
    if refund.gone is not None:
        yield _Step(refund.gone.created_at, 1, refund.id, partial(book_gone, refund.gone))
    if refund.came_back is not None:
        yield _Step(
            refund.came_back.created_at, 2, refund.id, partial(book_came_back, refund.came_back)
        )


def _of_dispute(
    house: House, connection: Connection, hold: Hold, dispute: Dispute
) -> Iterator[_Step]:
    async def keep() -> None:
        await stripe_facts.keep_dispute(connection, dispute)

    async def book(moved: Transaction) -> None:
        await _keep(house, connection, moved)
        if moved.gross.amount_minor < 0:
            await disputes.withdrawn(house, connection, hold, moved)
        else:
            await disputes.given_back(house, connection, hold, dispute, moved)

    yield _Step(dispute.created_at, 0, dispute.id, keep)
    for number, moved in enumerate(dispute.transactions):
        yield _Step(moved.created_at, 3 + number, moved.id, partial(book, moved))


async def _keep(house: House, connection: Connection, moved: Transaction) -> None:
    if await strays.keep(connection, moved):
        await strays.take_back(connection, moved, house.clock())


async def _move_suspense(
    connection: Connection, moved: Transaction, there: Money, now: dt.datetime
) -> Money:
    """
    Book *moved* of a payment of which *there* stands in suspense; what that changes of it.

    What left before we knew whose it was stays unexplained, all of it.
    """
    await strays.keep(connection, moved)
    if moved.gross.amount_minor >= 0:
        leg = Leg(ORGANISATION_BOOK, "world", "suspense", moved.gross)
        await post_stripe(connection, "suspense", moved, [leg], now)
        await post_fee(connection, moved, now)
        return moved.gross
    taken = opposite(moved.gross)
    out = (
        Money(0, taken.currency) if await _is_unexplained(connection, moved) else min(taken, there)
    )
    if out:
        leg = Leg(ORGANISATION_BOOK, "suspense", "world", out)
        await post_stripe(connection, "suspense", moved, [leg], now)
    if taken - out:
        leg = Leg(ORGANISATION_BOOK, "own_means", "unexplained", taken - out)
        await post_stripe(connection, "unexplained", moved, [leg], now)
    await post_fee(connection, moved, now)
    return opposite(out)


async def _is_unexplained(connection: Connection, moved: Transaction) -> bool:
    suspense, unexplained = [
        await is_posted(connection, STRIPE, name_of(kind, moved.id))
        for kind in ("suspense", "unexplained")
    ]
    return unexplained and not suspense

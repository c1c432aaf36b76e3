"""
Holding what Stripe knows against what we know: what has to be looked at again, and what cannot be
explained. The result is a report, as values.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from services.house import House
from services.refunds import REFUND
from services.strays import UNEXPLAINED
from storage import (
    alarms,
    checkouts,
    holds,
    jobs,
    reconciliation,
    refund_orders,
    stripe_events,
    stripe_facts,
)
from storage import stripe_payouts as payout_rows
from storage.database import Connection
from storage.ledger import Difference
from storage.reconciliation import Stray
from values.money import Money

__all__ = ["Difference", "Report", "Stop"]

_ALL = 2**31
_REFUND_IS_ASKED_FOR_WITHIN = dt.timedelta(minutes=10)
_EVENTS_COME_WITHIN = dt.timedelta(hours=24)
_AN_EVENT_COMES_WITHIN = dt.timedelta(hours=1)


class Stop(NamedTuple):
    """
    Why not everything was read.

    Attributes:
        part: What was being read, for people: "events".
        reason: The error, in a few words; no text of Stripe's.
        is_refusal: Stripe answered, and will not show it to this key.
    """

    part: str
    reason: str
    is_refusal: bool


@dataclass(slots=True)
class Report:
    """
    What was read, what was repaired and what cannot be explained.

    Attributes:
        events_missed: Events that had not come, or had come and were not dealt with.
        gifts_read: Gifts that waited for news and were read again.
        gifts_moved: Those of them of which there was news.
        gifts_repaired: Transactions of gifts that were not in the books, and are now.
        strays_booked: Transactions that no gift explains, booked now.
        refunds_asked_again: Refunds that were decided and that Stripe does not have.
        postponed: Gifts that somebody else was working on; the next run looks at them.
        differences: What cannot be explained, or must be looked at by a person.
        stop: Why not everything was read; None if everything was.
    """

    events_read: int = 0
    events_missed: int = 0
    gifts_read: int = 0
    gifts_moved: int = 0
    gifts_repaired: int = 0
    transactions_read: int = 0
    fees_booked: int = 0
    strays_booked: int = 0
    payouts_read: int = 0
    refunds_asked_again: int = 0
    postponed: int = 0
    differences: list[Difference] = field(default_factory=list)
    stop: Stop | None = None

    def tell(self, what: str, subject: str, expected: str, found: str) -> None:
        """Note a difference; the first of its kind in one subject."""
        if not any((known.what, known.subject) == (what, subject) for known in self.differences):
            self.differences.append(Difference(what, subject, expected, found))


async def stale(house: House) -> list[int]:
    """
    The gifts to be read again: those past their time, and those of which more is to be heard.
    """
    async with house.read() as connection:
        due = await checkouts.due(connection, house.clock(), _ALL)
        unfinished = await reconciliation.unfinished_gifts(connection)
    return list(dict.fromkeys((*due, *unfinished)))


async def where_it_is(house: House, hold_id: int) -> tuple[str, ...]:
    """Where a gift, its refunds and its disputes are, to see whether there was news of it."""
    async with house.read() as connection:
        hold = await holds.by_id(connection, hold_id)
        orders = await refund_orders.of_hold(connection, hold_id)
        disputes = await stripe_facts.disputes_of(connection, hold_id)
    state = () if hold is None else (hold.state,)
    return (*state, *(order.state for order in orders), *disputes)


async def ask_for_refunds_again(house: House) -> int:
    """
    Have refunds asked for that were decided ten minutes ago and that Stripe does not have.

    A job that gave up is remembered with its key; so each hour has a key of its own. The request
    that it makes bears the order's own key, and is made once.
    """
    now = house.clock()
    async with house.write() as connection:
        waiting = await refund_orders.wanted_before(connection, now - _REFUND_IS_ASKED_FOR_WITHIN)
        for order_id in waiting:
            order = await refund_orders.by_id(connection, order_id)
            if order is not None:
                key = f"{order.idempotency_key}:{now:%Y-%m-%dT%H}"
                await jobs.enqueue(connection, REFUND, order.id, key=key)
    return len(waiting)


async def sums(house: House) -> dict[str, Money]:
    """What the account at Stripe holds as far as is known here, by currency."""
    async with house.read() as connection:
        return await reconciliation.sums(connection)


async def standing(house: House) -> list[Difference]:
    """What stands unexplained: transactions of no gift, payouts that are not their sum."""
    async with house.read() as connection:
        strays = await reconciliation.strays(connection)
        payouts = await payout_rows.that_differ(connection)
        silence = await _silence(house, connection)
    found = [_of_strays(together) for together in _by_payment(strays)]
    found += [
        Difference("payout_differs", f"payout {payout_id}", str(paid_out), str(total))
        for payout_id, paid_out, total in payouts
    ]
    found.append(silence)
    return [difference for difference in found if difference is not None]


async def ring(house: House, differences: Iterable[Difference]) -> None:
    """Let the operator know of each, once. Strays rang when they were booked."""
    async with house.write() as connection:
        for difference in differences:
            if difference.what != UNEXPLAINED:
                await alarms.ring(connection, difference.what, difference.subject, house.clock())


def _by_payment(strays: list[Stray]) -> list[list[Stray]]:
    """What belongs to one payment and one currency, together; the oldest first."""
    together: dict[tuple[str, str], list[Stray]] = {}
    for stray in strays:
        of = stray.payment_id or stray.transaction_id
        together.setdefault((of, stray.amount.currency), []).append(stray)
    return list(together.values())


def _of_strays(together: list[Stray]) -> Difference | None:
    """Nothing, if what came of a payment of somebody else's has gone back."""
    first = together[0]
    total = sum((stray.amount for stray in together), Money(0, first.amount.currency))
    if not total:
        return None
    words = ", ".join(dict.fromkeys(stray.word for stray in together))
    of = f", payment {first.payment_id}" if first.payment_id else ""
    subject = f"transaction {first.transaction_id}"
    return Difference(UNEXPLAINED, subject, "a gift", f"{total} ({words}{of})")


async def _silence(house: House, connection: Connection) -> Difference | None:
    """Payments are made, and Stripe has told nothing for a day."""
    if not house.hears_events:
        return None
    now = house.clock()
    heard = await stripe_events.newest_delivered(connection)
    unheard = await reconciliation.oldest_charge_after(connection, heard)
    quiet_since = heard or unheard
    if unheard is None or quiet_since is None:
        return None
    if quiet_since > now - _EVENTS_COME_WITHIN or unheard > now - _AN_EVENT_COMES_WITHIN:
        return None
    newest = "none" if heard is None else f"the newest of {heard:%Y-%m-%d %H:%M} UTC"
    return Difference("no_events", f"webhook since {quiet_since:%Y-%m-%d}", "an event", newest)

"""
Reconciliation: everything that the account at Stripe says of itself is held against the books.

What was missed is repaired by reading the gift again, as an event would have had it; what no gift
explains is booked where a person finds it, and reported. Any number of runs at once do no harm, a
run that dies is made up for by the next, and a mark moves only past what was dealt with.
"""

import datetime as dt
from collections.abc import Awaitable, Callable
from dataclasses import replace

import stripe
import structlog

from payments.events import LOOKED_AT, SET_ASIDE, TAKEN_BACK, Events
from payments.gateway import Gateway, PaymentsError
from payments.gifts import Gifts
from payments.listings import Listings
from payments.movements import Movements
from payments.readings import Unreadable, payout_fact
from payments.runs import Run
from services import checkouts, reconciling, stripe_account
from services.house import House
from services.reconciling import Report
from services.stripe_account import PayoutStatus, Statement
from services.stripe_events import Event
from values.currencies import CURRENCIES
from values.money import Money

log = structlog.get_logger("payments")

_AT_A_TIME = 100
_LOOKS_AT_THE_BALANCE = 5
_NOT_PAID = (PayoutStatus.FAILED, PayoutStatus.CANCELED)


class Reconciler:
    """Holds the account at Stripe against the books, repairs, and reports."""

    def __init__(self, house: House, gateway: Gateway, gifts: Gifts) -> None:
        self._house = house
        self._gifts = gifts
        self._listings = Listings(gateway)
        self._movements = Movements(house, gifts, self._listings)
        self._events = Events(house, gifts, secrets=(), is_live=gateway.is_live)

    async def events_since_last(self) -> Report:
        """
        Deal with the events that did not come since the last time; every few minutes.

        Raises:
            DatabaseUnavailable: nothing can be written down.
        """
        run = Run()
        await self._try(run, "events", self._read_events)
        await reconciling.ring(self._house, run.report.differences)
        return _told(run)

    async def everything(self, since: dt.datetime | None = None) -> Report:
        """
        Hold everything against the books; every night. The first time it reads all there is.

        Args:
            since: From when on; None for as far as was read before, and some days more.

        Raises:
            DatabaseUnavailable: nothing can be written down.
        """
        run = Run(since)
        await self._try(run, "events", self._read_events)
        await self._try(run, "gifts", self._read_gifts)
        await self._try(run, "the statement", self._read_statement)
        run.report.refunds_asked_again = await reconciling.ask_for_refunds_again(self._house)
        run.report.differences += await reconciling.standing(self._house)
        await reconciling.ring(self._house, run.report.differences)
        return _told(run)

    async def _try(self, run: Run, part: str, read: Callable[[Run], Awaitable[None]]) -> None:
        """Read one part, unless Stripe was away or refused before."""
        if run.is_over:
            return
        run.part = part
        try:
            await read(run)
        except PaymentsError as error:
            run.stopped(error)
            run.is_over = True

    # Events

    async def _read_events(self, run: Run) -> None:
        window = await stripe_account.window(self._house, Statement.EVENTS, run.since)
        types = LOOKED_AT | TAKEN_BACK | SET_ASIDE
        events = await self._listings.events(window.since, types)
        run.report.events_read += len(events)
        may_move = window.is_gapless
        for at in range(0, len(events), _AT_A_TIME):
            some = events[at : at + _AT_A_TIME]
            may_move = await self._deal_with_events(run, some) and may_move
            if may_move:
                await stripe_account.move_on(self._house, Statement.EVENTS, some[-1].created_at)

    async def _deal_with_events(self, run: Run, events: list[Event]) -> bool:
        """Deal with those that are new; False if one is left."""
        known = await stripe_account.events_dealt_with(self._house, [event.id for event in events])
        all_done = True
        for event in events:
            if event.id in known:
                continue
            deal = self._events.deal_with(event, delivered=False)
            done, outcome = await run.attempt(f"event {event.id}", deal)
            all_done = all_done and done
            if outcome in ("handled", "set_aside"):
                run.report.events_missed += 1
            if outcome == "set_aside":
                run.report.tell(
                    "event_set_aside", f"event {event.id}", "nothing to be seen to", event.type
                )
        return all_done

    # Gifts

    async def _read_gifts(self, run: Run) -> None:
        for hold_id in await reconciling.stale(self._house):
            before = await reconciling.where_it_is(self._house, hold_id)
            done, _ = await run.attempt(f"gift {hold_id}", self._gifts.look_again(hold_id))
            if not done:
                await checkouts.postpone(self._house, hold_id)
                continue
            run.report.gifts_read += 1
            run.report.gifts_moved += before != await reconciling.where_it_is(self._house, hold_id)

    # Transactions, payouts, the balance

    async def _read_statement(self, run: Run) -> None:
        """The mark moves on when payouts are read too: older ones are not listed again."""
        window = await stripe_account.window(self._house, Statement.TRANSACTIONS, run.since)
        newest, run.report.transactions_read = await self._read_transactions(run, window.since)
        run.part = "payouts"
        await self._read_payouts(run, window.since)
        if newest is not None and window.is_gapless:
            dealt_with = newest if run.left_at is None else min(newest, run.left_at)
            await stripe_account.move_on(self._house, Statement.TRANSACTIONS, dealt_with)
        run.part = "the balance"
        if run.left_at is None:  # else it cannot be the sum of what we know
            await self._compare_balance(run, newest or window.since)

    async def _read_transactions(
        self, run: Run, since: dt.datetime | None
    ) -> tuple[dt.datetime | None, int]:
        """Deal with all since a moment: when the newest was made, and how many there are."""
        newest: dt.datetime | None = None
        number = 0
        async for page in self._listings.transactions(since=since):
            await self._movements.deal_with(run, page)
            number += len(page)
            if newest is None and page:
                newest = page[0].created_at
        await self._movements.finish(run)
        return newest, number

    async def _read_payouts(self, run: Run, since: dt.datetime | None) -> None:
        waiting = dict.fromkeys(await stripe_account.unfinished_payouts(self._house))
        async for page in self._listings.payouts(since):
            for payout in page:
                waiting.pop(payout.id, None)
                await self._read_payout(run, payout)
        for payout_id in waiting:
            await self._read_payout(run, await self._listings.payout(payout_id))

    async def _read_payout(self, run: Run, payout: stripe.Payout) -> None:
        run.report.payouts_read += 1
        code = payout.currency.upper()
        if code not in CURRENCIES:
            run.report.tell("unknown_currency", code, "a currency of values/currencies.py", "none")
            return
        try:
            fact = payout_fact(payout)
        except Unreadable as problem:
            run.report.tell("unreadable", f"payout {payout.id}", "what is known here", str(problem))
            return
        if fact.status in _NOT_PAID:
            why = f"{fact.status} ({payout.failure_code})" if payout.failure_code else fact.status
            run.report.tell("payout_failed", f"payout {fact.id}", "paid", why)
        elif fact.itemised and not await self._read_contents(run, fact.id):
            fact = replace(fact, itemised=False)
        await stripe_account.keep_payout(self._house, fact)

    async def _read_contents(self, run: Run, payout_id: str) -> bool:
        """
        Write down what a payout is made of; what of it is not known yet is dealt with first.

        False if some of it could not be dealt with: then its sum is not known yet.
        """
        contained: list[str] = []
        async for page in self._listings.transactions(payout_id=payout_id):
            await self._movements.deal_with(run, page)
            contained += (moved.id for moved in page)
        await self._movements.finish(run)
        for at in range(0, len(contained), _AT_A_TIME):
            some = contained[at : at + _AT_A_TIME]
            await stripe_account.contain(self._house, payout_id, some)
        return run.left.isdisjoint(contained)

    async def _compare_balance(self, run: Run, since: dt.datetime | None) -> None:
        """
        What the account holds against the sum of all that moved it.

        Money may move between the two looks; a difference is one if it stays when what came
        meanwhile, *since* then, was read.
        """
        before: object = None
        for _ in range(_LOOKS_AT_THE_BALANCE):
            here = await reconciling.sums(self._house)
            there = await self._listings.balance()
            differ = _differing(there, here)
            if not differ:
                return
            if before == (there, here):
                for code in differ:
                    _tell_balance(run, code, there.get(code, 0), here)
                return
            before = there, here
            await self._read_transactions(run, since)
        log.info("balance_never_still")


def _differing(there: dict[str, int], here: dict[str, Money]) -> list[str]:
    """The currencies in which the account holds something else than we know."""
    known = {code: total.amount_minor for code, total in here.items()}
    return sorted(
        code for code in there.keys() | known.keys() if there.get(code, 0) != known.get(code, 0)
    )


def _tell_balance(run: Run, code: str, minor: int, here: dict[str, Money]) -> None:
    if code not in CURRENCIES:
        expected, found = "a currency of values/currencies.py", f"{minor} minor units at Stripe"
        run.report.tell("unknown_currency", code, expected, found)
        return
    known = here.get(code, Money(0, code))
    run.report.tell("balance_differs", f"balance {code}", str(Money(minor, code)), str(known))


def _told(run: Run) -> Report:
    """The report, told in the log as well: at night nobody reads it."""
    report = run.report
    log.info(
        "reconciled",
        events_missed=report.events_missed,
        gifts_moved=report.gifts_moved,
        gifts_repaired=report.gifts_repaired,
        strays_booked=report.strays_booked,
        refunds_asked_again=report.refunds_asked_again,
        differences=len(report.differences),
        stopped=report.stop is not None,
    )
    return report

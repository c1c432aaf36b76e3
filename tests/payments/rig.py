"""Payments without the web: a database, the stand-in for Stripe on a real port, and a clock."""

import asyncio
import contextlib
import dataclasses
import datetime as dt
import json
import time
from itertools import count
from typing import Any

import sqlalchemy as sa
from aiohttp import web

from payments.events import Events
from payments.gateway import Gateway, Pages
from payments.gifts import Gifts
from payments.reconciling import Reconciler
from payments.refunds import Refunds
from sandbox.stripe.delivery import signature
from sandbox.stripe.standin import StripeStandIn
from services import giving, spending
from services.catalogue import Shelf
from services.giving import Held
from services.house import House
from services.progress import progress_of
from services.verifying import verify
from storage import cases, checkouts, holds, ledger, people
from storage.ledger import ORGANISATION_BOOK
from storage.sealing import Seal, new_data_key
from values.clock import utc_now
from values.lines import BudgetLine
from values.money import Money

KEY = "sk_test_till"
SECRET = "whsec_till"
SESSIONS = "/v1/checkout/sessions"
_numbers = count(1)


def usd(units):
    return Money(round(units * 100), "USD")


class Clock:
    """Stands still until it is moved. It begins now, because signatures are judged by the time."""

    def __init__(self):
        self.now = utc_now()

    def __call__(self):
        return self.now

    def advance(self, **by):
        self.now += dt.timedelta(**by)


@dataclasses.dataclass
class Till:
    """
    Everything between a hold and the ledger.

    Attributes:
        clock: Of the program and of Stripe alike.
    """

    house: House
    gateway: Gateway
    gifts: Gifts
    refunds: Refunds
    events: Events
    stripe: StripeStandIn
    base: str
    clock: Clock

    # Before Stripe

    async def case(self, need=Money(10_000, "USD")):  # noqa: B008 - Money never changes
        """A case that needs *need*."""
        number = next(_numbers)
        async with self.house.write() as connection:
            case_id = await cases.add_case(
                connection,
                code=f"case{number:04d}",
                slug=f"case-{number}",
                currency=need.currency,
                lines=[(BudgetLine.SHELTER, need)],
                invented=True,
                now=self.clock(),
            )
            return await cases.by_id(connection, case_id)

    async def person(self):
        """Somebody in the chat; hands back their id."""
        async with self.house.write() as connection:
            return (await people.ensure(connection, self.house.seal, next(_numbers))).id

    async def take(self, case, amount, **options):
        """Ask for a hold; whatever comes of it."""
        options.setdefault("request_key", f"request:{next(_numbers)}")
        async with self.house.write() as connection:
            return await giving.take_hold(
                self.house,
                connection,
                case_code=case.code,
                amount=amount,
                locale="en",
                **options,
            )

    async def hold(self, case, amount, **options):
        """A hold that was taken."""
        outcome = await self.take(case, amount, **options)
        assert isinstance(outcome, Held), outcome
        return outcome.hold

    async def opened(self, case, amount, **options):
        """A hold with an open payment page."""
        hold = await self.hold(case, amount, **options)
        await self.gifts.open_page(hold.id)
        return hold

    async def paid(self, case, amount, **options):
        """A hold whose page was paid by card; nobody has told the program yet."""
        hold = await self.opened(case, amount, **options)
        await self.stripe.pay((await self.checkout(hold)).stripe_session_id)
        return hold

    async def settled(self, case, amount, **options):
        """A gift that is in the books."""
        hold = await self.paid(case, amount, **options)
        await self.stripe.settle_now()
        await self.gifts.settle(hold.id)
        assert await self.state(hold) == "settled"
        return hold

    async def spend(self, case, amount):
        """Spend money of the plan once it may be: recorded by one, approved by another."""
        self.clock.advance(days=8)
        async with self.house.write() as connection:
            one = await cases.add_staff(connection, "one", invented=True)
            other = await cases.add_staff(connection, "other", invented=True)
            recorded = await spending.record(
                self.house,
                connection,
                case_id=case.id,
                line=BudgetLine.SHELTER,
                amount=amount,
                month=self.clock().strftime("%Y-%m"),
                recorder_id=one,
                request_key=f"spending:{next(_numbers)}",
            )
            assert isinstance(recorded, spending.Disbursement), recorded
            approved = await spending.approve(self.house, connection, recorded.id, other)
            assert isinstance(approved, spending.Disbursement), approved
        return approved

    # Stripe

    def pages(self, hold):
        """The payment pages that Stripe has for a hold, oldest first."""
        return [page for page in self.stripe.sessions if _reference(page) == hold.reference]

    def page(self, hold):
        """The only one of them."""
        [page] = self.pages(hold)
        return page

    def raw(self, thing):
        """Stripe's own record of an object, to be tampered with."""
        return self.stripe._world.get(thing["object"], thing["id"])

    def asked(self, method="POST", path=SESSIONS):
        """The calls that Stripe got."""
        return [
            call
            for call in self.stripe.calls
            if call.method == method and call.path.startswith(path)
        ]

    def happened(self, hold, *types):
        """The events of one gift, oldest first; of these types, if some are named."""
        return [
            event
            for event in self.stripe.events
            if _reference(event["data"]["object"]) == hold.reference
            and (not types or event["type"] in types)
        ]

    async def deliver(self, event, **lies):
        """Deliver *event*, with *lies* in it, signed now; the status that was answered."""
        body = json.dumps({**event, **lies}).encode()
        return await self.events.receive(body, signature(SECRET, int(time.time()), body))

    async def foreign(self, minor=2500, currency="usd", **metadata):
        """A payment that another product of the account took, settled; hands back its charge."""
        price = {"currency": currency, "unit_amount": minor, "product_data": {"name": "A book"}}
        asked: Any = {
            "mode": "payment",
            "line_items": [{"quantity": 1, "price_data": price}],
            "payment_intent_data": {"metadata": metadata},
            "success_url": "http://shop.example",
        }
        session = await self.gateway.client.v1.checkout.sessions.create_async(asked)
        await self.stripe.pay(session.id)
        await self.stripe.settle_now()
        return self.stripe.charges[-1]

    async def reconcile(self, since=None):
        """Hold everything at Stripe against the books; the report."""
        return await Reconciler(self.house, self.gateway, self.gifts).everything(since)

    # What is there then

    async def state(self, hold):
        async with self.house.read() as connection:
            found = await holds.by_id(connection, hold.id)
        assert found is not None
        return found.state

    async def checkout(self, hold):
        """The newest attempt at a payment page."""
        async with self.house.read() as connection:
            return await checkouts.newest(connection, hold.id)

    async def progress(self, case):
        async with self.house.read() as connection:
            return (await progress_of(connection, (case,)))[case.id]

    async def funds(self, case):
        """What is in a case's book: (fund, over the goal), in minor units."""
        async with self.house.read() as connection:
            return tuple(
                [
                    (await ledger.balance(connection, case.id, kind, case.currency)).amount_minor
                    for kind in ("fund", "over_goal")
                ]
            )

    async def fees(self, currency="USD"):
        """What the organisation has paid in fees, in minor units."""
        async with self.house.read() as connection:
            return (
                await ledger.balance(connection, ORGANISATION_BOOK, "fees", currency)
            ).amount_minor

    async def rows(self, sql, **values):
        """What a SELECT finds: tuples."""
        async with self.house.read() as connection:
            return [tuple(row) for row in await connection.execute(sa.text(sql), values)]

    async def run(self, sql, **values):
        """What somebody with a connection does by hand."""
        async with self.house.write() as connection:
            await connection.execute(sa.text(sql), values)

    async def alarms(self):
        """What the operator is told, oldest first."""
        return [kind for (kind,) in await self.rows("SELECT kind FROM alarm ORDER BY id")]

    async def questions(self, hold):
        """What the donor is asked and has not answered: (why, case id), oldest first."""
        return await self.rows(
            "SELECT why, case_id FROM surplus_question WHERE hold_id = :id AND closed_at IS NULL"
            " ORDER BY id",
            id=hold.id,
        )

    async def standing(self, hold):
        """Where a gift stands: {(code, kind): minor units}; the organisation's book is None."""
        async with self.house.read() as connection:
            found = await holds.by_id(connection, hold.id)
            assert found is not None
            assert found.donation_id is not None
            standing = await ledger.standing(connection, found.donation_id)
            codes = {case.id: case.code for case in await cases.all_cases(connection)}
        return {
            (codes.get(book), kind): amount.amount_minor
            for (book, kind), amount in standing.items()
        }

    async def balance(self, case, kind):
        """What is in one account of a case's book (None: the organisation's), in minor units."""
        book, currency = (ORGANISATION_BOOK, "USD") if case is None else (case.id, case.currency)
        async with self.house.read() as connection:
            return (await ledger.balance(connection, book, kind, currency)).amount_minor

    async def outcome(self, event):
        """What became of an event; None if nothing yet."""
        rows = await self.rows("SELECT outcome FROM stripe_event WHERE id = :id", id=event["id"])
        [(outcome,)] = rows
        return outcome

    async def until_somebody_waits(self):
        """Wait until a transaction on PostgreSQL waits for what another one holds."""
        for _ in range(500):
            rows = await self.rows(
                "SELECT 1 FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if rows:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("nobody waits")

    async def verify(self):
        async with self.house.read() as connection:
            return await verify(connection)


def _reference(thing):
    return (thing.get("metadata") or {}).get("homeward_reference")


@contextlib.asynccontextmanager
async def a_till(database, languages, *, stripe_has_own_clock=False):
    """A till. Balance transactions appear when `stripe.settle_now` is called."""
    clock = Clock()
    app = web.Application()
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    stripe = StripeStandIn(
        KEY,
        SECRET,
        webhook_url=None,
        public_url="http://pay.example",
        clock=Clock() if stripe_has_own_clock else clock,
        settle_after_s=1e6,
        seed=1,
    )
    stripe.add_to(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server: Any = site._server
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    await stripe.start()
    seal = Seal(new_data_key())
    house = House(database, seal, Shelf(seal), "Safe Way Home", "http://page.example", clock=clock)
    gateway = Gateway(KEY, api_base=base, pages=Pages(house.public_url, house.organisation))
    gifts = Gifts(house, gateway, languages)
    events = Events(house, gifts, secrets=[SECRET], is_live=False)
    try:
        refunds = Refunds(house, gateway, gifts)
        yield Till(house, gateway, gifts, refunds, events, stripe, base, clock)
    finally:
        await gateway.close()
        await stripe.close()
        await runner.cleanup()

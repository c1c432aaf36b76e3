"""
Two hundred events, five times each, in any order, some of them never, and the server killed with
-9 each second: in the end the books are Stripe's to the cent. And three programs that are broken in
one place each, which the same storm must show.
"""

import asyncio
import re
import sys
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import cast

import pytest

from homeward.assembly import gateway_of, opened_house
from homeward.settings import load
from locales.catalog import Languages
from payments.events import Events
from payments.gifts import Gifts
from payments.refunds import Refunds
from storage.sealing import new_data_key
from tests.journeys.auditing import differences
from tests.journeys.nursery import Nursery
from tests.journeys.outside import (
    STRIPE_SECRET,
    environment,
    free_port,
    outside_world,
)
from tests.journeys.storm import LEAST_KILLS, TIMES, Storm
from tests.payments.rig import Clock, Till, usd

HOLDS_A_PLAN = 10


class GiftsInWaves:
    """Gifts to several plans, and what happens to them at Stripe, in four waves."""

    def __init__(self, till, many):
        self.till = till
        self.stripe = till.stripe
        self.many = many

    async def opened(self):
        """Payment pages for all gifts, each of a person of its own, open at the same time."""
        self.holds = []
        for number in range(self.many):
            if number % HOLDS_A_PLAN == 0:
                case = await self.till.case(usd(1000))
            person = await self.till.person()
            amount = usd(10 + number)
            self.holds.append(await self.till.opened(case, amount, person_id=person))
        self.pages = [(await self.till.checkout(hold)).stripe_session_id for hold in self.holds]
        # Every tenth by bank transfer, which takes its time.
        self.by_bank = self.pages[::10]
        self.by_card = [page for page in self.pages if page not in self.by_bank]
        return self

    async def paid(self):
        for page in self.pages:
            await self.stripe.pay(page, "bank" if page in self.by_bank else "card")
            await asyncio.sleep(0)

    async def settled(self):
        for page in self.by_bank:
            await self.stripe.arrive(page)
        await self.stripe.settle_now()

    async def taken_back(self):
        """Whole and partial refunds, some of which take their time, and disputes."""
        cards = iter(self.by_card)
        self.late = [
            await self.stripe.refund(next(cards), 500, outcome="pending") for _ in range(2)
        ]
        for amount in (None, 100, 250):
            await self.stripe.refund(next(cards), amount)
        self.disputes = [await self.stripe.dispute(next(cards)) for _ in range(3)]

    async def ended(self):
        came_back, arrived = self.late
        await self.stripe.finish_refund(came_back["id"], succeed=False)
        await self.stripe.finish_refund(arrived["id"])
        for dispute, end in zip(self.disputes, ("won", "lost", "lost"), strict=True):
            await self.stripe.move_dispute(dispute["id"], end)


@asynccontextmanager
async def _till_of(settings, outside):
    """What opens gifts here, as the bot and the page do, in the database of the processes."""
    async with opened_house(settings) as house:
        gateway = gateway_of(settings, house)
        gifts = Gifts(house, gateway, Languages.load())
        refunds = Refunds(house, gateway, gifts)
        events = Events(house, gifts, secrets=[STRIPE_SECRET], is_live=False)
        try:
            stripe, url, clock = outside.stripe, outside.url, cast("Clock", house.clock)
            yield Till(house, gateway, gifts, refunds, events, stripe, url, clock)
        finally:
            await gateway.close()


@pytest.fixture
async def weather(database_url, tmp_path):
    """Call it to let a storm rage over the program, whole or broken; it hands back what was."""

    @asynccontextmanager
    async def raging(many, broken_by=None):
        program_url = f"http://127.0.0.1:{free_port()}"
        async with outside_world(program_url, deliver_twice=False) as outside:
            outside.stripe.delivery.enabled_events = frozenset()  # the storm brings them
            names = environment(database_url, tmp_path, program_url, outside.url, new_data_key())
            settings = load(_env_file=None, **{key.lower(): of for key, of in names.items()})
            async with (
                _till_of(settings, outside) as till,
                Nursery(names, tmp_path / "log", broken_by) as nursery,
            ):
                gifts = await GiftsInWaves(till, many).opened()
                storm = Storm(till, nursery, unheard_of=gifts.holds[-1])
                await storm.rages(gifts.paid, gifts.settled, gifts.taken_back, gifts.ended)
                yield SimpleNamespace(storm=storm, till=till, gifts=gifts, names=names)

    return raging


async def _command(names, *arguments):
    """What a command of `homeward` says, and the code it ends with."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "homeward", *arguments, env=names,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode, said.decode()


@pytest.mark.timeout(240)
async def test_after_a_storm_the_books_are_stripes_to_the_cent(weather):
    async with weather(36) as seen:
        storm, till, gifts = seen.storm, seen.till, seen.gifts
        heard = {event["id"] for event in till.stripe.events} - storm.lost
        assert storm.problems == []
        assert len(till.stripe.events) >= 200
        assert storm.kills >= LEAST_KILLS
        assert set(storm.taken) == heard
        assert set(storm.taken.values()) == {TIMES}
        assert await differences(till.house.database, till.stripe) != []  # one gift is unheard of

        code, said = await _command(seen.names, "reconcile")
        assert (code, "Nothing is left unexplained." in said) == (0, True), said
        assert re.search("Events: .* read, [1-9]", said), said
        code, said = await _command(seen.names, "ledger", "verify")
        assert (code, "36 gifts, 0 differences" in said) == (0, True), said
        assert await differences(till.house.database, till.stripe) == []
        for hold in gifts.holds:
            assert await till.state(hold) == "settled"
        assert await till.rows(
            "SELECT COUNT(*), COUNT(DISTINCT subject_id) FROM outbox WHERE kind = 'receipt'"
        ) == [(36, 36)]


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("broken_by", "shown"),
    [
        ("acknowledge_before_commit", "was acknowledged and is not dealt with"),
        ("no_deduplication", "was answered with 500|expected .*, found"),
        ("no_transaction", "expected .*, found"),
    ],
)
async def test_a_storm_shows_a_program_that_is_broken(weather, broken_by, shown):
    async with weather(10, broken_by) as seen:
        assert [problem for problem in seen.storm.problems if re.search(shown, problem)]

"""The sky over a storm: the program's processes, the world outside, gifts to several plans."""

import asyncio
import re
import sys
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import cast

from homeward.assembly import gateway_of, opened_house
from homeward.settings import load
from locales.catalog import Languages
from payments.events import Events
from payments.gifts import Gifts
from payments.refunds import Refunds
from storage.sealing import new_data_key
from tests.journeys.auditing import differences
from tests.journeys.nursery import Nursery
from tests.journeys.outside import STRIPE_SECRET, environment, free_port, outside_world
from tests.journeys.storm import TIMES, Storm
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
async def raging(database_url, data_dir, mischief_of, many, broken_by=None):
    """
    A storm that has raged over *many* gifts: what was, and the program's settings.

    Args:
        mischief_of: Makes the mischief of a nursery and the program's address.
        broken_by: A function of `tests.journeys.broken`; None leaves the program whole.
    """
    program_url = f"http://127.0.0.1:{free_port()}"
    async with outside_world(program_url, deliver_twice=False) as outside:
        outside.stripe.delivery.enabled_events = frozenset()  # the storm brings them
        names = environment(database_url, data_dir, program_url, outside.url, new_data_key())
        settings = load(_env_file=None, **{key.lower(): of for key, of in names.items()})
        async with (
            _till_of(settings, outside) as till,
            Nursery(names, data_dir / "log", broken_by) as nursery,
        ):
            gifts = await GiftsInWaves(till, many).opened()
            mischief = mischief_of(nursery, program_url)
            storm = Storm(till, mischief, unheard_of=gifts.holds[-1])
            await storm.rages(gifts.paid, gifts.settled, gifts.taken_back, gifts.ended)
            yield SimpleNamespace(
                storm=storm, mischief=mischief, till=till, gifts=gifts, names=names
            )


async def is_all_there(seen):
    """
    After a storm: what was not told is found, and the books are Stripe's to the cent.

    Nothing is lost and nothing doubled, neither money nor receipts.
    """
    storm, till, gifts = seen.storm, seen.till, seen.gifts
    many = len(gifts.holds)
    heard = {event["id"] for event in till.stripe.events} - storm.lost
    assert storm.problems == []
    assert set(storm.taken) == heard
    assert set(storm.taken.values()) == {TIMES}
    assert await differences(till.house.database, till.stripe) != []  # one gift is unheard of

    code, said = await _command(seen.names, "reconcile")
    assert (code, "Nothing is left unexplained." in said) == (0, True), said
    assert re.search("Events: .* read, [1-9]", said), said
    code, said = await _command(seen.names, "ledger", "verify")
    assert (code, f"{many} gifts, 0 differences" in said) == (0, True), said
    assert await differences(till.house.database, till.stripe) == []
    for hold in gifts.holds:
        assert await till.state(hold) == "settled"
    assert await till.rows(
        "SELECT COUNT(*), COUNT(DISTINCT subject_id) FROM outbox WHERE kind = 'receipt'"
    ) == [(many, many)]


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


async def _command(names, *arguments):
    """What a command of `homeward` says, and the code it ends with."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "homeward", *arguments, env=names,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    return process.returncode, said.decode()

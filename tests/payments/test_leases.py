"""Two processes and one gift: one reads Stripe at a time, and an old reading is never written."""

import asyncio

import pytest

from payments import gifts as gifts_module
from services import checkouts
from services.checkouts import LeaseTaken
from tests.payments.rig import SESSIONS, usd


@pytest.fixture
def one_try(monkeypatch):
    """Whoever finds the gift taken gives up at once."""
    monkeypatch.setattr(gifts_module, "_LEASE_TRIES", 0)


class Gate:
    """Stops the first reading of a payment page: `await reached`, then `open()`."""

    def __init__(self, till, when):
        self.reached = asyncio.Event()
        self._opened = asyncio.Event()
        self._till, self._when = till, when
        setattr(till.stripe, when, self._stop)

    async def _stop(self, call):
        if call.method == "GET" and not self.reached.is_set():
            self.reached.set()
            await self._opened.wait()

    def open(self):
        self._opened.set()


async def test_two_processes_at_once_read_one_after_the_other(till):
    case = await till.case()
    hold = await till.paid(case, usd(25))
    await till.stripe.settle_now()
    under_way, most = 0, 0

    async def begin(_call):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)

    def end(_call):
        nonlocal under_way
        under_way -= 1

    till.stripe.on_request, till.stripe.on_response = begin, end
    await asyncio.gather(*(till.gifts.settle(hold.id) for _ in range(3)))

    assert len(till.asked("GET", SESSIONS)) == 3
    assert most == 1
    assert await till.funds(case) == (2500, 0)
    assert await till.verify() == []


async def test_event_for_a_gift_that_is_being_read_is_asked_to_come_again(till, one_try):
    hold = await till.paid(await till.case(), usd(25))
    [completed] = till.happened(hold, "checkout.session.completed")
    gate = Gate(till, "on_request")
    first = asyncio.create_task(till.gifts.settle(hold.id))
    await gate.reached.wait()

    early = await till.deliver(completed)
    gate.open()
    await first
    later = await till.deliver(completed)

    assert (early, later) == (503, 200)
    assert await till.outcome(completed) == "handled"
    assert await till.alarms() == []


async def test_old_reading_is_dropped_when_its_lease_ran_out(till):
    case = await till.case()
    hold = await till.opened(case, usd(25))
    gate = Gate(till, "on_response")  # the answer is made, "open and unpaid", and does not arrive
    slow = asyncio.create_task(till.gifts.settle(hold.id))
    await gate.reached.wait()
    await till.stripe.expire(till.page(hold)["id"])
    till.clock.advance(seconds=31)
    assert await till.gifts.settle(hold.id) == "released"

    gate.open()

    with pytest.raises(LeaseTaken):
        await slow
    assert await till.state(hold) == "released"
    assert (await till.checkout(hold)).state == "done"


async def test_old_reading_cannot_release_what_was_promised_meanwhile(till):
    """The dangerous order: the older answer would free an amount that is being paid."""
    case = await till.case()
    hold = await till.opened(case, usd(25))
    page = till.raw(till.page(hold))
    page["status"] = "expired"  # as Stripe might say in a bad moment
    gate = Gate(till, "on_response")
    slow = asyncio.create_task(till.gifts.settle(hold.id))
    await gate.reached.wait()
    page["status"] = "open"
    await till.stripe.pay(page["id"], "bank")
    till.clock.advance(seconds=31)
    await till.gifts.settle(hold.id)

    gate.open()
    await asyncio.gather(slow, return_exceptions=True)

    assert await till.state(hold) == "promised"
    assert (await till.progress(case)).missing == usd(75)


async def test_lease_lasts_half_a_minute(till):
    hold = await till.opened(await till.case(), usd(25))
    await checkouts.lease(till.house, hold.id)

    till.clock.advance(seconds=29)
    with pytest.raises(LeaseTaken):
        await checkouts.lease(till.house, hold.id)
    till.clock.advance(seconds=1)
    await checkouts.lease(till.house, hold.id)


async def test_lease_of_one_gift_holds_no_other_up(till, one_try):
    case = await till.case()
    mine, other = await till.paid(case, usd(25)), await till.paid(case, usd(25))
    await checkouts.lease(till.house, mine.id)

    assert await till.gifts.settle(other.id) == "paid"
    with pytest.raises(LeaseTaken):
        await till.gifts.settle(mine.id)


async def test_lease_is_given_back_after_a_failure(till, one_try):
    hold = await till.paid(await till.case(), usd(25))
    till.raw(till.page(hold))["status"] = "paused"

    with pytest.raises(ValueError, match="paused"):
        await till.gifts.settle(hold.id)
    till.raw(till.page(hold))["status"] = "complete"

    assert await till.gifts.settle(hold.id) == "paid"


async def test_lease_of_another_is_not_given_back(till):
    hold = await till.opened(await till.case(), usd(25))
    await checkouts.lease(till.house, hold.id)

    await checkouts.give_lease_back(till.house, hold.id, "a token of yesterday")

    with pytest.raises(LeaseTaken):
        await checkouts.lease(till.house, hold.id)

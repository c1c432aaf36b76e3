"""Finding by looking what no event told: every event may be lost, no gift may."""

import pytest

from payments.gifts import Gifts
from sandbox.stripe.faults import Fault
from tests.payments.rig import SESSIONS, usd


async def test_gift_whose_events_are_all_lost_is_settled(till):
    case = await till.case()
    hold = await till.paid(case, usd(25), person_id=await till.person())
    await till.stripe.settle_now()
    till.clock.advance(seconds=20)

    assert await till.gifts.look_at_due() == 1

    assert await till.state(hold) == "settled"
    assert await till.funds(case) == (2500, 0)
    assert await till.rows("SELECT kind FROM outbox") == [("receipt",)]
    till.clock.advance(days=1)
    assert await till.gifts.look_at_due() == 0


async def test_nothing_is_looked_at_before_its_time(till):
    await till.paid(await till.case(), usd(25))
    till.clock.advance(seconds=19)

    assert await till.gifts.look_at_due() == 0
    assert till.asked("GET") == []


async def test_looks_become_rarer(till):
    hold = await till.opened(await till.case(), usd(25))
    waits = []
    for _ in range(8):
        wait = (await till.checkout(hold)).look_at - till.clock()
        waits.append(wait.total_seconds())
        till.clock.now += wait
        assert await till.gifts.look_at_due() == 1

    assert waits == [20, 20, 40, 60, 120, 300, 600, 600]
    assert len(till.asked("GET")) == 8


async def test_looks_become_rarer_also_when_stripe_is_away(till):
    hold = await till.hold(await till.case(), usd(25))
    till.stripe.fail(Fault("POST", SESSIONS, status=503, times=100))
    waits = []
    for _ in range(3):
        wait = (await till.checkout(hold)).look_at - till.clock()
        waits.append(wait.total_seconds())
        till.clock.now += wait
        assert await till.gifts.look_at_due() == 1

    assert waits == [20, 20, 40]
    assert await till.state(hold) == "open"


async def test_longest_due_is_looked_at_first_and_twenty_at_a_time(till):
    case = await till.case(usd(1000))
    taken = []
    for _ in range(9):
        person = await till.person()
        taken += [await till.opened(case, usd(1), person_id=person) for _ in range(2)]
        till.clock.advance(seconds=1)
    extra = await till.person()
    taken += [await till.opened(case, usd(1), person_id=extra) for _ in range(2)]
    last = await till.opened(case, usd(1), person_id=await till.person())
    till.clock.advance(seconds=20)

    assert await till.gifts.look_at_due() == 20

    read = [call.path.rpartition("/")[2] for call in till.asked("GET")]
    assert read == [till.page(hold)["id"] for hold in taken]
    assert await till.gifts.look_at_due() == 1
    assert till.asked("GET")[-1].path.endswith(till.page(last)["id"])


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 403}, {"drop": True}])
async def test_gift_that_cannot_be_read_does_not_stop_the_others(till, fault):
    case = await till.case()
    bad, good = await till.paid(case, usd(25)), await till.paid(case, usd(25))
    await till.stripe.settle_now()
    path = f"{SESSIONS}/{till.page(bad)['id']}"
    till.stripe.fail(Fault("GET", path, times=9, **fault))
    till.clock.advance(seconds=20)

    assert await till.gifts.look_at_due() == 2

    assert (await till.state(bad), await till.state(good)) == ("open", "settled")
    till.stripe.faults.clear()
    till.clock.advance(seconds=20)
    await till.gifts.look_at_due()
    assert await till.state(bad) == "settled"


async def test_gift_that_breaks_the_program_does_not_stop_the_others(till, monkeypatch):
    case = await till.case()
    bad, good = await till.paid(case, usd(25)), await till.paid(case, usd(25))
    await till.stripe.settle_now()
    settle = Gifts.settle

    async def break_on_one(self, hold_id, session_id=None):
        if hold_id == bad.id:
            raise LookupError("a mistake of ours")
        return await settle(self, hold_id, session_id)

    monkeypatch.setattr(Gifts, "settle", break_on_one)
    till.clock.advance(seconds=20)
    await till.gifts.look_at_due()

    assert (await till.state(bad), await till.state(good)) == ("open", "settled")
    assert (await till.checkout(bad)).looks == 1


async def test_what_is_unreadable_rings_also_without_an_event(till):
    hold = await till.paid(await till.case(), usd(25))
    till.raw(till.page(hold))["status"] = "paused"
    till.clock.advance(seconds=20)

    await till.gifts.look_at_due()

    assert await till.alarms() == ["stripe_object_unreadable"]
    assert await till.state(hold) == "open"

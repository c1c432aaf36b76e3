"""How a hold ends without a payment: only when it is certain that its page cannot be paid."""

import pytest

from sandbox.stripe.faults import Fault
from tests.payments.rig import SESSIONS, a_till, usd

EXPIRE = f"{SESSIONS}/cs_"


async def test_expired_page_releases_the_amount(till):
    case = await till.case()
    hold = await till.opened(case, usd(25))
    till.clock.advance(minutes=36)
    await till.stripe.tick()
    [expired] = till.happened(hold, "checkout.session.expired")

    status = await till.deliver(expired)

    assert status == 200
    assert await till.state(hold) == "released"
    assert (await till.checkout(hold)).state == "done"
    assert (await till.progress(case)).missing == usd(100)
    assert await till.alarms() == []


async def test_clock_past_expiry_alone_releases_nothing(database, languages):
    async with a_till(database, languages, stripe_has_own_clock=True) as till:
        case = await till.case()
        hold = await till.opened(case, usd(25))
        till.clock.advance(hours=3)

        looked_at = await till.gifts.look_at_due()

        assert looked_at == 1
        assert await till.state(hold) == "open"
        assert (await till.progress(case)).missing == usd(75)


async def test_event_of_an_expiry_that_is_not_true_releases_nothing(till):
    hold = await till.opened(await till.case(), usd(25))
    other = await till.opened(await till.case(), usd(25))
    await till.stripe.expire(till.page(other)["id"])
    [expired] = till.happened(other, "checkout.session.expired")
    lie = {**expired["data"]["object"], "id": till.page(hold)["id"]}
    lie["metadata"] = till.page(hold)["metadata"]

    await till.deliver(expired, data={"object": lie})

    assert await till.state(hold) == "open"


async def test_cancelling_closes_the_page_before_it_releases(till):
    case = await till.case()
    hold = await till.opened(case, usd(25))
    seen = []

    async def look(call):
        seen.append((call.method, till.page(hold)["status"], await till.state(hold)))

    till.stripe.on_response = look
    await till.gifts.cancel(hold.id)

    assert seen == [("POST", "expired", "open"), ("GET", "expired", "open")]
    assert await till.state(hold) == "released"
    assert (await till.progress(case)).missing == usd(100)


async def test_cancel_that_loses_the_race_against_a_payment_books_the_payment(till):
    case = await till.case()
    hold = await till.opened(case, usd(25))

    async def pay_first(call):
        if call.path.endswith("/expire"):
            till.stripe.on_request = None
            await till.stripe.pay(till.page(hold)["id"])
            await till.stripe.settle_now()

    till.stripe.on_request = pay_first
    await till.gifts.cancel(hold.id)

    assert await till.state(hold) == "settled"
    assert await till.funds(case) == (2500, 0)
    assert await till.verify() == []


async def test_cancel_without_an_answer_releases_nothing(till):
    hold = await till.opened(await till.case(), usd(25))
    till.stripe.fail(Fault("POST", EXPIRE, status=503, times=3))

    await till.gifts.cancel(hold.id)

    assert till.page(hold)["status"] == "open"
    assert await till.state(hold) == "open"


async def test_cancel_that_cannot_read_what_came_of_it_is_finished_by_the_worker(till):
    hold = await till.opened(await till.case(), usd(25))
    till.stripe.fail(Fault("GET", SESSIONS, status=503, times=3))

    await till.gifts.cancel(hold.id)
    before = await till.state(hold)
    till.clock.advance(seconds=20)
    await till.gifts.look_at_due()

    assert before == "open"
    assert await till.state(hold) == "released"


@pytest.mark.parametrize("spoilt", ["status", "refused"])
async def test_cancel_does_not_raise_when_the_page_cannot_be_understood(till, spoilt):
    hold = await till.opened(await till.case(), usd(25))
    if spoilt == "status":
        till.stripe.on_response = lambda call: call.body.update(status="paused")
    else:
        till.stripe.fail(Fault("GET", SESSIONS, status=403))

    await till.gifts.cancel(hold.id)

    assert await till.state(hold) == "open"


async def test_cancelling_a_page_that_was_never_opened_leaves_none_to_pay(till):
    hold = await till.hold(await till.case(), usd(25))

    await till.gifts.cancel(hold.id)

    assert till.page(hold)["status"] == "expired"
    assert await till.state(hold) == "released"


async def test_cancelling_twice_is_harmless(till):
    hold = await till.opened(await till.case(), usd(25))

    await till.gifts.cancel(hold.id)
    await till.gifts.cancel(hold.id)

    assert await till.state(hold) == "released"
    assert len(till.stripe.sessions) == 1


async def test_cancelling_a_settled_gift_changes_nothing(till):
    case = await till.case()
    hold = await till.settled(case, usd(25))

    await till.gifts.cancel(hold.id)

    assert await till.state(hold) == "settled"
    assert await till.funds(case) == (2500, 0)
    assert await till.verify() == []

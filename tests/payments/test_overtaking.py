"""Events that come before the answer to the request that made the page."""

from payments.gateway import Gateway
from sandbox.stripe.faults import Fault
from tests.payments.rig import SESSIONS, usd


async def test_event_that_overtakes_our_note_of_the_page_still_books(till, monkeypatch):
    case = await till.case()
    hold = await till.hold(case, usd(25))
    await _lose_the_answer(till, hold, monkeypatch)
    await till.stripe.pay(till.page(hold)["id"])
    await till.stripe.settle_now()
    [completed] = till.happened(hold, "checkout.session.completed")

    status = await till.deliver(completed)

    assert status == 200
    assert await till.state(hold) == "settled"
    assert await till.funds(case) == (2500, 0)
    assert await till.verify() == []


async def test_page_known_only_from_an_event_is_read_again_without_one(till, monkeypatch):
    hold = await till.hold(await till.case(), usd(25))
    await _lose_the_answer(till, hold, monkeypatch)
    await till.stripe.pay(till.page(hold)["id"])
    [completed] = till.happened(hold, "checkout.session.completed")

    await till.deliver(completed)
    unsettled = await till.state(hold)
    await till.stripe.settle_now()
    await till.gifts.settle(hold.id)

    assert unsettled == "paid"
    assert await till.state(hold) == "settled"


async def test_event_without_a_page_we_know_concludes_nothing(till, monkeypatch):
    hold = await till.hold(await till.case(), usd(25))
    await _lose_the_answer(till, hold, monkeypatch)
    await till.stripe.pay(till.page(hold)["id"])
    [succeeded] = till.happened(hold, "payment_intent.succeeded")

    status = await till.deliver(succeeded)

    assert status == 200
    assert await till.state(hold) == "open"
    till.clock.advance(seconds=20)
    await till.stripe.settle_now()
    await till.gifts.look_at_due()  # asks for the page once more and reads it
    assert await till.state(hold) == "settled"


async def test_refusal_after_the_payment_was_told_does_not_release_it(till, monkeypatch):
    case = await till.case()
    hold = await till.hold(case, usd(25))
    await _lose_the_answer(till, hold, monkeypatch)
    await till.stripe.pay(till.page(hold)["id"])
    [completed] = till.happened(hold, "checkout.session.completed")
    await till.deliver(completed)
    till.stripe.fail(Fault("POST", SESSIONS, status=400))

    await till.gifts.open_page(hold.id)

    assert await till.state(hold) == "paid"
    assert await till.alarms() == []
    await till.stripe.settle_now()
    till.clock.advance(minutes=1)
    await till.gifts.look_at_due()
    assert await till.funds(case) == (2500, 0)
    assert await till.verify() == []


async def test_answer_that_comes_after_the_payment_does_not_open_the_page_again(till):
    hold = await till.hold(await till.case(), usd(25))

    async def pay_at_once(call):
        till.stripe.on_response = None
        await till.stripe.pay(call.body["id"])
        await till.stripe.settle_now()
        [completed] = till.happened(hold, "checkout.session.completed")
        assert await till.deliver(completed) == 200

    till.stripe.on_response = pay_at_once
    await till.gifts.open_page(hold.id)

    assert await till.state(hold) == "settled"
    assert (await till.checkout(hold)).state == "done"
    assert await till.verify() == []
    till.clock.advance(hours=1)
    assert await till.gifts.look_at_due() == 0


async def _lose_the_answer(till, hold, monkeypatch):
    """Stripe makes the page, and the process dies before it hears of it."""
    create = Gateway.create

    async def create_and_die(self, order, *, line):
        await create(self, order, line=line)
        raise _Died

    with monkeypatch.context() as patch:
        patch.setattr(Gateway, "create", create_and_die)
        try:
            await till.gifts.open_page(hold.id)
        except _Died:
            return


class _Died(BaseException):
    """The process was killed here."""

"""Refunds that were decided here: asked for once, whatever happens in between."""

import pytest

from payments.gateway import Gateway, Unsure
from sandbox.stripe.faults import Fault
from services import refund_requests, refunds
from services.refunds import Disputed, RefundOrder, RefundReason
from storage import holds
from tests.payments.rig import usd

REFUNDS = "/v1/refunds"


async def decided(till, hold, amount=None):
    async with till.house.write() as connection:
        known = await holds.locked(connection, hold.id)
        assert known is not None
        return await refunds.refund_gift(till.house, connection, known, amount, RefundReason.ASKED)


async def a_decision(till, *, amount=None, **options):
    """A gift of 25 USD and the decision to send it, or a part of it, back."""
    case = await till.case()
    hold = await till.settled(case, usd(25), **options)
    order = await decided(till, hold, amount)
    assert isinstance(order, RefundOrder), order
    return case, hold, order


async def state(till):
    return [row[0] for row in await till.rows("SELECT state FROM refund_order ORDER BY id")]


class _Died(BaseException):
    """The process was killed here."""


async def ask_and_die(till, order, monkeypatch):
    """Stripe makes the refund, and the process dies before it hears of it."""
    ask = Gateway.refund

    async def ask_only(self, order, charge_id):
        await ask(self, order, charge_id)
        raise _Died

    monkeypatch.setattr(Gateway, "refund", ask_only)
    with pytest.raises(_Died):
        await till.refunds.carry_out(order.id)
    monkeypatch.setattr(Gateway, "refund", ask)


async def test_decided_refund_goes_out_and_is_booked(till):
    case, hold, order = await a_decision(till, amount=usd(10), person_id=await till.person())
    set_apart = await till.standing(hold)

    for _ in range(2):
        await till.refunds.carry_out(order.id)

    assert set_apart == {(case.code, "fund"): 1500, (case.code, "refund_due"): 1000}
    assert await till.standing(hold) == {(case.code, "fund"): 1500, (case.code, "refunded"): 1000}
    [refund] = till.stripe.refunds
    assert refund["amount"] == 1000
    assert await state(till) == ["gone"]
    assert await till.rows("SELECT kind FROM outbox ORDER BY id") == [("receipt",), ("refund",)]
    assert await till.verify() == []


async def test_process_that_dies_after_asking_asks_for_the_same_refund(till, monkeypatch):
    case, hold, order = await a_decision(till)
    await ask_and_die(till, order, monkeypatch)
    await till.refunds.carry_out(order.id)

    assert len(till.stripe.refunds) == 1
    assert await till.standing(hold) == {(case.code, "refunded"): 2500}
    assert await till.verify() == []


async def test_process_that_dies_after_the_answer_reads_what_came_of_it(till, monkeypatch):
    case, hold, order = await a_decision(till)
    settle = till.gifts.settle

    async def die(*_arguments, **_options):
        raise _Died

    monkeypatch.setattr(till.gifts, "settle", die)
    with pytest.raises(_Died):
        await till.refunds.carry_out(order.id)
    known = await state(till)
    monkeypatch.setattr(till.gifts, "settle", settle)
    await till.refunds.carry_out(order.id)

    assert (known, await state(till)) == (["asked"], ["gone"])
    assert len(till.asked(path=REFUNDS)) == 1
    assert await till.standing(hold) == {(case.code, "refunded"): 2500}
    assert await till.verify() == []


async def test_event_that_overtakes_the_answer_finds_its_order(till, monkeypatch):
    case, hold, order = await a_decision(till)
    await ask_and_die(till, order, monkeypatch)
    for event in till.stripe.events:
        await till.deliver(event)

    assert await state(till) == ["gone"]
    assert await till.standing(hold) == {(case.code, "refunded"): 2500}
    assert await till.verify() == []


async def test_stripe_that_does_not_answer_is_asked_again(till):
    _, _, order = await a_decision(till)
    till.stripe.fail(Fault("POST", REFUNDS, status=503, times=3))

    with pytest.raises(Unsure):
        await till.refunds.carry_out(order.id)
    unsure = await state(till)
    await till.refunds.carry_out(order.id)

    assert unsure == ["wanted"]
    assert await state(till) == ["gone"]
    assert len(till.stripe.refunds) == 1


async def test_failure_that_is_stored_under_the_key_is_asked_for_under_another(till):
    _, _, order = await a_decision(till)
    till.stripe.fail(Fault("POST", REFUNDS, status=500))

    with pytest.raises(Unsure):
        await till.refunds.carry_out(order.id)
    await till.refunds.carry_out(order.id)

    assert await state(till) == ["gone"]
    keys = {call.idempotency_key for call in till.asked(path=REFUNDS)}
    assert keys == {f"homeward:{order.reference}:refund:{attempt}" for attempt in (1, 2)}
    assert await till.verify() == []


async def test_refund_that_stripe_refuses_stays_owed_with_an_alarm(till):
    case, hold, order = await a_decision(till)
    till.stripe.fail(Fault("POST", REFUNDS, status=400))

    await till.refunds.carry_out(order.id)

    assert await state(till) == ["failed"]
    assert await till.alarms() == ["refund_refused"]
    assert await till.standing(hold) == {(case.code, "refund_due"): 2500}
    assert await till.verify() == []
    assert await refund_requests.try_again(till.house, order.id)
    await till.refunds.carry_out(order.id)
    assert await state(till) == ["gone"]


async def test_refund_that_failed_is_tried_again_as_another_refund(till):
    case, hold, order = await a_decision(till)
    till.stripe.next_refunds.append("failed")
    await till.refunds.carry_out(order.id)
    failed = await state(till), await till.standing(hold)

    assert await refund_requests.try_again(till.house, order.id)
    await till.refunds.carry_out(order.id)

    assert failed == (["failed"], {(case.code, "refund_due"): 2500})
    assert await state(till) == ["gone"]
    assert len(till.stripe.refunds) == 2
    assert await till.standing(hold) == {(case.code, "refunded"): 2500}
    assert not await refund_requests.try_again(till.house, order.id)
    assert await till.verify() == []


async def test_dispute_that_comes_first_calls_the_refund_off(till):
    case, hold, order = await a_decision(till)
    await till.stripe.dispute(till.page(hold)["id"])

    await till.refunds.carry_out(order.id)

    assert await state(till) == ["cancelled"]
    assert await till.standing(hold) == {(case.code, "disputed"): 2500}
    assert till.stripe.refunds == []
    assert await till.verify() == []


async def test_gift_that_a_bank_has_taken_is_not_refunded(till):
    case = await till.case()
    hold = await till.settled(case, usd(25))
    await till.stripe.dispute(till.page(hold)["id"])
    await till.gifts.settle(hold.id, was_taken_back=True)

    assert await decided(till, hold) == Disputed()


async def test_refund_at_the_dashboard_while_ours_is_wanted_pays_once_too_much_never(till):
    case, hold, order = await a_decision(till)
    await till.stripe.refund(till.page(hold)["id"])

    await till.refunds.carry_out(order.id)

    assert await till.balance(case, "refunded") + await till.balance(None, "refunded") == 2500
    assert len(till.stripe.refunds) == 1
    assert await till.verify() == []

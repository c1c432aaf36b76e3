"""Refunds and disputes: whenever they come, nothing wrong is booked and the operator is told."""

import pytest

from tests.payments.rig import usd


async def told(till, hold):
    """Deliver everything that Stripe told of one gift and of its charge."""
    [charge] = [charge for charge in till.stripe.charges if charge["status"] == "succeeded"]
    for event in till.stripe.events:
        thing = event["data"]["object"]
        if event in till.happened(hold) or thing.get("charge") == charge["id"]:
            assert await till.deliver(event) == 200


@pytest.mark.parametrize("amount", [None, 1000])
@pytest.mark.parametrize("settles", ["before", "after", "never"])
async def test_gift_refunded_before_we_read_it_is_not_booked(till, amount, settles):
    case = await till.case()
    hold = await till.paid(case, usd(25), person_id=await till.person())
    if settles == "before":
        await till.stripe.settle_now()
    await till.stripe.refund(till.page(hold)["id"], amount)
    if settles == "after":
        await till.stripe.settle_now()

    await told(till, hold)

    assert await till.funds(case) == (0, 0)
    assert await till.fees() == 0
    assert await till.rows("SELECT * FROM outbox") == []
    assert "payment_refunded_or_disputed" in await till.alarms()
    assert await till.verify() == []


@pytest.mark.parametrize("inquiry", [False, True])
async def test_gift_disputed_before_we_read_it_is_not_booked(till, inquiry):
    case = await till.case()
    hold = await till.paid(case, usd(25))
    await till.stripe.settle_now()
    await till.stripe.dispute(till.page(hold)["id"], inquiry=inquiry)

    await told(till, hold)

    assert await till.funds(case) == (0, 0)
    assert "payment_refunded_or_disputed" in await till.alarms()
    assert await till.verify() == []


@pytest.mark.parametrize("amount", [None, 1000])
async def test_refund_of_a_settled_gift_rings_and_posts_nothing(till, amount):
    case = await till.case()
    hold = await till.settled(case, usd(25))
    await till.stripe.refund(till.page(hold)["id"], amount)
    rows = await till.rows("SELECT * FROM transfer ORDER BY seq")

    await told(till, hold)

    assert await till.rows("SELECT * FROM transfer ORDER BY seq") == rows
    assert await till.funds(case) == (2500, 0)
    assert await till.state(hold) == "settled"
    [refunded] = till.happened(hold, "charge.refunded")
    assert await till.outcome(refunded) == "set_aside"
    assert "money_taken_back" in await till.alarms()
    assert await till.verify() == []


@pytest.mark.parametrize("end", ["won", "lost"])
async def test_dispute_of_a_settled_gift_rings_and_posts_nothing(till, end):
    case = await till.case()
    hold = await till.settled(case, usd(25))
    dispute = await till.stripe.dispute(till.page(hold)["id"])
    await till.stripe.move_dispute(dispute["id"], end)

    await told(till, hold)

    assert await till.funds(case) == (2500, 0)
    assert await till.state(hold) == "settled"
    disputes = [event for event in till.stripe.events if ".dispute." in event["type"]]
    assert {await till.outcome(event) for event in disputes} == {"set_aside"}
    assert "money_taken_back" in await till.alarms()
    assert await till.verify() == []


async def test_dispute_is_found_by_its_charge_alone(till):
    """A dispute carries no reference of ours: the charge must lead to the gift."""
    hold = await till.settled(await till.case(), usd(25))
    await till.stripe.dispute(till.page(hold)["id"])
    [created] = [event for event in till.stripe.events if event["type"] == "charge.dispute.created"]

    await till.deliver(created)

    assert created["data"]["object"].get("metadata", {}) == {}
    assert await till.outcome(created) == "set_aside"


async def test_refund_of_somebody_elses_charge_is_ignored(till):
    hold = await till.settled(await till.case(), usd(25))
    await till.stripe.refund(till.page(hold)["id"])
    [created] = [event for event in till.stripe.events if event["type"] == "refund.created"]
    stranger = {**created["data"]["object"], "charge": "ch_of_another_product"}

    await till.deliver(created, data={"object": stranger})

    assert await till.outcome(created) == "ignored"
    assert await till.alarms() == []

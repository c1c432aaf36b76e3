"""Refunds and disputes, in every way they come: booked from what Stripe says, to the cent."""

import pytest

from tests.payments.rig import usd
from values.money import Money


async def told(till, *holds):
    """Deliver everything that Stripe told, twice over, latest first; nothing is refused."""
    for event in [*reversed(till.stripe.events), *till.stripe.events]:
        assert await till.deliver(event) == 200


@pytest.mark.parametrize("amount", [None, 1000])
@pytest.mark.parametrize("settles", ["before", "after"])
async def test_refund_made_before_we_read_the_gift_is_booked_behind_it(till, amount, settles):
    case = await till.case()
    hold = await till.paid(case, usd(25), person_id=await till.person())
    if settles == "before":
        await till.stripe.settle_now()
    await till.stripe.refund(till.page(hold)["id"], amount)
    if settles == "after":
        await till.stripe.settle_now()

    await told(till, hold)

    back = amount or 2500
    assert await till.funds(case) == (2500 - back, 0)
    assert await till.balance(case, "refunded") == back
    assert await till.state(hold) == "settled"
    assert await till.verify() == []


@pytest.mark.parametrize("amount", [None, 1000])
async def test_refund_at_the_dashboard_is_booked_once_and_told(till, amount):
    case = await till.case()
    person = await till.person()
    hold = await till.settled(case, usd(25), person_id=person)
    await till.stripe.refund(till.page(hold)["id"], amount)

    await told(till, hold)

    back = amount or 2500
    assert await till.standing(hold) == {
        key: value
        for key, value in {
            (case.code, "fund"): 2500 - back,
            (case.code, "refunded"): back,
        }.items()
        if value
    }
    assert (await till.progress(case)).missing == usd(75) + Money(back, "USD")
    assert await till.rows("SELECT kind FROM outbox ORDER BY id") == [("receipt",), ("refund",)]
    assert await till.rows("SELECT state, reason FROM refund_order") == [("gone", "at_stripe")]
    assert await till.verify() == []


async def test_refund_that_waits_is_set_apart_and_not_gone(till):
    case = await till.case()
    hold = await till.settled(case, usd(25))
    await till.stripe.refund(till.page(hold)["id"], 1000, outcome="waiting")

    await told(till, hold)

    assert await till.standing(hold) == {(case.code, "fund"): 1500, (case.code, "refund_due"): 1000}
    assert await till.rows("SELECT state FROM refund_order") == [("asked",)]
    assert await till.verify() == []


async def test_refund_that_comes_back_is_owed_again(till):
    case = await till.case()
    hold = await till.settled(case, usd(25), person_id=await till.person())
    refund = await till.stripe.refund(till.page(hold)["id"], 1000)
    await told(till, hold)

    await till.stripe.finish_refund(refund["id"], succeed=False)
    await told(till, hold)

    assert await till.standing(hold) == {(case.code, "fund"): 1500, (case.code, "refund_due"): 1000}
    assert await till.rows("SELECT state FROM refund_order") == [("failed",)]
    assert await till.alarms() == ["refund_failed"]
    kinds = await till.rows("SELECT kind FROM outbox ORDER BY id")
    assert kinds == [("receipt",), ("refund",), ("refund_failed",)]
    assert await till.verify() == []


async def test_refund_after_the_money_was_spent_is_the_organisations(till):
    case, other = await till.case(usd(25)), await till.case(usd(25))
    hold = await till.settled(case, usd(25))
    await till.settled(other, usd(25))
    await till.spend(case, usd(20))
    await till.stripe.refund(till.page(hold)["id"])

    await told(till, hold)

    assert await till.balance(case, "refunded") == 2500
    assert await till.balance(case, "spent") == 2000
    assert await till.balance(case, "shortfall") == -2000
    assert await till.balance(None, "contributed") == 2000
    assert await till.funds(case) == (0, 0)
    assert await till.funds(other) == (2500, 0)
    assert await till.verify() == []


@pytest.mark.parametrize("inquiry", [False, True])
async def test_dispute_before_we_read_the_gift_is_booked_behind_it(till, inquiry):
    case = await till.case()
    hold = await till.paid(case, usd(25))
    await till.stripe.settle_now()
    await till.stripe.dispute(till.page(hold)["id"], inquiry=inquiry)

    await told(till, hold)

    assert await till.funds(case) == ((2500, 0) if inquiry else (0, 0))
    assert await till.balance(case, "disputed") == (0 if inquiry else 2500)
    assert await till.alarms() == ["dispute"]
    assert await till.verify() == []


@pytest.mark.parametrize("end", ["won", "lost"])
async def test_dispute_that_is_decided(till, end):
    case = await till.case()
    hold = await till.settled(case, usd(25))
    dispute = await till.stripe.dispute(till.page(hold)["id"])
    await told(till, hold)
    open_books = await till.standing(hold)
    await till.stripe.move_dispute(dispute["id"], end)

    await told(till, hold)

    assert open_books == {(case.code, "disputed"): 2500}
    where = "fund" if end == "won" else "charged_back"
    assert await till.standing(hold) == {(case.code, where): 2500}
    assert await till.fees() == 103 + 1500
    assert await till.verify() == []


@pytest.mark.parametrize("seen", ["at once", "at the end"])
async def test_lost_dispute_of_spent_money_is_the_organisations_and_shown(till, seen):
    case = await till.case(usd(100))
    hold = await till.settled(case, usd(25))
    await till.spend(case, usd(20))
    dispute = await till.stripe.dispute(till.page(hold)["id"])
    if seen == "at once":
        await told(till, hold)
        assert await till.standing(hold) == {
            (case.code, "fund"): 2000, (case.code, "disputed"): 500, (None, "disputed"): 2000,
        }  # fmt: skip
        assert await till.verify() == []
    await till.stripe.move_dispute(dispute["id"], "lost")

    await told(till, hold)

    assert await till.standing(hold) == {(case.code, "charged_back"): 2500}
    assert await till.balance(case, "shortfall") == -2000
    assert await till.balance(case, "spent") == 2000
    assert await till.funds(case) == (0, 0)
    assert await till.balance(None, "contributed") == 2000
    assert await till.balance(None, "disputed") == 0
    assert await till.verify() == []


async def test_appeal_that_wins_brings_money_back_to_whoever_bore_it(till):
    case = await till.case(usd(100))
    hold = await till.settled(case, usd(25))
    await till.spend(case, usd(20))
    dispute = await till.stripe.dispute(till.page(hold)["id"])
    for to in ("lost", "appeal_needs_response", "appeal_under_review"):
        await till.stripe.move_dispute(dispute["id"], to)
        await told(till, hold)
    await till.stripe.move_dispute(dispute["id"], "won")

    await told(till, hold)

    assert await till.funds(case) == (500, 0)
    assert await till.balance(None, "reserve") == 2000
    assert await till.verify() == []


async def test_dispute_of_more_than_the_gift_never_takes_another_gift(till):
    case = await till.case(usd(100))
    hold = await till.settled(case, usd(25))
    await till.settled(case, usd(30))
    dispute = await till.stripe.dispute(till.page(hold)["id"], 2600)
    await told(till, hold)
    await till.stripe.move_dispute(dispute["id"], "lost")

    await told(till, hold)

    assert await till.funds(case) == (3000, 0)
    assert await till.balance(None, "charged_back") == 100
    assert await till.verify() == []


async def test_dispute_is_found_by_its_charge_alone(till):
    """A dispute carries no reference of ours: the charge must lead to the gift."""
    hold = await till.settled(await till.case(), usd(25))
    await till.stripe.dispute(till.page(hold)["id"])
    [created] = [event for event in till.stripe.events if event["type"] == "charge.dispute.created"]

    await till.deliver(created)

    assert created["data"]["object"].get("metadata", {}) == {}
    assert await till.outcome(created) == "handled"
    assert await till.alarms() == ["dispute"]


async def test_refund_of_somebody_elses_charge_is_ignored(till):
    hold = await till.settled(await till.case(), usd(25))
    await till.stripe.refund(till.page(hold)["id"])
    [created] = [event for event in till.stripe.events if event["type"] == "refund.created"]
    stranger = {**created["data"]["object"], "charge": "ch_of_another_product"}

    await till.deliver(created, data={"object": stranger})

    assert await till.outcome(created) == "ignored"
    assert await till.alarms() == []

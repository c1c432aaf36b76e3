"""Money that arrives for a hold that was given up, or for a plan that is full: never lost."""

from tests.payments.rig import usd


async def late(till, case, amount, **options):
    """A gift that is paid although its hold was released."""
    hold = await till.opened(case, amount, **options)
    await till.run("UPDATE hold SET state = 'released' WHERE id = :id", id=hold.id)
    await till.run("UPDATE checkout SET state = 'done' WHERE hold_id = :id", id=hold.id)
    await till.stripe.pay(till.page(hold)["id"])
    await till.stripe.settle_now()
    return hold


async def all_told(till, hold):
    for event in till.happened(hold):
        assert await till.deliver(event) == 200


async def test_payment_after_release_goes_to_the_plan_if_there_is_room(till):
    case = await till.case(usd(100))
    hold = await late(till, case, usd(25), person_id=await till.person())

    await all_told(till, hold)

    assert await till.state(hold) == "settled"
    assert await till.funds(case) == (2500, 0)
    assert await till.rows("SELECT kind FROM outbox") == [("receipt",)]
    assert await till.alarms() == []
    assert await till.verify() == []


async def test_payment_after_release_goes_over_the_goal_where_others_filled_it(till):
    case = await till.case(usd(30))
    hold = await late(till, case, usd(25))
    await till.settled(case, usd(20))  # 10 is left for a gift of 25

    await all_told(till, hold)

    assert await till.funds(case) == (3000, 1500)
    assert (await till.progress(case)).missing == usd(0)
    assert await till.questions(hold) == [("over_goal", case.id)]
    assert await till.verify() == []


async def test_payment_for_a_full_plan_is_all_over_the_goal(till):
    case = await till.case(usd(30))
    hold = await late(till, case, usd(25))
    await till.settled(case, usd(30))

    await all_told(till, hold)

    assert await till.funds(case) == (3000, 2500)
    assert await till.state(hold) == "settled"
    assert (await till.progress(case)).percent == 100
    assert await till.questions(hold) == [("over_goal", case.id)]
    assert await till.verify() == []


async def test_late_payment_leaves_room_for_who_is_paying_now(till):
    """Somebody holds the last 30: they are promised it, the late gift is not."""
    case = await till.case(usd(30))
    hold = await late(till, case, usd(25))
    holder = await till.opened(case, usd(30))

    await all_told(till, hold)
    await till.stripe.pay(till.page(holder)["id"])
    await till.stripe.settle_now()
    await all_told(till, holder)

    assert await till.funds(case) == (3000, 2500)
    assert await till.questions(hold) == [("over_goal", case.id)]
    assert await till.verify() == []


async def test_last_gift_that_fills_the_plan_exactly_is_not_over_the_goal(till):
    case = await till.case(usd(30))
    await till.settled(case, usd(10))
    await till.settled(case, usd(20))

    assert await till.funds(case) == (3000, 0)
    assert (await till.progress(case)).is_funded
    assert await till.alarms() == []


async def test_late_payment_unsettled_at_first_reserves_and_then_books(till):
    case = await till.case(usd(100))
    hold = await till.opened(case, usd(25))
    await till.run("UPDATE hold SET state = 'released' WHERE id = :id", id=hold.id)
    await till.run("UPDATE checkout SET state = 'done' WHERE hold_id = :id", id=hold.id)
    await till.stripe.pay(till.page(hold)["id"])

    await all_told(till, hold)
    paid = await till.state(hold), (await till.progress(case)).missing
    await till.stripe.settle_now()
    await all_told(till, hold)

    assert paid == ("paid", usd(75))
    assert await till.funds(case) == (2500, 0)
    assert await till.verify() == []

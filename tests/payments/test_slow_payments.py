"""Ways to pay whose money arrives days after the page is done: promised is not given."""

from tests.payments.rig import usd


async def promised(till, case, amount, **options):
    """A gift whose bank transfer is on its way; the program knows."""
    hold = await till.opened(case, amount, **options)
    await till.stripe.pay(till.page(hold)["id"], "bank")
    [completed] = till.happened(hold, "checkout.session.completed")
    assert await till.deliver(completed) == 200
    return hold


async def test_page_completed_but_unpaid_never_credits(till):
    case = await till.case()
    person = await till.person()
    hold = await promised(till, case, usd(25), person_id=person)
    await till.stripe.settle_now()

    for event in till.happened(hold):
        await till.deliver(event)

    assert await till.state(hold) == "promised"
    assert await till.funds(case) == (0, 0)
    progress = await till.progress(case)
    assert (progress.promised, progress.missing) == (usd(25), usd(75))
    assert await till.rows("SELECT * FROM outbox") == []
    assert await till.verify() == []


async def test_money_that_arrives_is_booked(till):
    case = await till.case()
    hold = await promised(till, case, usd(25))
    await till.stripe.arrive(till.page(hold)["id"])
    await till.stripe.settle_now()
    [arrived] = till.happened(hold, "checkout.session.async_payment_succeeded")

    await till.deliver(arrived)

    assert await till.state(hold) == "settled"
    assert await till.funds(case) == (2500, 0)
    assert await till.verify() == []


async def test_money_that_is_sent_back_frees_what_was_reserved(till):
    case = await till.case()
    hold = await promised(till, case, usd(25))
    await till.stripe.arrive(till.page(hold)["id"], succeed=False)
    [failed] = till.happened(hold, "checkout.session.async_payment_failed")

    await till.deliver(failed)

    assert await till.state(hold) == "released"
    assert (await till.progress(case)).missing == usd(100)
    assert await till.funds(case) == (0, 0)
    assert await till.verify() == []


async def test_late_event_of_the_promise_does_not_undo_the_payment(till):
    case = await till.case()
    hold = await promised(till, case, usd(25))
    [completed] = till.happened(hold, "checkout.session.completed")
    await till.stripe.arrive(till.page(hold)["id"])
    await till.stripe.settle_now()
    await till.gifts.settle(hold.id)

    await till.deliver(completed, id="evt_the_same_once_more")

    assert await till.state(hold) == "settled"
    assert await till.funds(case) == (2500, 0)


async def test_promise_outlives_the_time_of_its_page(till):
    case = await till.case()
    hold = await promised(till, case, usd(25))
    till.clock.advance(days=3)
    await till.stripe.tick()

    await till.gifts.look_at_due()

    assert await till.state(hold) == "promised"
    assert (await till.progress(case)).missing == usd(75)


async def test_arrival_without_any_event_is_found_by_looking(till):
    case = await till.case()
    hold = await promised(till, case, usd(25))
    await till.stripe.arrive(till.page(hold)["id"])
    await till.stripe.settle_now()
    till.clock.advance(days=2)

    await till.gifts.look_at_due()

    assert await till.state(hold) == "settled"
    assert await till.verify() == []

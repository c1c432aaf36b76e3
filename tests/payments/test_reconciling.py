"""Everything that can be missed is found at Stripe, and booked as its event would have had it."""

import pytest

from payments.gateway import Unsure
from payments.reconciling import Reconciler
from sandbox.stripe.faults import Fault
from tests.payments.rig import SESSIONS, usd
from tests.payments.test_refunds import a_decision


async def nothing_more_to_do(till):
    """A second run changes nothing, and the books are sound."""
    counted = await till.rows("SELECT (SELECT COUNT(*) FROM posting), (SELECT COUNT(*) FROM alarm)")
    report = await till.reconcile()
    assert (
        report.events_missed,
        report.gifts_repaired,
        report.fees_booked,
        report.strays_booked,
        report.stop,
    ) == (0, 0, 0, 0, None)
    again = await till.rows("SELECT (SELECT COUNT(*) FROM posting), (SELECT COUNT(*) FROM alarm)")
    assert again == counted
    assert await till.verify() == []
    return report


def without_events(till):
    """Nobody can be told of anything: Stripe has forgotten its events."""
    till.stripe._world.objects["event"].clear()


KNOWN_BY = pytest.mark.parametrize("known_by", ["events", "transactions"])


@KNOWN_BY
async def test_payment_nobody_told_of_is_booked(till, known_by):
    case = await till.case()
    hold = await till.paid(case, usd(25), person_id=await till.person())
    await till.stripe.settle_now()
    if known_by == "transactions":
        without_events(till)

    report = await till.reconcile()

    assert await till.funds(case) == (2500, 0)
    assert await till.rows("SELECT kind FROM outbox") == [("receipt",)]
    assert await till.state(hold) == "settled"
    assert (report.events_missed > 0, report.gifts_repaired) == (
        (True, 0) if known_by == "events" else (False, 1)
    )
    assert (report.differences, report.stop) == ([], None)
    await nothing_more_to_do(till)


@KNOWN_BY
@pytest.mark.parametrize("amount", [None, 1000])
async def test_refund_at_the_dashboard_nobody_told_of_is_booked(till, known_by, amount):
    case = await till.case()
    hold = await till.settled(case, usd(25))
    await till.stripe.refund(till.page(hold)["id"], amount)
    if known_by == "transactions":
        without_events(till)

    report = await till.reconcile()

    assert await till.balance(case, "refunded") == (amount or 2500)
    assert report.differences == []
    await nothing_more_to_do(till)


@KNOWN_BY
async def test_refund_that_went_and_came_back_unheard_is_booked_both_ways(till, known_by):
    """The payment itself then looks as if nothing had ever been given back of it."""
    case = await till.case()
    hold = await till.settled(case, usd(25))
    await till.stripe.refund(till.page(hold)["id"], 1000, outcome="failed")
    if known_by == "transactions":
        without_events(till)

    report = await till.reconcile()

    assert await till.standing(hold) == {(case.code, "fund"): 1500, (case.code, "refund_due"): 1000}
    assert report.differences == []
    await nothing_more_to_do(till)


@KNOWN_BY
@pytest.mark.parametrize("end", [None, "won", "lost"])
async def test_dispute_nobody_told_of_is_booked(till, known_by, end):
    case = await till.case()
    hold = await till.settled(case, usd(25))
    dispute = await till.stripe.dispute(till.page(hold)["id"])
    if end is not None:
        await till.stripe.move_dispute(dispute["id"], end)
    if known_by == "transactions":
        without_events(till)

    report = await till.reconcile()

    where = {None: "disputed", "won": "fund", "lost": "charged_back"}[end]
    assert await till.standing(hold) == {(case.code, where): 2500}
    assert report.differences == []
    await nothing_more_to_do(till)


async def test_payment_that_settles_late_is_booked(till):
    case = await till.case()
    hold = await till.paid(case, usd(25))
    await till.reconcile()
    assert await till.state(hold) == "paid"
    await till.stripe.settle_now()

    report = await till.reconcile()

    assert await till.funds(case) == (2500, 0)
    assert report.differences == []
    await nothing_more_to_do(till)


@pytest.mark.parametrize("succeed", [True, False])
async def test_bank_payment_whose_end_nobody_told_is_seen(till, succeed):
    case = await till.case()
    hold = await till.opened(case, usd(25))
    await till.stripe.pay(till.page(hold)["id"], "bank")
    await till.gifts.settle(hold.id)
    await till.stripe.arrive(till.page(hold)["id"], succeed)
    await till.stripe.settle_now()

    await till.reconcile()

    assert await till.state(hold) == ("settled" if succeed else "released")
    await nothing_more_to_do(till)


async def test_dispute_lost_more_than_thirty_days_ago_is_still_seen(till):
    """Losing moves no money, and events live for thirty days: only asking again tells."""
    case = await till.case()
    hold = await till.settled(case, usd(25))
    dispute = await till.stripe.dispute(till.page(hold)["id"])
    await till.reconcile()
    await till.stripe.move_dispute(dispute["id"], "lost")
    till.clock.advance(days=31)

    report = await till.reconcile()

    assert report.events_read == 0
    assert (report.gifts_read, report.gifts_moved) == (1, 1)
    assert await till.standing(hold) == {(case.code, "charged_back"): 2500}
    await nothing_more_to_do(till)


async def test_refund_that_went_through_more_than_thirty_days_ago_is_still_seen(till):
    case = await till.case()
    hold = await till.settled(case, usd(25))
    refund = await till.stripe.refund(till.page(hold)["id"], outcome="pending")
    await till.reconcile()
    assert await till.rows("SELECT state FROM refund_order") == [("asked",)]
    await till.stripe.finish_refund(refund["id"])
    till.clock.advance(days=31)

    report = await till.reconcile()

    assert (report.gifts_read, report.gifts_moved) == (1, 1)
    assert await till.rows("SELECT state FROM refund_order") == [("gone",)]
    await nothing_more_to_do(till)


async def test_refund_that_was_asked_for_and_not_read_is_read(till):
    """The program died between the answer to its request and what it would have read then."""
    _, _, order = await a_decision(till)
    till.stripe.next_refunds.append("waiting")
    till.stripe.fail(Fault("GET", SESSIONS, status=500))
    with pytest.raises(Unsure):
        await till.refunds.carry_out(order.id)
    without_events(till)
    assert await till.rows("SELECT * FROM stripe_refund") == []

    report = await till.reconcile()

    assert report.gifts_read == 1
    assert await till.rows("SELECT status FROM stripe_refund") == [("pending",)]
    await nothing_more_to_do(till)


async def test_page_that_expired_unheard_is_released(till):
    case = await till.case()
    hold = await till.opened(case, usd(25))
    await till.stripe.expire(till.page(hold)["id"])
    without_events(till)
    till.clock.advance(hours=1)

    report = await till.reconcile()

    assert await till.state(hold) == "released"
    assert (report.gifts_read, report.gifts_moved) == (1, 1)


async def test_page_whose_answer_was_lost_is_found_by_its_payment(till):
    """The page was made and paid, and the program died before it heard of it."""
    case = await till.case()
    hold = await till.paid(case, usd(25))
    await till.stripe.settle_now()
    await till.run(
        "UPDATE checkout SET state = 'wanted', stripe_session_id = NULL, url = NULL, look_at = :at",
        at=int(till.clock().timestamp()) + 10_000,
    )
    without_events(till)

    report = await till.reconcile()

    assert await till.state(hold) == "settled"
    assert report.gifts_repaired == 1
    await nothing_more_to_do(till)


async def test_payment_whose_marks_were_taken_off_is_found_by_its_page(till):
    hold = await till.paid(await till.case(), usd(25))
    await till.stripe.settle_now()
    till.raw(till.stripe.charges[0])["metadata"] = {}
    without_events(till)

    report = await till.reconcile()

    assert await till.state(hold) == "settled"
    assert report.differences == []


async def test_events_alone_are_read_every_few_minutes(till):
    case = await till.case()
    await till.paid(case, usd(25))
    await till.stripe.settle_now()
    reconciler = Reconciler(till.house, till.gateway, till.gifts)

    report = await reconciler.events_since_last()
    again = await reconciler.events_since_last()

    assert await till.funds(case) == (2500, 0)
    assert report.events_missed > 0
    assert (again.events_missed, again.transactions_read) == (0, 0)
    assert till.asked("GET", "/v1/balance") == []


async def test_event_that_came_is_not_dealt_with_twice(till):
    hold = await till.paid(await till.case(), usd(25))
    await till.stripe.settle_now()
    for event in till.stripe.events:
        await till.deliver(event)
    asked = len(till.asked("GET", "/v1/checkout"))

    report = await till.reconcile()

    assert report.events_missed == 0
    assert report.events_read > 0
    assert len(till.asked("GET", "/v1/checkout")) == asked
    assert await till.state(hold) == "settled"

"""
What is decided to go back is set apart at once; what then happened is read: gone, failed, come
back, called off. Refunds that were made at the dashboard are in test_refunds_at_stripe.
"""

import pytest

from services import refund_requests, refunds
from services.refunds import Disputed, NothingToRefund, RefundOrder
from storage import refund_orders
from tests.payments.rig import usd
from tests.services.books import wish


async def ordered(books, hold, amount=None):
    """A refund that was decided."""
    order = await books.send_back(hold, amount)
    assert isinstance(order, RefundOrder), order
    return order


async def has_it(books, order, refund_id):
    """Stripe answered our request."""
    await refund_requests.asked(books.house, order, refund_id)


async def test_whole_gift_is_set_apart_and_its_place_is_free_again(books):
    case = await books.case(usd(100))
    hold = await books.given(case, usd(25))

    order = await ordered(books, hold)

    assert (order.amount, order.charge, order.state) == (usd(25), usd(25), "wanted")
    assert await books.book_of(case) == {"world": -2500, "refund_due": 2500}
    assert (await books.progress(case)).missing == usd(100)
    assert await books.verify() == []


async def test_gift_is_sent_back_in_parts_until_nothing_is_left(books):
    case = await books.case(usd(100))
    hold = await books.given(case, usd(25))

    parts = [await ordered(books, hold, usd(10)), await ordered(books, hold)]
    third = await books.send_back(hold)

    assert [order.amount for order in parts] == [usd(10), usd(15)]
    assert third == NothingToRefund(usd(0))
    assert await books.standing(hold) == {(case.code, "refund_due"): 2500}
    assert await books.verify() == []


@pytest.mark.parametrize("amount", [usd(25.01), usd(100)])
async def test_more_than_the_gift_is_refused_also_where_the_plan_holds_more(books, amount):
    case = await books.case(usd(100))
    hold = await books.given(case, usd(25))
    await books.given(case, usd(75))

    assert await books.send_back(hold, amount) == NothingToRefund(usd(25))

    assert await books.funds(case) == (10_000, 0)
    assert await books.orders() == []


async def test_what_was_spent_is_refused_and_what_was_not_goes_back(books):
    case = await books.case(usd(100))
    hold = await books.given(case, usd(25))
    await books.spend(case, usd(20))

    too_much = await books.send_back(hold, usd(10))
    order = await ordered(books, hold)

    assert too_much == NothingToRefund(usd(5))
    assert order.amount == usd(5)
    assert await books.funds(case) == (0, 0)
    assert await books.verify() == []


async def test_gift_that_moved_on_goes_back_from_where_it_is(books):
    case, other = await books.case(usd(30)), await books.case(usd(100))
    hold = await books.late(case, usd(25), wish=wish(other))
    await books.given(case, usd(20))
    books.pay(hold)
    await books.tell(hold)

    order = await ordered(books, hold, usd(24))

    assert order.amount == usd(24)
    assert await books.standing(hold) == {
        (case.code, "moved_out"): 1500,
        (case.code, "refund_due"): 1000,
        (other.code, "fund"): 100,
        (other.code, "refund_due"): 1400,
    }
    assert await books.verify() == []


async def test_what_the_donor_added_for_the_fee_goes_back_last(covering):
    case = await covering.case(usd(100))
    hold = await covering.given(case, usd(25), covers_fee=True)

    first = await ordered(covering, hold, usd(25))
    cover = await covering.balance(None, "covered")
    rest = await ordered(covering, hold)

    assert (first.amount, cover) == (usd(25), 106)
    assert rest.charge == usd(1.06)
    assert await covering.balance(None, "covered") == 0
    assert await covering.verify() == []


async def test_gift_that_is_not_in_the_books_has_nothing_to_send_back(books):
    hold = await books.hold(await books.case(), usd(25))

    assert await books.send_back(hold) == NothingToRefund(usd(0))


# A bank


@pytest.mark.parametrize("status", ["needs_response", "under_review", "lost", "won"])
async def test_gift_that_a_bank_has_taken_a_part_of_is_not_sent_back_too(books, status):
    hold = await books.given(await books.case(), usd(25))
    dispute = books.dispute(hold, usd(10))
    if status != "needs_response":
        books.move_dispute(hold, dispute, status)
    await books.tell(hold)

    outcome = await books.send_back(hold, usd(15))

    assert isinstance(outcome, RefundOrder) is (status == "won")
    assert isinstance(outcome, Disputed) is (status != "won")


@pytest.mark.parametrize(
    "status", ["warning_needs_response", "warning_under_review", "warning_closed"]
)
async def test_inquiry_does_not_forbid_a_refund(books, status):
    case = await books.case()
    hold = await books.given(case, usd(25))
    dispute = books.dispute(hold, inquiry=True)
    books.move_dispute(hold, dispute, status)
    await books.tell(hold)

    await ordered(books, hold)

    assert await books.standing(hold) == {(case.code, "refund_due"): 2500}
    assert await books.verify() == []


async def test_dispute_calls_off_the_refund_that_has_not_gone_out(books):
    case = await books.case()
    hold = await books.given(case, usd(25))
    await ordered(books, hold, usd(10))
    books.dispute(hold)

    await books.tell(hold)

    assert await books.orders() == [("cancelled", 1000)]
    assert await books.standing(hold) == {(case.code, "disputed"): 2500}
    assert await books.verify() == []


async def test_donor_is_not_asked_about_what_the_bank_takes_in_the_same_moment(books):
    """The refund that is called off was of money over the goal, and the bank takes just that."""
    case, person = await books.case(usd(30)), await books.person()
    hold = await books.over(case, usd(25), person_id=person, wish=wish())
    books.dispute(hold)

    await books.tell(hold)

    assert await books.orders() == [("cancelled", 2500)]
    assert await books.standing(hold) == {(case.code, "disputed"): 2500}
    assert await books.questions(hold) == []
    assert await books.told() == ["receipt"]
    assert await books.verify() == []


async def test_refund_that_stripe_has_when_a_dispute_arrives_stays_and_the_bank_takes_the_rest(
    books,
):
    case = await books.case()
    hold = await books.given(case, usd(25))
    order = await ordered(books, hold, usd(10))
    refund = books.refund(hold, order=order, status="pending", sent=False)
    await has_it(books, order, refund)
    books.clock.advance(minutes=1)
    books.dispute(hold, usd(15))
    await books.tell(hold)
    between = await books.orders()

    books.sent(hold, refund)
    await books.tell(hold)

    assert between == [("asked", 1000)]
    assert await books.orders() == [("gone", 1000)]
    assert await books.standing(hold) == {
        (case.code, "refunded"): 1000,
        (case.code, "disputed"): 1500,
    }
    assert await books.verify() == []


async def test_refund_that_went_out_while_it_was_called_off_is_the_organisations(books):
    """Our request and the dispute passed each other; the donor has the money twice for now."""
    case = await books.case()
    hold = await books.given(case, usd(25), person_id=await books.person())
    order = await ordered(books, hold)
    dispute = books.dispute(hold)
    await books.tell(hold)
    books.refund(hold, order=order)
    await books.tell(hold)
    paid_twice = await books.standing(hold)

    books.move_dispute(hold, dispute, "won")
    await books.tell(hold)

    assert paid_twice == {(case.code, "disputed"): 2500, (None, "refunded"): 2500}
    assert await books.orders() == [("gone", 2500)]
    assert await books.funds(case) == (2500, 0)
    assert await books.told() == ["receipt", "refund"]
    assert await books.verify() == []


# What became of it


async def test_refund_that_has_gone_is_told_once(books):
    case = await books.case()
    hold = await books.given(case, usd(25), person_id=await books.person())
    order = await ordered(books, hold)
    await has_it(books, order, books.refund(hold, order=order))

    await books.tell(hold, times=3)

    assert await books.orders() == [("gone", 2500)]
    assert await books.book_of(case) == {"world": -2500, "refunded": 2500}
    assert await books.told() == ["receipt", "refund"]
    assert await books.verify() == []


@pytest.mark.parametrize("left", ["before it failed", "never"])
async def test_refund_that_failed_is_owed_again_and_tried_as_another(books, left):
    case = await books.case()
    hold = await books.given(case, usd(25), person_id=await books.person())
    order = await ordered(books, hold)
    first = books.refund(hold, order=order, status="pending", sent=left == "before it failed")
    await has_it(books, order, first)
    await books.tell(hold)
    books.failed(hold, first)
    await books.tell(hold)
    failed = await books.orders(), await books.standing(hold)

    assert await refund_requests.try_again(books.house, order.id)
    second = books.refund(hold, order=order)
    await books.tell(hold)

    assert failed == ([("failed", 2500)], {(case.code, "refund_due"): 2500})
    assert await books.rows("SELECT state, stripe_refund_id FROM refund_order") == [
        ("gone", second)
    ]
    assert await books.standing(hold) == {(case.code, "refunded"): 2500}
    assert await books.told() == ["receipt", "refund_failed", "refund"]
    assert await books.alarms() == ["refund_failed"]
    assert await books.verify() == []


async def test_failed_refund_that_is_read_again_does_not_stand_in_for_the_next_try(books):
    hold = await books.given(await books.case(), usd(25))
    order = await ordered(books, hold)
    first = books.refund(hold, order=order)
    await has_it(books, order, first)
    books.failed(hold, first)
    await books.tell(hold)
    await refund_requests.try_again(books.house, order.id)

    await books.tell(hold)

    assert await books.orders() == [("wanted", 2500)]
    wanted = await refund_requests.wanted(books.house, order.id)
    assert wanted is not None
    assert wanted.order.attempt == 2


async def test_refund_that_was_cancelled_at_stripe_puts_the_money_back(books):
    case = await books.case()
    hold = await books.given(case, usd(25))
    order = await ordered(books, hold, usd(10))
    refund = books.refund(hold, order=order, status="requires_action", sent=False)
    await has_it(books, order, refund)
    await books.tell(hold)
    books.cancelled(hold, refund)

    await books.tell(hold)

    assert await books.orders() == [("cancelled", 1000)]
    assert await books.standing(hold) == {(case.code, "fund"): 2500}
    assert await books.verify() == []


@pytest.mark.parametrize("meanwhile", ["nobody gave", "others gave", "the plan ended"])
async def test_what_is_called_off_goes_back_as_far_as_the_plan_has_room(books, meanwhile):
    case = await books.case(usd(30))
    hold = await books.given(case, usd(25), person_id=await books.person())
    order = await ordered(books, hold)
    if meanwhile == "others gave":
        await books.given(case, usd(20))
    if meanwhile == "the plan ended":
        await books.end(case)

    async with books.house.write() as connection:
        known = await books.known(connection, hold)
        await refunds.lock_gift(connection, known)
        again = await refund_orders.by_id(connection, order.id, locked=True)
        assert again is not None
        await refunds.call_off(books.house, connection, known, again)

    over = {"nobody gave": 0, "others gave": 1500, "the plan ended": 2500}[meanwhile]
    assert await books.standing(hold) == {
        place: minor
        for place, minor in {
            (case.code, "fund"): 2500 - over,
            (case.code, "over_goal"): over,
        }.items()
        if minor
    }
    assert await books.questions(hold) == ([("over_goal", case.id)] if over else [])
    assert await books.orders() == [("cancelled", 2500)]
    assert await books.verify() == []

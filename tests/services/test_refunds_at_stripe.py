"""
Refunds that somebody made at Stripe's dashboard: taken as decided, the organisation bears what is
gone. And refunds in a currency other than the plan's, or with steps.
"""

import pytest

from services.refunds import NothingToRefund, RefundOrder
from tests.payments.rig import usd
from tests.services.books import wish
from values.money import Money


def eur(units):
    return Money(round(units * 100), "EUR")


def isk(units):
    return Money(round(units * 100), "ISK")


async def ordered(books, hold, amount=None):
    """A refund that was decided here."""
    order = await books.send_back(hold, amount)
    assert isinstance(order, RefundOrder), order
    return order


async def test_dashboard_takes_what_is_unspent_and_the_organisation_pays_what_is_spent(books):
    case, other = await books.case(usd(50)), await books.case(usd(25))
    hold = await books.given(case, usd(25))
    await books.given(other, usd(25))
    await books.spend(case, usd(20))
    books.refund(hold, usd(15))

    await books.tell(hold)

    assert await books.book_of(case) == {
        "world": -2500,
        "spent": 2000,
        "refunded": 1500,
        "shortfall": -1000,
    }
    assert await books.funds(other) == (2500, 0)
    assert await books.balance(None, "contributed") == 1000
    assert await books.orders() == [("gone", 1500)]
    assert await books.verify() == []


@pytest.mark.parametrize(("reserve", "own_means"), [(25, 0), (8, 12), (0, 20)])
async def test_reserve_pays_first_and_own_means_the_rest(books, reserve, own_means):
    case = await books.case(usd(25))
    hold = await books.given(case, usd(25), fee_minor=0)
    await books.spend(case, usd(20))
    if reserve:
        await books.reserve(usd(reserve))
    books.refund(hold)

    await books.tell(hold)

    assert await books.balance(None, "reserve") == 100 * max(reserve - 20, 0)
    assert await books.balance(None, "own_means") == -100 * (reserve + own_means)
    assert await books.balance(case, "shortfall") == -2000
    assert await books.verify() == []


async def test_dashboard_takes_what_our_order_was_to_take_and_the_order_is_called_off(books):
    case = await books.case()
    hold = await books.given(case, usd(25))
    await ordered(books, hold)
    books.refund(hold)

    await books.tell(hold)

    assert await books.orders() == [("cancelled", 2500), ("gone", 2500)]
    assert await books.standing(hold) == {(case.code, "refunded"): 2500}
    assert await books.balance(None, "refunded") == 0
    assert await books.verify() == []


async def test_dashboard_that_leaves_enough_leaves_our_order_alone(books):
    case = await books.case()
    hold = await books.given(case, usd(25))
    await ordered(books, hold, usd(10))
    books.refund(hold, usd(15))

    await books.tell(hold)

    assert await books.orders() == [("wanted", 1000), ("gone", 1500)]
    assert await books.standing(hold) == {
        (case.code, "refund_due"): 1000,
        (case.code, "refunded"): 1500,
    }
    assert await books.verify() == []


async def test_donor_is_not_asked_about_what_the_dashboard_took(books):
    case, person = await books.case(usd(30)), await books.person()
    hold = await books.over(case, usd(25), person_id=person, wish=wish())
    books.refund(hold)

    await books.tell(hold)

    assert await books.orders() == [("cancelled", 2500), ("gone", 2500)]
    assert await books.questions(hold) == []
    assert await books.told() == ["receipt", "refund"]
    assert await books.verify() == []


async def test_dashboard_refund_that_is_cancelled_gives_back_what_the_organisation_paid(books):
    case = await books.case(usd(50))
    hold = await books.given(case, usd(25), fee_minor=0)
    await books.spend(case, usd(20))
    refund = books.refund(hold, status="pending", sent=False)
    await books.tell(hold)
    due = await books.balance(case, "refund_due")
    books.cancelled(hold, refund)

    await books.tell(hold)

    assert due == 2500
    assert await books.funds(case) == (2500, 0)  # 20 of it paid in by the organisation: it stays
    assert await books.balance(case, "shortfall") == -2000
    assert await books.orders() == [("cancelled", 2500)]
    assert await books.verify() == []


async def test_refund_of_more_than_the_plan_has_of_the_gift_is_never_anothers(books):
    """A refund larger than the gift cannot be; where Stripe says so, the organisation pays."""
    case = await books.case()
    hold = await books.given(case, usd(25))
    await books.given(case, usd(50))
    books.refund(hold, usd(26))

    await books.tell(hold)

    assert await books.funds(case) == (5000, 0)
    assert await books.balance(None, "refunded") == 100
    assert await books.verify() == []


# Where the gift bears its fee


async def test_gift_that_bore_its_fee_goes_back_without_it_and_whole_at_the_dashboard(bearing):
    case = await bearing.case(usd(100))
    ours = await bearing.given(case, usd(25))
    theirs = await bearing.given(case, usd(25))

    order = await ordered(bearing, ours)
    bearing.refund(theirs)
    await bearing.tell(theirs)

    assert order.amount == usd(24)
    assert await bearing.funds(case) == (0, 0)
    assert await bearing.balance(case, "refunded") == 2400
    assert await bearing.balance(None, "refunded") == 100
    assert await bearing.verify() == []


# Other currencies


async def test_gift_paid_in_another_currency_goes_back_in_it(books):
    case = await books.case(usd(100))
    hold = await books.given(case, usd(27), charge=eur(25), gross=usd(27.13))

    order = await ordered(books, hold)
    books.refund(hold, order=order)
    await books.tell(hold)

    assert (order.amount, order.charge) == (usd(27.13), eur(25))
    assert await books.book_of(case) == {"world": -2713, "refunded": 2713}
    assert await books.verify() == []


async def test_part_in_another_currency_is_rounded_down_and_what_is_left_stays_the_plans(books):
    case = await books.case(usd(100))
    hold = await books.given(case, usd(27), charge=eur(25), gross=usd(27.13))

    order = await ordered(books, hold, usd(10))
    books.refund(hold, order=order)
    await books.tell(hold)

    assert order.charge == eur(9.21)  # 9.2149
    assert await books.standing(hold) == {(case.code, "fund"): 1714, (case.code, "refunded"): 999}
    assert await books.orders() == [("gone", 1000)]
    assert await books.verify() == []


async def test_rate_that_moved_until_the_refund_is_the_organisations_loss(books):
    case = await books.case(usd(100))
    hold = await books.given(case, usd(27), charge=eur(25), gross=usd(27))
    order = await ordered(books, hold)
    refund = books.refund(hold, order=order)
    books.leaves(hold, refund, usd(28))

    await books.tell(hold)

    assert await books.book_of(case) == {"world": -2700, "refunded": 2700}
    assert await books.balance(None, "refunded") == 100
    assert await books.verify() == []


async def test_refund_at_the_dashboard_in_another_currency_is_what_left(books):
    case = await books.case(usd(100))
    hold = await books.given(case, usd(27), charge=eur(25), gross=usd(27.13))
    waits = books.refund(hold, eur(10), status="pending", sent=False)
    await books.tell(hold)
    estimated = await books.balance(case, "refund_due")

    books.sent(hold, waits)
    await books.tell(hold)

    assert estimated == 1085  # 10.852, rounded down
    assert await books.balance(case, "refunded") == 1085
    assert await books.funds(case) == (1628, 0)
    assert await books.verify() == []


async def test_dispute_in_another_currency_takes_what_left(books):
    case = await books.case(usd(100))
    hold = await books.given(case, usd(27), charge=eur(25), gross=usd(27.13))
    dispute = books.dispute(hold)
    await books.tell(hold)
    taken = await books.standing(hold)
    books.move_dispute(hold, dispute, "lost")
    await books.tell(hold)

    assert taken == {(case.code, "disputed"): 2713}
    assert await books.standing(hold) == {(case.code, "charged_back"): 2713}
    assert await books.verify() == []


async def test_currency_with_steps_goes_back_in_steps_and_the_rest_stays(books):
    case = await books.case(isk(10_000))
    hold = await books.given(case, isk(5000))
    await books.spend(case, isk(3765.50))

    order = await ordered(books, hold)
    books.refund(hold, order=order)
    await books.tell(hold)

    assert (order.amount, order.charge) == (isk(1234.50), isk(1234))
    assert await books.funds(case) == (50, 0)
    assert await books.balance(case, "refunded") == 123_400
    assert await books.send_back(hold) == NothingToRefund(isk(0.50))
    assert await books.verify() == []

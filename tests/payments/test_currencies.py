"""
Currencies without decimals, currencies with steps, and gifts paid in another currency than the
plan's: from the page to the refund and the bank, as Stripe converts and rounds them.
"""

import math

import pytest

from services import refunds
from services.refunds import RefundOrder, RefundReason
from storage import holds
from tests.payments.rig import usd
from values.currencies import currency
from values.money import Money


async def read(till, hold):
    """Read the gift with what was taken back of it, twice."""
    for _ in range(2):
        await till.gifts.settle(hold.id, was_taken_back=True)


async def sent_back(till, hold, amount):
    """A part of a gift is decided to go back, asked for, and gone."""
    async with till.house.write() as connection:
        known = await holds.locked(connection, hold.id)
        assert known is not None
        order = await refunds.refund_gift(till.house, connection, known, amount, RefundReason.ASKED)
    assert isinstance(order, RefundOrder), order
    await till.refunds.carry_out(order.id)
    return order


async def agrees_with_stripe(till, code):
    """What is booked as come and gone, and the fees, are to the unit what Stripe's account says."""
    moved = [one for one in till.stripe.balance_transactions if one["currency"] == code.lower()]
    assert len(moved) == len(till.stripe.balance_transactions)
    [(gross, fees)] = await till.rows(
        "SELECT SUM(CASE WHEN p.kind = 'fee' THEN 0"
        " WHEN p.kind IN ('donation', 'reversal', 'dispute_won') THEN t.amount_minor"
        " WHEN p.kind IN ('refund', 'dispute') THEN -t.amount_minor ELSE 0 END),"
        " SUM(CASE WHEN p.kind = 'fee' THEN t.amount_minor ELSE 0 END)"
        " FROM posting p JOIN transfer t ON t.posting_id = p.id"
        " WHERE p.source = 'stripe' AND t.currency = :currency",
        currency=code,
    )
    assert gross == sum(one["amount"] for one in moved)
    assert fees == sum(one["fee"] for one in moved)
    assert await till.verify() == []


@pytest.mark.parametrize(
    ("need", "amount", "back"),
    [
        (Money(100_000, "JPY"), Money(2501, "JPY"), Money(1001, "JPY")),
        (Money(9_000_000, "VND"), Money(250_001, "VND"), Money(100_001, "VND")),
        (Money(5_000_000, "ISK"), Money(500_100, "ISK"), Money(200_100, "ISK")),
        (Money(90_000_000, "UGX"), Money(4_000_100, "UGX"), Money(1_000_100, "UGX")),
    ],
    ids=lambda money: money.currency,
)
async def test_gift_refund_and_lost_dispute_in_the_plans_own_currency(till, need, amount, back):
    case = await till.case(need)
    hold = await till.settled(case, amount)
    await sent_back(till, hold, back)
    rest = amount - back
    dispute = await till.stripe.dispute(till.page(hold)["id"], rest.amount_minor)
    await read(till, hold)
    with_the_bank = await till.standing(hold)
    await till.stripe.move_dispute(dispute["id"], "lost")
    await read(till, hold)

    assert with_the_bank == {
        (case.code, "refunded"): back.amount_minor,
        (case.code, "disputed"): rest.amount_minor,
    }
    assert await till.funds(case) == (0, 0)
    assert await till.balance(case, "charged_back") == rest.amount_minor
    await agrees_with_stripe(till, need.currency)


@pytest.mark.parametrize(
    ("charge", "rate", "settles"),
    [
        (Money(2500, "EUR"), 1.0852, 2713),
        (Money(3001, "JPY"), 0.006543, 1964),
        (Money(250_000, "VND"), 0.0000393, 983),
        (Money(500_000, "ISK"), 0.00713, 3565),
    ],
    ids=lambda value: getattr(value, "currency", None),
)
async def test_gift_paid_in_another_currency_is_credited_with_what_settles(
    till, charge, rate, settles
):
    case, person = await till.case(usd(100)), await till.person()
    await till.stripe.settle_in("usd", rate)
    hold = await till.settled(case, usd(20), charge=charge, person_id=person)

    page = till.page(hold)
    assert (page["amount_total"], page["currency"]) == (
        charge.amount_minor,
        charge.currency.lower(),
    )
    assert await till.funds(case) == (settles, 0)
    assert (await till.progress(case)).funded == Money(settles, "USD")
    assert await till.alarms() == []

    order = await sent_back(till, hold, usd(5))
    [gone] = [one for one in till.stripe.balance_transactions if one["type"] == "refund"]
    assert order.charge.currency == charge.currency
    assert await till.funds(case) == (settles + gone["amount"], 0)
    rules = currency(charge.currency)
    least = math.ceil(rate * 100 * rules.step_minor / 10**rules.exponent)
    assert 0 <= 500 + gone["amount"] <= least  # rounded down to what can be sent
    await agrees_with_stripe(till, "USD")

    await till.stripe.dispute(page["id"], charge.amount_minor - order.charge.amount_minor)
    await read(till, hold)
    assert await till.balance(case, "disputed") + await till.balance(None, "disputed") == (
        -till.stripe.balance_transactions[-1]["amount"]
    )
    await agrees_with_stripe(till, "USD")


async def test_what_settles_beyond_the_room_is_over_the_goal(till):
    """The rate moved while the donor paid: what the plan does not miss is the donor's."""
    case = await till.case(usd(27))
    await till.stripe.settle_in("usd", 1.1)
    hold = await till.settled(case, usd(27), charge=Money(2500, "EUR"))

    assert await till.funds(case) == (2700, 50)
    assert await till.questions(hold) == [("over_goal", case.id)]
    await agrees_with_stripe(till, "USD")


async def test_whole_gift_paid_in_another_currency_goes_back_to_the_last_cent(till):
    case = await till.case(usd(100))
    await till.stripe.settle_in("usd", 1.0852)
    hold = await till.settled(case, usd(27), charge=Money(2500, "EUR"))
    first = await sent_back(till, hold, usd(10))
    second = await sent_back(till, hold, None)

    paid_back = first.charge + second.charge
    assert paid_back.amount_minor in (2499, 2500)  # each part is rounded down in euros
    assert sum(await till.funds(case)) <= 1
    await agrees_with_stripe(till, "USD")


async def test_part_of_a_gift_with_steps_goes_back_in_whole_steps(till):
    case = await till.case(Money(5_000_000, "ISK"))
    hold = await till.settled(case, Money(500_000, "ISK"))

    order = await sent_back(till, hold, Money(123_456, "ISK"))

    assert order.charge == Money(123_400, "ISK")
    [refund] = till.stripe.refunds
    assert refund["amount"] == 123_400
    assert await till.funds(case) == (500_000 - 123_400, 0)
    await agrees_with_stripe(till, "ISK")

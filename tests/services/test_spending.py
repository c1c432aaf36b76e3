"""
Spending: recorded by one, approved by another, on a line of the plan, and never money that may
still be taken back.
"""

import dataclasses
import datetime as dt

import pytest

from services import spending
from services.spending import (
    AlreadyDecided,
    Disbursement,
    NotAMonth,
    NotInThePlan,
    SamePerson,
    Spendable,
    TooMuch,
)
from services.terms import Terms
from storage import holds
from tests.payments.rig import usd
from tests.services.books import at_once, wish
from values.money import Money


@pytest.fixture
async def funded(books):
    """(books, case): 60 for shelter and 40 for legal help, given eight days ago by one donor."""
    case = await books.plan(shelter=usd(60), legal=usd(40))
    await books.given(case, usd(100))
    books.clock.advance(days=8)
    return books, case


async def decisions(books):
    """What was decided: (approved, minor units), oldest first."""
    return await books.rows(
        "SELECT e.approved, d.amount_minor FROM disbursement d"
        " JOIN disbursement_decision e ON e.disbursement_id = d.id ORDER BY d.id"
    )


async def turned_down(books, recorded, by):
    decider_id = await books.staff(by)
    async with books.house.write() as connection:
        return await spending.turn_down(books.house, connection, recorded.id, decider_id)


async def spendable(books, case):
    async with books.house.read() as connection:
        return await spending.spendable(books.house, connection, await books.now(case))


async def test_spending_is_booked_when_somebody_else_approves_it(funded):
    books, case = funded

    recorded = await books.record(case, usd(25))
    before = await books.funds(case)
    approved = await books.approve(recorded)

    assert isinstance(recorded, Disbursement)
    assert (recorded.approved, before) == (None, (10_000, 0))
    assert approved == dataclasses.replace(recorded, approved=True)
    assert await books.book_of(case) == {"world": -10_000, "fund": 7500, "spent": 2500}
    assert await books.verify() == []


async def test_who_recorded_it_cannot_approve_it_and_somebody_else_still_can(funded):
    books, case = funded
    recorded = await books.record(case, usd(25), by="one")

    assert await books.approve(recorded, by="one") == SamePerson()
    assert await books.balance(case, "spent") == 0

    assert isinstance(await books.approve(recorded, by="other"), Disbursement)


async def test_same_request_records_once(funded):
    books, case = funded
    first = await books.record(case, usd(25), key="a request")

    again = await books.record(case, usd(25), key="a request")
    await books.approve(first)
    after = await books.record(case, usd(25), key="a request")

    assert again == first
    assert after == dataclasses.replace(first, approved=True)
    assert await books.rows("SELECT COUNT(*) FROM disbursement") == [(1,)]


@pytest.mark.parametrize("decided", ["approved", "turned down"])
async def test_decision_is_made_once(funded, decided):
    books, case = funded
    recorded = await books.record(case, usd(25))
    if decided == "approved":
        await books.approve(recorded)
    else:
        await turned_down(books, recorded, "other")
    before = await decisions(books), await books.book_of(case)

    assert await books.approve(recorded, by="a third") == AlreadyDecided()
    assert await turned_down(books, recorded, "a third") == AlreadyDecided()

    assert (await decisions(books), await books.book_of(case)) == before
    assert await books.verify() == []


async def test_what_was_never_recorded_cannot_be_decided(funded):
    books, case = funded
    nothing = dataclasses.replace(await books.record(case, usd(25)), id=999_999)

    assert await books.approve(nothing) == AlreadyDecided()
    assert await turned_down(books, nothing, "other") == AlreadyDecided()


@pytest.mark.parametrize("by", ["one", "other"])
async def test_who_recorded_it_or_somebody_else_may_turn_it_down(funded, by):
    books, case = funded
    recorded = await books.record(case, usd(25), by="one")

    outcome = await turned_down(books, recorded, by)

    assert outcome == dataclasses.replace(recorded, approved=False)
    assert await books.funds(case) == (10_000, 0)
    assert isinstance(await books.record(case, usd(60)), Disbursement)


# The month


async def test_only_a_month_is_taken(funded):
    books, case = funded
    for word in ("2025-11-25", "2025-13", "2025-00", "2025-1", "25-11", "May", "", "2025-11 "):
        assert await books.record(case, usd(25), month=word) == NotAMonth(), word

    assert await books.rows("SELECT * FROM disbursement") == []


async def test_month_has_begun(funded):
    books, case = funded
    year = books.clock().year + 1
    books.clock.now = dt.datetime(year, 11, 30, 23, 59, 59, tzinfo=dt.UTC)

    assert await books.record(case, usd(25), month=f"{year}-12") == NotAMonth()
    books.clock.advance(seconds=1)
    assert isinstance(await books.record(case, usd(25), month=f"{year}-12"), Disbursement)
    assert isinstance(await books.record(case, usd(25), month=f"{year - 1}-12"), Disbursement)


# How much


@pytest.mark.parametrize(
    ("line", "amount", "left"),
    [
        ("medical", usd(1), usd(0)),
        ("legal", usd(40.01), usd(40)),
        ("shelter", usd(60.01), usd(60)),
        ("shelter", usd(0), usd(60)),
        ("shelter", usd(-1), usd(60)),
    ],
)
async def test_what_the_plan_does_not_have_on_the_line_is_refused(funded, line, amount, left):
    books, case = funded

    assert await books.record(case, amount, line=line) == NotInThePlan(left)


async def test_line_is_spent_once(funded):
    books, case = funded
    first, second = await books.record(case, usd(40)), await books.record(case, usd(40))

    await books.approve(first)

    assert await books.approve(second) == NotInThePlan(usd(20))
    assert await books.record(case, usd(20.01)) == NotInThePlan(usd(20))
    assert isinstance(await books.record(case, usd(20)), Disbursement)
    assert await books.verify() == []


async def test_never_more_than_the_fund_holds(books):
    case = await books.plan(shelter=usd(60), legal=usd(40))
    await books.given(case, usd(50))
    books.clock.advance(days=8)

    assert await books.record(case, usd(50.01)) == TooMuch(Spendable(usd(50), usd(0)))
    await books.approve(await books.record(case, usd(50)))
    assert await books.record(case, usd(1), line="legal") == TooMuch(Spendable(usd(0), usd(0)))


async def test_money_of_another_case_is_never_spent(books):
    case, rich = await books.plan(shelter=usd(60)), await books.plan(shelter=usd(60))
    await books.given(rich, usd(60))
    books.clock.advance(days=8)

    assert await books.record(case, usd(1)) == TooMuch(Spendable(usd(0), usd(0)))


async def test_what_was_set_apart_for_refunds_or_taken_by_a_bank_is_not_spent(books):
    case = await books.plan(shelter=usd(100))
    back, disputed = await books.given(case, usd(30)), await books.given(case, usd(40))
    books.clock.advance(days=8)
    recorded = await books.record(case, usd(70))
    await books.send_back(back, usd(10))
    books.dispute(disputed)
    await books.tell(disputed)

    assert await books.approve(recorded) == TooMuch(Spendable(usd(20), usd(0)))

    assert isinstance(await books.approve(await books.record(case, usd(20))), Disbursement)
    assert await books.verify() == []


# What may still be taken back


async def test_gift_rests_for_the_safety_period(books):
    case = await books.plan(shelter=usd(100))
    await books.given(case, usd(30))
    books.clock.advance(days=4)
    await books.given(case, usd(50))
    books.clock.advance(days=3)

    assert await spendable(books, case) == Spendable(usd(80), usd(50))
    assert await books.record(case, usd(30.01)) == TooMuch(Spendable(usd(80), usd(50)))
    assert isinstance(await books.record(case, usd(30)), Disbursement)

    books.clock.advance(days=3, hours=23)
    assert (await spendable(books, case)).now == usd(30)
    books.clock.advance(hours=1)
    assert (await spendable(books, case)).now == usd(80)


async def test_money_that_stripe_has_not_made_available_is_not_spent(books):
    case = await books.plan(shelter=usd(100))
    at_once = dataclasses.replace(books.house, terms=Terms(safety_period=dt.timedelta(0)))
    books = dataclasses.replace(books, house=at_once)
    await books.given(case, usd(30))

    assert await books.record(case, usd(1)) == TooMuch(Spendable(usd(30), usd(30)))
    books.clock.advance(days=2)
    assert isinstance(await books.record(case, usd(30)), Disbursement)


async def test_gift_that_a_bank_asks_about_is_not_spent_until_it_has_its_answer(books):
    case = await books.plan(shelter=usd(100))
    hold = await books.given(case, usd(30))
    await books.given(case, usd(20))
    books.clock.advance(days=8)
    inquiry = books.dispute(hold, inquiry=True)
    await books.tell(hold)
    recorded = await books.record(case, usd(20))

    assert await books.record(case, usd(21)) == TooMuch(Spendable(usd(50), usd(30)))
    assert isinstance(await books.approve(recorded), Disbursement)

    books.move_dispute(hold, inquiry, "warning_closed")
    await books.tell(hold)
    assert (await spendable(books, case)).now == usd(30)


async def test_bank_that_asks_between_record_and_approval_stops_the_spending(books):
    case = await books.plan(shelter=usd(100))
    hold = await books.given(case, usd(30))
    books.clock.advance(days=8)
    recorded = await books.record(case, usd(30))
    books.dispute(hold, inquiry=True)
    await books.tell(hold)

    assert await books.approve(recorded) == TooMuch(Spendable(usd(30), usd(30)))
    assert await books.balance(case, "spent") == 0


async def test_young_gift_rests_also_where_it_moved_to(books):
    first, case = await books.case(usd(30)), await books.plan(shelter=usd(100))
    await books.given(case, usd(20))
    books.clock.advance(days=8)
    await books.over(first, usd(25), wish=wish(case))

    assert await spendable(books, case) == Spendable(usd(45), usd(25))


async def test_what_the_organisation_paid_in_does_not_rest(books):
    case = await books.plan(shelter=usd(100))
    await books.pay_in(case, usd(30))

    assert isinstance(await books.approve(await books.record(case, usd(30))), Disbursement)
    assert await books.verify() == []


async def test_spending_in_another_currency_is_no_spending_at_all(funded):
    books, case = funded

    with pytest.raises(ValueError, match="different currencies"):
        await books.record(case, Money(1, "EUR"))


# Many at once


async def test_approvals_at_once_never_spend_more_than_there_is(funded, elsewhere):
    books, case = funded
    recorded = [await books.record(case, usd(25)) for _ in range(6)]

    outcomes = await at_once(
        ((books, elsewhere)[number % 2].approve, each) for number, each in enumerate(recorded)
    )

    assert sum(isinstance(outcome, Disbursement) for outcome in outcomes) == 2
    assert outcomes.count(NotInThePlan(usd(10))) == 4
    assert await books.book_of(case) == {"world": -10_000, "fund": 5000, "spent": 5000}
    assert await books.verify() == []


async def test_one_spending_approved_by_many_at_once_is_booked_once(funded, elsewhere):
    books, case = funded
    recorded = await books.record(case, usd(25))

    outcomes = await at_once(((books, elsewhere)[n % 2].approve, recorded) for n in range(6))

    assert sum(isinstance(outcome, Disbursement) for outcome in outcomes) == 1
    assert outcomes.count(AlreadyDecided()) == 5
    assert await books.balance(case, "spent") == 2500


async def test_approval_and_dispute_at_once_take_no_money_twice(funded, elsewhere):
    books, case = funded
    [gift] = books.said
    async with books.house.read() as connection:
        hold = await holds.by_id(connection, gift)
    recorded = await books.record(case, usd(60))
    books.dispute(hold)

    outcome, _ = await at_once([(books.approve, recorded), (elsewhere.tell, hold)])

    spent = 6000 if isinstance(outcome, Disbursement) else 0
    assert await books.balance(case, "spent") == spent
    assert await books.balance(case, "disputed") == 10_000 - spent
    assert await books.balance(None, "disputed") == spent
    assert await books.verify() == []

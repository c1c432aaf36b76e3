"""
Who bears the payment fee: the organisation, the gift, or the donor, who adds what it is likely to
be. What really was taken is what is booked.
"""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.terms import FeeBearer, FeeRate, Terms
from tests.payments.rig import usd
from tests.services.books import wish
from values.currencies import CURRENCIES, MOST_MINOR
from values.money import Money


@st.composite
def amounts_and_rates(draw):
    """An amount that a card can pay, and what a provider may take of it."""
    code = draw(st.sampled_from(sorted(CURRENCIES)))
    rules = CURRENCIES[code]
    least, step = rules.least_minor // rules.step_minor, rules.step_minor
    steps = draw(st.one_of(st.integers(least, least + 500), st.integers(least, MOST_MINOR // step)))
    fixed = draw(st.integers(0, 2 * rules.least_minor))
    return Money(steps * step, code), FeeRate(draw(st.integers(0, 2500)), Money(fixed, code))


def taken(rate, paid, round_up):
    """The fee of *paid* in minor units: the provider rounds halves up, or always up."""
    part = paid.amount_minor * rate.per_ten_thousand
    rounded = -(-part // 10_000) if round_up else (part + 5000) // 10_000
    return rounded + rate.fixed.amount_minor


@given(amounts_and_rates())
def test_cover_is_never_short_and_never_more_than_a_step_too_much(drawn):
    amount, rate = drawn
    step = CURRENCIES[amount.currency].step_minor

    paid = amount + rate.cover(amount)

    assert paid.amount_minor % step == 0
    for round_up in (False, True):
        left = paid.amount_minor - taken(rate, paid, round_up)
        assert 0 <= left - amount.amount_minor <= step
    less = Money(paid.amount_minor - step, amount.currency)
    assert less.amount_minor - taken(rate, less, round_up=True) < amount.amount_minor


@given(amounts_and_rates())
def test_fee_that_is_told_is_never_less_than_what_is_taken(drawn):
    amount, rate = drawn

    assert rate.of(amount).amount_minor >= taken(rate, amount, round_up=False)


@pytest.mark.parametrize(
    ("amount", "rate", "paid"),
    [
        (usd(25), FeeRate(290, usd(0.30)), usd(26.06)),
        (Money(1000, "JPY"), FeeRate(360, Money(0, "JPY")), Money(1038, "JPY")),
        (Money(200_000, "VND"), FeeRate(365, Money(5000, "VND")), Money(212_766, "VND")),
        (Money(500_000, "ISK"), FeeRate(290, Money(3000, "ISK")), Money(518_100, "ISK")),
        (Money(4_000_000, "UGX"), FeeRate(290, Money(0, "UGX")), Money(4_119_500, "UGX")),
    ],
)
def test_cover_in_each_kind_of_currency(amount, rate, paid):
    assert amount + rate.cover(amount) == paid


def test_cover_is_not_offered_where_it_cannot_be_told_or_no_card_could_pay_it():
    terms = Terms(fee_rates={"USD": FeeRate(290, usd(0.30))})

    assert terms.cover(usd(25)) == usd(1.06)
    assert terms.cover(Money(2500, "EUR")) is None
    most_covered = Money(97_099_969, "USD")
    assert terms.cover(most_covered) == Money(2_900_030, "USD")
    assert terms.cover(most_covered + Money(1, "USD")) is None


async def of_terms(books, **terms):
    """The same books under other terms."""
    return dataclasses.replace(books, house=dataclasses.replace(books.house, terms=Terms(**terms)))


# Covered by the donor


async def test_covered_fee_is_paid_beside_the_gift_and_the_plan_gets_all_of_it(covering):
    books, case = covering, await covering.case(usd(100))
    hold = await books.given(case, usd(25), covers_fee=True, fee_minor=106)

    assert (hold.charge, hold.cover, hold.fee_bearer) == (usd(26.06), usd(1.06), "organisation")
    assert await books.funds(case) == (2500, 0)
    assert (await books.progress(case)).funded == usd(25)
    assert await books.book_of(None) == {
        "world": -106, "covered": 106, "own_means": -106, "fees": 106,
    }  # fmt: skip
    assert await books.verify() == []


@pytest.mark.parametrize("fee_minor", [90, 180])
async def test_fee_that_turns_out_otherwise_is_the_organisations_gain_or_loss(covering, fee_minor):
    books, case = covering, await covering.case(usd(100))
    await books.given(case, usd(25), covers_fee=True, fee_minor=fee_minor)

    assert await books.funds(case) == (2500, 0)
    assert await books.balance(None, "covered") == 106
    assert await books.fees() == fee_minor
    assert await books.verify() == []


async def test_cover_reserves_nothing_of_the_plan(covering):
    case = await covering.case(usd(25))
    hold = await covering.hold(case, usd(25), covers_fee=True)

    progress = await covering.progress(case)
    assert (hold.charge, progress.held, progress.missing) == (usd(26.06), usd(25), usd(0))


async def test_donor_who_covers_is_not_charged_the_fee_a_second_time(bearing):
    rates = {"USD": FeeRate(290, usd(0.30))}
    books = await of_terms(bearing, fee_bearer=FeeBearer.GIFT, fee_rates=rates)
    case = await books.case(usd(100))
    hold = await books.given(case, usd(25), covers_fee=True, fee_minor=106)

    assert hold.fee_bearer is FeeBearer.ORGANISATION
    assert await books.funds(case) == (2500, 0)
    assert await books.balance(case, "fees") == 0


async def test_cover_that_cannot_be_told_is_not_taken(books):
    case = await books.case(usd(100))
    hold = await books.hold(case, usd(25), covers_fee=True)

    assert (hold.charge, hold.cover) == (usd(25), usd(0))


async def test_disputed_gift_takes_its_cover_with_it(covering):
    books, case = covering, await covering.case(usd(100))
    hold = await books.given(case, usd(25), covers_fee=True)
    dispute = books.dispute(hold)
    await books.tell(hold)
    taken_by_the_bank = await books.standing(hold)

    books.move_dispute(hold, dispute, "won")
    await books.tell(hold)

    assert taken_by_the_bank == {(case.code, "disputed"): 2500, (None, "disputed"): 106}
    assert await books.standing(hold) == {(case.code, "fund"): 2500, (None, "covered"): 106}
    assert await books.verify() == []


# Borne by the gift


async def test_plan_gets_the_net_where_gifts_bear_their_fee(bearing):
    books, case = bearing, await bearing.case(usd(100))
    await books.given(case, usd(25), fee_minor=103)

    assert await books.book_of(case) == {"world": -2500, "fund": 2397, "fees": 103}
    assert await books.fees() == 0
    assert (await books.progress(case)).missing == usd(76.03)
    assert await books.verify() == []


async def test_terms_that_change_bind_only_who_was_told_of_them(books):
    case = await books.case(usd(100))
    told = await books.hold(case, usd(25))
    later = await of_terms(books, fee_bearer=FeeBearer.GIFT)
    other = await later.hold(case, usd(25))

    for hold in (told, other):
        later.pay(hold)
        await later.tell(hold)

    assert await books.funds(case) == (2500 + 2400, 0)
    assert (await books.fees(), await books.balance(case, "fees")) == (100, 100)


async def test_fee_of_a_gift_over_the_goal_is_taken_of_what_goes_back(bearing):
    books, case = bearing, await bearing.case(usd(30))
    await books.over(case, usd(25), wish=wish())

    assert await books.orders() == [("wanted", 2400)]
    assert await books.verify() == []


async def test_fee_is_taken_of_the_plans_part_first(bearing):
    books, case = bearing, await bearing.case(usd(30))
    hold = await books.late(case, usd(25))
    await books.given(case, usd(29.50), fee_minor=0)
    books.pay(hold, fee_minor=103)

    await books.tell(hold)

    assert await books.standing(hold) == {
        (case.code, "fees"): 103,
        (case.code, "over_goal"): 2450 - 53,
    }
    assert await books.verify() == []


async def test_fee_larger_than_the_gift_is_the_organisations_beyond_it(bearing):
    books, case = bearing, await bearing.case(usd(100))
    hold = await books.given(case, usd(0.50), fee_minor=62)

    assert await books.standing(hold) == {(case.code, "fees"): 50}
    assert await books.fees() == 12
    assert await books.state(hold) == "settled"
    assert await books.verify() == []


async def test_lost_dispute_of_a_gift_that_bore_its_fee_costs_the_organisation_the_fee(bearing):
    books, case = bearing, await bearing.case(usd(100))
    hold = await books.given(case, usd(25))
    await books.given(case, usd(50), fee_minor=0)
    books.move_dispute(hold, books.dispute(hold), "lost")

    await books.tell(hold)

    assert await books.funds(case) == (5000, 0)
    assert await books.balance(case, "charged_back") == 2400
    assert await books.balance(None, "charged_back") == 100
    assert await books.balance(case, "shortfall") == 0
    assert await books.verify() == []

"""What can be given: always something that a card can pay, and that leaves what a card can pay."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sandbox.stripe.currencies import check_charge
from services.giving import (
    LeavesTooLittle,
    NothingMissing,
    Range,
    TooLarge,
    TooSmall,
    judge,
    possible_range,
    presets,
)
from values.currencies import CURRENCIES, MOST_MINOR
from values.money import CurrencyMismatch, Money

currencies = st.sampled_from(sorted(CURRENCIES))


@st.composite
def sums(draw, most=3 * MOST_MINOR):
    """Any sum, most often one near to a limit of its currency."""
    code = draw(currencies)
    least, step = CURRENCIES[code].least_minor, CURRENCIES[code].step_minor
    near = draw(st.sampled_from([0, least, 2 * least, 10 * CURRENCIES[code].round_minor, most]))
    around = draw(st.integers(-2 * step - 2, 2 * step + 2))
    minor = draw(st.one_of(st.just(near + around), st.integers(0, most)))
    return Money(max(0, minor), code)


def stripe_takes(amount):
    """By Stripe's own rules, as the stand-in knows them; raises what Stripe would answer."""
    check_charge(amount.amount_minor, amount.currency.lower(), "amount")


def leaves_what_can_be_paid(amount, missing):
    step = CURRENCIES[missing.currency].step_minor
    rest = (missing - amount).amount_minor
    return rest < step or possible_range(missing - amount) is not None


@given(sums())
def test_presets_can_always_be_paid_and_leave_no_unpayable_rest(missing):
    for amount in presets(missing):
        stripe_takes(amount)
        assert judge(amount, missing) is None
        assert leaves_what_can_be_paid(amount, missing)


@given(sums())
def test_there_is_a_preset_exactly_where_something_can_be_given(missing):
    assert bool(presets(missing)) is (possible_range(missing) is not None)


@given(sums())
def test_presets_grow_and_do_not_repeat(missing):
    offered = [amount.amount_minor for amount in presets(missing)]

    assert offered == sorted(set(offered))


@given(sums(), st.data())
def test_every_amount_that_is_allowed_can_be_paid_and_leaves_no_unpayable_rest(missing, data):
    most = missing.amount_minor + 5
    amount = Money(data.draw(st.integers(0, most)), missing.currency)
    assume(judge(amount, missing) is None)

    stripe_takes(amount)
    assert leaves_what_can_be_paid(amount, missing)


@given(sums(), st.data())
def test_what_a_refusal_offers_instead_can_be_given(missing, data):
    amount = Money(data.draw(st.integers(0, missing.amount_minor + 5)), missing.currency)
    refusal = judge(amount, missing)
    if isinstance(refusal, TooSmall | TooLarge | LeavesTooLittle):
        instead = [refusal.possible.least, refusal.possible.most]
        if isinstance(refusal, LeavesTooLittle) and refusal.below >= refusal.possible.least:
            instead.append(refusal.below)
        assert [judge(other, missing) for other in instead] == [None] * len(instead)


@given(sums())
def test_both_ends_of_the_range_can_be_given_and_nothing_outside(missing):
    possible = possible_range(missing)
    assume(possible is not None)
    assert possible is not None

    assert judge(possible.least, missing) is None
    assert judge(possible.most, missing) is None
    assert judge(Money(possible.most.amount_minor + 1, missing.currency), missing) is not None
    assert judge(Money(possible.least.amount_minor - 1, missing.currency), missing) is not None


def usd(cents):
    return Money(cents, "USD")


def of(least, most):
    return Range(usd(least), usd(most))


@pytest.mark.parametrize(
    ("amount", "missing", "verdict"),
    [
        (50, 10_000, None),
        (49, 10_000, TooSmall(of(50, 10_000))),
        (0, 10_000, TooSmall(of(50, 10_000))),
        (10_000, 10_000, None),
        (10_001, 10_000, TooLarge(of(50, 10_000))),
        (9_950, 10_000, None),
        (9_951, 10_000, LeavesTooLittle(of(50, 10_000), usd(9_950))),
        (9_999, 10_000, LeavesTooLittle(of(50, 10_000), usd(9_950))),
        (75, 75, None),
        (50, 75, LeavesTooLittle(of(75, 75), usd(25))),
        (49, 49, NothingMissing()),
        (50, 0, NothingMissing()),
    ],
)
def test_dollars(amount, missing, verdict):
    assert judge(usd(amount), usd(missing)) == verdict


def test_fraction_that_the_krona_has_not_is_refused():
    """A form can be sent by hand; such an amount would be refused by Stripe with an alarm."""
    missing = Money(1_000_000, "ISK")

    refusal = judge(Money(20_050, "ISK"), missing)

    assert judge(Money(20_100, "ISK"), missing) is None
    assert isinstance(refusal, LeavesTooLittle)
    assert refusal.below == Money(20_000, "ISK")


def test_what_is_too_much_for_one_card_payment_is_not_offered_at_once():
    missing = Money(250_000_000, "VND")

    assert presets(missing)[-1] == Money(2_000_000, "VND")
    assert judge(missing, missing) == TooLarge(
        Range(Money(15_000, "VND"), Money(MOST_MINOR, "VND"))
    )


def test_amount_in_another_currency_is_no_amount_at_all():
    with pytest.raises(CurrencyMismatch):
        judge(Money(1000, "EUR"), usd(10_000))

"""Money: whole minor units of one currency, and nothing lost on the way in or out."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from values.currencies import CURRENCIES, UnknownCurrency, currency
from values.money import CurrencyMismatch, Money, floor_percent, in_minor_units

codes = st.sampled_from(sorted(CURRENCIES))
minors = st.integers(-(10**40), 10**40)


def usd(minor):
    return Money(minor, "USD")


@given(minors, minors, codes)
def test_sums_and_differences_are_those_of_the_minor_units(one, other, code):
    first, second = Money(one, code), Money(other, code)

    assert first + second == Money(one + other, code)
    assert first - second == Money(one - other, code)
    assert (first < second, first <= second) == (one < other, one <= other)
    assert (first > second, first >= second) == (one > other, one >= other)


@pytest.mark.parametrize(
    "together",
    [
        lambda one, other: one + other,
        lambda one, other: one - other,
        lambda one, other: one < other,
        lambda one, other: one <= other,
        lambda one, other: one > other,
        lambda one, other: one >= other,
    ],
)
def test_two_currencies_are_never_put_together(together):
    with pytest.raises(CurrencyMismatch, match=r"USD and .* EUR"):
        together(usd(1), Money(1, "EUR"))


def test_nothing_in_one_currency_is_not_nothing_in_another():
    assert usd(0) != Money(0, "EUR")


def test_a_bare_number_is_not_money():
    with pytest.raises(TypeError, match="expected Money"):
        usd(1) + 1


@pytest.mark.parametrize("amount", [1.0, "1", Decimal(1), True, None])
def test_an_amount_that_is_no_int_is_refused(amount):
    with pytest.raises(TypeError, match="must be int"):
        Money(amount, "USD")


@pytest.mark.parametrize("code", ["usd", "XXX", "", "KWD"])
def test_a_currency_that_is_not_in_the_table_is_refused_by_name(code):
    with pytest.raises(UnknownCurrency, match=repr(code)):
        Money(1, code)


def test_only_zero_is_false():
    assert not usd(0)
    assert usd(1)
    assert usd(-1)


@pytest.mark.parametrize(
    ("amount", "shown"),
    [
        (usd(1250), "12.50 USD"),
        (usd(-5), "-0.05 USD"),
        (Money(1250, "JPY"), "1250 JPY"),
        (Money(0, "VND"), "0 VND"),
    ],
)
def test_it_is_written_with_the_decimals_of_its_currency(amount, shown):
    assert str(amount) == shown


@given(minors, codes)
def test_units_and_back_lose_nothing(minor, code):
    row = currency(code)
    money = Money(minor * row.step_minor, code)

    assert in_minor_units(money.decimal, code) == money


@pytest.mark.parametrize(
    ("amount", "code"),
    [
        ("12.345", "USD"),
        ("0.001", "USD"),
        ("12.5", "JPY"),
        ("12.50", "ISK"),
        ("1.01", "UGX"),
        # More digits than decimal arithmetic keeps by itself.
        ("12345678901234567890123456789.123", "USD"),
        ("NaN", "USD"),
        ("Infinity", "USD"),
    ],
)
def test_what_a_currency_cannot_express_is_not_rounded(amount, code):
    assert in_minor_units(Decimal(amount), code) is None


@pytest.mark.parametrize(
    ("amount", "code", "minor"),
    [
        ("12.34", "USD", 1234),
        ("12.340", "USD", 1234),
        ("12.00", "JPY", 12),
        ("12.00", "ISK", 1200),
        ("1E+2", "USD", 10_000),
        ("-0.01", "USD", -1),
        ("12345678901234567890123456789.12", "USD", 1234567890123456789012345678912),
    ],
)
def test_what_a_currency_can_express_is_taken_exactly(amount, code, minor):
    assert in_minor_units(Decimal(amount), code) == Money(minor, code)


@given(st.integers(0, 10**12), st.integers(1, 10**12))
def test_a_percent_is_said_only_when_it_is_true(part, whole):
    percent = floor_percent(usd(part), usd(whole))

    assert 0 <= percent <= 100
    assert percent * whole <= part * 100
    assert percent == 100 or (percent + 1) * whole > part * 100


@pytest.mark.parametrize(
    ("part", "percent"), [(-1, 0), (0, 0), (999, 99), (1000, 100), (5000, 100)]
)
def test_percent_stays_within_its_bounds(part, percent):
    assert floor_percent(usd(part), usd(1000)) == percent


@pytest.mark.parametrize("whole", [0, -1])
def test_nothing_has_no_percent(whole):
    with pytest.raises(ValueError, match="must be positive"):
        floor_percent(usd(1), usd(whole))


def test_percent_of_another_currency_is_refused():
    with pytest.raises(CurrencyMismatch):
        floor_percent(Money(1, "EUR"), usd(100))


@pytest.mark.parametrize("row", CURRENCIES.values(), ids=lambda row: row.code)
def test_the_smallest_gift_and_the_round_sum_are_whole_steps(row):
    assert row.least_minor % row.step_minor == 0
    assert row.round_minor % row.step_minor == 0
    assert row.least_minor <= row.round_minor
    # A quarter, a half and ten times the round sum are offered as they are.
    assert row.round_minor * 250 % 100 == 0
    assert row.step_minor in (1, 10**row.exponent)

"""Reading typed amounts: a table of what people write, and what no reading may do."""

import gettext
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from locales.amounts import (
    LONGEST,
    Ambiguous,
    Amount,
    NotAnAmount,
    OtherCurrency,
    TooPrecise,
    read_amount,
)
from locales.catalog import I18n
from locales.known import KNOWN
from locales.text import Text
from values.currencies import CURRENCIES
from values.money import Money, in_minor_units


def usd(amount_minor):
    return Amount(Money(amount_minor, "USD"))


READ_IN_ANY_LANGUAGE = [
    ("25", 25_00),
    ("0", 0),
    ("25 usd", 25_00),
    ("25USD", 25_00),
    ("USD25", 25_00),
    ("usd: 25", 25_00),
    ("$25", 25_00),
    ("25$", 25_00),
    ("＄２５", 25_00),
    ("US$ 25", 25_00),
    ("$25 USD", 25_00),
    ("25 dollars", 25_00),
    ("25 U.S. Dollars", 25_00),
    ("25 Dollar.", 25_00),
    ("25 dólares", 25_00),
    ("25 dolares", 25_00),
    ("25 dolar", 25_00),
    ("25 đô la Mỹ", 25_00),
    ("25 do la", 25_00),
    ("25 ดอลลาร์", 25_00),
    ("25ដុល្លារ", 25_00),
    ("25 ໂດລ່າສະຫະລັດຯ", 25_00),
    ("25 ໂດລາ", 25_00),
    ("၂၅ ဒေါ်လာ", 25_00),
    ("25美元", 25_00),
    ("٢٥ دولار", 25_00),
    ("٢٥ دولارًا", 25_00),
    ("25 دولار أمريكي", 25_00),
    ("25 دولار امريكي", 25_00),
    ("25 $US", 25_00),
    ("٢٥", 25_00),
    ("۲۵", 25_00),
    ("๒๕", 25_00),
    ("၂၅", 25_00),
    ("២៥", 25_00),
    ("໒໕", 25_00),
    ("25,50", 25_50),
    ("25.50", 25_50),
    ("25.5", 25_50),
    ("25,5", 25_50),
    ("٢٥٫٥٠", 25_50),
    ("٢٥،٥٠", 25_50),
    ("0.50", 50),
    ("1,50", 1_50),
    ("10,00", 10_00),
    ("1500", 1_500_00),
    ("1500.5", 1_500_50),
    ("1 500", 1_500_00),
    ("1\u00a0500", 1_500_00),
    ("1\u202f500,5", 1_500_50),
    ("1\u2009500.50 $", 1_500_50),
    ("1'500", 1_500_00),
    ("1’500.50", 1_500_50),
    ("١٬٥٠٠", 1_500_00),
    ("١٬٥٠٠٫٥٠", 1_500_50),
    ("1,500.50", 1_500_50),
    ("1.500,50", 1_500_50),
    ("1，500。50", 1_500_50),
    ("1 500,50 USD", 1_500_50),
    ("1,234,567", 1_234_567_00),
    ("1.234.567", 1_234_567_00),
    ("1.234.567,89", 1_234_567_89),
    ("  25  ", 25_00),
    ("25.", 25_00),
    ("25!", 25_00),
    ("25؟", 25_00),
    ("«25»", 25_00),
    ("25,-", 25_00),
    ("25.– $", 25_00),
    ("25/=", 25_00),
    ("\u200f25\u200f", 25_00),
    ("\u206825\u00a0USD\u2069", 25_00),
    ("\ufeff25\u200b", 25_00),
]


@pytest.mark.parametrize("locale", ["en", "ar", "fr", "es", "lo"])
@pytest.mark.parametrize(("typed", "amount_minor"), READ_IN_ANY_LANGUAGE)
def test_what_has_one_sensible_reading_is_read_alike_everywhere(typed, amount_minor, locale):
    assert read_amount(typed, "USD", locale) == usd(amount_minor)


NO_AMOUNT = [
    "",
    " ",
    "hello",
    "-25",
    "−25",
    "$-25",
    "25-",
    "(25)",
    "+25",
    "25 or 30",
    "25-30",
    "25 30",
    "25, 30",
    "25\n300",
    "25/30",
    "1e5",
    "25k",
    "25 million",
    "½",
    "5½",
    "5²",
    "Ⅻ",
    "25%",
    "#25",
    ".50",
    "$ .50",
    "1,5,0",
    "1,50,000",
    "1,500,50",
    "1.500.50",
    "1500,000.50",
    "1'500 000",
    "1,500 000.50",
    "1٫500.50",
    "1,,500",
    "0,500.50",
    "4242 4242 4242 4242",
    "0812345678",
    "025",
    "25\u200b30",
    "\u202e52",
    "25 months",
    "25 usd please",
    "1 usd 50",
    "twenty",
    "二十五",
    "25👍",
    "1" * (LONGEST + 1),
    " " * LONGEST + "1",
]


@pytest.mark.parametrize("locale", ["en", "ar", "fr"])
@pytest.mark.parametrize("typed", NO_AMOUNT)
def test_what_has_no_sensible_reading_is_not_an_amount(typed, locale):
    assert read_amount(typed, "USD", locale) == NotAnAmount()


THREE_DIGITS_BEHIND_ONE_MARK = [
    # typed, currency, languages, readings in units; none stands for "too precise"
    ("1,500", "USD", "en th my km fil zh_Hans", ["1500"]),
    ("1.500", "USD", "es id vi lo", ["1500"]),
    ("1.500", "USD", "en th my km fil zh_Hans fr ar", ["1500", "1.50"]),
    ("1,500", "USD", "ar fr es vi id lo", ["1500", "1.50"]),
    ("١،٥٠٠", "USD", "ar", ["1500", "1.50"]),
    ("10.000 $", "USD", "en", ["10000", "10"]),
    ("1.550", "USD", "en", ["1550", "1.55"]),
    ("1,234", "USD", "en ar", ["1234"]),
    ("12.345", "USD", "en fr ar", []),
    ("12,345", "USD", "fr es", []),
    ("1٫500", "USD", "en ar", []),
    ("1.500", "JPY", "en es ar", ["1500"]),
    ("1,500", "JPY", "en es ar", ["1500"]),
    ("250.000", "VND", "en vi", ["250000"]),
    ("250,000", "UGX", "en fr ar", ["250000"]),
]


@pytest.mark.parametrize(
    ("typed", "currency", "locale", "readings"),
    [
        (typed, currency, locale, readings)
        for typed, currency, locales, readings in THREE_DIGITS_BEHIND_ONE_MARK
        for locale in locales.split()
    ],
)
def test_three_digits_behind_one_mark_are_offered_both_ways_unless_one_makes_sense(
    typed, currency, locale, readings
):
    read = read_amount(typed, currency, locale)

    assert _readings(read) == [in_minor_units(Decimal(reading), currency) for reading in readings]
    assert type(read) is (TooPrecise, Amount, Ambiguous)[len(readings)]


@pytest.mark.parametrize(
    ("typed", "currency"),
    [
        ("12.3456", "USD"),
        ("0.500", "USD"),
        ("1,500.500", "USD"),
        ("1500.000", "USD"),
        ("25.5", "JPY"),
        ("25,50", "VND"),
        ("1.000,50", "ISK"),
    ],
)
def test_more_decimals_than_the_currency_has_are_too_precise(typed, currency):
    assert read_amount(typed, currency, "en") == TooPrecise()


@pytest.mark.parametrize(
    ("typed", "currency", "amount_minor"),
    [
        ("2500.00", "JPY", 2500),
        ("¥2,500", "JPY", 2500),
        ("2500円", "JPY", 2500),
        ("500 บาท", "THB", 500_00),
        ("฿500", "THB", 500_00),
        ("500 baht", "THB", 500_00),
        ("25 €", "EUR", 25_00),
        ("25 euros", "EUR", 25_00),
        ("٢٥ يورو", "EUR", 25_00),
        ("£25", "GBP", 25_00),
        ("$25", "CAD", 25_00),
        ("25 dollars", "SGD", 25_00),
        ("Fr.25", "CHF", 25_00),
        ("250000đ", "VND", 250_000),
        ("UGX 250,000/=", "UGX", 250_000_00),
    ],
)
def test_a_currency_may_be_named_as_its_people_name_it(typed, currency, amount_minor):
    assert read_amount(typed, currency, "en") == Amount(Money(amount_minor, currency))


@pytest.mark.parametrize(
    ("typed", "currency", "written"),
    [
        ("25 eur", "USD", "EUR"),
        ("€25", "USD", "EUR"),
        ("25 euros", "USD", "EUR"),
        ("500 บาท", "USD", "THB"),
        ("25元", "USD", "CNY"),
        ("Rp 25.000", "USD", "IDR"),
        ("US$25", "CAD", "USD"),
        ("CA$25", "USD", "CAD"),
        ("$25", "EUR", "$"),
        ("25 Dollars", "THB", "Dollars"),
        ("$25 EUR", "USD", "EUR"),
        ("12.3456 EUR", "USD", "EUR"),
    ],
)
def test_another_currency_is_named_and_not_read_as_ours(typed, currency, written):
    assert read_amount(typed, currency, "en") == OtherCurrency(written)


def _readings(read):
    match read:
        case Amount(money):
            return [money]
        case Ambiguous(moneys):
            return list(moneys)
    return []


@st.composite
def moneys(draw):
    row = CURRENCIES[draw(st.sampled_from(sorted(CURRENCIES)))]
    steps = draw(st.integers(0, 10**11 // row.step_minor))
    return Money(steps * row.step_minor, row.code)


def test_no_currency_has_a_step_larger_than_one_unit():
    assert [c.code for c in CURRENCIES.values() if c.step_minor > 10**c.exponent] == []


def _speaking(locale):
    return I18n(KNOWN[locale], gettext.NullTranslations(), print)


@settings(deadline=None)  # the first example loads CLDR's tables
@given(money=moneys(), locale=st.sampled_from(sorted(KNOWN)))
def test_what_we_print_reads_back_as_the_same_amount(money, locale):
    printed = _speaking(locale).text(Text("{money}", {"money": money}))

    assert money in _readings(read_amount(printed, money.currency, locale))


@settings(deadline=None)  # the first example loads CLDR's tables
@given(
    typed=st.text(alphabet="0159.,٫٬' \u00a0\u200b-$€usdeUR٢๒½²\u202e\n", max_size=LONGEST + 2),
    currency=st.sampled_from(sorted(CURRENCIES)),
    locale=st.sampled_from(sorted(KNOWN)),
)
def test_whatever_is_typed_is_answered_with_amounts_of_the_case_or_none(typed, currency, locale):
    read = read_amount(typed, currency, locale)

    assert all(m.currency == currency and m.amount_minor >= 0 for m in _readings(read))
    if isinstance(read, Ambiguous):
        assert len(set(read.readings)) == 2
        assert sorted(read.readings, reverse=True) == list(read.readings)


@settings(deadline=None)  # the first example loads CLDR's tables
@given(typed=st.text(), locale=st.sampled_from(sorted(KNOWN)))
def test_no_text_at_all_makes_the_reader_raise(typed, locale):
    read = read_amount(typed, "USD", locale)

    assert isinstance(read, Amount | Ambiguous | OtherCurrency | TooPrecise | NotAnAmount)


@settings(deadline=None)  # the first example loads CLDR's tables
@given(digits=st.from_regex(r"[1-9][0-9]{0,8}", fullmatch=True))
def test_plain_digits_are_that_many_units(digits):
    assert read_amount(digits, "USD", "en") == usd(int(digits) * 100)

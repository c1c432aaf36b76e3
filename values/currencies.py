"""
The currencies money may be in: how many decimals each has, in what steps and from what sum a card
can pay it.

Exponents are those of the payment provider's API, which are not always those of ISO 4217.
Sources: docs.stripe.com/currencies (zero-decimal list, minimum charges, as of 2026-11) and
support.stripe.com/questions/deprecation-of-fractional-isk-charges-and-refunds (ISK). A currency
that is not in the table is refused: guessing an exponent is a factor of a hundred.
"""

from dataclasses import dataclass

MOST_MINOR = 99_999_999
"""One card payment has eight digits at most, in minor units of whatever currency.
Source: docs.stripe.com/api/payment_intents/create, "amount" (read 2026-11)."""


@dataclass(frozen=True, slots=True)
class Currency:
    """
    One row of the table.

    Attributes:
        code: ISO 4217, upper case.
        exponent: Decimals of the minor unit; 2 means that 100 minor units are one unit.
        step_minor: Amounts are multiples of this many minor units.
        least_minor: The smallest gift that can be paid by card.
        round_minor: A round sum of about ten US dollars, from which amounts to offer are made.
    """

    code: str
    exponent: int
    step_minor: int
    least_minor: int
    round_minor: int


_TABLE = (
    Currency("AUD", 2, 1, 50, 1_000),
    Currency("CAD", 2, 1, 50, 1_000),
    Currency("CHF", 2, 1, 50, 1_000),
    Currency("EUR", 2, 1, 50, 1_000),
    Currency("GBP", 2, 1, 30, 1_000),
    Currency("ISK", 2, 100, 10_000, 100_000),
    Currency("JPY", 0, 1, 50, 1_000),
    Currency("NZD", 2, 1, 50, 1_000),
    Currency("SGD", 2, 1, 50, 1_000),
    Currency("THB", 2, 1, 1_000, 30_000),
    Currency("UGX", 2, 100, 250_000, 4_000_000),
    Currency("USD", 2, 1, 50, 1_000),
    Currency("VND", 0, 1, 15_000, 200_000),
)

CURRENCIES: dict[str, Currency] = {currency.code: currency for currency in _TABLE}


class UnknownCurrency(ValueError):
    """The currency is not in the table of `values/currencies.py`; add it there with its source."""


def currency(code: str) -> Currency:
    """
    Look *code* up.

    Raises:
        UnknownCurrency: it is not in the table.
    """
    found = CURRENCIES.get(code)
    if found is None:
        raise UnknownCurrency(f"{code!r} is not one of {', '.join(sorted(CURRENCIES))}")
    return found

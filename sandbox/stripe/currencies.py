"""
Stripe's view of currencies: decimals, steps, smallest charge, and how late money may be paid.

Sources: docs.stripe.com/currencies (zero- and three-decimal lists, minimums),
support.stripe.com/questions/deprecation-of-fractional-isk-charges-and-refunds (ISK; UGX is treated
alike). Read 2026-11. A currency without a known minimum here has none.
"""

from sandbox.stripe.errors import Invalid
from sandbox.stripe.vocabulary import words

ZERO_DECIMAL = words("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf")
THREE_DECIMAL = words("bhd jod kwd omr tnd")
_TWO_DECIMAL = words(
    "aed afn all amd ang aoa ars aud awg azn bam bbd bdt bmd bnd bob brl bsd bwp byn bzd cad cdf "
    "chf cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg "
    "huf idr ils inr isk jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur "
    "mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd "
    "scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx usd uyu uzs wst xcd "
    "yer zar zmw"
)
WHOLE_UNITS_ONLY = words("isk ugx")
MOST_MINOR = 99_999_999

_LEAST_MINOR = {
    "usd": 50, "eur": 50, "aud": 50, "cad": 50, "nzd": 50, "chf": 50, "sgd": 50, "brl": 50,
    "inr": 50, "gbp": 30, "jpy": 50, "hkd": 400, "sek": 300, "nok": 300, "dkk": 250, "thb": 1000,
    "myr": 200, "mxn": 1000, "pln": 200, "czk": 1500, "huf": 17_500, "ron": 200, "aed": 200,
    "isk": 10_000, "ugx": 250_000, "vnd": 15_000,
}  # fmt: skip

DELAYED_METHOD = {
    "usd": "us_bank_account",
    "eur": "sepa_debit",
    "gbp": "bacs_debit",
    "aud": "au_becs_debit",
    "cad": "acss_debit",
    "jpy": "konbini",
}
"""The method by which money in this currency arrives days after the checkout is done."""


def exponent(code: str) -> int:
    """
    Decimals of *code* (lower case).

    Raises:
        Invalid: Stripe does not take this currency.
    """
    if code in ZERO_DECIMAL:
        return 0
    if code in THREE_DECIMAL:
        return 3
    if code in _TWO_DECIMAL:
        return 2
    raise Invalid(f"Invalid currency: {code}.", param="currency")


def least_minor(code: str) -> int:
    """The smallest charge."""
    return _LEAST_MINOR.get(code, 1)


def shown(amount_minor: int, code: str) -> str:
    """The amount for people, in Latin digits: `1,234.50 USD`."""
    decimals = exponent(code)
    units, rest = divmod(abs(amount_minor), 10**decimals)
    fraction = f".{rest:0{decimals}}" if decimals else ""
    return f"{'-' if amount_minor < 0 else ''}{units:,}{fraction} {code.upper()}"


def check_charge(amount_minor: int, code: str, param: str) -> None:
    """
    Refuse a sum that cannot be charged.

    Raises:
        Invalid: too small, too large, or with a fraction that the currency does not have.
    """
    if amount_minor < least_minor(code):
        least = shown(least_minor(code), code)
        raise Invalid(f"The total must be at least {least}.", code="amount_too_small", param=param)
    if amount_minor > MOST_MINOR:
        raise Invalid("The total is too large.", code="amount_too_large", param=param)
    if code in WHOLE_UNITS_ONLY and amount_minor % 100:
        raise Invalid(
            f"Amounts in {code.upper()} must be evenly divisible by 100.",
            code="invalid_charge_amount_no_decimal_compatible",
            param=param,
        )
    if code in THREE_DECIMAL and amount_minor % 10:
        raise Invalid(
            f"The last digit of an amount in {code.upper()} must be 0.",
            code="parameter_invalid_integer",
            param=param,
        )

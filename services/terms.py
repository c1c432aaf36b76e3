"""
What the operator has laid down: who bears the payment fee, what a fee comes to, how long money
rests before it is spent, how long a donor has to answer.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from storage.holds import FeeBearer
from values.currencies import CURRENCIES, MOST_MINOR, currency
from values.money import Money

__all__ = ["FeeBearer", "FeeRate", "Terms"]


@dataclass(frozen=True, slots=True)
class FeeRate:
    """
    What the payment provider takes of a payment in one currency, as far as it can be told before.

    Attributes:
        per_ten_thousand: 290 for 2.9 %; less than 10,000.
        fixed: In the currency it is for.
    """

    per_ten_thousand: int
    fixed: Money

    def cover(self, amount: Money) -> Money:
        """
        What to add to *amount* so that it is left when this fee is taken: the least such sum.

        `paid = ceil((amount + fixed) / (1 - rate))`, in steps of the currency. The real fee may
        differ (a foreign card); what really was taken is what is booked.
        """
        step = currency(amount.currency).step_minor
        wanted = (amount + self.fixed).amount_minor * 10_000
        paid = -(-wanted // (10_000 - self.per_ten_thousand))
        paid += -paid % step
        return Money(paid, amount.currency) - amount

    def of(self, paid: Money) -> Money:
        """About what is taken of a payment of *paid*, rounded up."""
        part = -(-paid.amount_minor * self.per_ten_thousand // 10_000)
        return Money(part, paid.currency) + self.fixed


_RATE = re.compile(r"([A-Z]{3}) ([0-9]{1,2}(?:\.[0-9]{1,2})?)% ([0-9]+(?:\.[0-9]+)?)")


def read_fee_rates(text: str) -> dict[str, FeeRate]:
    """
    Read what fees come to: `USD 2.9% 0.30, THB 3.65% 10`, one for each currency.

    Raises:
        ValueError: it is not of that form, names a currency twice or one that is not in the table,
            or a fraction that the currency does not have.
    """
    rates: dict[str, FeeRate] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = _RATE.fullmatch(part)
        if found is None or found[1] not in CURRENCIES or found[1] in rates:
            raise ValueError(f"{part!r} is not of the form `USD 2.9% 0.30`, once a currency")
        fixed = _fixed(Decimal(found[3]), found[1])
        rates[found[1]] = FeeRate(int(Decimal(found[2]) * 100), fixed)
    return rates


def _fixed(amount: Decimal, code: str) -> Money:
    # A fee need not be in the steps in which a gift is.
    minor = amount.scaleb(currency(code).exponent)
    if minor != minor.to_integral_value():
        raise ValueError(f"{amount} is not an amount of {code}")
    return Money(int(minor), code)


@dataclass(frozen=True, slots=True)
class Terms:
    """
    The operator's terms.

    Attributes:
        fee_bearer: Who bears the fee of a gift whose donor does not cover it.
        fee_rates: By currency; where there is none, covering the fee is not offered.
        safety_period: So long money rests after it was paid before it may be spent.
        answer_within: So long a donor has to say what shall become of money that is left.
        publish_after: So long an approved story waits, and can be stopped, before it is public.
        update_after: An update tells of nothing that is younger.
        broadcast_after: So long news rests before followers are told, and staff can look at it.
        broadcast_rate: So many messages a second, at most, that nobody asked for; edits count.
    """

    fee_bearer: FeeBearer = FeeBearer.ORGANISATION
    fee_rates: Mapping[str, FeeRate] = field(default_factory=dict)
    safety_period: dt.timedelta = dt.timedelta(days=7)
    answer_within: dt.timedelta = dt.timedelta(days=7)
    publish_after: dt.timedelta = dt.timedelta(hours=1)
    update_after: dt.timedelta = dt.timedelta(days=14)
    broadcast_after: dt.timedelta = dt.timedelta(minutes=10)
    broadcast_rate: int = 25

    def cover(self, amount: Money) -> Money | None:
        """
        What a donor may add to *amount* for the fee.

        None where that cannot be told, is nothing, or where no card could pay both.
        """
        rate = self.fee_rates.get(amount.currency)
        cover = None if rate is None else rate.cover(amount)
        if not cover or (amount + cover).amount_minor > MOST_MINOR:
            return None
        return cover

    def fee_of(self, amount: Money) -> Money | None:
        """About what the fee of a payment of *amount* is; None where that cannot be told."""
        rate = self.fee_rates.get(amount.currency)
        return None if rate is None else rate.of(amount)

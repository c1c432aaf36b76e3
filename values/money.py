"""Money is a whole number of minor units with its currency. There are no floats here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from values.currencies import currency


class CurrencyMismatch(ValueError):
    """Two amounts of different currencies were put together."""


@dataclass(frozen=True, slots=True)
class Money:
    """
    An amount.

    Attributes:
        amount_minor: Whole minor units (cents for USD, yen for JPY); may be zero or negative.
        currency: ISO 4217 code out of `values.currencies`.

    Raises:
        UnknownCurrency: the currency is not in the table.
        TypeError: the amount is not an int.
    """

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.amount_minor) is not int:
            raise TypeError(f"amount_minor must be int, got {self.amount_minor!r}")
        currency(self.currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in units, exactly: `Money(1250, "USD").decimal == Decimal("12.50")`."""
        # From text, which is taken as it stands; arithmetic rounds to 28 digits.
        return Decimal(f"{self.amount_minor}E-{currency(self.currency).exponent}")

    def __add__(self, other: Money) -> Money:
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount_minor - self._same(other), self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.amount_minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.amount_minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.amount_minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.amount_minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.amount_minor != 0

    def __str__(self) -> str:
        return f"{self.decimal} {self.currency}"

    def _same(self, other: Money) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"expected Money, got {other!r}")
        if other.currency != self.currency:
            raise CurrencyMismatch(f"{self} and {other} are of different currencies")
        return other.amount_minor


def in_minor_units(amount: Decimal, code: str) -> Money | None:
    """
    Turn *amount* in units into Money; None if the currency cannot express it exactly.

    `in_minor_units(Decimal("12.345"), "USD")` is None: nothing is ever rounded away.
    """
    row = currency(code)
    if not amount.is_finite():
        return None
    # As a fraction: arithmetic with decimals rounds to 28 digits.
    numerator, denominator = amount.as_integer_ratio()
    minor, rest = divmod(numerator * 10**row.exponent, denominator)
    return None if rest or minor % row.step_minor else Money(minor, code)


def floor_percent(part: Money, whole: Money) -> int:
    """
    How many whole percent of *whole* is *part*, rounded down and kept within 0 and 100.

    Rounded down, so that 100 % is never said before it is true.

    Raises:
        CurrencyMismatch: the two are not of one currency.
        ValueError: *whole* is not positive.
    """
    if whole.amount_minor <= 0:
        raise ValueError(f"the whole must be positive, got {whole}")
    part - whole  # both of one currency, or CurrencyMismatch
    return max(0, min(100, part.amount_minor * 100 // whole.amount_minor))

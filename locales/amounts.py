"""
Reading an amount of money that a person typed.

People write what their keyboard, school and country taught them: `25`, `25 usd`, `$25`, `٢٥`,
`25,50`, `1.500,50`, `1 500`. Nothing is guessed: what has one sensible reading is read, what has
two is offered as both, all else is refused. A gift is confirmed before it is paid, but the number
that stands there for confirmation must already be the one that was meant.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from babel import numbers

from locales.currency_words import currencies_meant
from values.currencies import currency as row_of
from values.money import Money, in_minor_units

LONGEST = 64
"""Characters; what is longer is a message and not an amount."""

MOST_DIGITS = 12
"""More than any currency's plan needs, and far from where arithmetic or a button would break."""


@dataclass(frozen=True, slots=True)
class Amount:
    """One sensible reading. It may be zero, and it may be more than anybody needs."""

    money: Money


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """More than one sensible reading, the largest first; the person is to choose."""

    readings: tuple[Money, ...]


@dataclass(frozen=True, slots=True)
class OtherCurrency:
    """
    A number with another currency's name.

    Attributes:
        code_written: Its ISO code; what was written, where that stands for several currencies.
    """

    code_written: str


@dataclass(frozen=True, slots=True)
class TooPrecise:
    """More decimals than the currency has."""


@dataclass(frozen=True, slots=True)
class NotAnAmount:
    """No number, several numbers, a negative one, or words that are not a currency's name."""


Read = Amount | Ambiguous | OtherCurrency | TooPrecise | NotAnAmount

_POINT, _COMMA, _ARABIC_DECIMAL, _APOSTROPHE = ".", ",", "٫", "'"
_DECIMAL_MARKS = (_POINT, _COMMA, _ARABIC_DECIMAL)

_SAME_MARK = {
    "，": _COMMA,
    "،": _COMMA,  # Arabic keyboards have this comma, and not the separators made for numbers
    "．": _POINT,
    "。": _POINT,  # what a Chinese keyboard gives for the full stop key
    "٬": _APOSTROPHE,  # groups and nothing else, as the apostrophe does
    "’": _APOSTROPHE,
    "‘": _APOSTROPHE,
    "ʼ": _APOSTROPHE,
    "＄": "$",
    "￥": "¥",
    "￡": "£",
}

_OVERRIDES = "\u202d\u202e"
"""They make a number look like another one, so text with them is not read at all."""

_NUMBER = re.compile(r"[0-9](?:.*[0-9])?")
_BODY = re.compile(r"[0-9.,٫' ]+")
_BARE_MARK = re.compile(r"(?:^|[^\w])[.,٫]\s*$")
_QUOTES = "\"'“”„«»"
_AFTERTHOUGHT = " .,;:!?…؟؛۔။៕！？" + _QUOTES
_NO_CENTS = re.compile(r"^(?:[.,][-–—]|/[=-])")  # 25,- in Europe, 25/= in East Africa

_USED_BOTH_WAYS = frozenset({"ar"})
"""
Languages whose own group mark is the decimal mark in some of their countries: what CLDR prints for
Arabic groups by comma, while Morocco, Algeria and Tunisia write decimals with it.
"""


def read_amount(text: str, currency: str, locale: str) -> Read:
    """
    Read *text* as an amount in *currency*.

    Digits of every script count. A currency may be named before or behind, in any language we
    know. The marks decide what the digits mean:

    - A space, an apostrophe or `٬` groups thousands: `1 500`, `1'500`.
    - Two different marks: the last is the decimal mark: `1,500.50`, `1.500,50`.
    - The same mark several times groups: `1.500.000`.
    - A single `.` or `,` with one or two digits behind it is a decimal mark, in every language:
      no group has fewer than three. `25,50`, `1.5`, `10,00`. (`1,50` may be a slip for 1,500; the
      confirmation shows it.)
    - A single `.` or `,` with exactly three digits behind it groups in some countries and is
      typed for decimals in others: a factor of a thousand. If it is the mark this language
      itself groups by, as on every screen the person has just read, it groups. If it is not,
      somebody who writes three decimals for a currency of two may mean 1.50 by `1.500`, so both
      readings are offered; where the decimal one is not exact, as in `12.345`, it is too precise
      for money and likely comes from a calculator, and is refused rather than taken for 12,345.
      Arabic is printed with a comma for groups but is also written with it for decimals: both are
      offered, and only if the decimal one is not exact does it group. For a currency without
      decimals the mark groups.
    - Any other arrangement of groups (`1,5,0`, `4242 4242`), and a number with a leading zero,
      which is a telephone number or a code more often than an amount, is not an amount.

    Args:
        text: As it was typed.
        currency: The case's; ISO 4217.
        locale: The person's language, one of `KNOWN`.

    Raises:
        UnknownCurrency: the currency is not in the table.
    """
    clean = _clean(text) if len(text) <= LONGEST else None
    number = _NUMBER.search(clean) if clean else None
    if clean is None or number is None or not _BODY.fullmatch(number.group()):
        return NotAnAmount()
    if sum(sign.isdigit() for sign in number.group()) > MOST_DIGITS:
        return NotAnAmount()
    before, after = clean[: number.start()], clean[number.end() :]
    if _BARE_MARK.search(before):
        return NotAnAmount()  # ".50": half a unit, or fifty with a stray point
    read = _read_number(number.group(), currency, locale)
    words = (before.strip(" :" + _QUOTES), _NO_CENTS.sub("", after).strip(_AFTERTHOUGHT))
    if isinstance(read, NotAnAmount):
        return read
    return _other_currency(words, currency) or read


def _clean(text: str) -> str | None:
    """Latin digits, one kind of each mark, plain spaces; None for text that shows in disguise."""
    cleaned: list[str] = []
    for character in text.strip():
        category = unicodedata.category(character)
        if character in _OVERRIDES:
            return None
        if category == "Nd":
            cleaned.append(str(unicodedata.decimal(character)))
        elif category in {"Zs", "Cf"} or character == "\t":
            # Also the invisible ones: between two digits they may part two numbers.
            cleaned.append(" ")
        else:
            cleaned.append(_SAME_MARK.get(character, character))
    return re.sub(" +", " ", "".join(cleaned)).strip()


def _other_currency(words: tuple[str, str], currency: str) -> OtherCurrency | NotAnAmount | None:
    """None if all that stands around the number is the name of *currency*, or nothing."""
    for word in filter(None, words):
        meant = currencies_meant(word)
        if not meant:
            return NotAnAmount()
        if currency not in meant:
            return OtherCurrency(min(meant) if len(meant) == 1 else word)
    return None


def _read_number(body: str, currency: str, locale: str) -> Read:
    """Read digits and marks by the rule of `read_amount`."""
    pieces = re.split(r"([.,٫' ])", body)
    groups, marks = pieces[::2], pieces[1::2]
    if not marks:
        return Amount(_whole(body, currency)) if _is_plain(body) else NotAnAmount()
    grouping = len(set(marks)) == 1 and marks[0] != _ARABIC_DECIMAL and _is_grouped(groups)
    decimal = _has_decimals(groups, marks)
    if grouping and decimal:
        return _either(groups, marks[0], currency, locale)
    if grouping:
        return Amount(_whole("".join(groups), currency))
    return _decimals(groups, currency) if decimal else NotAnAmount()


def _is_plain(digits: str) -> bool:
    return digits == "0" or digits[:1] not in {"", "0"}


def _is_grouped(groups: list[str]) -> bool:
    first, *others = groups
    return 1 <= len(first) <= 3 and first[0] != "0" and all(len(group) == 3 for group in others)


def _has_decimals(groups: list[str], marks: list[str]) -> bool:
    """Whether the last mark can be a decimal mark: it comes once, behind a whole number."""
    *earlier, last = marks
    if last not in _DECIMAL_MARKS or last in earlier:
        return False
    if not earlier:
        return _is_plain(groups[0])
    return len(set(earlier)) == 1 and earlier[0] != _ARABIC_DECIMAL and _is_grouped(groups[:-1])


def _whole(digits: str, currency: str) -> Money:
    """*digits* in units; no currency's step is larger than one."""
    return Money(int(digits) * 10 ** row_of(currency).exponent, currency)


def _decimals(groups: list[str], currency: str) -> Amount | TooPrecise:
    """
    Read the last group as decimals.

    Two are always accepted if they are exact: many write `.00` behind an amount in yen.
    """
    money = _exactly(groups, currency)
    most = max(2, _places(currency))
    return TooPrecise() if money is None or len(groups[-1]) > most else Amount(money)


def _either(groups: list[str], mark: str, currency: str, locale: str) -> Read:
    """One mark with three digits behind it: the last but one point of the rule."""
    thousands, fraction = _whole("".join(groups), currency), _exactly(groups, currency)
    own = mark == numbers.get_group_symbol(locale)
    if not _places(currency) or (own and not (fraction and locale in _USED_BOTH_WAYS)):
        return Amount(thousands)
    return Ambiguous((thousands, fraction)) if fraction else TooPrecise()


def _exactly(groups: list[str], currency: str) -> Money | None:
    return in_minor_units(Decimal(f"{''.join(groups[:-1])}.{groups[-1]}"), currency)


def _places(currency: str) -> int:
    """How many decimals are ever used: none where the step is a whole unit, as for UGX."""
    row = row_of(currency)
    return sum(row.step_minor % 10**place != 0 for place in range(1, row.exponent + 1))

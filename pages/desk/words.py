"""
What the words of the closed lists are called on the desk, in English; and how a form is read.

Where readers have a word for something, staff see the same one.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from locales import names
from locales.catalog import KNOWN, I18n
from values.bands import Gender, Guardian, Limit, PeriodBand, RiskLevel
from values.facts import AgeBand, ExploitationForm, Region
from values.lines import BudgetLine
from values.money import Money, in_minor_units

_Word = TypeVar("_Word", bound=StrEnum)

NOT_AN_AMOUNT = "Write the amount as a number, such as 12.50."

_AMOUNT = re.compile(r"[0-9]{1,9}([.,][0-9]{1,2})?")
_COUNT = re.compile(r"[0-9]{1,4}")

_GENDERS = {
    Gender.WOMAN: "Woman",
    Gender.MAN: "Man",
    Gender.OTHER: "Another",
    Gender.NOT_SAID: "Not said",
}
_PERIODS = {
    PeriodBand.UNDER_6_MONTHS: "Less than 6 months",
    PeriodBand.FROM_6_TO_24_MONTHS: "6 to 24 months",
    PeriodBand.OVER_24_MONTHS: "More than 24 months",
    PeriodBand.NOT_SAID: "Not said",
}
_GUARDIANS = {
    Guardian.GUARDIAN: "A guardian",
    Guardian.COURT: "A court",
    Guardian.CHILD_PROTECTION_SERVICE: "A child protection service",
    Guardian.BEST_INTEREST_PANEL: "A panel on what is best for the child",
}
_LEVELS = {
    RiskLevel.LOW: "Low",
    RiskLevel.MEDIUM: "Medium",
    RiskLevel.HIGH: "High: nothing is published",
}
_LIMITS = {
    Limit.REGION: "Not the region",
    Limit.FAMILY: "Nothing of the family",
    Limit.HARD_CHAPTER: "Not the hard chapter",
    Limit.UPDATES: "No news later",
}
# By their list first: words of two lists may be the same ("not_said", "other").
_CALLED: Mapping[type[StrEnum], Mapping[Any, str]] = {
    Region: {word: text.msgid for word, text in names.REGIONS.items()},
    AgeBand: {word: text.msgid for word, text in names.AGE_BANDS.items()},
    ExploitationForm: {word: text.msgid for word, text in names.EXPLOITATION_FORMS.items()},
    BudgetLine: {word: word.value.replace("_", " ") for word in BudgetLine},
    Gender: _GENDERS,
    Guardian: _GUARDIANS,
    PeriodBand: _PERIODS,
    RiskLevel: _LEVELS,
    Limit: _LIMITS,
}

PURPOSES: Mapping[str, str] = {
    "tell_story": "To tell the story",
    "show_need": "To show what is needed, without the story",
    "publish_updates": "To tell news later",
    "translate": "To have it translated",
}
CHANNELS: Mapping[str, str] = {"bot": "In the chat", "web": "On the page"}


def called(word: StrEnum) -> str:
    """What the word is called."""
    return _CALLED[type(word)][word]


def languages(i18n: I18n) -> dict[str, str]:
    """Every language that the program knows: code to what English calls it."""
    return {code: i18n.tongue(code) for code in KNOWN}


def word_of(words: type[_Word], sent: str) -> _Word | None:
    """The word of the list that was sent; None if it is not of the list."""
    try:
        return words(sent)
    except ValueError:
        return None


def chosen(sent: Mapping[str, str], prefix: str, among: Iterable[str]) -> list[str]:
    """Which boxes of *among* were ticked: those whose `<prefix><word>` was sent."""
    return [word for word in among if f"{prefix}{word}" in sent]


def amount_of(written: str, currency: str) -> Money | None:
    """An amount as one writes it, zero too; None if it is not one of this currency."""
    plain = written.strip().replace(",", ".")
    if not _AMOUNT.fullmatch(plain):
        return None
    try:
        return in_minor_units(Decimal(plain), currency)
    except (ArithmeticError, ValueError):
        return None


def count_of(written: str) -> int | None:
    """A number of times; None if it is not one."""
    return int(written) if _COUNT.fullmatch(written) else None


def one_line(written: str) -> str:
    """What was written in a box of several lines, as one line of normal characters."""
    return unicodedata.normalize("NFC", " ".join(written.split()))

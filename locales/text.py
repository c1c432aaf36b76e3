"""
Text that is marked where it is said and translated where it is shown.

A room that decides what to say makes a `Text` of an English sentence with typed values in it. The
edge (`bot`, `pages`) renders it in the reader's language. So a conversation can be tested by what
it means, and a message that waits in the outbox comes out in the language the person has then.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from values.money import Money


@dataclass(frozen=True, slots=True)
class Name:
    """
    A name inside a sentence: a pseudonym, an organisation.

    It is isolated, so that it and a sentence of the other direction do not reorder each other.
    """

    text: str


@dataclass(frozen=True, slots=True)
class Percent:
    """Whole percent; some languages put a space before the sign."""

    percent: int


@dataclass(frozen=True, slots=True)
class Month:
    """A month of a year, the finest date that may be told of a case."""

    year: int
    month: int


@dataclass(frozen=True, slots=True)
class Country:
    """A country by its two letters (ISO 3166); each language has its own name for it."""

    code: str


@dataclass(frozen=True, slots=True)
class Tongues:
    """Languages by their codes, listed as each language calls them."""

    codes: tuple[str, ...]


Value = Money | Name | Percent | Month | Country | Tongues | dt.date | int | str
"""What may stand in a sentence. A str is a word that needs no isolation and is shown as it is."""


@dataclass(frozen=True, slots=True)
class Text:
    """
    One message of the catalog with the values it needs.

    Attributes:
        msgid: The English sentence with `{name}` fields.
        values: Field name to typed value; a `Text` among them is translated first.
        plural: The English plural, or None if the sentence does not count.
        count: What decides the plural form; also available as the field `{count}`.
        context: gettext context, or None.
    """

    msgid: str
    values: dict[str, Value | Text] = field(default_factory=dict, hash=False)
    plural: str | None = None
    count: int | None = None
    context: str | None = None


def N_(msgid: str) -> str:  # noqa: N802 - gettext's own name for "extract, translate later"
    """Mark *msgid* for extraction and hand it back unchanged."""
    return msgid


def say(msgid: str, /, **values: Value | Text) -> Text:
    """Make a Text. *msgid* is extracted."""
    return Text(msgid, values)


def say_n(singular: str, plural: str, count: int, /, **values: Value | Text) -> Text:
    """Make a Text that counts. Both forms are extracted; `{count}` stands for *count*."""
    return Text(singular, {"count": count, **values}, plural, count)

"""
The languages at work: sentences translated, values written as each language writes them.

`Languages` is loaded once and passed along; a handler asks it for the `I18n` of the person it
speaks to. Nothing is global: a reminder that waits in the outbox speaks the language its reader
has when it leaves, which a context variable would not give it.
"""

from __future__ import annotations

import datetime as dt
import gettext
import hashlib
import html
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Literal

from babel import Locale, dates, lists, numbers

from locales import negotiation
from locales.known import HERE, KNOWN, LOCALES, SOURCE, Language, catalog_path, with_catalog
from locales.reviews import digest, is_draft, reviews
from locales.template import flaw_in, template
from locales.text import Country, Month, Name, Percent, Text, Tongues, Value
from values.currencies import currency
from values.money import Money

__all__ = ["KNOWN", "LOCALES", "BrokenMessage", "CatalogsNotBuilt", "I18n", "Language", "Languages"]

FIRST_STRONG_ISOLATE = "\u2068"
POP_DIRECTIONAL_ISOLATE = "\u2069"
NBSP = "\u00a0"

STAMP = ("build", "sha256 of the catalog's source")
"""Context and msgid under which a compiled catalog says which messages.po it was made from."""

_BIDI_CONTROLS = dict.fromkeys(
    map(ord, "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)

Report = Callable[[str, str, str], None]
"""Told once of each broken translation: locale, msgid, what is wrong with it."""


class LocaleError(Exception):
    """What goes wrong with languages."""


class CatalogsNotBuilt(LocaleError):
    """A compiled catalog is missing or was made from another text. The message says the remedy."""


class BrokenMessage(LocaleError, ValueError):
    """An English sentence of the program cannot be filled with the values it was given."""


def log_broken(locale: str, msgid: str, flaw: str) -> None:
    """Write a broken translation to the log."""
    logging.getLogger("locales").warning(
        "broken_translation", extra={"locale": locale, "msgid": msgid, "flaw": flaw}
    )


def isolated(shown: str) -> str:
    """Keep *shown* from reordering the sentence around it, and the sentence from reordering it."""
    return FIRST_STRONG_ISOLATE + shown + POP_DIRECTIONAL_ISOLATE


class I18n:
    """
    One language. Immutable, and safe to share between tasks.

    Numbers are in Latin digits in every language: all of our readers know them, and CLDR makes
    them the default nearly everywhere.

    Attributes:
        is_draft: No native reader has signed the catalog as it is. Its readers are told so, and
            what binds or protects them stands in English beside it.
    """

    __slots__ = ("_catalog", "_language", "_report", "_source", "is_draft")

    def __init__(
        self,
        language: Language,
        catalog: gettext.NullTranslations,
        report: Report,
        *,
        source: I18n | None = None,
        is_draft: bool = False,
    ) -> None:
        self._language = language
        self._catalog = catalog
        self._report = report
        self._source = source or self
        self.is_draft = is_draft

    @property
    def locale(self) -> str:
        """Our code: `zh_Hans`."""
        return self._language.locale

    @property
    def direction(self) -> Literal["ltr", "rtl"]:
        """Which way the script runs."""
        return self._language.direction

    @property
    def html_lang(self) -> str:
        """The code for a `lang` attribute: `zh-Hans`."""
        return self._language.html_lang

    @property
    def language(self) -> Language:
        """Its row of the table: autonym, Telegram's and Stripe's codes."""
        return self._language

    def text(self, text: Text, escape: Callable[[str], str] = str) -> str:
        """
        Say *text* in this language.

        A translation that is missing, not yet reviewed or broken is replaced by the English;
        a broken one is reported, once.

        Args:
            text: What to say; a Text among its values is said first.
            escape: Applied to each value, never to the sentence: `html.escape` where the sentence
                may contain tags (Telegram, the page), nothing for plain text such as a button.

        Raises:
            BrokenMessage: the English itself has a stray brace, a bad tag or a field without value.
            TypeError: a value is of no type that can be shown.
        """
        values: dict[str, Value | Text] = dict(text.values)
        if text.count is not None:
            values.setdefault("count", text.count)
        shown = {name: self._show(value, escape) for name, value in values.items()}
        return template(self._sentence(text, shown)).fill(shown)

    def says(self, msgid: str) -> bool:
        """Whether the language has this sentence itself, and does not borrow it from English."""
        return self.locale == SOURCE or bool(self._catalog.gettext(msgid) != msgid)

    @property
    def source(self) -> I18n:
        """English, which the sentences were written in."""
        return self._source

    def html(self, text: Text) -> str:
        """Say *text* as HTML: its tags are kept, its values escaped."""
        return self.text(text, html.escape)

    def t(self, msgid: str, /, **values: Value | Text) -> str:
        """Say a sentence as plain text. *msgid* is extracted."""
        return self.text(Text(msgid, values))

    def tn(self, singular: str, plural: str, count: int, /, **values: Value | Text) -> str:
        """Say a sentence that counts, as plain text. Both forms are extracted."""
        return self.text(Text(singular, {"count": count, **values}, plural, count))

    def money(self, money: Money) -> str:
        """
        Write an amount: `12,345 USD`, `12.345 USD`, `12 345,50 USD`.

        The ISO code, because `$` is the money of many countries; after the number, with a
        no-break space; decimals only if there is a fraction to show.
        """
        exponent = currency(money.currency).exponent
        whole = money.amount_minor % 10**exponent == 0
        decimals = "" if whole else "." + "0" * exponent
        return numbers.format_currency(
            money.decimal,
            money.currency,
            format=f"#,##0{decimals}{NBSP}¤¤",
            currency_digits=False,
            locale=self.locale,
        )

    def percent(self, percent: int) -> str:
        """Write whole percent; 45 is `45%`, or `45 %` where the language wants the space."""
        return numbers.format_percent(Decimal(percent) / 100, locale=self.locale)

    def number(self, number: int) -> str:
        """Write a whole number with the language's group separators."""
        return numbers.format_decimal(number, locale=self.locale)

    def date(self, date: dt.date) -> str:
        """Write a day, with the month in words so that nobody takes it for the day."""
        return dates.format_date(date, "long", locale=self.locale)

    def month(self, month: Month) -> str:
        """Write a month of a year. Thai says which era it counts in: its readers know two."""
        first = dt.date(month.year, month.month, 1)
        if self.locale == "th":
            return dates.format_date(first, "MMMM G y", locale=self.locale)
        return dates.format_skeleton("yMMMM", first, locale=self.locale)

    def country(self, code: str) -> str:
        """Call a country as the language does; by its letters where it has no name for it."""
        name = str(Locale.parse(self.locale).territories.get(code, code))
        return name.partition(" (")[0].partition("（")[0]

    def tongue(self, code: str) -> str:
        """Call a language as this language does; by its code where it has no name for it."""
        return str(Locale.parse(self.locale).languages.get(code, code))

    def list(self, shown: list[str]) -> str:
        """Join ready strings: `a, b, and c`."""
        return lists.format_list(shown, locale=self.locale)

    def _sentence(self, text: Text, given: Mapping[str, str]) -> str:
        """The translation if it can be used, else the English."""
        if not text.msgid:
            return ""  # gettext keeps the catalog's header under the empty msgid
        originals = [text.msgid] if text.plural is None else [text.msgid, text.plural]
        english = text.msgid if text.plural is None or text.count == 1 else text.plural
        if flaw := flaw_in(english, [english], given):
            raise BrokenMessage(f"{english!r}: {flaw}; given: {sorted(given)}")
        translation = self._translation(text)
        if translation == english:
            return english
        if flaw := flaw_in(translation, originals, given):
            self._report(self.locale, text.msgid, flaw)
            return english
        return translation

    def _translation(self, text: Text) -> str:
        if text.plural is None or text.count is None:
            if text.context is None:
                return self._catalog.gettext(text.msgid)
            return self._catalog.pgettext(text.context, text.msgid)
        if text.context is None:
            return self._catalog.ngettext(text.msgid, text.plural, text.count)
        return self._catalog.npgettext(text.context, text.msgid, text.plural, text.count)

    def _show(self, value: Value | Text, escape: Callable[[str], str]) -> str:
        match value:
            case Text():
                return self.text(value, escape)
            case Name():
                # A name that closes an isolate, or opens one, would reorder what follows it.
                return isolated(escape(value.text.translate(_BIDI_CONTROLS)))
            case Money():
                return isolated(escape(self.money(value)))
            case Percent():
                return isolated(self.percent(value.percent))
            case Country():
                return isolated(escape(self.country(value.code)))
            case Tongues():
                return escape(self.list([self.tongue(code) for code in value.codes]))
        return escape(self._write(value))

    def _write(self, value: Month | dt.date | int | str) -> str:
        match value:
            case Month():
                return self.month(value)
            case dt.date():
                return self.date(value)
            case int() if not isinstance(value, bool):
                return self.number(value)
            case str():
                return value
        raise TypeError(f"cannot show {value!r}: expected one of locales.text.Value")


@dataclass(frozen=True, slots=True)
class Languages:
    """All languages that are offered. Immutable; load it once and pass it along."""

    _by_locale: Mapping[str, I18n]

    @classmethod
    def load(cls, root: Path = HERE, report: Report = log_broken) -> Languages:
        """
        Read every compiled catalog under *root*.

        Args:
            root: Holds `<locale>/LC_MESSAGES/messages.po` and the `.mo` made from it.
            report: Told once for each broken translation that was to be shown.

        Raises:
            CatalogsNotBuilt: a catalog is not compiled, or was compiled from an older text.
        """
        once = _once(report)
        if SOURCE not in with_catalog(root):
            raise CatalogsNotBuilt(f"{catalog_path(SOURCE, root)} is missing.")
        signed = reviews(root)
        source = I18n(KNOWN[SOURCE], _read(SOURCE, root), once)
        found = {
            locale: I18n(
                KNOWN[locale],
                _read(locale, root),
                once,
                source=source,
                is_draft=is_draft(locale, signed, digest(locale, root)),
            )
            for locale in with_catalog(root)
        }
        return cls(MappingProxyType({**found, SOURCE: source}))

    @property
    def offered(self) -> tuple[str, ...]:
        """The locales there are, in the order of the menu."""
        return tuple(self._by_locale)

    def i18n(self, locale: str) -> I18n:
        """
        The language *locale*; English if it is not offered (any more).

        A person's row may name a language that an older installation offered.
        """
        return self._by_locale.get(locale) or self._by_locale[SOURCE]

    def negotiate(self, *tags: str | None) -> str:
        """The first of *tags* that is offered, else English; a tag may be anything."""
        return negotiation.negotiate(tags, self.offered)

    def from_accept_language(self, header: str | None) -> str:
        """What a browser asks for with its Accept-Language *header*, else English."""
        return negotiation.from_accept_language(header, self.offered)


def _read(locale: str, root: Path) -> gettext.GNUTranslations:
    """
    Read the compiled catalog of *locale* and see that it is the one of today's text.

    Compared by hash: a checkout, or pip, gives the two files times that say nothing.
    """
    source = catalog_path(locale, root)
    compiled = source.with_suffix(".mo")
    remedy = "Run `make catalogs` (python -m locales.compile_catalogs)."
    if not compiled.is_file():
        raise CatalogsNotBuilt(f"{compiled} is missing. {remedy}")
    with compiled.open("rb") as file:
        catalog = gettext.GNUTranslations(file)
    if catalog.pgettext(*STAMP) != hashlib.sha256(source.read_bytes()).hexdigest():
        raise CatalogsNotBuilt(f"{compiled} was made from another {source.name}. {remedy}")
    return catalog


def _once(report: Report) -> Report:
    """Pass each pair of locale and msgid on a single time."""
    seen: set[tuple[str, str]] = set()

    def first_time(locale: str, msgid: str, flaw: str) -> None:
        if (locale, msgid) not in seen:
            seen.add((locale, msgid))
            report(locale, msgid, flaw)

    return first_time

"""
The languages the machinery knows: what each is called, which way it runs, how it counts.

A language is offered once it has a folder with `LC_MESSAGES/messages.po`; nothing else is to be
registered. One row per language here keeps every outside spelling of it (BCP 47, Telegram's two
letters, the payment page's code) in one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

HERE = Path(__file__).parent
SOURCE = "en"
"""The language the sentences are written in, and what is shown where a translation is missing."""

_NO_FORMS = "nplurals=1; plural=0;"
_ONE_OTHER = "nplurals=2; plural=(n != 1);"


@dataclass(frozen=True, slots=True)
class Language:
    """
    One language.

    Attributes:
        locale: Our code, which is also the folder's name and the one that CLDR uses.
        autonym: What its own readers call it; the language menu shows nothing else.
        direction: Which way its script runs.
        plural_forms: The catalog's Plural-Forms header. Babel writes a wrong one for my, id, fil
            and ar (python-babel issues 495 and 816), so every catalog takes it from here. Checked
            against CLDR's own rules for 0 to 200 by a test.
        telegram: The ISO 639-1 code for setMyCommands and its like, which take two letters only.
        stripe: The `locale` of a Checkout Session. `auto` where the payment page does not speak
            the language: it then follows the browser, which knows the reader's second choice.
            Source: docs.stripe.com/js/appendix/supported_locales (read 2026-11).
    """

    locale: str
    autonym: str
    direction: Literal["ltr", "rtl"]
    plural_forms: str
    telegram: str
    stripe: str

    @property
    def html_lang(self) -> str:
        """The BCP 47 tag for `lang` attributes: `zh-Hans`, not `zh_Hans`."""
        return self.locale.replace("_", "-")


_TABLE = (
    Language("en", "English", "ltr", _ONE_OTHER, "en", "en"),
    Language("th", "ไทย", "ltr", _NO_FORMS, "th", "th"),
    Language("vi", "Tiếng Việt", "ltr", _NO_FORMS, "vi", "vi"),
    Language("km", "ភាសាខ្មែរ", "ltr", _NO_FORMS, "km", "auto"),
    Language("lo", "ລາວ", "ltr", _NO_FORMS, "lo", "auto"),
    Language("my", "မြန်မာ", "ltr", _NO_FORMS, "my", "auto"),
    Language("id", "Bahasa Indonesia", "ltr", _NO_FORMS, "id", "id"),
    Language(
        "fil",
        "Filipino",
        "ltr",
        "nplurals=2; plural=(n != 1 && n != 2 && n != 3 && "
        "(n % 10 == 4 || n % 10 == 6 || n % 10 == 9));",
        "tl",
        "fil",
    ),
    Language("zh_Hans", "简体中文", "ltr", _NO_FORMS, "zh", "zh"),
    Language(
        "ar",
        "العربية",
        "rtl",
        "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : "
        "n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);",
        "ar",
        "auto",
    ),
    Language("fr", "Français", "ltr", "nplurals=2; plural=(n > 1);", "fr", "fr"),
    Language("es", "Español", "ltr", _ONE_OTHER, "es", "es"),
)

KNOWN: dict[str, Language] = {language.locale: language for language in _TABLE}
"""Locale to language, in the order in which a menu lists them."""


def catalog_path(locale: str, root: Path = HERE) -> Path:
    """Where the catalog of *locale* lies under *root*; it need not exist."""
    return root / locale / "LC_MESSAGES" / "messages.po"


def with_catalog(root: Path = HERE) -> tuple[str, ...]:
    """The known locales that have a catalog under *root*, in the order of `KNOWN`."""
    return tuple(locale for locale in KNOWN if catalog_path(locale, root).is_file())


LOCALES: tuple[str, ...] = with_catalog()
"""The locales that this installation offers."""

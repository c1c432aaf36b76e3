"""
Which of the offered languages somebody wants, from tags that strangers send.

Telegram's `language_code` is the language of the app, not always of its reader, and browsers send
whatever their makers chose: the answer is a first guess for a menu, never a decision. Babel's own
negotiation does not find `zh-CN`, `zh-hans`, `tl` or `in`, and its parser raises on junk.
"""

from __future__ import annotations

from collections.abc import Sequence

from locales.known import SOURCE

_LONGEST_TAG = 35
"""No registered language tag is longer (RFC 5646, 4.4.1)."""
_LONGEST_HEADER = 512
_MOST_ITEMS = 20

_ALIASES = {
    "tl": "fil",
    "in": "id",
    "ara": "ar",
    "arb": "ar",
    "bur": "my",
    "mya": "my",
    "chi": "zh_Hans",
    "cmn": "zh_Hans",
    "zh": "zh_Hans",
    "zho": "zh_Hans",
    "eng": "en",
    "fra": "fr",
    "fre": "fr",
    "ind": "id",
    "khm": "km",
    "lao": "lo",
    "spa": "es",
    "tgl": "fil",
    "tha": "th",
    "vie": "vi",
}
"""
Retired, three-letter and macro-language codes. All of Chinese is `zh_Hans`, traditional script
too: there is no catalog for it, most of its readers read simplified characters better than
English, and the language menu is one tap away.
"""


def match(tag: str | None, offered: Sequence[str]) -> str | None:
    """
    Return the one of *offered* that *tag* means, or None.

    Script, territory, variants and extensions are not compared: there is one catalog a language.

    Args:
        tag: A BCP 47 tag, a POSIX locale, or anything else that a stranger may send.
        offered: Our locale codes.
    """
    if not tag or len(tag) > _LONGEST_TAG:
        return None
    language = tag.strip().replace("_", "-").partition("-")[0].lower()
    locale = _ALIASES.get(language, language)
    return locale if locale in offered else None


def negotiate(tags: Sequence[str | None], offered: Sequence[str], default: str = SOURCE) -> str:
    """Return the first of *tags* that is offered, else *default*."""
    found = (match(tag, offered) for tag in tags)
    return next((locale for locale in found if locale is not None), default)


def from_accept_language(header: str | None, offered: Sequence[str], default: str = SOURCE) -> str:
    """
    Choose by an Accept-Language header: highest weight first, then first come.

    What is past 512 characters or 20 items is not read; an item whose weight cannot be read, is
    zero or is above one is left out; `*` asks for nothing in particular and counts for nothing.
    Source: RFC 9110, 12.4.2 and 12.5.4.
    """
    weighed: list[tuple[float, int, str]] = []
    for place, item in enumerate((header or "")[:_LONGEST_HEADER].split(",")[:_MOST_ITEMS]):
        tag, _, parameter = item.partition(";")
        weight = _weight(parameter)
        if weight > 0:
            weighed.append((-weight, place, tag))
    return negotiate([tag for _, _, tag in sorted(weighed)], offered, default)


def _weight(parameter: str) -> float:
    """Read `q=0.8`: 1 if it is not given, 0 if it makes no sense."""
    name, _, value = parameter.strip().partition("=")
    if not name:
        return 1.0
    digits = value.strip()
    if name.strip().lower() != "q" or not digits.replace(".", "", 1).isdecimal():
        return 0.0
    weight = float(digits)
    return weight if weight <= 1 else 0.0

"""
A language that nobody speaks: every sentence in strange letters, longer, and between brackets.

What has no brackets on a screen did not come out of a catalog; what does not fit would not fit in
some language either. One runs from left to right in the place of French, one from right to left
in the place of Arabic.
"""

import gettext
import re
from types import MappingProxyType

from locales.catalog import I18n, Languages, log_broken
from locales.known import KNOWN
from locales.template import template

OPENS, CLOSES = "⟦", "⟧"
FROM_THE_LEFT, FROM_THE_RIGHT = "fr", "ar"

_LATIN = "abcdefghijklmnopqrstuvwxyz"
_STRANGE = {
    FROM_THE_LEFT: str.maketrans(_LATIN, "àƀçđéƒğĥîĵķļɱñöþɋŕšţûṽŵẋýž"),
    FROM_THE_RIGHT: str.maketrans(_LATIN + _LATIN.upper(), "ابجدهوزحطيكلمنسعفصقرشتثخذض" * 2),
}
_TAG = re.compile(r"(<[^<>]*>)")


def pseudo(sentence, locale):
    """*sentence* in the strange letters, a third longer, its fields and tags kept."""
    pieces = list(template(sentence).pieces)
    for place in range(0, len(pieces), 2):
        parts = _TAG.split(pieces[place])
        parts[::2] = [part.translate(_STRANGE[locale]) for part in parts[::2]]
        pieces[place] = "".join(parts)
    fields = [f"{{{piece}}}" if place % 2 else piece for place, piece in enumerate(pieces)]
    words = "".join(fields)
    longer = "~" * (len(re.sub(r"<[^<>]*>|\{\w+\}", "", sentence)) // 3)
    return f"{OPENS}{words}{longer}{CLOSES}"


class _PseudoCatalog(gettext.NullTranslations):
    """A catalog that has every sentence."""

    def __init__(self, locale):
        super().__init__()
        self._locale = locale

    def gettext(self, message):
        return pseudo(message, self._locale)

    def ngettext(self, msgid1, msgid2, n):
        return pseudo(msgid1 if n == 1 else msgid2, self._locale)

    def pgettext(self, _context, message):
        return self.gettext(message)

    def npgettext(self, _context, msgid1, msgid2, n):
        return self.ngettext(msgid1, msgid2, n)


def pseudo_languages(languages):
    """*languages* with the strange ones in two of their places."""
    source = languages.i18n("en")
    strange = {
        locale: I18n(KNOWN[locale], _PseudoCatalog(locale), log_broken, source=source)
        for locale in (FROM_THE_LEFT, FROM_THE_RIGHT)
    }
    known = {locale: languages.i18n(locale) for locale in languages.offered}
    return Languages(MappingProxyType({**known, **strange}))


def unbracketed(text):
    """What of *text* stands outside of all brackets."""
    outside, depth = [], 0
    for sign in text:
        depth += (sign == OPENS) - (sign == CLOSES)
        if depth == 0 and sign != CLOSES:
            outside.append(sign)
    assert depth == 0, text
    return "".join(outside)

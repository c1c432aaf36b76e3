"""
The secret list of a case: words that must be nowhere in its texts, kept without being kept.

A word is kept as a keyed hash of its normal form alone. A text is searched by taking the hash of
every stretch of its own normal form that is as long as a kept one. Case, spacing, punctuation,
diacritics, width, invisible characters and the script of digits do not hide a word.

Whoever has the key and the hashes can try names until one fits: keep the key apart from them.
"""

import hmac
import unicodedata
from collections.abc import Collection
from functools import lru_cache

import phonenumbers

from protection.gate.plain import Plain, clusters

Hits = list[tuple[int, int]]
"""Where kept words stand in a text: start and end in characters, in order, each once."""

LONGEST = 255
"""Characters of a normal form; what is longer is kept and searched by its first 255."""

_SHORT = 3
"""Up to so many Latin letters a word is found as a whole word only: "An" is not in "and"."""

_HASH_BYTES = 16
_FEWEST_DIGITS_OF_A_PHONE = 8

_ALIKE = str.maketrans(
    "đðøłıħŧŋ"
    "аеорсухіјѕһԁԛԝвкмнт"
    "αβεζηικμνορτυχ"
    "ٱىیکةھہە",
    "ddolihtn"
    "aeopcyxijshdqwbkmht"
    "abezhikmnoptux"
    "اييكهههه",
)  # fmt: skip
"""Letters that are written for one another, or look the same, and have no decomposition."""

_MARKS_THAT_MEAN_A_VOWEL = (
    ("\u0e30", "\u0e3a"), ("\u0e4d", "\u0e4d"),  # Thai; its tones and silent marks are not
    ("\u0eb0", "\u0ebc"), ("\u0ecd", "\u0ecd"),  # Lao
    ("\u17b6", "\u17c5"), ("\u17d2", "\u17d2"),  # Khmer, with the sign that stacks consonants
    ("\u102b", "\u1036"), ("\u1039", "\u103e"),  # Burmese, likewise
)  # fmt: skip


def normal_forms(word: str) -> frozenset[str]:
    """
    Under which forms *word* is looked for; none if there is no letter and no digit in it.

    A long number loses its leading zeros, and the code of its country if it is a telephone number
    with one: it is then found with and without them.
    """
    form = _normal(word).text[:LONGEST]
    return frozenset({_without_prefix(word, form)} if form else ())


def prints(word: str, key: bytes) -> frozenset[bytes]:
    """
    What is kept of *word*: for each normal form its length, one byte, and 16 bytes of its HMAC.

    Args:
        key: Secret, and the same for `search`.
    """
    return frozenset(_print(form, key) for form in normal_forms(word))


def search(text: str, kept: Collection[bytes], key: bytes) -> Hits:
    """
    Where words stand in *text* whose prints are *kept*.

    Args:
        kept: Prints of any number of words, of `prints` with the same key.
    """
    normal = _normal(text)
    wanted = frozenset(kept)
    found = {
        normal.origin(start, start + length)
        for length in sorted({one[0] for one in wanted})
        for start in range(len(normal.text) - length + 1)
        if _print(normal.text[start : start + length], key) in wanted
        and _stands_alone(text, normal, start, start + length)
    }
    return sorted(found)


def _print(form: str, key: bytes) -> bytes:
    return bytes([len(form)]) + hmac.digest(key, form.encode(), "sha256")[:_HASH_BYTES]


def _without_prefix(word: str, form: str) -> str:
    if not form.isdecimal() or len(form) < _FEWEST_DIGITS_OF_A_PHONE:
        return form
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", word).strip(), None)
    except phonenumbers.NumberParseException:
        return form.lstrip("0") or form
    return str(number.national_number)


def _stands_alone(text: str, normal: Plain, start: int, end: int) -> bool:
    """Whether the stretch ends no syllable half way and, if it is short, is a word of its own."""
    after = normal.text[end : end + 1]
    if after and unicodedata.category(after)[0] == "M":
        return False
    form = normal.text[start:end]
    if len(form) > _SHORT or not form.isascii():
        return True
    first, last = normal.origin(start, end)
    return not (_runs_on(text, first - 1, first) or _runs_on(text, last - 1, last))


def _runs_on(text: str, left: int, right: int) -> bool:
    """Whether a word goes on between two neighbouring characters, as far as Latin letters tell."""
    if left < 0 or right >= len(text):
        return False
    before, after = _skeleton(text[left]), _skeleton(text[right])
    if text[left].islower() and text[right].isupper():
        return False
    same_kind = before.isalpha() == after.isalpha()
    return before.isascii() and after.isascii() and bool(before and after) and same_kind


def _normal(text: str) -> Plain:
    signs: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end, cluster in clusters(text):
        for sign in _skeleton(cluster):
            signs.append(sign)
            starts.append(start)
            ends.append(end)
    return Plain("".join(signs), tuple(starts), tuple(ends))


@lru_cache(maxsize=4096)
def _skeleton(cluster: str) -> str:
    """What is left of *cluster* without case, width, diacritics and all that is no letter."""
    folded = unicodedata.normalize("NFKC", cluster).casefold()
    parts = unicodedata.normalize("NFKD", folded).translate(_ALIKE)
    return "".join(
        str(unicodedata.decimal(sign)) if sign.isdecimal() else sign
        for sign in parts
        if _counts(sign)
    )


def _counts(sign: str) -> bool:
    kind = unicodedata.category(sign)[0]
    if kind == "M":
        return any(first <= sign <= last for first, last in _MARKS_THAT_MEAN_A_VOWEL)
    return kind in "LN" and sign != "\u0640"

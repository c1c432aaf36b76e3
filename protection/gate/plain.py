"""
Plain forms of a text, with the way back: what each character of a form was in the text.

All matching is on a plain form, so that width, script of digits and invisible characters hide
nothing; every finding is told in the text as it was written.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Plain:
    """
    A plain form of a text.

    Attributes:
        text: The form.
        starts: For each character of the form, where its source begins in the text.
        ends: For each, where its source ends.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where the span from *start* to *end* of the form (not empty) stands in the text."""
        return self.starts[start], self.ends[end - 1]


def plain(text: str) -> Plain:
    """
    *text* in NFKC, with ASCII digits and plain hyphens and apostrophes, no invisible characters.

    Case, spaces and marks are kept; line breaks too, other spaces become plain ones. Arabic loses
    its vowel signs, and its letters that are often written for one another become one.
    """
    signs: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end, cluster in clusters(text):
        for sign in _plain_signs(cluster):
            signs.append(sign)
            starts.append(start)
            ends.append(end)
    return Plain("".join(signs), tuple(starts), tuple(ends))


def clusters(text: str) -> Iterator[tuple[int, int, str]]:
    """
    *text* in pieces that NFKC may be taken of one by one: a character and the marks upon it.

    Invisible characters (category Cf) belong to no piece. Each piece comes with its start and end.
    """
    start, end, piece = 0, 0, ""
    for at, sign in enumerate(text):
        category = "" if sign.isascii() else unicodedata.category(sign)
        if category == "Cf" or sign in _FILLERS:
            continue
        if piece and category[:1] != "M":
            yield start, end, piece
            piece = ""
        if not piece:
            start = at
        piece += sign
        end = at + 1
    if piece:
        yield start, end, piece


_FILLERS = "\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5\ufe0e\ufe0f\u20e3"
"""Letters and marks that are drawn as nothing, or as a box around a digit."""

_DEGREES = "\u00ba\u02da"
"""Rings that are written for the sign of degrees, and that NFKC would take apart."""

_APOSTROPHES = "\u2018\u2019\u02bc\u2032\u00b4`"
_ARABIC = str.maketrans(
    "أإآٱىیکة", "ااااييكه", "\u0640\u0670" + "".join(map(chr, range(0x64B, 0x653)))
)


@lru_cache(maxsize=4096)
def _plain_signs(cluster: str) -> str:
    if cluster.isascii():
        return " " if cluster == "\t" else cluster
    if cluster in _DEGREES:
        return "°"
    normal = unicodedata.normalize("NFKC", cluster).translate(_ARABIC)
    return "".join(_plain_sign(sign) for sign in normal)


def _plain_sign(sign: str) -> str:
    if sign in _APOSTROPHES:
        return "'"
    if sign.isdecimal():
        return str(unicodedata.decimal(sign))
    category = unicodedata.category(sign)
    if category == "Pd" or sign == "\u2212":
        return "-"
    return " " if category == "Zs" else sign

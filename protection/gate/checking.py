"""
The publish gate: hard identifiers that no story may hold.

It is an aid and not a judge: two people decide. It blocks what is never right in a story: a
telephone number, an e-mail address, a link or handle, a document number, coordinates, an exact
date or age in digits. Names and places it cannot know; the four eyes must.

Digits of every script are read: `٠٨١` and `๐๘๑` are as good as `081`; and so are digits with any
marks or invisible characters between them.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """
    Something in a text that must not be published.

    Attributes:
        where: Which text, as its caller named it.
        rule: The rule that found it, a fixed word.
        remedy: What to do, for the officer.
    """

    where: str
    rule: str
    remedy: str


_RULES: tuple[tuple[str, re.Pattern[str], str], ...] = (
    (
        "email",
        re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+"),
        "Take the e-mail address out.",
    ),
    (
        "link",
        re.compile(
            r"(?i)\b(?:https?://|www\.)\S+|\b(?:t|wa|fb|line)\.me/\S+"
            r"|\b[a-z0-9-]+\.(?:com|net|org|info|io|app|link|ly|gg)\b"
        ),
        "Take the link out.",
    ),
    ("handle", re.compile(r"(?<![\w@])@\w{3,}"), "Take the account name out."),
    (
        "coordinates",
        re.compile(r"-?\d{1,3}[.,]\d{3,}\s*[,;]\s*-?\d{1,3}[.,]\d{3,}"),
        "Take the coordinates out.",
    ),
    (
        "date",
        re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b"),
        "Say when it was with a word: one spring, some months later.",
    ),
    (
        "year",
        re.compile(r"(?<!\d)(?:19|20|25|26)\d{2}(?!\d)"),
        "Leave the year out.",
    ),
    (
        "age",
        re.compile(r"(?<!\d)\d{1,2}(?!\d)"),
        "Write no exact age or number of people; a word like young or several is enough.",
    ),
    (
        "number",
        re.compile(r"\d(?:[\W_]{0,3}\d){4,}"),
        "Take the number out: it could be a telephone or a document.",
    ),
    (
        "document",
        re.compile(r"\b[A-Z]{1,3}[- ]?\d{4,}\b"),
        "Take the document number out.",
    ),
)


def findings(texts: Mapping[str, str]) -> list[Finding]:
    """Everything in *texts* (place to text) that blocks publication, in order of place."""
    found = []
    for where, text in texts.items():
        forms = _plain_forms(text)
        found += [
            Finding(where, rule, remedy)
            for rule, pattern, remedy in _RULES
            if any(pattern.search(form) for form in forms)
        ]
    return found


def _plain_forms(text: str) -> tuple[str, str]:
    """
    *text* in Latin digits and plain hyphens: as it stands, and without invisible characters.

    An invisible character may part words, as in Khmer, or be there to break a number apart.
    """
    normal = unicodedata.normalize("NFKC", text)
    plain = "".join(
        "-" if unicodedata.category(sign) == "Pd" else str(unicodedata.decimal(sign, sign))
        for sign in normal
    )
    return plain, "".join(sign for sign in plain if unicodedata.category(sign) != "Cf")

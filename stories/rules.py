"""
What may stand in a story's text: a thin check of form, and of details that could name a person.

This is the check that a pack can be loaded and shown. Whether it may be *published* is judged in
`protection`, which looks far deeper for what could identify somebody, and by two people.
"""

import re
import unicodedata

from locales.encodings import encoding_fault

TEXT_CHARACTERS = 350
"""Of one step: it is read on a phone, one idea at a time."""

CAPTION_UNITS = 900
"""UTF-16 units of a step with its heading; Telegram's limit for a caption is 1024."""

HEADING_UNITS = 100
"""Kept free in a caption, beside the title, for the chapter's name and the count."""

_ZERO_WIDTH_JOINERS = "\u200c\u200d"
_ZERO_WIDTH_SPACE = "\u200b"
_WITHOUT_SPACES = frozenset({"km", "lo", "my", "th"})
"""Languages that may mark where a line can break by a zero-width space."""

_LONG_NUMBER = re.compile(r"(?:\d[\s().\-‑–]*){6,}")
_ADDRESS = re.compile(
    r"https?:|www\.|@|\b[a-z0-9-]+\.(?:com|org|net|info|me|io|co|link|app|gg|ly)\b", re.IGNORECASE
)
_DATE = re.compile(r"\b\d{1,4}\s?[./-]\s?\d{1,2}\s?[./-]\s?\d{1,4}\b|\b(?:19|20|25)\d\d\b")
_AGE = re.compile(
    r"\d+[\s-]*(?:years?|yrs?)?[\s-]*old\b|\bage[ds]? \d|\d+\s*(?:ans|años|anos|tahun|tuổi|taong|ปี"
    r"|ឆ្នាំ|ປີ|နှစ်|岁|سنة|عاما|عامًا|سنوات|أعوام)",
    re.IGNORECASE,
)

_DETAILS = (
    (_ADDRESS, "it looks like a link, an e-mail or a handle; take it out"),
    (_LONG_NUMBER, "it looks like a phone or document number; take it out"),
    (_DATE, "it looks like an exact date or year; say when only roughly, or not at all"),
    (_AGE, "it looks like an exact age; the age band says enough"),
)


def utf16_units(text: str) -> int:
    """How long *text* is as Telegram counts."""
    return len(text.encode("utf-16-le")) // 2


def faults(text: str, locale: str, most: int) -> list[str]:
    """
    What is wrong with *text*, each as what to do about it; empty if nothing is.

    Args:
        text: As the pack has it.
        locale: Its language; some characters belong to some languages only.
        most: The most characters it may have.
    """
    found = []
    if not text.strip():
        return ["it is empty; write it"]
    if text != text.strip():
        found.append("it begins or ends with a space; take it away")
    if len(text) > most:
        found.append(f"it has {len(text)} characters; shorten it to {most}")
    if not unicodedata.is_normalized("NFC", text):
        found.append("it is not in Unicode form NFC; normalise it")
    if (hidden := hidden_characters(text, locale)) != "":
        found.append(f"it holds control or invisible characters ({hidden}); take them out")
    if (fault := encoding_fault(text, locale)) is not None:
        found.append(fault)
    found += [remedy for pattern, remedy in _DETAILS if pattern.search(text)]
    return found


def hidden_characters(text: str, locale: str) -> str:
    """The characters of *text* that show nothing or turn its direction, as `U+202E U+0007`."""
    allowed = _ZERO_WIDTH_JOINERS + (_ZERO_WIDTH_SPACE if locale in _WITHOUT_SPACES else "")
    hidden = {
        character
        for character in text
        if unicodedata.category(character) in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}
        and character not in allowed
    }
    return " ".join(f"U+{ord(character):04X}" for character in sorted(hidden))

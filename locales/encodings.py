"""
Texts that look right where they were written and wrong everywhere else.

Burmese is still written in Zawgyi, a font that uses the code points of Unicode for other letters;
Arabic that was copied out of a PDF holds the shapes of letters instead of the letters. Both read
well on the writer's screen, and as broken words on a reader's.
"""

import re

_PRESENTATION_FORMS = re.compile("[\ufb50-\ufdff\ufe70-\ufefc]")

_ZAWGYI = re.compile(
    # The vowel that stands to the left of its consonant: Zawgyi writes it first, Unicode after.
    "(?<![\u1000-\u102a\u103b-\u103f\u104e])\u1031"
    # What Unicode only uses to stack the next consonant, Zawgyi ends a syllable with.
    "|\u1039(?![\u1000-\u1021])"
    # Letters of Shan, Karen and Mon, whose places Zawgyi fills with shapes of Burmese ones.
    "|[\u1060-\u1097]"
)
"""
What cannot stand in Burmese as Unicode writes it.

Source: unicode.org/notes/tn11 (Representing Myanmar in Unicode), section on the order of storage.
"""


def encoding_fault(text: str, locale: str) -> str | None:
    """What is wrong with how *text* is written, as what to do about it; None if nothing is."""
    if _PRESENTATION_FORMS.search(text):
        return "it holds Arabic presentation forms; type it in plain letters"
    if locale == "my" and _ZAWGYI.search(text):
        return "it looks like Zawgyi; convert it to Unicode"
    return None

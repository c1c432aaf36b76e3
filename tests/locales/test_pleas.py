"""Words by which somebody asks for help are recognised, and a donor's message is not one."""

import tomllib

import pytest

from locales.catalog import KNOWN, LOCALES
from locales.pleas import FILE, is_plea

LISTED = tomllib.loads(FILE.read_text(encoding="utf-8"))
EVERY = [(locale, plea) for locale, pleas in LISTED.items() for plea in pleas]


def test_every_language_that_is_offered_has_words_for_it():
    assert {*LOCALES} <= {*LISTED} <= {*KNOWN}
    assert all(len(pleas) >= 12 for pleas in LISTED.values())


@pytest.mark.parametrize(("locale", "plea"), EVERY)
def test_is_recognised_however_it_is_written(locale, plea):
    assert is_plea(plea)
    assert is_plea(f"  {plea.upper()} !!! ")
    assert is_plea(f"{plea}🙏")


@pytest.mark.parametrize(
    "text",
    [
        "Please, I am in danger, what can I do?",
        "hello, they took my passport and I do not know where I am",
        "HELP ME",
        "Help!",
        "SOS",
        "أحتاج مساعدة من فضلكم",
        "ساعدوني",
    ],
)
def test_a_plea_inside_a_sentence_is_one(text):
    assert is_plea(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "!!!",
        "25",
        "25 USD",
        "Thank you for the story",
        "I want to help her",
        "How can I help?",
        "Is the money helping?",
        "The police officer in the story was kind",
        "قصة جميلة، شكرا لكم",
        "I am in danger " * 40,
    ],
)
def test_what_a_donor_writes_is_none(text):
    assert not is_plea(text)

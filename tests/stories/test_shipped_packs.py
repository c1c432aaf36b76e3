"""The stories that come with the project: without a fault, plain, and marked as invented."""

import re

import pytest

from locales.known import LOCALES
from stories.pack import SHIPPED, Chapter, check_pack, check_texts, load_pack, shipped_packs

SLUGS = sorted(folder.name for folder in SHIPPED.iterdir())
WORDS_OF_A_SENTENCE = 12
"""Source: W3C COGA, plain language; our own limit."""

NEVER = re.compile(
    r"\b(victims?|slaves?|slavery|rescued?|saved?|sponsor\w*|adopt\w*|chains?|beat\w*|urgent)\b"
    r"|ضحي|ضحايا|عبيد",
    re.IGNORECASE,
)


@pytest.fixture(params=SLUGS)
def pack(request):
    return load_pack(SHIPPED / request.param)


def english_texts(pack):
    texts = pack.texts["en"]
    return [
        texts.title,
        texts.intro,
        texts.invented_note,
        texts.content_note,
        texts.gentle,
        *texts.steps.values(),
        *texts.lines.values(),
    ]


@pytest.mark.parametrize("slug", SLUGS)
def test_has_no_problem(slug):
    assert check_pack(SHIPPED / slug) == []


def test_there_are_four_of_different_work_and_different_regions():
    packs = shipped_packs()

    assert [pack.slug for pack in packs] == ["arif", "daudi", "mala", "rupa"]
    assert len({pack.facts.form for pack in packs}) == 4
    assert len({pack.facts.region for pack in packs}) == 4


def test_is_marked_as_invented_in_every_language(pack):
    assert pack.invented
    for locale in pack.locales:
        note = pack.invented_note(locale)
        assert note is not None
        assert note.locale == locale


def test_is_told_in_every_language_that_is_offered(pack):
    assert {*LOCALES} == {*pack.locales}


def test_keeps_the_rules_of_text(pack):
    assert check_texts(pack) == []


def test_english_sentences_are_short(pack):
    long = [
        sentence
        for text in english_texts(pack)
        for sentence in re.split(r"(?<=[.!?])\s+", text)
        if len(sentence.split()) > WORDS_OF_A_SENTENCE
    ]

    assert long == []


def test_a_card_has_at_most_four_sentences(pack):
    assert [
        text
        for text in pack.texts["en"].steps.values()
        if len(re.split(r"(?<=[.!?])\s+", text)) > 4
    ] == []


def test_the_hard_chapter_is_no_longer_than_the_way_out_of_it_and_the_dreams(pack):
    chapters = {chapter: len(pack.chapter_steps(chapter)) for chapter in Chapter}

    assert (
        chapters[Chapter.EXPLOITATION] <= chapters[Chapter.FREEDOM] + chapters[Chapter.DREAMS] - 1
    )


def test_no_language_uses_the_words_that_we_do_not_use(pack):
    assert NEVER.findall(pack.to_json()) == []


def test_the_first_letter_of_an_arabic_text_is_arabic(pack):
    for text in pack.texts["ar"].steps.values():
        assert "\u0621" <= text[0] <= "\u064a", text

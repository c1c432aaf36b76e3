"""
What can be checked of a translation without knowing its language.

The checks are functions of one message, so that each is first seen to find what it is for.
"""

import html
import io
import re
import tomllib
import unicodedata
from typing import NamedTuple

import pytest
from babel.messages.pofile import read_po

from locales.encodings import encoding_fault
from locales.known import HERE, KNOWN, LOCALES, SOURCE, catalog_path
from locales.template import flaw_in, template
from stories.pack import shipped_packs


class Entry(NamedTuple):
    """A message with one locale's translation of it, form by form."""

    locale: str
    originals: list[str]
    forms: list[str]
    comments: str = ""


SCRIPTS = {
    "th": "THAI",
    "km": "KHMER",
    "lo": "LAO",
    "my": "MYANMAR",
    "ar": "ARABIC",
    "zh_Hans": "CJK",
}
WITHOUT_SPACES = {"th", "km", "lo", "my"}
"""Their words are not parted by spaces; U+200B says where a line may break."""

GLOSSARY = tomllib.loads((HERE / "glossary.toml").read_text(encoding="utf-8"))
"""Words that are pinned, and words for a person that no reader is to find."""

SAME_IS_RIGHT = "same as the English"
"""A translator's own comment (`# same as the English`) where a translation equals its source."""


def plain(text: str) -> str:
    """*text* as a reader sees it, without the fields' values."""
    return html.unescape("".join(template(re.sub(r"<[^<>]*>", "", text)).pieces[::2]))


def placeholders_and_tags(entry, form):
    given = {name for original in entry.originals for name in template(original).fields}
    return flaw_in(form, entry.originals, given | {"count"} if entry.originals[1:] else given)


def markup(entry, form):
    rest = re.sub(r"</?(?:b|i|code)>|&(?:amp|lt|gt);", "", form)
    return "bare & or <" if re.search("[&<]", rest) else None


def edges(entry, form):
    ours, theirs = ((t[:1].isspace(), t[-1:].isspace()) for t in (form, entry.originals[0]))
    lines = {original.count("\n") for original in entry.originals}
    if ours != theirs:
        return "begins or ends with a space, and the English does not (or the reverse)"
    return None if form.count("\n") in lines else "other number of lines"


def characters(entry, form):
    for character in form:
        category = unicodedata.category(character)
        if "\u202a" <= character <= "\u202e":
            return "bidi override or embedding"
        if character == "\u200b" and entry.locale not in WITHOUT_SPACES:
            return "zero-width space"
        if character == "\ufffd" or (category == "Cc" and character != "\n") or category == "Co":
            return f"stray character U+{ord(character):04X}"
        if category == "Nd" and not character.isascii():
            return "digits that are not Latin"
    if not unicodedata.is_normalized("NFC", form):
        return "not NFC"
    return encoding_fault(form, entry.locale)


def script(entry, form):
    name = SCRIPTS.get(entry.locale)
    letters = [c for c in plain(form) if unicodedata.category(c)[0] in "LM"]
    if name is None or len(letters) <= 3 or SAME_IS_RIGHT in entry.comments:
        return None
    share = sum(name in unicodedata.name(c, "") for c in letters) / len(letters)
    return f"only {share:.0%} of its letters are {name}" if share < 0.6 else None


def length(entry, form):
    limits = re.findall(r"max\s+(\d+)\s+characters", entry.comments)
    units = len(plain(form).encode("utf-16-le")) // 2  # Telegram counts in these
    most = min(map(int, limits), default=units)
    return f"{units} characters, at most {most} fit" if units > most else None


def same_as_source(entry, form):
    if entry.locale == SOURCE or SAME_IS_RIGHT in entry.comments or len(plain(form)) <= 12:
        return None
    return "same as the English" if form in entry.originals else None


def forbidden(entry, form):
    for word in GLOSSARY[entry.locale]["forbidden"]:
        if found := re.search(word, form, re.IGNORECASE):
            return f"says {found.group()!r}"
    return None


def pinned(entry, form):
    for term, word in GLOSSARY[entry.locale]["pinned"].items():
        if term in entry.originals[0] and not re.search(word, form, re.IGNORECASE):
            return f"does not call {term!r} {word!r}"
    return None


CHECKS = [
    placeholders_and_tags,
    markup,
    edges,
    characters,
    script,
    length,
    same_as_source,
    forbidden,
    pinned,
]


def entries(locale):
    content = catalog_path(locale).read_bytes()
    for message in read_po(io.BytesIO(content), locale=locale):
        if message.id and not message.fuzzy:
            comments = " ".join([*message.auto_comments, *message.user_comments])
            yield Entry(locale, _each(message.id), _each(message.string), comments)


def _each(texts):
    return list(texts) if isinstance(texts, tuple) else [texts]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_shipped_translation_passes_every_check(locale):
    flaws = [
        f"{entry.originals[0]!r}: {form!r}: {flaw}"
        for entry in entries(locale)
        for form in entry.forms
        if form
        for check in CHECKS
        if (flaw := check(entry, form))
    ]

    assert not flaws, "\n".join([f"Mend locales/{locale}/LC_MESSAGES/messages.po:", *flaws])


@pytest.mark.parametrize("locale", LOCALES)
def test_a_shipped_catalog_counts_as_its_language_does(locale):
    text = catalog_path(locale).read_text(encoding="utf-8")

    assert f'"Plural-Forms: {KNOWN[locale].plural_forms}\\n"' in text, (
        "Run: python -m locales.extract"
    )


@pytest.mark.parametrize(
    ("check", "locale", "original", "form"),
    [
        (placeholders_and_tags, "ar", "To {name}", "إلى {nom}"),
        (placeholders_and_tags, "ar", "To {name}", "إلى"),
        (placeholders_and_tags, "ar", "<b>To</b>", "إلى"),
        (placeholders_and_tags, "ar", "<b>To</b>", "<b>إلى"),
        (markup, "en", "You & me", "You & me"),
        (markup, "en", "1 < 2", "1 < 2"),
        (edges, "ar", "To", "إلى "),
        (edges, "ar", "To\nyou", "إليك"),
        (characters, "ar", "To", "\ufe87\ufedf\ufef0"),
        (characters, "ar", "To", "\u202bإلى\u202c"),
        (characters, "ar", "To", "إلى\u200b"),
        (characters, "ar", "18", "١٨"),
        (characters, "fr", "To", "a\u0300"),
        (characters, "my", "Home", "\u1031\u1000\u102c\u1004\u1039\u1038"),
        (characters, "fr", "To", "\ufffd"),
        (characters, "fr", "To", "\x07"),
        (script, "ar", "Hello all", "Hello كل"),
        (script, "km", "Hello all", "สวัสดีทุกคน"),
        (same_as_source, "fr", "Follow the story", "Follow the story"),
        (forbidden, "en", "A victim of", "A Victim of"),
        (forbidden, "ar", "A survivor", "ضحية"),
        (forbidden, "es", "Human trafficking", "Tráfico de personas"),
        (pinned, "es", "What human trafficking is", "Qué es el comercio de personas"),
    ],
)
def test_each_check_finds_what_it_is_for(check, locale, original, form):
    assert check(Entry(locale, [original], [form]), form) is not None


@pytest.mark.parametrize(
    ("locale", "originals", "form"),
    [
        ("ar", ["To {name}"], "إلى {name}"),
        ("ar", ["<b>{sum}</b> &amp; more"], "<b>{sum}</b> &amp; وأكثر"),
        ("ar", ["one month", "{count} months"], "شهران"),
        ("km", ["Hello all"], "សួស្តី\u200bទាំងអស់គ្នា"),
        ("fr", ["Menu"], "Menu"),
        ("en", ["Follow the story"], "Follow the story"),
        ("zh_Hans", ["Follow {name}"], "关注{name}"),
    ],
)
def test_a_sound_translation_passes_every_check(locale, originals, form):
    assert [check(Entry(locale, originals, [form]), form) for check in CHECKS] == [None] * len(
        CHECKS
    )


def test_a_stated_limit_counts_what_the_reader_sees_in_utf_16():
    comments = "Translators: a button; max 5 characters."

    assert length(Entry("en", ["x"], [], comments), "<b>&lt;2345</b>{name}") is None
    assert length(Entry("en", ["x"], [], comments), "12345😀") == "7 characters, at most 5 fit"


def test_a_translator_may_say_that_the_same_is_right():
    entry = Entry("fr", ["International"], [], "same as the English")

    assert same_as_source(entry, "International") is None


def test_every_language_that_is_known_has_its_words():
    assert list(GLOSSARY) == list(KNOWN)
    assert all(words["forbidden"] and words["pinned"] for words in GLOSSARY.values())


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("pack", shipped_packs(), ids=lambda pack: pack.slug)
def test_every_story_keeps_to_the_words_of_its_language(pack, locale):
    texts = pack.texts[locale]
    words = [texts.title, texts.intro, texts.content_note, texts.gentle, *texts.steps.values()]
    entry = Entry(locale, [""], [])

    assert [(word, flaw) for word in words for check in (forbidden, script, characters)
            if (flaw := check(entry, word))] == []  # fmt: skip

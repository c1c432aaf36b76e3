"""Collecting sentences, and keeping the catalogs up to date with them."""

import io
import re

import pytest
from babel.messages.pofile import read_po

from locales.extract import PROJECT, collect, main, pot, updated, wanted
from locales.known import KNOWN, LOCALES, SOURCE, catalog_path

MODULE = """
from locales.text import N_, say, say_n

# Translators: max 20 characters
A = N_("Marked")
B = say("Said to {name}", name=1)
C = say_n("one step", "{count} steps", 3)
D = i18n.t("Shown at 100% of it")
E = i18n.tn("one gift", "{count} gifts", 2)
F = say(not_a_literal)
"""
PAGE = """
<p>{# Translators: a heading #}{{ t("In a page", name=x) }}</p>
{% if x %}{{ tn("one page", "{count} pages", n) }}{% endif %}
"""


@pytest.fixture
def project(tmp_path):
    for locale in ("en", "ar", "fil"):
        path = catalog_path(locale, tmp_path / "locales")
        path.parent.mkdir(parents=True)
        path.touch()
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "talk.py").write_text(MODULE, encoding="utf-8")
    (tmp_path / "pages" / "templates").mkdir(parents=True)
    (tmp_path / "pages" / "templates" / "a.html").write_text(PAGE, encoding="utf-8")
    return tmp_path


def ids(catalog):
    return {message.id for message in catalog if message.id}


def read(project, locale):
    content = catalog_path(locale, project / "locales").read_bytes()
    return read_po(io.BytesIO(content), locale=locale)


def test_every_kind_of_mark_is_found_in_code_and_in_pages(project):
    assert ids(collect(project)) == {
        "Marked",
        "Said to {name}",
        ("one step", "{count} steps"),
        "Shown at 100% of it",
        ("one gift", "{count} gifts"),
        "In a page",
        ("one page", "{count} pages"),
    }


def test_translators_comments_come_along_and_line_numbers_do_not(project):
    content = pot(collect(project)).decode()

    assert "#. Translators: max 20 characters\n#: bot/talk.py\n" in content
    assert '#. a heading\n#: pages/templates/a.html\nmsgid "In a page"' in content
    assert "talk.py:" not in content


def test_a_bare_percent_is_not_taken_for_a_printf_field(project):
    main(project)

    for path in (project / "locales").rglob("*.po*"):
        assert "python-format" not in path.read_text(encoding="utf-8")


def test_a_template_that_cannot_be_parsed_is_an_error(project):
    (project / "pages" / "templates" / "b.html").write_text("{{ t('x' }}", encoding="utf-8")

    with pytest.raises(Exception, match="unexpected"):
        collect(project)


def test_another_run_changes_nothing_even_where_something_is_fuzzy(project):
    main(project)
    (project / "bot" / "talk.py").write_text(MODULE.replace("gift", "present"), encoding="utf-8")
    main(project)
    before = {path: path.read_bytes() for path in (project / "locales").rglob("*.po*")}

    main(project)

    assert {path: path.read_bytes() for path in before} == before
    assert wanted(project) == before


def test_each_catalog_gets_its_own_plural_forms(project):
    main(project)

    assert (read(project, "ar").num_plurals, read(project, "fil").num_plurals) == (6, 2)
    for locale in ("ar", "fil"):
        content = catalog_path(locale, project / "locales").read_text(encoding="utf-8")
        assert f'"Plural-Forms: {KNOWN[locale].plural_forms}\\n"' in content


def test_a_catalog_with_a_wrong_header_is_given_the_right_number_of_forms(project):
    current = (
        'msgid ""\nmsgstr ""\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        'msgid "one gift"\nmsgid_plural "{count} gifts"\n'
        'msgstr[0] "صفر"\nmsgstr[1] "هدية"\nmsgstr[2] "هديتان"\n'
    )

    content = updated("ar", collect(project), current.encode()).decode()

    assert 'msgstr[2] "هديتان"\nmsgstr[3] ""\nmsgstr[4] ""\nmsgstr[5] ""\n' in content


def test_sentences_stand_in_the_order_of_the_alphabet(project):
    in_order = re.findall(r'^msgid "(.+)"$', pot(collect(project)).decode(), re.MULTILINE)

    assert in_order == sorted(in_order)
    assert len(in_order) == 7


def test_every_english_sentence_stands_for_itself(project):
    main(project)

    english = read(project, "en")
    assert english.get("Marked").string == "Marked"
    assert english.get("one step").string == ("one step", "{count} steps")


def test_translations_are_kept_and_lost_sentences_dropped(project):
    main(project)
    path = catalog_path("ar", project / "locales")
    text = path.read_text(encoding="utf-8")
    text = text.replace('msgid "Marked"\nmsgstr ""', 'msgid "Marked"\nmsgstr "معلَّم"')
    text = text.replace('msgid "In a page"\nmsgstr ""', 'msgid "In a page"\nmsgstr "في صفحة"')
    path.write_text(text, encoding="utf-8")
    (project / "pages" / "templates" / "a.html").write_text("", encoding="utf-8")

    main(project)

    assert read(project, "ar").get("Marked").string == "معلَّم"
    assert "In a page" not in path.read_text(encoding="utf-8")


def test_a_translation_is_offered_as_fuzzy_when_its_english_changes_a_little(project):
    template = collect(project)
    current = 'msgid ""\nmsgstr ""\n\nmsgid "Said to you {name}"\nmsgstr "قيل لـ {name}"\n'

    content = updated("ar", template, current.encode()).decode()

    assert (
        '#, fuzzy, python-brace-format\nmsgid "Said to {name}"\nmsgstr "قيل لـ {name}"\n'
    ) in content


def test_the_shipped_catalogs_are_up_to_date():
    stale = [
        path.relative_to(PROJECT).as_posix()
        for path, content in wanted().items()
        if not path.is_file() or path.read_bytes() != content
    ]

    assert stale == [], "Sentences have changed. Run: python -m locales.extract"


@pytest.mark.parametrize("locale", [locale for locale in LOCALES if locale != SOURCE])
def test_an_offered_language_is_complete(locale):
    content = catalog_path(locale).read_bytes()
    catalog = read_po(io.BytesIO(content), locale=locale)

    missing, fuzzy = [], []
    for message in catalog:
        if message.id:
            forms = message.string if isinstance(message.string, tuple) else (message.string,)
            missing += [repr(message.id)] * (not all(forms))
            fuzzy += [repr(message.id)] * message.fuzzy

    remedy = f"in locales/{locale}/LC_MESSAGES/messages.po"
    assert not missing, "\n".join([f"Translate {remedy}; shown in English now:", *missing])
    assert not fuzzy, "\n".join([f"Check, and take the fuzzy mark away, {remedy}:", *fuzzy])

"""A native reader signs a catalog, and any change makes it a draft again."""

import datetime as dt

import pytest

from locales.catalog import Languages
from locales.compile_catalogs import compile_all
from locales.known import HERE, SOURCE, catalog_path
from locales.review import sign
from locales.reviews import digest, is_draft, reviews

TODAY = dt.date(2026, 11, 23)


@pytest.fixture
def root(tmp_path):
    """A folder of English and Arabic as they ship."""
    for locale in (SOURCE, "ar"):
        path = catalog_path(locale, tmp_path)
        path.parent.mkdir(parents=True)
        path.write_bytes(catalog_path(locale).read_bytes())
    compile_all(tmp_path)
    return tmp_path


def test_a_language_that_nobody_signed_is_a_draft_and_english_is_not(root):
    languages = Languages.load(root)

    assert languages.i18n("ar").is_draft
    assert not languages.i18n("en").is_draft


def test_a_signed_one_is_none_until_it_changes(root):
    sign("ar", "Layla  A.", TODAY, root)
    assert not Languages.load(root).i18n("ar").is_draft
    assert reviews(root)["ar"].reviewer == "Layla A."

    with catalog_path("ar", root).open("a", encoding="utf-8") as file:
        file.write('\nmsgid "New"\nmsgstr "جديد"\n')
    compile_all(root)

    assert Languages.load(root).i18n("ar").is_draft


def test_signatures_stand_beside_one_another(root):
    sign("ar", "Layla", TODAY, root)
    sign("en", "Mary", TODAY, root)

    assert {locale: review.reviewer for locale, review in reviews(root).items()} == {
        "ar": "Layla",
        "en": "Mary",
    }


@pytest.mark.parametrize(
    ("locale", "reviewer"), [("xx", "Layla"), ("th", "Layla"), ("ar", "  "), ("ar", 'A"B')]
)
def test_what_cannot_be_signed_is_refused(root, locale, reviewer):
    with pytest.raises(ValueError, match=r"catalog|name"):
        sign(locale, reviewer, TODAY, root)

    assert reviews(root) == {}


def test_the_signatures_that_ship_are_of_catalogs_that_ship():
    for locale, review in reviews(HERE).items():
        assert catalog_path(locale).is_file()
        assert not is_draft(locale, {locale: review}, digest(locale)), f"sign {locale} anew"

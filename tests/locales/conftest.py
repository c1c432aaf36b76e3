"""Small catalogs in a folder of their own."""

import pytest

from locales.compile_catalogs import compile_all
from locales.known import KNOWN, catalog_path

HEADER = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: {plural_forms}\\n"

"""


@pytest.fixture
def write_catalog(tmp_path):
    """Write `messages.po` of a locale from its entries, and give back its path."""

    def write(locale, entries=""):
        path = catalog_path(locale, tmp_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        header = HEADER.format(plural_forms=KNOWN[locale].plural_forms)
        path.write_text(header + entries, encoding="utf-8")
        return path

    return write


@pytest.fixture
def catalogs(tmp_path, write_catalog):
    """Write and compile catalogs given as `locale=entries`; English is always there."""

    def build(**entries):
        for locale, text in {"en": "", **entries}.items():
            write_catalog(locale, text)
        compile_all(tmp_path)
        return tmp_path

    return build

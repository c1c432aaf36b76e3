"""Compiling catalogs, by hand and in a build."""

import ast
import gettext
import inspect
from pathlib import Path

import pytest

from locales import compile_catalogs
from locales.catalog import STAMP, Languages
from locales.compile_catalogs import BadCatalog, CompileCatalogs, compile_all
from locales.extract import ROOMS
from locales.known import catalog_path

HELLO = 'msgid "Hello"\nmsgstr "مرحبا"\n'


def test_a_compiled_catalog_says_what_its_source_says(tmp_path, write_catalog):
    path = write_catalog("ar", HELLO)

    assert compile_all(tmp_path) == [path.with_suffix(".mo")]
    with path.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Hello") == "مرحبا"


def test_a_fuzzy_translation_is_left_out(tmp_path, write_catalog):
    path = write_catalog("ar", "#, fuzzy\n" + HELLO)

    compile_all(tmp_path)

    with path.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Hello") == "Hello"


@pytest.mark.parametrize(
    "entry",
    [
        'msgid "one"\nmsgid_plural "many"\nmsgstr[0] "أ"\nmsgstr[1] "ب"\n',
        'msgid "one"\nmsgid_plural "many"\nmsgstr[6] "أ"\n',
        'msgid "one"\nmsgid_plural "many"\nmsgstr[x] "أ"\n',
        'msgid "Hello"\nmsgfoo "x"\n',
    ],
)
def test_nothing_is_written_if_one_catalog_is_bad(tmp_path, write_catalog, entry):
    write_catalog("ar", entry)
    write_catalog("en")

    with pytest.raises(BadCatalog, match="ar/LC_MESSAGES"):
        compile_all(tmp_path)
    assert list(tmp_path.rglob("*.mo")) == []


def test_an_untranslated_plural_and_a_bare_percent_are_no_errors(tmp_path, write_catalog):
    forms = "".join(f'msgstr[{form}] ""\n' for form in range(6))
    write_catalog("ar", f'msgid "one"\nmsgid_plural "many"\n{forms}\n')
    write_catalog("fr", 'msgid "100% of it"\nmsgstr "100 pour cent"\n')

    assert len(compile_all(tmp_path)) == 2


def test_the_build_hook_compiles_the_project_it_is_given(tmp_path, write_catalog):
    there = catalog_path("en", tmp_path / "project" / "locales")
    there.parent.mkdir(parents=True)
    write_catalog("en").rename(there)
    hook = CompileCatalogs.__new__(CompileCatalogs)
    root = property(lambda _: str(tmp_path / "project"))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CompileCatalogs, "root", root, raising=False)
        hook.initialize("standard", {})

    assert Languages.load(tmp_path / "project" / "locales").offered == ("en",)


def test_the_build_hook_imports_nothing_of_the_project():
    tree = ast.parse(Path(inspect.getfile(compile_catalogs)).read_text(encoding="utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert imported & {*ROOMS, "storage", "sandbox"} == set()


def test_both_sides_agree_on_the_stamp():
    assert (compile_catalogs.STAMP_CONTEXT, compile_catalogs.STAMP_ID) == STAMP

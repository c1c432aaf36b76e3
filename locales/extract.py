"""
Collects what is said in the program into `messages.pot` and brings every catalog up to date.

Run as `python -m locales.extract` after a sentence was added or changed. Nothing in the files
depends on the day, the machine or a line number, so a catalog changes only when a sentence does.

Extracted are, in Python, the first argument of `say`, `N_` and `t` and the first two of `say_n`
and `tn`; in the page's templates `t(...)`, `tn(...)` and `tb(...)`, by these bare names. A comment
that begins with `Translators:` right above goes with the sentence; `max 20 characters` in it is
held by the tests.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from locales.known import KNOWN, SOURCE, catalog_path, with_catalog

PROJECT = Path(__file__).parent.parent

ROOMS = (
    "bot",
    "conversations",
    "homeward",
    "locales",
    "pages",
    "payments",
    "protection",
    "services",
    "stories",
    "values",
)
"""Where people are spoken to. The sandbox plays the outside world and speaks for itself."""

_KEYWORDS: dict[str, Any] = {
    "N_": None,
    "say": None,
    "say_n": (1, 2),
    "t": None,
    "tn": (1, 2),
    "tb": None,
}
_COMMENT = "Translators:"


def collect(project: Path = PROJECT) -> Catalog:
    """
    Read every sentence that the program says.

    Raises:
        Exception: a template or module cannot be parsed; what, is in the message.
    """
    template = Catalog()
    for path in _sources(project):
        in_template = path.suffix == ".html"
        options = {"silent": "false", "trimmed": "true"} if in_template else {}
        found = extract_from_file(
            "jinja2" if in_template else "python", path, _KEYWORDS, (_COMMENT,), options
        )
        where = path.relative_to(project).as_posix()
        for line, msgid, comments, context in found:
            template.add(
                msgid, None, [(where, line)], auto_comments=_one_line(comments), context=context
            )
    return template


def updated(locale: str, template: Catalog, current: bytes | None) -> bytes:
    """
    Bring the catalog of *locale* up to *template*, and return it as it should stand in the file.

    Translations are kept; for a new sentence that is much like a lost one, the old translation is
    offered as fuzzy, which is not shown to readers; what nobody says any more is dropped. The
    English catalog is written by this program alone: each sentence stands for itself.

    Args:
        locale: One of `KNOWN`.
        template: What `collect` found.
        current: The file as it is, or None if there is none yet.
    """
    header = _header(locale, KNOWN[locale].plural_forms)
    # The true header is given to Babel to read with, so that it keeps the right number of forms.
    body = (current or b"").partition(b"\n\n")[2]
    catalog = read_po(io.BytesIO(header + body), locale=locale)
    catalog.update(
        deepcopy(template),  # its messages become the catalog's own, and are changed there
        no_fuzzy_matching=locale == SOURCE,
        update_creation_date=False,
    )
    if locale == SOURCE:
        for message in catalog:
            _stand_for_itself(message)
    return header + _entries(catalog)


def pot(template: Catalog) -> bytes:
    """*template* as `messages.pot`."""
    return _header("", "nplurals=2; plural=(n != 1);") + _entries(template)


def wanted(project: Path = PROJECT) -> dict[Path, bytes]:
    """What messages.pot and each catalog should contain; `main` writes it, a test compares it."""
    root = project / "locales"
    template = collect(project)
    files = {root / "messages.pot": pot(template)}
    for locale in with_catalog(root):
        path = catalog_path(locale, root)
        files[path] = updated(locale, template, path.read_bytes())
    return files


def main(project: Path = PROJECT) -> None:
    """Write what has changed. A new language: make its folder with an empty messages.po first."""
    files: Mapping[Path, bytes] = wanted(project)
    for path, content in files.items():
        if not path.is_file() or path.read_bytes() != content:
            path.write_bytes(content)
            logging.info("wrote %s", path.relative_to(project))


def _sources(project: Path) -> Iterator[Path]:
    """In the order of their paths, so that the files come out the same everywhere."""
    for room in ROOMS:
        yield from sorted((project / room).rglob("*.py"))
    yield from sorted((project / "pages" / "templates").rglob("*.html"))


def _one_line(comments: list[str]) -> list[str]:
    return [" ".join(" ".join(comments).split())] if comments else []


def _stand_for_itself(message: Message) -> None:
    if message.id:
        message.string = message.id


def _header(locale: str, plural_forms: str) -> bytes:
    """Babel's own header carries the time of day and, for some languages, wrong plural forms."""
    fields = {
        "Project-Id-Version": "homeward",
        "Language": locale,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": plural_forms,
    }
    lines = "".join(f'"{name}: {value}\\n"\n' for name, value in fields.items())
    return f'msgid ""\nmsgstr ""\n{lines}\n'.encode()


def _entries(catalog: Catalog) -> bytes:
    """All messages by msgid, unwrapped, without line numbers, without what is obsolete."""
    for message in catalog:
        # Babel takes the "% o" of "100% of your gift" for a printf field and misleads translators.
        message.flags.discard("python-format")
    file = io.BytesIO()
    write_po(
        file,
        catalog,
        width=0,
        sort_output=True,
        include_lineno=False,
        ignore_obsolete=True,
        omit_header=True,
    )
    return file.getvalue()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    main()

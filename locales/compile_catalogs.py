"""
Compiles the catalogs: `messages.po`, which people edit, to `messages.mo`, which the program reads.

Run by hand as `python -m locales.compile_catalogs`, and by hatchling whenever the project is
built or installed (`[tool.hatch.build.hooks.custom]`). The hook is loaded by its path, when the
project is not yet installed: so this file imports nothing of the project.

Fuzzy translations are left out: what no translator has confirmed is shown in English.
"""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

if TYPE_CHECKING:

    class BuildHookInterface:
        """The little of hatchling's class that is used here."""

        root: str

else:
    try:
        from hatchling.builders.hooks.plugin.interface import BuildHookInterface
    except ImportError:  # only a build has hatchling; compiling by hand does not need it
        BuildHookInterface = object

HERE = Path(__file__).parent

STAMP_CONTEXT, STAMP_ID = "build", "sha256 of the catalog's source"
"""As in `locales/catalog.py`, which refuses a compiled catalog with another stamp; tested."""


class BadCatalog(ValueError):
    """A catalog cannot be compiled; one line for each problem."""


def compile_all(root: Path = HERE) -> list[Path]:
    """
    Write a `.mo` beside every `<locale>/LC_MESSAGES/messages.po` under *root*.

    Returns:
        The files written, in the order of their paths.

    Raises:
        BadCatalog: a catalog has errors. Nothing is written then, not even of sound ones: half a
            set of languages must not go out.
    """
    catalogs: list[tuple[Path, Catalog]] = []
    problems: list[str] = []
    for source in sorted(root.glob("*/LC_MESSAGES/messages.po")):
        try:
            catalog = read(source)
        except (PoFileError, ValueError) as error:
            problems.append(f"{source}: {error}")
            continue
        problems += [f"{source}: {problem}" for problem in errors_in(catalog)]
        catalogs.append((source.with_suffix(".mo"), catalog))
    if problems:
        raise BadCatalog("\n".join(problems))
    for target, catalog in catalogs:
        # Beside it first: another process may read the old one, or write the same, at this moment.
        new = target.with_name(f"{target.name}.{os.getpid()}")
        with new.open("wb") as file:
            write_mo(file, catalog)
        new.replace(target)
    return [target for target, _ in catalogs]


def read(source: Path) -> Catalog:
    """
    Read one catalog and stamp it with the hash of its source.

    Raises:
        PoFileError: it is not a PO file, or has more plural forms than its header says.
        ValueError: it is not UTF-8, or its numbering is no number.
    """
    with source.open("rb") as file:
        catalog = read_po(file, locale=source.parts[-3], abort_invalid=True)
    stamp = hashlib.sha256(source.read_bytes()).hexdigest()
    catalog.add(STAMP_ID, stamp, context=STAMP_CONTEXT)
    return catalog


def errors_in(catalog: Catalog) -> list[str]:
    """
    One line for each message that is translated for some numbers and not for others.

    What is not translated at all is no error: it is said in English.
    """
    return [
        f"{message.id!r}: translate all {catalog.num_plurals} plural forms, or none"
        for message in catalog
        if message.id
        and isinstance(message.string, tuple)
        and any(message.string)
        and not all(message.string)
    ]


class CompileCatalogs(BuildHookInterface):
    """Hatchling's hook: runs before a wheel, an editable install or an sdist is put together."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Compile, so that `artifacts` in pyproject.toml finds the `.mo` files."""
        compile_all(Path(self.root) / "locales")


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    for written in compile_all():
        logging.info("compiled %s", written)

"""
Which translations a native reader has checked: `locales.toml`, a table for each language.

    [km]
    reviewer = "who read it"
    date = 2026-11-26
    catalog_sha256 = "of the messages.po that was read"

A signature holds for exactly the catalog that was read: any change makes it a draft again.
`python -m locales.review km "Name"` signs one.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path

from locales.known import HERE, SOURCE, catalog_path


@dataclass(frozen=True, slots=True)
class Review:
    """Somebody has read a whole catalog, and stands for it."""

    reviewer: str
    date: dt.date
    catalog_sha256: str


def reviews(root: Path = HERE) -> dict[str, Review]:
    """
    Every signature in `locales.toml` under *root*; none where there is no such file.

    Raises:
        TypeError: an entry lacks something, or has something that is not known.
    """
    path = root / "locales.toml"
    if not path.is_file():
        return {}
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {locale: Review(**table) for locale, table in tables.items()}


def digest(locale: str, root: Path = HERE) -> str:
    """What a signature under the catalog of *locale* is bound to."""
    return hashlib.sha256(catalog_path(locale, root).read_bytes()).hexdigest()


def is_draft(locale: str, signed: dict[str, Review], catalog_sha256: str) -> bool:
    """Whether nobody has signed exactly this catalog. English is what all others are made from."""
    if locale == SOURCE:
        return False
    review = signed.get(locale)
    return review is None or review.catalog_sha256 != catalog_sha256

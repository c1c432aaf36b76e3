"""
Sign a language: `python -m locales.review LOCALE "NAME OF THE READER"`.

Whoever signs has read every sentence of the catalog as a reader would, and stands for it.
"""

from __future__ import annotations

import datetime as dt
import logging
import sys
from dataclasses import asdict
from pathlib import Path

from locales.known import HERE, with_catalog
from locales.reviews import Review, digest, reviews

_HEAD = """\
# Who has read which catalog. Written by `python -m locales.review`; see docs/translating.md.
"""


def sign(locale: str, reviewer: str, today: dt.date, root: Path = HERE) -> Review:
    """
    Write down that *reviewer* stands for the catalog of *locale* as it is now.

    Raises:
        ValueError: there is no such catalog, or no name.
    """
    if locale not in with_catalog(root):
        raise ValueError(f"{locale!r} has no catalog; one of {', '.join(with_catalog(root))}")
    name = " ".join(reviewer.split())
    if not name or not name.isprintable() or '"' in name or "\\" in name:
        raise ValueError("the reader's name is missing, or has signs that no name has")
    review = Review(name, today, digest(locale, root))
    signed = {**reviews(root), locale: review}
    (root / "locales.toml").write_text(
        _HEAD + "".join(_table(each, signed[each]) for each in sorted(signed)), encoding="utf-8"
    )
    return review


def _table(locale: str, review: Review) -> str:
    rows = asdict(review)
    rows["reviewer"] = f'"{review.reviewer}"'
    rows["catalog_sha256"] = f'"{review.catalog_sha256}"'
    return f"\n[{locale}]\n" + "".join(f"{name} = {value}\n" for name, value in rows.items())


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        done = sign(sys.argv[1], sys.argv[2], dt.datetime.now(dt.UTC).date())
    except ValueError as problem:
        sys.exit(str(problem))
    logging.info("%s: signed by %s", sys.argv[1], done.reviewer)

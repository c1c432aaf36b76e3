"""
Filling `{name}` fields, and nothing else that `str.format` can do.

A catalog is written by many hands: `{0.__class__}` or `{name!r:>999999999}` in a translation must
be a flaw that is found, never something that runs.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

_FIELD = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_TAG = re.compile(r"<[^<>]*>")

TAGS = frozenset({"<b>", "</b>", "<i>", "</i>", "<code>", "</code>"})
"""The marks that a sentence may contain; Telegram and the page understand the same ones."""


@dataclass(frozen=True, slots=True)
class Template:
    """
    A sentence taken apart.

    Attributes:
        pieces: Plain text and field names in turn, beginning and ending with plain text.
        fields: The names of its fields.
        tags: Its tags, sorted, so that a translation may move them about.
        flaw: What is wrong with the sentence in itself, or None.
    """

    pieces: tuple[str, ...]
    fields: frozenset[str]
    tags: tuple[str, ...]
    flaw: str | None

    def fill(self, shown: Mapping[str, str]) -> str:
        """
        Put the ready strings *shown* in place of the fields.

        Raises:
            KeyError: a field has no value.
        """
        return "".join(
            shown[piece] if place % 2 else piece for place, piece in enumerate(self.pieces)
        )


@lru_cache(maxsize=8192)
def template(sentence: str) -> Template:
    """Take *sentence* apart. Only sentences of the catalogs and the program come here."""
    pieces = tuple(_FIELD.split(sentence))
    plain = "".join(pieces[::2])
    flaw = "stray brace" if "{" in plain or "}" in plain else _tag_flaw(plain)
    tags = tuple(sorted(_TAG.findall(plain)))
    return Template(pieces, frozenset(pieces[1::2]), tags, flaw)


def flaw_in(translation: str, originals: Collection[str], given: Collection[str]) -> str | None:
    """
    Say why *translation* cannot stand for its English, or None if it can.

    Args:
        translation: One form of a message.
        originals: The English; singular and plural if it counts.
        given: The names of the values there are.
    """
    ours = template(translation)
    if ours.flaw or not translation:
        return ours.flaw or "empty"
    if unknown := ours.fields - set(given):
        return f"unknown field {min(unknown)}"
    if missing := needed_fields(originals) - ours.fields:
        return f"missing field {min(missing)}"
    if ours.tags not in [template(original).tags for original in originals]:
        return "other tags than the English"
    return None


def needed_fields(originals: Collection[str]) -> frozenset[str]:
    """
    The fields that no translation may leave out.

    Where a message counts, a form may say its number in words ("one month"), as the English
    singular often does: `count` is then free, and so is what one of the two English forms omits.
    """
    needed = frozenset.intersection(*(template(original).fields for original in originals))
    return needed - {"count"} if len(originals) > 1 else needed


def _tag_flaw(plain: str) -> str | None:
    """Tags must be ours, closed, and properly nested: Telegram refuses a whole message else."""
    still_open: list[str] = []
    for tag in _TAG.findall(plain):
        if tag not in TAGS:
            return f"tag {tag} is not allowed"
        if not tag.startswith("</"):
            still_open.append(tag)
        elif not still_open or still_open.pop() != tag.replace("/", ""):
            return f"unbalanced {tag}"
    return f"unclosed {still_open[-1]}" if still_open else None

"""
Words by which somebody asks for help, in every language, whatever language she reads.

They are looked for before anything of a message is kept. A message that is taken for a plea and is
none costs nothing: the answer is a list of numbers. One that is overlooked may cost a lot.
"""

import re
import tomllib
import unicodedata
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("pleas.toml")
MOST_CHARACTERS = 300
"""A longer message is no cry for help."""
_NO_WORD = re.compile(r"[^\w\s]+")
_LONG_ENOUGH = 4
"""Letters of a plea that counts also inside a longer message, where words are not parted."""


def is_plea(text: str) -> bool:
    """
    Whether *text* asks for help.

    It is one of the pleas, or holds one of several words; in scripts that do not part words, one
    of four letters or more.
    """
    said = _plain(text)
    if not said or len(said) > MOST_CHARACTERS:
        return False
    whole, parts, inside = _pleas()
    if said in whole:
        return True
    padded = f" {said} "
    return any(f" {part} " in padded for part in parts) or any(part in said for part in inside)


@cache
def _pleas() -> tuple[frozenset[str], tuple[str, ...], tuple[str, ...]]:
    """Those that stand alone, those of several words, those of scripts without spaces."""
    listed: dict[str, list[str]] = tomllib.loads(FILE.read_text(encoding="utf-8"))
    pleas = {_plain(plea) for of_language in listed.values() for plea in of_language}
    unparted = {plea for plea in pleas if len(plea) >= _LONG_ENOUGH and _is_unparted(plea)}
    return frozenset(pleas), tuple(plea for plea in pleas if " " in plea), tuple(unparted)


def _plain(text: str) -> str:
    """*text* in lower case, without marks, accents of Latin letters kept as they are written."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\u200b", "")
    marks_apart = "".join(
        " " if _NO_WORD.fullmatch(sign) and unicodedata.category(sign)[0] in "PSC" else sign
        for sign in folded
    )
    return " ".join(marks_apart.split())


def _is_unparted(plea: str) -> bool:
    scripts = ("THAI", "LAO", "KHMER", "MYANMAR", "CJK")
    return all(unicodedata.name(sign, "").startswith(scripts) for sign in plea if sign != " ")

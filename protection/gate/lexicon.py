"""
The rules of a language, read from `words/<locale>.toml`.

A file holds regular expressions by kind, written as people write the language; the names between
angle brackets below stand in for what all rules share. They are matched on the plain form of a
text (`protection.gate.plain`), whatever its case, and are brought into that form themselves.

    <n>    an age: 1 or 2 digits standing alone, or number words of the language
    <n2>   an age from ten on: 2 digits, or number words
    <d>    a day of the month, in digits or words
    <m>    the name of a month; <wd> of a weekday
    <y>    a year in digits: 1940 to 2049, or of the Buddhist era
    <code> a value: letters and digits of which three at least are digits
    <num>  a value: a number of five digits or more, with spaces, dots, hyphens
    <user> a value: the name of an account, in Latin letters
    <Name> one to four words with capitals; the first is none of `openers`, which begin sentences
    <L>    a letter or mark of the language's own script, or a Latin letter
    <own>  a name in a script without spaces: 2 to 16 letters, up to one of the `stops`
    <sep>  what stands between a cue and its value: spaces, a colon, a hyphen
    <gap>  likewise, with up to 24 characters of the same sentence that are no digits

A group called `v` is the value that is reported; without one, all of the match is.
"""

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from protection.gate.kinds import Kind
from protection.gate.plain import plain

FOLDER = Path(__file__).with_name("words")
FALLBACK = "en"

_LATIN = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff"
_UPPER = "".join(
    chr(code)
    for first, last in ((0x41, 0x5B), (0xC0, 0x250), (0x1E00, 0x1F00))
    for code in range(first, last)
    if unicodedata.category(chr(code)) == "Lu"
)
_NATIVE = {
    "th": "\u0e01-\u0e4e",
    "lo": "\u0e81-\u0ecd\u0edc-\u0edf",
    "km": "\u1780-\u17d3",
    "my": "\u1000-\u103f\u1050-\u109f",
    "zh_Hans": "\u3007\u3400-\u9fff",
    "ar": "\u0620-\u065f\u0671-\u06d3",
}
"""Letters and marks of scripts that are not Latin."""

_ENDINGS = "s|es|e|x|[kmn]u|nya|n?ya|ng|ko|mo|niya"
"""What a cue in Latin letters may be drawn out by, in one of the languages."""

_YEAR = r"(?<![\d.,])(?:19[4-9]\d|20[0-4]\d|24[89]\d|25[0-7]\d)(?!\d|[.,]\d)"
_SMALL = r"(?<![\d.,/])\d{1,2}(?!\d|[.,:/]\d)"
_CODE = (
    r"(?:(?-i:[A-Z]{1,5})[ ./-]{0,2}|[<X>]{1,6}[./(-] ?|\([^\s()]{1,8}\) ?){0,3}"
    r"[A-Za-z]{0,4}[-/]?\d[A-Za-z0-9]*"
    r"(?:[-/.()]{1,2}[A-Za-z0-9<X>]{1,12}\)?|[ ]?[-/] ?(?=\w*\d)[A-Za-z0-9]{1,12}"
    r"|[ ](?-i:[A-Z]{0,3})\d[A-Za-z0-9]*|[ ](?-i:[A-Z]{1,3})(?![A-Za-z]))*"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: whatever *pattern* finds in a plain form is of *kind*; *hard* blocks."""

    kind: Kind
    hard: bool
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Lexicon:
    """
    What the gate knows of one language.

    Attributes:
        native: A character class of its own script, without brackets; None if that is Latin.
        regions: Countries whose way of writing telephone numbers is tried, in ISO 3166.
        digit_words: How the digits from nought on are spelled when a number is dictated.
        pair_words: How numbers from 10 to 99 are spelled.
        at: How "@" is spelled out, and `dot` how ".".
        platforms: What places with accounts are called, beside their own Latin names.
        account: What an account or its name is called.
        copula: What stands between such a word and the account's name.
        named: What stands there and leaves no doubt; all of `copula` if none are told.
        shown: What stands before the name with capitals that an account shows.
        numbered: Finds a number after a word that says no more than that it is one.
        unit_after: Finds, right after a number, what makes it an amount.
        unit_before: Finds it right before.
        rules: Hard and soft.
        names: Finds common names of persons; None if none are listed.
        places: Finds names of places below the country, likewise.
        capitals: Finds what is written with a capital and names nobody, or, where the script
            is not Latin, which Latin words name nobody.
        near_places: Finds, right before a capital, a word after which it is a place's.
        openers: Finds a word that begins a sentence and no name.
    """

    locale: str
    native: str | None
    regions: tuple[str, ...]
    digit_words: str
    pair_words: str
    at: str
    dot: str
    platforms: str
    account: str
    copula: str
    named: str
    shown: str
    numbered: re.Pattern[str]
    unit_after: re.Pattern[str]
    unit_before: re.Pattern[str]
    rules: tuple[Rule, ...]
    names: re.Pattern[str] | None
    places: re.Pattern[str] | None
    capitals: re.Pattern[str] | None
    near_places: re.Pattern[str]
    openers: re.Pattern[str]


@cache
def lexicon(locale: str) -> Lexicon:
    """The lexicon of *locale*, or the English one if there is none."""
    path = FOLDER / f"{locale}.toml"
    if not path.is_file():
        return lexicon(FALLBACK)
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    make = _Maker(locale, told)
    never = "(?!)"
    return Lexicon(
        locale=locale,
        native=_NATIVE.get(locale),
        regions=tuple(told["regions"]),
        **{
            name: normal(told.get(name, never))
            for name in ("digit_words", "at", "dot", "platforms", "account", "copula", "shown")
        },
        pair_words=normal(told.get("from_ten", never)),
        named=normal(told.get("named", told.get("copula", never))),
        numbered=make.compiled(f"(?:{told.get('number_words', never)})(?:<sep>)<code>"),
        unit_after=re.compile(rf"[ -]?(?:{normal(told['unit_after'])})", re.IGNORECASE),
        unit_before=re.compile(rf"(?:{normal(told['unit_before'])}) ?$", re.IGNORECASE),
        rules=(*make.rules(), *_borrowed(told)),
        names=make.listed("names"),
        places=make.listed("places"),
        capitals=make.listed("capitals"),
        near_places=re.compile(
            rf"(?:{normal(told.get('near_places', never))}) ?$", re.IGNORECASE
        ),
        openers=re.compile(rf"(?:{normal(told.get('openers', never))})(?=[ ])"),
    )  # fmt: skip


def upper_and_latin() -> tuple[str, str]:
    """The capitals among Latin letters and all Latin letters, as character classes."""
    return _UPPER, _LATIN


def normal(pattern: str) -> str:
    """*pattern* in the form that texts are matched in."""
    return plain(pattern).text


def _borrowed(told: dict[str, Any]) -> list[Rule]:
    """The rules of other languages that people mix into this one."""
    return [
        rule
        for locale in told.get("borrows", ())
        for rule in lexicon(locale).rules
        if rule.hard or told.get("borrows_warnings", False)
    ]


class _Maker:
    """Turns the patterns of one file into rules."""

    def __init__(self, locale: str, told: dict[str, Any]) -> None:
        self._told = told
        native = _NATIVE.get(locale, "")
        name = rf"[{_UPPER}][{_LATIN}'-]*"
        edge = f"{_LATIN}0-9_" + (native if locale == "ar" else "")
        # A cue must not begin or end inside a word, as far as the script has words.
        self._left, self._right = f"(?<![{edge}])", f"(?![{edge}])"
        if locale == "ar":
            self._left += "(?:[وف]?(?:ال|بال|لل|كال|ب|ل|ك)?)"
        self._stand_ins = {
            "<y>": _YEAR,
            "<n>": rf"(?:{_SMALL}|{self._words('from_ten')}|{self._words('below_ten')})",
            "<n2>": rf"(?:(?=\d\d){_SMALL}|{self._words('from_ten')})",
            "<d>": (
                r"(?:(?<![\d.,/])(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th|er|ro|o|\.?°)?(?!\d)"
                rf"|{self._words('day_words')})"
            ),
            "<m>": self._words("months"),
            "<wd>": self._words("weekdays"),
            "<code>": f"(?P<v>{_CODE.replace('<X>', native or '_')})",
            "<num>": r"(?P<v>\+?\(?\d(?:[ ().-]{0,2}\d){4,})",
            "<user>": r"(?P<v>@?(?=[a-z0-9._-]*[a-z])[a-z0-9_][a-z0-9._-]+[a-z0-9_])",
            "<Name>": (
                rf"(?-i:(?!{self._words('openers')}\b){name}"
                rf"(?:[ ](?:[{_UPPER}]\.|{name})){{0,3}})"
            ),
            "<gap>": (
                rf"(?:(?<![{_LATIN}])|(?:{_ENDINGS})?(?![{_LATIN}]))"
                r"(?:[^\d.!?;\n\u3002]|(?<=[A-Za-z])\.){0,24}?"
            ),
            "<own>": rf"(?:(?!{self._words('stops')})<L>){{2,16}}",
            "<L>": f"[{native}{_LATIN}]",
            "<sep>": r"[ ]{0,2}[:=#-]?[ ]{0,2}",
        }  # fmt: skip

    def rules(self) -> list[Rule]:
        return [
            Rule(Kind(kind), table == "hard", self.compiled(pattern))
            for table in ("hard", "warn")
            for kind, patterns in self._told.get(table, {}).items()
            for pattern in patterns
        ]

    def listed(self, name: str) -> re.Pattern[str] | None:
        kinds = [word.strip() for word in re.split(r"[,\n]", self._told.get(name, ""))]
        either = _longest_first([re.escape(normal(word)) for word in kinds if word])
        # A capital is what tells the town of Nice from what is nice.
        return re.compile(f"{self._left}(?:{either}){self._right}") if either else None

    def _words(self, name: str) -> str:
        return f"(?:{self._told.get(name, '(?!)')})"

    def compiled(self, pattern: str) -> re.Pattern[str]:
        for name, value in self._stand_ins.items():
            pattern = pattern.replace(name, value)
        return re.compile(f"{self._left}(?:{normal(pattern)}){self._right}", re.IGNORECASE)


def _longest_first(words: list[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))

"""What words tell: cues and their values, names and places of a list, capitals, foreign letters."""

import re
from collections.abc import Iterator

from protection.gate.kinds import Kind
from protection.gate.lexicon import Lexicon, Rule, upper_and_latin
from protection.gate.numbers import CUED
from protection.gate.spans import Span

_FEWEST_DIGITS_OF_A_CODE = 3
_LISTED, _CAPITAL = 3, 6
_RANKS = {Kind.ORGANISATION: 0, Kind.PLACE_FINE: 1, Kind.PERSON_NAME: 2}
"""Of two warnings in one place the one of the lower rank stands."""

_UPPER, _LATIN = upper_and_latin()
_CAPITALS = re.compile(
    rf"(?<![{_LATIN}\d'@./_-])[{_UPPER}][{_LATIN}'-]*(?:[ ](?:(?:de|del|bin|binti|al|da|van|von|la) )?"
    rf"[{_UPPER}][{_LATIN}'-]*)*"
)  # fmt: skip
_FOREIGN = re.compile(r"(?<![A-Za-z0-9@./_-])[A-Za-z][A-Za-z'-]+(?:[ .]+[A-Za-z][A-Za-z'-]+)*")
_BEGINS = re.compile(r"(?:^|[.!?:;…\n\"“”«»(\[-])[\s\"“”«»'(¡¿-]*$")


def told_by_words(text: str, words: Lexicon) -> list[Span]:
    """All that words tell of the plain form *text*."""
    found = [span for rule in words.rules for span in _by_rule(rule, text)]
    for pattern, kind in ((words.names, Kind.PERSON_NAME), (words.places, Kind.PLACE_FINE)):
        if pattern is not None:
            found += [
                Span(kind, *match.span(), hard=False, rank=_LISTED)
                for match in pattern.finditer(text)
            ]
    found += _foreign(text, words) if words.native else _capitals(text, words)
    return found


def _by_rule(rule: Rule, text: str) -> Iterator[Span]:
    rank = CUED if rule.hard else _RANKS.get(rule.kind, CUED)
    has_value = "v" in rule.pattern.groupindex
    for match in rule.pattern.finditer(text):
        start, end = match.span("v") if has_value else match.span()
        if start == end:
            continue
        if rule.kind is Kind.ID_NUMBER and has_value and not _is_code(text[start:end]):
            continue
        yield Span(rule.kind, start, end, rule.hard, rank)


def _is_code(value: str) -> bool:
    return sum(sign.isdigit() for sign in value) >= _FEWEST_DIGITS_OF_A_CODE


def _capitals(text: str, words: Lexicon) -> Iterator[Span]:
    """Capitals inside a sentence that begin no word which is always written with one."""
    quiet = _masked(text, words.capitals)
    for match in _CAPITALS.finditer(quiet):
        start, end = match.span()
        if _BEGINS.search(text[max(0, start - 6) : start] if start else ""):
            # The first word has its capital from the sentence.
            second = text.find(" ", start, end)
            if second < 0:
                continue
            start = start if second + 1 < end else end
            if len(match.group().split()[0]) == 1:
                continue
        if end - start < 2:
            continue
        before = text[max(0, start - 24) : start]
        kind = Kind.PLACE_FINE if words.near_places.search(before) else Kind.PERSON_NAME
        yield Span(kind, start, end, hard=False, rank=_CAPITAL)


def _foreign(text: str, words: Lexicon) -> Iterator[Span]:
    """Latin words among letters of another script."""
    quiet = _masked(text, words.capitals)
    for match in _FOREIGN.finditer(quiet):
        if len(match.group()) > 2:
            yield Span(Kind.PERSON_NAME, *match.span(), hard=False, rank=_CAPITAL)


def _masked(text: str, harmless: re.Pattern[str] | None) -> str:
    """*text* with a dot for each character of what names nobody."""
    if harmless is None:
        return text
    return harmless.sub(lambda match: "\x00" * len(match.group()), text)

"""What words tell: cues and their values, names and places of a list, capitals, foreign letters."""

import re
from collections.abc import Iterator

from protection.gate.contacts import PLATFORM
from protection.gate.kinds import Kind
from protection.gate.lexicon import Lexicon, Rule, upper_and_latin
from protection.gate.numbers import CUED, NUMBERED, is_amount, is_in_whole_date, is_year
from protection.gate.spans import Span

_FEWEST_DIGITS_OF_A_CODE = 3
_LISTED, _CAPITAL = 3, 6
_RANKS = {Kind.ORGANISATION: 0, Kind.PLACE_FINE: 1, Kind.PERSON_NAME: 2}
"""Of two warnings in one place the one of the lower rank stands."""

_UPPER, _LATIN = upper_and_latin()
_CAPITALS = re.compile(
    rf"(?<![{_LATIN}\d'@./_-])[{_UPPER}][{_LATIN}'-]*"
    rf"(?:[ ](?:(?:de|del|bin|binti|al|da|van|von|la) )?"
    rf"[{_UPPER}][{_LATIN}'-]*)*(?![\d{_LATIN}])"
)  # fmt: skip
_FOREIGN = re.compile(r"(?<![A-Za-z0-9@./_-])[A-Za-z][A-Za-z'-]+(?:[ .]+[A-Za-z][A-Za-z'-]+)*")
_TO = "-|~|to|à|a|hingga|sampai|đến|tới|hanggang|到|至|ถึง|ຫາ|ເຖິງ|ដល់|မှ|ကနေ|الي"
_BAND = re.compile(rf"(?<!\d)\d{{1,2}} ?(?:{_TO}) ?$")
"""What stands before the second number of a band of ages."""
_BAND_ON = re.compile(
    rf" ?(?:{_TO}) ?\d{{1,2}}(?!\d)"
    r"|[^\d\n.,]{0,8}?(?:and (?:over|older|above|up)|or (?:over|older|more)|upwards?|et plus|y más"
    r"|o más|ke atas|trở lên|pataas|ขึ้นไป|ຂຶ້ນໄປ|ឡើងទៅ|ឡើង|(?:နှင့်)?အထက်|及?以上|以下|فاكثر|فما فوق)"
)
"""What goes on after the first number of a band, or the only one."""

_BEGINS = re.compile(r"(?:^|[.!?:;…\n\"“”«»(\[-])[\s\"“”«»'(¡¿-]*$")


def told_by_words(text: str, words: Lexicon) -> list[Span]:
    """All that words tell of the plain form *text*."""
    found = [span for rule in words.rules for span in _by_rule(rule, text, words)]
    found += _numbered(text, words)
    for pattern, kind in ((words.names, Kind.PERSON_NAME), (words.places, Kind.PLACE_FINE)):
        if pattern is not None:
            found += [
                Span(kind, *match.span(), hard=False, rank=_LISTED)
                for match in pattern.finditer(text)
            ]
    found += _foreign(text, words) if words.native else _capitals(text, words)
    return found


def _by_rule(rule: Rule, text: str, words: Lexicon) -> Iterator[Span]:
    for match in rule.pattern.finditer(text):
        start, end = _value(match)
        if start == end or not _stands(rule.kind, match, text, words):
            continue
        rank = CUED + start - match.start() if rule.hard else _RANKS.get(rule.kind, CUED)
        yield Span(rule.kind, start, end, rule.hard, rank)


def _numbered(text: str, words: Lexicon) -> Iterator[Span]:
    for match in words.numbered.finditer(text):
        # "The number is 112" is what everybody may call.
        if len(match["v"]) > _FEWEST_DIGITS_OF_A_CODE and _stands(
            Kind.ID_NUMBER, match, text, words
        ):
            yield Span(Kind.ID_NUMBER, *match.span("v"), hard=True, rank=NUMBERED)


def _value(match: re.Match[str]) -> tuple[int, int]:
    """The span of the group `v` or `w`, or else of the match."""
    told = [name for name in ("v", "w") if match.groupdict().get(name) is not None]
    return match.span(told[0]) if told else match.span()


def _stands(kind: Kind, match: re.Match[str], text: str, words: Lexicon) -> bool:
    """Whether a value after a cue is a number that can be traced, and no amount and no year."""
    start, end = _value(match)
    value = text[start:end]
    if kind is Kind.EXACT_AGE:
        return not (_BAND.search(text[max(0, start - 12) : start]) or _BAND_ON.match(text, end))
    if kind is Kind.PLACE_FINE:
        # "Room 3" is in every house.
        return not (len(value) == 1 and value.isdigit())
    if kind is Kind.EXACT_DATE and is_year(value):
        return not words.unit_after.match(text, end)
    if kind not in (Kind.ID_NUMBER, Kind.PHONE):
        return True
    return (
        sum(sign.isdigit() for sign in value) >= _FEWEST_DIGITS_OF_A_CODE
        and not is_year(value)
        and not is_in_whole_date(text, start, end)
        and not is_amount(text, start, end, words, told=True)
    )


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
            if words.openers.match(text, start):
                start = second + 1
            elif len(match.group().split()[0]) == 1:
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
    masked = PLATFORM.sub(lambda match: "\x00" * len(match.group()), text)
    if harmless is None:
        return masked
    return harmless.sub(lambda match: "\x00" * len(match.group()), masked)

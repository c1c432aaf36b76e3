"""Telephone numbers, documents, plates, coordinates and dates, by what they look like."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

import phonenumbers

from protection.gate.kinds import Kind
from protection.gate.lexicon import Lexicon
from protection.gate.spans import Span

GPS, DICTATED, CUED, DATED, DIALLED, LOOKS, LONG, NUMBERED = 0, 0, 100, 200, 300, 400, 500, 600
"""Ranks of numbers in one place: see `Span.rank`."""

_DECIMAL = r"[-+]?\d{1,3}[.,٫]\d{4,}"
_SHORT_DECIMAL = r"[-+]?\d{1,3}\.\d{2}[1-9]"
_COMPASS = "[NSEWnsewBĐTO]"
_DEGREES = (
    rf"(?:{_COMPASS} ?)?\d{{1,3}} ?(?:°|deg\w*\.?) ?\d{{1,2}}(?:[.,]\d+)? ?(?:'|min\w*)"
    rf" ?(?:\d{{1,2}}(?:[.,]\d+)? ?(?:''|\"|”|“|sec\w*)?)? ?{_COMPASS}?(?![A-Za-z])"
)
_PLACES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\d.,]){_DECIMAL} ?°? ?{_COMPASS}?[^\w\n]{{1,4}}(?:[^\W\d]{{1,12}}\W{{1,3}})?"
        rf"{_DECIMAL}(?: ?°)?(?: ?{_COMPASS}\b)?",
        rf"(?<![\d.,]){_SHORT_DECIMAL} ?[,;/] ?{_SHORT_DECIMAL}(?!\d)",
        r"(?<![\d.,])\d{1,3}[.,]\d{2,} ?°? ?[NSns]\b\W{0,3}\d{1,3}[.,]\d{2,} ?°? ?[EWOewo]\b",
        r"\b[NSns] ?\d{1,3}[.,]\d{2,}\W{0,4}[EWOewo] ?\d{1,3}[.,]\d{2,}",
        rf"(?<![\d.,])\d{{1,3}}[.,]\d{{3,}} ?° ?{_COMPASS}?",
        r"(?<![\d.,])\d{1,3}(?:[ .]\d{1,2}){1,2}(?:[.,]\d+)? ?[NS]\b\W{1,4}"
        r"\d{1,3}(?:[ .]\d{1,2}){1,2}(?:[.,]\d+)? ?[EWO]\b",
        r"\b\d{1,2}[C-HJ-NP-X] ?\d{6} ?\d{6,7}\b|\b\d{1,2}[C-HJ-NP-X][A-Z]{2} ?\d{4,5} ?\d{4,5}\b",
        r"///\w+\.\w+\.\w+",
        rf"{_DEGREES}(?:[^\w\n]{{1,4}}(?:and |y |et )?{_DEGREES})?",
        r"(?<![A-Z0-9])[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,3}(?![A-Z0-9])",
    )
)  # fmt: skip

_D, _M, _Y = r"(?:3[01]|[12]\d|0?[1-9])", r"(?:1[0-2]|0?[1-9])", r"(?:(?:19|20|24|25)\d\d)"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\d/.-]){_D} ?[./-] ?{_D} ?[./-] ?(?:{_Y}|\d\d)(?![\d/]|[.-]\d)",
        rf"(?<![\d/.-]){_Y} ?[./-] ?{_M} ?[./-] ?{_D}(?!\d)",
        rf"(?<![\d/.-]){_D} {_M} {_Y}(?!\d)",
        rf"(?<![\d/.-]){_D} ?[./ -] ?(?:I{{1,3}}|IV|V|VI{{1,3}}|IX|X|XI|XII)[./ -] ?{_Y}(?!\d)",
        # Day and month, but no fraction, and not around the clock.
        rf"(?<![\d/.,-])(?!1/[2-9](?!\d)|2/[35](?!\d)|3/[45](?!\d)|24/7|50/50){_D}/{_M}(?![\d/]|[.,-]\d)",
        r"(?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)",
    )
)  # fmt: skip

_WHOLE_DATES = (
    re.compile(rf"(?<![\d./-]){_D}(?P<by>[./-]){_M}(?P=by){_Y}(?!\d|[./-]\d)"),
    re.compile(rf"(?<![\d./-]){_Y}(?P<by>[./-]){_M}(?P=by){_D}(?!\d|[./-]\d)"),
)

_MONTHS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\d/.-]){_M} ?/ ?{_Y}(?![\d/])|(?<![\d/.-]){_Y} ?/ ?{_M}(?![\d/])",
        rf"(?<![\d/.-])(?:0[1-9]|1[0-2])[.-]{_Y}(?![\d/.-]\d|\d)",
    )
)

_LETTERED = tuple(
    re.compile(pattern, re.ASCII)
    for pattern in (
        r"\b[A-Z]{1,3}[ -]?\d{5,10}(?![\d.,]\d|\d)[A-Z]?\b",
        r"\b[A-Z]{1,3} ?\d{3} ?\d{3,4}\b",
        r"(?<![\d-])\d-\d{4}-\d{5}-\d{2}-\d(?!\d)",
        # Letters and digits joined by hyphens or slashes: a file of an office.
        r"(?<![A-Za-z0-9/.-])(?=[0-9/-]{0,30}[A-Z])(?=(?:[A-Z/-]{0,9}\d){4})"
        r"[A-Z0-9]+(?:[/-][A-Z0-9]+)+\b",
        # Plates of Viet Nam, Cambodia and Myanmar, Indonesia, the Philippines, France, Spain.
        r"\b\d{2}[A-Z]{1,2}\d?[ -]\d{3}\.?\d{1,2}\b|\b\d{2}-?[A-Z]{1,2}\d? \d{4,5}\b",
        r"\b(?:[A-Z]{2,3} )?\d[A-Z]{1,2}[ -]\d{4}\b",
        r"(?<![A-Za-z0-9])(?:[A-Z]{3} )?\d[A-Z\u1000-\u1021][/-]\d{4}(?!\d)",
        r"\b(?!RT|RW)[A-Z]{1,2} \d{2,4} (?!RT|RW)[A-Z]{1,3}\b",
        r"\b[A-Z]{3}[ -]?\d{3,4}\b|\b[A-Z]{2}[ -]\d{3}[ -][A-Z]{2}\b",
        r"\b\d{4} ?[B-DF-HJ-NP-TV-Z]{3}\b",
        r"\b[A-Z]{2}\d{2} ?[A-Z]{3}\b",
        r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]"
        r"[A-Z][ ·・.-]?[A-Z0-9]{5,6}",
        r"(?<![\u0e00-\u0eff])\d[ก-ฮກ-ຮ]{1,2} ?-?\d{1,4}(?!\d)",
        r"(?<![\u0e00-\u0eff])(?!คน|ผม|รถ|จน|ลง|บน|พบ|ผล|ชน|นม|ถม|รบ|กบ|มด|วน|ตก|นก|ฝน|ขน|ຄົນ)"
        r"[ก-ฮກ-ຮ]{2}[ -]\d{3,4}(?!\d)",
        # Identity papers: Myanmar, China, Spain, Mexico; an IBAN.
        r"(?<!\d)\d{1,2} ?/ ?[^\s\d()/]{1,16} ?\([^\s\d()]{1,8}\) ?\d{5,6}(?!\d)",
        r"(?<!\d)\d{17}[\dXx](?![\dA-Za-z])|(?<!\d)\d{6}(?:19|20)\d{2}\*{2,}",
        r"\b\d{7,8} ?-? ?[A-Z]\b|\b[XYZ] ?-?\d{7}-?[A-Z]\b|\b[A-Z]{4}\d{6}[HM][A-Z]{5}\w\d\b",
        r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b",
    )
)  # fmt: skip

_BARE_YEAR = re.compile(r"(?:19|20|24|25)\d\d")
_FEWEST_OF_A_SUM, _FEWEST_OF_A_LONG, _FEWEST_OF_A_PHONE = 4, 5, 7
_MOST_WITHOUT_PREFIX, _MOST_OF_A_PHONE = 11, 15
"""Digits."""

_RUN = re.compile(r"\+?\(?\d(?:[ ]?[().-]{0,2}[ ]?\d|[_٫٬/*•·~]\d)*")
_NAMED_NUMBER = re.compile(r"\b1?-?[89]\d\d-(?=[A-Z0-9-]*[A-Z]{3})[A-Z0-9]+(?:-[A-Z0-9]+)*\b")
"""Letters for digits, as on a telephone: 1-800-HELP-NOW."""

_COMMAS = re.compile(
    r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d{1,3}(?:\.\d{3})+(?:,\d+)?|\d{1,3}(?:[٬']\d{3})+"
)
_SPACED_SUM = re.compile(r"[1-9]\d{0,2}(?: \d{3})* \d00")


def numbers(text: str, words: Lexicon) -> Iterator[Span]:
    """What looks like a number that can be traced in the plain form *text*."""
    if any(sign.isdigit() or sign == "/" for sign in text):
        yield from _found(_PLACES, Kind.GPS, GPS, text)
        yield from _found(_DATES, Kind.EXACT_DATE, DATED, text)
        for span in _found(_MONTHS, Kind.EXACT_DATE, DATED, text):
            yield replace(span, hard=False)
        yield from _found(_LETTERED, Kind.ID_NUMBER, LOOKS, text)
        yield from _found((_NAMED_NUMBER,), Kind.PHONE, DIALLED, text)
        yield from _dialled(text, words.regions)
        yield from _long(text, words)
    yield from _dictated(text, words)


def is_year(value: str) -> bool:
    """Whether *value* is a bare year, of our era or of the Buddhist one."""
    return _BARE_YEAR.fullmatch(value) is not None


def is_in_whole_date(text: str, start: int, end: int) -> bool:
    """Whether *start* to *end* lies in a day with its month and four digits of a year."""
    return any(
        match.start() <= start and end <= match.end()
        for pattern in _WHOLE_DATES
        for match in pattern.finditer(text)
    )


def is_amount(text: str, start: int, end: int, words: Lexicon, *, told: bool = False) -> bool:
    """
    Whether the number from *start* to *end* counts something: money, people, hours.

    Args:
        told: A word has said that it is a document's: points between thousands do not count then.
    """
    shown = text[start:end]
    if shown[:1] in ("0", "+", "("):
        return False
    grouped = _COMMAS.match(text, start)
    if grouped is not None and grouped.end() >= end and not told:
        return True
    return bool(
        words.unit_after.match(text, end)
        or words.unit_before.search(text[max(0, start - 12) : start])
        or _SPACED_SUM.fullmatch(shown)
        or (shown.isdigit() and shown.endswith("000"))
    )


def _found(patterns: Sequence[re.Pattern[str]], kind: Kind, rank: int, text: str) -> Iterator[Span]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            yield Span(kind, *match.span(), hard=True, rank=rank)


def _dialled(text: str, regions: Sequence[str]) -> Iterator[Span]:
    """Numbers that can be dialled in one of *regions*; any with a country's code."""
    for region in regions:
        for match in phonenumbers.PhoneNumberMatcher(text, region):
            if not _COMMAS.fullmatch(match.raw_string):
                yield Span(Kind.PHONE, match.start, match.end, hard=True, rank=DIALLED)


def _long(text: str, words: Lexicon) -> Iterator[Span]:
    """
    Long numbers that nothing else explains: no amount of money, no people, no distance.

    Of amounts those warn that are told to the last coin: their payer knows them.
    """
    for match in _RUN.finditer(text):
        shown = match.group()
        digits = sum(sign.isdigit() for sign in shown)
        if is_amount(text, *match.span(), words):
            if digits >= _FEWEST_OF_A_SUM and not shown.endswith(("00", "50")):
                yield Span(Kind.ID_NUMBER, *match.span(), hard=False, rank=LONG)
            continue
        if digits < _FEWEST_OF_A_LONG:
            continue
        opened = shown[0] in "0+("
        if digits >= _FEWEST_OF_A_PHONE:
            is_phone = digits <= (_MOST_OF_A_PHONE if opened else _MOST_WITHOUT_PREFIX)
            kind = Kind.PHONE if is_phone else Kind.ID_NUMBER
            yield Span(kind, *match.span(), hard=True, rank=LONG)
        else:
            hard = opened or digits > _FEWEST_OF_A_LONG
            yield Span(Kind.ID_NUMBER, *match.span(), hard=hard, rank=LONG)


def _dictated(text: str, words: Lexicon) -> Iterator[Span]:
    """Telephone numbers in words: six digits in a row, or five of which some are pairs."""
    row, one, pair = _spelled(words)
    for match in row.finditer(text):
        pairs = len(pair.findall(match.group()))
        if len(one.findall(match.group())) >= (5 if pairs else 6):
            yield Span(Kind.PHONE, *match.span(), hard=True, rank=DICTATED)


@cache
def _spelled(words: Lexicon) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """A row of digits and pairs of digits in words, one of them, and a pair."""
    pair = f"(?:{words.pair_words})"
    one = f"(?:{pair}|{words.digit_words})"
    if words.native and words.locale != "ar":
        row = rf"{one}(?:[ ,.-]{{0,2}}{one}){{4,}}"
    else:
        pair, one = rf"(?<!\w){pair}(?!\w)", rf"(?<!\w){one}(?!\w)"
        row = rf"{one}(?:[ ,،.-]{{1,3}}{one}){{4,}}"
    first, second, third = (re.compile(pattern, re.IGNORECASE) for pattern in (row, one, pair))
    return first, second, third

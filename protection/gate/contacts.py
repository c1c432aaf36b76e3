"""E-mail addresses, links, and names of accounts, as they are written in every language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from protection.gate.kinds import Kind
from protection.gate.lexicon import Lexicon, upper_and_latin
from protection.gate.spans import Span

_EDGE = "(?<![A-Za-z0-9._@-])"
_TLD = (
    "com|net|org|info|biz|edu|gov|int|app|dev|site|online|shop|store|club|live|xyz|page|link|blog"
    "|news|help|care|ngo|ong|foundation|asia|mobi|name|pro|top|vip|work|jobs|tel|cat|example"
    "|invalid|test|คอม|ຄອມ|ខម|ကွန်း|كوم"
)
"""Ends of names that no sentence runs into; a language's own ends need more around them."""
_COUNTRY = (
    "th|vn|kh|la|mm|id|ph|cn|hk|tw|sg|my|jp|kr|in|np|bd|lk|pk|fr|es|mx|ar|co|pe|cl|br|pt|it|de|uk"
    "|us|ca|au|nz|ma|dz|tn|eg|sa|ae|jo|lb|iq|sy|sd|ng|gh|ke|tz|ug|za|eu|ch|be|nl|ru|ro|me|io|tv|ly"
    "|gg|ai|cc|to|fm|gl|be|sh|gd|page"
)
_SAFE_COUNTRY = (
    "vn|kh|cn|hk|sg|jp|kr|fr|mx|uk|eu|ly|gg|io|tv|fm|gl|cc|cl|pt|co|th|ph|ru|tw|np|lk|au|ae|eg|ma"
    "|gh|ke|ng|za|pe|br"
)
_MAILERS = "gmail|g-mail|hotmail|yahoo|outlook|icloud|proton(?:mail)?|yandex|mail\\.ru|qq|163|126"
_PLATFORMS = (
    "line|zalo|wechat|weixin|facebook|face ?book|fb|messenger|instagram|insta|ig|tiktok|tik tok"
    "|telegram|tele|tg|whats ?app|wa|viber|signal|snap ?chat|snap|twitter|imo|qq|kakao(?: ?talk)?"
    "|skype|discord|you ?tube|linkedin|weibo|douyin|bigo|tinder|badoo|tantan|paypal|gcash|grindr"
)

PLATFORM = re.compile(
    rf"(?<![A-Za-z0-9])(?:{_PLATFORMS})(?:nya|ku|mu|ko)?(?![A-Za-z0-9])", re.IGNORECASE
)
"""The Latin names of places with accounts."""

_EMAIL = re.compile(
    r"[^\W_][\w.%+-]{0,63}(?:@ ?| @ )[a-z0-9][a-z0-9-]{0,62}(?: ?\. ?[a-z0-9-]{1,63}){0,4}"
    r"(?: ?\. ?[a-z]{2,24})(?!\w{0,9}@)",
    re.ASCII | re.IGNORECASE,
)
_LINKS = tuple(
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        r"(?:https?|ftp|tg|line|whatsapp)://[^\s\"'<>]+|hxxps?://\S+",
        rf"{_EDGE}www\d?\.[a-z0-9-]+(?:\.[a-z0-9-]+)*(?:/[\w./?=&%+#@~-]*)?",
        rf"{_EDGE}(?:[a-z0-9-]{{1,63}}\.){{1,5}}(?:{_TLD})(?![\w-])(?:/[\w./?=&%+#@~-]*)?",
        rf"{_EDGE}(?:[a-z0-9-]{{1,63}}\.){{1,4}}(?:com?|org?|net|gov?|ac|edu|mi|in|web|my)"
        rf"\.(?:{_COUNTRY})(?![\w-])(?:/[\w./?=&%+#@~-]*)?",
        rf"{_EDGE}(?:[a-z0-9-]{{1,63}}\.){{1,5}}(?:{_COUNTRY})/[\w./?=&%+#@~-]+",
        rf"{_EDGE}(?-i:[a-z0-9-]{{3,63}})\.(?-i:{_SAFE_COUNTRY})(?![\w-])",
        rf"{_EDGE}(?:t|wa|m|fb|line|lin|zalo|ig|bit|goo|tiny|youtu)\.(?:me|ee|ly|gl|gd|be)(?![\w-])"
        r"(?:/\S*)?",
        r"(?<![\w#])[a-z][\w.]{1,31}#\d{4}(?!\w)",
        r"(?<![\w/])[ur]/[a-z0-9_-]{3,}",
    )
)  # fmt: skip
_HASH = re.compile(r"(?<![\w#&/])#[^\W\d]\w{2,}")
_AT_NAME = re.compile(r"(?<![A-Za-z0-9._@])@ ?[^\W\d][\w.-]+\w|(?<![A-Za-z0-9._@])@\w{3,}")
_OWN_LOOK = re.compile(
    r"(?<![A-Za-z0-9@._/-])(?!covid)(?:(?=\w{0,63}[a-z])[a-z0-9]+(?:_[a-z0-9]+)+|[a-z]{3,}\d{2,}[a-z0-9]*)"
    r"(?![A-Za-z0-9@/])",
    re.ASCII,
)
"""An account's name that needs no word beside it: small letters with digits or underscores."""

_ANY = r"(?=[a-z0-9._-]{0,63}[a-z])[a-z0-9_][a-z0-9._-]{1,62}[a-z0-9_]"
_TELLING = (
    r"(?!\d+(?:st|nd|rd|th|am|pm|h|km|kg|m|k|g|e|er|x)(?![a-z0-9]))"
    rf"(?=[a-z._-]{{0,63}}[0-9_]|[a-z0-9_-]{{1,63}}\.[a-z0-9]){_ANY}"
)
"""A name that no word of a sentence looks like: with a digit, an underscore or a dot in it."""

_NAMED = (
    "user ?name|screen ?name|nick(?: ?name)?|handle|id|usuario|usuaria|alias|pseudo|identifiant"
    "|akun"
)
"""Words after which an account's name stands, with nothing between."""


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What a language's own words for "at", "dot" and accounts make of the rules."""

    emails: tuple[re.Pattern[str], ...]
    links: tuple[re.Pattern[str], ...]
    accounts: tuple[re.Pattern[str], ...]
    perhaps: re.Pattern[str]
    no_account: re.Pattern[str]


def contacts(text: str, words: Lexicon) -> Iterator[Span]:
    """E-mail addresses, links and account names in the plain form *text*."""
    spoken = _spoken(words)
    for pattern in (_EMAIL, *spoken.emails):
        for match in pattern.finditer(text):
            yield Span(Kind.EMAIL, *match.span(), hard=True)
    for pattern in (*_LINKS, _AT_NAME, _HASH, _OWN_LOOK, *spoken.links):
        for match in pattern.finditer(text):
            yield Span(Kind.HANDLE_OR_URL, *match.span(), hard=True)
    for pattern in (*spoken.accounts, spoken.perhaps):
        for match in pattern.finditer(text):
            if not (spoken.no_account.fullmatch(match["v"]) or _names_nobody(match["v"], words)):
                hard = pattern is not spoken.perhaps
                yield Span(Kind.HANDLE_OR_URL, *match.span("v"), hard=hard)


def _names_nobody(value: str, words: Lexicon) -> bool:
    """Whether *value* is more than one word of what has a capital always: "South Africa"."""
    return " " in value and words.capitals is not None and bool(words.capitals.fullmatch(value))


@cache
def _spoken(words: Lexicon) -> _Spoken:
    platform = f"(?:{_PLATFORMS}|{words.platforms})"
    account = f"(?:id|user ?name|account|acc|user|profile|nick(?: ?name)?|handle|{words.account})"
    emails, links = _addresses(words)
    return _Spoken(
        emails=emails,
        links=links,
        accounts=(
            *_accounts(words, platform, account),
            *_near_native(words, platform, account),
            *_shown(words, platform),
        ),
        perhaps=re.compile(
            rf"(?<!\w){platform}[ ](?:{words.copula})[ ](?P<v>(?-i:[a-z]{{5,}}))(?=[,.;!]|$)",
            re.IGNORECASE,
        ),
        no_account=re.compile(
            rf"(?:{platform}|{account}|{words.copula}|{_MAILERS})", re.IGNORECASE
        ),
    )


def _addresses(
    words: Lexicon,
) -> tuple[tuple[re.Pattern[str], ...], tuple[re.Pattern[str], ...]]:
    """E-mail addresses and links whose signs are spelled out."""
    space = r"\s?" if words.native else r"\s"
    before, after = r"\s?[\[({<]\s?", r"\s?[\])}>]\s?"
    at = (
        rf"(?:{before}(?:at?|@|{words.at}){after}|[_-]at[_-]"
        rf"|{space}(?:at|{words.at}){space}|\s@\s|@\s?)"
    )
    dot = (
        rf"(?:{before}(?:dot|\.|{words.dot}){after}|[_-]dot[_-]"
        rf"|{space}(?:dot|{words.dot}){space}|\.)"
    )
    label = "[a-z0-9][a-z0-9_-]{0,62}?"
    user = rf"[a-z0-9][\w.+-]{{0,63}}?(?:(?!\.){dot}[a-z0-9]{{1,63}})?"
    patterns = (
        rf"{user}{at}{label}(?:{dot}{label}){{0,4}}{dot}(?:{_TLD}|{_COUNTRY})(?![a-z]|/\w)",
        rf"{user}(?:{at}|\s@)(?:{_MAILERS})(?![a-z])",
        rf"(?<![\w.]){label}(?:(?!\.){dot}{label}){{0,4}}(?!\.){dot}(?:{_TLD})(?![a-z])",
    )
    first, second, third = (re.compile(one, re.IGNORECASE | re.ASCII) for one in patterns)
    if not words.native:
        return (first, second), (third,)
    # Among letters of another script no sentence runs into a name of a country.
    bare = rf"{_EDGE}(?:[a-z0-9-]{{2,63}}\.){{1,4}}(?:{_COUNTRY})(?![\w-])"
    return (first, second), (third, re.compile(bare, re.IGNORECASE | re.ASCII))


def _accounts(words: Lexicon, platform: str, account: str) -> Iterator[re.Pattern[str]]:
    begin = "(?<![A-Za-z0-9])" if words.native else r"(?<!\w)"
    end = "(?![A-Za-z0-9])" if words.native else r"(?!\w)"
    value = f"(?<![A-Za-z0-9._@-])(?P<v>{_ANY})"
    telling = f"(?<![A-Za-z0-9._@-])(?P<v>{_TELLING})"
    said = rf"(?:[ ]?[:=]+[ ]?|[ ](?:{words.named})[ ]?[:\"'@]?|[ ]?\"|[ ]@)"
    for pattern in (
        rf"{begin}(?:{platform}(?:nya|ku|mu|ko)?|{account}){end}[^.!?\n]{{0,40}}?{telling}",
        rf"{telling}[^.!?\n]{{1,20}}{begin}{platform}{end}",
        rf"{begin}{platform}[ ]?{account}{end}{said}{value}",
        rf"{begin}{account}[ ](?:\w{{1,8}} )?{platform}{end}{said}{value}",
        rf"{begin}{platform}[^.!?\n]{{0,16}}?{begin}(?:{_NAMED}){end}(?:{said}|[ ]){value}",
        rf"{begin}{platform}[ ]?:[ ]?{value}",
        rf"{begin}(?:qq|imo)[^\d.!?\n]{{0,6}}(?P<v>\d{{5,12}})(?!\d)",
        rf"{begin}{account}(?:[ ](?:{words.copula})){{0,2}}[ ]?[:=@\"][ ]?{value}",
    ):
        yield re.compile(pattern, re.IGNORECASE)


def _shown(words: Lexicon, platform: str) -> Iterator[re.Pattern[str]]:
    """Two capitals or more that an account shows: "on Facebook she is called Mary Hill"."""
    if words.native:
        return
    upper, latin = upper_and_latin()
    word = f"[{upper}][{latin}'-]*"
    name = rf"[\"'«]?(?P<v>(?-i:{word}(?: {word}){{1,3}}))"
    on = rf"(?<!\w){platform}(?:[ -]?(?:nya|ku|mu|ko))?(?!\w)"
    yield re.compile(
        rf"{on}[^.!?\n]{{0,24}}?(?<!\w)(?:{words.shown})(?:[ ]?: ?|[ ]){name}", re.IGNORECASE
    )
    yield re.compile(
        rf"(?<!\w)(?:{words.account}|{words.shown})[^.!?\n]{{1,16}}?{on}[ ]?"
        rf"(?:is|est|es|là|ay|adalah|itu|:)[ ]{name}",
        re.IGNORECASE,
    )


def _near_native(words: Lexicon, platform: str, account: str) -> Iterator[re.Pattern[str]]:
    """In a script of its own, any Latin word near the name of a platform is an account's."""
    if not words.native:
        return
    small = r"(?-i:(?=[a-z0-9_@])|(?=[A-Za-z.-]*[0-9_]))"
    between = r"[^A-Za-z0-9\n.!?。！？။؟]{0,18}"
    own = f"(?:id|line|ig|fb|facebook|is)(?![A-Za-z0-9]){between}"
    yield re.compile(
        rf"(?<![A-Za-z0-9])(?:{platform}{between}|{account}{between}{small})(?:{own})?(?<![A-Za-z0-9])"
        rf"(?P<v>{_ANY})(?![A-Za-z0-9])",
        re.IGNORECASE,
    )

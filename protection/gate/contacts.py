"""E-mail addresses, links, and names of accounts, as they are written in every language."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from protection.gate.kinds import Kind
from protection.gate.lexicon import Lexicon
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
_SAFE_COUNTRY = "vn|kh|cn|hk|sg|jp|kr|fr|mx|uk|eu|ly|gg|io|tv|fm|gl|cc|cl|pt"
_MAILERS = "gmail|g-mail|hotmail|yahoo|outlook|icloud|proton(?:mail)?|yandex|mail\\.ru|qq|163|126"
_PLATFORMS = (
    "line|zalo|wechat|weixin|facebook|face ?book|fb|messenger|instagram|insta|ig|tiktok|tik tok"
    "|telegram|tele|tg|whats ?app|wa|viber|signal|snap ?chat|snap|twitter|imo|qq|kakao(?: ?talk)?"
    "|skype|discord|you ?tube|linkedin|weibo|douyin|bigo|tinder|badoo|tantan|paypal|gcash|grindr"
)

PLATFORM = re.compile(rf"(?<![A-Za-z0-9])(?:{_PLATFORMS})[a-z]{{0,3}}(?![A-Za-z0-9])", re.IGNORECASE)
"""The Latin names of places with accounts."""

_EMAIL = re.compile(
    r"[^\W_][\w.%+-]{0,63}(?:@ ?| @ )[a-z0-9][a-z0-9-]*(?: ?\. ?[a-z0-9-]+)*(?: ?\. ?[a-z]{2,})(?!\w*@)",
    re.ASCII | re.IGNORECASE,
)
_LINKS = tuple(
    re.compile(pattern, re.ASCII | re.IGNORECASE)
    for pattern in (
        r"(?:https?|ftp|tg|line|whatsapp)://[^\s\"'<>]+|hxxps?://\S+",
        rf"{_EDGE}www\d?\.[a-z0-9-]+(?:\.[a-z0-9-]+)*(?:/[\w./?=&%+#@~-]*)?",
        rf"{_EDGE}(?:[a-z0-9-]+\.)+(?:{_TLD})(?![\w-])(?:/[\w./?=&%+#@~-]*)?",
        rf"{_EDGE}(?:[a-z0-9-]+\.)*[a-z0-9-]+\.(?:com?|org?|net|gov?|ac|edu|mi|in|web|my)"
        rf"\.(?:{_COUNTRY})(?![\w-])(?:/[\w./?=&%+#@~-]*)?",
        rf"{_EDGE}(?:[a-z0-9-]+\.)+(?:{_COUNTRY})/[\w./?=&%+#@~-]+",
        rf"{_EDGE}(?-i:[a-z0-9-]{{3,}})\.(?-i:{_SAFE_COUNTRY})(?![\w-])",
        rf"{_EDGE}(?:t|wa|m|fb|line|lin|zalo|ig|bit|goo|tiny|youtu)\.(?:me|ee|ly|gl|gd|be)(?![\w-])"
        r"(?:/\S*)?",
    )
)  # fmt: skip
_AT_NAME = re.compile(r"(?<![A-Za-z0-9._@])@ ?[^\W\d][\w.-]+\w|(?<![A-Za-z0-9._@])@\w{3,}")
_TELLING = r"(?=[a-z0-9._-]*[a-z])(?=[a-z._-]*[0-9_]|[a-z0-9_-]+\.[a-z0-9])[a-z0-9_][a-z0-9._-]+\w"
"""A name that no word of a sentence looks like: with a digit, an underscore or a dot in it."""
_ANY = r"(?=[a-z0-9._-]*[a-z])[a-z0-9_][a-z0-9._-]+[a-z0-9_]"


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What a language's own words for "at", "dot" and accounts make of the rules."""

    emails: tuple[re.Pattern[str], ...]
    links: tuple[re.Pattern[str], ...]
    accounts: tuple[re.Pattern[str], ...]
    no_account: re.Pattern[str]


def contacts(text: str, words: Lexicon) -> Iterator[Span]:
    """E-mail addresses, links and account names in the plain form *text*."""
    spoken = _spoken(words)
    for pattern in (_EMAIL, *spoken.emails):
        for match in pattern.finditer(text):
            yield Span(Kind.EMAIL, *match.span(), hard=True)
    for pattern in (*_LINKS, _AT_NAME, *spoken.links):
        for match in pattern.finditer(text):
            yield Span(Kind.HANDLE_OR_URL, *match.span(), hard=True)
    for pattern in spoken.accounts:
        for match in pattern.finditer(text):
            if not spoken.no_account.fullmatch(match["v"]):
                yield Span(Kind.HANDLE_OR_URL, *match.span("v"), hard=True)


@cache
def _spoken(words: Lexicon) -> _Spoken:
    at = rf"(?:\s?[\[({{<]\s?(?:at|@|{words.at})\s?[\])}}>]\s?|\s(?:at|{words.at})\s|\s@\s|@\s?)"
    dot = rf"(?:\s?[\[({{<]\s?(?:dot|\.|{words.dot})\s?[\])}}>]\s?|\s(?:dot|{words.dot})\s|\.)"
    if words.native:
        at = at.replace(r"|\s(?:at", r"|\s?(?:at")
        dot = dot.replace(r"|\s(?:dot", r"|\s?(?:dot")
    ends = f"{_TLD}|(?:{_COUNTRY})"
    label = "[a-z0-9][a-z0-9_-]*"
    flags = re.IGNORECASE
    platform = f"(?:{_PLATFORMS}|{words.platforms})"
    account = f"(?:id|user ?name|account|acc|user|profile|nick(?: ?name)?|handle|{words.account})"
    begin = "(?<![A-Za-z0-9])" if words.native else r"(?<!\w)"
    end = "(?![A-Za-z0-9])" if words.native else r"(?!\w)"
    said = rf"(?:[ ]?[:=]+[ ]?|[ ](?:{words.copula})[ ]?[:\"'@]?|[ ]?\"|[ ]@)"
    step = rf",?[ ]?[\"'(]?(?:{account}|{words.copula}|[:=@-]){end}"
    return _Spoken(
        emails=(
            re.compile(
                rf"[a-z0-9][\w.+-]*{at}{label}(?:{dot}{label})*{dot}(?:{ends})(?![a-z])",
                re.IGNORECASE | re.ASCII,
            ),
            re.compile(
                rf"[a-z0-9][\w.+-]*(?:{at}|\s@)(?:{_MAILERS})(?![a-z])", re.IGNORECASE | re.ASCII
            ),
        ),
        links=(
            re.compile(
                rf"(?<![\w.]){label}(?:(?!\.){dot}{label})*(?!\.){dot}(?:{_TLD})(?![a-z])",
                re.IGNORECASE | re.ASCII,
            ),
        ),
        accounts=(
            *(
                re.compile(pattern, flags)
                for pattern in (
                    rf"{begin}{platform}(?:{step}){{0,4}}[ ]?[:\"'(@]?[ ]?(?P<v>{_TELLING})",
                    rf"{begin}{platform}[ ]?{account}{end}{said}(?P<v>{_ANY})",
                    rf"{begin}{account}[ ](?:\w{{1,8}} )?{platform}{end}{said}(?P<v>{_ANY})",
                    rf"{begin}{platform}[ ]?:[ ]?(?P<v>{_ANY})",
                    rf"{begin}{account}(?:{step}){{0,2}}[ ]?[:=@\"][ ]?(?P<v>{_ANY})",
                )
            ),
            *(_near_native(words, platform, account) if words.native else ()),
        ),
        no_account=re.compile(rf"(?:{platform}|{account}|{words.copula}|{_MAILERS})", flags),
    )


def _near_native(words: Lexicon, platform: str, account: str) -> tuple[re.Pattern[str], ...]:
    """In a script of its own, any Latin word near the name of a platform is an account's."""
    between = r"[^A-Za-z0-9\n.!?。！？។။؟]{0,18}"
    own = f"(?:id|line|ig|fb|facebook|is)(?![A-Za-z0-9]){between}"
    return (
        re.compile(
            rf"(?<![A-Za-z0-9])(?:{platform}|{account}){between}(?:{own})?(?<![A-Za-z0-9])"
            rf"(?P<v>{_ANY})(?![A-Za-z0-9])",
            re.IGNORECASE,
        ),
    )

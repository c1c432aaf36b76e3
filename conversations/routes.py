"""
Where a button leads: routes, and the short form in which a button carries them.

Nothing about a conversation is kept in memory. A button holds its whole meaning in at most 64 bytes
(`callback_data`), and comes back from outside, so everything in it is checked as input. The form
begins with a version: a button of an older bot leads to a fresh screen, never to silence.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

VERSION = "1"
MOST_BYTES = 64
_MOST_MINOR = 10**15
"""More than any amount that is read from a message; nothing so large can be given."""
_LONGEST_WORD = 32
"""References have 28 characters."""
_LONGEST_FOLDED = _LONGEST_WORD + len("wh.")
"""A screen of one such word. So a language and what to open afterwards fit into a button."""


class NotARoute(ValueError):
    """The button's data is not a route of this version."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """The way in: what this is, and the open cases."""


@dataclass(frozen=True, slots=True)
class Languages:
    """Choose a language; *then* is the screen to open afterwards (see `folded`), or empty."""

    then: str = ""


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """Read in this language from now on."""

    locale: str
    then: str = ""


@dataclass(frozen=True, slots=True)
class Pictures:
    """Cards with or without their pictures from now on; *wanted* is "on" or "off"."""

    wanted: str


@dataclass(frozen=True, slots=True)
class Report:
    """Something in this language is wrong; *where* is a case code, or empty for the welcome."""

    where: str = ""


@dataclass(frozen=True, slots=True)
class Landing:
    """Where the link of a campaign leads: its story, or the list of them."""

    campaign: str


@dataclass(frozen=True, slots=True)
class Cases:
    """The people whose plans are open; *page* counts from 0."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class Who:
    """One person, before the story: coarse facts, how far the plan is, the ways on."""

    code: str


@dataclass(frozen=True, slots=True)
class Step:
    """One card of the story; *position* counts from 0 over all chapters."""

    code: str
    position: int


@dataclass(frozen=True, slots=True)
class Map:
    """Where one is in the story: its chapters, and ways to each; *position* as in a step."""

    code: str
    position: int


@dataclass(frozen=True, slots=True)
class Note:
    """What the hard chapter tells, before it begins, with the gentle way beside it."""

    code: str


@dataclass(frozen=True, slots=True)
class Gentle:
    """One calm card in place of the hard chapter."""

    code: str


@dataclass(frozen=True, slots=True)
class Need:
    """The plan: its budget lines and how far it is funded."""

    code: str


@dataclass(frozen=True, slots=True)
class Amounts:
    """Choose an amount; *why* names what was wrong with the last one, or is empty."""

    code: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class TypeAmount:
    """Ask for an amount in the person's own words."""

    code: str


@dataclass(frozen=True, slots=True)
class Readings:
    """What was typed may mean either amount: which?"""

    code: str
    one_minor: int
    other_minor: int


@dataclass(frozen=True, slots=True)
class Confirm:
    """
    Whom, how much: yes?

    Attributes:
        wish: What shall become of the gift if the plan is filled first: `services.wishes`.
        fee: "yes" if the payment fee is added.
    """

    code: str
    amount_minor: int
    wish: str = ""
    fee: str = ""


@dataclass(frozen=True, slots=True)
class Wishes:
    """Choose what shall become of the gift if the plan is filled first."""

    code: str
    amount_minor: int
    wish: str = ""
    fee: str = ""


@dataclass(frozen=True, slots=True)
class Give:
    """
    Yes. Reserve the amount and open a payment page.

    Attributes:
        seen: The mark of the words that are agreed to; empty where there are none.
    """

    code: str
    amount_minor: int
    wish: str = ""
    fee: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """The payment page of a gift, to be opened."""

    reference: str


@dataclass(frozen=True, slots=True)
class Cancel:
    """Give up an unpaid gift."""

    reference: str


@dataclass(frozen=True, slots=True)
class Gift:
    """One gift: where its money is now; *told* names what came of an answer, or is empty."""

    reference: str
    told: str = ""


@dataclass(frozen=True, slots=True)
class Others:
    """The people to whose plans the rest of a gift can move; *page* counts from 0."""

    reference: str
    page: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What shall become of the rest of a gift.

    Attributes:
        wish: The code of a plan, or "back".
        seen: The mark of the words that are agreed to.
    """

    reference: str
    question_id: int
    wish: str
    seen: str


@dataclass(frozen=True, slots=True)
class Gifts:
    """My gifts."""


@dataclass(frozen=True, slots=True)
class Help:
    """Where to find help, and the countries to choose from; *page* counts from 0."""

    page: int = 0


@dataclass(frozen=True, slots=True)
class HelpIn:
    """The numbers that help in one country, by its two letters."""

    country: str


@dataclass(frozen=True, slots=True)
class Privacy:
    """What is kept of a person."""


@dataclass(frozen=True, slots=True)
class Staff:
    """
    A screen of the staff's menu, for staff alone: `conversations.staff_menu` knows which.

    Attributes:
        screen: Its name.
        one, two, three: What it is about, by the screen; empty where there is less.
    """

    screen: str
    one: str = ""
    two: str = ""
    three: str = ""


@dataclass(frozen=True, slots=True)
class Lost:
    """What was sent has no meaning here; say so and show the ways on."""

    why: str = ""


Route = (
    Welcome
    | Languages
    | SetLanguage
    | Pictures
    | Report
    | Landing
    | Cases
    | Who
    | Step
    | Map
    | Note
    | Gentle
    | Need
    | Amounts
    | TypeAmount
    | Readings
    | Confirm
    | Wishes
    | Give
    | Payment
    | Cancel
    | Gift
    | Others
    | Answer
    | Gifts
    | Help
    | HelpIn
    | Privacy
    | Staff
    | Lost
)

HELPING = (Help, HelpIn)
"""Of these nothing is kept: no claim, no log line."""

_BY_TAG: dict[str, type[Route]] = {
    "w": Welcome,
    "l": Languages,
    "sl": SetLanguage,
    "pi": Pictures,
    "re": Report,
    "la": Landing,
    "cs": Cases,
    "wh": Who,
    "st": Step,
    "ma": Map,
    "no": Note,
    "ge": Gentle,
    "ne": Need,
    "am": Amounts,
    "ty": TypeAmount,
    "rd": Readings,
    "co": Confirm,
    "wi": Wishes,
    "gi": Give,
    "pa": Payment,
    "ca": Cancel,
    "gf": Gift,
    "ot": Others,
    "an": Answer,
    "gs": Gifts,
    "he": Help,
    "hi": HelpIn,
    "pr": Privacy,
    "sf": Staff,
    "lo": Lost,
}
_TAGS = {route: tag for tag, route in _BY_TAG.items()}


def encode(route: Route) -> str:
    """
    The short form of *route*: version, tag and fields, joined by colons.

    Raises:
        ValueError: it would not fit into a button.
    """
    values = [str(getattr(route, field.name)) for field in fields(route)]
    while values and not values[-1]:
        values.pop()
    data = ":".join((VERSION, _TAGS[type(route)], *values))
    if len(data.encode()) > MOST_BYTES:
        raise ValueError(f"{data!r} is longer than {MOST_BYTES} bytes")
    return data


def decode(data: str) -> Route:
    """
    Read a short form. Numbers are whole, not negative and not absurd; words are of
    `[a-zA-Z0-9_.-]` and so short that a route made of them fits into a button again.

    Whether the case, step or gift it names exists is for the screen to find out.

    Raises:
        NotARoute: another version, an unknown tag, too many or malformed fields.
    """
    version, _, rest = data.partition(":")
    tag, *values = rest.split(":")
    route = _BY_TAG.get(tag)
    if version != VERSION or route is None or not data.isascii() or len(data) > MOST_BYTES:
        raise NotARoute(f"no route of version {VERSION}")
    known = fields(route)
    if len(values) > len(known):
        raise NotARoute(f"{route.__name__} takes {len(known)} fields, got {len(values)}")
    read = (
        _number(value)
        if field.type is int
        else _word(value, _LONGEST_FOLDED if field.name == "then" else _LONGEST_WORD)
        for field, value in zip(known, values, strict=False)
    )
    make: Callable[..., Route] = route
    try:
        return make(*read)
    except TypeError as error:  # a field without a default is missing
        raise NotARoute(f"{route.__name__} lacks a field") from error


def folded(route: Route) -> str:
    """*route* as one word inside another; empty for the way in, and where it would be too long."""
    word = encode(route).removeprefix(f"{VERSION}:").replace(":", ".")
    return word if len(word) <= _LONGEST_FOLDED and route != Welcome() else ""


def unfolded(word: str) -> Route | None:
    """The route that was folded into *word*; None if there is none in it."""
    try:
        return decode(f"{VERSION}:{word.replace('.', ':')}")
    except NotARoute:
        return None


def _number(value: str) -> int:
    if not value.isdecimal() or int(value) > _MOST_MINOR:
        raise NotARoute(f"{value!r} is not a number that a button holds")
    return int(value)


def _word(value: str, longest: int) -> str:
    if len(value) > longest or not all(sign.isalnum() or sign in "_.-" for sign in value):
        raise NotARoute(f"{value!r} is not a word that a button holds")
    return value

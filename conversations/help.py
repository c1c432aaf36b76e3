"""Help, privacy, and an answer to everything else."""

from collections.abc import Mapping, Sequence
from unicodedata import east_asian_width

from conversations.routes import (
    Cases,
    Gifts,
    Help,
    HelpIn,
    Languages,
    Lost,
    Privacy,
    Report,
    Route,
    Welcome,
    Who,
    folded,
)
from conversations.screens import Binding, Button, Link, Piece, Row, Screen
from conversations.visit import Talk
from locales.catalog import I18n
from locales.text import Country, Name, Text, say
from services import helplines
from services.help_words import DRAFT, NONE_CHECKED, REPORTED, emergency, told_of

COUNTRIES_A_PAGE = 12
_HALF_A_ROW = 17
"""Letters of a label that shares a row on a small phone; a Chinese one takes the room of two."""
_NEAREST = {
    "th": ("TH",),
    "vi": ("VN",),
    "km": ("KH", "TH"),
    "lo": ("LA", "TH"),
    "my": ("MM", "TH"),
    "id": ("ID", "MY"),
    "fil": ("PH",),
    "zh_Hans": ("CN", "HK"),
    "ar": ("AE", "LB", "JO", "EG"),
    "fr": ("FR",),
    "es": ("ES", "MX"),
}
"""Where readers of a language are likely to be: these countries stand first."""


def help_(talk: Talk, route: Help) -> Screen:
    """Where a person in danger can turn, first; then how this works."""
    return Screen(
        blocks=(
            _if_read_by_others(),
            (
                say("<b>If you are in danger now</b>"),
                say("Call the emergency number of the country you are in."),
                say("In the European Union and many other countries it is 112."),
            ),
            (say("Choose the country you are in. You get the numbers that help there."),),
            (
                say("<b>How this works</b>"),
                say("Choose a story. Follow it with Next. At its end you find the plan."),
                say("If you give, you pay on a payment page, never here in the chat."),
                say("Never write card numbers or passwords here. Nobody here asks for them."),
            ),
        ),
        keyboard=_countries(talk, route.page),
    )


async def help_in(talk: Talk, route: HelpIn) -> Screen:
    """The numbers that help in one country; the list again if nothing is known of it."""
    found = await talk.look.help_in(route.country)
    if found is None:
        return help_(talk, Help())
    blocks: list[tuple[Piece, ...]] = [
        (say("<b>Help in {country}</b>", country=Country(found.code)),),
        _if_read_by_others(),
    ]
    blocks += [told_of(checked) for checked in found.lines]
    if not found.lines:
        blocks.append((NONE_CHECKED,))
    blocks.append((emergency(found),))
    return Screen(
        blocks=tuple(blocks),
        keyboard=(
            (Button(say("Other countries"), Help()),),
            (Button(say("See the stories"), Cases()), Button(say("Start"), Welcome())),
        ),
    )


def _if_read_by_others() -> tuple[Text, ...]:
    return (
        say("<b>If someone may read this phone</b>"),
        say("Delete this chat after reading. We keep nothing of what you look at here."),
    )


def _in_rows(codes: Sequence[str], lengths: Mapping[str, int]) -> list[list[str]]:
    """Two in a row where both names are short enough for half of it."""
    rows: list[list[str]] = []
    has_room = False
    for code in codes:
        is_short = lengths[code] <= _HALF_A_ROW
        if has_room and is_short:
            rows[-1].append(code)
            has_room = False
        else:
            rows.append([code])
            has_room = is_short
    return rows


def _width(label: str) -> int:
    return sum(2 if east_asian_width(sign) == "W" else 1 for sign in label)


def _countries(talk: Talk, page: int) -> tuple[Row, ...]:
    """A button for each country, the likely ones first, a page at a time, and the ways on."""
    i18n = talk.languages.i18n(talk.locale)
    likely = _NEAREST.get(talk.locale, ())
    by_name = sorted(helplines.countries(), key=lambda code: i18n.country(code).casefold())
    ordered = [*likely, *(code for code in by_name if code not in likely)]
    last = (len(ordered) - 1) // COUNTRIES_A_PAGE
    page = min(page, last)
    shown = ordered[page * COUNTRIES_A_PAGE : (page + 1) * COUNTRIES_A_PAGE]
    lengths = {code: _width(i18n.country(code)) for code in shown}
    rows: list[Row] = [
        tuple(Button(Text("{country}", {"country": Country(code)}), HelpIn(code)) for code in row)
        for row in _in_rows(shown, lengths)
    ]
    turning: list[Button] = []
    if page > 0:
        turning.append(Button(say("← Back"), Help(page - 1)))
    if page < last:
        turning.append(Button(say("More countries →"), Help(page + 1)))
    rows.append(tuple(turning))
    if "web" in talk.look.links:
        rows.append((Link(say("Help on the web"), "/help"),))
    rows.append((Button(say("See the stories"), Cases()), Button(say("Privacy"), Privacy())))
    language = Button(say("Language"), Languages(folded(Help(page))))
    rows.append((language, Button(say("Start"), Welcome())))
    return tuple(rows)


_SAFETY = (
    "<b>If someone may read this phone</b>",
    "<b>If you are in danger now</b>",
    "Call the emergency number of the country you are in.",
)


def can_help(i18n: I18n) -> bool:
    """
    Whether the language has words for where to find help.

    Where it has none, nobody is led into the hard chapter in it.
    """
    return all(i18n.says(sentence) for sentence in _SAFETY)


def draft_note(talk: Talk) -> list[tuple[Piece, ...]]:
    """A short line for readers of a language that no native reader has checked."""
    if not talk.languages.i18n(talk.locale).is_draft:
        return []
    return [(DRAFT,)]


def report_button(talk: Talk, where: str = "") -> list[Row]:
    """A way to say that something in such a language is wrong."""
    if not talk.languages.i18n(talk.locale).is_draft:
        return []
    return [(Button(say("Report a translation problem"), Report(where)),)]


def reported(route: Report) -> Screen:
    """Thanks; somebody will look."""
    back: Route = Who(route.where) if route.where else Welcome()
    return Screen(
        blocks=(
            (
                say("<b>Thank you.</b>"),
                REPORTED,
            ),
        ),
        keyboard=((Button(say("← Back"), back), Button(say("Help"), Help())),),
    )


def privacy(talk: Talk) -> Screen:
    """What is kept of a person, all of it."""
    rows: list[Row] = []
    if "web" in talk.look.links:
        rows.append((Link(say("Privacy on the web"), "/privacy"),))
    rows.append((Button(say("Start"), Welcome()), Button(say("Help"), Help())))
    return Screen(
        blocks=(
            (
                say("<b>What we keep of you</b>"),
                Binding(say("Your chat's number, encrypted, so that we can write to you.")),
                Binding(
                    say("Your language, whether you want pictures, where you stopped in a story.")
                ),
                Binding(say("Which gifts are yours, and what you chose for them.")),
                Binding(say("Whose news you get, since when, how often, and your quiet hours.")),
                Binding(say("If you came by a shared link: which it was, how far you read.")),
            ),
            (
                say("<b>What we do not keep</b>"),
                Binding(say("Your name, your telephone number, your picture, what you write.")),
            ),
            (
                Binding(
                    say(
                        "You pay on a page of Stripe. Stripe and {organisation} know the payment; "
                        "this bot does not see your card.",
                        organisation=Name(talk.look.organisation),
                    )
                ),
            ),
        ),
        keyboard=tuple(rows),
    )


def lost(route: Lost) -> Screen:
    """What was sent has no meaning here. It was not kept, and here are the ways on."""
    toast = _why(route.why)
    return Screen(
        blocks=(
            (
                toast or say("<b>I am a bot and cannot answer messages.</b>"),
                say("What you wrote was not kept. Nobody has read it."),
            )
            if not route.why
            else (toast or say("Please choose:"),),
            (say("If you need help, press Help."),),
        ),
        keyboard=(
            (Button(say("See the stories"), Cases()),),
            (Button(say("My gifts"), Gifts()), Button(say("Language"), Languages())),
            (Button(say("Help"), Help()), Button(say("Privacy"), Privacy())),
        ),
        toast=toast,
    )


def _why(why: str) -> Text | None:
    match why:
        case "old":
            return say("That button is old. Here is where you can go now.")
        case "gone":
            return say("This story is not shown at the moment.")
        case _:
            return None

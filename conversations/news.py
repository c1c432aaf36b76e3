"""The news of a person: each as a card that opens at a press, and all of them in a list."""

from conversations import following
from conversations.following_routes import News, NewsList
from conversations.giving import invite, is_possible
from conversations.routes import Amounts, Help, Need, Who
from conversations.screens import Button, CoverPicture, NewsPicture, Piece, Row, Screen, Told
from conversations.visit import Talk
from locales.text import Month, Name, Percent, Text, say
from services import news
from services.catalogue import PublicCase
from services.wording import ending, way_to

_A_PAGE = 6


async def one(talk: Talk, route: News) -> Screen | None:
    """One piece of news; None if it is not shown (any more)."""
    case = await talk.look.case(route.code)
    if case is None:
        return None
    found = await talk.look.news(case)
    update = next((update for update in found if update.id == route.update_id), None)
    if update is None:
        return None
    code = case.case.code
    rows: list[Row] = [(Button(say("Where the plan stands"), Need(code)),)]
    if is_possible(case):
        rows.append((Button(say("Give"), Amounts(code)),))
    if len(found) > 1:
        name = case.name_in(talk.locale)
        rows.append((Button(say("All news of {name}", name=name), NewsList(code)),))
    if "web" in talk.look.links:
        rows.append((invite(case),))
    rows += await following.button(talk, case, route)
    rows.append((Button(way_to(case, talk.locale), Who(code)), _help()))
    return Screen(
        blocks=(
            (_heading(talk, case, update), update.label),
            *_note(talk, update),
            (_stands(case),),
        ),
        picture=NewsPicture(update.icon),
        keyboard=tuple(rows),
        is_story=True,
        case_id=case.case.id,
    )


async def all_(talk: Talk, route: NewsList) -> Screen | None:
    """Everything that was told of a person since her story, a few at a time."""
    case = await talk.look.case(route.code)
    if case is None:
        return None
    found = await talk.look.news(case)
    name, code = case.name_in(talk.locale), case.case.code
    last = max(len(found) - 1, 0) // _A_PAGE
    page = min(route.page, last)  # there may be fewer than when the button was made
    shown = found[page * _A_PAGE : (page + 1) * _A_PAGE]
    rows: list[Row] = [
        (Button(say("{what} · {month}", what=update.label, month=_month(update)),
                News(code, update.id)),)
        for update in shown
    ]  # fmt: skip
    if turning := _turning(code, page, last):
        rows.append(turning)
    rows += await following.button(talk, case, route)
    rows.append((Button(way_to(case, talk.locale), Who(code)), _help()))
    nothing = say("There is no news at the moment.")
    return Screen(
        blocks=(
            (say("<b>News of {name}</b>", name=name), _stands(case)),
            *(() if shown else ((nothing,),)),
        ),
        picture=NewsPicture(shown[0].icon) if shown else CoverPicture(),
        keyboard=tuple(rows),
        is_story=True,
        case_id=case.case.id,
    )


def _heading(talk: Talk, case: PublicCase, update: news.News) -> Text:
    return say("<b>{name} · {month}</b>", name=case.name_in(talk.locale), month=_month(update))


def _month(update: news.News) -> Month:
    return Month(*update.year_and_month)


def _note(talk: Talk, update: news.News) -> tuple[tuple[Piece, ...], ...]:
    """What an officer wrote of it; said honestly where it is not in the reader's language."""
    note = update.note_in(talk.locale)
    if note is None:
        return ()
    if note.locale == talk.locale:
        return ((Told(note.text),),)
    language = Name(talk.languages.i18n(note.locale).language.autonym)
    return ((Told(note.text), say("<i>Written in {language}.</i>", language=language)),)


def _stands(case: PublicCase) -> Text:
    """Where her plan stands, in a line."""
    ended = ending(case.case)
    if ended is not None:
        return ended
    progress = case.progress
    return say(
        "Funded: {funded} of {need} ({percent})",
        funded=progress.funded,
        need=progress.need,
        percent=Percent(progress.percent),
    )


def _turning(code: str, page: int, last: int) -> Row:
    """Back and Next, where there is something."""
    buttons = []
    if page > 0:
        buttons.append(Button(say("← Back"), NewsList(code, page - 1)))
    if page < last:
        buttons.append(Button(say("Next →"), NewsList(code, page + 1)))
    return tuple(buttons)


def _help() -> Button:
    return Button(say("Help"), Help())

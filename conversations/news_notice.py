"""
The words of what followers are sent; never a word of a story or of a note.

A message that was sent cannot be taken back. So it says that there is news, of whom and of what
kind; the news itself opens at a press, where a recall reaches it. Each message has a way to stop.
"""

from conversations.following_routes import (
    Follows,
    Newcomers,
    News,
    NewsList,
    Unfollow,
    UnfollowAll,
)
from conversations.routes import Cases, Help, Need, Who
from conversations.screens import (
    Button,
    CoverPicture,
    FundingPicture,
    NewsPicture,
    Piece,
    Row,
    Screen,
)
from conversations.visit import Talk
from locales import names
from locales.text import Percent, Text, say, say_n
from services import news
from services.catalogue import PublicCase
from services.news_notices import Digest, Entry, Funded, Newcomer, NewsNotice, Over, Spent
from services.wording import ENDED, ending

_MOST_IN_A_DIGEST = 8
"""So many people have a line and a button each; of more only their number is told."""


def worded(talk: Talk, notice: NewsNotice) -> Screen:
    """The screen of *notice*, in the language the person has now."""
    if isinstance(notice.fact, Digest):
        return _digest(talk, notice.fact)
    if notice.case is None:
        return _ended_unseen()
    match notice.fact:
        case news.News():
            return _update(talk, notice.case, notice.fact)
        case Funded(percent):
            return _of_the_plan(talk, notice.case, _funded(talk, notice.case, percent))
        case Spent(line):
            name = notice.case.name_in(talk.locale)
            told = (
                say("<b>Something was paid for in the plan of {name}.</b>", name=name),
                say("It is for: {line}", line=names.BUDGET_LINES[line]),
            )
            return _of_the_plan(talk, notice.case, told)
        case Over():
            return _of_the_plan(talk, notice.case, _over(talk, notice.case))
        case Newcomer():
            return _newcomer(talk, notice.case)


def _update(talk: Talk, case: PublicCase, update: news.News) -> Screen:
    code = case.case.code
    return Screen(
        blocks=(
            (
                say("<b>There is news of {name}.</b>", name=case.name_in(talk.locale)),
                say("It is about: {kind}", kind=update.about),
            ),
            (say("Press the button to read it."),),
        ),
        picture=NewsPicture(update.about_icon),
        keyboard=(
            (Button(say("Read the news"), News(code, update.id)),),
            (Button(say("Where the plan stands"), Need(code)),),
            _stop(talk, case),
            (_help(),),
        ),
        is_story=True,
    )


def _of_the_plan(talk: Talk, case: PublicCase, told: tuple[Piece, ...]) -> Screen:
    return Screen(
        blocks=(told,),
        picture=FundingPicture(case.progress.percent),
        keyboard=(
            (Button(say("Where the plan stands"), Need(case.case.code)),),
            _stop(talk, case),
            (_help(),),
        ),
        is_story=True,
    )


def _funded(talk: Talk, case: PublicCase, percent: int) -> tuple[Piece, ...]:
    name = case.name_in(talk.locale)
    if percent == 100:
        return (
            say("<b>The plan of {name} is funded.</b>", name=name),
            say("The whole plan is funded. Thank you to everybody who gave."),
        )
    if percent == 50:
        return (say("<b>The plan of {name} is half funded.</b>", name=name),)
    told = say(
        "<b>{percent} of the plan of {name} is funded.</b>", percent=Percent(percent), name=name
    )
    return (told,)


def _over(talk: Talk, case: PublicCase) -> tuple[Piece, ...]:
    name = case.name_in(talk.locale)
    head = say("<b>The plan of {name} has come to its end.</b>", name=name)
    return (head, ending(case.case) or ENDED)


def _ended_unseen() -> Screen:
    return Screen(
        blocks=(
            (
                say("<b>A plan of which you got news has come to its end.</b>"),
                ENDED,
            ),
        ),
        picture=CoverPicture(),
        keyboard=(
            (Button(say("The news you get"), Follows()),),
            (Button(say("See the stories"), Cases()), _help()),
        ),
        is_story=True,
    )


def _newcomer(talk: Talk, case: PublicCase) -> Screen:
    return Screen(
        blocks=(
            (
                say("<b>There is somebody new.</b>"),
                say("You can read the story of {name} now.", name=case.name_in(talk.locale)),
            ),
        ),
        picture=CoverPicture(),
        keyboard=(
            (Button(say("Open the story"), Who(case.case.code)),),
            (Button(say("No news of new people"), Newcomers("off")),),
            (_help(),),
        ),
        is_story=True,
    )


def _digest(talk: Talk, digest: Digest) -> Screen:
    shown = digest.entries[:_MOST_IN_A_DIGEST]
    lines = [_line(talk, entry) for entry in shown]
    if more := len(digest.entries) - len(shown):
        lines.append(say_n("And {count} more person.", "And {count} more people.", more))
    if digest.newcomers:
        lines.append(
            say_n("There is {count} new person.", "There are {count} new people.", digest.newcomers)
        )
    rows: list[Row] = [
        (
            Button(
                say("News of {name}", name=entry.case.name_in(talk.locale))
                if entry.updates
                else say("The plan of {name}", name=entry.case.name_in(talk.locale)),
                NewsList(entry.case.case.code) if entry.updates else Need(entry.case.case.code),
            ),
        )
        for entry in shown
    ]
    if digest.newcomers:
        rows.append((Button(say("See the stories"), Cases()),))
    rows.append((Button(say("The news you get"), Follows()),))
    rows.append((Button(say("No more news at all"), UnfollowAll()),))
    rows.append((_help(),))
    return Screen(
        blocks=((say("<b>The news of this week</b>"),), tuple(lines)),
        picture=CoverPicture(),
        keyboard=tuple(rows),
        is_story=True,
    )


def _line(talk: Talk, entry: Entry) -> Text:
    return say(
        "{name}: {news} · {percent} funded",
        name=entry.case.name_in(talk.locale),
        news=say_n("{count} news item", "{count} news items", entry.updates + entry.spendings),
        percent=Percent(entry.case.progress.percent),
    )


def _stop(talk: Talk, case: PublicCase) -> Row:
    return (
        Button(
            say("No more news of {name}", name=case.name_in(talk.locale)),
            Unfollow(case.case.code),
        ),
    )


def _help() -> Button:
    return Button(say("Help"), Help())

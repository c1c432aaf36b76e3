"""The way in: choosing a language, what this is, the people whose plans are open."""

from conversations import giving
from conversations.following_routes import Follows, Newcomers
from conversations.help import draft_note, report_button
from conversations.reading import who
from conversations.routes import (
    Cases,
    Gifts,
    Help,
    Landing,
    Languages,
    Pictures,
    Privacy,
    SetLanguage,
    Welcome,
    Who,
)
from conversations.screens import Button, CoverPicture, Piece, Row, Screen, Told
from conversations.visit import Talk
from locales.catalog import KNOWN
from locales.text import Name, Percent, Text, say
from services import wording
from services.catalogue import PublicCase

CASES_A_PAGE = 3
"""So many introductions, of 220 characters at most, fit under a picture."""


def ask_language(talk: Talk, route: Languages) -> Screen:
    """The languages by their own names, the guessed one first."""
    offered = sorted(talk.languages.offered, key=lambda locale: locale != talk.locale)
    buttons = [
        Button(Text(KNOWN[locale].autonym), SetLanguage(locale, route.then)) for locale in offered
    ]
    rows = [tuple(buttons[at : at + 2]) for at in range(0, len(buttons), 2)]
    rows.append((Button(say("Help"), Help()),))
    return Screen(
        blocks=((say("<b>Choose your language</b>"),),),
        picture=CoverPicture(),
        keyboard=tuple(rows),
    )


def welcome(talk: Talk) -> Screen:
    """What this is, in four sentences, and the ways on."""
    return Screen(
        blocks=(
            (say("<b>Homeward</b>"),),
            (
                say("Here survivors of human trafficking tell how they found a way out."),
                say("You can follow a story, icon by icon."),
                say("You can fund one person's plan to go home. Your gift goes to that plan only."),
            ),
            (say("The plans are run by {organisation}.", organisation=_organisation(talk)),),
            *draft_note(talk),
        ),
        picture=CoverPicture(),
        keyboard=(
            (Button(say("See the stories"), Cases()),),
            (Button(say("My gifts"), Gifts()), Button(say("Language"), Languages())),
            (Button(say("The news you get"), Follows()),),
            (_pictures(talk), Button(say("Privacy"), Privacy())),
            *report_button(talk),
            (Button(say("Help"), Help()),),
        ),
    )


async def list_cases(talk: Talk, route: Cases) -> Screen:
    """Those whose story may be told, a few at a time, each with a button."""
    person = talk.visit.person
    cases = await talk.look.cases_to_read(None if person is None else person.id)
    if not cases:
        return Screen(
            blocks=((say("There is no open story at the moment. Please come back later."),),),
            picture=CoverPicture(),
            keyboard=(
                (Button(say("Tell me of new people"), Newcomers("on")),),
                (Button(say("Start"), Welcome()), Button(say("Help"), Help())),
            ),
        )
    last = (len(cases) - 1) // CASES_A_PAGE
    page = min(route.page, last)  # there may be fewer than when the button was made
    shown = cases[page * CASES_A_PAGE : (page + 1) * CASES_A_PAGE]
    blocks: list[tuple[Piece, ...]] = [(say("<b>Whose story do you want to follow?</b>"),)]
    blocks += [_entry(case, talk.locale) for case in shown]
    rows: list[Row] = [
        (Button(wording.way_to(case, talk.locale), Who(case.case.code)),) for case in shown
    ]
    if turning := _turning(page, last):
        rows.append(turning)
    rows.append((Button(say("Tell me of new people"), Newcomers("on")),))
    rows.append((Button(say("Start"), Welcome()), Button(say("Help"), Help())))
    return Screen(tuple(blocks), CoverPicture(), tuple(rows))


async def landing(talk: Talk, route: Landing) -> Screen | None:
    """Where a campaign's link leads: its person, or everybody; None if she may not be shown."""
    found = await talk.look.landing(route.campaign)
    if found is None or found.case_code is None:
        return await list_cases(talk, Cases())
    return await who(talk, Who(found.case_code))


def _pictures(talk: Talk) -> Button:
    person = talk.visit.person
    if person is not None and person.text_only:
        return Button(say("With pictures"), Pictures("on"))
    return Button(say("Without pictures"), Pictures("off"))


def _turning(page: int, last: int) -> Row:
    """Back and Next, where there is something."""
    buttons = []
    if page > 0:
        buttons.append(Button(say("← Back"), Cases(page - 1)))
    if page < last:
        buttons.append(Button(say("Next →"), Cases(page + 1)))
    return tuple(buttons)


def _entry(case: PublicCase, locale: str) -> tuple[Piece, ...]:
    name = case.name_in(locale)
    if case.case.outcome is not None:
        heading = say("<b>{name}</b> · plan ended", name=name)
        if case.case.is_complete:
            heading = say("<b>{name}</b> · plan complete", name=name)
    elif case.progress.is_funded:
        heading = say("<b>{name}</b> · funded", name=name)
    else:
        heading = say(
            "<b>{name}</b> · {percent} funded", name=name, percent=Percent(case.progress.percent)
        )
    if case.story is None:
        return (heading, giving.facts_line(case), wording.NO_STORY)
    return (heading, Told(case.story.intro(case.told_in(locale)).text))


def _organisation(talk: Talk) -> Name:
    return Name(talk.look.organisation)

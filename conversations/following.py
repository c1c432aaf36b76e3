"""Whose news one gets: to begin and to stop, how often, and the hours of quiet."""

from conversations.following_routes import (
    ChoosePace,
    Clock,
    EndQuiet,
    Follow,
    Follows,
    Hours,
    Newcomers,
    NewsList,
    SetQuiet,
    Unfollow,
    UnfollowAll,
)
from conversations.routes import Cases, Help, Route, Welcome, folded, unfolded
from conversations.screens import Button, CoverPicture, FundingPicture, Piece, Row, Screen
from conversations.visit import Talk
from locales.text import Name, Text, say
from services import following
from services.catalogue import PublicCase
from services.following import FollowAct, Followed, Pace, Quiet
from services.wording import name_of

Changing = Follow | Unfollow | Newcomers | UnfollowAll | ChoosePace | SetQuiet | EndQuiet
"""Routes by which something changes."""
FollowRoute = Changing | Follows | Clock | Hours

_A_PAGE = 6
_QUIET = ((20, 8), (21, 8), (22, 7), (23, 9))
"""Hours that are offered, in one's own time."""
_ZERO = 720
"""The zone of UTC: a button holds no number below zero."""


async def button(talk: Talk, case: PublicCase, then: Route) -> list[Row]:
    """A way to get her news, or to stop it; none to begin with where the plan has ended."""
    person = talk.visit.person
    name = case.name_in(talk.locale)
    if person is not None and await talk.look.gets_news(person.id, case.case.id):
        stop = Unfollow(case.case.code, folded(then))
        return [(Button(say("No more news of {name}", name=name), stop),)]
    if case.case.outcome is not None:
        return []
    begin = Follow(case.case.code, folded(then))
    return [(Button(say("Get news of {name}", name=name), begin),)]


async def ways(talk: Talk, case: PublicCase, then: Route) -> list[Row]:
    """Her news, if there is any, and whether one gets it."""
    rows = await button(talk, case, then)
    if await talk.look.news(case):
        name = case.name_in(talk.locale)
        news: Row = (Button(say("News of {name}", name=name), NewsList(case.case.code)),)
        rows.insert(0, news)
    return rows


async def act_of(talk: Talk, route: Changing) -> FollowAct | None:
    """What *route* changes; None if that cannot be."""
    match route:
        case Follow(code):
            return None if await talk.look.case(code) is None else following.Follow(code)
        case Unfollow(code):
            return following.Unfollow(code)
        case Newcomers(wanted):
            return following.HearOfNewcomers(wanted == "on")
        case UnfollowAll():
            return following.UnfollowAll()
        case ChoosePace(pace):
            return following.ChoosePace(Pace(pace)) if pace in list(Pace) else None
        case EndQuiet():
            return following.ChooseQuiet(None)
        case SetQuiet(zone, from_minute, until_minute):
            quiet = following.quiet(zone - _ZERO, from_minute, until_minute)
            return None if quiet is None else following.ChooseQuiet(quiet)


async def screen(talk: Talk, route: FollowRoute) -> Screen | None:
    """The screen of *route* as things are now; None if what it names is not to be seen."""
    match route:
        case Follow(code, then):
            return await _of_one(talk, code, then)
        case Unfollow(code, then):
            return await _of_one(talk, code, then) or _stopped_unseen()
        case Clock(0):
            return _ask_hour(talk)
        case Clock(zone):
            return _ask_minutes(talk, zone - _ZERO)
        case Hours(zone):
            return _ask_quiet(talk, zone - _ZERO)
        case Follows(page):
            return await _all(talk, page)
        case _:
            return await _all(talk, 0)


async def _of_one(talk: Talk, code: str, then: str) -> Screen | None:
    case = await talk.look.case(code)
    if case is None:
        return None
    person = talk.visit.person
    name = case.name_in(talk.locale)
    back = unfolded(then)
    rows: list[Row] = [] if back is None else [(Button(say("← Back"), back),)]
    if person is not None and await talk.look.gets_news(person.id, case.case.id):
        lines: tuple[Piece, ...] = (
            say("<b>You get news of {name} now.</b>", name=name),
            say("News comes seldom. Every message has a button to stop."),
        )
    else:
        lines = (say("<b>You get no news of {name}.</b>", name=name),)
    rows += await button(talk, case, Follows() if back is None else back)
    rows += [(Button(say("The news you get"), Follows()),), (_help(),)]
    return Screen((lines,), FundingPicture(case.progress.percent), tuple(rows))


def _stopped_unseen() -> Screen:
    """Whose story is not shown any more is not named."""
    return Screen(
        blocks=((say("<b>You get no news of this person.</b>"),),),
        picture=CoverPicture(),
        keyboard=((Button(say("The news you get"), Follows()),), (_help(),)),
    )


async def _all(talk: Talk, page: int) -> Screen:
    """Whose news one gets, how and when; one press to stop each."""
    person = talk.visit.person
    follows = None if person is None else await talk.look.follows(person.id)
    if follows is None:
        return _none()
    last = max(len(follows.people) - 1, 0) // _A_PAGE
    page = min(page, last)  # there may be fewer than when the button was made
    shown = follows.people[page * _A_PAGE : (page + 1) * _A_PAGE]
    lines: list[Piece] = [say("News of {name}", name=_name(talk, one)) for one in shown]
    if follows.anyone_new:
        lines.append(say("News of anyone new"))
    rows: list[Row] = [
        (
            Button(
                say("No more news of {name}", name=_name(talk, one)),
                Unfollow(one.code, folded(Follows(page))),
            ),
        )
        for one in shown
    ]
    if turning := _turning(page, last):
        rows.append(turning)
    rows.append((_newcomers(wanted=not follows.anyone_new),))
    rows += [(_other_pace(follows.pace),), (Button(say("Quiet hours"), Clock()),)]
    rows.append((Button(say("No more news at all"), UnfollowAll()),))
    rows.append((Button(say("Start"), Welcome()), _help()))
    return Screen(
        blocks=(
            (say("<b>The news you get</b>"),),
            tuple(lines),
            (_pace(follows.pace), _quiet(follows.quiet)),
        ),
        picture=CoverPicture(),
        keyboard=tuple(rows),
    )


def _none() -> Screen:
    return Screen(
        blocks=(
            (
                say("<b>You get no news of anybody.</b>"),
                say("You can choose it where you read a story, with or without a gift."),
            ),
        ),
        picture=CoverPicture(),
        keyboard=(
            (Button(say("See the stories"), Cases()),),
            (_newcomers(wanted=True),),
            (Button(say("Start"), Welcome()), _help()),
        ),
    )


def _newcomers(*, wanted: bool) -> Button:
    if wanted:
        return Button(say("Tell me of new people"), Newcomers("on"))
    return Button(say("No news of new people"), Newcomers("off"))


def _pace(pace: Pace) -> Text:
    if pace is Pace.WEEKLY:
        return say("It comes once a week, all together.")
    return say("It comes when there is something to tell.")


def _other_pace(pace: Pace) -> Button:
    if pace is Pace.WEEKLY:
        return Button(say("At once"), ChoosePace(Pace.AT_ONCE))
    return Button(say("Once a week"), ChoosePace(Pace.WEEKLY))


def _quiet(quiet: Quiet | None) -> Text:
    if quiet is None:
        return say("It may come at any hour.")
    return say(
        "It never comes between {start} and {end}, in your own time.",
        start=_clock(quiet.from_minute),
        end=_clock(quiet.until_minute),
    )


def _ask_hour(talk: Talk) -> Screen:
    """Every hour of the day as one's clock may show it, in their order."""
    now = talk.look.now
    by_time = sorted(following.HOURS, key=lambda offset: following.time_of_day(offset, now))
    buttons = [Button(_time(talk, offset), _chosen(offset)) for offset in by_time]
    rows: list[Row] = [tuple(buttons[at : at + 4]) for at in range(0, len(buttons), 4)]
    rows.append((Button(say("News at any hour"), EndQuiet()),))
    rows.append((Button(say("← Back"), Follows()), _help()))
    return Screen(
        blocks=(
            (
                say("<b>What time is it where you are now?</b>"),
                say("Press the time that is nearest. So no message comes while you sleep."),
            ),
        ),
        picture=CoverPicture(),
        keyboard=tuple(rows),
    )


def _chosen(offset_minutes: int) -> Route:
    """The quiet hours at once, where no other clock is near."""
    zone = offset_minutes + _ZERO
    return Hours(zone) if len(following.clocks_near(offset_minutes)) == 1 else Clock(zone)


def _ask_minutes(talk: Talk, offset_minutes: int) -> Screen:
    """In some places the clock differs by a half or a quarter of an hour from those around."""
    near = following.clocks_near(offset_minutes)
    rows: list[Row] = [(Button(_time(talk, offset), Hours(offset + _ZERO)),) for offset in near]
    rows.append((Button(say("← Back"), Clock()), _help()))
    return Screen(
        blocks=((say("<b>What does your clock show?</b>"),),),
        picture=CoverPicture(),
        keyboard=tuple(rows),
    )


def _ask_quiet(talk: Talk, offset_minutes: int) -> Screen:
    rows: list[Row] = [
        (
            Button(
                say("{start} to {end}", start=_clock(start * 60), end=_clock(end * 60)),
                SetQuiet(offset_minutes + _ZERO, start * 60, end * 60),
            ),
        )
        for start, end in _QUIET
    ]
    rows.append((Button(say("News at any hour"), EndQuiet()),))
    rows.append((Button(say("← Back"), Clock()), _help()))
    return Screen(
        blocks=(
            (
                say("<b>When do you want no messages?</b>"),
                say("With you it is {time} now.", time=_shown(talk, offset_minutes)),
            ),
        ),
        picture=CoverPicture(),
        keyboard=tuple(rows),
    )


def _time(talk: Talk, offset_minutes: int) -> Text:
    return Text("{time}", {"time": _shown(talk, offset_minutes)})


def _shown(talk: Talk, offset_minutes: int) -> str:
    return _clock(following.time_of_day(offset_minutes, talk.look.now))


def _clock(minutes: int) -> str:
    return f"{minutes // 60}:{minutes % 60:02}"


def _name(talk: Talk, one: Followed) -> Name:
    return name_of(one.case, one.code, talk.locale)


def _turning(page: int, last: int) -> Row:
    """Back and Next, where there is something."""
    buttons = []
    if page > 0:
        buttons.append(Button(say("← Back"), Follows(page - 1)))
    if page < last:
        buttons.append(Button(say("Next →"), Follows(page + 1)))
    return tuple(buttons)


def _help() -> Button:
    return Button(say("Help"), Help())

"""Every button from the welcome on leads to a screen, and help is never far."""

from collections import deque

import pytest

from bot.rendering import render
from conversations.following_routes import (
    ChoosePace,
    Clock,
    EndQuiet,
    Follow,
    Follows,
    Hours,
    Newcomers,
    News,
    NewsList,
    SetQuiet,
    Unfollow,
    UnfollowAll,
)
from conversations.routes import (
    Amounts,
    Cancel,
    Cases,
    Confirm,
    Gentle,
    Gift,
    Gifts,
    Give,
    Help,
    HelpIn,
    Languages,
    Lost,
    Map,
    Need,
    Note,
    Payment,
    Pictures,
    Privacy,
    Readings,
    Report,
    SetLanguage,
    Step,
    TypeAmount,
    Welcome,
    Who,
    Wishes,
)
from conversations.screens import Button
from locales.known import with_catalog
from storage.holds import HoldState
from stories.pack import Chapter
from tests.conversations.rig import (
    Chat,
    both_engines,
    case_of,
    check_limits,
    close_case,
    fund,
    reserve,
    tell_news,
    usd,
    withdraw,
)

REACHED_BY_BUTTONS = (
    Amounts, Cancel, Cases, Confirm, Gentle, Gift, Gifts, Give, Help, Languages, Need, Note,
    HelpIn, Map, Pictures, Privacy, Report, SetLanguage, Step, TypeAmount, Welcome, Who, Wishes,
    ChoosePace, Clock, EndQuiet, Follow, Follows, Hours, Newcomers, SetQuiet, Unfollow, UnfollowAll,
)  # fmt: skip

_CLOCKS = (Clock, Hours)


async def walk(chat, start, locale=None):
    """
    Press every button that can be reached, each route once; give the screens by route.

    Of the clocks of the whole world only one is read.

    Args:
        locale: No button that chooses another language is pressed; None: they are.
    """
    waiting, seen, clocks = deque([start]), {}, set()
    while waiting:
        route = waiting.popleft()
        is_away = isinstance(route, SetLanguage) and locale not in (None, route.locale)
        clock = (type(route), bool(route.zone)) if isinstance(route, _CLOCKS) else None
        if route in seen or is_away or clock in clocks:
            continue
        clocks |= {clock} - {None}
        screen = await chat.tap(route)
        seen[route] = screen, chat.route
        waiting.extend(chat.routes)
    return seen


@both_engines
async def test_every_button_from_the_welcome_leads_somewhere(chat):
    seen = await walk(chat, Welcome())

    assert {type(route) for route in seen} == set(REACHED_BY_BUTTONS)
    for route, (screen, answered_by) in seen.items():
        assert answered_by == Lost("gone") or type(answered_by) is not Lost, route
        check_limits(render(screen, chat.languages.i18n("en"), chat.house.public_url))


async def test_from_every_screen_help_is_one_tap_away(chat):
    screens = [(route, screen) for route, (screen, _) in (await walk(chat, Welcome())).items()]
    async for screen in others(chat):
        screens.append((chat.route, screen))

    for route, screen in screens:
        ways = {type(b.route) for row in screen.keyboard for b in row if isinstance(b, Button)}
        assert (Welcome if type(route) is Help else Help) in ways, route


@pytest.mark.parametrize("locale", with_catalog())
async def test_every_screen_fits_into_a_message(house, languages, locale):
    """What can be reached by buttons, and what comes from outside, in this language."""
    i18n = languages.i18n(locale)
    chat = Chat(house, languages, locale)
    await chat.tap(SetLanguage(locale))

    screens = [screen for screen, _ in (await walk(chat, Welcome(), locale)).values()]
    async for screen in others(chat):
        screens.append(screen)

    assert len(screens) > 80
    for screen in screens:
        check_limits(render(screen, i18n, house.public_url))


async def others(chat):
    """The screens that no button shows by itself: refusals, states of a gift, what is closed."""
    house = chat.house
    mala, arif = await case_of(house, "mala"), await case_of(house, "arif")
    for why in ("", "old", "gone", "nonsense"):
        yield await chat.tap(Lost(why))
    for why in ("many", "none", "precise", "currency", "nonsense"):
        yield await chat.tap(Amounts(mala.code, why))
    yield await chat.tap(Readings(mala.code, 150_000, 150))
    for amount_minor in (0, 49, 149_990, 10**15):
        yield await chat.tap(Confirm(mala.code, amount_minor))
    for state in HoldState:
        reference = await reserve(house, usd(3), state=state)
        yield await chat.tap(Gift(reference))
        yield await chat.tap(Payment(reference))
    await chat.tap(Follow(mala.code))
    yield await chat.tap(NewsList(mala.code))
    update_id = await tell_news(house, notes={"en": "She can sew shirts and skirts now."})
    for told in (News(mala.code, update_id), NewsList(mala.code), Who(mala.code)):
        yield await chat.tap(told)
    yield await chat.tap(Clock(345 + 720))
    await fund(house, usd(1), "arif")
    await reserve(house, arif.need - usd(1), "arif")
    plan = (Need(arif.code), Amounts(arif.code), TypeAmount(arif.code), Confirm(arif.code, 500))
    for route in plan:
        yield await chat.tap(route)
    await close_case(house, "arif")
    for route in plan:
        yield await chat.tap(route)
    reference = await reserve(house, usd(3), state=HoldState.SETTLED)
    await withdraw(house, "mala")
    yield await chat.tap(Gift(reference))
    yield await chat.tap(Gifts())
    yield await chat.tap(Follows())
    yield await chat.tap(Unfollow(mala.code))
    await withdraw(house, "arif")
    yield await chat.tap(Cases())


@pytest.fixture
def mala(packs):
    return next(pack for pack in packs if pack.slug == "mala")


@pytest.fixture
def hard(mala):
    """Where the steps of the hard chapter are."""
    return [step.position for step in mala.steps if step.chapter is Chapter.EXPLOITATION]


async def test_next_goes_through_the_whole_story_with_the_note_before_it_gets_hard(
    chat, mala, hard
):
    code = (await case_of(chat.house)).code

    path = await go(chat, Step(code, 0), "Next →", "Read the whole chapter")

    steps = [Step(code, step.position) for step in mala.steps]
    assert path == [*steps[: hard[0]], Note(code), *steps[hard[0] :]]
    assert [route for route in chat.routes if isinstance(route, Need)] == [Need(code)]


async def test_back_goes_to_the_beginning_and_around_the_hard_chapter(chat, mala, hard):
    code = (await case_of(chat.house)).code

    path = await go(chat, Step(code, len(mala.steps) - 1), "← Back")

    after = [Step(code, at) for at in range(hard[-1] + 1, len(mala.steps))]
    before = [Step(code, at) for at in range(hard[0])]
    assert path == [*reversed(after), Note(code), *reversed(before), Who(code)]


async def test_back_within_the_hard_chapter_leads_step_by_step_to_its_note(chat, hard):
    code = (await case_of(chat.house)).code

    path = await go(chat, Step(code, hard[-1]), "← Back")

    inside = [Step(code, at) for at in hard]
    assert path[: len(hard) + 1] == [*reversed(inside), Note(code)]


async def test_the_gentle_way_shows_no_step_of_the_hard_chapter(chat, mala, hard):
    code = (await case_of(chat.house)).code

    path = await go(chat, Step(code, 0), "Next →", "Read the gentle version")

    shown = [route.position for route in path if isinstance(route, Step)]
    assert path[hard[0] : hard[0] + 2] == [Note(code), Gentle(code)]
    assert shown == [step.position for step in mala.steps if step.position not in hard]


async def go(chat, start, *labels):
    """Press whichever of *labels* is there until none is; the routes that were seen."""
    await chat.tap(start)
    path = [chat.route]
    while following := [button for button in chat.buttons if button.label.msgid in labels]:
        await chat.tap(following[0].route)
        assert chat.route not in path, "it goes round in a circle"
        path.append(chat.route)
    return path

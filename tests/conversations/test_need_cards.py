"""A case that is shown with its need alone, in the chat: the plan at once, a gift to the end."""

import pytest

from conversations.routes import (
    Amounts,
    Cases,
    Confirm,
    Gentle,
    Give,
    Help,
    Map,
    Need,
    Note,
    Payment,
    SetLanguage,
    Step,
    Who,
)
from services import recalling
from storage.holds import HoldState
from tests import need_cards as cards
from tests.conversations.rig import both_engines, check_limits, move, tell_news, values
from tests.need_cards import APPROVER

NO_STORY = "Here you see the plan and its costs, and no story."
STORY_ROUTES = (Step, Map, Note, Gentle)


@pytest.fixture
async def case(house):
    return await cards.shown(house)


async def in_language(chat, locale):
    await chat.tap(SetLanguage(locale))


@pytest.mark.parametrize("locale", ["en", "ar"])
async def test_who_it_is_and_the_plan_stand_on_one_screen(chat, case, locale):
    await in_language(chat, locale)
    await chat.tap(Who(case.code))

    assert NO_STORY in chat.says
    told = values(chat.screen, "{age} · {form} · going home to {region}")
    assert told["age"].msgid == "18 to 29 years old"
    assert told["region"].msgid == "East Asia"
    assert Amounts(case.code) in chat.routes
    assert not any(isinstance(route, STORY_ROUTES) for route in chat.routes)
    assert any(isinstance(route, Help) for route in chat.routes)
    rendered = await chat.rendered()
    check_limits(rendered)
    assert case.pseudonym in rendered.html
    # It is remembered as a card of the case, so that it goes with a recall; none forwards it.
    assert (chat.screen.is_story, chat.screen.case_id) == (True, case.case_id)
    assert chat.screen.is_plan


@pytest.mark.parametrize(
    "route", [lambda code: Step(code, 3), lambda code: Map(code, 3), Note, Gentle, Need]
)
async def test_every_way_into_a_story_leads_to_the_plan(chat, case, route):
    await chat.tap(route(case.code))

    assert NO_STORY in chat.says
    assert chat.screen.place is None


async def test_it_stands_in_the_list_under_its_plan(chat, case):
    await chat.tap(Cases())

    assert NO_STORY in chat.says
    assert Who(case.code) in chat.routes
    check_limits(await chat.rendered())


async def test_in_a_language_without_consent_it_is_not_found(house, chat):
    case = await cards.shown(house, locales=("ar",))
    await in_language(chat, "en")
    await chat.tap(Who(case.code))
    unseen = NO_STORY in chat.says
    await chat.tap(Cases())
    unlisted = Who(case.code) in chat.routes
    await in_language(chat, "ar")
    await chat.tap(Who(case.code))

    assert (unseen, unlisted) == (False, False)
    assert NO_STORY in chat.says


@both_engines
async def test_gift_from_the_chat_goes_to_the_plan(house, chat, case):
    await chat.tap(Who(case.code))
    await chat.press("Fund this plan")
    await chat.tap(Confirm(case.code, 2500))
    give = next(route for route in chat.routes if isinstance(route, Give))
    await chat.tap(give)
    assert isinstance(chat.route, Payment)
    await move(house, chat.route.reference, HoldState.SETTLED)

    await chat.tap(Need(case.code))

    funded = values(chat.screen, "<b>Funded: {funded} of {need}</b> ({percent})")
    assert funded["funded"].amount_minor == 2500


async def test_its_news_leads_to_the_plan_and_it_can_be_followed(house, chat, case):
    await tell_news(house, case.slug)
    await chat.tap(Who(case.code))
    labels = {button.label.msgid for button in chat.buttons}
    await chat.press("News of {name}")
    news = {button.label.msgid for button in chat.buttons}

    assert {"Get news of {name}", "News of {name}"} <= labels
    assert "The plan of {name}" in news
    assert "{name}'s story" not in news


async def test_what_was_taken_back_is_gone_from_the_chat_at_once(house, chat, case):
    await chat.tap(Who(case.code))
    house.clock.now = house.clock.now.replace(hour=13)

    await recalling.recall(house, case.code, by=APPROVER)
    await chat.tap(Need(case.code))
    screens = [chat.says]
    await chat.tap(Who(case.code))
    screens.append(chat.says)

    assert not any(NO_STORY in says for says in screens)
    assert case.pseudonym not in (await chat.rendered()).html

"""The way in: language first, a link opens its case, and old or foreign links lose nobody."""

import datetime as dt

import pytest

from conversations.routes import (
    Cases,
    Help,
    Languages,
    Lost,
    Need,
    SetLanguage,
    Step,
    Welcome,
    Who,
)
from conversations.visit import SentSomething
from services import acts
from storage.database import Database
from tests.conversations.conftest import house_over, put_into
from tests.conversations.rig import (
    Chat,
    both_engines,
    case_of,
    count_people,
    said,
    unpublish,
    values,
    withdraw,
)

GONE = "This story is not shown at the moment."


async def test_a_new_person_is_asked_for_a_language_the_guessed_one_first(house, languages):
    chat = Chat(house, languages, "ar-EG")

    await chat.command("start")

    assert chat.route == Languages()
    assert chat.routes[0] == SetLanguage("ar")
    assert {route.locale for route in chat.routes if isinstance(route, SetLanguage)} == set(
        languages.offered
    )
    assert await count_people(house) == 0


async def test_a_link_to_a_case_asks_the_language_and_then_opens_the_case(chat, house):
    code = (await case_of(house)).code

    await chat.command("start", code)
    assert chat.route == Languages(f"wh.{code}")
    await chat.tap(SetLanguage("en", f"wh.{code}"))

    assert chat.route == Who(code)
    assert (await chat.person()).locale == "en"


async def test_who_has_chosen_a_language_goes_straight_to_the_case(chat, house):
    code = (await case_of(house)).code
    await chat.tap(SetLanguage("ar"))

    await chat.command("start", code)
    assert chat.route == Who(code)
    await chat.command("start")
    assert chat.route == Welcome()


async def test_a_link_may_name_a_case_as_its_page_does(chat, house):
    code = (await case_of(house)).code

    await chat.command("start", "mala")
    await chat.tap(SetLanguage("en", "wh.mala"))

    assert Step(code, 0) in chat.routes


@pytest.mark.parametrize("payload", ["nobody22", "a" * 59, "a" * 64, "1:he", "é", "a b", "-", "_"])
async def test_an_unknown_link_loses_nobody(chat, payload):
    await chat.command("start", payload)
    assert type(chat.route) is Languages
    for again in (chat.tap(chat.routes[0]), chat.command("start", payload)):
        await again
        assert chat.says[0] in ("<b>Homeward</b>", GONE)
    assert Help() in chat.routes


async def test_a_language_that_is_not_offered_is_asked_again_and_not_kept(chat, house):
    for locale in ("xx", "de", "en-GB", "zh_Hant"):
        await chat.tap(SetLanguage(locale))
        assert chat.route == Languages()

    assert await count_people(house) == 0


async def test_the_chosen_language_wins_over_that_of_the_app(house, languages):
    chat = Chat(house, languages, "en")
    await chat.tap(SetLanguage("ar"))

    await chat.command("start")

    rendered = await chat.rendered()
    assert languages.i18n("ar").t("See the stories") in rendered.html + str(rendered.keyboard)


@both_engines
async def test_a_person_comes_back_to_the_step_where_she_stopped(chat, house):
    code = (await case_of(house)).code
    await chat.tap(SetLanguage("en"))
    await chat.tap(Step(code, 3))

    await chat.tap(Who(code))

    assert chat.routes[:2] == [Step(code, 3), Step(code, 0)]
    assert chat.buttons[0].label.values == {"step": 4, "steps": 16}


@both_engines
async def test_of_somebody_unknown_no_place_is_kept(chat, house):
    code = (await case_of(house)).code
    await chat.tap(Step(code, 3))

    await chat.tap(Who(code))

    assert chat.routes[0] == Step(code, 0)
    assert await count_people(house) == 0


@both_engines
@pytest.mark.parametrize("take_away", [withdraw, unpublish])
async def test_a_story_that_may_not_be_shown_is_gone_everywhere(chat, house, take_away):
    code = (await case_of(house)).code
    await chat.tap(SetLanguage("en"))
    await take_away(house)

    for tag in ("wh", "st", "no", "ge", "ne", "am", "ty", "rd", "co", "gi"):
        rest = {"st": ":2", "rd": ":1:2", "co": ":2500", "gi": ":2500"}.get(tag, "")
        screen = await chat.tap(f"1:{tag}:{code}{rest}")
        assert said(screen)[0] == GONE, tag
        assert screen.picture is None
        assert not screen.is_story
    await chat.command("start", code)
    assert said(chat.screen)[0] == GONE
    await chat.tap(Cases())
    assert Who(code) not in chat.routes
    assert len([route for route in chat.routes if isinstance(route, Who)]) == 1


@both_engines
async def test_a_consent_that_ran_out_takes_the_story_away_by_itself(chat, house):
    code = (await case_of(house)).code
    house.clock.now += dt.timedelta(days=365) - dt.timedelta(seconds=1)
    await chat.tap(Who(code))
    assert said(chat.screen)[0] != GONE

    house.clock.now += dt.timedelta(seconds=1)
    await chat.tap(Who(code))

    assert said(chat.screen)[0] == GONE


async def test_consent_for_the_web_alone_shows_nothing_in_the_chat(chat, house):
    code = (await case_of(house)).code
    await withdraw(house, channel="bot")
    await chat.tap(Who(code))
    assert said(chat.screen)[0] == GONE


async def test_with_no_story_at_all_the_list_says_so(chat, house):
    for slug in ("mala", "arif"):
        await withdraw(house, slug)

    await chat.tap(Cases())

    assert chat.says == ["There is no open story at the moment. Please come back later."]
    assert Help() in chat.routes


async def test_a_story_in_another_language_says_so(chat, house, languages):
    reader = Chat(house, languages, "en")
    code = (await case_of(house)).code
    async with house.write() as connection:
        await connection.exec_driver_sql(
            "UPDATE consent SET withdrawn_at = given_at WHERE locale = 'en' AND channel = 'bot'"
        )

    await reader.tap(Step(code, 0))

    told = values(reader.screen, "<i>This story is told in {language} for now.</i>")
    assert told["language"].text == languages.i18n("ar").language.autonym


@pytest.mark.parametrize(
    ("command", "route"),
    [
        ("start", Languages()),
        ("stories", Cases()),
        ("language", Languages()),
        ("help", Help()),
        ("nonsense", Lost()),
        ("", Lost()),
    ],
)
async def test_a_command_leads_to_its_screen_and_keeps_nothing(chat, house, command, route):
    await chat.command(command)

    assert chat.route == route
    assert chat.act is None
    assert await count_people(house) == 0


async def test_a_picture_or_a_voice_gets_the_fixed_reply(chat):
    await chat.do(SentSomething())

    assert chat.route == Lost()


@pytest.mark.parametrize("data", ["", "0:w", "1:zz", "st|mala|3", "\ud800", "x" * 100])
async def test_a_button_of_an_older_bot_leads_to_a_fresh_screen(chat, data):
    await chat.tap(data)

    assert chat.route == Lost("old")
    assert chat.screen.toast.msgid == "That button is old. Here is where you can go now."
    assert Cases() in chat.routes


async def test_a_step_that_is_not_there_is_gone_and_not_an_error(chat, house):
    code = (await case_of(house)).code

    await chat.tap(Step(code, 16))

    assert said(chat.screen)[0] == GONE


@both_engines
async def test_choosing_a_language_is_the_only_thing_that_makes_a_person(chat, house):
    code = (await case_of(house)).code
    for route in (Welcome(), Cases(), Who(code), Step(code, 1), Need(code), Help()):
        await chat.tap(route)
    assert await count_people(house) == 0

    await chat.tap(SetLanguage("en"))

    assert chat.act == acts.ChooseLanguage("en")
    assert await count_people(house) == 1


@pytest.fixture
async def many(sqlite_url, packs):
    """Seven people whose plans are open."""
    database = Database.open(sqlite_url)
    copies = [
        packs[number % 2].model_copy(update={"slug": f"person-{number}"}) for number in range(7)
    ]
    house = house_over(database)
    await put_into(house, copies)
    yield house
    await database.close()


async def test_many_cases_come_a_few_at_a_time_and_none_is_left_out(many, languages):
    chat = Chat(many, languages, "en")
    await chat.tap(Cases())
    found, pages = [], []

    while True:
        pages.append(chat.route)
        found += [route.code for route in chat.routes if isinstance(route, Who)]
        rendered = await chat.rendered()
        assert rendered.picture is not None
        if "Next →" not in [button.label.msgid for button in chat.buttons]:
            break
        await chat.press("Next →")

    async with many.looking() as look:
        assert found == [case.case.code for case in await look.cases()]
    assert pages == [Cases(0), Cases(1), Cases(2)]
    await chat.press("← Back")
    assert chat.route == Cases(1)


async def test_a_page_that_is_no_longer_there_shows_the_last(many, languages):
    chat = Chat(many, languages, "en")

    await chat.tap(Cases(10**9))

    assert [type(route) for route in chat.routes].count(Who) == 1
    assert Cases(1) in chat.routes

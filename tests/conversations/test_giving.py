"""Giving: what is typed is understood or asked about, and what cannot be given is said early."""

import pytest

from conversations.routes import (
    Amounts,
    Confirm,
    Give,
    Help,
    Lost,
    Need,
    Readings,
    TypeAmount,
)
from storage.holds import HoldState
from tests.conversations.rig import (
    both_engines,
    close_case,
    count_people,
    fund,
    reserve,
    said,
    usd,
    values,
    withdraw,
)
from values.money import Money

NOTHING_MISSING = "<b>Nothing is missing in the plan of {name} now.</b>"
CONFIRMED = "<b>You give {amount} to the plan of {name}.</b>"


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("25", 2500),
        ("25 usd", 2500),
        ("$25", 2500),
        ("٢٥", 2500),
        ("๒๕", 2500),
        ("25,50", 2550),
        ("25.5", 2550),
        ("1,500", 150_000),
        (" 1 500 ", 150_000),
        ("0.50", 50),
    ],
)
async def test_an_amount_that_can_mean_one_thing_is_confirmed(asked, code, text, minor):
    await asked.write(text)

    assert asked.route == Confirm(code, minor)
    assert values(asked.screen, CONFIRMED)["amount"] == Money(minor, "USD")
    assert Give(code, minor) in asked.routes


async def test_an_amount_that_can_mean_two_things_is_asked_about(asked, code):
    await asked.write("1.500")

    assert asked.route == Readings(code, 150_000, 150)
    assert asked.routes == [
        Confirm(code, 150_000),
        Confirm(code, 150),
        TypeAmount(code),
        Need(code),
        Help(),
    ]
    assert asked.says == ["<b>Which amount do you mean?</b>"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("12 eur", "currency"),
        ("€12", "currency"),
        ("25.555", "precise"),
        ("hello", "none"),
        ("", "none"),
        ("-5", "none"),
        ("1" + "0" * 30, "none"),
        ("25 or 30", "none"),
        ("4242 4242 4242 4242", "none"),
        ("<b>25</b>", "none"),
        ("x" * 4096, "none"),
    ],
)
async def test_what_is_no_amount_here_is_said_and_amounts_are_offered(asked, code, text, why):
    before = await asked.person()

    await asked.write(text)

    assert asked.route == Amounts(code, why)
    assert asked.screen.toast.msgid == asked.says[0]
    assert Confirm(code, 2500) in asked.routes
    assert asked.act is None
    assert await asked.person() == before


@pytest.mark.parametrize("text", ["1501", "99999999999", "999999999999"])
async def test_more_than_is_missing_offers_all_that_is(asked, code, text):
    await asked.write(text)

    assert asked.says[0] == "{amount} is more than what is missing."
    assert asked.routes[0] == Confirm(code, 150_000)
    assert not [route for route in asked.routes if isinstance(route, Give)]


@pytest.mark.parametrize("text", ["0.49", "0", "0.01"])
async def test_too_little_for_a_card_offers_the_least(asked, code, text):
    await asked.write(text)

    assert asked.says[0] == "{amount} is too small to be paid by card."
    assert asked.routes[0] == Confirm(code, 50)
    assert not [route for route in asked.routes if isinstance(route, Give)]


async def test_what_would_leave_an_unpayable_rest_offers_all_or_less(asked, code):
    await asked.write("1499.60")

    assert asked.says[0] == "{amount} would leave a rest that is too small to be paid by card."
    assert asked.routes[:2] == [Confirm(code, 150_000), Confirm(code, 149_950)]
    for route in asked.routes[:2]:
        await asked.tap(route)
        assert asked.says[0] == CONFIRMED


async def test_where_less_is_not_possible_only_all_is_offered(asked, house, code):
    await reserve(house, usd(1499.20))

    await asked.tap(Confirm(code, 60))

    assert [route for route in asked.routes if isinstance(route, Confirm)] == [Confirm(code, 80)]


async def test_a_funded_plan_thanks_and_takes_nothing(asked, house, code):
    await fund(house, usd(1500))

    for route in (Amounts(code), TypeAmount(code), Confirm(code, 2500), Give(code, 2500)):
        screen = await asked.tap(route)
        assert said(screen)[0] == NOTHING_MISSING
        assert "The whole plan is funded. Thank you to everybody who gave." in said(screen)
    await asked.tap(Need(code))
    assert Amounts(code) not in asked.routes


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (HoldState.OPEN, "Other people are paying at this moment. Please look again in an hour."),
        (
            HoldState.PROMISED,
            "The rest is promised by bank transfer. That can take some days.",
        ),
        (HoldState.PAID, "The rest is paid and on its way."),
        (HoldState.SETTLED, "The rest is too small to be paid by card."),
    ],
)
async def test_it_is_said_what_the_rest_waits_for(asked, house, code, state, reason):
    await fund(house, usd(1499.60))
    if state is not HoldState.SETTLED:
        await reserve(house, usd(0.4), state=state)

    for route in (Amounts(code), Need(code)):
        await asked.tap(route)
        assert reason in asked.says


async def test_a_plan_that_others_are_paying_for_asks_to_come_again(asked, house, code):
    await reserve(house, usd(1500))

    await asked.tap(Give(code, 2500))

    assert asked.says[0] == NOTHING_MISSING
    assert "Other people are paying at this moment. Please look again in an hour." in asked.says
    await asked.tap(Need(code))
    assert values(asked.screen, "Reserved by people who are paying now: {amount}") == {
        "amount": usd(1500)
    }


@both_engines
async def test_what_others_reserved_meanwhile_is_told_before_anything_is_taken(asked, house, code):
    await asked.write("1000")
    await reserve(house, usd(800))

    await asked.tap(Give(code, 100_000))

    assert asked.route == Confirm(code, 100_000)
    assert asked.says[0] == "{amount} is more than what is missing."
    assert asked.routes[0] == Confirm(code, 70_000)


async def test_a_closed_case_shows_its_plan_and_takes_nothing(asked, house, code):
    await close_case(house)

    for route in (Amounts(code), TypeAmount(code), Confirm(code, 2500), Give(code, 2500)):
        screen = await asked.tap(route)
        assert said(screen)[0] == "<b>The plan of {name}</b>"
        assert not {Amounts, Give, Confirm} & set(map(type, asked.routes))


@both_engines
async def test_asking_for_an_amount_keeps_nothing_for_a_case_that_is_not_there(chat, house):
    for hostile in ("1:ty:nobody", "1:ty:" + "a" * 32, "1:gi:nobody:100"):
        await chat.tap(hostile)
        assert chat.route == Lost("gone")

    assert await count_people(house) == 0


async def test_an_amount_for_a_story_that_was_taken_back_is_not_read(asked, house):
    await withdraw(house)

    await asked.write("25")

    assert asked.route == Lost("gone")


async def test_a_message_that_nobody_asked_for_gets_the_fixed_reply(chat, house):
    await chat.write("25")

    assert chat.route == Lost()
    assert chat.says[:2] == [
        "<b>I am a bot and cannot answer messages.</b>",
        "What you wrote was not kept. Nobody has read it.",
    ]
    assert await count_people(house) == 0

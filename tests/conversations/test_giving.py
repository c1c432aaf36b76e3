"""Giving: what is typed is understood or asked about, and what cannot be given is said early."""

import pytest

from conversations.routes import (
    Amounts,
    Cancel,
    Confirm,
    Gift,
    Gifts,
    Give,
    Help,
    Lost,
    Need,
    Payment,
    Readings,
    TypeAmount,
    encode,
)
from conversations.screens import Link
from services import acts
from storage.holds import HoldState
from tests.conversations.rig import (
    Chat,
    both_engines,
    case_of,
    close_case,
    count_people,
    fund,
    move,
    reserve,
    said,
    usd,
    values,
    withdraw,
)
from values.money import Money

NOTHING_MISSING = "<b>Nothing is missing in the plan of {name} now.</b>"
CONFIRMED = "<b>You give {amount} to the plan of {name}.</b>"


@pytest.fixture
async def code(house):
    return (await case_of(house)).code


@pytest.fixture
async def asked(chat, code):
    """The person was asked to write an amount for Mala, whose plan needs 1,500 USD."""
    await chat.tap(TypeAmount(code))
    return chat


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
async def test_yes_reserves_once_and_leads_to_the_page(asked, house, code):
    await asked.tap(Give(code, 2500))

    assert isinstance(asked.route, Payment)
    (link,) = [
        button for row in asked.screen.keyboard for button in row if isinstance(button, Link)
    ]
    assert link.url.startswith("https://pay.example/")
    async with house.looking() as look:
        case = await look.case(code)
    assert case.progress.held == usd(25)
    assert (await asked.person()).awaiting is None


@both_engines
async def test_a_third_unpaid_gift_is_refused_until_one_is_cancelled(asked, code):
    for _ in range(2):
        await asked.tap(Give(code, 2500))
        assert isinstance(asked.route, Payment)
    unpaid = asked.route.reference

    await asked.tap(Give(code, 2500))
    assert asked.route == Amounts(code, "many")
    await asked.tap(Cancel(unpaid))
    assert asked.route == Cancel(unpaid)
    assert asked.says[0] == "<b>This gift of {amount} was not paid.</b>"
    await asked.tap(Give(code, 2500))

    assert isinstance(asked.route, Payment)


@both_engines
async def test_nobody_cancels_the_gift_of_another(asked, house, languages, code):
    await asked.tap(Give(code, 2500))
    stranger = Chat(house, languages, "en")

    await stranger.tap(Cancel(asked.route.reference))

    assert stranger.route == Gift(asked.route.reference)
    await asked.tap(Gift(asked.route.reference))
    assert asked.says[0] == "<b>{amount} is reserved for the plan of {name}.</b>"


@pytest.mark.parametrize("state", [HoldState.PAID, HoldState.SETTLED, HoldState.PROMISED])
async def test_an_old_button_to_pay_never_says_that_a_paid_gift_was_not_charged(
    asked, house, code, state
):
    await asked.tap(Give(code, 2500))
    reference = asked.route.reference
    await move(house, reference, state)

    await asked.tap(Payment(reference))

    assert asked.screen == await asked.tap(Gift(reference))
    assert not [sentence for sentence in asked.says if "Nothing was charged" in sentence]


async def test_a_page_that_could_not_be_opened_can_be_tried_again(asked, house, code, monkeypatch):
    async def provider_is_away(_house, _reference):
        pass

    with monkeypatch.context() as away:
        away.setattr("tests.conversations.rig.open_page", provider_is_away)
        await asked.tap(Give(code, 2500))
        reference = asked.route.reference
        assert asked.says[0] == "<b>The payment page could not be opened just now.</b>"
        assert asked.routes[:2] == [Payment(reference), Cancel(reference)]

    await asked.tap(Payment(reference))

    assert asked.says[0] == "<b>{amount} is reserved for the plan of {name}.</b>"


@both_engines
async def test_a_gift_is_seen_after_the_story_was_taken_back_but_not_whose_it_was(
    asked, house, code
):
    await asked.tap(Give(code, 2500))
    reference = asked.route.reference
    await move(house, reference, HoldState.SETTLED)
    await withdraw(house)

    await asked.tap(Gift(reference))

    name = values(asked.screen, "All of it is held for the plan of {name}, and for nothing else.")[
        "name"
    ]
    assert name.text == code
    assert asked.screen.picture is None
    assert asked.routes == [Gifts(), asked.routes[-1]]
    await asked.tap(Gifts())
    assert asked.buttons[0].label.values["name"].text == code


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


@pytest.mark.parametrize("minor", [0, 1, 49, 10**15, 149_990])
async def test_a_forged_yes_takes_nothing(asked, house, code, minor):
    await asked.tap(encode(Give(code, minor)))

    assert isinstance(asked.act, acts.TakeHold)
    assert asked.route == Confirm(code, minor)
    async with house.looking() as look:
        case = await look.case(code)
    assert not case.progress.held

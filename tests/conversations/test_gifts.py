"""Gifts: reserved once, seen and cancelled by who took them, and no wrong word of their money."""

import pytest

from conversations.routes import (
    Amounts,
    Cancel,
    Confirm,
    Gift,
    Gifts,
    Give,
    Payment,
    encode,
)
from conversations.screens import Link
from services import acts
from storage.holds import HoldState
from tests.conversations.rig import (
    Chat,
    both_engines,
    move,
    usd,
    values,
    withdraw,
)


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


@pytest.mark.parametrize("minor", [0, 1, 49, 10**15, 149_990])
async def test_a_forged_yes_takes_nothing(asked, house, code, minor):
    await asked.tap(encode(Give(code, minor)))

    assert isinstance(asked.act, acts.TakeHold)
    assert asked.route == Confirm(code, minor)
    async with house.looking() as look:
        case = await look.case(code)
    assert not case.progress.held

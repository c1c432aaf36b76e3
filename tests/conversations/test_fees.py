"""The payment fee: added if the donor wants, told to the cent, and told where a gift bears it."""

import dataclasses

import pytest

from conversations.routes import Confirm, Gift, Give, Payment, TypeAmount
from conversations.screens import Link
from services.terms import FeeBearer, FeeRate, Terms
from storage.holds import HoldState
from tests.conversations.rig import Chat, both_engines, move, usd, values
from tests.provider import Provider

PAYS = "You pay {sum}: {amount} for the plan and {cover} for the payment fee."
ABOUT = "About {fee} of your gift goes to the payment provider, as its fee."
THANKS = "<b>Thank you. We received {amount} from you.</b>"
RATES = {"USD": FeeRate(290, usd(0.3))}


def with_terms(house, **terms):
    return dataclasses.replace(house, terms=Terms(**terms))


@pytest.fixture
async def rated(house, languages, code):
    """Somebody who may add the fee to a gift for Mala."""
    chat = Chat(with_terms(house, fee_rates=RATES), languages, "en")
    await chat.tap(TypeAmount(code))
    return chat


def link(chat):
    (found,) = [b for row in chat.screen.keyboard for b in row if isinstance(b, Link)]
    return found


def yes(chat):
    (found,) = [button for button in chat.buttons if isinstance(button.route, Give)]
    return found


async def test_without_a_known_rate_nothing_is_offered(asked, code):
    await asked.tap(Confirm(code, 2500, "", "yes"))

    assert PAYS not in asked.says
    assert yes(asked).label.values == {"amount": usd(25)}
    assert not [button for button in asked.buttons if "fee" in button.label.msgid]


@both_engines
async def test_the_fee_is_added_in_one_tap_and_the_sum_is_told_exactly(rated, house, code):
    await rated.tap(Confirm(code, 2500))
    await rated.press("I also pay the fee of about {fee}")
    assert values(rated.screen, PAYS) == {
        "sum": usd(26.06), "amount": usd(25), "cover": usd(1.06),
    }  # fmt: skip
    assert yes(rated).label.values == {"amount": usd(26.06)}

    await rated.tap(yes(rated).route)

    assert isinstance(rated.route, Payment)
    assert PAYS in rated.says
    assert link(rated).label.values == {"amount": usd(26.06)}
    async with house.looking() as look:
        receipt = await look.receipt(rated.route.reference)
        case = await look.case(code)
    assert (receipt.amount, receipt.charge, receipt.cover) == (usd(25), usd(26.06), usd(1.06))
    assert case.progress.held == usd(25)


async def test_she_may_think_better_of_it(rated, code):
    await rated.tap(Confirm(code, 2500, "back", "yes"))

    await rated.press("I do not pay the fee")

    assert rated.route == Confirm(code, 2500, "back")
    assert PAYS not in rated.says


async def test_a_sum_that_no_card_pays_is_not_offered(rated, house, code):
    async with house.write() as connection:
        await connection.exec_driver_sql("UPDATE need_line SET amount_minor = 99999990")

    await rated.tap(Confirm(code, 99_999_900))

    assert not [button for button in rated.buttons if "fee" in button.label.msgid]


async def test_a_yes_to_another_sum_shows_the_sum_of_today(rated, house, languages, code):
    await rated.tap(Confirm(code, 2500, "", "yes"))
    before = yes(rated).route
    dearer = Terms(fee_rates={"USD": FeeRate(350, usd(0.3))})
    rated.house = dataclasses.replace(house, terms=dearer)

    await rated.tap(before)

    assert rated.route == Confirm(code, 2500, "", "yes")
    assert rated.act is None
    assert values(rated.screen, PAYS)["sum"] == usd(26.22)


@pytest.mark.parametrize(("rates", "told"), [(RATES, ABOUT), ({}, "A small part of your gift")])
async def test_a_gift_that_bears_the_fee_says_so_before_the_yes(
    house, languages, code, rates, told
):
    chat = Chat(with_terms(house, fee_rates=rates, fee_bearer=FeeBearer.GIFT), languages, "en")
    await chat.tap(Confirm(code, 2500))
    assert [said for said in chat.says if said.startswith(told)]
    if rates:
        assert values(chat.screen, ABOUT) == {"fee": usd(1.03)}
    await chat.tap(Give(code, 2500))
    assert chat.route == Confirm(code, 2500), "who has not seen it has not agreed"

    await chat.tap(yes(chat).route)

    assert isinstance(chat.route, Payment)


async def test_who_covers_the_fee_is_not_told_that_the_gift_bears_it(house, languages, code):
    chat = Chat(with_terms(house, fee_rates=RATES, fee_bearer=FeeBearer.GIFT), languages, "en")

    await chat.tap(Confirm(code, 2500, "", "yes"))

    assert ABOUT not in chat.says
    assert PAYS in chat.says


async def test_the_receipt_tells_what_was_paid_and_what_it_was_for(rated, house, code):
    await rated.tap(Confirm(code, 2500, "", "yes"))
    await rated.tap(yes(rated).route)
    reference = rated.route.reference
    await move(house, reference, HoldState.PAID)
    await rated.tap(Gift(reference))
    assert values(rated.screen, THANKS) == {"amount": usd(26.06)}
    assert "{amount} is for the plan of {name}, and {cover} for the payment fee." in rated.says

    await Provider(house, fee=usd(1.1)).settle(reference)
    await rated.tap(Gift(reference))

    held = "{amount} is held for the plan of {name}, and for nothing else."
    assert values(rated.screen, held)["amount"] == usd(25)
    assert values(rated.screen, "The payment fee was {fee}. You added {cover} for it.") == {
        "fee": usd(1.1), "cover": usd(1.06),
    }  # fmt: skip


async def test_a_gift_that_bore_its_fee_shows_it_as_a_part(house, languages, code):
    bearing = with_terms(house, fee_bearer=FeeBearer.GIFT)
    chat = Chat(bearing, languages, "en")
    await chat.tap(Confirm(code, 2500))
    await chat.tap(yes(chat).route)
    reference = chat.route.reference

    await Provider(bearing).settle(reference)
    await chat.tap(Gift(reference))

    parts = [
        (line.values["part"].msgid, line.values["amount"])
        for block in chat.screen.blocks
        for line in block
        if line.msgid == "{part}: {amount}"
    ]
    assert parts == [
        ("Held for the plan of {name}", usd(23.97)),
        ("Fee of the payment provider", usd(1.03)),
    ]

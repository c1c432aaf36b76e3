"""The receipt in the chat: where every bit of a gift is, and never why a plan ended."""

import datetime as dt

import pytest

from conversations.routes import Amounts, Cases, Confirm, Gift, Give, Need, TypeAmount
from services.reading import DisputeStatus, RefundStatus
from storage.cases import Outcome
from storage.holds import HoldState
from tests.conversations.rig import case_of, move, said, usd, values
from tests.provider import Provider, end, spend

HELD = "Held for the plan of {name}"
SPENT = "Spent for {name} · {line}"
WHOLE = "All of it is held for the plan of {name}, and for nothing else."
DUE = "What goes back to you takes the way you paid. That can take some days."
ENDED = "This plan has ended. What was not spent belongs to those who gave it."
COMPLETE = "This plan is complete. Thank you."


@pytest.fixture
def provider(house):
    return Provider(house)


@pytest.fixture
async def given(asked, code, provider):
    """The reference of a gift of 25 USD that has arrived in Mala's plan."""
    await asked.tap(Give(code, 2500))
    await provider.settle(asked.route.reference)
    return asked.route.reference


def parts(screen):
    """What the receipt lists: {label: amount}."""
    return {
        piece.values["part"].msgid: piece.values["amount"]
        for block in screen.blocks
        for piece in block
        if piece.msgid == "{part}: {amount}"
    }


async def test_a_gift_that_is_all_there_is_told_in_one_sentence(asked, given):
    await asked.tap(Gift(given))

    assert WHOLE in asked.says
    assert parts(asked.screen) == {}
    assert values(asked.screen, "The payment fee of {fee} is paid by {organisation}.")[
        "fee"
    ] == usd(1.03)


async def test_what_was_spent_is_told_by_its_line(asked, house, given):
    house.clock.now += dt.timedelta(days=8)
    await spend(house, await case_of(house), usd(10))

    await asked.tap(Gift(given))

    assert WHOLE not in asked.says
    assert parts(asked.screen) == {HELD: usd(15), SPENT: usd(10)}


async def test_a_part_that_went_back_is_told(asked, given, provider):
    await provider.refund(given, usd(10))

    await asked.tap(Gift(given))

    assert parts(asked.screen) == {HELD: usd(15), "Back with you": usd(10)}
    assert DUE not in asked.says


async def test_a_part_that_waits_to_go_back_is_told(asked, given, provider):
    await provider.refund(given, usd(10), status=RefundStatus.PENDING)

    await asked.tap(Gift(given))

    assert parts(asked.screen) == {HELD: usd(15), "Going back to you": usd(10)}
    assert DUE in asked.says


async def test_money_that_could_not_be_sent_is_still_hers(asked, given, provider):
    await provider.refund(given, usd(10))
    await provider.refund_fails(given)

    await asked.tap(Gift(given))

    assert parts(asked.screen) == {HELD: usd(15), "Going back to you": usd(10)}
    assert DUE not in asked.says
    assert [said for said in asked.says if said.startswith("Sending it back did not work yet.")]


@pytest.mark.parametrize(
    ("status", "label"),
    [
        (DisputeStatus.NEEDS_RESPONSE, "Taken back by your bank, not decided yet"),
        (DisputeStatus.LOST, "Kept by your bank"),
    ],
)
async def test_what_her_bank_took_is_told(asked, given, provider, status, label):
    await provider.dispute(given)
    await provider.dispute(given, status=status)

    await asked.tap(Gift(given))

    assert parts(asked.screen) == {label: usd(25)}
    is_asking = "Your bank is asking about this payment. It decides what happens." in asked.says
    assert is_asking is (status is DisputeStatus.NEEDS_RESPONSE)


async def test_what_the_organisation_put_in_is_told_so_that_it_adds_up(
    asked, house, given, provider
):
    house.clock.now += dt.timedelta(days=8)
    await spend(house, await case_of(house), usd(20))
    await provider.dispute(given)

    await asked.tap(Gift(given))

    assert parts(asked.screen) == {
        SPENT: usd(20),
        "Taken back by your bank, not decided yet": usd(25),
        "Added by {organisation}": usd(20),
    }


async def test_a_payment_that_is_not_the_one_asked_for_is_looked_at(asked, house, code):
    await asked.tap(Give(code, 2500))
    reference = asked.route.reference
    await move(house, reference, HoldState.SET_ASIDE)

    await asked.tap(Gift(reference))

    assert asked.says[0] == "<b>We received a payment that is not the one we asked for.</b>"


async def test_a_complete_plan_thanks(asked, house, code, given):
    house.clock.now += dt.timedelta(days=8)
    mala = await case_of(house)
    await spend(house, mala, usd(25))
    await end(house, mala)

    await asked.tap(Gift(given))

    assert COMPLETE in asked.says
    assert parts(asked.screen) == {SPENT: usd(25)}


@pytest.mark.parametrize("outcome", list(Outcome))
async def test_a_plan_that_ended_takes_nothing_and_tells_no_reason(asked, house, code, outcome):
    sentence = COMPLETE if outcome is Outcome.COMPLETE else ENDED
    await end(house, await case_of(house), outcome)

    for route in (Need(code), Amounts(code), TypeAmount(code), Confirm(code, 2500)):
        screen = await asked.tap(route)
        assert sentence in said(screen)
        assert "Still missing: {amount}" not in said(screen)
        assert not {Amounts, Confirm, Give} & {type(route) for route in asked.routes}
    await asked.tap(Cases())
    heading = "<b>{name}</b> · plan complete" if sentence == COMPLETE else ""
    assert (heading or "<b>{name}</b> · plan ended") in asked.says


async def test_every_sad_end_reads_the_same(asked, house, code, packs):
    told = set()
    for outcome in set(Outcome) - {Outcome.COMPLETE}:
        async with house.write() as connection:
            await connection.exec_driver_sql(
                f"UPDATE cases SET state = 'closed', outcome = '{outcome}' WHERE slug = 'mala'"
            )
        told.add(repr((await asked.tap(Need(code))).blocks))
        told.add(repr((await asked.tap(Need(code))).keyboard))

    assert len(told) == 2

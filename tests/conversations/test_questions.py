"""A part of a gift that a plan does not need: asked kindly, answered in a tap, once."""

import dataclasses

import pytest

from conversations.routes import Answer, Confirm, Gift, Gifts, Give, Others, SetLanguage
from services import acts
from services.reading import DisputeStatus
from storage.cases import Outcome
from tests.conversations.rig import (
    Chat,
    both_engines,
    case_of,
    close_case,
    fund,
    reserve,
    usd,
    values,
)
from tests.provider import Provider, end, more_people

YOURS = "<b>{amount} of your gift is yours to decide.</b>"
UNTIL = "You can answer until {date}. Without an answer it goes back to you."
MOVE = "Move it to the plan of {name}"
BACK = "Give it back to me"


@pytest.fixture
async def other(house):
    """The code of Arif's plan."""
    return (await case_of(house, "arif")).code


@pytest.fixture
def provider(house):
    return Provider(house)


@pytest.fixture
async def late(asked, house, code, provider):
    """The reference of a gift of 25 USD that came when Mala's plan was full; she sees it."""
    await asked.tap(Give(code, 2500))
    reference = asked.route.reference
    await fund(house, usd(1500))
    await provider.settle(reference)
    await asked.tap(Gift(reference))
    return reference


async def questions(house):
    async with house.read() as connection:
        rows = await connection.exec_driver_sql(
            "SELECT count(*) FROM surplus_question WHERE closed_at IS NULL"
        )
        return rows.scalar_one()


def answers(chat):
    return [route for route in chat.routes if isinstance(route, Answer)]


async def test_it_says_how_much_why_until_when_and_what_else_happens(asked, late):
    assert values(asked.screen, YOURS) == {"amount": usd(25)}
    assert "The plan of {name} was full when it arrived." in asked.says
    assert values(asked.screen, UNTIL)["date"].isoformat() == "2026-11-30"
    assert [button.label.msgid for button in asked.buttons[:2]] == [MOVE, BACK]


@pytest.mark.parametrize("outcome", list(Outcome))
async def test_of_a_plan_that_ended_only_that_is_said(asked, house, code, provider, outcome):
    await asked.tap(Give(code, 2500))
    reference = asked.route.reference
    await provider.settle(reference)

    await end(house, await case_of(house), outcome)
    await asked.tap(Gift(reference))

    assert values(asked.screen, YOURS) == {"amount": usd(25)}
    assert "The plan of {name} has ended." in asked.says
    assert not [said for said in asked.says if outcome != "complete" and outcome in said]


@both_engines
async def test_a_tap_moves_it_to_another_plan(asked, house, other, late):
    await asked.press(MOVE)

    assert asked.route == Gift(late, "moved")
    assert asked.says[0] == "Thank you. It is in the plan that you chose."
    assert asked.screen.toast.msgid == asked.says[0]
    assert YOURS not in asked.says
    async with house.looking() as look:
        assert (await look.case(other)).progress.funded == usd(25)
    assert await questions(house) == 0


@both_engines
async def test_a_tap_sends_it_back(asked, house, late):
    await asked.press(BACK)

    assert asked.route == Gift(late, "back")
    assert asked.says[0].startswith("It goes back to you, the way you paid.")
    async with house.looking() as look:
        trace = (await look.receipt(late)).trace
    assert (trace.refund_due, trace.plans[0].over_goal) == (usd(25), usd(0))


@both_engines
async def test_an_answer_to_a_question_that_is_answered_changes_nothing(asked, house, other, late):
    move, back = answers(asked)
    await asked.tap(back)

    await asked.tap(move)

    assert asked.route == Gift(late, "over")
    assert asked.says[0] == "There is nothing to decide any more."
    async with house.looking() as look:
        assert not (await look.case(other)).progress.funded


async def test_the_same_tap_again_does_not_answer_the_next_question(asked, house, code, late):
    """It moves to Arif's plan, which ends: the old button for the first question is still there."""
    _, back = answers(asked)
    await asked.press(MOVE)
    await end(house, await case_of(house, "arif"), Outcome.NOT_NEEDED)

    await asked.tap(back)

    assert asked.route == Gift(late, "over")
    assert await questions(house) == 1
    await asked.tap(Gift(late))
    assert "The plan of {name} has ended." in asked.says


async def test_nobody_answers_for_another(asked, house, languages, late):
    stranger = Chat(house, languages, "en")

    for route in answers(asked):
        await stranger.tap(route)
        assert stranger.route == Gift(late, "over")

    assert await questions(house) == 1


async def test_what_finds_no_room_is_still_hers(asked, house, other, late):
    arif = await case_of(house, "arif")
    await fund(house, arif.need - usd(10), "arif")

    await asked.press(MOVE)

    assert asked.route == Gift(late, "rest")
    assert values(asked.screen, YOURS) == {"amount": usd(15)}
    assert await questions(house) == 1


async def test_a_plan_that_is_full_meanwhile_is_told_and_nothing_moves(asked, house, late):
    (move, _) = answers(asked)
    arif = await case_of(house, "arif")
    await reserve(house, arif.need, "arif")

    await asked.tap(move)

    assert asked.route == Gift(late, "full")
    assert values(asked.screen, YOURS) == {"amount": usd(25)}
    assert [button.label.msgid for button in asked.buttons[:1]] == [BACK]


async def test_while_a_bank_has_a_part_it_cannot_go_back(asked, house, late, provider):
    (_, back) = answers(asked)
    await provider.dispute(late, usd(5))

    await asked.tap(back)

    assert asked.route == Gift(late, "bank")
    assert "Your bank is asking about this payment. It decides what happens." in asked.says
    assert await questions(house) == 1


async def test_what_a_bank_took_altogether_is_not_asked_about(asked, late, provider):
    await provider.dispute(late)

    await asked.tap(Gift(late))

    assert YOURS not in asked.says
    assert answers(asked) == []


@pytest.mark.parametrize("spoil", [{"seen": "0000"}, {"wish": "nobody23"}, {"wish": ""}], ids=str)
async def test_a_forged_answer_moves_nothing(asked, house, late, spoil):
    (move, _) = answers(asked)

    await asked.tap(dataclasses.replace(move, **spoil))

    assert asked.act is None
    assert isinstance(asked.route, Gift)
    assert asked.route.told in ("again", "full")
    assert await questions(house) == 1


async def test_an_answer_to_a_question_that_never_was_changes_nothing(asked, house, late):
    (move, _) = answers(asked)

    await asked.tap(dataclasses.replace(move, question_id=10**9))

    assert isinstance(asked.act, acts.AnswerSurplus)
    assert asked.route == Gift(late, "over")
    assert await questions(house) == 1


async def test_an_answer_in_words_of_another_language_is_asked_for_anew(asked, house, late):
    (move, _) = answers(asked)
    await asked.tap(SetLanguage("ar"))

    await asked.tap(move)

    assert asked.route == Gift(late, "again")
    await asked.tap(answers(asked)[0])
    assert asked.route == Gift(late, "moved")


@both_engines
async def test_everybody_else_is_a_page_away_those_first_who_have_least(asked, house, packs, late):
    names = ["Ana", "Bea", "Cho", "Dan", "Eva", "Fay", "Gus"]
    await more_people(house, packs[0], **{name.lower(): name for name in names})
    await fund(house, usd(500), "arif")
    await close_case(house, "dan")

    await asked.tap(Gift(late))
    await asked.press("Another person")
    assert asked.route == Others(late)
    first = [values_of(button) for button in asked.buttons if button.label.msgid == MOVE]
    assert first == ["Ana", "Bea", "Cho", "Eva", "Fay", "Gus"]
    await asked.press("Next →")

    assert [values_of(button) for button in asked.buttons if button.label.msgid == MOVE] == ["Arif"]
    await asked.press(MOVE)
    assert asked.route == Gift(late, "moved")


def values_of(button):
    return button.label.values["name"].text


async def test_a_list_for_a_question_that_is_answered_says_so(asked, late):
    await asked.press(BACK)

    await asked.tap(Others(late, 3))

    assert asked.says == ["There is nothing to decide any more."]
    await asked.tap(Others("nobody"))
    assert asked.says[0] == "This story is not shown at the moment."


async def test_my_gifts_say_which_waits_for_an_answer(asked, late):
    await asked.tap(Gifts())

    assert asked.buttons[0].label.values["state"].msgid == "yours to decide"


async def test_without_another_plan_only_back_is_offered(asked, house, late):
    await close_case(house, "arif")

    await asked.tap(Gift(late))

    assert [button.label.msgid for button in asked.buttons[:1]] == [BACK]


async def test_an_inquiry_is_told_and_takes_nothing(asked, house, code, provider):
    await asked.tap(Confirm(code, 2500))
    await asked.tap(Give(code, 2500))
    reference = asked.route.reference
    await provider.dispute(reference, status=DisputeStatus.WARNING_NEEDS_RESPONSE)

    await asked.tap(Gift(reference))

    assert "All of it is held for the plan of {name}, and for nothing else." in asked.says
    assert "Your bank is asking about this payment. It decides what happens." in asked.says

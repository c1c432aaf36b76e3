"""
What a plan does not need is its donor's: moved as agreed before paying, or asked about. The answers
are in test_surplus_answers.
"""

import datetime as dt

import pytest

from services import surplus
from services.surplus import digest_of_words
from storage import ledger
from tests.payments.rig import usd
from tests.services.books import wish
from values.money import Money


async def test_gift_goes_back_at_once_if_its_donor_agreed_to_that_before_paying(books):
    case = await books.case(usd(30))
    words = "If the plan is funded before my gift arrives, give it back."
    hold = await books.over(case, usd(25), person_id=await books.person(), wish=wish(words=words))

    assert await books.funds(case) == (3000, 0)
    assert await books.standing(hold) == {(case.code, "refund_due"): 2500}
    assert await books.orders() == [("wanted", 2500)]
    assert await books.rows("SELECT reason FROM refund_order") == [("over_goal",)]
    assert await books.questions(hold) == []
    assert await books.told() == ["receipt"]
    kept = await books.rows("SELECT text_sha256, locale, before_paying FROM surplus_consent")
    assert kept == [(digest_of_words(words), "en", 1)]
    assert await books.verify() == []


async def test_gift_moves_at_once_to_the_plan_its_donor_agreed_to_before_paying(books):
    case, other = await books.case(usd(30)), await books.case(usd(100))
    agreed = wish(other, "If the plan is funded first, move my gift to the plan of Bopha.")
    hold = await books.over(case, usd(25), person_id=await books.person(), wish=agreed)

    assert await books.funds(case) == (3000, 0)
    assert await books.funds(other) == (2500, 0)
    assert await books.standing(hold) == {
        (case.code, "moved_out"): 2500,
        (other.code, "fund"): 2500,
    }
    assert await books.questions(hold) == []
    assert await books.told() == ["receipt", "moved"]
    assert await books.verify() == []


async def test_consent_does_nothing_while_the_plan_has_room(books):
    case, other = await books.case(usd(30)), await books.case(usd(100))
    hold = await books.given(case, usd(30), wish=wish(other))

    assert await books.standing(hold) == {(case.code, "fund"): 3000}
    assert await books.rows("SELECT * FROM crossing") == []
    assert await books.orders() == []


async def test_only_what_is_over_the_goal_is_applied(books):
    case, other = await books.case(usd(30)), await books.case(usd(100))
    hold = await books.late(case, usd(25), wish=wish(other))
    await books.given(case, usd(20))
    books.pay(hold)

    await books.tell(hold)

    assert await books.funds(case) == (3000, 0)
    assert await books.funds(other) == (1500, 0)
    assert await books.verify() == []


async def test_rest_for_which_the_other_plan_has_no_room_is_asked_about(books):
    case, other = await books.case(usd(30)), await books.case(usd(50))
    await books.given(other, usd(40))
    hold = await books.over(case, usd(25), person_id=await books.person(), wish=wish(other))

    assert await books.funds(other) == (5000, 0)
    assert await books.funds(case) == (3000, 1500)
    assert await books.questions(hold) == [("over_goal", case.id)]
    assert await books.told() == ["receipt", "moved", "question"]
    assert await books.verify() == []


async def test_room_that_is_held_for_who_is_paying_now_is_not_given_to_a_gift_that_moves(books):
    case, other = await books.case(usd(30)), await books.case(usd(50))
    await books.hold(other, usd(50))

    hold = await books.over(case, usd(25), wish=wish(other))

    assert await books.funds(other) == (0, 0)
    assert await books.questions(hold) == [("over_goal", case.id)]


@pytest.mark.parametrize("why", ["full", "ended", "closed", "itself", "in another currency"])
async def test_plan_that_takes_nothing_leaves_the_question_to_the_donor(books, why):
    case = await books.case(usd(30))
    other = await books.case(Money(5000, "EUR") if why == "in another currency" else usd(50))
    if why == "full":
        await books.given(other, usd(50))
    if why in ("ended", "closed"):
        outcome = "'withdrawn'" if why == "ended" else "NULL"
        await books.run(
            f"UPDATE cases SET state = 'closed', outcome = {outcome} WHERE id = :id", id=other.id
        )

    hold = await books.over(case, usd(25), wish=wish(case if why == "itself" else other))

    assert await books.standing(hold) == {(case.code, "over_goal"): 2500}
    assert await books.questions(hold) == [("over_goal", case.id)]
    assert await books.rows("SELECT * FROM crossing") == []
    assert await books.verify() == []


async def test_plan_that_is_not_there_is_no_consent(books):
    case, unknown = await books.case(usd(30)), type("Nobody", (), {"code": "nobodyis"})

    hold = await books.over(case, usd(25), wish=wish(unknown))

    assert await books.rows("SELECT * FROM surplus_consent") == []
    assert await books.questions(hold) == [("over_goal", case.id)]


async def test_donor_who_said_nothing_is_asked_once_and_told_until_when(books):
    case, person = await books.case(usd(30)), await books.person()
    hold = await books.over(case, usd(25), person_id=person)
    await books.tell(hold, times=3)

    asked = await books.rows("SELECT asked_at, answer_by, closed_at FROM surplus_question")
    now = int(books.clock().timestamp())
    assert asked == [(now, now + int(dt.timedelta(days=7).total_seconds()), None)]
    questions = await books.rows("SELECT id FROM surplus_question")
    messages = "SELECT subject_id FROM outbox WHERE kind = 'question' AND person_id = :person"
    assert await books.rows(messages, person=person) == questions
    assert await books.verify() == []


async def test_donor_on_the_page_is_asked_there_and_nobody_is_written_to(books):
    case = await books.case(usd(30))
    hold = await books.over(case, usd(25))

    assert await books.questions(hold) == [("over_goal", case.id)]
    assert await books.told() == []


async def test_whole_gift_that_goes_back_takes_what_was_added_for_the_fee_with_it(covering):
    books, case = covering, await covering.case(usd(30))
    hold = await books.over(case, usd(25), covers_fee=True, wish=wish())

    assert hold.charge == usd(26.06)
    assert await books.orders() == [("wanted", 2606)]
    assert await books.rows("SELECT charge_minor FROM refund_order") == [(2606,)]
    assert await books.balance(None, "covered") == 0
    assert await books.verify() == []


async def test_part_of_a_gift_that_goes_back_leaves_what_was_added_for_the_fee(covering):
    books, case = covering, await covering.case(usd(30))
    hold = await books.late(case, usd(25), covers_fee=True, wish=wish())
    await books.given(case, usd(20))
    books.pay(hold)

    await books.tell(hold)

    assert await books.orders() == [("wanted", 1500)]
    assert await books.balance(None, "covered") == 106
    assert await books.funds(case) == (3000, 0)
    assert await books.verify() == []


async def moved_by_hand(books, hold, case, to_case, reference, words):
    """A crossing as somebody with the ledger's own functions could make it."""
    async with books.house.write() as connection:
        known = await books.known(connection, hold)
        await ledger.re_earmark(
            connection,
            source="test",
            external_ref="by hand",
            payload_sha256=bytes(32),
            donation_id=known.donation_id,
            from_case=case.id,
            to_case=to_case.id,
            amount=usd(10),
            consent_ref=reference,
            consent_sha256=words,
            now=books.clock(),
            out_of="over_goal",
        )


@pytest.mark.parametrize(
    "of", ["its donor", "nobody", "another donor", "another plan", "other words"]
)
async def test_crossing_is_held_against_the_consent_of_its_donor(books, of):
    case, other, third = [await books.case(usd(30)) for _ in range(3)]
    hold, stranger = await books.over(case, usd(25)), await books.given(third, usd(20))
    agreed = wish(third if of == "another plan" else other)
    async with books.house.write() as connection:
        given = await surplus.consent(
            books.house,
            connection,
            stranger.id if of == "another donor" else hold.id,
            agreed,
            before_paying=False,
        )
    assert given is not None
    reference = "consent 999" if of == "nobody" else given.reference
    words = bytes(32) if of == "other words" else agreed.text_sha256

    await moved_by_hand(books, hold, case, other, reference, words)

    found = [line.partition(":")[0] for line in await books.verify()]
    assert found == ([] if of == "its donor" else ["moved_without_consent"])

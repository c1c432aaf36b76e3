"""What a donor answers about money that is left of a gift, and what becomes of it without one."""

import pytest

from services import acts, surplus
from services.refunds import Disputed
from services.surplus import GoesBack, Moved, NoRoom, NotAsked
from storage import people
from storage import surplus as questions
from tests.payments.rig import usd
from tests.services.books import wish
from values.money import Money


async def asked(books, amount=usd(25), **options):  # noqa: B008 - Money never changes
    """A donor in the chat who is asked about a whole gift: (case, hold, person)."""
    case, person = await books.case(usd(30)), await books.person()
    return case, await books.over(case, amount, person_id=person, **options), person


async def consents(books):
    """Every consent: (choice, before paying), oldest first."""
    return await books.rows("SELECT choice, before_paying FROM surplus_consent ORDER BY id")


async def lapse(books, **by):
    """Time goes by, and what nobody answered for lapses; how many questions that were."""
    books.clock.advance(**by)
    return await surplus.lapse(books.house)


async def says(books, person_id, hold, answer):
    """What comes of an answer in the chat."""
    async with books.house.write() as connection:
        person = await people.by_id(connection, person_id)
        assert person is not None
        [question, *_] = [*await questions.questions_of(connection, hold.id), None]
        return await acts.perform(
            books.house,
            connection,
            person,
            acts.AnswerSurplus(hold.reference, question.id if question else 0, answer),
            locale="en",
            request_key="an update",
        )


async def test_answer_moves_the_gift_to_the_plan_it_names(books):
    case, hold, person = await asked(books)
    other = await books.case(usd(100))

    outcome = await says(books, person, hold, wish(other))

    assert outcome == Moved(usd(25), usd(0))
    assert await books.funds(case) == (3000, 0)
    assert await books.funds(other) == (2500, 0)
    assert await consents(books) == [("move", 0)]
    assert await books.questions(hold) == []
    assert await books.told() == ["receipt", "question", "moved"]
    assert await books.verify() == []


async def test_answer_sends_the_gift_back(books):
    case, hold, person = await asked(books)

    outcome = await says(books, person, hold, wish())

    assert isinstance(outcome, GoesBack)
    assert outcome.order.charge == usd(25)
    assert await books.standing(hold) == {(case.code, "refund_due"): 2500}
    assert await consents(books) == [("refund", 0)]
    assert await books.questions(hold) == []
    assert await books.verify() == []


async def test_what_the_named_plan_has_no_room_for_stays_the_donors_to_decide(books):
    case, hold, person = await asked(books)
    small, third = await books.case(usd(10)), await books.case(usd(100))

    first = await says(books, person, hold, wish(small))
    still_asked = await books.questions(hold)
    second = await says(books, person, hold, wish(third))

    assert first == Moved(usd(10), usd(15))
    assert still_asked == [("over_goal", case.id)]
    assert second == Moved(usd(15), usd(0))
    assert await books.funds(small) == (1000, 0)
    assert await books.funds(third) == (1500, 0)
    assert await books.rows("SELECT COUNT(DISTINCT consent_ref) FROM crossing") == [(2,)]
    assert await books.verify() == []


@pytest.mark.parametrize("why", ["full", "ended", "unknown", "itself", "in another currency"])
async def test_plan_that_takes_nothing_leaves_the_question_open_and_no_consent(books, why):
    case, hold, person = await asked(books)
    other = await books.case(Money(5000, "EUR") if why == "in another currency" else usd(50))
    if why == "full":
        await books.given(other, usd(50))
    if why == "ended":
        await books.run(
            "UPDATE cases SET state = 'closed', outcome = 'died' WHERE id = :id", id=other.id
        )
    unknown = type("Nobody", (), {"code": "nobodyis"})
    named = {"unknown": unknown, "itself": case}.get(why, other)

    assert await says(books, person, hold, wish(named)) == NoRoom()

    assert await books.standing(hold) == {(case.code, "over_goal"): 2500}
    assert await books.questions(hold) == [("over_goal", case.id)]
    assert await consents(books) == []


@pytest.mark.parametrize("first", ["moved", "sent back"])
async def test_second_answer_finds_no_question(books, first):
    _case, hold, person = await asked(books)
    other = await books.case(usd(100))
    await says(books, person, hold, wish(other if first == "moved" else None))
    before = await books.standing(hold)

    for again in (wish(), wish(other)):
        assert await says(books, person, hold, again) == NotAsked()

    assert await books.standing(hold) == before
    assert len(await consents(books)) == 1


async def test_somebody_else_cannot_answer(books):
    case, hold, _ = await asked(books)
    other = await books.case(usd(100))

    assert await says(books, await books.person(), hold, wish(other)) == NotAsked()

    assert await books.standing(hold) == {(case.code, "over_goal"): 2500}
    assert await books.questions(hold) == [("over_goal", case.id)]


async def test_gift_that_nobody_asks_about_is_not_moved_by_an_answer(books):
    case, person = await books.case(usd(30)), await books.person()
    hold = await books.given(case, usd(25), person_id=person)
    other = await books.case(usd(100))

    assert await says(books, person, hold, wish(other)) == NotAsked()
    assert await books.standing(hold) == {(case.code, "fund"): 2500}


async def test_answer_after_the_date_counts_until_the_money_is_on_its_way(books):
    _, early, person = await asked(books)
    other = await books.case(usd(100))
    books.clock.advance(days=8)

    assert isinstance(await says(books, person, early, wish(other)), Moved)

    case, late, person = await asked(books)
    await lapse(books, days=7)
    assert await says(books, person, late, wish(other)) == NotAsked()
    assert await books.standing(late) == {(case.code, "refund_due"): 2500}


async def test_what_a_bank_has_taken_a_part_of_is_not_sent_back_and_stays_asked_about(books):
    case, hold, person = await asked(books)
    books.dispute(hold, usd(10))
    await books.tell(hold)

    assert await says(books, person, hold, wish()) == Disputed()

    assert await books.standing(hold) == {
        (case.code, "over_goal"): 1500,
        (case.code, "disputed"): 1000,
    }
    assert await books.questions(hold) == [("over_goal", case.id)]
    assert await consents(books) == []
    assert await books.orders() == []
    assert await books.verify() == []


async def test_question_about_what_a_bank_has_taken_whole_is_answered_by_nobody(books):
    case, hold, person = await asked(books)
    other = await books.case(usd(100))
    dispute = books.dispute(hold)
    await books.tell(hold)

    taken = await says(books, person, hold, wish(other))
    books.move_dispute(hold, dispute, "won")
    await books.tell(hold)

    assert taken == NotAsked()
    assert await books.questions(hold) == [("over_goal", case.id)]  # asked anew: it is back
    assert await says(books, person, hold, wish(other)) == Moved(usd(25), usd(0))
    assert await books.verify() == []


# Without an answer


async def test_what_nobody_answers_for_goes_back_after_seven_days_and_is_never_pooled(books):
    case, hold, _ = await asked(books)

    early = await lapse(books, days=6, hours=23)
    still = await books.standing(hold)
    due = await lapse(books, hours=1)

    assert (early, still) == (0, {(case.code, "over_goal"): 2500})
    assert due == 1
    assert await books.standing(hold) == {(case.code, "refund_due"): 2500}
    assert await books.funds(case) == (3000, 0)
    assert await books.orders() == [("wanted", 2500)]
    assert await books.questions(hold) == []
    assert await consents(books) == []
    assert await lapse(books, days=30) == 0
    assert await books.verify() == []


async def test_what_cannot_go_back_rings_and_stays_its_donors(books):
    case, hold, _ = await asked(books)
    books.dispute(hold, usd(10))
    await books.tell(hold)

    assert await lapse(books, days=7) == 1

    assert await books.alarms() == ["dispute", "surplus_cannot_go_back"]
    assert await books.funds(case) == (3000, 1500)
    assert await books.questions(hold) == []
    assert await books.verify() == []


async def test_question_that_cannot_lapse_does_not_hold_up_the_others(books, monkeypatch):
    _, stuck, _ = await asked(books)
    case, hold, _ = await asked(books)
    refund = surplus._refund

    async def fails_for_one(house, connection, gift, case_id, reason):
        if gift.id == stuck.id:
            raise LookupError("something is not as it must be")
        return await refund(house, connection, gift, case_id, reason)

    monkeypatch.setattr(surplus, "_refund", fails_for_one)

    assert await lapse(books, days=7) == 1

    assert await books.standing(hold) == {(case.code, "refund_due"): 2500}
    assert len(await books.questions(stuck)) == 1
    assert await books.alarms() == ["surplus_cannot_lapse"]
    monkeypatch.undo()
    assert await lapse(books) == 1
    assert await books.questions(stuck) == []
    assert await books.verify() == []

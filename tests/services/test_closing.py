"""
A plan that costs less, and a plan that ends: the same person's next line first, then each donor,
the newest gifts first. Nothing is pooled, and nobody is told why a plan ended.
"""

import pytest

from services.closing import Ended, HasEnded, LastLine, NothingLeft, Outcome, PlanChanged
from services.spending import Disbursement, NotInThePlan
from services.surplus import GoesBack, Moved
from storage import jobs
from tests.payments.rig import usd
from tests.services.books import wish


@pytest.fixture
def wanted(monkeypatch):
    """The jobs that were wanted: (name, subject)."""
    found = []
    enqueue = jobs.enqueue

    async def noting(connection, job, subject_id, *, key):
        found.append((job, subject_id))
        await enqueue(connection, job, subject_id, key=key)

    monkeypatch.setattr(jobs, "enqueue", noting)
    return found


def lines(case):
    """The plan in minor units: {line: amount}, in its order."""
    return {str(line): amount.amount_minor for line, amount in case.lines}


async def over_goal(books, case):
    """What stands over the goal, gift by gift: {hold: minor units}."""
    return dict(
        await books.rows(
            "SELECT h.id, SUM(CASE WHEN t.credit_kind = 'over_goal' THEN t.amount_minor"
            " WHEN t.debit_kind = 'over_goal' THEN -t.amount_minor ELSE 0 END)"
            " FROM transfer t JOIN hold h ON h.donation_id = t.donation_id"
            " WHERE t.book_id = :book AND 'over_goal' IN (t.credit_kind, t.debit_kind)"
            " GROUP BY h.id ORDER BY h.id",
            book=case.id,
        )
    )


# A line that is done


@pytest.mark.parametrize("to", ["legal", "education"])
async def test_cheaper_line_goes_to_another_line_of_the_same_person(books, to):
    case = await books.plan(shelter=usd(60), legal=usd(40))
    hold = await books.given(case, usd(100))
    await books.spend(case, usd(45))

    outcome = await books.finish(case, "shelter", to)

    after = await books.now(case)
    assert outcome == PlanChanged(usd(15), usd(0))
    assert lines(after) == (
        {"shelter": 4500, "legal": 5500}
        if to == "legal"
        else {"shelter": 4500, "legal": 4000, "education": 1500}
    )
    assert after.need == usd(100)
    assert await books.funds(case) == (5500, 0)
    assert await books.questions(hold) == []
    assert isinstance(await books.record(case, usd(15), line=to), Disbursement)
    assert await books.verify() == []


async def test_change_of_a_plan_is_kept_with_who_wrote_it_down(books):
    case = await books.plan(shelter=usd(60), legal=usd(40))

    await books.finish(case, "legal", "shelter")

    officer = await books.staff("officer")
    kept = "SELECT from_line, to_line, amount_minor, staff_id FROM plan_change"
    assert await books.rows(kept) == [("legal", "shelter", 4000, officer)]
    assert lines(await books.now(case)) == {"shelter": 10_000}


async def test_what_she_needs_for_nothing_else_is_its_donors_the_newest_gifts_first(books):
    case = await books.plan(shelter=usd(60), legal=usd(40))
    people = [await books.person() for _ in range(3)]
    gifts = [
        await books.given(case, amount, person_id=person)
        for amount, person in zip((usd(50), usd(30), usd(20)), people, strict=True)
    ]
    await books.spend(case, usd(30))

    outcome = await books.finish(case, "shelter")

    assert outcome == PlanChanged(usd(30), usd(30))
    assert await over_goal(books, case) == {gifts[1].id: 1000, gifts[2].id: 2000}
    assert await books.funds(case) == (4000, 3000)
    assert [await books.questions(gift) for gift in gifts] == [
        [],
        [("leftover", case.id)],
        [("leftover", case.id)],
    ]
    asked = "SELECT person_id FROM outbox WHERE kind = 'question' ORDER BY person_id"
    assert await books.rows(asked) == [(person,) for person in people[1:]]
    assert (await books.progress(await books.now(case))).is_funded
    assert await books.verify() == []


async def test_cheaper_line_of_a_plan_that_is_not_funded_only_makes_the_goal_smaller(books):
    case = await books.plan(shelter=usd(60), legal=usd(40))
    hold = await books.given(case, usd(50))

    outcome = await books.finish(case, "legal")

    assert outcome == PlanChanged(usd(40), usd(0))
    assert (await books.progress(await books.now(case))).missing == usd(10)
    assert await books.questions(hold) == []
    assert await books.verify() == []


@pytest.mark.parametrize(
    ("line", "to", "outcome"),
    [
        ("medical", None, NothingLeft()),
        ("medical", "legal", NothingLeft()),
        ("shelter", "legal", NothingLeft()),
        ("legal", "legal", NothingLeft()),
    ],
)
async def test_line_on_which_nothing_is_left_changes_nothing(books, line, to, outcome):
    case = await books.plan(shelter=usd(60), legal=usd(40))
    await books.given(case, usd(100))
    await books.spend(case, usd(60))

    assert await books.finish(case, line, to) == outcome

    assert await books.now(case) == case
    assert await books.rows("SELECT * FROM plan_change") == []


async def test_last_line_cannot_be_taken_away_but_moved(books):
    case = await books.plan(shelter=usd(60))
    await books.given(case, usd(60))

    assert await books.finish(case, "shelter") == LastLine()
    assert await books.finish(case, "shelter", "legal") == PlanChanged(usd(60), usd(0))

    assert lines(await books.now(case)) == {"legal": 6000}


async def test_last_line_that_is_spent_in_part_can_be_finished(books):
    case = await books.plan(shelter=usd(60))
    await books.given(case, usd(60))
    await books.spend(case, usd(45))

    assert await books.finish(case, "shelter") == PlanChanged(usd(15), usd(15))

    assert lines(await books.now(case)) == {"shelter": 4500}
    assert await books.verify() == []


async def test_spending_that_waits_for_approval_finds_its_line_finished(books):
    case = await books.plan(shelter=usd(60), legal=usd(40))
    await books.given(case, usd(100))
    books.clock.advance(days=8)
    waiting = await books.record(case, usd(10))
    await books.finish(case, "shelter", "legal")

    assert await books.approve(waiting) == NotInThePlan(usd(0))

    assert await books.balance(case, "spent") == 0


async def test_what_the_organisation_paid_in_is_nobodys_to_decide(books):
    case = await books.plan(shelter=usd(60), legal=usd(40))
    hold = await books.given(case, usd(10))
    await books.pay_in(case, usd(90))

    assert await books.finish(case, "shelter") == PlanChanged(usd(60), usd(10))
    assert await books.end(case) == Ended(usd(0))

    assert await over_goal(books, case) == {hold.id: 1000}
    assert await books.funds(case) == (9000, 1000)
    assert await books.verify() == []


# The end


@pytest.mark.parametrize("outcome", Outcome)
async def test_plan_that_ends_leaves_what_is_unspent_to_its_donors(books, outcome):
    case = await books.plan(shelter=usd(60), legal=usd(40))
    older, newer = await books.given(case, usd(50)), await books.given(case, usd(30))
    await books.spend(case, usd(20))

    assert await books.end(case, outcome) == Ended(usd(60))

    ended = await books.now(case)
    assert (ended.is_open, ended.outcome) == (False, outcome)
    assert await over_goal(books, case) == {older.id: 3000, newer.id: 3000}
    assert await books.funds(case) == (0, 6000)
    assert await books.balance(case, "spent") == 2000
    assert await books.questions(older) == [("ended", case.id)]
    assert await books.verify() == []


async def test_plan_ends_once_and_changes_no_more(books):
    case = await books.plan(shelter=usd(60), legal=usd(40))
    await books.given(case, usd(50))
    await books.end(case, Outcome.COMPLETE)

    assert await books.end(case, Outcome.DIED) == HasEnded()
    assert await books.finish(case, "shelter", "legal") == HasEnded()

    assert (await books.now(case)).outcome is Outcome.COMPLETE
    assert await books.funds(case) == (0, 5000)


async def test_nothing_in_the_books_or_the_questions_tells_why_a_plan_ended(books):
    """The reason stands in the case alone; what donors and the public are told names none."""
    case = await books.plan(shelter=usd(60))
    await books.given(case, usd(50))
    await books.end(case, Outcome.DIED)

    found = await books.rows(
        "SELECT why FROM surplus_question UNION ALL SELECT kind FROM posting"
        " UNION ALL SELECT external_ref FROM posting UNION ALL SELECT kind FROM outbox"
    )
    assert [word for (word,) in found if "died" in word] == []


async def test_donors_of_a_plan_that_ended_move_their_gifts_or_take_them_back(books):
    case, other = await books.case(usd(50)), await books.case(usd(100))
    moves, back = await books.given(case, usd(20)), await books.given(case, usd(30))
    await books.end(case)

    assert await books.answers(moves, wish(other)) == Moved(usd(20), usd(0))
    assert isinstance(await books.answers(back, wish()), GoesBack)

    assert await books.funds(case) == (0, 0)
    assert await books.funds(other) == (2000, 0)
    assert await books.rows("SELECT reason FROM refund_order") == [("ended",)]
    assert await books.verify() == []


async def test_gifts_that_moved_in_are_given_back_as_well_the_newest_first(books):
    first, case = await books.case(usd(30)), await books.case(usd(100))
    own = await books.given(case, usd(40))
    moved = await books.over(first, usd(25), wish=wish(case))
    newest = await books.given(case, usd(10))
    await books.spend(case, usd(20))

    assert await books.end(case) == Ended(usd(55))

    assert await over_goal(books, case) == {newest.id: 1000, moved.id: 2500, own.id: 2000}
    assert await books.questions(moved) == [("ended", case.id)]
    assert isinstance(await books.answers(moved, wish()), GoesBack)
    assert await books.verify() == []


async def test_only_what_still_stands_in_the_plan_is_given_back(books):
    """What is on its way back, or with a bank, is not asked about; what the bank gives back is."""
    case = await books.case(usd(100))
    back, disputed = await books.given(case, usd(20)), await books.given(case, usd(30))
    await books.send_back(back, usd(15))
    dispute = books.dispute(disputed, usd(30))
    await books.tell(disputed)

    assert await books.end(case) == Ended(usd(5))
    books.move_dispute(disputed, dispute, "won")
    await books.tell(disputed)

    assert await over_goal(books, case) == {back.id: 500, disputed.id: 3000}
    assert await books.questions(disputed) == [("over_goal", case.id)]
    assert await books.verify() == []


@pytest.mark.parametrize("agreed", ["nothing", "back", "moved"])
async def test_money_that_arrives_after_the_end_is_its_donors(books, agreed):
    case, other = await books.case(usd(100)), await books.case(usd(100))
    said = {"nothing": None, "back": wish(), "moved": wish(other)}[agreed]
    hold = await books.hold(case, usd(25), wish=said)
    await books.end(case)
    books.pay(hold)

    await books.tell(hold)

    assert await books.funds(case) == (0, 2500 if agreed == "nothing" else 0)
    assert await books.questions(hold) == ([("over_goal", case.id)] if agreed == "nothing" else [])
    assert await books.orders() == ([("wanted", 2500)] if agreed == "back" else [])
    assert await books.funds(other) == (2500 if agreed == "moved" else 0, 0)
    assert await books.verify() == []


# Payment pages


async def test_plan_that_ends_has_its_open_pages_closed_and_no_others(books, wanted):
    case, other = await books.case(usd(100)), await books.case(usd(100))
    open_page = await books.hold(case, usd(10))
    await books.given(case, usd(20))
    await books.late(case, usd(30))
    await books.hold(other, usd(10))

    await books.end(case)

    assert wanted == [("close_page", open_page.id)]


@pytest.mark.parametrize(("given", "closes"), [(60, True), (59, False)])
async def test_plan_that_became_smaller_has_its_pages_closed_if_it_is_filled(
    books, wanted, given, closes
):
    case = await books.plan(shelter=usd(60), legal=usd(40))
    holder = await books.hold(case, usd(30))
    await books.given(case, usd(given))

    await books.finish(case, "legal")

    assert wanted == ([("close_page", holder.id)] if closes else [])
    books.pay(holder)  # the page may be paid before it is closed
    await books.tell(holder)
    assert await books.funds(case) == (6000, 3000 if closes else 2900)
    assert await books.verify() == []


async def test_page_of_who_holds_the_last_of_a_plan_stays_open(books, wanted):
    case = await books.case(usd(100))
    await books.hold(case, usd(30))

    await books.given(case, usd(70))

    assert wanted == []


async def test_who_pays_first_leaves_a_smaller_plan_the_room_that_another_holds(books, wanted):
    case = await books.plan(shelter=usd(60), legal=usd(40))
    first, second = await books.hold(case, usd(60)), await books.hold(case, usd(40))
    await books.finish(case, "legal")

    for hold, after in ((first, (2000, 4000)), (second, (6000, 4000))):
        books.pay(hold)
        await books.tell(hold)
        assert await books.funds(case) == after

    assert wanted == []
    assert await books.verify() == []

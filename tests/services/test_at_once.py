"""Donors, staff and Stripe at once, each over its own connections: nothing twice, nothing lost."""

import asyncio

from services import losses, surplus
from services.closing import Ended
from services.refunds import NothingToRefund, RefundOrder
from services.shares import Share
from services.surplus import GoesBack, Moved, NotAsked
from storage.database import Database
from tests.payments.rig import usd
from tests.services.books import at_once, wish


async def test_two_donors_who_move_to_the_last_room_of_a_plan_share_it(books, elsewhere):
    full, other = await books.case(usd(30)), await books.case(usd(30))
    gifts = await books.all_over(full, usd(25), usd(25))

    outcomes = await at_once(
        (entry.answers, gift, wish(other))
        for entry, gift in zip((books, elsewhere), gifts, strict=True)
    )

    assert sorted(outcomes, key=lambda moved: moved.left.amount_minor) == [
        Moved(usd(25), usd(0)),
        Moved(usd(5), usd(20)),
    ]
    assert await books.funds(other) == (3000, 0)
    assert await books.verify() == []


async def test_one_question_answered_twice_at_once_is_answered_once(books, elsewhere):
    full, other = await books.case(usd(30)), await books.case(usd(100))
    gift = await books.over(full, usd(25))

    outcomes = await at_once(
        [(books.answers, gift, wish(other)), (elsewhere.answers, gift, wish())]
    )

    assert outcomes.count(NotAsked()) == 1
    assert sum(isinstance(outcome, Moved | GoesBack) for outcome in outcomes) == 1
    assert (await books.standing(gift)).get((full.code, "over_goal")) is None
    assert len(await books.rows("SELECT * FROM surplus_consent")) == 1
    assert await books.verify() == []


async def test_donor_who_answers_while_the_time_runs_out_is_heard_or_refunded(books, elsewhere):
    full, other = await books.case(usd(30)), await books.case(usd(1000))
    gifts = await books.all_over(full, *[usd(25)] * 4)
    books.clock.advance(days=7)

    _, *outcomes = await at_once(
        [(surplus.lapse, books.house), *((elsewhere.answers, gift, wish(other)) for gift in gifts)]
    )

    moved = sum(outcome == Moved(usd(25), usd(0)) for outcome in outcomes)
    assert moved + outcomes.count(NotAsked()) == 4
    assert await books.funds(other) == (2500 * moved, 0)
    assert await books.balance(full, "refund_due") == 2500 * (4 - moved)
    assert await books.orders() == [("wanted", 2500)] * (4 - moved)
    assert await books.verify() == []


async def test_gifts_that_move_crosswise_at_once_do_not_wait_for_each_other(books, elsewhere):
    both = [await books.case(usd(30)) for _ in range(2)]
    gifts = []
    for case in both:
        gift = await books.late(case, usd(25))
        first = await books.given(case, usd(30))
        books.pay(gift)
        await books.tell(gift)
        gifts.append(gift)
        books.refund(first)
        await books.tell(first)  # now each plan has room again

    outcomes = await at_once(
        [(books.answers, gifts[0], wish(both[1])), (elsewhere.answers, gifts[1], wish(both[0]))]
    )

    assert outcomes == [Moved(usd(25), usd(0))] * 2
    assert await books.verify() == []


async def test_plan_that_ends_while_its_donors_answer_loses_track_of_nothing(books, elsewhere):
    case, other = await books.case(usd(30)), await books.case(usd(1000))
    gifts = [await books.late(case, usd(25)) for _ in range(2)]
    await books.given(case, usd(20))
    for gift in gifts:  # 10 of the first is for the plan, and nothing of the second
        books.pay(gift)
        await books.tell(gift)

    ended, *answers = await at_once(
        [(books.end, case), *((elsewhere.answers, gift, wish(other)) for gift in gifts)]
    )

    assert ended == Ended(usd(30))
    assert all(isinstance(answer, Moved) for answer in answers)
    assert sum(await books.funds(case)) + sum(await books.funds(other)) == 7000
    for gift in gifts:
        over = (await books.standing(gift)).get((case.code, "over_goal"), 0)
        assert len(await books.questions(gift)) == (1 if over else 0)
    assert await books.verify() == []


async def test_refund_that_two_decide_at_once_is_decided_once(books, elsewhere):
    case = await books.case()
    gift = await books.given(case, usd(25))

    outcomes = await at_once([(books.send_back, gift), (elsewhere.send_back, gift)])

    assert sum(isinstance(outcome, RefundOrder) for outcome in outcomes) == 1
    assert outcomes.count(NothingToRefund(usd(0))) == 1
    assert await books.balance(case, "refund_due") == 2500
    assert await books.verify() == []


async def test_second_loss_waits_for_the_first_and_takes_what_is_left_of_the_reserve(
    big_books, postgresql_url
):
    """On PostgreSQL alone: SQLite has one writer, and nobody waits inside a transaction."""
    books = big_books
    case, other = await books.case(), await books.case()
    await books.reserve(usd(30))

    async def bear(connection, name, case):
        share = Share(case.id, "fund", usd(25))
        await losses.bear(connection, name, (share,), books.clock())

    async def elsewhere():
        database = Database.open(postgresql_url)
        try:
            async with database.write() as connection:
                await bear(connection, "second", other)
        finally:
            await database.close()

    async with books.house.write() as connection:
        await bear(connection, "first", case)
        second = asyncio.create_task(elsewhere())
        await books.until_somebody_waits()
    await second

    assert await books.balance(None, "reserve") == 0
    assert await books.balance(None, "contributed") == 5000
    assert await books.balance(None, "own_means") == -100 * (30 + 20)
    assert await books.verify() == []


async def test_gifts_and_what_the_organisation_bears_at_once_do_not_wait_crosswise(big_books):
    """All of them book in the organisation's book: fees, losses, what stands in for spent money."""
    books, acts = big_books, []
    for end in ("needs_response", "lost", "needs_response", "lost"):
        case = await books.case(usd(25))
        gift = await books.given(case, usd(25), times=1)
        await books.spend(case, usd(25))
        dispute = books.dispute(gift)
        if end == "lost":
            books.move_dispute(gift, dispute, end)
        young = await books.hold(await books.case(usd(25)), usd(25))
        books.pay(young)
        acts += [(books.tell, gift, 1), (books.tell, young, 1)]

    await at_once(acts)

    assert await books.balance(None, "fees") == 8 * 100 + 4 * 1500
    assert await books.balance(None, "disputed") == 5000
    assert await books.balance(None, "contributed") == 5000
    assert await books.verify() == []

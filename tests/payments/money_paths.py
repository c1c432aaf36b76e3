"""The paths that money takes, each as its own world begins it and as often as it is asked for."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from services import acts, incoming, spending, staff_acts, surplus
from services.closing import Outcome
from services.giving import Held
from services.spending import Disbursement
from services.surplus import Wish
from storage import cases, people
from tests.payments.rig import usd
from tests.payments.test_reconciling import without_events
from tests.services.books import wish
from values.lines import BudgetLine

There = SimpleNamespace
"""What stands before a path begins."""

_CHAT = 7_000_001


class ComeAgain(Exception):
    """The event was answered with 503."""


@dataclass(frozen=True)
class Path:
    """
    A path.

    Attributes:
        prepare: Bring about what is there before; hand back what `walk` needs of it.
        walk: All of the path. Once more it does only what is missing, as the same event, the
            same request or the same job would.
        again: What makes up for a fault; None: to walk once more.
        loses: The connection is lost as well, before each statement.
    """

    prepare: Callable[[Any], Awaitable[There]]
    walk: Callable[[Any, There], Awaitable[None]]
    again: Callable[[Any, There], Awaitable[None]] | None = None
    loses: bool = False


async def told(till: Any, event: dict[str, Any]) -> None:
    """Stripe delivers an event."""
    status = await till.deliver(event)
    if status != 200:
        assert status == 503, status
        raise ComeAgain(event["type"])


async def newest(till: Any, *types: str) -> None:
    """Stripe delivers the newest event of each of these types."""
    for kind in types:
        events = till.stripe._world.all("event")
        [*_, event] = [event for event in events if event["type"] == kind]
        await told(till, event)


# A gift


async def somebody(till: Any) -> There:
    async with till.house.write() as connection:
        person = await people.ensure(connection, till.house.seal, _CHAT)
    return There(case=await till.case(), person=person.id)


async def takes_and_opens(till: Any, there: There) -> None:
    options = {"request_key": "request:one", "person_id": there.person, "wish": wish()}
    taken = await till.take(there.case, usd(25), **options)
    assert isinstance(taken, Held), taken
    await till.gifts.open_page(taken.hold.id)


async def opened(till: Any) -> There:
    there = await somebody(till)
    there.hold = await till.opened(there.case, usd(25), person_id=there.person)
    return there


async def paid(till: Any) -> There:
    there = await opened(till)
    await till.stripe.pay(till.page(there.hold)["id"])
    return there


async def paid_and_settled(till: Any) -> There:
    there = await paid(till)
    await till.stripe.settle_now()
    return there


async def paid_and_told(till: Any) -> There:
    there = await paid(till)
    await told_at_once(till, there)
    await till.stripe.settle_now()
    return there


async def told_that_it_settled(till: Any, there: There) -> None:
    await newest(till, "charge.updated")


async def told_at_once(till: Any, there: There) -> None:
    await newest(till, "checkout.session.completed")


async def worker_looks(till: Any, there: There) -> None:
    till.clock.advance(minutes=1)
    await till.gifts.look_at_due()
    await newest(till, "checkout.session.completed")


async def reconciled(till: Any, there: There) -> None:
    till.clock.advance(minutes=1)
    report = await till.reconcile()
    assert report.stop is None, report


async def transfer(till: Any) -> There:
    there = await opened(till)
    await till.stripe.pay(till.page(there.hold)["id"], "bank")
    return there


async def arrived(till: Any) -> There:
    there = await transfer(till)
    await told_at_once(till, there)
    await till.stripe.arrive(till.page(there.hold)["id"])
    await till.stripe.settle_now()
    return there


async def told_of_arrival(till: Any, there: There) -> None:
    await newest(till, "checkout.session.async_payment_succeeded")


# Over the goal


def over_goal(wished: str) -> Callable[[Any], Awaitable[There]]:
    async def prepare(till: Any) -> There:
        async with till.house.write() as connection:
            person = await people.ensure(connection, till.house.seal, _CHAT)
        case, other = await till.case(usd(30)), await till.case(usd(100))
        agreed = {"moves": wish(other), "goes back": wish(), "asked": None}[wished]
        hold = await till.opened(case, usd(25), person_id=person.id, wish=agreed)
        await till.run("UPDATE hold SET state = 'released' WHERE id = :id", id=hold.id)
        await till.run("UPDATE checkout SET state = 'done' WHERE hold_id = :id", id=hold.id)
        await till.settled(case, usd(20))
        await till.stripe.pay(till.page(hold)["id"])
        await till.stripe.settle_now()
        return There(case=case, other=other, hold=hold, person=person.id)

    return prepare


async def asked(till: Any) -> There:
    there = await over_goal("asked")(till)
    await newest(till, "checkout.session.completed")
    [(there.question,)] = await till.rows("SELECT id FROM surplus_question")
    there.small = await till.case(usd(10))
    return there


def answers(choose: Callable[[There], Wish]) -> Callable[[Any, There], Awaitable[None]]:
    async def walk(till: Any, there: There) -> None:
        await incoming.carry_out(
            till.house,
            update_id=1,
            chat_id=_CHAT,
            act=acts.AnswerSurplus(there.hold.reference, there.question, choose(there)),
            locale="en",
            route_after=lambda outcome: type(outcome).__name__,
        )

    return walk


async def nobody_answered(till: Any) -> There:
    there = await asked(till)
    till.clock.advance(days=8)
    return there


async def lapses(till: Any, there: There) -> None:
    await surplus.lapse_all(till.house)


# Taken back


async def settled(till: Any) -> There:
    there = await somebody(till)
    there.hold = await till.settled(there.case, usd(25), person_id=there.person)
    return there


async def sends_back(till: Any, there: There) -> None:
    await staff_acts.refund_gift(till.house, there.hold.reference, None)


async def to_be_sent_back(till: Any) -> There:
    there = await settled(till)
    await sends_back(till, there)
    [(there.order,)] = await till.rows("SELECT id FROM refund_order")
    return there


async def carries_out(till: Any, there: There) -> None:
    await till.refunds.carry_out(there.order)


async def waiting(till: Any) -> There:
    there = await to_be_sent_back(till)
    till.stripe.next_refunds.append("waiting")
    await carries_out(till, there)
    [refund] = till.stripe.refunds
    await till.stripe.finish_refund(refund["id"])
    return there


async def told_that_it_is_gone(till: Any, there: There) -> None:
    await newest(till, "refund.updated")


async def refunded_at_stripe(till: Any) -> There:
    there = await settled(till)
    await till.stripe.refund(till.page(there.hold)["id"], 1000)
    return there


async def told_of_refund(till: Any, there: There) -> None:
    await newest(till, "refund.created")


async def refund_failed(till: Any) -> There:
    there = await refunded_at_stripe(till)
    await told_of_refund(till, there)
    [refund] = till.stripe.refunds
    await till.stripe.finish_refund(refund["id"], succeed=False)
    return there


async def told_of_failure(till: Any, there: There) -> None:
    await newest(till, "refund.failed")


async def disputed(till: Any) -> There:
    there = await settled(till)
    there.dispute = await till.stripe.dispute(till.page(there.hold)["id"])
    return there


async def disputed_after_spending(till: Any) -> There:
    there = await settled(till)
    await till.spend(there.case, usd(20))
    there.dispute = await till.stripe.dispute(till.page(there.hold)["id"])
    return there


async def told_of_dispute(till: Any, there: There) -> None:
    await newest(till, "charge.dispute.created")


def decided(
    end: str, begin: Callable[[Any], Awaitable[There]]
) -> Callable[[Any], Awaitable[There]]:
    async def prepare(till: Any) -> There:
        there = await begin(till)
        await told_of_dispute(till, there)
        await till.stripe.move_dispute(there.dispute["id"], end)
        return there

    return prepare


async def told_of_end(till: Any, there: There) -> None:
    await newest(till, "charge.dispute.closed")


# Staff


async def half_full(till: Any) -> There:
    there = await settled(till)
    await till.settled(there.case, usd(30))
    there.waiting = await till.opened(there.case, usd(10))
    async with till.house.write() as connection:
        for code in ("one", "other"):
            await cases.add_staff(connection, code, invented=True)
    return there


async def ends(till: Any, there: There) -> None:
    await staff_acts.end_plan(till.house, there.case.code, Outcome.WITHDRAWN)


async def ended(till: Any) -> There:
    there = await half_full(till)
    await ends(till, there)
    return there


async def closes_page(till: Any, there: There) -> None:
    await till.gifts.close_page(there.waiting.id)


async def two_lines(till: Any) -> There:
    async with till.house.write() as connection:
        case_id = await cases.add_case(
            connection,
            code="twolines",
            slug="two-lines",
            currency="USD",
            lines=[(BudgetLine.SHELTER, usd(50)), (BudgetLine.LEGAL, usd(20))],
            invented=True,
            now=till.clock(),
        )
        case = await cases.by_id(connection, case_id)
        await cases.add_staff(connection, "one", invented=True)
        person = await people.ensure(connection, till.house.seal, _CHAT)
    hold = await till.settled(case, usd(60), person_id=person.id)
    return There(case=case, hold=hold)


async def finishes_line(till: Any, there: There) -> None:
    await staff_acts.finish_line(
        till.house, case=there.case.code, line=BudgetLine.LEGAL, to_line=None, by="one"
    )


async def old_enough(till: Any) -> There:
    there = await half_full(till)
    till.clock.advance(days=8)
    async with till.house.read() as connection:
        there.one = await cases.staff_id(connection, "one")
    return there


async def spends(till: Any, there: There) -> None:
    async with till.house.write() as connection:
        recorded = await spending.record(
            till.house,
            connection,
            case_id=there.case.id,
            line=BudgetLine.SHELTER,
            amount=usd(20),
            month=till.clock().strftime("%Y-%m"),
            recorder_id=there.one,
            request_key="spending:one",
        )
    assert isinstance(recorded, Disbursement), recorded
    await staff_acts.decide_spending(till.house, recorded.id, approves=True, by="other")


# Nobody told us


async def unheard(till: Any) -> There:
    there = await paid_and_settled(till)
    await till.stripe.refund(till.page(there.hold)["id"], 1000)
    without_events(till)
    return there


async def strange(till: Any) -> There:
    await till.foreign(4000)
    await till.stripe.move("stripe_fee", -200, "usd")
    await till.stripe.payout("usd")
    without_events(till)
    return There()


PATHS = {
    "taken, and its page opened": Path(somebody, takes_and_opens),
    "paid": Path(paid, told_at_once),
    "paid, then settled": Path(paid_and_told, told_that_it_settled),
    "paid and settled at once": Path(paid_and_settled, told_at_once, worker_looks, loses=True),
    "promised": Path(transfer, told_at_once),
    "promised, then arrived": Path(arrived, told_of_arrival),
    "over the goal, moves": Path(over_goal("moves"), told_at_once),
    "over the goal, goes back": Path(over_goal("goes back"), told_at_once),
    "over the goal, asked": Path(over_goal("asked"), told_at_once),
    "answer: move": Path(asked, answers(lambda there: wish(there.other))),
    "answer: move what has room": Path(asked, answers(lambda there: wish(there.small))),
    "answer: back": Path(asked, answers(lambda _: wish())),
    "no answer": Path(nobody_answered, lapses),
    "refund decided": Path(settled, sends_back),
    "refund carried out": Path(to_be_sent_back, carries_out),
    "refund gone": Path(waiting, told_that_it_is_gone),
    "refund at Stripe": Path(refunded_at_stripe, told_of_refund),
    "refund that failed": Path(refund_failed, told_of_failure),
    "dispute": Path(disputed, told_of_dispute),
    "dispute won": Path(decided("won", disputed), told_of_end),
    "dispute lost": Path(decided("lost", disputed), told_of_end),
    "dispute lost after spending": Path(decided("lost", disputed_after_spending), told_of_end),
    "plan ends": Path(half_full, ends),
    "page of a plan that ended": Path(ended, closes_page),
    "line is done": Path(two_lines, finishes_line),
    "spending": Path(old_enough, spends),
    "reconciled": Path(unheard, reconciled),
    "reconciled, strays": Path(strange, reconciled),
}

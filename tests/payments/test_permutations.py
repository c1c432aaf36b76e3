"""
The ledger is the same whatever the order of what Stripe tells, however often, and however much of
it is never told: all of it is derived from what Stripe says is true.
"""

from itertools import permutations

import pytest

from tests.payments.rig import usd

FEE_MINOR, DISPUTE_FEE_MINOR = 103, 1500
ENDS = ("won", "lost")

TELLING = {
    "completed": "checkout.session.completed",
    "settled": "charge.updated",
    "refunded": "refund.created",
    "disputed": "charge.dispute.created",
    "closed": "charge.dispute.closed",
}
"""What happens to a gift of 25: 10 of it go back, a bank takes the rest, and decides."""


class Gift:
    """A gift to a plan of its own, and what happens to it at Stripe, step by step."""

    def __init__(self, till, end):
        self.till = till
        self.end = end

    async def opened(self):
        self.case = await self.till.case(usd(100))
        self.hold = await self.till.opened(self.case, usd(25))
        self.page = (await self.till.checkout(self.hold)).stripe_session_id
        self.before = len(self._events())
        return self

    def _events(self):
        return self.till.stripe._world.all("event")  # not copied one by one, as `events` is

    async def happens(self, step):
        stripe, page = self.till.stripe, self.page
        if step == "completed":
            await stripe.pay(page)
        elif step == "settled":
            await stripe.settle_now()
        elif step == "refunded":
            await stripe.refund(page, 1000)
        elif step == "disputed":
            self.dispute = await stripe.dispute(page, 1500)
        else:
            await stripe.move_dispute(self.dispute["id"], self.end)

    async def told(self, step):
        """Deliver what Stripe tells of *step*."""
        event = next(
            event for event in self._events()[self.before :] if event["type"] == TELLING[step]
        )
        assert await self.till.deliver(event) == 200

    async def books(self):
        """Everything that is booked of it: the plan's accounts, and where the gift stands."""
        accounts = await self.till.rows(
            "SELECT a.kind, b.amount_minor FROM account a JOIN balance b ON b.account_id = a.id"
            " WHERE a.book_id = :book AND b.amount_minor <> 0 ORDER BY a.kind",
            book=self.case.id,
        )
        standing = {
            (book == self.case.code, kind): minor
            for (book, kind), minor in (await self.till.standing(self.hold)).items()
        }
        states = await self.till.rows(
            "SELECT h.state, c.state, r.state, r.amount_minor, d.status FROM hold h"
            " JOIN checkout c ON c.hold_id = h.id JOIN refund_order r ON r.hold_id = h.id"
            " JOIN stripe_charge s ON s.hold_id = h.id JOIN stripe_dispute d ON d.charge_id = s.id"
            " WHERE h.id = :id",
            id=self.hold.id,
        )
        return accounts, standing, states


def expected(end):
    """What must be booked in the end."""
    kept = ("fund", 1500) if end == "won" else ("charged_back", 1500)
    return (
        sorted([("world", -2500), ("refunded", 1000), kept]),
        {(True, "refunded"): 1000, (True, kept[0]): 1500},
        [("settled", "done", "gone", 1000, end)],
    )


async def sound(till, gifts):
    """The organisation bore the fees of all *gifts* and nothing else; the books are sound."""
    assert await till.fees() == gifts * (FEE_MINOR + DISPUTE_FEE_MINOR)
    assert await till.balance(None, "own_means") == -gifts * (FEE_MINOR + DISPUTE_FEE_MINOR)
    assert await till.rows("SELECT DISTINCT kind FROM alarm") == [("dispute",)]
    assert await till.verify() == []


@pytest.fixture
def still(till, monkeypatch):
    """A till whose Stripe stands still once it is read: what it said of a gift it says again."""
    for name in ("read", "refunds_of", "disputes_of"):
        monkeypatch.setattr(till.gateway, name, _remembering(getattr(till.gateway, name)))
    return till


def _remembering(ask):
    said = {}

    async def remembering(of):
        if of not in said:
            said[of] = await ask(of)
        return said[of]

    return remembering


async def test_every_order_in_which_it_is_told_twice_over_comes_to_the_same_ledger(still):
    """
    All orders of four, and the fifth in every place between them; in other ones on each engine.

    The rest of the 120 orders of five says nothing more before the first that is understood.
    """
    is_big = still.house.database.dialect == "postgresql"
    orders = list(permutations(step for step in TELLING if step != "disputed"))
    for number, four in enumerate(orders):
        place = (number + 2 * is_big) % 5
        order = (*four[:place], "disputed", *four[place:])
        gift = await Gift(still, ENDS[number % 2]).opened()
        for step in TELLING:
            await gift.happens(step)

        for step in order + order:
            await gift.told(step)

        assert await gift.books() == expected(gift.end), order

    await sound(still, len(orders))


async def test_every_part_of_it_that_is_told_as_it_happens_comes_to_the_same_ledger(till):
    """What is not told in time is lost; only the end is always told, and one thing once more."""
    steps = list(TELLING)
    is_big = till.house.database.dialect == "postgresql"
    parts = range(is_big, 16, 1 + is_big)  # on PostgreSQL those in which the payment is told
    for part in parts:
        gift = await Gift(till, ENDS[part.bit_count() % 2]).opened()
        for place, step in enumerate(steps):
            till.clock.advance(minutes=part % 3)
            await gift.happens(step)
            if step == "closed" or part & 1 << place:
                await gift.told(step)
                await gift.told(step)
        await gift.told(steps[part % 4])

        assert await gift.books() == expected(gift.end), f"{part:04b}"

    await sound(till, len(parts))

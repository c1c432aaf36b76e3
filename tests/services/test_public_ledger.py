"""The ledger as everybody may see it, over a real book."""

import datetime as dt
import hashlib
from itertools import count

import pytest

from services.catalogue import Shelf
from services.look import Look
from services.public_ledger import Kind, overview, statement
from services.samples import put_samples
from storage import cases, ledger
from storage.ledger import ORGANISATION_BOOK, Leg, Posting
from storage.sealing import Seal, new_data_key
from tests.two_stories import two_packs
from values.money import Money

NOW = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
_numbers = count(1)


def usd(units):
    return Money(units * 100, "USD")


@pytest.fixture
async def books(database):
    """Post to the books of Mala and Arif, and look at them as a page does."""
    seal = Seal(new_data_key())
    async with database.write() as connection:
        await put_samples(connection, seal, two_packs(), NOW)
        mala = await cases.by_slug(connection, "mala")
        arif = await cases.by_slug(connection, "arif")
    return Books(database, Shelf(seal), mala, arif)


class Books:
    def __init__(self, database, shelf, mala, arif):
        self.database, self.shelf, self.mala, self.arif = database, shelf, mala, arif

    async def post(self, kind, *legs, at=NOW):
        reference = f"{kind}:{next(_numbers)}"
        payload = hashlib.sha256(reference.encode()).digest()
        async with self.database.write() as connection:
            posting = Posting("test", reference, kind, legs, payload)
            return (await ledger.post(connection, posting, at)).id

    async def gift(self, case, amount, at=NOW):
        return await self.post("donation", Leg(case.id, "world", "fund", amount), at=at)

    async def spend(self, case, amount, at=NOW):
        await self.post("disbursement", Leg(case.id, "fund", "spent", amount), at=at)

    async def refund(self, case, donation_id, amount):
        """Set a part of a donation apart, and send it."""
        away = Leg(case.id, "fund", "refund_due", amount, donation_id)
        await self.post("refund_decided", away)
        await self.post("refund", Leg(case.id, "refund_due", "refunded", amount, donation_id))

    async def move(self, donation_id, amount, out_of):
        """Move a donation on from Mala to Arif."""
        number = next(_numbers)
        async with self.database.write() as connection:
            await ledger.re_earmark(
                connection,
                source="test",
                external_ref=f"move:{number}",
                payload_sha256=bytes(32),
                donation_id=donation_id,
                from_case=self.mala.id,
                to_case=self.arif.id,
                amount=amount,
                consent_ref=f"consent {number}",
                consent_sha256=bytes(32),
                now=NOW,
                out_of=out_of,
            )

    async def contribute(self, case, amount):
        async with self.database.write() as connection:
            await ledger.contribute(
                connection,
                source="test",
                external_ref=f"contribution:{next(_numbers)}",
                payload_sha256=bytes(32),
                to_case=case.id,
                amount=amount,
                now=NOW,
            )

    async def reverse_newest(self, case):
        async with self.database.write() as connection:
            newest = (await ledger.statement(connection, case.id, 1))[0]
            await ledger.reverse(
                connection,
                source="test",
                external_ref=f"reversal:{newest.seq}",
                payload_sha256=bytes(32),
                seq=newest.seq,
                now=NOW,
            )

    async def see(self, function, *arguments):
        async with self.database.read() as connection:
            look = Look(connection, self.shelf, "Safe Harbour", NOW, "web")
            return await function(look, *arguments)


def adds_up(sums):
    went = sums.held + sums.over_goal + sums.spent + sums.fees + sums.moved_on
    back = sums.refund_due + sums.refunded + sums.disputed + sums.charged_back
    return sums.given + sums.moved_here + sums.loss_borne == went + back


async def test_every_kind_of_transfer_keeps_the_sums_equal(books):
    first = await books.gift(books.mala, usd(100))
    over = await books.post("donation", Leg(books.mala.id, "world", "over_goal", usd(30)))
    await books.post("disbursement", Leg(books.mala.id, "fund", "spent", usd(20)))
    await books.refund(books.mala, first, usd(10))
    await books.post("dispute", Leg(books.mala.id, "fund", "disputed", usd(3), first))
    await books.move(over, usd(30), out_of="over_goal")
    await books.contribute(books.arif, usd(5))

    seen = await books.see(overview)

    mala, arif = (
        next(case.sums for case in seen.cases if case.code == one.code)
        for one in (books.mala, books.arif)
    )
    assert (mala.given, mala.held, mala.spent) == (usd(130), usd(67), usd(20))
    assert mala.disputed == usd(3)
    assert (mala.refunded, mala.over_goal, mala.moved_on) == (usd(10), usd(0), usd(30))
    assert (arif.given, arif.moved_here, arif.held) == (usd(0), usd(35), usd(35))
    assert adds_up(mala)
    assert adds_up(arif)
    assert adds_up(seen.totals[0])


async def test_each_transfer_is_told_by_its_kind_and_what_it_changed(books):
    first = await books.gift(books.mala, usd(100))
    over = await books.post("donation", Leg(books.mala.id, "world", "over_goal", usd(30)))
    await books.refund(books.mala, first, usd(10))
    await books.move(over, usd(30), out_of="over_goal")

    mala = await books.see(statement, "mala")
    arif = await books.see(statement, "arif")

    assert [(row.kind, row.change) for row in mala.rows] == [
        (Kind.MOVED_ON, usd(-30)),
        (Kind.REFUND, usd(0)),
        (Kind.REFUND_SET_APART, usd(-10)),
        (Kind.GIFT_OVER_GOAL, usd(30)),
        (Kind.GIFT, usd(100)),
    ]
    assert [(row.kind, row.change) for row in arif.rows] == [(Kind.MOVED_HERE, usd(30))]


async def test_money_that_the_organisation_pays_in_is_told_as_that(books):
    await books.contribute(books.arif, usd(5))

    arif = await books.see(statement, "arif")

    assert [(row.kind, row.change) for row in arif.rows] == [(Kind.PAID_IN, usd(5))]
    assert arif.sums.given == usd(0)


async def test_a_reversed_gift_is_not_given_any_more(books):
    await books.gift(books.mala, usd(100))
    await books.reverse_newest(books.mala)

    seen = await books.see(statement, "mala")

    assert seen.sums.given == usd(0)
    assert [(row.kind, row.change) for row in seen.rows] == [
        (Kind.REVERSAL, usd(-100)),
        (Kind.GIFT, usd(100)),
    ]


async def test_spending_and_its_reversal_tell_the_month_only(books):
    await books.gift(books.mala, usd(100))
    await books.post("disbursement", Leg(books.mala.id, "fund", "spent", usd(20)))
    await books.reverse_newest(books.mala)

    seen = await books.see(statement, "mala")

    assert [(row.when, row.day) for row in seen.rows] == [
        ("2026-11", None),
        ("2026-11", None),
        ("2026-11-23", dt.date(2026, 11, 23)),
    ]
    assert seen.rows[0].year_and_month == (2026, 11)


async def test_where_spending_stands_in_its_month_does_not_tell_its_day(books):
    orders = []
    for case, spent_on in ((books.mala, 10), (books.arif, 20)):
        await books.gift(case, usd(50), at=NOW.replace(day=5))
        await books.spend(case, usd(1), at=NOW.replace(day=spent_on))
        await books.gift(case, usd(50), at=NOW.replace(day=15))
        seen = await books.see(statement, case.slug)
        orders.append([row.when for row in seen.rows])

    assert orders[0] == orders[1] == ["2026-11", "2026-11-15", "2026-11-05"]


async def test_only_the_newest_rows_are_kept_and_the_rest_is_counted(books):
    for day in (1, 2, 3):
        await books.gift(books.mala, usd(day), at=NOW.replace(day=day))

    seen = await books.see(statement, "mala", 2)

    assert [row.when for row in seen.rows] == ["2026-11-03", "2026-11-02"]
    assert seen.left_out == 1
    assert seen.sums.given == usd(6)


async def test_fees_are_the_organisations_and_in_no_case(books):
    await books.gift(books.mala, usd(100))
    await books.post("fee", Leg(ORGANISATION_BOOK, "own_means", "fees", usd(3)))

    seen = await books.see(overview)

    assert seen.fees == (usd(3),)
    assert seen.totals[0].held == usd(100)


async def test_there_is_no_statement_of_a_case_that_is_not_there(books):
    assert await books.see(statement, "nobody") is None


async def test_a_hidden_case_counts_and_is_not_named(books):
    await books.gift(books.mala, usd(100))
    async with books.database.write() as connection:
        await connection.exec_driver_sql("UPDATE consent SET withdrawn_at = given_at")

    seen = await books.see(overview)

    assert [case.shown for case in seen.cases] == [None, None]
    assert seen.totals[0].given == usd(100)
    assert await books.see(statement, "mala") is None

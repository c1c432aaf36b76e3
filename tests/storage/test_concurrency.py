"""Several writers at once: nothing is lost, nothing is booked twice, nobody waits for ever."""

import asyncio
import datetime as dt
import sys
from itertools import count

import pytest
import sqlalchemy as sa

from storage import ledger
from storage.database import Database
from storage.errors import Refused
from storage.ledger import Leg, Posting
from values.money import Money

NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
DIGEST = b"\x01" * 32


def posting(kind, ref, *legs):
    return Posting("test", ref, kind, legs, DIGEST)


async def two_cases(database, amount):
    """Two cases; the first has one gift of *amount*. Hands back the cases and the gift's id."""

    async def act(connection):
        case = await ledger.open_book(connection, "case")
        other = await ledger.open_book(connection, "case")
        leg = Leg(case, "world", "fund", Money(amount, "EUR"))
        gift = await ledger.post(connection, posting("donation", "gift", leg), NOW)
        return case, other, gift.id

    return await database.in_write(act)


async def all_at_once(database_url, n_databases, acts):
    """Run *acts* over several independent databases' connections; the refused ones give None."""
    databases = [Database.open(database_url) for _ in range(n_databases)]

    async def attempt(number, act):
        try:
            return await databases[number % n_databases].in_write(act)
        except Refused:
            return None

    try:
        return await asyncio.gather(*(attempt(*pair) for pair in enumerate(acts)))
    finally:
        for database in databases:
            await database.close()


def poster(made):
    return lambda connection: ledger.post(connection, made, NOW)


def moving(gift, case, other, amount, name="move"):
    """Re-earmark a part of *gift*."""
    return lambda connection: ledger.re_earmark(
        connection,
        source="test",
        external_ref=name,
        payload_sha256=DIGEST,
        donation_id=gift,
        from_case=case,
        to_case=other,
        amount=Money(amount, "EUR"),
        consent_ref=f"consent to {name}",
        consent_sha256=DIGEST,
        now=NOW,
    )


async def sound(database):
    async with database.read() as connection:
        return await ledger.verify(connection)


async def test_gifts_of_many_writers_all_arrive(database, database_url):
    case, _, _ = await two_cases(database, 1)
    leg = Leg(case, "world", "fund", Money(7, "EUR"))
    acts = [poster(posting("donation", f"g{number}", leg)) for number in range(24)]

    posted = await all_at_once(database_url, 3, acts)

    assert all(one.is_new for one in posted)
    async with database.read() as connection:
        assert await ledger.balance(connection, case, "fund", "EUR") == Money(169, "EUR")
    assert await sound(database) == []


async def test_one_gift_told_by_many_is_posted_once(database, database_url):
    case, _, _ = await two_cases(database, 1)
    made = posting("donation", "once", Leg(case, "world", "fund", Money(7, "EUR")))

    posted = await all_at_once(database_url, 3, [poster(made)] * 12)

    assert [one.is_new for one in posted].count(True) == 1
    assert len({one.id for one in posted}) == 1


async def test_a_fund_is_spent_once_however_many_try(database, database_url):
    case, _, _ = await two_cases(database, 100)
    leg = Leg(case, "fund", "spent", Money(30, "EUR"))
    acts = [poster(posting("disbursement", f"d{number}", leg)) for number in range(9)]

    posted = await all_at_once(database_url, 3, acts)

    assert len([one for one in posted if one is not None]) == 3
    assert await sound(database) == []


async def test_a_gift_is_refunded_and_moved_only_as_far_as_it_goes(database, database_url):
    case, other, gift = await two_cases(database, 100)
    more = Leg(case, "world", "fund", Money(1000, "EUR"))
    await database.in_write(poster(posting("donation", "of somebody else", more)))
    refund = Leg(case, "fund", "refund_due", Money(60, "EUR"), gift)

    refunds = [poster(posting("refund_decided", name, refund)) for name in ("r1", "r2")]
    acts = [*refunds, moving(gift, case, other, 60)]
    posted = await all_at_once(database_url, 3, acts)

    assert len([one for one in posted if one is not None]) == 1
    assert await sound(database) == []


async def test_second_taking_from_one_gift_waits_for_the_first(database, database_url):
    case, other, gift = await two_cases(database, 60)
    more = Leg(case, "world", "fund", Money(1000, "EUR"))
    await database.in_write(poster(posting("donation", "of somebody else", more)))
    second = Database.open(database_url)

    async with database.write() as connection:
        refund = Leg(case, "fund", "refund_due", Money(60, "EUR"), gift)
        await ledger.post(connection, posting("refund_decided", "r1", refund), NOW)
        taking = asyncio.create_task(second.in_write(moving(gift, case, other, 60)))
        await asyncio.wait([taking], timeout=0.3)
        assert not taking.done()

    with pytest.raises(Refused) as refusal:
        await taking
    await second.close()
    assert refusal.value.constraint == "more_than_the_donation_has"


async def test_two_takings_from_one_gift_lock_in_one_order(postgresql_url):
    """One has its balances and goes on; the other, which wants one of them, waits for it."""
    database, second = Database.open(postgresql_url), Database.open(postgresql_url)
    case, other, gift = await two_cases(database, 100)
    refund = posting(
        "refund_decided", "r1", Leg(case, "fund", "refund_due", Money(10, "EUR"), gift)
    )

    async def post_once():
        async with second.write() as connection:  # not `in_write`, which would try again
            return await ledger.post(connection, refund, NOW)

    async with database.write() as connection:
        await connection.execute(sa.text("SELECT 1 FROM balance ORDER BY account_id FOR UPDATE"))
        waiting = asyncio.create_task(post_once())
        await asyncio.wait([waiting], timeout=0.3)
        assert not waiting.done()
        await moving(gift, case, other, 60)(connection)

    assert (await waiting).is_new
    assert await sound(database) == []
    await database.close()
    await second.close()


async def test_money_moving_both_ways_ends(database, database_url):
    case, other, gift = await two_cases(database, 100)
    back = Leg(other, "world", "fund", Money(100, "EUR"))
    returned = await database.in_write(poster(posting("donation", "g2", back)))

    there, here = (gift, case, other), (returned.id, other, case)
    acts = [moving(*(there if number % 2 else here), 5, f"move {number}") for number in range(16)]
    posted = await all_at_once(database_url, 4, acts)

    assert None not in posted
    assert await sound(database) == []


async def test_gifts_of_two_legs_in_either_order_wait_for_one_another(database, database_url):
    """None is repeated, as one that lost a deadlock would be."""
    case, _, _ = await two_cases(database, 1)
    legs = [Leg(case, "world", to, Money(7, "EUR")) for to in ("fund", "over_goal")]
    await database.in_write(poster(posting("donation", "opens the accounts", *legs)))
    attempts = []

    def give(number):
        async def act(connection):
            attempts.append(number)
            ordered = legs if number % 2 else legs[::-1]
            return await ledger.post(connection, posting("donation", f"g{number}", *ordered), NOW)

        return act

    posted = await all_at_once(database_url, 4, [give(number) for number in range(32)])

    assert all(one.is_new for one in posted)
    assert len(attempts) == 32
    assert await sound(database) == []


async def test_reading_sees_one_moment_while_another_writes(database, database_url):
    case, _, _ = await two_cases(database, 100)
    other = Database.open(database_url)
    leg = Leg(case, "world", "fund", Money(7, "EUR"))

    async with database.read() as connection:
        before = await ledger.balance(connection, case, "fund", "EUR")
        await other.in_write(poster(posting("donation", "meanwhile", leg)))
        after = await ledger.balance(connection, case, "fund", "EUR")
        entries = await ledger.statement(connection, case)

    await other.close()
    assert before == after == Money(100, "EUR")
    assert len(entries) == 1


async def test_reading_and_then_writing_loses_no_update(database, database_url):
    """The same read-then-write that loses updates when SQLite begins transactions by itself."""
    case, _, _ = await two_cases(database, 100)

    async def double(connection):
        fund = await ledger.balance(connection, case, "fund", "EUR")
        ref = f"at {fund.amount_minor}"
        leg = Leg(case, "world", "fund", Money(1, "EUR"))
        return await ledger.post(connection, posting("donation", ref, leg), NOW)

    posted = await all_at_once(database_url, 3, [double] * 12)

    fresh = len([one for one in posted if one.is_new])
    async with database.read() as connection:
        fund = await ledger.balance(connection, case, "fund", "EUR")
    assert fund == Money(100 + fresh, "EUR")
    assert database.dialect == "postgresql" or fresh == 12


_KILLED = """
import asyncio, sys
from tests.storage.test_concurrency import donate_for_ever
asyncio.run(donate_for_ever(sys.argv[1], int(sys.argv[2])))
"""


async def donate_for_ever(url, case):
    """Eight at once post gifts and say the reference of each when it has been acknowledged."""
    database = Database.open(url)
    leg = Leg(case, "world", "fund", Money(1, "EUR"))
    numbers = count()

    async def donor():
        for number in numbers:
            await database.in_write(poster(posting("donation", f"k{number}", leg)))
            print(f"k{number}", flush=True)  # noqa: T201 - that is what the test reads

    await asyncio.gather(*(donor() for _ in range(8)))


async def test_killed_writer_leaves_all_it_acknowledged_and_nothing_half(database, database_url):
    case, _, _ = await two_cases(database, 1)
    await database.close()
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _KILLED, database_url, str(case), stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    acknowledged = [await writer.stdout.readline() for _ in range(50)]

    writer.kill()
    rest, _ = await writer.communicate()
    acknowledged += [line for line in rest.splitlines(keepends=True) if line.endswith(b"\n")]

    async with database.read() as connection:
        for ref in acknowledged:
            assert await ledger.posting_id(connection, "test", ref.decode().strip()) is not None
        assert await ledger.verify(connection) == []

"""Many at once: each test runs its takings as tasks, on several connections of several programs."""

import asyncio
from contextlib import AsyncExitStack
from itertools import count

import pytest

from services import giving
from services.giving import Held, NothingMissing, NotOpen, TooManyOpen
from storage import cases
from storage.database import Database
from tests.payments.rig import usd

_keys = count(1)


@pytest.fixture
async def programs(till, database_url):
    """Four programs on the same database, each with connections of its own."""
    async with AsyncExitStack() as stack:
        opened = []
        for _ in range(4):
            opened.append(Database.open(database_url))
            stack.push_async_callback(opened[-1].close)
        yield opened


async def at_once(till, programs, takings):
    """Carry out all *takings*, (case, amount, options) each, at once; what came of them."""
    start = asyncio.Event()

    async def take(database, case, amount, options):
        await start.wait()
        async with database.write() as connection:
            return await giving.take_hold(
                till.house,
                connection,
                case_code=case.code,
                amount=amount,
                locale="en",
                **{"request_key": f"race:{next(_keys)}", **options},
            )

    tasks = [
        asyncio.create_task(take(programs[number % len(programs)], *taking))
        for number, taking in enumerate(takings)
    ]
    await asyncio.sleep(0)
    start.set()
    return await asyncio.gather(*tasks)


def held(outcomes):
    return [outcome.hold for outcome in outcomes if isinstance(outcome, Held)]


async def test_forty_donors_racing_for_the_last_ten_places_get_exactly_ten(till, programs):
    case = await till.case(usd(100))
    people = [await till.person() for _ in range(40)]

    outcomes = await at_once(
        till, programs, [(case, usd(10), {"person_id": person}) for person in people]
    )

    assert len(held(outcomes)) == 10
    assert outcomes.count(NothingMissing()) == 30
    assert await till.rows("SELECT COUNT(*), SUM(amount_minor) FROM hold") == [(10, 10_000)]
    assert (await till.progress(case)).missing == usd(0)


async def test_two_taps_at_once_for_different_cases_do_not_give_a_donor_a_third_hold(
    till, programs
):
    donor = await till.person()
    both = [await till.case() for _ in range(8)]
    await till.hold(both[0], usd(5), person_id=donor)

    outcomes = await at_once(
        till, programs, [(case, usd(5), {"person_id": donor}) for case in both]
    )

    assert len(held(outcomes)) == 1
    assert outcomes.count(TooManyOpen(2)) == 7


async def test_address_at_several_cases_at_once_gets_two(till, programs):
    wanted = [await till.case() for _ in range(8)]

    outcomes = await at_once(
        till, programs, [(case, usd(5), {"address_hash": b"\x07" * 32}) for case in wanted]
    )

    assert len(held(outcomes)) == 2


async def test_twenty_addresses_at_once_get_the_ten_holds_of_a_case(till, programs):
    case = await till.case(usd(1000))

    outcomes = await at_once(
        till, programs, [(case, usd(5), {"address_hash": bytes([n]) * 32}) for n in range(20)]
    )

    assert len(held(outcomes)) == 10


@pytest.mark.parametrize("who", ["chat", "web"])
async def test_one_request_under_way_many_times_takes_one_hold(till, programs, who):
    case = await till.case(usd(100))
    options = {"request_key": "the same", "address_hash": b"\x07" * 32}
    if who == "chat":
        options = {"request_key": "the same", "person_id": await till.person()}

    outcomes = await at_once(till, programs, [(case, usd(25), options)] * 8)

    assert len({hold.id for hold in held(outcomes)}) == 1
    assert len(held(outcomes)) == 8
    assert (await till.progress(case)).held == usd(25)


async def test_taking_and_settling_at_once_never_reserve_more_than_the_need(till, programs):
    """Late money and new holds compete for the same rest."""
    case = await till.case(usd(100))
    late = await till.opened(case, usd(40))
    await till.run("UPDATE hold SET state = 'released' WHERE id = :id", id=late.id)
    await till.run("UPDATE checkout SET state = 'done' WHERE hold_id = :id", id=late.id)
    await till.stripe.pay(till.page(late)["id"])
    await till.stripe.settle_now()
    people = [await till.person() for _ in range(12)]

    _, outcomes = await asyncio.gather(
        till.gifts.settle(late.id),
        at_once(till, programs, [(case, usd(10), {"person_id": one}) for one in people]),
    )

    fund, over = await till.funds(case)
    assert fund + over == 4000
    assert fund + 1000 * len(held(outcomes)) == 10_000
    assert await till.verify() == []


async def test_case_that_is_closed_while_a_donor_waits_takes_nothing(big_till, postgresql_url):
    """On PostgreSQL alone: SQLite has one writer, and nobody waits inside a transaction."""
    till = big_till
    case = await till.case()

    async with till.house.write() as closing:
        await cases.lock(closing, case.id)
        waiting = asyncio.create_task(_take_elsewhere(till, postgresql_url, case))
        await till.until_somebody_waits()
        await closing.exec_driver_sql(f"UPDATE cases SET state = 'closed' WHERE id = {case.id}")

    assert await waiting == NotOpen()


async def _take_elsewhere(till, database_url, case):
    database = Database.open(database_url)
    try:
        [outcome] = await at_once(till, [database], [(case, usd(25), {})])
    finally:
        await database.close()
    return outcome

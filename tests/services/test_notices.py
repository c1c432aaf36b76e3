"""Messages in the outbox: each is taken by one sender at a time, and none is forgotten."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from services import notices
from services.house import House
from storage import alarms, outbox, people
from storage.database import Database
from tests.payments.rig import usd


async def waiting(till, how_many):
    """So many receipts that are due."""
    case = await till.case(usd(1000))
    hold = await till.hold(case, usd(5))
    async with till.house.write() as connection:
        for number in range(how_many):
            person = await people.ensure(connection, till.house.seal, 10_000 + number)
            await outbox.enqueue(connection, "receipt", hold.id, person.id, till.clock())


@pytest.fixture
async def senders(till, database_url):
    """Four programs that deliver what is due."""
    async with AsyncExitStack() as stack:
        houses = []
        for _ in range(4):
            database = Database.open(database_url)
            stack.push_async_callback(database.close)
            house = till.house
            houses.append(
                House(database, house.seal, house.shelf, "x", "http://x", clock=till.clock)
            )
        yield houses


async def test_senders_at_once_never_take_the_same_message(till, senders):
    await waiting(till, 60)

    taken = await asyncio.gather(*(notices.claim(senders[n % 4], 10) for n in range(12)))

    ids = [message.id for some in taken for message in some]
    assert len(ids) == len(set(ids))
    assert all(len(some) <= 10 for some in taken)
    rest = [message.id for _ in range(6) for message in await notices.claim(till.house, 10)]
    assert len({*ids, *rest}) == 60
    assert len(ids) + len(rest) == 60


async def test_message_whose_sender_died_is_due_again_after_a_minute(till):
    await waiting(till, 1)
    [first] = await notices.claim(till.house)

    till.clock.advance(seconds=59)
    assert await notices.claim(till.house) == []
    till.clock.advance(seconds=1)
    [again] = await notices.claim(till.house)

    assert (again.id, first.attempts, again.attempts) == (first.id, 1, 2)


async def test_message_that_arrived_is_never_due_again(till):
    await waiting(till, 1)
    [message] = await notices.claim(till.house)

    await notices.sent(till.house, message)

    till.clock.advance(days=1)
    assert await notices.claim(till.house) == []


async def test_message_is_given_up_with_an_alarm_after_eight_attempts(till):
    await waiting(till, 1)
    waits = []
    for _ in range(notices.ATTEMPTS_ALLOWED):
        [message] = await notices.claim(till.house)
        before = till.clock()
        await notices.again(till.house, message, "BadGateway")
        rows = await till.rows("SELECT due_at, state FROM outbox")
        waits.append(rows[0][0] - int(before.timestamp()))
        till.clock.advance(seconds=waits[-1])

    assert waits[:7] == [2, 4, 8, 16, 32, 64, 128]
    assert await till.rows("SELECT state, last_error FROM outbox") == [("dead", "BadGateway")]
    assert await till.alarms() == ["message_undeliverable"]
    till.clock.advance(days=1)
    assert await notices.claim(till.house) == []


async def test_wait_that_was_asked_for_is_kept(till):
    await waiting(till, 1)
    [message] = await notices.claim(till.house)

    await notices.again(till.house, message, "too_many_requests", wait_s=90)

    till.clock.advance(seconds=89)
    assert await notices.claim(till.house) == []
    till.clock.advance(seconds=1)
    assert len(await notices.claim(till.house)) == 1


async def test_alarms_are_counted_once_for_each_thing(till):
    async with till.house.write() as connection:
        assert await alarms.ring(connection, "kind", "subject", till.clock())
        assert not await alarms.ring(connection, "kind", "subject", till.clock())
        assert await alarms.ring(connection, "kind", "another", till.clock())
        assert await alarms.count(connection) == 2

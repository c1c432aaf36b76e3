"""Messages in the outbox: taken by one sender at a time, never forgotten, true when told."""

import asyncio
from contextlib import AsyncExitStack

import pytest

from services import notices, surplus
from services.house import House
from services.surplus import Wish
from storage import alarms, outbox, people
from storage.database import Database
from storage.outbox import Message
from tests.payments.rig import usd
from tests.provider import Provider, end


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


@pytest.fixture
def provider(till):
    return Provider(till.house)


async def given(till, provider, need, amount):
    """A gift of somebody in the chat that has arrived; its receipt was sent."""
    case = await till.case(need)
    hold = await till.hold(case, amount, person_id=await till.person())
    await provider.settle(hold.reference)
    [receipt] = await notices.claim(till.house)
    await notices.sent(till.house, receipt)
    return case, hold


async def prepared(till):
    """The one message that is due, as it would be told now."""
    [message] = await notices.claim(till.house)
    return message, await notices.prepare(till.house, message)


async def answer(till, to_case_code):
    [(question_id,)] = await till.rows("SELECT id FROM surplus_question WHERE closed_at IS NULL")
    async with till.house.write() as connection:
        return await surplus.answer(
            till.house, connection, question_id, Wish(to_case_code, "en", bytes(32))
        )


async def test_question_is_told_with_what_is_left_now(till, provider):
    case, hold = await given(till, provider, usd(100), usd(25))
    await end(till.house, case)

    message, notice = await prepared(till)

    assert message.kind == "question"
    assert (notice.fact.amount, notice.fact.case_id) == (usd(25), case.id)
    assert notice.receipt.reference == hold.reference


async def test_question_that_was_answered_meanwhile_is_not_asked(till, provider):
    case, _ = await given(till, provider, usd(100), usd(25))
    await end(till.house, case)
    [message] = await notices.claim(till.house)
    await answer(till, None)

    assert await notices.prepare(till.house, message) == notices.Unsaid("nothing_to_tell")


async def test_move_is_told_from_the_posting_that_booked_it(till, provider):
    case, hold = await given(till, provider, usd(100), usd(25))
    other = await till.case(usd(10))
    await end(till.house, case)
    [question] = await notices.claim(till.house)
    await notices.sent(till.house, question)
    await answer(till, other.code)

    message, notice = await prepared(till)

    assert message.kind == "moved"
    assert notice.fact == notices.MovedOn(usd(10), case.id, other.id)
    assert notice.receipt.reference == hold.reference


async def test_refund_is_told_when_it_has_gone_and_not_once_it_came_back(till, provider):
    _, hold = await given(till, provider, usd(100), usd(25))
    await provider.refund(hold.reference, usd(10))
    message, notice = await prepared(till)
    await provider.refund_fails(hold.reference)

    late = await notices.prepare(till.house, message)
    failed, told = await prepared(till)

    assert (message.kind, notice.fact.charge, notice.fact.state) == ("refund", usd(10), "gone")
    assert late == notices.Unsaid("nothing_to_tell")
    assert (failed.kind, told.fact.charge, told.fact.state) == ("refund_failed", usd(10), "failed")


async def test_nobody_is_told_what_the_chat_refuses(till, provider):
    case, _ = await given(till, provider, usd(100), usd(25))
    await end(till.house, case)
    [message] = await notices.claim(till.house)
    await till.run("UPDATE person SET gone = :gone", gone=True)

    assert await notices.prepare(till.house, message) == notices.Unsaid("nobody_to_tell")


@pytest.mark.parametrize("kind", ["question", "moved", "refund", "refund_failed", "receipt"])
async def test_message_about_what_is_not_there_is_unsaid(till, kind):
    person = await till.person()

    unsaid = await notices.prepare(till.house, Message(1, kind, 10**6, person, 1))

    assert unsaid == notices.Unsaid("nothing_to_tell")

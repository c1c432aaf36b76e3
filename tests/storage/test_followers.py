"""Who follows whom, and that nothing is kept of who follows nobody."""

import datetime as dt

import pytest
import sqlalchemy as sa

from storage import followers
from storage.followers import Follower, Pace, Quiet

NOW = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
LATER = NOW + dt.timedelta(days=1)


@pytest.fixture
async def two_cases(database):
    """Two cases and two people, by their ids: 1 and 2 each."""
    async with database.write() as connection:
        for number in (1, 2):
            await connection.execute(
                sa.text(
                    "INSERT INTO person (id, chat_hash, chat_sealed, gone, text_only)"
                    " VALUES (:id, :hash, :hash, 0, 0)"
                ),
                {"id": number, "hash": b"%d" % number},
            )
            await connection.execute(
                sa.text("INSERT INTO book (id, kind) VALUES (:id, 'case')"), {"id": 1 + number}
            )
            await connection.execute(
                sa.text(
                    "INSERT INTO cases (id, book_kind, code, slug, currency, state, invented,"
                    " opened_at, training) VALUES (:id, 'case', :word, :word, 'EUR', 'open', 1, 1,"
                    " 0)"
                ),
                {"id": 1 + number, "word": f"c{number}"},
            )
    return database


async def write(database, act):
    return await database.in_write(act)


async def found(database, person_id=1):
    async with database.read() as connection:
        return await followers.find(connection, person_id)


async def kept(database):
    async with database.read() as connection:
        return [
            await connection.scalar(sa.text(f"SELECT COUNT(*) FROM {table}"))
            for table in ("follower", "subscription")
        ]


async def test_follows_are_told_in_the_order_they_began_and_once(two_cases):
    await write(two_cases, lambda c: followers.follow(c, 1, 3, NOW))
    await write(two_cases, lambda c: followers.follow(c, 1, 2, LATER))
    await write(two_cases, lambda c: followers.follow(c, 1, 3, LATER))

    assert await found(two_cases) == Follower(Pace.AT_ONCE, False, None, (3, 2))
    assert await found(two_cases, 2) is None
    async with two_cases.read() as connection:
        assert await followers.follows(connection, 1, 3)
        assert not await followers.follows(connection, 2, 3)
        assert await followers.subscribers(connection, 3) == 1


async def test_whoever_stops_one_keeps_the_rest(two_cases):
    await write(two_cases, lambda c: followers.follow(c, 1, 2, NOW))
    await write(two_cases, lambda c: followers.follow(c, 1, 3, NOW))
    await write(two_cases, lambda c: followers.follow(c, 2, 3, NOW))
    await write(two_cases, lambda c: followers.set_pace(c, 1, Pace.WEEKLY))

    await write(two_cases, lambda c: followers.stop(c, 1, 3))

    assert await found(two_cases) == Follower(Pace.WEEKLY, False, None, (2,))
    assert await found(two_cases, 2) == Follower(Pace.AT_ONCE, False, None, (3,))


@pytest.mark.parametrize("end", ["stop", "stop_new", "stop_all"])
async def test_with_the_last_follow_goes_everything(two_cases, end):
    await write(two_cases, lambda c: followers.follow(c, 1, 2, NOW))
    await write(two_cases, lambda c: followers.follow_new(c, 1))
    await write(two_cases, lambda c: followers.set_quiet(c, 1, Quiet(345, 1260, 480)))
    ends = {
        "stop": [lambda c: followers.stop_new(c, 1), lambda c: followers.stop(c, 1, 2)],
        "stop_new": [lambda c: followers.stop(c, 1, 2), lambda c: followers.stop_new(c, 1)],
        "stop_all": [lambda c: followers.stop_all(c, 1)],
    }[end]
    for act in ends[:-1]:
        await write(two_cases, act)
    assert await kept(two_cases) != [0, 0]

    await write(two_cases, ends[-1])

    assert await kept(two_cases) == [0, 0]
    assert await found(two_cases) is None


async def test_quiet_hours_are_remembered_and_forgotten_with_the_clock(two_cases):
    quiet = Quiet(-570, 1320, 420)
    await write(two_cases, lambda c: followers.follow_new(c, 1))

    await write(two_cases, lambda c: followers.set_quiet(c, 1, quiet))
    assert await found(two_cases) == Follower(Pace.AT_ONCE, True, quiet, ())

    await write(two_cases, lambda c: followers.set_quiet(c, 1, None))
    assert await found(two_cases) == Follower(Pace.AT_ONCE, True, None, ())
    async with two_cases.read() as connection:
        assert await connection.scalar(sa.text("SELECT offset_minutes FROM follower")) is None


async def test_of_who_follows_nobody_no_wish_is_kept(two_cases):
    await write(two_cases, lambda c: followers.set_pace(c, 1, Pace.WEEKLY))
    await write(two_cases, lambda c: followers.set_quiet(c, 1, Quiet(0, 1260, 480)))

    assert await kept(two_cases) == [0, 0]

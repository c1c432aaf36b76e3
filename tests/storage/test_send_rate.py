"""One pace for all processes: turns keep their distance, and a wait is everybody's."""

import asyncio
import time

from storage import send_rate
from storage.database import Database

EVERY_S = 0.05


async def take(database, key="bot", turns=1):
    return await database.in_write(lambda c: send_rate.take(c, key, EVERY_S, turns))


async def test_first_turn_is_free_and_the_next_is_not(database):
    assert await take(database) == 0.0

    assert 0 < await take(database) <= EVERY_S


async def test_two_paces_do_not_wait_for_each_other(database):
    assert await take(database, "bot") == 0.0

    assert await take(database, "group") == 0.0


async def test_turns_taken_together_are_used_up_one_after_the_other(database):
    assert await take(database, turns=4) == 0.0

    assert await take(database) > 2 * EVERY_S


async def test_a_wait_is_never_made_shorter(database):
    await database.in_write(lambda c: send_rate.push(c, "bot", 60))
    await database.in_write(lambda c: send_rate.push(c, "bot", 1))

    assert await take(database) > 50


async def test_many_who_ask_at_once_keep_their_distance(database, database_url):
    """Two openings of the database stand for two processes."""
    other = Database.open(database_url)
    taken: list[float] = []

    async def send(at):
        while len(taken) < 12:
            wait = await take(at)
            if wait == 0.0:
                taken.append(time.monotonic())
            else:
                await asyncio.sleep(wait)

    await asyncio.gather(*(send(at) for at in (database, other) for _ in range(3)))
    await other.close()

    # What comes later than it was allowed to leaves less than a turn to the next.
    assert taken[11] - taken[0] >= 11 * EVERY_S * 0.9

"""Followers, many or few, for tests of every room."""

import sqlalchemy as sa

from storage import followers, people
from storage.followers import Pace

FIRST_CHAT = 8_000_000_000


async def a_follower(connection, seal, chat_id, case_id, *, locale="en", pace=Pace.AT_ONCE, now):
    """Somebody who follows a case (None: anyone new); hand back their id."""
    person = await people.ensure(connection, seal, chat_id)
    await people.set_locale(connection, person.id, locale)
    if case_id is None:
        await followers.follow_new(connection, person.id)
    else:
        await followers.follow(connection, person.id, case_id, now)
    await followers.set_pace(connection, person.id, pace)
    return person.id


async def a_crowd(connection, seal, many, case_id, *, locales=("en",), now):
    """So many who follow the case, with the languages in turn; hand back their ids."""
    return [
        await a_follower(
            connection,
            seal,
            FIRST_CHAT + number,
            case_id,
            locale=locales[number % len(locales)],
            now=now,
        )
        for number in range(many)
    ]


async def deliveries(connection):
    """(person, state, attempts, reason) of every delivery, in the order of people."""
    found = await connection.execute(
        sa.text(
            "SELECT person_id, state, attempts, last_error FROM delivery ORDER BY person_id, id"
        )
    )
    return [tuple(row) for row in found]


async def states(connection):
    """How many deliveries are in each state."""
    found = await connection.execute(
        sa.text("SELECT state, COUNT(*) FROM delivery GROUP BY state ORDER BY state")
    )
    return {row[0]: row[1] for row in found}

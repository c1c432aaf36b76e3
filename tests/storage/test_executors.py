"""Executors: who lives gives signs, and who gives none is noticed."""

from storage.executors import Silence, beat, beats, forget
from values.clock import utc_now


async def test_each_sign_of_life_counts_up(database):
    async with database.write() as connection:
        await beat(connection, "a", utc_now())
        await beat(connection, "b", utc_now())
        await beat(connection, "a", utc_now())
        assert await beats(connection) == {"a": 2, "b": 1}

        await forget(connection, {"a"})
        await beat(connection, "a", utc_now())

        assert await beats(connection) == {"a": 1, "b": 1}


def test_what_changes_is_not_silent():
    now = [0.0]
    silence = Silence(10, clock=lambda: now[0])
    seen = []

    observed: list[tuple[int, dict[str, int | None]]] = [
        (0, {"a": 1, "b": 1}),
        (9, {"a": 2, "b": 1}),
        (10, {"a": 2, "b": 1}),
        (19, {"a": 2, "b": None}),
        (28, {"a": 3}),
        (40, {"b": None, "a": 3}),
    ]
    for moment, signs in observed:
        now[0] = moment
        seen.append(silence.among(signs))

    assert seen == [set(), set(), {"b"}, {"a"}, set(), {"a"}]

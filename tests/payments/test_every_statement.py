"""One SQL statement fails, each of a money path in its turn: nothing is half-written."""

import os

import pytest
import structlog

from services.checkouts import LeaseTaken
from storage.errors import CommitUncertain, StorageError
from tests.payments.money_paths import PATHS, ComeAgain
from tests.payments.statements import (
    COMMIT,
    COMMIT_OF_READING,
    FAILS,
    LOST,
    REFUSED,
    UNCERTAIN,
    Beginning,
    Statements,
    difference,
    picture,
)

EVERY_ONE = "EVERY_STATEMENT" in os.environ
"""
Else the same text fails once in a transaction. And on PostgreSQL, where nothing goes on in a
transaction after a fault, of the statements only those fail that wait for a lock; and all commits.
"""
UNKNOWN = (LOST, UNCERTAIN)
"""Whoever took a lease may not know of it."""


@pytest.fixture(autouse=True)
def _quiet():
    """A thousand faults are told in the log."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch):
    """Whoever finds the gift taken gives up at once."""
    monkeypatch.setattr("payments.gifts._LEASE_TRIES", 0)


async def attempt(act, till, there):
    """What was raised, of what may be; None if nothing."""
    try:
        await act(till, there)
    except (StorageError, LeaseTaken, ComeAgain) as error:
        return error
    return None


def faults(path, texts, dialect):
    """All that is to go wrong: (position, how), in their order."""
    before: set[str] = set()
    for position, text in enumerate(texts):
        if text == COMMIT:
            yield from ((position, REFUSED), (position, UNCERTAIN))
        elif text == COMMIT_OF_READING:
            yield position, REFUSED
        elif EVERY_ONE or (text not in before and is_telling(text, dialect)):
            yield position, FAILS
            if path.loses:
                yield position, LOST
        before = set() if text in (COMMIT, COMMIT_OF_READING) else {*before, text}


def is_telling(text, dialect):
    """Whether a fault of this statement tells something that no other does."""
    return dialect == "sqlite" or " FOR " in text


async def again(till, there, path, how):
    """Do it again. Half a minute later, if the lease may have been taken without an answer."""
    act = path.again or path.walk
    error = await attempt(act, till, there)
    if error is not None and how in UNKNOWN:
        till.clock.advance(seconds=31)
        error = await attempt(act, till, there)
    return error


@pytest.mark.parametrize("name", PATHS)
async def test_statement_that_fails_leaves_nothing_half_written(till, name):
    """
    After each fault the books are sound, and the same again ends as if there had been none.

    What one fault leaves in the middle of a transaction the next one leaves as well, alike to the
    count of every table; such a state is proved and made up for once.
    """
    path, statements = PATHS[name], Statements(till.house.database)
    there = await path.prepare(till)
    beginning = Beginning(till)
    await beginning.keep()
    with statements.counted():
        assert await attempt(path.walk, till, there) is None
    texts, end = statements.seen, await picture(till)
    assert await till.verify() == []
    sound, made_up_for = [end], []

    for position, how in faults(path, texts, till.house.database.dialect):
        where = f"{texts[position]!r}, number {position} of {len(texts)}: {how}"
        await beginning.again()
        with statements.failing(position, how):
            error = await attempt(path.walk, till, there)
        assert len(statements.seen) > position, f"never came to {where}"
        assert error is not None or how == LOST, f"nobody was told of {where}"
        if how == UNCERTAIN and till.house.database.dialect == "postgresql":
            assert isinstance(error, CommitUncertain), f"told otherwise of {where}: {error!r}"
        left = await picture(till)
        if left not in sound:
            assert await till.verify() == [], f"after {where}"
            sound.append(left)
        if how != UNCERTAIN and (how in UNKNOWN, left) in made_up_for:
            continue
        error = await again(till, there, path, how)
        assert error is None, f"cannot be done again after {where}"
        assert difference(end, await picture(till)) == {}, f"ends otherwise after {where}"
        assert await till.verify() == [], f"done again after {where}"
        made_up_for.append((how in UNKNOWN, left))

    await beginning.forget()

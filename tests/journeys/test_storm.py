"""
Two hundred events, five times each, in any order, some of them never, and the server killed with
-9 each second: in the end the books are Stripe's to the cent. And three programs that are broken in
one place each, which the same storm must show.
"""

import re

import pytest

from tests.journeys.mischief import Killing
from tests.journeys.weather import is_all_there, raging


def killing(nursery, _url):
    return Killing(nursery)


@pytest.mark.timeout(240)
async def test_after_a_storm_the_books_are_stripes_to_the_cent(database_url, tmp_path):
    async with raging(database_url, tmp_path, killing, 36) as seen:
        assert len(seen.till.stripe.events) >= 200
        assert seen.mischief.kills >= Killing.LEAST
        await is_all_there(seen)


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("broken_by", "shown"),
    [
        ("acknowledge_before_commit", "was acknowledged and is not dealt with"),
        ("no_deduplication", "was answered with 500|expected .*, found"),
        ("no_transaction", "expected .*, found"),
    ],
)
async def test_a_storm_shows_a_program_that_is_broken(database_url, tmp_path, broken_by, shown):
    async with raging(database_url, tmp_path, killing, 10, broken_by) as seen:
        assert [problem for problem in seen.storm.problems if re.search(shown, problem)]

"""The benchmark measures what it says: a ledger that is sound, and the same statements."""

import pytest
import sqlalchemy as sa

from benchmarks import ledger_rates
from benchmarks.ledger_building import build
from benchmarks.ledger_floor import Step, template
from services.verifying import counted, verify


async def test_large_ledger_is_what_the_guards_would_have_let_in(database, database_url):
    await build(database_url, 900, n_cases=4)

    async with database.read() as connection:
        assert await verify(connection) == []
        assert await counted(connection) == (4, 400 + 8)
        transfers = await connection.scalar(sa.text("SELECT COUNT(*) FROM transfer"))
    assert transfers == 900 + 4 * 5


async def test_gift_can_be_booked_on_the_large_ledger(database, database_url):
    built = await build(database_url, 90, n_cases=4)

    async with database.write() as connection:
        told = {"book": built.viral, "donation": "a new one", "fee": "its fee"}
        await ledger_rates.give(connection, 2, told)

    async with database.read() as connection:
        assert await verify(connection) == []


async def test_floor_books_what_ours_books(sqlite_url, postgresql_url):
    """Both end with a proof that every gift acknowledged is there and the ledger is sound."""
    path = sqlite_url.removeprefix("sqlite:///")

    figures = [
        await ledger_rates.on_sqlite(path, rounds=1, seconds=0.05, n_cases=3),
        await ledger_rates.on_postgresql(postgresql_url, rounds=1, seconds=0.05, n_cases=3),
    ]

    assert all(rate > 0 for found in figures for rates in found.values() for rate in rates)


def test_value_by_which_two_gifts_differ_must_be_known():
    one = [Step("INSERT", many=False, rows=(("a", 1),))]
    other = [Step("INSERT", many=False, rows=(("b", 2),))]

    with pytest.raises(ValueError, match="1 and 2"):
        template(one, {"ref": "a"}, other, {"ref": "b"})

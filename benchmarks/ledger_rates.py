"""How many gifts a second are committed: ours beside the raw drivers, in the same run."""

import asyncio
import datetime as dt
import itertools
import random
import sqlite3
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import sqlalchemy as sa

from benchmarks.ledger_floor import (
    Step,
    Told,
    give_postgresql,
    give_sqlite,
    open_sqlite,
    recording,
    template,
)
from storage import ledger
from storage.database import Connection, Database
from storage.ledger import ORGANISATION_BOOK, Leg, Posting
from storage.ledger_tables import account, posting
from storage.migrate import upgrade_async
from values.money import Money

CASES = 200
POOL = 20  # as many connections as our own pool opens at most
NOW = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)

_DIGEST = b"\x01" * 32
_GROSS, _OVER, _FEE = Money(2500, "USD"), Money(500, "USD"), Money(88, "USD")

Give = Callable[[], Awaitable[None]]
Pool = Any  # asyncpg says nothing of its types


@dataclass(frozen=True)
class Contest:
    """
    What is measured: how many *donors* at once give to how many *cases*.

    Attributes:
        is_floor: By the raw driver; else by the program's own way.
    """

    cases: int
    donors: int
    is_floor: bool = False


@dataclass
class Bench:
    """
    A database and what is needed to give to its cases by hand.

    Attributes:
        steps: The statements of a gift, by the number of its legs.
    """

    database: Database
    cases: list[Told]
    steps: dict[int, tuple[Step, ...]] = field(default_factory=dict)
    given: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def next(self, n_cases: int) -> tuple[int, Told]:
        """How many legs the next gift has, and by what it differs from others."""
        number = next(self.numbers)
        # One gift in four comes when its case needs less than it brings.
        return 2 if number % 4 == 0 else 1, {
            **self.cases[number % n_cases],
            "donation": f"donation:ch_{number}",
            "fee": f"fee:txn_{number}",
        }


async def give(connection: Connection, n_legs: int, told: Told) -> list[int]:
    """Book a gift and its fee, as settling one does; the numbers of the two postings."""
    book_id = int(str(told["book"]))
    legs = [Leg(book_id, "world", "fund", _GROSS)]
    if n_legs == 2:
        legs.append(Leg(book_id, "world", "over_goal", _OVER))
    fee = Leg(ORGANISATION_BOOK, "own_means", "fees", _FEE)
    donation = Posting("benchmark", str(told["donation"]), "donation", legs, _DIGEST)
    booked = [
        await ledger.post(connection, posting, NOW)
        for posting in (donation, Posting("benchmark", str(told["fee"]), "fee", [fee], _DIGEST))
    ]
    return [posted.id for posted in booked]


async def prepared(database: Database, n_cases: int = CASES) -> Bench:
    """Open the cases with their accounts, and record what a gift takes."""

    async def open_case(connection: Connection) -> Told:
        book_id = await ledger.open_book(connection, "case")
        await give(
            connection, 2, {"book": book_id, "donation": f"o{book_id}", "fee": f"f{book_id}"}
        )
        rows = await connection.execute(sa.select(account).where(account.c.book_id == book_id))
        return {"book": book_id, **{f"account {row.kind}": row.id for row in rows}}

    bench = Bench(database, [await database.in_write(open_case) for _ in range(n_cases)])
    for n_legs in (1, 2):
        bench.steps[n_legs] = template(
            *await _recorded(bench, n_legs), *await _recorded(bench, n_legs)
        )
    bench.given = n_cases + 4  # so many were made above
    return bench


async def _recorded(bench: Bench, n_legs: int) -> tuple[list[Step], Told]:
    _, told = bench.next(len(bench.cases))
    with recording(bench.database._writer) as steps:  # noqa: SLF001 - nobody else is to have it
        async with bench.database.write() as connection:
            ids = await give(connection, n_legs, told)
    return steps, told | {f"posting {number}": one for number, one in enumerate(ids, start=1)}


def ours(bench: Bench, n_cases: int) -> Give:
    """A gift by the program's own way."""

    async def act() -> None:
        n_legs, told = bench.next(n_cases)
        async with bench.database.write() as connection:
            await give(connection, n_legs, told)

    return act


def floor_sqlite(bench: Bench, connection: sqlite3.Connection, n_cases: int) -> Give:
    """A gift by the raw driver, which serves one at a time whoever waits."""

    async def act() -> None:
        n_legs, told = bench.next(n_cases)
        give_sqlite(connection, bench.steps[n_legs], told)

    return act


def floor_postgresql(bench: Bench, pool: Pool, n_cases: int) -> Give:
    """A gift by the raw driver over one of its pool's connections."""

    async def act() -> None:
        n_legs, told = bench.next(n_cases)
        async with pool.acquire() as connection:
            await give_postgresql(connection, bench.steps[n_legs], told)

    return act


async def rate(bench: Bench, act: Give, donors: int, seconds: float) -> float:
    """Gifts a second that are acknowledged when *donors* give again and again."""
    begin = time.perf_counter()
    end = begin + seconds
    done = 0

    async def donor() -> None:
        nonlocal done
        while time.perf_counter() < end:
            await act()
            done += 1

    await asyncio.gather(*(donor() for _ in range(donors)))
    bench.given += done
    return done / (time.perf_counter() - begin)


async def compare(
    bench: Bench, contests: dict[Contest, Give], rounds: int, seconds: float
) -> dict[Contest, list[float]]:
    """The rates of all *contests*, one a round, each round in another order."""
    figures: dict[Contest, list[float]] = {contest: [] for contest in contests}
    for _ in range(rounds):
        for contest in random.sample(list(contests), len(contests)):
            found = await rate(bench, contests[contest], contest.donors, seconds)
            figures[contest].append(found)
    await _prove(bench)
    return figures


async def _prove(bench: Bench) -> None:
    """See that what was acknowledged is there, and is sound."""
    count = sa.select(sa.func.count()).where(posting.c.kind == "donation")
    async with bench.database.read() as connection:
        there = await connection.scalar(count)
        differences = await ledger.verify(connection)
    if there != bench.given or differences:
        raise AssertionError(f"{bench.given} gifts acknowledged, {there} there, {differences}")


async def on_sqlite(
    path: str, rounds: int, seconds: float, n_cases: int = CASES
) -> dict[Contest, list[float]]:
    """All contests on a new SQLite file at *path*."""
    url = f"sqlite:///{path}"
    await upgrade_async(url)
    database = Database.open(url)
    bench = await prepared(database, n_cases)
    raw = open_sqlite(path)
    contests = {}
    for cases in (1, n_cases):
        contests[Contest(cases, 1, is_floor=True)] = floor_sqlite(bench, raw, cases)
        for donors in (1, 64):
            contests[Contest(cases, donors)] = ours(bench, cases)
    figures = await compare(bench, contests, rounds, seconds)
    raw.close()
    await database.close()
    return figures


async def on_postgresql(
    url: str, rounds: int, seconds: float, n_cases: int = CASES
) -> dict[Contest, list[float]]:
    """All contests in the new database at *url*."""
    await upgrade_async(url)
    database = Database.open(url)
    bench = await prepared(database, n_cases)
    pool = await asyncpg.create_pool(
        url, min_size=POOL, max_size=POOL, server_settings={"jit": "off"}
    )
    contests = {}
    for cases in (1, n_cases):
        for donors in (1, 16, 64):
            floor = Contest(cases, donors, is_floor=True)
            contests[floor] = floor_postgresql(bench, pool, cases)
            contests[Contest(cases, donors)] = ours(bench, cases)
    figures = await compare(bench, contests, rounds, seconds)
    await pool.close()
    await database.close()
    return figures

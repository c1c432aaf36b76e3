"""
What it costs to tell followers.

    python -m benchmarks.broadcast
    python -m benchmarks.broadcast --engine sqlite --rounds 1

Measured on each engine: how long it takes to make the deliveries of 1,000,000 followers (100,000 on
SQLite) with one statement; the processor's time of one worker at 25 messages a second; the highest
rate of one worker against a Telegram that answers at once, in turn with a plain loop of
python-telegram-bot with its default settings; and the peak memory of a worker of 1,000 followers
and of so many. Only the ratios mean something; the machine's absolute speed does not.

It uses PostgreSQL from its wheel with its own settings, which wait for the disk.
"""

import argparse
import asyncio
import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from rich.console import Console
from rich.table import Table

from benchmarks.broadcast_telegram import TOKEN, plain_loop
from homeward.sample_cases import load_samples
from homeward.settings import Settings, load
from storage import broadcasts, cases, people
from storage.broadcasts import Kind
from storage.database import Database
from storage.followers import follower, subscription
from storage.migrate import upgrade
from storage.people import person
from storage.sealing import Seal, new_data_key
from tests.postgresql import running, sql
from values.clock import utc_now

MANY = {"sqlite": 100_000, "postgresql": 1_000_000}
FEW = 1_000
STEADY_S, BURST_S = 20.0, 8.0
_LOCALES = ("en", "th", "vi", "km", "lo", "my", "id", "fil", "zh_Hans", "ar", "fr", "es")

_console = Console(width=100)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.broadcast")
    parser.add_argument("--engine", choices=tuple(MANY), help="only this one")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with _telegram() as api_base, tempfile.TemporaryDirectory(prefix="homeward-") as folder:
        for engine in MANY if given.engine is None else (given.engine,):
            _measure(engine, api_base, Path(folder), given.rounds)


def _measure(engine: str, api_base: str, folder: Path, rounds: int) -> None:
    table = Table("what", "figure", title=engine)
    with _town(engine, api_base, folder, FEW) as town:
        steady = town.worker(STEADY_S, rate=25)
        few = town.worker(BURST_S, rate=10_000, at_once=32)
    with _town(engine, api_base, folder, MANY[engine]) as town:
        table.add_row(f"{MANY[engine]:,} deliveries made in", f"{town.made_s:.1f} s")
        ours, theirs = [], []
        for _ in range(rounds):
            ours.append(town.worker(BURST_S, rate=10_000, at_once=32))
            theirs.append(asyncio.run(plain_loop(api_base, BURST_S)))
    table.add_row("a worker at 25 a second uses", f"{steady['cpu_s'] / steady['took_s']:.1%} core")
    table.add_row("at its pace it sent", f"{steady['sent'] / steady['took_s']:.1f} a second")
    rate = statistics.median(one["sent"] / one["took_s"] for one in ours)
    table.add_row("one worker sends at most", f"{rate:.0f} a second")
    cpu = statistics.median(1000 * one["cpu_s"] / one["sent"] for one in ours)
    table.add_row("and uses for each", f"{cpu:.2f} ms of a core")
    table.add_row("a plain loop sends", f"{statistics.median(theirs):.0f} a second")
    table.add_row(f"peak memory of a worker, {FEW:,} followers", f"{few['peak_mb']:.0f} MB")
    table.add_row(
        f"peak memory of a worker, {MANY[engine]:,} followers", f"{ours[0]['peak_mb']:.0f} MB"
    )
    _console.print(table)


class _Town:
    """
    A database with followers and a broadcast to all of them.

    Attributes:
        made_s: How long it took to make the deliveries.
    """

    def __init__(self, names: dict[str, str], made_s: float) -> None:
        self._names = names
        self.made_s = made_s

    def worker(self, seconds: float, *, rate: int, at_once: int = 4) -> dict[str, float]:
        """What one worker comes to in so many seconds."""
        environment = {
            **os.environ,
            **self._names,
            "BROADCAST_RATE": f"{rate}",
            "BROADCAST_AT_ONCE": f"{at_once}",
        }
        told = subprocess.run(
            [sys.executable, "-m", "benchmarks.broadcast_worker", f"{seconds}"],
            env=environment, check=True, stdout=subprocess.PIPE,
        ).stdout  # fmt: skip
        return dict(json.loads(told))


@contextmanager
def _town(engine: str, api_base: str, folder: Path, many: int) -> Iterator[_Town]:
    with _new_database(engine) as url:
        upgrade(url)
        names = {
            "DATABASE_URL": url,
            "DATA_DIR": str(folder),
            "DATA_KEY": new_data_key(),
            "ORGANISATION": "Benchmark",
            "PUBLIC_URL": "http://page.example",
            "TELEGRAM_BOT_TOKEN": TOKEN,
            "TELEGRAM_API_BASE": api_base,
            "STRIPE_API_KEY": "sk_test_benchmark",
        }
        settings = load(_env_file=None, **{name.lower(): value for name, value in names.items()})
        yield _Town(names, asyncio.run(_filled(settings, names["DATA_KEY"], many)))


async def _filled(settings: Settings, data_key: str, many: int) -> float:
    """Put followers in, and make the deliveries; hand back how long that took."""
    await load_samples(settings)
    database, now = Database.open(settings.database), utc_now()
    async with database.write() as connection:
        case = await cases.by_slug(connection, "mala")
        assert case is not None  # a sample  # noqa: S101
        one = await people.ensure(connection, Seal(data_key), 42)
        await connection.execute(_followers(connection.dialect.name, one.id, many))
        await connection.execute(
            follower.insert().from_select(
                ["person_id", "pace", "follows_new"],
                sa.select(person.c.id, sa.literal("at_once"), sa.literal_column("1")),
            )
        )
        await connection.execute(
            subscription.insert().from_select(
                ["person_id", "case_id", "since"],
                sa.select(person.c.id, sa.literal_column(f"{case.id}"), sa.literal_column("1")),
            )
        )
        past = now - dt.timedelta(minutes=1)
        wanted = await broadcasts.want(
            connection, Kind.NEW_CASE, case.id, 0, now=past, starts_at=past
        )
    assert wanted is not None  # it is the first  # noqa: S101
    began = time.monotonic()
    async with database.write() as connection:
        made = await broadcasts.make(connection, wanted, now)
    took = time.monotonic() - began
    assert made == many + 1, made  # noqa: S101
    await database.close()
    return took


def _followers(dialect: str, one: int, many: int) -> sa.TextClause:
    """So many people with the chat of *one*, which is as good as another here."""
    locale = "CASE n % 12 " + " ".join(
        f"WHEN {number} THEN '{locale}'" for number, locale in enumerate(_LOCALES)
    )
    numbers = (
        f"generate_series(1, {many}) AS n"
        if dialect == "postgresql"
        else "(WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t"  # noqa: S608
        f" WHERE n < {many})"
        " SELECT n FROM t)"
    )
    key = (
        "decode(md5(n::text) || md5(n::text), 'hex')"
        if dialect == "postgresql"
        else "CAST(printf('%032d', n) AS BLOB)"
    )
    return sa.text(
        "INSERT INTO person (chat_hash, chat_sealed, locale, gone, text_only)"  # noqa: S608 - ours
        f" SELECT {key}, (SELECT chat_sealed FROM person WHERE id = {one}), {locale} END, 0, 0"
        f" FROM {numbers}"
    )


@contextmanager
def _telegram() -> Iterator[str]:
    """The address of a Telegram that answers at once."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.broadcast_telegram"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None  # it is a pipe  # noqa: S101
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.terminate()
        process.wait()


@contextmanager
def _new_database(engine: str) -> Iterator[str]:
    if engine == "postgresql":
        with running({}) as server:
            sql(server, "CREATE DATABASE broadcast")
            yield server + "broadcast"
    else:
        with tempfile.TemporaryDirectory(prefix="homeward-benchmark-") as folder:
            yield f"sqlite:///{folder}/homeward.db"


if __name__ == "__main__":
    main()

"""
What the ledger carries: gifts a second that are committed and durable, and what a large one costs
to look at.

    python -m benchmarks.ledger
    python -m benchmarks.ledger --transfers 1000000

The first measures ours (`Database.write` and `ledger.post` of a donation and its fee) beside the
raw driver carrying out the very same statements, one transaction a gift: sqlite3 and asyncpg. Every
round measures all of them in another order. Only the ratios mean something; the machine's absolute
speed, and that of its disk, do not. At its end all that was acknowledged must be there and sound.

The second builds a ledger, proves it by `homeward ledger verify`, and reads a page of a case's
statement. It takes some minutes and 2 GB in the folder for temporary files.

Both use SQLite, and PostgreSQL from its wheel with its own settings, which wait for the disk.
"""

import argparse
import asyncio
import os
import platform
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import ledger_rates, ledger_size
from benchmarks.ledger_rates import Contest
from tests.postgresql import running, sql

ENGINES = ("sqlite", "postgresql")

_console = Console(width=100)


def main() -> None:
    """Measure and print tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger")
    parser.add_argument("--engine", choices=ENGINES, help="only this one")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=2, help="of each measurement")
    parser.add_argument("--transfers", type=int, help="build so many and look at them instead")
    given = parser.parse_args()
    _console.print(_machine())
    for engine in ENGINES if given.engine is None else (given.engine,):
        with _new_database(engine) as url:
            if given.transfers is None:
                _print_rates(engine, _rates(engine, url, given.rounds, given.seconds))
            else:
                _print_size(engine, asyncio.run(ledger_size.measure(url, given.transfers)))


def _machine() -> str:
    known = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.*)", known.read_text()) if known.exists() else None
    processor = platform.processor() if found is None else found[1]
    return f"{os.cpu_count()} x {processor}, {platform.system()}, Python {sys.version.split()[0]}"


@contextmanager
def _new_database(engine: str) -> Iterator[str]:
    if engine == "postgresql":
        with running({}) as server:
            sql(server, f"CREATE DATABASE {ledger_size.DATABASE}")
            yield server + ledger_size.DATABASE
    else:
        with tempfile.TemporaryDirectory(prefix="homeward-benchmark-") as folder:
            yield f"sqlite:///{folder}/homeward.db"


def _rates(engine: str, url: str, rounds: int, seconds: float) -> dict[Contest, list[float]]:
    if engine == "postgresql":
        return asyncio.run(ledger_rates.on_postgresql(url, rounds, seconds))
    return asyncio.run(ledger_rates.on_sqlite(url.removeprefix("sqlite:///"), rounds, seconds))


def _print_rates(engine: str, figures: dict[Contest, list[float]]) -> None:
    columns = ("cases", "donors at once", "ours", "least", "most", "raw driver", "of the floor")
    table = Table(*columns, title=f"{engine}: gifts a second (medians)")
    for contest, rates in figures.items():
        if contest.is_floor:
            continue
        # SQLite's driver serves one at a time; there its floor is the same for any number.
        beside = Contest(contest.cases, contest.donors, is_floor=True)
        alone = Contest(contest.cases, 1, is_floor=True)
        floor = statistics.median(figures.get(beside) or figures[alone])
        middle = statistics.median(rates)
        shown = (middle, min(rates), max(rates), floor)
        table.add_row(
            str(contest.cases),
            str(contest.donors),
            *(f"{figure:.0f}" for figure in shown),
            f"{middle / floor:.2f}",
        )
    _console.print(table)


def _print_size(engine: str, size: ledger_size.Size) -> None:
    table = Table("what", "figure", title=engine)
    table.add_row("built in", f"{size.built_s:.0f} s")
    table.add_row("homeward ledger verify", size.said)
    table.add_row("it took", f"{size.verified_s:.1f} s, {size.cpu_s:.1f} s of its processor time")
    table.add_row("its peak memory", f"{size.peak_mb:.0f} MB")
    if engine == "postgresql":
        table.add_row("the server's for it", f"{size.server_mb:.0f} MB")
    for name, taken in size.statement_ms.items():
        table.add_row(f"newest 100 of the {name} case", f"{taken:.1f} ms")
    _console.print(table)


if __name__ == "__main__":
    main()

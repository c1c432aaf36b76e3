"""
How many pages a second are served, and how long the slowest wait.

    python -m benchmarks.pages [--connections 64] [--seconds 3] [--rounds 5]

The story page and the public ledger, over a SQLite ledger of 1,000 cases and 100,000 transfers,
beside the same story as a static file from aiohttp and a handler that answers nothing: one server
process, in the same run, in another order every round. The client is another process on the same
machine and asks for compressed pages, as browsers do. Only the ratios mean something.
"""

import argparse
import asyncio
import base64
import datetime as dt
import os
import platform
import random
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web
from rich.console import Console
from rich.table import Table

from benchmarks.ledger_building import NOW, build
from locales.catalog import Languages
from pages.app import Site, add_pages
from services.catalogue import Shelf
from services.house import House
from services.samples import put_samples
from storage.database import Database
from storage.migrate import upgrade_async
from storage.sealing import Seal
from stories.pack import shipped_packs

CASES, TRANSFERS = 1_000, 100_000
STORY = "/en/stories/mala"
PATHS = {
    "empty handler": "/empty",
    "the story as a file": "/file/story.html",
    "a story": STORY,
    "a story, in Arabic": "/ar/stories/mala",
    "the first page": "/en/",
    "a plan's ledger": "/en/ledger/mala",
    "the ledger": "/en/ledger",
}
_KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
_console = Console(width=100)


@dataclass
class Figures:
    """What one path did: requests a second of each round, and every wait in seconds."""

    rates: list[float] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """The middle of the rounds."""
        return statistics.median(self.rates)


async def _fill(url: str) -> None:
    await upgrade_async(url)
    await build(url, TRANSFERS, CASES)
    database = Database.open(url)
    async with database.write() as connection:
        await put_samples(connection, Seal(_KEY), shipped_packs(), NOW)
    await database.close()


async def _serve(url: str, files: Path) -> None:
    """The server process: it says its port, and ends when nobody reads that any more."""
    database = Database.open(url)
    seal = Seal(_KEY)
    clock = lambda: NOW + dt.timedelta(days=1)  # noqa: E731
    house = House(database, seal, Shelf(seal), "Safe Harbour", "http://page.example", clock=clock)
    app = web.Application()
    app.router.add_get("/empty", _empty)
    app.router.add_static("/file", files)
    add_pages(
        app,
        Site(
            house, Languages.load(), _nothing, _nothing, _nothing, (), None, _no_picture, _no_card
        ),
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    sys.stdout.write(f"{runner.addresses[0][1]}\n")
    sys.stdout.flush()
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()
    await database.close()


async def _empty(_request: web.Request) -> web.Response:
    return web.Response()


async def _nothing(_what: object) -> None:
    raise AssertionError("nobody gives here")


async def _no_picture() -> bytes:
    return b""


async def _no_card(_picture: object) -> bytes:
    return b""


@asynccontextmanager
async def _server(url: str, files: Path) -> AsyncIterator[int]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.pages", "--serve", url, "--files", str(files)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    assert process.stdout is not None  # noqa: S101 - asked for above
    assert process.stdin is not None  # noqa: S101
    yield int(await process.stdout.readline())
    process.stdin.close()
    await process.wait()


async def _get(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str
) -> tuple[int, bytes]:
    """One answer over an open connection: its status and its body as it was sent."""
    writer.write(
        f"GET {path} HTTP/1.1\r\nHost: page.example\r\nAccept-Encoding: gzip\r\n\r\n".encode()
    )
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    lengths = [
        line.split(":")[1]
        for line in head.split("\r\n")
        if line.lower().startswith("content-length:")
    ]
    if not lengths:
        raise ValueError(f"{path}: an answer without a length: {head}")
    return int(head.split(" ")[1]), await reader.readexactly(int(lengths[0]))


async def _round(port: int, path: str, connections: int, seconds: float, into: Figures) -> None:
    """Ask for *path* over so many connections at once for so long."""
    ends = time.perf_counter() + seconds

    async def ask() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        done = 0
        while (begun := time.perf_counter()) < ends:
            status, _ = await _get(reader, writer, path)
            if status != 200:
                raise ValueError(f"{path}: {status}")
            into.waits.append(time.perf_counter() - begun)
            done += 1
        writer.close()
        return done

    begun = time.perf_counter()
    done = await asyncio.gather(*(ask() for _ in range(connections)))
    into.rates.append(sum(done) / (time.perf_counter() - begun))


async def measure(connections: int, seconds: float, rounds: int) -> dict[str, Figures]:
    """The figures of each path of `PATHS`."""
    figures = {name: Figures() for name in PATHS}
    with tempfile.TemporaryDirectory(prefix="homeward-benchmark-") as folder:
        url = f"sqlite:///{folder}/homeward.db"
        files = Path(folder) / "files"
        files.mkdir()
        await _fill(url)
        async with _server(url, files) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            # As it travels, and so it is sent as it lies there.
            (files / "story.html").write_bytes((await _get(reader, writer, STORY))[1])
            writer.close()
            for path in PATHS.values():
                await _round(port, path, connections, 0.5, Figures())
            for _ in range(rounds):
                for name in random.sample(list(PATHS), len(PATHS)):
                    await _round(port, PATHS[name], connections, seconds, figures[name])
    return figures


def _print(figures: dict[str, Figures]) -> None:
    table = Table("what", "a second", "of empty", "of a file", "median ms", "p99 ms", "p99/median")
    empty, file = (figures[name].rate for name in list(PATHS)[:2])
    for name, of in figures.items():
        middle = statistics.median(of.waits) * 1000
        p99 = statistics.quantiles(of.waits, n=100)[98] * 1000
        table.add_row(
            name,
            f"{of.rate:,.0f}",
            f"{of.rate / empty:.2f}",
            f"{of.rate / file:.2f}",
            f"{middle:.1f}",
            f"{p99:.1f}",
            f"{p99 / middle:.1f}",
        )
    _console.print(table)


def main() -> None:
    """Read the arguments, measure."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages")
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=3, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--serve", help=argparse.SUPPRESS)
    parser.add_argument("--files", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        import structlog  # noqa: PLC0415

        structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
        asyncio.run(_serve(given.serve, given.files))
        return
    _console.print(
        f"{os.cpu_count()} processors, {sys.platform}, Python {platform.python_version()};"
        f" {CASES:,} cases, {TRANSFERS:,} transfers, {given.connections} connections"
    )
    _print(asyncio.run(measure(given.connections, given.seconds, given.rounds)))


if __name__ == "__main__":
    main()

"""What a large ledger costs to look at: `homeward ledger verify`, and the statement of one case."""

import os
import re
import statistics
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.ledger_building import Built, build
from storage import ledger
from storage.database import Database
from storage.migrate import upgrade_async

DATABASE = "homeward_large"
"""The name of the database on PostgreSQL, by which its processes are known."""

_PAGE, _TIMES = 100, 21


@dataclass(frozen=True)
class Size:
    """
    What was measured.

    Attributes:
        said: What `homeward ledger verify` said.
        peak_mb: The most memory it had at once.
        server_mb: The most that one of PostgreSQL's processes for it had at once, without what
            they all share; 0 where there is none.
        statement_ms: The median for a page of a case's newest transfers, by what case it is.
    """

    built_s: float
    verified_s: float
    said: str
    peak_mb: float
    server_mb: float
    statement_ms: dict[str, float]


async def measure(url: str, n_transfers: int) -> Size:
    """
    Build a ledger of *n_transfers* in the new database at *url*, and look at it.

    Raises:
        AssertionError: it is not sound.
    """
    await upgrade_async(url)
    begin = time.perf_counter()
    built = await build(url, n_transfers)
    built_s = time.perf_counter() - begin
    begin = time.perf_counter()
    said, peak_mb, server_mb = _verify(url)
    verified_s = time.perf_counter() - begin
    return Size(built_s, verified_s, said, peak_mb, server_mb, await _statements(url, built))


def _verify(url: str) -> tuple[str, float, float]:
    server = _Watch()
    server.start()
    with subprocess.Popen(
        [sys.executable, "-m", "homeward", "ledger", "verify"],
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        text=True,
    ) as command:
        assert command.stdout is not None  # noqa: S101 - it was asked for
        said = command.stdout.read().strip()
        _, status, used = os.wait4(command.pid, 0)
        command.returncode = os.waitstatus_to_exitcode(status)
    server.is_over.set()
    server.join()
    if command.returncode:
        raise AssertionError(said)
    return said, used.ru_maxrss / 1024, server.peak_mb


class _Watch(threading.Thread):
    """Watches the memory of PostgreSQL's processes for `DATABASE`, as Linux shows it."""

    def __init__(self) -> None:
        super().__init__()
        self.peak_mb = 0.0
        self.is_over = threading.Event()

    def run(self) -> None:
        while not self.is_over.wait(0.1):
            for process in Path("/proc").glob("[0-9]*"):
                with suppress(OSError):  # it may have ended meanwhile
                    self._look(process)

    def _look(self, process: Path) -> None:
        name = (process / "cmdline").read_bytes()
        if not name.startswith(b"postgres: ") or DATABASE.encode() not in name:
            return
        own = re.search(r"RssAnon:\s*(\d+) kB", (process / "status").read_text())
        if own is not None:
            self.peak_mb = max(self.peak_mb, int(own[1]) / 1024)


async def _statements(url: str, built: Built) -> dict[str, float]:
    database = Database.open(url)
    found = {}
    async with database.read() as connection:
        for name, case_id in asdict(built).items():
            taken = []
            for _ in range(_TIMES):
                begin = time.perf_counter()
                await ledger.statement(connection, case_id, _PAGE)
                taken.append((time.perf_counter() - begin) * 1000)
            found[name] = statistics.median(taken)
    await database.close()
    return found

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
        cpu_s: Its own processor time, without the server's.
        peak_mb: The most memory it had at once.
        server_mb: The most that one of PostgreSQL's processes for it had at once, without what
            they all share; 0 where there is none.
        statement_ms: The median for a page of a case's newest transfers, by what case it is.
    """

    built_s: float
    verified_s: float
    said: str
    cpu_s: float
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
    return Size(built_s, *_verified(url), await _statements(url, built))


def _verified(url: str) -> tuple[float, str, float, float, float]:
    """How long it took, what it said, its processor time, its memory, and the server's."""
    begin = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", "homeward", "ledger", "verify"],
        env={**os.environ, "DATABASE_URL": url},
        stdout=subprocess.PIPE,
        text=True,
    ) as command:
        watch = _Watch(command.pid)
        watch.start()
        assert command.stdout is not None  # noqa: S101 - it was asked for
        said = command.stdout.read().strip()
        _, status, used = os.wait4(command.pid, 0)
        command.returncode = os.waitstatus_to_exitcode(status)
    taken = time.perf_counter() - begin
    watch.is_over.set()
    watch.join()
    if command.returncode:
        raise AssertionError(said)
    return taken, said, used.ru_utime + used.ru_stime, watch.command_mb, watch.server_mb


class _Watch(threading.Thread):
    """
    Watches the memory of one process, and of PostgreSQL's for `DATABASE`, as Linux shows it.

    What the system counts for a process that has ended is of no use: it begins with what the one
    had that started it.
    """

    def __init__(self, pid: int) -> None:
        super().__init__()
        self.command_mb = self.server_mb = 0.0
        self.is_over = threading.Event()
        self._command = Path(f"/proc/{pid}")

    def run(self) -> None:
        while not self.is_over.wait(0.05):
            self.command_mb = max(self.command_mb, _memory_mb(self._command, "VmHWM"))
            for process in Path("/proc").glob("[0-9]*"):
                with suppress(OSError):  # it may have ended meanwhile
                    name = (process / "cmdline").read_bytes()
                    if name.startswith(b"postgres: ") and DATABASE.encode() in name:
                        self.server_mb = max(self.server_mb, _memory_mb(process, "RssAnon"))


def _memory_mb(process: Path, what: str) -> float:
    with suppress(OSError):
        found = re.search(rf"{what}:\s*(\d+) kB", (process / "status").read_text())
        return 0 if found is None else int(found[1]) / 1024
    return 0


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

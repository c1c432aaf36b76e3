"""
Starts the program's commands within a moment, so that one can be killed each second.

All modules are loaded once, here; a command is a fork of this process, and a process of its own
that `kill -9` ends like any other.

    python -m tests.journeys.nursery [BREAK]

BREAK is a function of `tests.journeys.broken`. Each line on standard input is a command of
`homeward`; each line on standard output is the number of the process that it became.
"""

import asyncio
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import Any

from homeward import running, worker  # noqa: F401 - loaded once for all
from homeward.cli.main import main
from storage.jobs import load as load_jobs
from tests.journeys import broken


class Nursery:
    """Starts and kills commands; none outlives it."""

    def __init__(self, environment, log, broken_by=None):
        self._environment = {**os.environ, **environment}
        self._log = log
        self._arguments = [] if broken_by is None else [broken_by]
        self._process: Any = None

    async def __aenter__(self):
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.journeys.nursery", *self._arguments,
                env=self._environment, start_new_session=True,
                stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=log,
            )  # fmt: skip
        assert await self._process.stdout.readline() == b"ready\n", self._log.read_text()
        return self

    async def __aexit__(self, *_exception):
        os.killpg(self._process.pid, signal.SIGKILL)
        await self._process.wait()

    async def start(self, command):
        """Start *command*; hand back the number of its process."""
        self._process.stdin.write(f"{command}\n".encode())
        return int(await self._process.stdout.readline())

    async def kill(self, pid):
        """Kill with -9, and wait until it is gone."""
        os.kill(pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            while True:
                os.kill(pid, 0)
                await asyncio.sleep(0.002)


def _serve():
    asyncio.run(load_jobs())
    if len(sys.argv) > 1:
        getattr(broken, sys.argv[1])()
    threads = threading.enumerate()
    assert len(threads) == 1, threads  # a fork has none but the one that forked
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the dead are buried by the system
    _say("ready")
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become(line.split())
        _say(pid)


def _say(word):
    sys.stdout.write(f"{word}\n")
    sys.stdout.flush()


def _become(command):
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    status = 1
    try:
        main(command)
        status = 0
    finally:
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    _serve()

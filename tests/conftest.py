"""What tests of every room may ask for: a migrated database of each engine, new for each test."""

import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
import structlog
from playwright.async_api import Browser, async_playwright

from locales.compile_catalogs import compile_all
from storage.database import Database
from storage.migrate import upgrade
from tests.postgresql import CARELESS, running, sql

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
    with running(CARELESS) as server:
        yield server


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy from; it is closed, so there is no log beside it."""
    path = tmp_path_factory.mktemp("migrated") / "homeward.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def copy_of_migrated(postgresql: str) -> Callable[[str], str]:
    """Call it with a new name to get the address of a migrated PostgreSQL database."""
    sql(postgresql, "CREATE DATABASE migrated")
    upgrade(postgresql + "migrated")

    def copy(name: str) -> str:
        # The default strategy writes every page to the log too, and takes three times as long.
        sql(postgresql, f"CREATE DATABASE {name} TEMPLATE migrated STRATEGY FILE_COPY")
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
    sql(postgresql, f"DROP DATABASE {name} WITH (FORCE)")


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

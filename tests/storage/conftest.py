"""A small ledger on each engine, shared by all that is refused, for that leaves no trace."""

import shutil
import threading

import pytest
import structlog

from tests.storage.arenas import Big, Lite
from tests.storage.mutants_postgresql import PostgresqlLaboratory
from tests.storage.mutants_sqlite import SqliteLaboratory
from tests.storage.world import World


@pytest.fixture(scope="session")
def _lite_arena(migrated_sqlite, tmp_path_factory):
    path = tmp_path_factory.mktemp("shared") / "homeward.db"
    shutil.copyfile(migrated_sqlite, path)
    arena = Lite(str(path))
    yield arena
    arena.close()


@pytest.fixture(scope="session")
def _big_arena(copy_of_migrated):
    arena = Big(copy_of_migrated("shared"))
    yield arena
    arena.close()


@pytest.fixture(scope="session")
def lite(_lite_arena):
    """A world on SQLite. It is everybody's: nothing may be written into it."""
    return World(_lite_arena).settle()


@pytest.fixture(scope="session")
def big(_big_arena):
    """A world on PostgreSQL. It is everybody's: nothing may be written into it."""
    return World(_big_arena).settle()


@pytest.fixture(params=["lite", "big"], ids=["sqlite", "postgresql"])
def either(request):
    """`lite` and `big`, one after the other."""
    return request.getfixturevalue(request.param)


@pytest.fixture(params=["_lite_arena", "_big_arena"], ids=["sqlite", "postgresql"])
def world(request):
    """A world of one's own on each engine, in a database that is shared."""
    return World(request.getfixturevalue(request.param)).settle()


@pytest.fixture
def lone(sqlite_url):
    """A world on a SQLite database of its own."""
    arena = Lite(sqlite_url.removeprefix("sqlite:///"))
    yield World(arena).settle()
    arena.close()


@pytest.fixture(scope="session")
def sqlite_laboratory(migrated_sqlite):
    """Makes mutants of the schema on SQLite."""
    return SqliteLaboratory.of(migrated_sqlite)


@pytest.fixture(scope="session")
def postgresql_laboratory(copy_of_migrated):
    """Makes mutants of the schema on PostgreSQL."""
    laboratory = PostgresqlLaboratory(copy_of_migrated("mutants"))
    yield laboratory
    laboratory.close()


@pytest.fixture
def unread_logs():
    """What is logged of failing acts: drawing it takes longer than all else here."""
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
def no_thread_of_the_library_left():
    """When the test is over, no thread of the library behind the jobs runs on."""
    yield
    left = [thread.name for thread in threading.enumerate() if _is_of_the_library(thread)]
    assert left == []


def _is_of_the_library(thread):
    target = getattr(thread, "_target", None)
    return thread.name.startswith(("dbos", "queue-worker")) or "dbos" in str(
        getattr(target, "__module__", "")
    )

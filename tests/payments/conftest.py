"""A till for each engine."""

import pytest
import stripe

from locales.catalog import Languages
from tests.payments.emptying import fresh, kept
from tests.payments.rig import a_till


@pytest.fixture(scope="session")
def languages(_catalogs):
    return Languages.load()


@pytest.fixture(scope="session")
def postgresql_url(copy_of_migrated):
    """One database for all tests here; `database` empties it after each."""
    return copy_of_migrated("payments")


@pytest.fixture(scope="session")
def _file(tmp_path_factory):
    return tmp_path_factory.mktemp("payments") / "homeward.db"


@pytest.fixture
def sqlite_url(migrated_sqlite, _file):
    """One file for all tests here, new for each."""
    return fresh(migrated_sqlite, _file)


@pytest.fixture
async def database(database_url):
    async with kept(database_url) as db:
        yield db


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    """The stripe package repeats a request as often as it always does, but at once."""
    monkeypatch.setattr(stripe.HTTPClient, "INITIAL_DELAY", 0.0)


@pytest.fixture
async def till(database, languages):
    async with a_till(database, languages) as till:
        yield till

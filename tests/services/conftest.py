"""Services over a real database of each engine; those that need Stripe have a till."""

import pytest

from locales.catalog import Languages
from storage.database import Database
from tests.payments.emptying import emptied
from tests.payments.rig import a_till


@pytest.fixture(scope="session")
def languages(_catalogs):
    return Languages.load()


@pytest.fixture(scope="session")
def postgresql_url(copy_of_migrated):
    """One database for all tests here; `database` empties it after each."""
    return copy_of_migrated("services")


@pytest.fixture
async def database(database_url):
    db = Database.open(database_url)
    yield db
    await emptied(db)
    await db.close()


@pytest.fixture
async def big_till(postgresql_url, languages):
    """A till on PostgreSQL."""
    db = Database.open(postgresql_url)
    async with a_till(db, languages) as till:
        yield till
    await emptied(db)
    await db.close()


@pytest.fixture
async def till(database, languages):
    async with a_till(database, languages) as till:
        yield till
